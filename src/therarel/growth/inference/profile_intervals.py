"""Profile intervals of fixed effects and standard deviations: every value that the likelihood does not reject."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import stats

from therarel.errors import UnknownNameError, hint_for, shown
from therarel.growth.arrays import Floats
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.profile_likelihood import (
    Distance,
    Objective,
    ProfileInterval,
    guarded,
    interval_between,
    nearing,
)
from therarel.growth.likelihood.mixed_model import Problem
from therarel.growth.likelihood.small_matrices import inverse
from therarel.growth.search.optimum import optimise

__all__ = ["profile_fixed", "profile_sd"]

_STEPS: Final = np.cumsum(1.6 ** np.arange(30))  # how far to go for the end of an interval, in steps that grow


def _value(problem: Problem) -> Objective:
    def look(parameters: Floats) -> tuple[float, Floats]:
        seen = problem.at(parameters)
        return seen.deviance, seen.gradient

    return guarded(look)


def profile_fixed(fit: Estimates, name: str, level: float) -> ProfileInterval:
    """The profile interval of a fixed effect, by maximum likelihood whatever the fit's own method."""
    if name not in fit.fixed:
        raise UnknownNameError("no such fixed effect", value=shown(name), hint=hint_for(name, fit.fixed))
    index = list(fit.fixed).index(name)
    problem = fit.problem.with_method(reml=False)
    best = optimise(problem, (fit.optimum.point.parameters,))
    count = problem.layout.fixed
    back = fit.units.back
    estimate = float(fit.units.beta(best.point.evaluation.beta)[index])
    error = float(np.sqrt(fit.units.beta_covariance(
        best.point.evaluation.variance * inverse(best.point.evaluation.information)
    )[index, index]))  # fmt: skip
    # coefficient = direction . (own * size + start): hold it, and let the others run in the space across it
    direction = back[index]
    basis = np.linalg.svd(direction[None, :])[2][1:].T
    towards = direction / (direction @ direction)

    def objective(held: float) -> Objective:
        own = (held - float(direction @ fit.units.start)) / fit.units.size
        mix = np.zeros((count + 1, count))
        mix[:count, : count - 1] = basis
        mix[:count, -1] = -own * towards
        mix[count, -1] = 1.0
        return _value(problem.combined(mix))

    distance = Distance(objective, best.point.parameters, best.point.deviance, level)
    reach = float(stats.norm.ppf(0.5 + level / 2)) * error
    return interval_between(
        name, estimate,
        (lambda: distance.end(estimate, estimate - reach * _STEPS),
         lambda: distance.end(estimate, estimate + reach * _STEPS)),
        (float("-inf"), float("inf")),
    )  # fmt: skip


def profile_sd(fit: Estimates, group: str, term: str, level: float) -> ProfileInterval:
    """The profile interval of a standard deviation of random effects, or of residuals, by the fit's own method.

    A standard deviation s of a random effect fixes the residual variance once the relative covariances are known,
    so that the profile runs over the same unbounded parameters as the fit.
    """
    problem, units = fit.problem, fit.units
    start = fit.optimum.point
    scaled = slice(0, 0)
    if group == "residual":
        own_scale = fit.residual_sds.get(term)
        if own_scale is None:
            raise UnknownNameError(
                "no such residual variance", value=shown(term), hint=hint_for(term, fit.residual_sds)
            )
        which = list(fit.residual_sds).index(term)

        def variance_at(parameters: Floats, held: float) -> tuple[float, Floats]:
            scales = problem.residuals.scales(problem.residual_parameters(parameters))
            slope = np.zeros_like(parameters)
            if which:
                slope[problem.covariances + which - 1] = -2.0
            return (held / (units.size * float(scales[which]))) ** 2, slope

        estimate = own_scale
    else:
        index, terms = fit.level_terms(group)
        if term not in terms:
            raise UnknownNameError("no such random effect", value=shown(term), hint=hint_for(term, terms))
        row = units.level_back[index][terms.index(term)]
        begin = sum(size * (size + 1) // 2 for size in problem.sizes[:index])
        size = problem.sizes[index]
        scaled = slice(begin, begin + size * (size + 1) // 2)

        def variance_at(parameters: Floats, held: float) -> tuple[float, Floats]:
            along = row @ problem.factors(parameters)[index]
            square = max(float(along @ along), 1e-300)
            slope = np.zeros_like(parameters)
            entries = -2.0 * np.outer(row, along) / square
            slope[scaled] = entries[np.tril_indices(size)]
            return held**2 / (units.size**2 * square), slope

        estimate = float(np.sqrt(fit.covariance(group)[terms.index(term), terms.index(term)]))

    def objective(held: float) -> Objective:
        def look(parameters: Floats) -> tuple[float, Floats]:
            variance, slope = variance_at(parameters, held)
            if not 1e-200 < variance < 1e200:
                raise np.linalg.LinAlgError("a residual variance is out of range")
            point = problem.at(parameters, variance=variance)
            by_log = point.evaluation.freedom - point.evaluation.squares / variance
            return point.deviance, point.gradient + by_log * slope

        return guarded(look)

    def towards(held: float, place: Floats) -> Floats:
        """Begin with the fit's own residual variance: scale the factor so that it gives the standard deviation held."""
        moved = place.copy()
        ratio = np.sqrt(variance_at(place, held)[0] / start.evaluation.variance)
        moved[scaled] *= min(max(float(ratio), 1e-6), 1e6)
        return moved

    distance = Distance(objective, start.parameters, start.deviance, level, towards)
    step = 0.25 * (estimate if estimate > 0 else min(fit.residual_sds.values()))
    least = 1e-4 * step
    inside = max(estimate, 10.0 * least)
    return interval_between(
        f"{group} {term}".strip(), estimate,
        (lambda: distance.end(estimate, nearing(estimate, least, 15)) if estimate > least else None,
         lambda: distance.end(inside, inside + step * _STEPS)),
        (0.0, float("inf")),
    )  # fmt: skip
