"""What a growth model expects of the dyads in the data and of new rows, and scores that are drawn from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, as_whole, is_whole, shown
from therarel.growth.inference.estimates import Estimates, t_quantile
from therarel.growth.inference.new_rows import complete_rows, effect_columns, group_codes, new_rows
from therarel.growth.likelihood.small_matrices import inverse
from therarel.panels import Panel
from therarel.tables.arrays import Floats, Ints
from therarel.tables.frames import as_table


def linear_parts(fit: Estimates) -> tuple[Floats, Floats]:
    """Fixed part X beta and random part Z u of the fitted values, rows in the design's order."""
    rows, units, sizes = fit.model.rows, fit.units, fit.model.sizes
    beta, given = fit.optimum.point.evaluation.beta, fit.posterior()
    fixed = units.scaled_beta(beta) @ rows[sum(sizes) : -1]
    random = np.zeros(rows.shape[1])
    first = 0
    both = (given.inner_effects(beta), given.outer_effects(beta))
    for level, (size, effects) in enumerate(zip(sizes, both, strict=False)):
        random += units.score_scale * np.sum(rows[first : first + size] * effects[:, _group_rows(fit, level)], axis=0)
        first += size
    return np.asarray(fixed), random


def _group_rows(fit: Estimates, level: int) -> Ints:
    """Group of each row, in the order of effects."""
    design = fit.design
    inner = np.repeat(np.arange(len(design.starts) - 1), np.diff(design.starts))
    if level == 0 or design.outer is None:
        return inner
    return np.repeat(np.arange(len(design.outer) - 1), np.diff(design.outer))[inner]


def random_effects(fit: Estimates, group: str, level: float) -> IntoFrame:
    """Predicted random effects of each group with intervals, one row per group and term, in the order of labels."""
    index, terms = fit.level_terms(group)
    grouping = fit.design.levels[index].grouping
    order = grouping.by_label
    effects, errors = (values[:, order] for values in effects_and_errors(fit, index))
    half_widths = t_quantile(level, groups_df(fit, index)) * errors
    columns: dict[str, Sequence[object]] = {
        group: [grouping.labels[k] for k in order for _ in terms],
        "term": list(terms) * len(order),
        "effect": effects.T.ravel().tolist(),
        "standard_error": errors.T.ravel().tolist(),
        "low": (effects - half_widths).T.ravel().tolist(),
        "high": (effects + half_widths).T.ravel().tolist(),
    }
    return as_table(columns, fit.kind)


def groups_df(fit: Estimates, index: int) -> int:
    """Degrees of freedom that the groups of a level give an interval of their random effects."""
    level = fit.design.levels[index]
    return max(1, sum(level.grouping.labelled) - len(level.terms))


def effects_and_errors(fit: Estimates, index: int) -> tuple[Floats, Floats]:
    """Random effects of a level and their standard errors (of prediction), each of shape (q, groups).

    With C the posterior covariance given beta and B = S Z' V^-1 X, the variances of prediction are those of
    ``C + B (X' V^-1 X)^-1 B'``, times the residual variance.
    """
    evaluation, given, units = fit.optimum.point.evaluation, fit.posterior(), fit.units
    q = fit.model.sizes[0]
    if index == 0:
        effects, b = given.inner_effects(evaluation.beta), given.inner[:, :-1]
        c = given.covariance[:q, :q]
    else:
        effects, b = given.outer_effects(evaluation.beta), given.outer[:, :-1]
        assert fit.design.outer is not None
        c = given.covariance[q:, q:, fit.design.outer[:-1]]
    c = c + np.einsum("apg,pr,brg->abg", b, inverse(evaluation.information), b, optimize=True)
    r_inverse = units.level_r_inverse[index]
    variances = evaluation.variance * np.einsum("ab,bcg,ac->ag", r_inverse, c, r_inverse, optimize=True)
    return units.effects(effects, index), units.score_scale * np.sqrt(np.maximum(variances, 0.0))


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
    return as_table(columns, fit.kind)


