"""Scores drawn from a fitted growth model."""

from __future__ import annotations

import numpy as np

from therarel.errors import InvalidValueError, as_whole, is_whole, shown
from therarel.growth.arrays import Floats, Ints
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.prediction import group_rows, linear_parts

__all__ = ["simulate"]


def simulate(fit: Estimates, draws: int, seed: int) -> Floats:
    """Scores drawn from the model for the rows that were used, shape (draws, rows), in the order of `fitted`."""
    if not is_whole(draws) or draws < 1:
        raise InvalidValueError("at least one draw is wanted", where="draws", value=shown(draws))
    draws, seed = int(draws), as_whole(seed, where="seed")
    model, point = fit.model, fit.optimum.point
    chance = np.random.default_rng(seed)
    fixed, _ = linear_parts(fit)
    sd = fit.units.score_scale * float(np.sqrt(point.evaluation.variance))
    groups = [group_rows(fit, level) for level in range(len(model.sizes))]
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
