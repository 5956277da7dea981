"""Comparing two models by their likelihoods, with the refusals that such a comparison needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from scipy import stats

from therarel.errors import InvalidValueError

if TYPE_CHECKING:
    from therarel.trajectories.growth.fit import GrowthFit

__all__ = ["Comparison", "compare"]


@frozen
class Comparison:
    """A likelihood-ratio test of a smaller model within a larger one.

    Args:
        statistic: Twice the difference of log-likelihoods, at least 0.
        freedom: Difference of the numbers of parameters.
        p: Probability of a statistic at least as large if the smaller model holds.
        mixture: Weights of chi-squared distributions by their degrees of freedom.
        remark: How the distribution was chosen.
    """

    statistic: float
    freedom: int
    p: float
    mixture: dict[int, float]
    remark: str


def compare(smaller: GrowthFit, larger: GrowthFit) -> Comparison:
    """A likelihood-ratio test.

    Where the smaller model sets a variance to zero, the value lies at the edge of what is possible, and the
    statistic follows a mixture of chi-squared distributions: half and half of q and q + 1 degrees of freedom when a
    level goes from q to q + 1 random effects.

    Raises:
        InvalidValueError: if the fits are not of the same scores by the same method, have different fixed effects
            by REML, or if the one does not have fewer parameters.

    Source:
        self_liang1987, stram_lee1994.
    """
    if smaller.parameters > larger.parameters:
        smaller, larger = larger, smaller
    freedom = larger.parameters - smaller.parameters
    if smaller.fingerprint() != larger.fingerprint():
        raise InvalidValueError(
            "the models were not fitted to the same scores",
            value=f"{smaller.n_scores} and {larger.n_scores} scores",
            hint="missing covariates drop rows: fit both models to the rows that both can use",
        )
    if smaller.reml != larger.reml:
        raise InvalidValueError("one model was fitted by REML and the other by ML", hint="fit both by the same method")
    same = _same_span(smaller, larger)
    if smaller.reml and not same:
        raise InvalidValueError(
            "REML likelihoods of models with different fixed effects are not comparable",
            hint="fit both with method='ml'",
        )
    if freedom < 1:
        raise InvalidValueError("the models have equally many parameters: neither is within the other")
    gap = larger.log_likelihood - smaller.log_likelihood
    if gap < -1e-6 * max(1.0, abs(larger.log_likelihood)):
        raise InvalidValueError("the larger model fits worse: the smaller one is not a special case of it")
    statistic = max(0.0, 2.0 * gap)
    mixture, remark = _distribution(smaller, larger, freedom, same)
    p = sum(
        weight * (float(stats.chi2.sf(statistic, own)) if own else float(statistic <= 0.0))
        for own, weight in mixture.items()
    )
    return Comparison(statistic, freedom, p, mixture, remark)


def _same_span(one: GrowthFit, other: GrowthFit) -> bool:
    if set(one.fixed) == set(other.fixed):
        return True
    if len(one.fixed) != len(other.fixed) or one.problem.rows is None or other.problem.rows is None:
        return False
    first, second = one.scaled_fixed(), other.scaled_fixed()
    crossed = first @ second.T / first.shape[1]
    return bool(np.allclose(crossed @ crossed.T, np.eye(len(crossed)), atol=1e-8))


def _distribution(smaller: GrowthFit, larger: GrowthFit, freedom: int, same: bool) -> tuple[dict[int, float], str]:
    few = {level.grouping.name: len(level.terms) for level in smaller.design.levels}
    many = {level.grouping.name: len(level.terms) for level in larger.design.levels}
    added = {name: many[name] - few.get(name, 0) for name in many if many[name] != few.get(name, 0)}
    residual = larger.problem.residuals.count - smaller.problem.residuals.count
    phi = (larger.phi is not None) - (smaller.phi is not None)
    if not added and not phi:
        return {freedom: 1.0}, f"chi-squared with {freedom} degrees of freedom"
    if not same or (added and residual) or sum(added.values()) != 1 - phi or (added and phi):
        return (
            {freedom: 1.0},
            f"chi-squared with {freedom} degrees of freedom; several parameters are at the edge of what is possible, "
            f"so that this p value is too large rather than too small",
        )
    return (
        {freedom - 1: 0.5, freedom: 0.5},
        f"half and half of chi-squared with {freedom - 1} and {freedom} degrees of freedom, because the value tested "
        f"lies at the edge of what is possible",
    )
