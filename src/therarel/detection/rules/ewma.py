"""The EWMA chart: an average of the scores so far, in which the latest weigh most, outside its limits."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import field, frozen

from therarel.citations import Citation
from therarel.detection.rules.base import Rows, above_zero, positive
from therarel.detection.rules.own_sigma import D2, OwnSigmaRule, own_reach
from therarel.detection.verdicts import Verdicts
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats


@frozen(kw_only=True)
class EwmaChart(OwnSigmaRule):
    """An exponentially weighted moving average more than ``k`` of its standard deviations below the centre line.

    The average is z = weight * score + (1 - weight) * z of the session before, and begins at the centre. After t
    sessions its standard deviation is sigma * sqrt(weight / (2 - weight) * (1 - (1 - weight)^(2t))). It sees small
    shifts that last, which an individuals chart misses, and is slower to see a single low score. Centre and sigma are
    the dyad's own, over all its sessions: the mean, and the mean moving range divided by 1.128. A session is flagged
    where its own score lies below the centre as well: what has come back already is not flagged any more.

    Args:
        k: Number of standard deviations of the average, above 0.
        weight: Weight of the latest score, above 0, at most 1; with 1 it is the individuals chart.
        autocorrelation: Whether sigma is divided by ``sqrt(1 - phi)``, with ``phi`` pooled over dyads.
        minimal_drop: Score points below the centre within which no score is flagged.
        recovery: When a drop counts as recovered: the level to regain is the centre.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Source: roberts1959.

    Examples:
        >>> from therarel.detection import judge
        >>> scores = [4.5, 4.4, 4.6, 4.5, 4.4, 4.6, 4.0, 3.9, 4.0, 3.9, 4.0, 3.9]
        >>> judge(EwmaChart(), scores, scale=(1, 5)).flagged.nonzero()[0]
        array([11])
    """

    name: ClassVar[str] = "ewma_chart"
    charted: ClassVar[str] = "ewma"
    sources: ClassVar[tuple[str | Citation, ...]] = ("roberts1959",)
    tabled: ClassVar[Rows] = {"ewma_chart": {}, "ewma_chart_autocorrelation": {"autocorrelation": True}}

    k: float = field(default=3.0, validator=positive, converter=as_float)
    weight: float = field(default=0.2, validator=above_zero(1.0), converter=as_float)
    autocorrelation: bool = field(default=False, validator=checks.truth)

    @property
    def sentence(self) -> str:
        """The average, its centre and its limits."""
        return (
            f"Each dyad's scores are averaged from session to session with weight {self.weight:g} on the latest. A"
            f" session is flagged where that average is more than {self.k:g} of its standard deviations worse than the"
            " dyad's own mean, and the score is worse than that mean; sigma is the mean change from session to session,"
            f" divided by 1.128.{self._widened()}"
        )

    @property
    def blind_spots(self) -> str:
        """Single scores, and what comes later."""
        return (
            "It looks back over the whole series, later sessions included, and sees shifts that last: a single bad"
            " score weighs little in the average." + self.trends
        )

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session by the average up to it."""
        centre = series.per_session(series.mean)
        sigma = self.own_sigma(series, context)
        average, before = self._average(series, centre)
        after = series.scores_before + 1.0
        spread = np.sqrt(self.weight / (2 - self.weight) * (1 - (1 - self.weight) ** (2 * after)))
        away, least = self.k * spread * series.per_session(sigma), self.least(context)
        low = centre - series.score >= least
        code = (low & (centre - average > away + context.tolerance)).view(np.uint8)
        if context.limits:
            rows = np.arange(series.score.size)
            begun = 1 - (1 - self.weight) ** after
            beta = np.maximum(self.weight - begun / series.per_session(series.sizes), 0.0)
            wide = self.k * spread * self.widening(context) / D2
            own_reach(series, context, rows, centre - average, beta, wide, least).mark(code)
        if not values:
            return Verdicts(code)
        compared = {
            "reference": centre,
            "limit": np.minimum((centre - away - (1 - self.weight) * before) / self.weight, centre - least),
            "change": centre - series.score,
            "sigma": series.per_session(sigma),
            "ewma": average,
            "ewma_limit": centre - away,
        }
        return Verdicts(code, compared)

    def _average(self, series: Series, centre: Floats) -> tuple[Floats, Floats]:
        """The average at each session, and that before it; each of shape ``(n,)``."""
        average, before = centre.copy(), centre.copy()
        for step in range(int(series.sizes.max(initial=0))):
            rows = series.first[series.sizes > step] + step
            if step:
                before[rows] = average[rows - 1]
            average[rows] = self.weight * series.score[rows] + (1 - self.weight) * before[rows]
        return average, before
