"""Whether residuals look as the model assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from therarel.trajectories.growth.prediction import linear_parts
from therarel.trajectories.growth.segments import Floats

if TYPE_CHECKING:
    from therarel.trajectories.growth.fit import GrowthFit

__all__ = ["Diagnosis", "diagnose"]


@frozen(eq=False)
class Diagnosis:
    """Residuals of a fit, and what to look at in them.

    Args:
        fitted: Fitted values, in the order of the design, shape (n,).
        standardised: Residuals divided by their standard deviation in the model, shape (n,).
        skewness: 0 for a symmetric distribution.
        excess_kurtosis: 0 for a normal distribution.
        lag_correlation: Correlation of a residual with the next one of its dyad; fitting makes it somewhat negative.
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

    def __str__(self) -> str:
        return "\n".join(self.remarks) or "Nothing in the residuals stands out."


def diagnose(fit: GrowthFit) -> Diagnosis:
    """Residuals given the random effects, and their summary."""
    design = fit.design
    fixed, random = linear_parts(fit)
    own = fit.problem.residual_parameters(fit.optimum.point.parameters)
    left = design.score - fixed - random
    white = left / (next(iter(fit.residual_sds.values())) * np.asarray(fit.problem.residuals.row_scale(own)))
    centred = white - white.mean()
    spread = float(np.mean(centred**2))
    skewness = float(np.mean(centred**3) / spread**1.5)
    kurtosis = float(np.mean(centred**4) / spread**2 - 3.0)
    first = np.zeros(len(white), dtype=bool)
    first[design.starts[:-1]] = True
    now = np.flatnonzero(~first)
    lag = float(white[now] @ white[now - 1] / max(float(white @ white) * len(now) / len(white), 1e-300))
    floor = ceiling = None
    remarks = []
    if design.table.bounds is not None:
        floor = float(np.mean(design.score <= design.table.bounds[0]))
        ceiling = float(np.mean(design.score >= design.table.bounds[1]))
        for share, word in ((floor, "lowest"), (ceiling, "highest")):
            if share > 0.1:
                remarks.append(
                    f"{share:.0%} of scores are the {word} possible one. There a straight line and equal variances "
                    f"cannot hold, and slopes are underestimated."
                )
    if abs(skewness) > 1 or kurtosis > 3:
        remarks.append(
            f"Residuals are far from normal (skewness {skewness:.2f}, excess kurtosis {kurtosis:.2f}): standard errors "
            f"of variances are unreliable, those of fixed effects less so."
        )
    if fit.phi is None and lag > 0.1:
        remarks.append(f"Neighbouring residuals are related (correlation {lag:.2f}): try residual='ar1' and compare.")
    return Diagnosis(fixed + random, white, skewness, kurtosis, lag, floor, ceiling, tuple(remarks))
