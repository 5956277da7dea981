"""Whether residuals look as the model assumes."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from therarel.growth.asking.time_column import unknown_time
from therarel.growth.inference.estimates import Estimates
from therarel.growth.inference.prediction import linear_parts
from therarel.representation import one_line
from therarel.tables.arrays import Floats

_MANY_AT_AN_END: Final = 0.1  # share of scores
_FEW_SCORES: Final = 4
_NOT_LOOKED_AT: Final = "Whether neighbouring residuals are related was not looked at"


@frozen(eq=False)
class Diagnosis:
    """Residuals of a fit, and what to look at in them.

    Args:
        fitted: Fitted values, by dyad and time, shape (n,).
        standardised: Residuals divided by their standard deviation in the model, shape (n,).
        skewness: 0 for a symmetric distribution.
        excess_kurtosis: 0 for a normal distribution.
        lag_correlation: Correlation of a residual with the next one in time of its dyad, and of its class where
            residual variances differ by a column; fitting makes it somewhat negative. NaN where the time is not known,
            or several scores have the same.
        at_floor: Share of scores at the lowest possible value; ``None`` if that is not known.
        at_ceiling: Share of scores at the highest possible value.
        remarks: What deserves a look, in sentences.
    """

    fitted: Floats
    standardised: Floats
    skewness: float
    excess_kurtosis: float
    lag_correlation: float
    at_floor: float | None
    at_ceiling: float | None
    remarks: tuple[str, ...]

    __repr__ = one_line

    def __str__(self) -> str:
        return "\n".join(self.remarks) or "Nothing in the residuals stands out."


def diagnose(fit: Estimates) -> Diagnosis:
    """Residuals given the random effects, and their summary."""
    design = fit.design
    fixed, random = linear_parts(fit)
    own = fit.model.residual_parameters(fit.optimum.point.parameters)
    left = design.score - fixed - random
    white = left / (next(iter(fit.residual_sds.values())) * np.asarray(fit.model.residuals.row_sds(own)))
    centred = white - white.mean()
    spread = float(np.mean(centred**2))
    skewness = float(np.mean(centred**3) / spread**1.5)
    kurtosis = float(np.mean(centred**4) / spread**2 - 3.0)
    lag, no_lag = _lag_correlation(fit, white)
    floor = ceiling = None
    if design.table.bounds is not None:
        floor = float(np.mean(design.score <= design.table.bounds[0]))
        ceiling = float(np.mean(design.score >= design.table.bounds[1]))
    remarks = [*end_sentences(fit)]
    if abs(skewness) > 1 or kurtosis > 3:
        remarks.append(
            f"Residuals are far from normal (skewness {skewness:.2f}, excess kurtosis {kurtosis:.2f}): standard errors "
            f"of variances are unreliable, those of fixed effects less so."
        )
    if fit.phi is None and lag > 0.1:
        remarks.append(f"Neighbouring residuals are related (correlation {lag:.2f}): try residual='ar1' and compare.")
    remarks += [no_lag] if no_lag else []
    return Diagnosis(fixed + random, white, skewness, kurtosis, lag, floor, ceiling, tuple(remarks))


def _lag_correlation(fit: Estimates, white: Floats) -> tuple[float, str | None]:
    """The correlation of residuals with the next in time, and why there is none."""
    design = fit.design
    if design.time is None:
        return float("nan"), f"{_NOT_LOOKED_AT}: {unknown_time(design.candidates).what}."
    classes = design.residuals.classes
    follows = np.ones(len(white), dtype=bool)
    follows[design.starts[:-1]] = False
    if classes is not None:
        follows[1:] &= np.diff(classes) == 0
    later = np.flatnonzero(follows)
    if len(later) == 0:
        return float("nan"), None
    if (design.times[later] == design.times[later - 1]).any():
        return float("nan"), f"{_NOT_LOOKED_AT}: some scores of a dyad have the same time, such as those of two raters."
    return float(white[later] @ white[later - 1] / max(float(white @ white) * len(later) / len(white), 1e-300)), None


def end_sentences(fit: Estimates) -> list[str]:
    """That many scores are the lowest or the highest: of the scale where it is known, otherwise of those there are."""
    design = fit.design
    score, bounds = design.score, design.table.bounds
    if len(score) == 0:
        return []
    has_bounds = bounds is not None
    low, high = bounds if bounds is not None else (float(score.min()), float(score.max()))
    sentences = []
    for at_end, end, word in ((score <= low, low, "lowest"), (score >= high, high, "highest")):
        if at_end.sum() > max(_MANY_AT_AN_END * len(score), _FEW_SCORES):
            of = f"are the {word} possible one" if has_bounds else f"are the {word} one in these data, {end:g}"
            why = "" if has_bounds else "If that is the end of the scale: "
            consequence = "There a straight line and equal variances cannot hold, and slopes are underestimated."
            consequence = consequence if has_bounds else consequence[0].lower() + consequence[1:]
            sentences.append(f"{at_end.mean():.0%} of scores {of}. {why}{consequence}")
    return sentences
