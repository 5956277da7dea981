"""What a growth model expects of the dyads in the data, and of new rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame
from scipy import stats

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.trajectories.growth.segments import Floats
from therarel.trajectories.growth.stacks import inverse
from therarel.trajectories.growth.tidy import table

if TYPE_CHECKING:
    import pandas as pd

    from therarel.trajectories.growth.fit import GrowthFit

__all__ = ["effects_and_errors", "fitted", "linear_parts", "model_columns", "predict", "random_effects", "rows_of"]


def rows_of(fit: GrowthFit) -> Floats:
    """The scaled rows of a fit.

    Raises:
        InvalidValueError: if the rows stayed in the engine.
    """
    if fit.problem.rows is None:
        raise InvalidValueError(
            "this model was fitted from sums that an engine computed; its rows stayed there",
            hint="collect the table and fit again for what needs rows, such as residuals and simulation",
        )
    return fit.problem.rows


def linear_parts(fit: GrowthFit) -> tuple[Floats, Floats]:
    """Fixed part and random part of the fitted values, rows in the design's order."""
    rows = rows_of(fit)
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


def group_rows(fit: GrowthFit, level: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Group of each row, in the order of effects."""
    design = fit.design
    inner = np.repeat(np.arange(len(design.starts) - 1), np.diff(design.starts))
    if level == 0 or design.outer is None:
        return inner
    return np.repeat(np.arange(len(design.outer) - 1), np.diff(design.outer))[inner]


def group_labels(fit: GrowthFit, level: int) -> list[str]:
    """Labels in the order of effects."""
    return list(fit.design.levels[level].grouping.labels)


def random_effects(fit: GrowthFit, group: str, level: float) -> IntoFrame:
    """Predicted random effects of each group with intervals, one row per group and term."""
    names = [one.grouping.name for one in fit.design.levels]
    if group not in names:
        raise UnknownNameError("no such group", value=shown(group), hint=hint_for(group, names))
    index = names.index(group)
    effects, errors = effects_and_errors(fit, index)
    labels = group_labels(fit, index)
    terms = fit.design.levels[index].terms
    reach = float(stats.norm.ppf(0.5 + level / 2))
    columns: dict[str, Sequence[object]] = {
        group: [label for label in labels for _ in terms],
        "term": [term for _ in labels for term in terms],
        "effect": effects.T.ravel().tolist(),
        "standard_error": errors.T.ravel().tolist(),
        "low": (effects - reach * errors).T.ravel().tolist(),
        "high": (effects + reach * errors).T.ravel().tolist(),
    }
    return table(columns, fit.kind)


def effects_and_errors(fit: GrowthFit, index: int) -> tuple[Floats, Floats]:
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


def fitted(fit: GrowthFit) -> IntoFrame:
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


def model_columns(fit: GrowthFit, frame: pd.DataFrame) -> tuple[Floats, list[Floats]]:
    """The columns of fixed and random effects of new rows, in the units of the table.

    Raises:
        InvalidValueError: if a column is missing, or holds what the model has not seen.
    """
    import warnings

    design = fit.design
    if design.spec is None:
        raise InvalidValueError("a model fitted from aggregated sums has no formula to apply to new rows")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = design.spec.get_model_matrix(frame)
            fixed = made.to_numpy(dtype=np.float64)[:, list(fit.units.kept)]
            random = []
            for level in design.levels:
                assert level.spec is not None
                random.append(level.spec.get_model_matrix(frame).to_numpy(dtype=np.float64))
    except Exception as fault:
        raise InvalidValueError(
            "the model's formula cannot be applied to these rows",
            hint=f"they need complete columns for {', '.join(fit.predictors)}, with values the model has seen",
        ) from fault
    if len(fixed) != len(frame):
        raise InvalidValueError("some of these rows have missing values", value=f"{len(frame) - len(fixed)} rows")
    return fixed, random


def predict(fit: GrowthFit, data: IntoFrame) -> IntoFrame:
    """Expected scores of new rows: of known dyads with their own random effects, of others without."""
    source = nw.from_native(data)
    whole = source.collect() if isinstance(source, nw.LazyFrame) else source
    frame = whole.to_pandas().reset_index(drop=True)
    fixed, random = model_columns(fit, frame)
    beta = np.array(list(fit.fixed.values()))
    expected = fixed @ beta
    error = np.sqrt(np.einsum("np,pr,nr->n", fixed, fit.fixed_covariance(), fixed))
    predicted = expected.copy()
    known = np.zeros(len(frame), dtype=bool)
    for index, level in enumerate(fit.design.levels):
        if level.grouping.name not in frame.columns:
            continue
        place = {label: k for k, label in enumerate(level.grouping.labels) if label}
        found = np.array([place.get(_word(label), -1) for label in frame[level.grouping.name]])
        effects, _ = effects_and_errors(fit, index)
        here = found >= 0
        predicted[here] += np.sum(random[index][here] * effects[:, found[here]].T, axis=1)
        if index == 0:
            known = here
    kind = whole.implementation.value
    return table(
        {
            "expected": expected.tolist(), "standard_error": error.tolist(), "predicted": predicted.tolist(),
            "dyad_is_known": known.tolist(),
        },
        kind if kind in ("polars", "pandas", "pyarrow") else fit.kind,
    )  # fmt: skip


def _word(label: object) -> str:
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)