def predict(fit: Estimates, data: Panel | IntoFrame) -> IntoFrame:
    """Expected scores of new rows: of known dyads with their own random effects, of others without."""
    rows = new_rows(fit, data)
    codes = group_codes(fit, rows)
    complete = complete_rows(fit, rows.frame)
    part = rows.frame[complete]
    fixed, random = effect_columns(fit, part) if len(part) else (np.zeros((0, len(fit.fixed))), [])
    expected = fixed @ np.array(list(fit.fixed.values()))
    error = np.sqrt(np.einsum("np,pr,nr->n", fixed, fit.fixed_covariance(), fixed))
    predicted = expected.copy()
    for index, groups in enumerate(codes):
        effects, _ = effects_and_errors(fit, index)
        own = groups[complete]
        known_group = own >= 0
        if known_group.any():
            predicted[known_group] += np.sum(random[index][known_group] * effects[:, own[known_group]].T, axis=1)
    columns = {
        "expected": _spread(expected, complete), "standard_error": _spread(error, complete),
        "predicted": _spread(predicted, complete), "dyad_is_known": (codes[0] >= 0).tolist(),
    }  # fmt: skip
    return as_table(columns, rows.kind)


def _spread(values: Floats, complete: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[float]:
    """Values of complete rows among all rows; not a number for the others."""
    every = np.full(len(complete), np.nan)
    every[complete] = values
    return [float(value) for value in every]


def simulate(fit: Estimates, draws: int, seed: int) -> Floats:
    """Scores drawn from the model for the rows that were used, shape (draws, rows), in the order of `fitted`."""
    if not is_whole(draws) or draws < 1:
        raise InvalidValueError("at least one draw is wanted", where="draws", value=shown(draws))
    draws, seed = int(draws), as_whole(seed, where="seed")
    model, point = fit.model, fit.optimum.point
    chance = np.random.default_rng(seed)
    fixed, _ = linear_parts(fit)
    sd = fit.units.score_scale * float(np.sqrt(point.evaluation.variance))
    groups = [_group_rows(fit, level) for level in range(len(model.sizes))]
    orders = [level.grouping.by_label for level in fit.design.levels]
    ranks = np.argsort(orders[0])  # random numbers go to labels and times, whatever the order of the table
    by_label = np.argsort(ranks[groups[0]], kind="stable")
    scores = np.empty((draws, len(fixed)))
    for draw in range(draws):
        scores[draw] = fixed
        first = 0
        for level, size in enumerate(model.sizes):
            effects = np.empty((size, model.groups[level]))
            effects[:, orders[level]] = chance.normal(size=effects.shape)
            effects = point.factors[level] @ effects  # u = F times standard normal numbers
            scores[draw] += sd * np.sum(model.rows[first : first + size] * effects[:, groups[level]], axis=0)
            first += size
        scores[draw] += sd * _residuals(fit, chance, by_label)
    return scores[:, np.argsort(fit.design.rows, kind="stable")]


def _residuals(fit: Estimates, chance: np.random.Generator, by_label: Ints) -> Floats:
    """Residuals of the model's structure with unit variance in the first class."""
    residuals = fit.model.residuals
    theta = fit.model.residual_parameters(fit.optimum.point.parameters)
    noise = np.empty(fit.model.layout.rows)
    noise[by_label] = chance.normal(size=len(noise))
    if residuals.gaps is not None:  # e_j = rho_j e_(j-1) + sqrt(1 - rho_j^2) times a standard normal number
        first = np.isnan(residuals.gaps)
        gaps = np.nan_to_num(residuals.gaps) * residuals.unit
        rho = np.where(first, 0.0, (residuals.phi(theta) or 0.0) ** gaps)
        starts = np.flatnonzero(first)
        position = np.arange(len(noise)) - np.repeat(starts, np.diff(np.append(starts, len(noise))))
        noise *= np.sqrt(1.0 - rho**2)
        for step in range(1, int(position.max()) + 1):
            current = np.flatnonzero(position == step)
            noise[current] += rho[current] * noise[current - 1]
    return noise * residuals.row_sds(theta)
