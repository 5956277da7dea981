"""Charts with a memory, which see small shifts that last: EWMA averages the scores, CUSUM adds up their shortfalls."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from attrs import field, frozen

from therarel.citations import Citation
from therarel.detection.limits import Reach
from therarel.detection.rules.base import Rows, above_zero, positive
from therarel.detection.rules.own_sigma import D2, OwnSigmaRule, own_reach
from therarel.detection.verdicts import Verdicts
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats, Whole


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
        average, before = _carried(
            series, centre, lambda before, rows: self.weight * series.score[rows] + (1 - self.weight) * before
        )
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


@frozen(kw_only=True)
class CusumChart(OwnSigmaRule):
    """A cumulative sum of shortfalls from the centre that exceeds a decision interval (tabular CUSUM, low side).

    The sum is max(0, sum before + (centre - allowance * sigma) - score), and begins at 0. It exceeds the interval after
    one very low score or after several that are a little low. Centre and sigma are the dyad's own, over all its
    sessions: the mean, and the mean moving range divided by 1.128. A session is flagged where its own score lies below
    the centre as well: what has come back already is not flagged any more.

    Args:
        interval: The decision interval h in sigma, above 0; 4 and 5 are usual.
        allowance: The reference value k in sigma, above 0: half of the shift that is to be seen.
        autocorrelation: Whether sigma is divided by ``sqrt(1 - phi)``, with ``phi`` pooled over dyads.
        minimal_drop: Score points below the centre within which no score is flagged.
        recovery: When a drop counts as recovered: the level to regain is the centre.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Source: page1954.

    Examples:
        >>> from therarel.detection import judge
        >>> scores = [4.5, 4.4, 4.6, 4.5, 4.4, 4.6, 4.0, 3.9, 4.0, 3.9, 4.0, 3.9]
        >>> judge(CusumChart(), scores, scale=(1, 5)).flagged.nonzero()[0]
        array([ 9, 10, 11])
    """

    name: ClassVar[str] = "cusum_chart"
    threshold: ClassVar[str] = "interval"
    charted: ClassVar[str] = "cusum"
    sources: ClassVar[tuple[str | Citation, ...]] = ("page1954",)
    tabled: ClassVar[Rows] = {"cusum_chart": {}, "cusum_chart_autocorrelation": {"autocorrelation": True}}

    interval: float = field(default=5.0, validator=positive, converter=as_float)
    allowance: float = field(default=0.5, validator=positive, converter=as_float)
    autocorrelation: bool = field(default=False, validator=checks.truth)

    @property
    def sentence(self) -> str:
        """What is added up, and when it is too much."""
        return (
            f"By how much each dyad's scores are worse than its own mean, less {self.allowance:g} sigma, is"
            f" added up from session to session; the sum is never below 0. A session is flagged where it exceeds"
            f" {self.interval:g} sigma and the score is worse than the mean; sigma is the mean change from session to"
            f" session, divided by 1.128.{self._widened()}"
        )

    @property
    def blind_spots(self) -> str:
        """Single scores, and what comes later."""
        return (
            "It looks back over the whole series, later sessions included, and sees shifts that last: a single bad"
            " score has to be very bad." + self.trends
        )

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session by the sum up to it."""
        centre = series.per_session(series.mean)
        sigma = series.per_session(self.own_sigma(series, context))
        short = centre - self.allowance * sigma - series.score
        total, before = _carried(
            series, np.zeros_like(short), lambda before, rows: np.maximum(before + short[rows], 0.0)
        )
        away, least = self.interval * sigma, self.least(context)
        code = ((centre - series.score >= least) & (total > away + context.tolerance)).view(np.uint8)
        if context.limits:
            self._reach(series, context, centre, least).mark(code)
        if not values:
            return Verdicts(code)
        compared = {
            "reference": centre,
            "limit": np.minimum(before + centre - (self.allowance + self.interval) * sigma, centre - least),
            "change": centre - series.score,
            "sigma": sigma,
            "cusum": total,
            "cusum_limit": away,
        }
        return Verdicts(code, compared)

    def _reach(self, series: Series, context: PanelContext, centre: Floats, least: float) -> Reach:
        """Where the sum could exceed the interval: where it could with one of the sessions at which it may begin."""
        wide = self.widening(context) / D2
        ever = np.zeros(series.score.size, dtype=np.bool_)
        on_scale = ever.copy()
        short, sizes = np.zeros(series.score.size), series.per_session(series.sizes)
        for back in range(int(series.sizes.max(initial=0))):
            rows = np.flatnonzero((series.scores_before >= back) & ~on_scale)
            if not rows.size:
                break
            short[rows] += centre[rows] - series.score[rows - back]
            beta = np.maximum(1 - (back + 1) / sizes[rows], 0.0)
            k = np.full(rows.size, ((back + 1) * self.allowance + self.interval) * wide)
            found = own_reach(series, context, rows, short[rows], beta, k, least)
            ever[rows] |= found.ever
            on_scale[rows] |= found.on_scale
        return Reach(ever, on_scale)


def _carried(series: Series, begin: Floats, step: Callable[[Floats, Whole], Floats]) -> tuple[Floats, Floats]:
    """A figure that goes on from session to session, and what it was before each; both of shape ``(n,)``.

    Args:
        series: The scored sessions.
        begin: What it is before the first session; shape ``(n,)``.
        step: What it is after some sessions, from what it was before them and their rows.
    """
    after, before = begin.copy(), begin.copy()
    for number in range(int(series.sizes.max(initial=0))):
        rows = series.first[series.sizes > number] + number
        if number:
            before[rows] = after[rows - 1]
        after[rows] = step(before[rows], rows)
    return after, before
