"""Causal rules: limits that look back only, from the sessions before the one that is judged or from the first ones.

Sums over earlier sessions run along each dyad separately, so that no dyad depends on its block, and a
session is judged alike whatever came after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from attrs import evolve, field, frozen

from therarel.detection.rules.base import Rows, Rule, positive
from therarel.detection.rules.chart import ChartSigma
from therarel.detection.rules.levels import Reference
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.detection.wording import in_points
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats


@frozen(kw_only=True)
class CausalRule(Rule):
    """What causal rules share: they judge a session by what came before it, and by nothing that came after.

    Args:
        earlier: Fewest scored sessions before the one that is judged, at least 2.
        least_sigma: Score points that the measure of variation is never below, at least 0: with a handful of
            earlier sessions a client may have been steady by chance. A natural choice is a within-person standard
            deviation that is known from elsewhere.
        minimal_drop: Score points below which nothing fires.
        recovery: When a drop counts as recovered.
    """

    ahead: ClassVar[int | None] = 0

    k: float = field(default=3.0, validator=positive, converter=as_float)
    earlier: int = field(default=3, validator=checks.whole(2), converter=checks.as_int)
    least_sigma: float = field(default=0.0, validator=checks.number(0.0), converter=as_float)

    def _floor(self) -> str:
        """The least variation that is reckoned with, as the end of a sentence; nothing where there is none."""
        return f", and never below {in_points(self.least_sigma)}" if self.least_sigma else ""

    @property
    def as_tabled(self) -> CausalRule:
        """The rule from the second earlier session on: at a later session it fires as often as one that waited."""
        return evolve(self, earlier=2)


@frozen(kw_only=True)
class EarlierChart(CausalRule):
    """A score more than ``k`` sigma below the mean of the dyad's earlier sessions.

    Mean and sigma are those of all scored sessions before the one that is judged, so that the limits move with the
    series: after a drop that lasts they follow it down, and a slow decline is followed all the way.

    Args:
        k: Number of sigma, above 0.
        earlier: Fewest earlier sessions.
        sigma: Mean moving range divided by 1.128, or the standard deviation.
        least_sigma: Score points that sigma is never below.
        minimal_drop: Score points below the mean within which nothing fires.
        recovery: When a drop counts as recovered: the level to regain is the mean it fell from.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Examples:
        >>> from therarel.detection import judge
        >>> judge(EarlierChart(), [4, 4.25, 4, 4.25, 2, 4], scale=(1, 5)).code.tolist()
        [17, 17, 17, 0, 1, 0]
    """

    name: ClassVar[str] = "earlier_chart"
    tabled_causal: ClassVar[Rows] = {
        "earlier_chart_3": {"earlier": 2},
        "earlier_chart_3_floor": {"earlier": 2, "least_sigma": 0.35},
        "earlier_chart_sd_2": {"earlier": 2, "sigma": "sd", "k": 2},
    }

    sigma: ChartSigma = field(default=ChartSigma.MOVING_RANGE, converter=ChartSigma)

    @property
    def sentence(self) -> str:
        """The limits, and the sessions that they come from."""
        return (
            f"A session is flagged where its score is more than {self.k:g} sigma worse than the mean of the dyad's"
            f" earlier sessions, once there are {self.earlier} of them, with sigma taken as {self.sigma.in_words}"
            f"{self._floor()}."
        )

    @property
    def blind_spots(self) -> str:
        """Limits that move with the series."""
        return "Its limits follow the series, so that it misses a slow change and gets used to one that lasts."

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the sessions before it."""
        past = earlier_sessions(series, context.max_gap)
        enough = series.scores_before >= self.earlier
        centre, sigma = (np.where(enough, known, np.nan) for known in (past.mean, past.sigma(self.sigma)))
        return _charted(self, series, context, centre, sigma, values=values)


