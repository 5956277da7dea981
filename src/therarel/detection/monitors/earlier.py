"""Causal rules: limits that look back only, from the sessions before the one that is judged or from the first ones.

The batch form walks through the sessions of all dyads side by side with the arithmetic of the stream, so that the
two agree to the last bit and no dyad depends on the block it stands in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from therarel.detection.context import PanelContext
from therarel.detection.rules.base import Rule, positive
from therarel.detection.rules.chart import ChartSigma
from therarel.detection.series import Series
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.domain import checks
from therarel.domain.checks import as_float

__all__ = ["BaselineChart", "CausalRule", "EarlierChart", "EarlierDrop"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]


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

    k: float = field(default=3.0, validator=positive, converter=as_float)
    earlier: int = field(default=3, validator=checks.whole(2), converter=checks.as_int)
    least_sigma: float = field(default=0.0, validator=checks.number(0.0), converter=as_float)


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

    sigma: ChartSigma = field(default=ChartSigma.MOVING_RANGE, converter=ChartSigma)

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the sessions before it."""
        size = series.score.size
        centre, sigma = np.full(size, np.nan), np.full(size, np.nan)
        for step in steps(series, context):
            if step.seen >= self.earlier:
                centre[step.rows] = step.mean
                sigma[step.rows] = step.sigma(self.sigma)
        return charted(self, series, context, centre, sigma, values=values)


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

    earlier: int = field(default=5, validator=checks.whole(2), converter=checks.as_int)
    sigma: ChartSigma = field(default=ChartSigma.MOVING_RANGE, converter=ChartSigma)

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session after the first ones against those."""
        centre, sigma = np.full(series.sizes.size, np.nan), np.full(series.sizes.size, np.nan)
        for step in steps(series, context, longest=self.earlier + 1):
            if step.seen == self.earlier:
                centre[step.dyads] = step.mean
                sigma[step.dyads] = step.sigma(self.sigma)
        early = series.place < self.earlier
        of_rows = np.where(early, np.nan, centre[series.owner]), np.where(early, np.nan, sigma[series.owner])
        return charted(self, series, context, *of_rows, values=values)


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

    k: float = field(default=2.0, validator=positive, converter=as_float)

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the previous one."""
        level = np.empty_like(series.score)
        level[1:] = series.score[:-1]
        far = series.breaks(context.max_gap)
        level[series.first if far is None else far] = np.nan
        spread = np.full(series.score.size, np.nan)
        for step in steps(series, context):
            if step.seen >= self.earlier:
                spread[step.rows] = step.sigma(ChartSigma.SD)
        spread = np.maximum(spread, self.least_sigma)
        least = np.maximum(self.k * spread - context.tolerance, self.least(context))
        code = (level - series.score >= least).view(np.uint8)
        code[level - context.worst < least] = code_of(Reason.NO_ROOM)
        code[np.isnan(spread)] = code_of(Reason.TOO_FEW_SESSIONS)
        code[np.isnan(level)] = code_of(Reason.NO_REFERENCE)
        if not values:
            return Verdicts(code)
        compared = {"reference": level, "limit": level - least, "drop": level - series.score, "spread": spread}
        return Verdicts(code, compared)


def charted(
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
    compared = {"reference": centre, "limit": centre - least, "drop": centre - series.score, "sigma": sigma}
    return Verdicts(code, compared)


@frozen(eq=False)
class Step:
    """The dyads that have a session at one place of their series, and what is known of their earlier sessions.

    Args:
        seen: Number of earlier scored sessions, the same for all of them.
        rows: Their rows at this place, shape ``(d,)``.
        dyads: The dyads, shape ``(d,)``.
        mean: Mean of the earlier scores.
        squares: Sum of squared deviations of the earlier scores from their mean.
        ranges: Sum of the moving ranges between earlier sessions.
        pairs: Number of those moving ranges.
    """

    seen: int
    rows: Whole
    dyads: Whole
    mean: Floats
    squares: Floats
    ranges: Floats
    pairs: Floats

    def sigma(self, which: ChartSigma) -> Floats:
        """The variation of the earlier sessions, NaN where it is not known."""
        if which is ChartSigma.SD:
            return np.sqrt(self.squares / (self.seen - 1))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.pairs > 0, self.ranges / self.pairs / 1.128, math.nan)


def steps(series: Series, context: PanelContext, longest: int | None = None) -> Iterator[Step]:
    """Walk through the sessions of all dyads side by side, longest series first.

    Args:
        series: The scored sessions.
        context: The largest gap: a moving range does not reach over it.
        longest: How many places to walk; all of them if not given.
    """
    order = np.argsort(-series.sizes, kind="stable")
    sizes, first = series.sizes[order], series.first[order]
    far = series.breaks(context.max_gap)
    mean, squares = np.zeros(order.size), np.zeros(order.size)
    ranges, pairs = np.zeros(order.size), np.zeros(order.size)
    last = int(sizes[0]) if order.size else 0
    for seen in range(last if longest is None else min(last, longest)):
        active = int(np.searchsorted(-sizes, -seen, side="left"))  # the dyads with more sessions than were seen
        rows = first[:active] + seen
        mean, squares, ranges, pairs = mean[:active], squares[:active], ranges[:active], pairs[:active]
        yield Step(seen, rows, order[:active], mean, squares, ranges, pairs)
        score = series.score[rows]
        if seen:
            near = np.ones(active) if far is None else 1.0 - far[rows]
            ranges = ranges + np.abs(score - series.score[rows - 1]) * near
            pairs = pairs + near
        apart = score - mean
        mean = mean + apart / (seen + 1)
        squares = squares + apart * (score - mean)
