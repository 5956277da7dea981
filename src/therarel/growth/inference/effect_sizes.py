"""Sizes: shares of variance, variance explained, and standardised growth."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError, UnknownNameError, as_number, hint_for, shown
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.fixed_effects import fixed_effect_tests
from therarel.growth.likelihood.grouped_rows import group_sums


@frozen
class RSquared:
    """Share of the scores' variance that a model explains.

    Args:
        marginal: The share that the fixed effects explain.
        conditional: The share that fixed and random effects explain together.
    """

    marginal: float
    conditional: float


@frozen
class StandardisedGrowth:
    """A difference in growth as a difference at the end, in standard deviations.

    Args:
        term: The fixed effect per unit of time.
        duration: How many units of time.
        sd: The standard deviation that it is divided by.
        sd_from: The origin of that standard deviation, in words.
        effect: Estimate times duration by sd.
        low: Lower end of the interval, which takes sd as known.
        high: Its upper end.
    """

    term: str
    duration: float
    sd: float
    sd_from: str
    effect: float
    low: float
    high: float


def _variances(fit: Estimates) -> tuple[float, list[float], float]:
    """Variance by fixed effects, by each level's random effects averaged over sessions, and by residuals."""
    point, units = fit.optimum.point, fit.units
    beta = units.scaled_beta(point.evaluation.beta)
    fixed = float(beta @ beta - (beta @ units.column_means) ** 2)  # var(X beta), as Q'Q / n = I
    s2 = units.score_scale**2 * point.evaluation.variance
    random = [s2 * float(np.sum(factor**2)) for factor in point.factors]  # mean of z'S z = tr S = tr F'F
    sds = np.asarray(fit.model.residuals.row_sds(fit.model.residual_parameters(point.parameters)))
    return fixed, random, s2 * float(np.mean(sds**2))


def intraclass(fit: Estimates) -> dict[str, float]:
    """Shares of the variance that fixed effects leave: of each grouping column, and of sessions.

    Where slopes vary, a group's share differs from session to session; the value is the average over the sessions
    in the data.
    """
    _, random, residual = _variances(fit)
    total = sum(random) + residual
    names = [level.grouping.name for level in fit.design.levels]
    shares = {name: value / total for name, value in zip(names, random, strict=True)}
    return {**dict(reversed(shares.items())), "session": residual / total}


def r_squared(fit: Estimates) -> RSquared:
    """Variance explained, after Nakagawa and Schielzeth, with random slopes after Johnson.

    Source:
        nakagawa_schielzeth2013, johnson2014.
    """
    fixed, random, residual = _variances(fit)
    total = fixed + sum(random) + residual
    return RSquared(fixed / total, (fixed + sum(random)) / total)


def standardised_growth(
    fit: Estimates, term: str, duration: float | None, sd: float | None, level: float
) -> StandardisedGrowth:
    """Feingold's effect size of growth models: coefficient times duration by the raw SD at the start.

    Source:
        feingold2009.
    """
    if term not in fit.fixed:
        raise UnknownNameError("no such fixed effect", value=shown(term), hint=hint_for(term, fit.fixed))
    if fit.design.time is not None and term.split(":").count(fit.design.time) != 1:
        raise InvalidValueError(
            "an effect on growth is a term that contains time once and unchanged",
            where="term",
            value=shown(term),
            bound=", ".join(name for name in fit.fixed if name.split(":").count(fit.design.time) == 1) or "none here",
        )
    source = "given"
    fit.design.time_needed()
    if sd is None:
        sd, source = _first_sd(fit), "raw scores of each dyad's first session"
    if duration is None:
        duration = float(np.ptp(fit.design.times))
    sd, duration = as_number(sd, where="sd"), as_number(duration, where="duration")
    if not sd > 0 or not duration > 0:
        raise InvalidValueError("duration and sd are above 0", value=f"{duration:g} and {sd:g}")
    row = {effect.name: effect for effect in fixed_effect_tests(fit, level=level)}[term]
    scale = duration / sd
    return StandardisedGrowth(term, duration, sd, source, row.estimate * scale, row.low * scale, row.high * scale)


def _first_sd(fit: Estimates) -> float:
    design = fit.design
    sizes = np.diff(design.starts)
    earliest = np.minimum.reduceat(design.times, design.starts[:-1])
    first = design.times == np.repeat(earliest, sizes)
    several = group_sums(first.astype(np.float64), design.starts)
    if (several > 1).any():
        raise InvalidValueError(
            "dyads have several scores at their first session, such as those of two raters",
            where="sd",
            value=f"{int((several > 1).sum())} dyads",
            hint="give the standard deviation of the scores that the term is about",
        )
    return float(np.std(group_sums(design.score * first, design.starts), ddof=1))
