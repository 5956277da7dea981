"""What a growth model expects of the dyads in the data, and of new rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from narwhals.typing import IntoFrame

from therarel.errors import UnknownNameError, hint_for, shown
from therarel.growth.arrays import Floats
from therarel.growth.inference.confidence import reach_of
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.new_rows import complete_rows, group_places, model_columns, new_rows
from therarel.growth.likelihood.small_matrices import inverse
from therarel.growth.result_tables import table
from therarel.panels import Panel

__all__ = [
    "effects_and_errors",
    "fitted",
    "groups_df",
    "linear_parts",
    "predict",
    "random_effects",
]


def linear_parts(fit: Estimates) -> tuple[Floats, Floats]:
    """Fixed part and random part of the fitted values, rows in the design's order."""
    rows = fit.problem.rows
    found, units = fit.optimum.point.evaluation, fit.units
    lead = sum(fit.problem.sizes)
    fixed = (found.beta * units.size + units.start) @ rows[lead:-1]
    given = fit.posterior()
    random = np.zeros(rows.shape[1])
    place = 0
    for level, effects in enumerate((given.inner_effects(found.beta), given.outer_effects(found.beta))):
        if level < len(fit.design.levels):
            size = fit.problem.sizes[level]
            own = effects[:, group_rows(fit, level)]
            random += units.size * np.sum(rows[place : place + size] * own, axis=0)
            place += size
    return np.asarray(fixed), random


def group_rows(fit: Estimates, level: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Group of each row, in the order of effects."""
    design = fit.design
    inner = np.repeat(np.arange(len(design.starts) - 1), np.diff(design.starts))
    if level == 0 or design.outer is None:
        return inner
    return np.repeat(np.arange(len(design.outer) - 1), np.diff(design.outer))[inner]


def random_effects(fit: Estimates, group: str, level: float) -> IntoFrame:
    """Predicted random effects of each group with intervals, one row per group and term, in the order of labels."""
    names = [one.grouping.name for one in fit.design.levels]
    if group not in names:
        raise UnknownNameError("no such group", value=shown(group), hint=hint_for(group, names))
    index = names.index(group)
    effects, errors = effects_and_errors(fit, index)
    order = fit.design.levels[index].grouping.by_label
    effects, errors = effects[:, order], errors[:, order]
    labels = [fit.design.levels[index].grouping.labels[k] for k in order]
    terms = fit.design.levels[index].terms
    reach = reach_of(level, groups_df(fit, index))
    columns: dict[str, Sequence[object]] = {
        group: [label for label in labels for _ in terms],
        "term": [term for _ in labels for term in terms],
        "effect": effects.T.ravel().tolist(),
        "standard_error": errors.T.ravel().tolist(),
        "low": (effects - reach * errors).T.ravel().tolist(),
        "high": (effects + reach * errors).T.ravel().tolist(),
    }
    return table(columns, fit.kind)


def groups_df(fit: Estimates, index: int) -> int:
    """Degrees of freedom that the groups of a level give an interval of their random effects."""
    level = fit.design.levels[index]
    return max(1, sum(level.grouping.labelled) - len(level.terms))


def effects_and_errors(fit: Estimates, index: int) -> tuple[Floats, Floats]:
    """Random effects of a level and their standard errors (of prediction), each of shape (q, groups)."""
    found, given = fit.optimum.point.evaluation, fit.posterior()
    size = fit.problem.sizes[0]
    if index == 0:
        effects, reach = given.inner_effects(found.beta), given.inner[:, :-1]
        spread = given.covariance[:size, :size]
    else:
        effects, reach = given.outer_effects(found.beta), given.outer[:, :-1]
        assert fit.design.outer is not None
        spread = given.covariance[size:, size:, fit.design.outer[:-1]]
    known = inverse(found.information)
    spread = spread + np.einsum("apg,pr,brg->abg", reach, known, reach, optimize=True)
    back = fit.units.level_back[index]
    variance = found.variance * fit.units.size**2
    squares = variance * np.einsum("ab,bcg,ac->ag", back, spread, back, optimize=True)
    return fit.units.effects(effects, index), np.sqrt(np.maximum(squares, 0.0))


def fitted(fit: Estimates) -> IntoFrame:
    """Each score that was used with what the model expects, in the order of the rows that came in."""
    fixed, random = linear_parts(fit)
    design = fit.design
    order = np.argsort(design.rows, kind="stable")
    columns: dict[str, Sequence[object]] = {
        "row": design.table.row[design.rows][order].tolist(),
        design.levels[0].grouping.name: [
            design.levels[0].grouping.labels[k] for k in design.levels[0].grouping.codes[order]
        ],
        "score": design.score[order].tolist(),
        "expected": fixed[order].tolist(),
        "fitted": (fixed + random)[order].tolist(),
        "residual": (design.score - fixed - random)[order].tolist(),
    }
    return table(columns, fit.kind)


def predict(fit: Estimates, data: Panel | IntoFrame) -> IntoFrame:
    """Expected scores of new rows: of known dyads with their own random effects, of others without."""
    rows = new_rows(fit, data)
    places = group_places(fit, rows)
    complete = complete_rows(fit, rows.frame)
    part = rows.frame[complete]
    fixed, random = model_columns(fit, part) if len(part) else (np.zeros((0, len(fit.fixed))), [])
    expected = fixed @ np.array(list(fit.fixed.values()))
    error = np.sqrt(np.einsum("np,pr,nr->n", fixed, fit.fixed_covariance(), fixed))
    predicted = expected.copy()
    for index, found in enumerate(places):
        effects, _ = effects_and_errors(fit, index)
        own = found[complete]
        here = own >= 0
        if here.any():
            predicted[here] += np.sum(random[index][here] * effects[:, own[here]].T, axis=1)
    return table(
        {
            "expected": _spread(expected, complete), "standard_error": _spread(error, complete),
            "predicted": _spread(predicted, complete), "dyad_is_known": (places[0] >= 0).tolist(),
        },
        rows.kind,
    )  # fmt: skip


def _spread(values: Floats, complete: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[float]:
    """Values of complete rows among all rows; not a number for the others."""
    every = np.full(len(complete), np.nan)
    every[complete] = values
    return [float(value) for value in every]
