"""Tests of fixed effects: degrees of freedom by Satterthwaite and by Kenward and Roger, t and F.

With the covariance C of the fixed effects, a contrast l has the variance ``v = l' C l``. Its derivatives v' by the
covariance parameters, whose estimates have the covariance W, give Satterthwaite's degrees of freedom

    df = 2 v^2 / (v' W v')

Several contrasts, the rows of L, are turned to ones with independent estimates, ``L C L' = U D U'`` and ``K = U' L``; F
is the mean of their squared t, and its denominator has the df at which F has the mean of those, with ``E = sum df / (df
- 2)`` over the l of them: ``2 E / (E - l)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from attrs import frozen
from scipy import stats

from therarel.errors import InvalidValueError, shown
from therarel.growth.inference.estimates import Estimates, checked_level, t_quantile
from therarel.growth.inference.kenward_roger import kenward_roger
from therarel.tables.arrays import Floats

Approximation: TypeAlias = Literal["satterthwaite", "kenward_roger", "normal"]
"""Where the denominator degrees of freedom of a test come from."""


@frozen
class FixedEffect:
    """One fixed effect with its test.

    Args:
        name: Name of the effect, as in the formula.
        estimate: Estimate in units of the score (per unit of the predictor).
        standard_error: Standard error of the estimate; Kenward and Roger's is adjusted.
        df: Degrees of freedom; infinite for the normal approximation.
        t: Estimate divided by its standard error.
        p: Two-sided p value.
        low: Lower end of the confidence interval.
        high: Its upper end.
    """

    name: str
    estimate: float
    standard_error: float
    df: float
    t: float
    p: float
    low: float
    high: float


@frozen
class ContrastTest:
    """A test that one or more combinations of fixed effects are zero.

    Args:
        statistic: F.
        numerator_df: Number of independent combinations.
        denominator_df: Degrees of freedom of the variance that it is divided by.
        p: Probability of an F at least as large.
        approximation: Where the denominator's degrees of freedom come from.
    """

    statistic: float
    numerator_df: int
    denominator_df: float
    p: float
    approximation: Approximation


def fixed_effect_tests(
    fit: Estimates, approximation: Approximation = "satterthwaite", level: float = 0.95
) -> tuple[FixedEffect, ...]:
    """Each fixed effect with its standard error, degrees of freedom, t, p and interval."""
    _check_approximation(approximation)
    level = checked_level(level)
    estimates = fit.beta()
    covariance = kenward_roger(fit).covariance if approximation == "kenward_roger" else fit.fixed_covariance()
    errors = np.sqrt(np.diag(covariance))
    tests = []
    for name, weights, estimate, error in zip(fit.fixed, np.eye(len(estimates)), estimates, errors, strict=True):
        df = _df(fit, weights, approximation)
        t = float(estimate / error)
        half_width = float(t_quantile(level, df) * error)
        p = float(2.0 * stats.t.sf(abs(t), df))
        ends = float(estimate) - half_width, float(estimate) + half_width
        tests.append(FixedEffect(name, float(estimate), float(error), df, t, p, *ends))
    return tuple(tests)


def _df(fit: Estimates, weights: Floats, approximation: Approximation) -> float:
    """Degrees of freedom of one contrast."""
    if approximation == "normal":
        return float("inf")
    return satterthwaite_df(fit, weights) if approximation == "satterthwaite" else kenward_roger(fit).df(weights)


def satterthwaite_df(fit: Estimates, weights: Floats) -> float:
    """Degrees of freedom of one contrast: twice its squared variance by the variance of that variance.

    Source:
        satterthwaite1946.
    """
    information = fit.observed_information()
    contrast = fit.units.contrast(weights)
    v = float(contrast @ information.beta_covariance @ contrast)  # l' C l
    slopes = np.einsum("a,kab,b->k", contrast, information.beta_covariance_derivatives, contrast)  # v'
    uncertainty = float(slopes @ information.covariance @ slopes)  # v' W v'
    return 2.0 * v**2 / uncertainty if uncertainty > 0 else float("inf")


def contrast_test(fit: Estimates, weights: Floats, approximation: Approximation) -> ContrastTest:
    """An F test of combinations of fixed effects.

    Args:
        fit: The model.
        weights: One row per combination, shape (combinations, p).
        approximation: How the denominator degrees of freedom are computed.
    """
    _check_approximation(approximation)
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
    size, estimates = len(rows), fit.beta()
    if approximation == "kenward_roger":
        f, df = kenward_roger(fit).f_test(rows, estimates)
    else:
        values, vectors = np.linalg.eigh(rows @ fit.fixed_covariance() @ rows.T)  # L C L' = U D U'
        independent = vectors.T @ rows  # K = U' L
        f = float(np.mean((independent @ estimates) ** 2 / values))
        df = _joint_df([_df(fit, row, approximation) for row in independent])
    p = float(stats.f.sf(f, size, df) if np.isfinite(df) else stats.chi2.sf(size * f, size))
    return ContrastTest(f, size, df, p, approximation)


def _joint_df(dfs: Sequence[float]) -> float:
    """Denominator degrees of freedom of several independent contrasts."""
    size = len(dfs)
    if size == 1 or np.isinf(dfs).all():
        return dfs[0]
    expected = sum(1.0 if np.isinf(df) else df / (df - 2.0) for df in dfs if df > 2.0)  # E, the mean of t^2
    return 2.0 * expected / (expected - size) if expected > size else 2.0


def _check_approximation(approximation: str) -> None:
    if approximation not in ("satterthwaite", "kenward_roger", "normal"):
        raise InvalidValueError(
            "unknown approximation of degrees of freedom",
            value=shown(approximation),
            bound="satterthwaite, kenward_roger or normal",
        )
