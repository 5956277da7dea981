"""Tests of fixed effects: degrees of freedom by Satterthwaite and by Kenward and Roger, t and F."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from attrs import frozen
from scipy import stats

from therarel.errors import InvalidValueError, shown
from therarel.growth.arrays import Floats
from therarel.growth.inference.confidence import checked_level
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.kenward_roger import adjusted

__all__ = ["Approximation", "ContrastTest", "FixedEffect", "contrast_test", "fixed_effect_tests"]

Approximation: TypeAlias = Literal["satterthwaite", "kenward_roger", "normal"]
"""Where the denominator degrees of freedom of a test come from."""


@frozen
class FixedEffect:
    """One fixed effect with its test.

    Args:
        name: As in the formula.
        estimate: In units of the score (per unit of the predictor).
        standard_error: Of the estimate, adjusted if Kenward and Roger's.
        freedom: Degrees of freedom; infinite for the normal approximation.
        t: Estimate by standard error.
        p: Two-sided.
        low: Lower end of the confidence interval.
        high: Its upper end.
    """

    name: str
    estimate: float
    standard_error: float
    freedom: float
    t: float
    p: float
    low: float
    high: float


@frozen
class ContrastTest:
    """A test that one or more combinations of fixed effects are zero.

    Args:
        statistic: F.
        numerator: Number of independent combinations.
        denominator: Degrees of freedom.
        p: Probability of an F at least as large.
        approximation: Where the denominator comes from.
    """

    statistic: float
    numerator: int
    denominator: float
    p: float
    approximation: Approximation


def fixed_effect_tests(
    fit: Estimates, approximation: Approximation = "satterthwaite", level: float = 0.95
) -> tuple[FixedEffect, ...]:
    """Each fixed effect with its standard error, degrees of freedom, t, p and interval."""
    _known(approximation)
    checked_level(level)
    estimates = np.array(list(fit.fixed.values()))
    spread = fit.fixed_covariance()
    if approximation == "kenward_roger":
        spread = adjusted(fit).covariance
    errors = np.sqrt(np.diag(spread))
    found = []
    for k, name in enumerate(fit.fixed):
        weights = np.eye(len(estimates))[k]
        freedom = _freedom(fit, weights, approximation)
        t = float(estimates[k] / errors[k])
        reach = float(stats.t.ppf(0.5 + level / 2, freedom)) * float(errors[k])
        p = float(2.0 * stats.t.sf(abs(t), freedom))
        found.append(
            FixedEffect(
                name, float(estimates[k]), float(errors[k]), freedom, t, p,
                float(estimates[k]) - reach, float(estimates[k]) + reach,
            )
        )  # fmt: skip
    return tuple(found)


def _freedom(fit: Estimates, weights: Floats, approximation: Approximation) -> float:
    if approximation == "normal":
        return float("inf")
    if approximation == "satterthwaite":
        return satterthwaite(fit, weights)
    return adjusted(fit).freedom(weights)


def satterthwaite(fit: Estimates, weights: Floats) -> float:
    """Degrees of freedom of one contrast: twice its squared variance by the variance of that variance.

    Source:
        satterthwaite1946.
    """
    known = fit.sensitivity()
    own = fit.units.contrast(weights)
    variance = float(own @ known.spread @ own)
    slopes = np.einsum("a,kab,b->k", own, known.moves, own)
    uncertainty = float(slopes @ known.covariance @ slopes)
    return 2.0 * variance**2 / uncertainty if uncertainty > 0 else float("inf")


def contrast_test(fit: Estimates, weights: Floats, approximation: Approximation) -> ContrastTest:
    """An F test of combinations of fixed effects.

    Args:
        fit: The model.
        weights: One row per combination, shape (combinations, p).
        approximation: Of the denominator degrees of freedom.
    """
    _known(approximation)
    rows = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if rows.ndim != 2 or rows.shape[1] != len(fit.fixed):
        raise InvalidValueError(
            "a contrast has one weight per fixed effect", where="contrasts", value=f"{rows.shape[-1]}",
            bound=f"{len(fit.fixed)} weights", hint=f"in the order of {', '.join(fit.fixed)}",
        )  # fmt: skip
    if not np.isfinite(rows).all() or not rows.any(axis=1).all():
        raise InvalidValueError(
            "a contrast has finite weights, and one that is not zero", where="contrasts",
            value="weights that are not finite" if not np.isfinite(rows).all() else "zeros alone",
        )  # fmt: skip
    values, vectors = np.linalg.eigh(rows @ rows.T)
    rows = (vectors.T @ rows)[values > 1e-12 * values[-1]]
    estimates = np.array(list(fit.fixed.values()))
    if approximation == "kenward_roger":
        statistic, freedom = adjusted(fit).f_test(rows, estimates)
        size = len(rows)
    else:
        spread = rows @ fit.fixed_covariance() @ rows.T
        size = len(rows)
        values, vectors = np.linalg.eigh(spread)
        turned = vectors.T @ rows
        parts = (turned @ estimates) ** 2 / values
        statistic = float(np.mean(parts))
        if approximation == "normal":
            freedom = float("inf")
        else:
            each = np.array([satterthwaite(fit, row) for row in turned])
            expected = float(np.sum(np.where(each > 2, each / np.where(each > 2, each - 2, 1.0), 0.0)))
            freedom = 2.0 * expected / (expected - size) if size > 1 else float(each[0])
            freedom = freedom if size == 1 or expected > size else 2.0
    p = float(stats.f.sf(statistic, size, freedom) if np.isfinite(freedom) else stats.chi2.sf(size * statistic, size))
    return ContrastTest(statistic, size, freedom, p, approximation)


def _known(approximation: str) -> None:
    if approximation not in ("satterthwaite", "kenward_roger", "normal"):
        raise InvalidValueError(
            "unknown approximation of degrees of freedom",
            value=shown(approximation),
            bound="satterthwaite, kenward_roger or normal",
        )