@frozen(kw_only=True)
class BaselineChart(CausalRule):
    """A score more than ``k`` sigma below the mean of the dyad's first sessions, which stays as it was.

    The baseline is taken from the first ``earlier`` scored sessions and then frozen, so that a lasting drop stays
    flagged and a slow decline is seen in the end; whatever the first sessions were like is taken as the norm.

    Args:
        k: Number of sigma, above 0.
        earlier: Number of first sessions that make the baseline.
        sigma: Mean moving range divided by 1.128, or the standard deviation.
        least_sigma: Score points that sigma is never below.
        minimal_drop: Score points below the mean within which nothing fires.
        recovery: When a drop counts as recovered: the level to regain is the mean of the baseline.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Examples:
        >>> from therarel.detection import judge
        >>> judge(BaselineChart(earlier=3), [4, 4.25, 4, 4.25, 2, 2], scale=(1, 5)).code.tolist()
        [17, 17, 17, 0, 1, 1]
    """

    name: ClassVar[str] = "baseline_chart"
    tabled_causal: ClassVar[Rows] = {f"baseline_chart_3_of_{number}": {"earlier": number} for number in (2, 3, 4, 5)}

    earlier: int = field(default=5, validator=checks.whole(2), converter=checks.as_int)
    sigma: ChartSigma = field(default=ChartSigma.MOVING_RANGE, converter=ChartSigma)

    @property
    def sentence(self) -> str:
        """The limits, and the sessions that they come from."""
        return (
            f"A session is flagged where its score is more than {self.k:g} sigma worse than the mean of the dyad's"
            f" first {self.earlier} sessions, with sigma taken as {self.sigma.in_words}{self._floor()}."
        )

    @property
    def blind_spots(self) -> str:
        """The first sessions are taken as the norm."""
        return "Whatever the first sessions were like is taken as the norm."

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session after the first ones against those."""
        past = earlier_sessions(series, context.max_gap)
        after = series.scores_before >= self.earlier
        # The row at which the baseline has just been seen holds its figures; a dyad that never gets there has none.
        frozen_at = np.where(after, series.first[series.owner] + self.earlier, 0)
        centre, sigma = (np.where(after, known[frozen_at], np.nan) for known in (past.mean, past.sigma(self.sigma)))
        return _charted(self, series, context, centre, sigma, values=values)

    @property
    def as_tabled(self) -> BaselineChart:
        """The rule itself: how long the baseline is changes how often it fires."""
        return self


@frozen(kw_only=True)
class EarlierDrop(CausalRule):
    """A score at least ``k`` standard deviations of the earlier sessions below the previous session's.

    Args:
        k: Number of standard deviations, above 0.
        earlier: Fewest earlier sessions.
        least_sigma: Score points that the standard deviation is never below.
        minimal_drop: Score points below which nothing fires.
        recovery: When a drop counts as recovered: the level to regain is the previous session's score.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Examples:
        >>> from therarel.detection import judge
        >>> judge(EarlierDrop(least_sigma=0.5), [4, 4.25, 4, 4.25, 2.5, 4], scale=(1, 5)).code.tolist()
        [16, 17, 17, 0, 1, 0]
    """

    name: ClassVar[str] = "earlier_drop"
    tabled_causal: ClassVar[Rows] = {
        "earlier_drop_2": {"earlier": 2},
        "earlier_drop_2_floor": {"earlier": 2, "least_sigma": 0.35},
    }

    k: float = field(default=2.0, validator=positive, converter=as_float)

    @property
    def sentence(self) -> str:
        """What is compared with what."""
        return (
            f"A session is flagged where its score is worse than {Reference.PREVIOUS.in_words} by at least {self.k:g}"
            f" standard deviations of the dyad's earlier sessions, once there are {self.earlier} of them"
            f"{self._floor()}."
        )

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the previous one."""
        level = np.empty_like(series.score)
        level[1:] = series.score[:-1]
        far = series.breaks(context.max_gap)
        level[series.first if far is None else far] = np.nan
        known = earlier_sessions(series, context.max_gap).sigma(ChartSigma.SD)
        spread = np.maximum(np.where(series.scores_before >= self.earlier, known, np.nan), self.least_sigma)
        least = np.maximum(self.k * spread - context.tolerance, self.least(context))
        code = (level - series.score >= least).view(np.uint8)
        code[level - context.worst < least] = code_of(Reason.NO_ROOM)
        code[np.isnan(spread)] = code_of(Reason.TOO_FEW_SESSIONS)
        code[np.isnan(level)] = code_of(Reason.NO_REFERENCE)
        if not values:
            return Verdicts(code)
        compared = {"reference": level, "limit": level - least, "change": level - series.score, "spread": spread}
        return Verdicts(code, compared)


