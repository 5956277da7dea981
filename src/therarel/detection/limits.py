"""Arithmetic limits: whether any score at a session could have made a rule fire, the other scores being what they are.

A score that falls also widens the dyad's own spread and moving ranges, and with few sessions it can never get far
enough below them. And no score lies beyond the end of its scale. The functions ask: is there a score ``v`` at which
the drop ``alpha - beta * v`` passes its limit, first of all numbers, then of those on the scale? The drop rises in a
straight line as ``v`` falls and the limit is convex in ``v``, so that it is enough to look at the slope far down, at
the end of the scale, and at the few places where the difference can be largest.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.detection.verdicts import Reason, Verdict, code_of
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Codes, Floats, Truths, Whole

ALIKE: Final = 1e-9
"""Two slopes, one larger than the other by this share, are equal, for that is above their rounding."""


@frozen(eq=False)
class Reach:
    """Where a rule could have fired: at some score, and at some score of the scale; each of shape ``(n,)``.

    Where the ends of the scale are not stated the two are the same.
    """

    ever: Truths
    on_scale: Truths

    def mark(self, code: Codes) -> None:
        """Turn not flagged into undetectable, with its reason, wherever the rule could not have fired."""
        quiet = code == code_of(Verdict.NOT_FLAGGED)
        code[quiet & self.ever & ~self.on_scale] = code_of(Reason.NO_ROOM)
        code[quiet & ~self.ever] = code_of(Reason.TOO_FEW_SESSIONS)


def straight_reach(context: PanelContext, alpha: Floats, beta: Floats, least: float) -> Reach:
    """Whether a drop could reach a limit that does not depend on the score that is judged.

    Args:
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held; shape ``(n,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(n,)``.
        least: The drop that is needed.
    """
    ever = beta > ALIKE
    if not context.stated:
        return Reach(ever, ever)
    return Reach(ever, ever & (alpha - beta * context.minimum >= least))


def spread_reach(
    series: Series,
    context: PanelContext,
    rows: Whole,
    alpha: Floats,
    beta: Floats,
    k: npt.ArrayLike,
    least: float,
    tie: float,
) -> Reach:
    """Whether a drop could reach ``k`` own standard deviations at some sessions.

    Args:
        series: The scored sessions.
        context: The ends of the scale.
        rows: The sessions in question; shape ``(r,)``.
        alpha: The drop at a score of 0, the other scores held; shape ``(r,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(r,)``.
        k: Number of standard deviations; scalar or shape ``(r,)``.
        least: The drop that is needed whatever the spread.
        tie: By how much the limit must be passed: negative where reaching it is enough.
    """
    owner = series.owner[rows]
    score, mean = series.score[rows], series.mean[owner]
    n = series.sizes[owner].astype(np.float64)
    times = np.broadcast_to(np.asarray(k, dtype=np.float64), n.shape)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        others = (n * mean - score) / (n - 1)
        squares = series.squares[owner] - (score - mean) ** 2 * n / (n - 1)
        # The own variance with score v is rest + (v - others)^2 / n.
        rest = squares / (n - 1)
        # Scores that differ by less than a drop does are equal: what is left of the difference is rounding.
        rest = np.where(rest > context.least_difference**2, rest, 0.0)
        short = times**2 - beta**2 * n
        highest = (alpha - least) / beta - others
        level = alpha - beta * others
        even = np.abs(short) <= 2 * ALIKE * times**2
        able = (beta > 0) & (n > 1)
        steep = (short < 0) & ~even  # the further down, the further beyond the limit
        open_ = np.flatnonzero(able & ~steep)
        best = np.zeros(n.size)
        best[open_] = -beta[open_] * n[open_] * np.sqrt(rest[open_] / short[open_])
        place = np.minimum(best[open_], highest[open_])
        wide = times[open_] * np.sqrt(rest[open_] + place**2 / n[open_])
        passed = alpha[open_] - beta[open_] * (others[open_] + place) - wide >= tie
        # Where the slopes are equal the limit is only approached: some distance must be left over.
        left = np.where(rest[open_] > abs(tie) ** 2, level[open_] > abs(tie), level[open_] >= tie)
        ever = able & steep
        ever[open_] = np.where(even[open_], left, passed)
        if not context.stated:
            return Reach(ever, ever)
        worst = context.minimum - others
        highest = np.minimum(highest, context.maximum - others)
        place = np.clip(np.where(even | steep, -np.inf, best), worst, np.maximum(worst, highest))
        gained = alpha - beta * (others + place) - times * np.sqrt(rest + place**2 / n)
        return Reach(ever, able & (worst <= highest) & (gained >= tie))


def residual_reach(
    series: Series, context: PanelContext, alpha: Floats, beta: Floats, k: Floats, least: float
) -> Reach:
    """Whether a drop below the dyad's own line could exceed ``k`` standard deviations of the residuals.

    Args:
        series: The scored sessions of the dyads in question; shape ``(n,)``.
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held; shape ``(n,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(n,)``.
        k: Number of standard deviations; shape ``(n,)``.
        least: The drop that is needed whatever the spread.
    """
    freedom = (series.sizes[series.owner] - 2).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        # A residual of weight beta adds its square over beta to the others: far down only the two count.
        ever = np.sqrt(beta * freedom) > k * (1 + ALIKE)
        if not context.stated:
            return Reach(ever, ever)
        height, slope = series.line
        drop = height[series.owner] + slope[series.owner] * series.session_deviation - series.score
        squares = series.total(drop**2)[series.owner] - drop**2 / beta
        # The residuals of the line without this session leave squares over; a drop d adds d^2 / beta to them.
        furthest = alpha - beta * context.minimum
        nearest = np.maximum(least, alpha - beta * context.maximum)
        short = k**2 - beta * freedom
        rest = np.maximum(squares, 0.0)
        best = np.where(short > 0, beta * np.sqrt(freedom * rest / short), np.inf)
        place = np.clip(best, nearest, np.maximum(nearest, furthest))
        gained = place - k * np.sqrt((rest + place**2 / beta) / freedom)
        fires = (beta > ALIKE) & (furthest >= nearest) & (gained > context.tolerance)
    return Reach(ever, np.asarray(fires))


def range_reach(
    series: Series,
    context: PanelContext,
    rows: Whole,
    alpha: Floats,
    beta: Floats,
    k: float | Floats,
    least: float,
    tie: float,
    *,
    highest: Floats | None = None,
) -> Reach:
    """Whether a drop could reach ``k`` mean moving ranges at some sessions.

    Args:
        series: The scored sessions.
        context: The ends of the scale, and the largest gap that a moving range may span.
        rows: The sessions in question; shape ``(r,)``.
        alpha: The drop at a score of 0, the other scores held; shape ``(r,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(r,)``.
        k: Number of mean moving ranges; scalar or shape ``(r,)``.
        least: The drop that is needed whatever the ranges.
        tie: By how much the limit must be passed: negative where reaching it is enough.
        highest: Highest score in question, where that is not the one of a drop by ``least``; shape ``(r,)``.
    """
    owner, score = series.owner[rows], series.score[rows]
    number, total = (each[owner] for each in series.moved(context.max_gap))
    starts = np.zeros(series.score.size + 1, dtype=np.bool_)
    far = series.breaks(context.max_gap)
    starts[series.first if far is None else np.flatnonzero(far)] = True
    starts[-1] = True
    linked, followed = ~starts[rows], ~starts[rows + 1]
    before = np.where(linked, series.score[rows - 1], score)  # a missing neighbour is replaced by the session alone
    after = np.where(followed, series.score[np.minimum(rows + 1, series.score.size - 1)], score)
    rest = total - np.abs(score - before) - np.abs(after - score)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        each = k / number
        highest = (alpha - least) / beta if highest is None else highest

        def passes(value: Floats | float, at: Whole | slice) -> Truths:
            moved = np.abs(value - before[at]) * linked[at] + np.abs(after[at] - value) * followed[at]
            gained = alpha[at] - beta[at] * value - each[at] * (rest[at] + moved)
            return np.asarray(gained >= tie)  # never where there is no range: the limit is then not a number

        # Most sessions have room: what fires at the end of the scale need not be asked further.
        upper = np.minimum(highest, context.best)
        on_scale = passes(context.minimum, slice(None)) & (context.minimum <= upper) & context.stated
        # The further down, the further beyond the limit.
        steep = beta > (1 + ALIKE) * each * (linked.astype(np.float64) + followed)
        ever = on_scale | steep
        open_ = np.flatnonzero(~ever)
        for kink in (before[open_], after[open_]):
            ever[open_] |= passes(np.minimum(kink, highest[open_]), open_)
        if not context.stated:
            return Reach(ever, ever)
        open_ = np.flatnonzero(ever & ~on_scale & (context.minimum <= upper))
        for kink in (before[open_], after[open_]):
            on_scale[open_] |= passes(np.clip(kink, context.minimum, upper[open_]), open_)
    return Reach(ever, on_scale)
