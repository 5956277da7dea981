"""Profile intervals: every value that the likelihood does not reject, all other parameters being re-estimated."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from scipy import stats
from scipy.optimize import brentq

from therarel.errors import UnknownNameError, hint_for, shown
from therarel.trajectories.growth.optimiser import minimise, optimise
from therarel.trajectories.growth.problem import Problem
from therarel.trajectories.growth.segments import Floats
from therarel.trajectories.growth.stacks import inverse

if TYPE_CHECKING:
    from therarel.trajectories.growth.fit import GrowthFit

__all__ = ["ProfileInterval", "profile_fixed", "profile_sd"]

_WORST = 1e300


@frozen
class ProfileInterval:
    """An interval from the profile likelihood.

    Args:
        name: What it is of.
        estimate: The maximum-likelihood estimate for a fixed effect, the fit's own for a standard deviation.
        low: Lower end; 0 where a standard deviation of zero is not rejected.
        high: Upper end.
    """

    name: str
    estimate: float
    low: float
    high: float


def _value(problem: Problem) -> Callable[[Floats], tuple[float, Floats]]:
    def value(parameters: Floats) -> tuple[float, Floats]:
        try:
            with np.errstate(all="ignore"):
                point = problem.at(parameters)
        except np.linalg.LinAlgError:
            return _WORST, np.zeros_like(parameters)
        if not np.isfinite(point.deviance) or not np.isfinite(point.gradient).all():
            return _WORST, np.zeros_like(parameters)
        return point.deviance, point.gradient

    return value


def _root(distance: Callable[[float], float], inside: float, step: float, most: int = 30) -> float:
    """Where a function that is negative inside turns positive, going by growing steps."""
    near, far = inside, inside + step
    for _ in range(most):
        if distance(far) > 0:
            return float(brentq(distance, near, far, xtol=abs(step) * 1e-5, rtol=1e-10))
        near, step = far, step * 1.6
        far = near + step
    return float("inf") if step > 0 else float("-inf")


def profile_fixed(fit: GrowthFit, name: str, level: float) -> ProfileInterval:
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
    state = [best.point.parameters]
    allowed = float(stats.chi2.ppf(level, 1))

    def distance(held: float) -> float:
        own = (held - float(direction @ fit.units.start)) / fit.units.size
        mix = np.zeros((count + 1, count))
        mix[:count, : count - 1] = basis
        mix[:count, -1] = -own * towards
        mix[count, -1] = 1.0
        place, deviance, _, _ = minimise(_value(problem.combined(mix)), state[0])
        state[0] = place
        return deviance - best.point.deviance - allowed

    reach = float(np.sqrt(allowed)) * error
    low = _root(distance, estimate, -reach)
    state[0] = best.point.parameters
    return ProfileInterval(name, estimate, low, _root(distance, estimate, reach))


def profile_sd(fit: GrowthFit, group: str, term: str, level: float) -> ProfileInterval:
    """The profile interval of a standard deviation of random effects, or of residuals, by the fit's own method.

    A standard deviation s of a random effect fixes the residual variance once the relative covariances are known,
    so that the profile runs over the same unbounded parameters as the fit.
    """
    problem, units = fit.problem, fit.units
    start = fit.optimum.point
    allowed = float(stats.chi2.ppf(level, 1))
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
        names = [one.grouping.name for one in fit.design.levels]
        if group not in names:
            raise UnknownNameError("no such group", value=shown(group), hint=hint_for(group, [*names, "residual"]))
        index = names.index(group)
        terms = fit.design.levels[index].terms
        if term not in terms:
            raise UnknownNameError("no such random effect", value=shown(term), hint=hint_for(term, terms))
        row = units.level_back[index][terms.index(term)]
        begin = sum(size * (size + 1) // 2 for size in problem.sizes[:index])
        size = problem.sizes[index]

        def variance_at(parameters: Floats, held: float) -> tuple[float, Floats]:
            along = row @ problem.factors(parameters)[index]
            square = max(float(along @ along), 1e-300)
            slope = np.zeros_like(parameters)
            entries = -2.0 * np.outer(row, along) / square
            slope[begin : begin + size * (size + 1) // 2] = entries[np.tril_indices(size)]
            return held**2 / (units.size**2 * square), slope

        estimate = float(np.sqrt(fit.covariance(group)[terms.index(term), terms.index(term)]))
    state = [start.parameters.copy()]

    def distance(held: float) -> float:
        def value(parameters: Floats) -> tuple[float, Floats]:
            variance, slope = variance_at(parameters, held)
            if not 1e-200 < variance < 1e200:
                return _WORST, np.zeros_like(parameters)
            try:
                with np.errstate(all="ignore"):
                    point = problem.at(parameters, variance=variance)
            except np.linalg.LinAlgError:
                return _WORST, np.zeros_like(parameters)
            by_log = point.evaluation.freedom - point.evaluation.squares / variance
            gradient = point.gradient + by_log * slope
            if not np.isfinite(point.deviance) or not np.isfinite(gradient).all():
                return _WORST, np.zeros_like(parameters)
            return point.deviance, gradient

        begin_at = state[0].copy()
        if group != "residual":
            variance, _ = variance_at(begin_at, held)
            # begin with the fit's own residual variance: scale the factor so that it gives the standard deviation held
            ratio = np.sqrt(variance / start.evaluation.variance)
            begin_at[begin : begin + size * (size + 1) // 2] *= min(max(float(ratio), 1e-6), 1e6)
        place, deviance, _, _ = minimise(value, begin_at)
        state[0] = place
        return deviance - start.deviance - allowed

    step = 0.25 * estimate if estimate > 0 else 0.25 * min(fit.residual_sds.values())
    high = _root(distance, estimate or step * 1e-3, step)
    state[0] = start.parameters.copy()
    least = 1e-4 * step
    if estimate <= least or distance(least) < 0:
        return ProfileInterval(f"{group} {term}".strip(), estimate, 0.0, high)
    state[0] = start.parameters.copy()
    low = float(brentq(distance, least, estimate, xtol=estimate * 1e-6))
    return ProfileInterval(f"{group} {term}".strip(), estimate, low, high)
