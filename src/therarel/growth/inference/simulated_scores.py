"""Scores drawn from a fitted growth model."""

from __future__ import annotations

import numpy as np

from therarel.errors import InvalidValueError, shown
from therarel.growth.arrays import Floats, Ints
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.prediction import group_rows, linear_parts

__all__ = ["simulate"]


def simulate(fit: Estimates, draws: int, seed: int) -> Floats:
    """Scores drawn from the model for the rows that were used, shape (draws, rows), in the order of `fitted`."""
    if draws < 1:
        raise InvalidValueError("at least one draw is wanted", where="draws", value=shown(draws))
    rows = fit.problem.rows
    chance = np.random.default_rng(seed)
    fixed, _ = linear_parts(fit)
    found, units, problem = fit.optimum.point.evaluation, fit.units, fit.problem
    scale = units.size * float(np.sqrt(found.variance))
    made = np.empty((draws, len(fixed)))
    groups = [group_rows(fit, level) for level in range(len(problem.sizes))]
    orders = [level.grouping.by_label for level in fit.design.levels]
    ranks = np.argsort(orders[0])  # chance is dealt out by labels and times, whatever the order of the table
    dealt = np.argsort(ranks[groups[0]], kind="stable")
    for draw in range(draws):
        total = fixed.copy()
        place = 0
        for level, size in enumerate(problem.sizes):
            effects = np.empty((size, problem.groups[level]))
            effects[:, orders[level]] = chance.normal(size=effects.shape)
            effects = fit.optimum.point.factors[level] @ effects
            total += scale * np.sum(rows[place : place + size] * effects[:, groups[level]], axis=0)
            place += size
        made[draw] = total + scale * _noise(fit, chance, dealt)
    return made[:, np.argsort(fit.design.rows, kind="stable")]


def _noise(fit: Estimates, chance: np.random.Generator, dealt: Ints) -> Floats:
    """Residuals of the model's structure with unit variance in the first class."""
    residuals = fit.problem.residuals
    own = fit.problem.residual_parameters(fit.optimum.point.parameters)
    noise = np.empty(fit.problem.layout.rows)
    noise[dealt] = chance.normal(size=len(noise))
    if residuals.gaps is not None:
        first = np.isnan(residuals.gaps)
        pull = np.where(first, 0.0, (residuals.phi(own) or 0.0) ** (np.nan_to_num(residuals.gaps) * residuals.unit))
        left = np.sqrt(1.0 - pull**2)
        starts = np.flatnonzero(first)
        position = np.arange(len(noise)) - np.repeat(starts, np.diff(np.append(starts, len(noise))))
        noise *= left
        for step in range(1, int(position.max()) + 1):
            now = np.flatnonzero(position == step)
            noise[now] += pull[now] * noise[now - 1]
    return noise * residuals.row_scale(own)
