"""Profile intervals of shares and ratios: correlations of random effects, autocorrelation, unequal residual variances.

The value is held, all other parameters are found again, and the interval holds the values whose likelihood is not
rejected. Correlations run from -1 to 1 and autocorrelation from 0 to 1: an end at the limit is said to be one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
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
from therarel.growth.inference.variance_components import correlation_state
from therarel.growth.likelihood.small_matrices import inverse

__all__ = ["profile_autocorrelation", "profile_correlation", "profile_ratio"]

_ALMOST_ONE: Final = 1.0 - 1e-6
_LEAST: Final = 1e-3  # of the residual's standard deviation, to begin a search with where a variance is zero


def profile_autocorrelation(fit: Estimates, level: float) -> ProfileInterval:
    """The interval of the autocorrelation of residuals one unit of time apart, from 0 to 1.

    Raises:
        InvalidValueError: if the model has no autocorrelation.
        NotConvergedError: if a better fit was found on the way.
    """
    if fit.phi is None:
        raise InvalidValueError("the model has no autocorrelation", where="phi", hint="fit it with residual='ar1'")
    parameters, unit = fit.optimum.point.parameters, fit.problem.residuals.unit

    def objective(held: float) -> Objective:
        return _along(fit, np.eye(len(parameters))[:, :-1], np.append(np.zeros(len(parameters) - 1), _eta(held)))

    here = float(parameters[-1] ** 2 / (1.0 + parameters[-1] ** 2))
    distance = Distance(objective, parameters[:-1], fit.optimum.point.deviance, level)
    return interval_between(
        "phi", fit.phi,
        (lambda: distance.end(here, nearing(here, 0.0)) if here > 0.0 else None,
         lambda: distance.end(here, nearing(here, _ALMOST_ONE)) if here < _ALMOST_ONE else None),
        (0.0, 1.0), lambda share: share ** (1.0 / unit),
    )  # fmt: skip


def _eta(share: float) -> float:
    return float(np.sqrt(share / (1.0 - share)))


def profile_ratio(fit: Estimates, first: str, second: str, level: float) -> ProfileInterval:
    """The interval of one class's residual variance by another's.

    Raises:
        UnknownNameError: if the model has no such class.
        InvalidValueError: if both are the same.
        NotConvergedError: if a better fit was found on the way.
    """
    known = list(fit.residual_sds)
    for name in (first, second):
        if name not in known:
            raise UnknownNameError("no such residual variance", value=shown(name), hint=hint_for(name, known))
    if first == second:
        raise InvalidValueError("a ratio needs two classes of residuals", where="other", value=shown(second))
    problem, parameters = fit.problem, fit.optimum.point.parameters
    count = len(parameters)
    contrast = np.zeros(count)
    for name, sign in ((first, 1.0), (second, -1.0)):
        if known.index(name):
            contrast[problem.covariances + known.index(name) - 1] = sign
    across = np.linalg.svd(contrast[None, :])[2][1:].T
    towards = contrast / (contrast @ contrast)

    def objective(held: float) -> Objective:
        return _along(fit, across, held * towards)

    here = float(contrast @ parameters)
    distance = Distance(objective, across.T @ parameters, fit.optimum.point.deviance, level)
    steps = 0.25 * 1.8 ** np.arange(8)
    return interval_between(
        f"residual variance, {first} by {second}", float(np.exp(2.0 * here)),
        (lambda: distance.end(here, here - steps), lambda: distance.end(here, here + steps)),
        (0.0, float("inf")), lambda log: float(np.exp(2.0 * log)),
    )  # fmt: skip


def _along(fit: Estimates, across: Floats, held: Floats) -> Objective:
    """The likelihood over ``held + across @ free``."""

    def look(free: Floats) -> tuple[float, Floats]:
        seen = fit.problem.at(held + across @ free)
        return seen.deviance, across.T @ seen.gradient

    return guarded(look)


def profile_correlation(fit: Estimates, group: str, first: str, second: str, level: float) -> ProfileInterval:
    """The interval of the correlation of two random effects of a group, from -1 to 1.

    Raises:
        UnknownNameError: if the model has no such group or effect.
        InvalidValueError: if both effects are the same.
        NotConvergedError: if a better fit was found on the way.
    """
    index, terms = fit.level_terms(group)
    for name in (first, second):
        if name not in terms:
            raise UnknownNameError("no such random effect", value=shown(name), hint=hint_for(name, terms))
    if first == second:
        raise InvalidValueError("a correlation needs two random effects", where="other", value=shown(second))
    name = f"{group} r({first}, {second})"
    places = (terms.index(first), terms.index(second))
    here, zero = correlation_state(fit, index, *places)
    if zero:
        gone = " and ".join(terms[place] for place in zero)
        nan = float("nan")
        return ProfileInterval(
            name, nan, nan, nan, f"The variance of {gone} is estimated as zero: there is no correlation to estimate."
        )
    held_factor = _HeldCorrelation(fit, index, places)
    distance = Distance(held_factor.objective, held_factor.start(), fit.optimum.point.deviance, level)
    return interval_between(
        name, here,
        (lambda: distance.end(here, nearing(here, -1.0)) if here > -1.0 else None,
         lambda: distance.end(here, nearing(here, 1.0)) if here < 1.0 else None),
        (-1.0, 1.0),
    )  # fmt: skip


class _HeldCorrelation:
    """One level's covariance written by a lower triangular K in which the first two effects have a given correlation.

    The parameters are the logarithms of the first two standard deviations, the further rows of K, and the model's
    own parameters of the other level and of the residuals.
    """

    def __init__(self, fit: Estimates, index: int, places: tuple[int, int]) -> None:
        self.problem = fit.problem
        self.point = fit.optimum.point
        self.index = index
        size = fit.problem.sizes[index]
        rest = [place for place in range(size) if place not in places]
        turn = np.sqrt(fit.term_sizes(index))[:, None] * fit.units.level_back[index]
        self.given = turn[[*places, *rest]]
        self.back = inverse(self.given)
        begin = sum(other * (other + 1) // 2 for other in fit.problem.sizes[:index])
        self.own = slice(begin, begin + size * (size + 1) // 2)
        rows, columns = np.tril_indices(size)
        self.further = (rows[rows >= 2], columns[rows >= 2])

    def start(self) -> Floats:
        """The fit's own parameters in these terms."""
        square = self.given @ self.point.factors[self.index]
        lower = np.asarray(np.linalg.qr(square.T, mode="r")).T
        lower = lower * np.where(np.diag(lower) < 0, -1.0, 1.0)
        sizes = np.log(np.maximum(np.linalg.norm(lower[:2], axis=1), _LEAST))
        others = np.delete(self.point.parameters, self.own)
        return np.concatenate([sizes, lower[self.further], others])

    def objective(self, held: float) -> Objective:
        """The likelihood with this correlation."""
        size, own = len(self.given), 2 + len(self.further[0])
        aim = np.array([held, np.sqrt(max(0.0, 1.0 - held**2))])

        def look(free: Floats) -> tuple[float, Floats]:
            lower = np.zeros((size, size))
            first, second = np.exp(free[:2])
            lower[0, 0], lower[1, :2] = first, second * aim
            lower[self.further] = free[2:own]
            factor = self.back @ lower
            if not np.isfinite(factor).all():
                raise np.linalg.LinAlgError("a standard deviation is not finite")
            triangle = np.asarray(np.linalg.qr(factor.T, mode="r")).T[np.tril_indices(size)]
            begin = self.own.start
            others = free[own:]
            seen = self.problem.at(np.concatenate([others[:begin], triangle, others[begin:]]))
            by_lower = 2.0 * self.back.T @ seen.evaluation.slopes[self.index] @ factor
            by_sizes = np.array([by_lower[0, 0] * first, second * (by_lower[1, :2] @ aim)])
            return seen.deviance, np.concatenate(
                [by_sizes, by_lower[self.further], np.delete(seen.gradient, self.own)]
            )  # fmt: skip

        return guarded(look)
