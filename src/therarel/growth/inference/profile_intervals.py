"""Profile intervals of fixed effects and standard deviations: every value that the likelihood does not reject.

A fixed effect ``d' (c b + b0) = v``, with d a row of R^-1, is given by ``b = (v - d'b0) / c * d / (d'd) + N a`` with N
the directions across d: the model of [X N, y - X b] has one fixed effect less. A standard deviation v of a random
effect ``z' u`` gives the residual variance ``s2 = v^2 / (c^2 |F' z|^2)`` once the factor F is known, and one of
residuals ``s2 = v^2 / (c ratio)^2``, so that the search runs over the same unbounded parameters as the fit.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from therarel.errors import UnknownNameError, hint_for, shown
from therarel.growth.inference.estimates import Estimates, t_quantile
from therarel.growth.inference.profile_likelihood import (
    ProfileDistance,
    ProfileInterval,
    approaching,
    deviance_of,
    guarded,
    profile_interval,
)
from therarel.growth.likelihood.small_matrices import inverse
from therarel.growth.search.newton import Objective
from therarel.growth.search.optimum import optimise
from therarel.tables.arrays import Floats

_STEPS: Final = np.cumsum(1.6 ** np.arange(30))  # how far to go for the end of an interval, in steps that grow


def profile_fixed(fit: Estimates, name: str, level: float) -> ProfileInterval:
    """The profile interval of a fixed effect, by maximum likelihood whatever the fit's own method."""
    if name not in fit.fixed:
        raise UnknownNameError("no such fixed effect", value=shown(name), hint=hint_for(name, fit.fixed))
    index, units = list(fit.fixed).index(name), fit.units
    model = fit.model.with_method(reml=False)
    point = optimise(model, (fit.optimum.point.parameters,)).point
    p = model.layout.fixed
    estimate = float(units.beta(point.evaluation.beta)[index])
    covariance = units.beta_covariance(point.evaluation.variance * inverse(point.evaluation.information))
    d = units.r_inverse[index]
    across = np.linalg.svd(d[None, :])[2][1:].T  # N

    def objective(value: float) -> Objective:
        mix = np.zeros((p + 1, p))
        mix[:p, : p - 1] = across
        mix[:p, -1] = -(value - float(d @ units.ols)) / units.score_scale * d / (d @ d)
        mix[p, -1] = 1.0
        return deviance_of(model.combined(mix))

    distance = ProfileDistance(objective, point.parameters, point.deviance, level)
    steps = float(t_quantile(level) * np.sqrt(covariance[index, index])) * _STEPS
    return profile_interval(
        name, estimate, distance, ((estimate, estimate - steps), (estimate, estimate + steps)), (-np.inf, np.inf)
    )


def profile_sd(fit: Estimates, group: str, term: str, level: float) -> ProfileInterval:
    """The profile interval of a standard deviation of random effects, or of residuals, by the fit's own method."""
    of_residuals = group == "residual"
    given_sd = _ResidualSD(fit, term) if of_residuals else _RandomEffectSD(fit, group, term)
    point, estimate = fit.optimum.point, given_sd.estimate

    def objective(value: float) -> Objective:
        def deviance(parameters: Floats) -> tuple[float, Floats]:
            s2, slope = given_sd.residual_variance(parameters, value)
            if not 1e-200 < s2 < 1e200:
                raise np.linalg.LinAlgError("a residual variance is out of range")
            point = fit.model.at(parameters, variance=s2)
            by_log_s2 = point.evaluation.df - point.evaluation.rss / s2  # d deviance / d log s2
            return point.deviance, point.gradient + by_log_s2 * slope

        return guarded(deviance)

    def begin(value: float, parameters: Floats) -> Floats:
        """Begin with the fit's own residual variance: scale the factor so that it gives the standard deviation."""
        moved = parameters.copy()
        ratio = np.sqrt(given_sd.residual_variance(parameters, value)[0] / point.evaluation.variance)
        moved[given_sd.entries] *= min(max(float(ratio), 1e-6), 1e6)
        return moved

    distance = ProfileDistance(objective, point.parameters, point.deviance, level, begin)
    step = 0.25 * (estimate if estimate > 0 else min(fit.residual_sds.values()))
    least = 1e-4 * step
    inside = max(estimate, 10.0 * least)
    downward = approaching(estimate, least, 15) if estimate > least else []
    return profile_interval(
        f"{group} {term}".strip(), estimate, distance, ((estimate, downward), (inside, inside + step * _STEPS)),
        (0.0, np.inf),
    )  # fmt: skip


class _ResidualSD:
    """The residual standard deviation of a class: s2 = v^2 / (c ratio)^2."""

    def __init__(self, fit: Estimates, term: str) -> None:
        sds = fit.residual_sds
        if term not in sds:
            raise UnknownNameError("no such residual variance", value=shown(term), hint=hint_for(term, sds))
        self.fit, self.estimate, self.index, self.entries = fit, sds[term], list(sds).index(term), slice(0, 0)

    def residual_variance(self, parameters: Floats, value: float) -> tuple[float, Floats]:
        """s2 with this value, and the derivative of its logarithm by the parameters."""
        model = self.fit.model
        ratio = float(model.residuals.relative_sds(model.residual_parameters(parameters))[self.index])
        slope = np.zeros_like(parameters)
        if self.index:
            slope[model.covariances + self.index - 1] = -2.0
        return (value / (self.fit.units.score_scale * ratio)) ** 2, slope


class _RandomEffectSD:
    """The standard deviation of a random effect: s2 = v^2 / (c^2 |F' z|^2)."""

    def __init__(self, fit: Estimates, group: str, term: str) -> None:
        self.level, terms = fit.level_terms(group)
        if term not in terms:
            raise UnknownNameError("no such random effect", value=shown(term), hint=hint_for(term, terms))
        index = terms.index(term)
        self.fit, self.z = fit, fit.units.level_r_inverse[self.level][index]
        self.estimate = float(np.sqrt(fit.level_covariance(self.level)[index, index]))
        self.entries = fit.model.entries(self.level)

    def residual_variance(self, parameters: Floats, value: float) -> tuple[float, Floats]:
        """s2 with this value, and the derivative of its logarithm by the parameters."""
        fz = self.z @ self.fit.model.factors(parameters)[self.level]  # F' z
        square = max(float(fz @ fz), 1e-300)
        slope = np.zeros_like(parameters)
        slope[self.entries] = (-2.0 * np.outer(self.z, fz) / square)[np.tril_indices(len(fz))]
        return value**2 / (self.fit.units.score_scale**2 * square), slope
