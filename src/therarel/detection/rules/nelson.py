"""Nelson's eight signals on a control chart, over many series at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from attrs import frozen

from therarel.detection.limits import Reach
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Codes, Floats, Truths, Whole

LENGTHS: Final = {1: 1, 2: 9, 3: 6, 4: 14, 5: 3, 6: 5, 7: 15, 8: 8}
"""Number of sessions that each rule needs at least before it can fire."""

LOW_SIDED: Final = frozenset({1, 2, 3, 5, 6})
"""The rules that have a low and a high side; 4, 7 and 8 know no direction."""

_LOW_AT_ONCE: Final = {2: (9, 0.0), 5: (2, 2.0), 6: (4, 1.0)}
"""How many scores have to lie below the centre at once, and by how many sigma."""


@frozen(eq=False)
class NelsonSignals:
    """Which of Nelson's rules signal at each session.

    Args:
        low: One bit per rule (bit 0 is rule 1) for signals on the low side, and for the rules without a side;
            shape ``(n,)``.
        high: The same for the high side.
    """

    low: Codes
    high: Codes


def nelson_signals(
    series: Series, centre: Floats, sigma: Floats, *, k: float = 3.0, tolerance: float, max_gap: float
) -> NelsonSignals:
    """Apply Nelson's eight rules; a signal is given at the session that completes it.

    1: beyond ``k`` sigma. 2: nine in a row on one side. 3: six in a row steadily falling or rising. 4: fourteen in a
    row alternating. 5: two of three beyond two sigma on one side. 6: four of five beyond one sigma on one side.
    7: fifteen in a row within one sigma. 8: eight in a row beyond one sigma, on both sides.

    Args:
        series: Scored sessions.
        centre: Centre line at each session, shape ``(n,)``.
        sigma: Sigma of each dyad, shape ``(g,)``.
        k: Number of sigma of rule 1.
        tolerance: Score points within which two numbers are equal.
        max_gap: Largest distance between sessions that follow each other; a longer one ends every row.

    Examples:
        >>> flat = Series(np.array([0, 9]), np.arange(9.0), np.array([2.0] * 9))
        >>> signals = nelson_signals(
        ...     flat, np.full(9, 3.0), np.array([5.0]), tolerance=1e-9, max_gap=float("inf")
        ... )
        >>> signals.low.tolist()
        [0, 0, 0, 0, 0, 0, 0, 0, 2]
    """
    spread = series.per_session(sigma)
    below = centre - series.score
    stretch = series.stretch(max_gap)
    change = series.change
    with np.errstate(invalid="ignore"):
        falling, rising = change < -tolerance, change > tolerance
        low = _one_side(below, falling, spread, stretch, k, tolerance)
        high = _one_side(-below, rising, spread, stretch, k, tolerance)
        alternating = np.zeros(series.score.size, dtype=np.bool_)
        alternating[1:] = (falling[1:] & rising[:-1]) | (rising[1:] & falling[:-1])
        inside = np.abs(below) < spread - tolerance
        outside = np.abs(below) > spread + tolerance
    turns = _run(alternating & (stretch >= 2), stretch)
    far = _run(outside, stretch)
    one_side = np.maximum(_run(outside & (below > 0), stretch), _run(outside & (below < 0), stretch))
    both = ((turns >= 12) * 8 + (_run(inside, stretch) >= 15) * 64 + ((far >= 8) & (one_side < 8)) * 128).astype(
        np.uint8
    )
    return NelsonSignals(low | both, high | both)


def pattern_reach(
    series: Series,
    context: PanelContext,
    rows: Whole,
    rules: Iterable[int],
    drop: Floats,
    minimal_drop: float,
    deepest: Callable[[int], Floats],
) -> Reach:
    """Whether one of the rules 2, 3, 5 and 6 could signal at some sessions, in a series of scores that may be any.

    These rules speak of several scores, so that the others are not taken as they are: nine of nine scores are never
    below their own mean, and two of four never two sigma below it.

    Args:
        series: Scored sessions.
        context: The ends of the scale.
        rows: The sessions in question; shape ``(r,)``.
        rules: The rules that count.
        drop: How far below its centre the worst score of the scale would lie; shape ``(r,)``.
        minimal_drop: Score points below the centre within which nothing fires.
        deepest: By how many sigma that many scores can lie below the centre at once, at most; shape ``(g,)``.
    """
    tolerance, owner = context.tolerance, series.owner[rows]
    before = series.stretch(context.max_gap)[rows]
    fall = series.score[rows - 1] - context.worst  # asked only where five sessions or more come before
    enough = drop >= minimal_drop - tolerance if minimal_drop > 0 else np.ones(rows.size, dtype=np.bool_)
    ever, on_scale = np.zeros(rows.size, dtype=np.bool_), np.zeros(rows.size, dtype=np.bool_)
    for rule in rules:
        able = before >= LENGTHS[rule] - 1
        if rule in _LOW_AT_ONCE:
            number, sigmas = _LOW_AT_ONCE[rule]
            able &= deepest(number)[owner] > sigmas
        ever |= able
        on_scale |= able & enough & ((drop if rule in _LOW_AT_ONCE else fall) > tolerance)
    return Reach(ever, on_scale)


def _one_side(away: Floats, moving: Truths, spread: Floats, stretch: Whole, k: float, tolerance: float) -> Codes:
    signals = (away > k * spread + tolerance) * 1
    signals += (_run(away > tolerance, stretch) >= 9) * 2
    signals += (_run(moving & (stretch >= 1), stretch) >= 5) * 4
    two, one = away > 2 * spread + tolerance, away > spread + tolerance
    signals += (two & (stretch >= 2) & (_recent(two, 3, stretch) >= 2)) * 16
    signals += (one & (stretch >= 4) & (_recent(one, 5, stretch) >= 4)) * 32
    return np.asarray(signals, dtype=np.uint8)


def _run(holds: Truths, stretch: Whole) -> Whole:
    """How many sessions in a row, this one included, something has held without a break."""
    rows = np.arange(holds.size)
    last = np.maximum.accumulate(np.where(holds, -1, rows))
    return np.asarray(np.minimum(rows - last, stretch + 1) * holds)


def _recent(holds: Truths, window: int, stretch: Whole) -> Whole:
    """How many of the last ``window`` sessions, this one included, something has held at."""
    count = holds.astype(np.intp)
    for back in range(1, window):
        count[back:] += holds[:-back] & (stretch[back:] >= back)
    return count
