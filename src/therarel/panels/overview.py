"""Many series at once: which are drawn, where they are looked at across dyads, and the middle of their scores."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from therarel.drawing import LinearScale
from therarel.tables.arrays import Floats

MOST_LINES: Final = 300
"""Most series that are drawn as lines."""
MOST_POINTS: Final = 12_000
"""Most scores that are drawn in all, about."""
_FEWEST_FOR_BAND: Final = 8
_MOST_STATIONS: Final = 60
_BINS: Final = 30


def session_ticks(scale: LinearScale, about: int) -> tuple[float, ...]:
    """Ticks of a session axis: whole sessions, the first one among them where it is a whole number.

    Examples:
        >>> session_ticks(LinearScale((1, 12), (0, 100)), 5)
        (1.0, 4.0, 6.0, 8.0, 10.0, 12.0)
    """
    low, high = scale.domain
    ticks = scale.ticks(about, whole=True)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
    if low != round(low) or not ticks or ticks[0] == low:
        return ticks
    return (low, *(ticks if ticks[0] - low >= 0.75 * step else ticks[1:]))


def evenly(count: int, most: int) -> list[int]:
    """Places of many things, from 0: all of them, or evenly spaced ones, the first and the last among them.

    Examples:
        >>> evenly(3, 5), evenly(100, 3)
        ([0, 1, 2], [0, 50, 99])
    """
    places: list[int] = np.linspace(0, count - 1, min(most, count)).round().astype(int).tolist()
    return places


def evenly_chosen(lengths: NDArray[np.intp]) -> list[int]:
    """The dyads whose line is drawn: all that have a score, or evenly spaced ones where a picture has too many.

    Args:
        lengths: Number of scored sessions of each dyad, shape (g,).
    """
    scored = np.flatnonzero(lengths > 0)
    if not scored.size:
        return []
    typical = max(1.0, float(lengths[scored].mean()))
    most = int(max(1, min(MOST_LINES, MOST_POINTS / typical)))
    return [int(scored[at]) for at in evenly(scored.size, most)]


def line_opacity(lines: int) -> float:
    """How strongly each of many lines is drawn: the more there are, the fainter."""
    return min(0.55, max(0.16, 2.6 / math.sqrt(max(lines, 1))))


def stations(session: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Where the series are looked at across dyads: every session, or equal spans where there are too many.

    Args:
        session: Session of each row, shape (n,).

    Returns:
        The middle of each station, rising, and the station of each row.
    """
    different, which = np.unique(session, return_inverse=True)
    if different.size <= _MOST_STATIONS:
        return different, which.reshape(-1)
    edges = np.linspace(different[0], different[-1], _BINS + 1)
    place = np.clip(np.searchsorted(edges, session, side="right") - 1, 0, _BINS - 1)
    return (edges[:-1] + edges[1:]) / 2, place


def quartiles(session: Floats, score: Floats) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Stations with their quartiles, NaN where fewer than 8 scores are there; ``None`` if that is so nearly everywhere.

    Args:
        session: Session of each row, shape (n,).
        score: Score of each row, NaN where there is none; shape (n,).

    Returns:
        The stations, the first quartile, the median and the third quartile.
    """
    at, which = stations(session)
    there = ~np.isnan(score)
    order = np.argsort(which[there], kind="stable")
    scores, place = score[there][order], which[there][order]
    ends = np.searchsorted(place, np.arange(at.size + 1))
    found = np.full((3, at.size), np.nan)
    for station in range(at.size):
        part = scores[ends[station] : ends[station + 1]]
        if part.size >= _FEWEST_FOR_BAND:
            found[:, station] = np.quantile(part, (0.25, 0.5, 0.75))
    return None if np.isnan(found[1]).sum() > at.size - 2 else (at, found[0], found[1], found[2])
