"""Profile intervals of shares and ratios: correlations of random effects, autocorrelation, unequal residual variances.

The autocorrelation and the logarithm of a variance ratio are linear in the parameters of the fit, ``l' theta = v``, and
the search runs across l. For a correlation v, the covariance of its level is ``K K'`` with

    K = ( a          0                  0 )
        ( b v        b sqrt(1 - v^2)    0 )
        ( further rows of a lower triangle )

over log a, log b and those rows, so that a correlation of exactly 1 can be given too, and no sign can flip.
Correlations run from -1 to 1 and autocorrelation from 0 to 1: an end at the limit is said to be one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.profile_likelihood import (
    ProfileDistance,
    ProfileInterval,
    approaching,
    deviance_of,
    guarded,
    profile_interval,
)
from therarel.growth.inference.variance_components import correlation_state
from therarel.growth.likelihood.small_matrices import inverse, lower_root
from therarel.growth.search.newton import Objective
from therarel.tables.arrays import Floats

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
    point, unit = fit.optimum.point, fit.model.residuals.unit
    others = np.eye(len(point.parameters))[:, :-1]

    def objective(phi: float) -> Objective:
        eta = float(np.sqrt(phi / (1.0 - phi)))  # phi = eta^2 / (1 + eta^2)
        return deviance_of(fit.model, np.append(np.zeros(others.shape[1]), eta), others)

    phi = float(point.parameters[-1] ** 2 / (1.0 + point.parameters[-1] ** 2))
    distance = ProfileDistance(objective, point.parameters[:-1], point.deviance, level)
    upward = approaching(phi, _ALMOST_ONE) if phi < _ALMOST_ONE else []
    return profile_interval(
        "phi", fit.phi, distance, ((phi, approaching(phi, 0.0)), (phi, upward)), (0.0, 1.0),
        lambda share: share ** (1.0 / unit),
    )  # fmt: skip


def profile_ratio(fit: Estimates, first: str, second: str, level: float) -> ProfileInterval:
    """The interval of one class's residual variance by another's.

    Raises:
        UnknownNameError: if the model has no such class.
        InvalidValueError: if both are the same.
        NotConvergedError: if a better fit was found on the way.
    """
    classes = list(fit.residual_sds)
    for name in (first, second):
        if name not in classes:
            raise UnknownNameError("no such residual variance", value=shown(name), hint=hint_for(name, classes))
    if first == second:
        raise InvalidValueError("a ratio needs two classes of residuals", where="other", value=shown(second))
    model, point = fit.model, fit.optimum.point
    contrast = np.zeros(model.count)  # l: the difference of two log standard deviations
    for name, sign in ((first, 1.0), (second, -1.0)):
        if classes.index(name):
            contrast[model.covariances + classes.index(name) - 1] = sign
    across = np.linalg.svd(contrast[None, :])[2][1:].T

    def objective(log_ratio: float) -> Objective:
        return deviance_of(model, log_ratio * contrast / (contrast @ contrast), across)

    log_ratio = float(contrast @ point.parameters)
    distance = ProfileDistance(objective, across.T @ point.parameters, point.deviance, level)
    steps = 0.25 * 1.8 ** np.arange(8)
    return profile_interval(
        f"residual variance, {first} by {second}", float(np.exp(2.0 * log_ratio)), distance,
        ((log_ratio, log_ratio - steps), (log_ratio, log_ratio + steps)), (0.0, np.inf),
        lambda value: float(np.exp(2.0 * value)),
    )  # fmt: skip


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
    pair = (terms.index(first), terms.index(second))
    value, zero = correlation_state(fit, index, *pair)
    if zero:
        without = " and ".join(terms[k] for k in zero)
        nan = float("nan")
        return ProfileInterval(
            name, nan, nan, nan, f"The variance of {without} is estimated as zero: there is no correlation to estimate."
        )
    given = _GivenCorrelation(fit, index, pair)
    distance = ProfileDistance(given.objective, given.start(), fit.optimum.point.deviance, level)
    ends = ((value, approaching(value, -1.0)), (value, approaching(value, 1.0)))
    return profile_interval(name, value, distance, ends, (-1.0, 1.0))


class _GivenCorrelation:
    """One level's covariance as K K', in which the first two effects have a given correlation.

    The parameters are log a, log b, the further rows of K, and the model's own parameters of the other level and of the
    residuals.
    """

    def __init__(self, fit: Estimates, level: int, pair: tuple[int, int]) -> None:
        self.model, self.point, self.level = fit.model, fit.optimum.point, level
        size = fit.model.sizes[level]
        order = [*pair, *(k for k in range(size) if k not in pair)]
        to_given = np.sqrt(fit.term_mean_squares(level))[:, None] * fit.units.level_r_inverse[level]
        self.to_given = to_given[order]
        self.to_scaled = inverse(self.to_given)
        self.entries = fit.model.entries(level)
        rows, columns = np.tril_indices(size)
        self.further = (rows[rows >= 2], columns[rows >= 2])

    def start(self) -> Floats:
        """The fit's own parameters in these terms."""
        k = lower_root(self.to_given @ self.point.factors[self.level])
        sds = np.maximum(np.linalg.norm(k[:2], axis=1), _LEAST)  # a and b
        return np.concatenate([np.log(sds), k[self.further], np.delete(self.point.parameters, self.entries)])

    def objective(self, value: float) -> Objective:
        """The deviance with this correlation."""
        size, own = len(self.to_given), 2 + len(self.further[0])
        direction = np.array([value, np.sqrt(max(0.0, 1.0 - value**2))])

        def deviance(x: Floats) -> tuple[float, Floats]:
            k = np.zeros((size, size))
            a, b = np.exp(x[:2])
            k[0, 0], k[1, :2] = a, b * direction
            k[self.further] = x[2:own]
            factor = self.to_scaled @ k
            if not np.isfinite(factor).all():
                raise np.linalg.LinAlgError("a standard deviation is not finite")
            others, begin = x[own:], self.entries.start
            triangle = np.asarray(np.linalg.qr(factor.T, mode="r")).T[np.tril_indices(size)]
            point = self.model.at(np.concatenate([others[:begin], triangle, others[begin:]]))
            by_k = 2.0 * self.to_scaled.T @ point.evaluation.derivatives[self.level] @ factor  # 2 G F, by K
            by_logs = np.array([by_k[0, 0] * a, b * (by_k[1, :2] @ direction)])
            return point.deviance, np.concatenate(
                [by_logs, by_k[self.further], np.delete(point.gradient, self.entries)]
            )  # fmt: skip

        return guarded(deviance)