def _charted(
    rule: CausalRule, series: Series, context: PanelContext, centre: Floats, sigma: Floats, *, values: bool
) -> Verdicts:
    """Verdicts of a chart with a centre and a sigma for every row, NaN where there are none."""
    sigma = np.maximum(sigma, rule.least_sigma)
    least = np.maximum(rule.k * sigma + context.tolerance, rule.least(context))
    code = (centre - series.score > least).view(np.uint8)
    code[centre - context.worst <= least] = code_of(Reason.NO_ROOM)
    code[np.isnan(sigma)] = code_of(Reason.NO_VARIATION_KNOWN)
    code[np.isnan(centre)] = code_of(Reason.TOO_FEW_SESSIONS)
    if not values:
        return Verdicts(code)
    compared = {"reference": centre, "limit": centre - least, "change": centre - series.score, "sigma": sigma}
    return Verdicts(code, compared)


@frozen(eq=False)
class _EarlierSessions:
    """What is known of the scored sessions before each one; each of shape ``(n,)``.

    Args:
        number: How many there are.
        mean: Mean of their scores.
        squares: Sum of squared deviations from that mean.
        ranges: Sum of the moving ranges between them, none over a gap.
        pairs: Number of those moving ranges.
    """

    number: Floats
    mean: Floats
    squares: Floats
    ranges: Floats
    pairs: Floats

    def sigma(self, which: ChartSigma) -> Floats:
        """The variation of the earlier sessions, NaN where it is not known."""
        with np.errstate(invalid="ignore", divide="ignore"):
            # Of one session, and of no moving range, both are 0 / 0.
            if which is ChartSigma.SD:
                return np.sqrt(self.squares / (self.number - 1))
            return self.ranges / self.pairs / 1.128


def earlier_sessions(series: Series, max_gap: float) -> _EarlierSessions:
    """Figures of the sessions before each one, from running sums along each dyad.

    Scores are counted from the dyad's first one, ``d = y - y_1``, so that a steady client has no spread at all and
    little is lost where ``sum d^2 - (sum d)^2 / n`` is taken.

    Args:
        series: Scored sessions.
        max_gap: Largest distance between sessions that follow each other: no moving range reaches over a longer one.
    """
    number = series.scores_before.astype(np.float64)
    begin = series.per_session(series.score[series.first])
    away = series.score - begin
    ranges = np.abs(series.change)
    far = series.breaks(max_gap)
    breaks = series.first if far is None else np.flatnonzero(far)
    ranges[breaks] = 0.0
    pairs = np.ones_like(ranges)
    pairs[breaks] = 0.0
    total, squared, moved, pairs = _before(series, (away, away * away, ranges, pairs))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = begin + total / number
        squares = np.maximum(squared - total * total / number, 0.0)
    return _EarlierSessions(number, mean, squares, moved, pairs)


def _before(series: Series, quantities: Sequence[Floats]) -> list[Floats]:
    """Sum of each quantity over the earlier sessions of the dyad; each ``(n,)``.

    Dyads of about the same length are laid side by side, a row each, and summed along their rows.
    """
    found = [np.zeros_like(quantity) for quantity in quantities]
    step = np.ceil(np.log2(series.sizes))
    for power in np.unique(step):
        alike = np.flatnonzero(step == power)
        width = int(series.sizes[alike].max())
        inside = np.arange(width) < series.sizes[alike, None]
        rows = np.where(inside, series.first[alike, None] + np.arange(width), 0)
        for quantity, sums in zip(quantities, found, strict=True):
            laid_out = np.where(inside, quantity[rows], 0.0)
            earlier = np.zeros_like(laid_out)
            np.cumsum(laid_out[:, :-1], axis=1, out=earlier[:, 1:])
            sums[rows[inside]] = earlier[inside]
    return found
