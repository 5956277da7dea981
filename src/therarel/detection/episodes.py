"""From flagged sessions to candidates: where a drop began, how deep and how long it went, whether it recovered."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from therarel.detection.change import Change
from therarel.detection.rules.base import Recovery, Rule
from therarel.detection.verdicts import Verdicts
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Codes, Floats, Truths, Whole
from therarel.vocabulary import Vocabulary


class RecoveryStatus(Vocabulary, links={}):
    """Whether a score drop, or another change for the worse, recovered, as far as the series shows."""

    RECOVERED = "recovered"
    """The level was regained in time."""
    OPEN = "open"
    """The level was not regained within the window."""
    NOT_KNOWN = "not_known"
    """The series, or the stretch up to a gap, ended before the window did."""


class ReversalStatus(Vocabulary, links={}):
    """Whether a gain held or was lost again, as far as the series shows."""

    LOST_AGAIN = "lost_again"
    """The level was lost again, within the window where the rule has one."""
    HELD = "held"
    """No later score lost it: up to the end of the window, or of the series where the rule has no window."""
    NOT_KNOWN = "not_known"
    """There is no later score, or the series ends before the window does."""


_STATUSES = tuple(RecoveryStatus)
_OF_GAINS = {
    RecoveryStatus.RECOVERED: ReversalStatus.LOST_AGAIN,
    RecoveryStatus.OPEN: ReversalStatus.HELD,
    RecoveryStatus.NOT_KNOWN: ReversalStatus.NOT_KNOWN,
}


def ending_of(status: RecoveryStatus, change: Change) -> RecoveryStatus | ReversalStatus:
    """What became of a candidate, in the terms of a drop or of a gain.

    Examples:
        >>> ending_of(RecoveryStatus.OPEN, Change.GAIN).label
        'held'
    """
    return status if change is Change.DROP else _OF_GAINS[status]


@frozen(eq=False)
class Episodes:
    """Candidates of a block as arrays, in the order of dyads and sessions; each of shape ``(c,)``.

    Rows are rows of the series. A row that does not exist is -1.

    Args:
        flagged: First session that the rule flagged.
        onset: Last session at the reference level before it; -1 if the series shows none.
        nadir: Session with the lowest score before recovery or the end of the window.
        last: Last session of the drop: the one before recovery, or the last one seen within the window.
        recovered: Session at which the level was regained; -1 if none.
        status: Place in `RecoveryStatus` of what became of it.
    """

    flagged: Whole
    onset: Whole
    nadir: Whole
    last: Whole
    recovered: Whole
    status: Codes

    def statuses(self) -> list[RecoveryStatus]:
        """What became of each candidate."""
        return [_STATUSES[each] for each in self.status.tolist()]


def episodes_of(
    rule: Rule,
    series: Series,
    verdicts: Verdicts,
    context: PanelContext,
    *,
    among: Truths | None = None,
    merges: bool | None = None,
) -> Episodes:
    """The candidates of a rule in a block: its flagged sessions, gathered; of gains as of drops.

    Args:
        rule: The rule.
        series: Scored sessions, oriented.
        verdicts: Its verdicts, with what it compared.
        context: Tolerance and largest gap.
        among: The sessions whose verdicts count, shape ``(n,)``; all of them if not given.
        merges: Whether sessions flagged before a drop has recovered belong to it; as the rule says if not given.
    """
    sign = rule.change.sign
    return episodes(
        series if sign > 0 else Series(series.starts, series.session, -series.score),
        verdicts.flagged if among is None else verdicts.flagged & among,
        sign * verdicts.values["reference"],
        rule.recovery,
        tolerance=context.tolerance,
        max_gap=context.max_gap,
        merges=rule.merges if merges is None else merges,
        change=rule.change,
    )


def episodes(
    series: Series,
    flagged: Truths,
    reference: Floats,
    recovery: Recovery,
    *,
    tolerance: float,
    max_gap: float,
    merges: bool,
    change: Change = Change.DROP,
) -> Episodes:
    """Gather flagged sessions into candidates.

    Args:
        series: Scored sessions, turned so that a drop is a fall.
        flagged: Where the rule fired, shape ``(n,)``.
        reference: The level each session was compared with, shape ``(n,)``.
        recovery: When a drop counts as recovered.
        tolerance: Score points within which two scores are equal.
        max_gap: Largest distance between sessions that follow each other.
        merges: Whether sessions flagged before a drop has recovered belong to that drop.
        change: Direction of the rule: a gain without a window held as soon as one later score is seen, while a drop
            without one is never known to stay open.

    Returns:
        The candidates, none of them overlapping where ``merges`` holds.

    Examples:
        >>> series = Series(np.array([0, 6]), np.arange(1.0, 7), np.array([4.0, 4, 3, 2, 4, 4]))
        >>> found = episodes(
        ...     series, series.score == 3, np.full(6, 4.0), Recovery(), tolerance=1e-9, max_gap=np.inf, merges=True
        ... )
        >>> found.onset, found.nadir, found.recovered
        (array([1]), array([3]), array([4]))
    """
    fired = np.flatnonzero(flagged)
    stretch = series.stretch(max_gap)
    begins = np.append(np.flatnonzero(stretch == 0), series.score.size)
    final = begins[np.searchsorted(begins, fired, side="right")] - 1  # last row of the stretch
    level = series.score[fired] + recovery.share * (reference[fired] - series.score[fired])
    nadir, regained, seen = _follow(series.score, fired, final, level, recovery, tolerance)
    last = np.where(regained >= 0, regained - 1, seen)
    kept = _first_of_each(fired, last, series) if merges else np.arange(fired.size)
    endless = 1 if change is Change.GAIN else np.iinfo(np.intp).max
    complete = seen - fired >= (recovery.within if recovery.within is not None else endless)
    status = np.where(regained >= 0, 0, np.where(complete, 1, 2)).astype(np.uint8)
    onset = _last_at_level(series.score, fired[kept], stretch, reference, tolerance)
    return Episodes(fired[kept], onset, nadir[kept], last[kept], regained[kept], status[kept])


def _follow(
    score: Floats, fired: Whole, final: Whole, level: Floats, recovery: Recovery, tolerance: float
) -> tuple[Whole, Whole, Whole]:
    """Lowest row, row of recovery (or -1) and last row looked at, following each flagged session."""
    seen = final if recovery.within is None else np.minimum(final, fired + recovery.within)
    nadir, regained = fired.copy(), np.full(fired.size, -1)
    least = level + tolerance if recovery.strictly else level - tolerance
    open_ = np.arange(fired.size)
    ahead = 0
    while True:
        ahead += 1
        open_ = open_[fired[open_] + ahead <= seen[open_]]
        if open_.size == 0:
            return nadir, regained, seen
        row = fired[open_] + ahead
        back = score[row] > least[open_] if recovery.strictly else score[row] >= least[open_]
        regained[open_[back]] = row[back]
        open_, row = open_[~back], row[~back]
        lower = score[row] < score[nadir[open_]] - tolerance
        nadir[open_[lower]] = row[lower]


def _first_of_each(fired: Whole, last: Whole, series: Series) -> Whole:
    """Which flagged sessions begin a candidate: those not covered by an earlier candidate of the same dyad."""
    if fired.size == 0:
        return fired
    follows = np.searchsorted(fired, last, side="right")  # first flagged session beyond the end of each
    # Whatever lies in another dyad is beyond the end anyway, for a candidate never leaves its dyad.
    begin = np.zeros(fired.size, dtype=np.bool_)
    dyads = series.owner[fired]
    at = np.flatnonzero(np.append(True, dyads[1:] != dyads[:-1]))
    while at.size:
        begin[at] = True
        after = follows[at]
        inside = after < fired.size
        inside[inside] = dyads[after[inside]] == dyads[at[inside]]
        at = after[inside]
    return np.flatnonzero(begin)


def _last_at_level(score: Floats, fired: Whole, stretch: Whole, reference: Floats, tolerance: float) -> Whole:
    """Last earlier row of the stretch at or above the reference level; -1 if there is none."""
    onset = np.full(fired.size, -1)
    level = reference[fired] - tolerance
    open_ = np.arange(fired.size)
    back = 0
    while open_.size:
        back += 1
        open_ = open_[stretch[fired[open_]] >= back]
        row = fired[open_] - back
        there = score[row] >= level[open_]
        onset[open_[there]] = row[there]
        open_ = open_[~there]
    return onset
