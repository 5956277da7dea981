"""The scored sessions of a block of dyads, and what is computed once per block for every rule.

Everything here is oriented (higher is better) and holds scored sessions only: what has no score is set aside
before, and gets its verdict after. Sums per dyad are taken segment by segment, so that a dyad gives the same numbers
to the last bit whichever block it is in.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from therarel.tables.arrays import Floats, Truths, Whole

Number = TypeVar("Number", bound=np.generic)


@frozen(eq=False)
class Series:
    """Scored sessions of one or more dyads, sorted by dyad and session.

    Args:
        starts: Row at which each dyad begins, and the number of rows at the end; shape ``(g + 1,)``, rising.
        session: Session number (or day), strictly rising within a dyad; shape ``(n,)``.
        score: Score, oriented so that higher is better, no NaN; shape ``(n,)``.
        position: Place of the session among all sessions of its dyad, scored or not; shape ``(n,)``. ``None``
            where every session has a score.
        known: Mean and squared deviations of each dyad where an earlier pass has computed them; each ``(g,)``.
        beside: Further scores of the same sessions, such as the other rater's, oriented, NaN where there is none;
            shape ``(n, c)``. ``None`` where there are none.

    Examples:
        >>> two = Series(np.array([0, 2, 5]), np.array([1., 2, 1, 2, 3]), np.array([4., 3, 5, 5, 2]))
        >>> two.mean
        array([3.5, 4. ])
        >>> two.change
        array([nan, -1., nan,  0., -3.])
    """

    starts: Whole
    session: Floats
    score: Floats
    position: Floats | None = field(default=None)
    known: tuple[Floats, Floats] | None = field(default=None)
    beside: Floats | None = field(default=None)
    _moved: dict[float, tuple[Floats, Floats]] = field(factory=dict, init=False)

    @cached_property
    def first(self) -> Whole:
        """Row of each dyad's first scored session, shape ``(g,)``."""
        return self.starts[:-1]

    @cached_property
    def sizes(self) -> Whole:
        """Number of scored sessions of each dyad, shape ``(g,)``."""
        return np.diff(self.starts)

    @cached_property
    def owner(self) -> Whole:
        """Dyad that each row belongs to, shape ``(n,)``."""
        return np.repeat(np.arange(self.sizes.size), self.sizes)

    @cached_property
    def scores_before(self) -> Whole:
        """How many scores of its dyad come before each score, shape ``(n,)``."""
        return np.arange(self.score.size) - self.first[self.owner]

    @cached_property
    def change(self) -> Floats:
        """Score minus the previous scored session's, NaN at a dyad's first; shape ``(n,)``."""
        change = np.empty_like(self.score)
        np.subtract(self.score[1:], self.score[:-1], out=change[1:])
        change[self.first] = np.nan
        return change

    @cached_property
    def mean(self) -> Floats:
        """Each dyad's own mean, shape ``(g,)``."""
        return self.total(self.score) / self.sizes if self.known is None else self.known[0]

    @cached_property
    def lowest(self) -> Floats:
        """Each dyad's lowest score, shape ``(g,)``."""
        return np.minimum.reduceat(self.score, self.first)

    @cached_property
    def highest(self) -> Floats:
        """Each dyad's highest score, shape ``(g,)``."""
        return np.maximum.reduceat(self.score, self.first)

    @cached_property
    def deviation(self) -> Floats:
        """Score minus the dyad's own mean, shape ``(n,)``."""
        return self.score - self.per_session(self.mean)

    @cached_property
    def squares(self) -> Floats:
        """Sum of squared deviations from the dyad's own mean, shape ``(g,)``."""
        if self.known is not None:
            return self.known[1]
        away = self.score - self.per_session(self.mean)
        np.multiply(away, away, out=away)
        return self.total(away)

    @cached_property
    def sd(self) -> Floats:
        """Each dyad's own standard deviation (divisor n - 1), NaN for a single session; shape ``(g,)``."""
        with np.errstate(invalid="ignore"):
            return np.sqrt(self.squares / (self.sizes - 1))  # of a single score 0 / 0

    @cached_property
    def line(self) -> tuple[Floats, Floats]:
        """Least-squares line of each dyad over its sessions: height at the mean session, and slope; shape ``(g,)``.

        The slope of a single session is 0.
        """
        spread = self.total(self.session_deviation**2)
        shared = self.total(self.session_deviation * self.deviation)
        return self.mean, np.divide(shared, spread, out=np.zeros_like(shared), where=spread > 0)

    @cached_property
    def session_deviation(self) -> Floats:
        """Session minus the dyad's mean session, shape ``(n,)``."""
        return self.session - (self.total(self.session) / self.sizes)[self.owner]

    def per_session(self, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """A figure of each dyad at each of its sessions: ``(g,)`` to ``(n,)``."""
        return np.repeat(values, self.sizes)

    def total(self, values: Floats) -> Floats:
        """Sum of a row quantity within each dyad: ``(n,)`` to ``(g,)``."""
        return np.add.reduceat(values, self.first)

    def breaks(self, max_gap: float) -> Truths | None:
        """Rows that have no previous session within ``max_gap``; ``None`` where those are the first rows only."""
        if np.isinf(max_gap):
            return None
        far = np.empty(self.session.size, dtype=np.bool_)
        far[0] = True
        np.greater(np.diff(self.session), max_gap, out=far[1:])
        far[self.first] = True
        return far

    def moved(self, max_gap: float) -> tuple[Floats, Floats]:
        """Number of each dyad's moving ranges within ``max_gap``, and their sum; each of shape ``(g,)``."""
        if max_gap not in self._moved:
            ranges = np.abs(self.change)
            far = self.breaks(max_gap)
            ranges[self.first if far is None else far] = 0.0
            number = np.subtract(self.sizes, 1.0 if far is None else self.total(far.astype(np.float64)))
            self._moved[max_gap] = (number, self.total(ranges))
        return self._moved[max_gap]

    def stretch(self, max_gap: float) -> Whole:
        """Number of sessions that precede each row without a gap beyond ``max_gap``, shape ``(n,)``."""
        far = self.breaks(max_gap)
        if far is None:
            return self.scores_before
        rows = np.arange(self.score.size)
        return rows - np.maximum.accumulate(np.where(far, rows, 0))

    def neighbours(self, adjacent: float) -> tuple[float, Floats]:
        """Largest distance of sessions that are neighbours, and the place of each session on the axis it is counted on.

        Args:
            adjacent: Distance within which the next session is the very next one; infinite where places are counted
                instead, as of dated sessions without a largest gap.
        """
        if np.isfinite(adjacent):
            return adjacent, self.session
        return 1.0, self.position if self.position is not None else self.scores_before.astype(np.float64)

    def select(self, dyads: Truths) -> tuple[Series, Whole]:
        """The series of some dyads only, and the rows that they are."""
        sizes = self.sizes[dyads]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        rows = np.repeat(self.first[dyads] - starts[:-1], sizes) + np.arange(starts[-1])
        position = None if self.position is None else self.position[rows]
        known = None if self.known is None else (self.known[0][dyads], self.known[1][dyads])
        beside = None if self.beside is None else self.beside[rows]
        return Series(starts, self.session[rows], self.score[rows], position, known, beside), rows


def stacked(series: Series, values: Floats) -> Series:
    """The scores of some panels that have their sessions alike, as one series; ``(r, n)`` to ``r n`` rows.

    Args:
        series: The sessions.
        values: Scores of each panel, shape ``(r, n)``.
    """
    runs, n = values.shape
    ends = (np.arange(runs)[:, np.newaxis] * n + series.starts[1:]).ravel()
    position = None if series.position is None else np.tile(series.position, runs)
    return Series(np.append(0, ends), np.tile(series.session, runs), values.ravel(), position)


def scored(
    starts: npt.ArrayLike,
    session: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    higher_is_better: bool = True,
    beside: Floats | None = None,
) -> tuple[Series, Truths | None, Truths | None]:
    """The scored sessions of a block, oriented.

    Args:
        starts: Row at which each dyad begins, and the number of rows; shape ``(g + 1,)``.
        session: Session numbers, strictly rising within a dyad; shape ``(n,)``.
        score: Scores, NaN where there is none; shape ``(n,)``.
        higher_is_better: Direction of the scores; ``False`` turns their sign.
        beside: Further scores of the same sessions, in the same direction; shape ``(n, c)``.

    Returns:
        The series; the rows that it holds (``None``: all); and the dyads that it holds (``None``: all), for a dyad
        without any score drops out.

    Examples:
        >>> series, rows, dyads = scored([0, 2, 3], [1, 2, 1], [9, np.nan, 7], higher_is_better=False)
        >>> series.score, rows, dyads
        (array([-9., -7.]), array([ True, False,  True]), None)
    """
    begins = np.asarray(starts, dtype=np.intp)
    sessions = np.asarray(session, dtype=np.float64)
    values = np.asarray(score, dtype=np.float64)
    if not higher_is_better:
        values = -values
    others = None if beside is None else beside if higher_is_better else -beside
    if not np.isnan(values.sum()):
        return _without_empty(Series(begins, sessions, values, None, None, others), None)
    there = ~np.isnan(values)
    before = np.concatenate(([0], np.cumsum(there)))
    place = (np.arange(values.size) - np.repeat(begins[:-1], np.diff(begins))).astype(np.float64)
    others = None if others is None else others[there]
    series = Series(before[begins], sessions[there], values[there], place[there], None, others)
    return _without_empty(series, there)


def _without_empty(series: Series, rows: Truths | None) -> tuple[Series, Truths | None, Truths | None]:
    filled = series.sizes > 0
    if filled.all():
        return series, rows, None
    kept = np.concatenate((series.starts[:-1][filled], series.starts[-1:]))
    return Series(kept, series.session, series.score, series.position, None, series.beside), rows, filled
