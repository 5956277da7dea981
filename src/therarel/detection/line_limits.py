"""Arithmetic limits of charts round a line, and of screened ones: where one score moves more than its own ranges.

The questions are those of `therarel.detection.limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.detection.limits import ALIKE, Reach
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats, Truths, Whole

_LONGEST: Final = 40
"""In a longer series the slope far down, and the end of the scale, decide alone."""
_CELLS: Final = 4_000_000
"""Numbers that a matrix of rows by sessions may hold at a time."""


def line_reach(
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
    """Whether a drop below the dyad's own line could reach ``k`` mean moving ranges of the residuals.

    One score turns the whole line, so that every moving range moves with it, each in a straight line.

    Args:
        series: The scored sessions of the dyads in question; shape ``(n,)``.
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held; shape ``(n,)``.
        beta: By how much the drop grows when the score falls by one point; shape ``(n,)``.
        k: Number of mean moving ranges.
        least: The drop that is needed whatever the ranges.
        tie: By how much the limit must be passed: negative where reaching it is enough.
        breaks: Rows without a previous session, shape ``(n,)``; ``None`` where those are the first rows only.
    """
    size = series.score.size
    linked = np.ones(size, dtype=np.bool_)
    linked[series.first if breaks is None else breaks] = False
    spread = series.total(series.session_deviation**2)
    with np.errstate(invalid="ignore"):
        turn = series.session_deviation / series.per_session(spread)  # of a single session 0 / 0
    apart = np.zeros(size)
    apart[1:] = np.diff(series.session)
    apart[~linked] = 0.0
    number = series.per_session(series.total(linked.astype(np.float64)))
    after = np.append(linked[1:], False)
    next_apart = np.append(apart[1:], 0.0) * after
    far = series.per_session(series.total(apart)) - apart - next_apart
    moved = np.abs(turn) * far + np.abs(1 - apart * turn) * linked + np.abs(1 + next_apart * turn) * after
    able = beta > ALIKE
    with np.errstate(invalid="ignore", divide="ignore"):
        # Without a moving range the limit is not a number, and never passed.
        ever = able & (beta > (1 + ALIKE) * k / number * moved)
        highest = (alpha - np.asarray(least, dtype=np.float64)) / beta
    height, slope = series.line
    residual = series.score - series.per_session(height) - series.per_session(slope) * series.session_deviation
    change = np.zeros(size)
    change[1:] = np.diff(residual)
    on_scale = np.zeros(size, dtype=np.bool_)
    asked = able if context.stated else able & ~ever & (series.per_session(series.sizes) <= _LONGEST)

    def passes(value: Floats | float, at: _Portion) -> Truths:
        ranges = np.abs(at.moves + (value - series.score[at.rows])[:, None] * at.rates).sum(axis=1)
        return np.asarray(alpha[at.rows] - beta[at.rows] * value - k / number[at.rows] * ranges >= tie)

    for part in _portions(series, np.flatnonzero(asked), linked, change, apart, turn):
        rows, top = part.rows, highest[part.rows]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            end, upper = context.worst, np.minimum(top, context.best)
            if context.stated:
                on_scale[rows] |= passes(end, part)
            for rate, move in zip(part.rates.T, part.moves.T, strict=True) if part.short else ():
                kink = series.score[rows] - move / rate  # a range that stays as it is has none
                ever[rows] |= passes(np.minimum(kink, top), part)
                if context.stated:
                    on_scale[rows] |= passes(np.clip(kink, end, np.maximum(end, upper)), part)
            on_scale[rows] &= upper >= end
    return Reach(ever | on_scale, on_scale) if context.stated else Reach(ever, ever)


@frozen(eq=False)
class _Portion:
    """Some sessions, each with the changes of its dyad's residuals: ``r`` rows, at most ``m`` changes.

    Args:
        rows: The sessions, shape ``(r,)``.
        moves: The changes as they are, shape ``(r, m)``.
        rates: How each changes when the session's score rises by a point, shape ``(r, m)``.
        short: Whether the dyads are short enough to look at every change on its own.
    """

    rows: Whole
    moves: Floats
    rates: Floats
    short: bool


def _portions(
    series: Series, rows: Whole, linked: Truths, change: Floats, apart: Floats, turn: Floats
) -> Iterator[_Portion]:
    """Rows in portions whose matrix of rows by sessions stays small; short dyads first, then long ones."""
    sizes = series.per_session(series.sizes)
    for short in (True, False):
        chosen = rows[(sizes[rows] <= _LONGEST) == short]
        longest = int(sizes[chosen].max()) if chosen.size else 1
        step = max(_CELLS // longest, 1)
        for begin in range(0, chosen.size, step):
            each = chosen[begin : begin + step]
            pair = series.first[series.owner[each]][:, None] + np.arange(1, longest)
            there = np.arange(1, longest) < sizes[each][:, None]
            pair = np.minimum(pair, series.score.size - 1)
            there &= linked[pair]
            rates = (pair == each[:, None]) * 1.0 - (pair == each[:, None] + 1) - apart[pair] * turn[each][:, None]
            yield _Portion(each, np.where(there, change[pair], 0.0), np.where(there, rates, 0.0), short)


def search_could_fire(
    series: Series, fires: Callable[[Series], Truths], *, ends: tuple[float, float] | None = None
) -> Truths:
    """Whether some score at each session would be flagged, by trying many; for limits that no formula gives.

    Args:
        series: The scored sessions of the dyads in question, short ones; shape ``(n,)``.
        fires: What the rule flags in a series.
        ends: Worst and best score that may be tried; any if not given.

    Returns:
        One truth per session, shape ``(n,)``.
    """
    found = fires(series)
    low, high = series.lowest, series.highest
    width = np.where(high > low, high - low, 1.0)
    if ends is None:
        tried = [high - share * width for share in (*np.linspace(0.0, 3.0, 61), 10.0, 1000.0)]
    else:
        tried = [ends[0] + share * (high - ends[0]) for share in np.linspace(0.0, 1.0, 13)]
    for place in range(int(series.sizes.max())):
        rows = series.first[series.sizes > place] + place
        of = series.owner[rows]
        neighbours = [series.score[np.clip(rows + side, 0, series.score.size - 1)] for side in (-1, 1)]
        for values in (*(each[of] for each in tried), *neighbours):
            open_ = ~found[rows]
            if not open_.any():
                break
            scores = series.score.copy()
            scores[rows] = values if ends is None else np.clip(values, *ends)
            found[rows] |= fires(Series(series.starts, series.session, scores, series.position))[rows]
    return found
