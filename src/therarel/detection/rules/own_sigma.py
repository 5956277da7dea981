"""Charts with a sigma of the dyad's own scores, and how far those that look at more than one score could reach."""

from __future__ import annotations

import math
from typing import ClassVar, Final

import numpy as np
from attrs import field, frozen

from therarel.detection.limits import Reach, range_reach
from therarel.detection.rules.base import Rule
from therarel.domain import checks
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats, Whole

D2: Final = 1.128
"""Expected range of two draws from a normal distribution, in standard deviations."""


@frozen(kw_only=True)
class OwnSigmaRule(Rule):
    """What charts share whose sigma is the dyad's own.

    Args:
        autocorrelation: Whether sigma is divided by ``sqrt(1 - phi)``, with ``phi`` pooled over dyads.
        minimal_drop: Score points below the centre within which no score is flagged.
        recovery: When a drop counts as recovered.
    """

    trends: ClassVar[str] = (
        " In a series that keeps improving, the first sessions are far worse than the mean and may be flagged although"
        " nothing got worse; such findings begin with the series and are marked so. Scores that resemble those of the"
        " session before make its limits too narrow."
    )
    """What such charts mistake where scores have a trend, in sentences."""

    autocorrelation: bool = field(default=False, validator=checks.truth)

    @property
    def needs(self) -> frozenset[str]:
        """The pooled autocorrelation, where the chart corrects for it."""
        return frozenset({"phi"} if self.autocorrelation else ())

    def _widened(self) -> str:
        """What is done about autocorrelation, as the end of a sentence; nothing where it is left alone."""
        return " Sigma is widened for autocorrelation, which is pooled over dyads." if self.autocorrelation else ""

    def widening(self, context: PanelContext) -> float:
        """What sigma is multiplied with: 1, or what undoes the narrowing of moving ranges by autocorrelation."""
        return 1 / math.sqrt(1 - context.phi) if self.autocorrelation else 1.0

    def own_sigma(self, series: Series, context: PanelContext) -> Floats:
        """Mean moving range of each dyad divided by 1.128, NaN where there is none; shape ``(g,)``."""
        number, total = series.moved(context.max_gap)
        with np.errstate(invalid="ignore"):
            return np.asarray(total / number / D2 * self.widening(context))


def highest_below_centre(series: Series, rows: Whole, least: float) -> Floats:
    """The highest score of some sessions that lies far enough below the centre, although it is a part of the centre.

    Args:
        series: The scored sessions.
        rows: The sessions; shape ``(r,)``.
        least: By how many score points it has to lie below.
    """
    n = series.sizes[series.owner[rows]].astype(np.float64)
    others = series.mean[series.owner[rows]] - series.score[rows] / n
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((others - least) / (1 - 1 / n))


def own_reach(
    series: Series, context: PanelContext, rows: Whole, drop: Floats, beta: Floats, k: Floats, least: float
) -> Reach:
    """Whether a figure of some sessions could pass ``k`` mean moving ranges, whatever their own scores were.

    Args:
        series: The scored sessions.
        context: The ends of the scale.
        rows: The sessions; shape ``(r,)``.
        drop: The figure as it is, growing as the session's score falls; shape ``(r,)``.
        beta: By how much it grows when that score falls by one point; shape ``(r,)``, at least 0.
        k: Number of mean moving ranges; shape ``(r,)``.
        least: By how many score points the score has to lie below the centre.
    """
    highest = highest_below_centre(series, rows, least)
    alpha = drop + beta * series.score[rows]
    return range_reach(series, context, rows, alpha, beta, k, least, context.tolerance, highest=highest)
