"""Arithmetic limits: whether any score at a session could have made a rule fire, the other scores being what they are.

A score that falls also widens the dyad's own spread and moving ranges, and with few sessions it can never get far
enough below them. And no score lies beyond the end of its scale. The functions ask: is there a score ``v`` at which
the drop ``alpha - beta * v`` passes its limit, first of all numbers, then of those on the scale? The drop rises in a
straight line as ``v`` falls and the limit is convex in ``v``, so that it is enough to look at the slope far down, at
the end of the scale, and at the few places where the difference can be largest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.trajectories.context import PanelContext
from therarel.trajectories.series import Series
from therarel.trajectories.verdicts import Reason, Verdict, code_of

__all__ = [
    "Reach",
    "near_the_end",
    "range_reach",
    "residual_reach",
    "spread_reach",
    "straight_reach",
]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.intp]


@frozen(eq=False)
class Reach:
    """Where a rule could have fired: at some score, and at some score of the scale; each of shape ``(n,)``.

    Where the ends of the scale are not stated the two are the same.
    """

    ever: Truths
    on_scale: Truths

    def mark(self, code: npt.NDArray[np.uint8]) -> None:
        """Turn not flagged into undetectable, with its reason, wherever the rule could not have fired."""
        quiet = code == code_of(Verdict.NOT_FLAGGED)
        code[quiet & self.ever & ~self.on_scale] = code_of(Reason.NO_ROOM)
        code[quiet & ~self.ever] = code_of(Reason.TOO_FEW_SESSIONS)


def near_the_end(series: Series, context: PanelContext, limit: Floats, *, own_mean: bool = False) -> Truths:
    """Dyads of which some session might have no room: at all others the worst score of the scale would fire.

    Args:
        series: The scored sessions.
        context: The ends of the scale.
        limit: The drop that is enough at the worst score, whichever session it stood at; shape ``(g,)``.
        own_mean: Whether a drop is counted from the own mean; from another score of the dyad if not.
    """
    if not context.stated:
        return np.zeros(series.sizes.size, dtype=np.bool_)
    if own_mean:
        drop = series.mean - context.minimum - (series.highest - context.minimum) / series.sizes
    else:
        drop = series.lowest - context.minimum
    return np.asarray(~(drop > limit + 2 * context.tolerance))


def straight_reach(context: PanelContext, alpha: Floats, beta: Floats, least: float) -> Reach:
    """Whether a drop could reach a limit that does not depend on the score that is judged.

    Args:
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held; shape ``(n,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(n,)``.
        least: The drop that is needed.
    """
    ever = beta > 1e-12
    if not context.stated:
        return Reach(ever, ever)
    return Reach(ever, ever & (alpha - beta * context.minimum >= least))


def spread_reach(
    series: Series,
    context: PanelContext,
    alpha: Floats,
    beta: Floats,
    k: npt.ArrayLike,
    least: npt.ArrayLike,
    tie: float,
) -> Reach:
    """Whether a drop could reach ``k`` own standard deviations at each session.

    Args:
        series: The scored sessions of the dyads in question; shape ``(n,)``.
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held; shape ``(n,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(n,)``.
        k: Number of standard deviations; scalar or shape ``(n,)``.
        least: The drop that is needed whatever the spread; scalar or shape ``(n,)``.
        tie: By how much the limit must be passed: negative where reaching it is enough.
    """
    n = series.sizes[series.owner].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        others = np.where(n > 1, (n * series.mean[series.owner] - series.score) / (n - 1), 0.0)
        squares = series.squares[series.owner] - series.deviation**2 * n / (n - 1)
        # The own variance with score v is rest + (v - others)^2 / n.
        rest = np.where(n > 1, np.maximum(squares, 0.0) / (n - 1), np.nan)
        short = np.asarray(k, dtype=np.float64) ** 2 - beta**2 * n
        highest = (alpha - np.asarray(least, dtype=np.float64)) / beta - others
        level = alpha - beta * others
        even = np.abs(short) <= 1e-9 * np.asarray(k, dtype=np.float64) ** 2
        able = (beta > 0) & (n > 1)
        steep = (short < 0) & ~even  # the further down, the further beyond the limit
        rows = np.flatnonzero(able & ~steep)
        best = np.full(n.size, -np.inf)
        best[rows] = -beta[rows] * n[rows] * np.sqrt(rest[rows] / np.maximum(short[rows], 1e-12))
        place = np.minimum(best[rows], highest[rows])
        wide = (k if np.ndim(k) == 0 else np.asarray(k)[rows]) * np.sqrt(rest[rows] + place**2 / n[rows])
        passed = alpha[rows] - beta[rows] * (others[rows] + place) - wide >= tie
        # Where the slopes are equal the limit is only approached: some distance must be left over.
        left = np.where(rest[rows] > abs(tie) ** 2, level[rows] > abs(tie), level[rows] >= tie)
        ever = able & steep
        ever[rows] = np.where(even[rows], left, passed)
        if not context.stated:
            return Reach(ever, ever)
        worst = context.minimum - others
        highest = np.minimum(highest, context.maximum - others)
        place = np.clip(np.where(even | (short <= 0), -np.inf, best), worst, np.maximum(worst, highest))
        gained = alpha - beta * (others + place) - k * np.sqrt(rest + place**2 / n)
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
        ever = np.sqrt(np.maximum(beta * freedom, 0.0)) > k + 1e-9
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
        best = np.where(short > 0, beta * np.sqrt(freedom * rest / np.maximum(short, 1e-12)), np.inf)
        place = np.clip(best, nearest, np.maximum(nearest, furthest))
        gained = place - k * np.sqrt((rest + place**2 / beta) / freedom)
        fires = (beta > 1e-12) & (freedom > 0) & (furthest >= nearest) & (gained > context.tolerance)
    return Reach(ever, np.asarray(fires))


def range_reach(
    series: Series,
    context: PanelContext,
    alpha: Floats,
    beta: Floats,
    k: float,
    least: npt.ArrayLike,
    tie: float,
    *,
    breaks: Truths | None,
) -> Reach:
    """Whether a drop could reach ``k`` mean moving ranges at each session.

    Args:
        series: The scored sessions of the dyads in question; shape ``(n,)``.
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held; shape ``(n,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(n,)``.
        k: Number of mean moving ranges.
        least: The drop that is needed whatever the ranges; scalar or shape ``(n,)``.
        tie: By how much the limit must be passed: negative where reaching it is enough.
        breaks: Rows without a previous session, shape ``(n,)``; ``None`` where those are the first rows only.
    """
    size = series.score.size
    linked = np.ones(size, dtype=np.bool_)
    linked[series.first if breaks is None else breaks] = False
    followed = np.append(linked[1:], False)
    before, after = series.score.copy(), series.score.copy()  # a neighbour that is none stands for itself
    before[1:] = np.where(linked[1:], series.score[:-1], before[1:])
    after[:-1] = np.where(linked[1:], series.score[1:], after[:-1])
    ranges = np.abs(series.score - before)
    number = series.total(linked.astype(np.float64))[series.owner]
    own = ranges + np.abs(after - series.score)
    rest = series.total(ranges)[series.owner] - own
    touching = linked.astype(np.float64) + followed
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        each = k / number
        steep = (number > 0) & (beta > each * touching)  # the further down, the further beyond the limit
        highest = (alpha - np.asarray(least, dtype=np.float64)) / beta

        def passes(value: Floats | float, at: Whole | slice) -> Truths:
            moved = np.abs(value - before[at]) * linked[at] + np.abs(after[at] - value) * followed[at]
            gained = alpha[at] - beta[at] * value - each[at] * (rest[at] + moved)
            return np.asarray((number[at] > 0) & (gained >= tie))

        ever = steep.copy()
        undecided = np.flatnonzero(~steep)
        for kink in (before, after):
            ever[undecided] |= passes(np.minimum(kink[undecided], highest[undecided]), undecided)
        if not context.stated:
            return Reach(ever, ever)
        end, highest = context.minimum, np.minimum(highest, context.maximum)
        on_scale = passes(end, slice(None))
        undecided = np.flatnonzero(~on_scale & (end <= highest))
        for kink in (before, after):
            on_scale[undecided] |= passes(np.clip(kink[undecided], end, highest[undecided]), undecided)
    return Reach(ever, on_scale & (end <= highest))
