"""The answers of a rule that become known with the last session of a course so far."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from attrs import frozen

from therarel.detection.episodes import RecoveryStatus, episodes_of
from therarel.detection.rules.base import Rule
from therarel.detection.verdicts import Verdicts
from therarel.noise.context import PanelContext
from therarel.noise.series import Series, scored
from therarel.tables.arrays import Floats, Truths

# Keys beside the rows: outcomes for sessions that were judged before, and outcomes that only the end gives.
_EARLIER, _NEVER = -1, -2


@frozen
class SessionVerdict:
    """A verdict that became known.

    Args:
        row: Row among the scored sessions.
        code: The verdict as a byte.
        compared: What the rule compared, oriented (higher is better).
    """

    row: int
    code: int
    compared: dict[str, float]


@frozen
class DropOutcome:
    """What became of a drop, once that is known.

    Args:
        flagged: Row of the session that was flagged.
        status: Recovered, open, or not known because the series ended or broke off first.
        recovered: Row at which the level was regained; ``None`` if it was not.
    """

    flagged: int
    status: RecoveryStatus
    recovered: int | None


def new_answers(
    rule: Rule,
    context: PanelContext,
    sessions: Floats,
    scores: Floats,
    *,
    higher_is_better: bool,
    ended: bool = False,
) -> Iterator[SessionVerdict | DropOutcome]:
    """The answers that became known with the last session of a course, or that only its end gives.

    The rule judges the scored sessions so far. First come outcomes of earlier drops, then each newly judged session
    with its outcome if that is known, and at the end of the course the drops whose outcome cannot become known.

    Args:
        rule: A rule that looks back only, or a stated number of sessions ahead.
        context: Scale, gaps and tolerance.
        sessions: All sessions so far, with a score or without, at least one; shape ``(n,)``.
        scores: Their scores, NaN where there is none; shape ``(n,)``.
        higher_is_better: Direction of the scores.
        ended: Whether the course has ended: sessions that waited for later scores are judged without them.
    """
    series, _, _ = scored([0, sessions.size], sessions, scores, higher_is_better=higher_is_better)
    number = series.score.size
    if not number:
        return
    verdicts = rule.verdicts(series, context, values=True)
    before = number if ended else number - int(not np.isnan(scores[-1]))
    was_settled = np.zeros(number, dtype=np.bool_)
    was_settled[:before] = _settled(rule, context, series, before, sessions[: sessions.size - (not ended)])
    settled = np.ones(number, dtype=np.bool_) if ended else _settled(rule, context, series, number, sessions)
    answers: dict[int, list[DropOutcome]] = defaultdict(list)
    for drop, row in _outcomes(rule, context, series, verdicts, settled):
        earlier = bool(was_settled[drop.flagged])
        if row < number and not (earlier and row < before):
            answers[_EARLIER if earlier else drop.flagged].append(drop)
        elif row >= number and ended:
            answers[_NEVER].append(drop)
    yield from answers[_EARLIER]
    for row in np.flatnonzero(settled & ~was_settled).tolist():
        yield SessionVerdict(
            row, int(verdicts.code[row]), {name: float(values[row]) for name, values in verdicts.values.items()}
        )
        yield from answers[row]
    yield from answers[_NEVER]


def _settled(rule: Rule, context: PanelContext, series: Series, number: int, sessions: Floats) -> Truths:
    """Which of the first scored sessions have a verdict that later sessions cannot change; shape ``(number,)``.

    These are the ones that enough scored sessions follow, or after which the last session is so far away that a later
    one cannot be among the neighbours that the rule compares.
    """
    ahead = rule.ahead or 0
    followed_by = number - 1 - np.arange(number)
    gap, position = series.neighbours(context.adjacent)
    if not sessions.size:
        return np.zeros(number, dtype=np.bool_)
    last = float(sessions[-1]) if math.isfinite(context.adjacent) else sessions.size - 1.0
    return np.asarray((followed_by >= ahead) | (last - position[:number] >= ahead * gap))


def _outcomes(
    rule: Rule, context: PanelContext, series: Series, verdicts: Verdicts, settled: Truths
) -> Iterator[tuple[DropOutcome, int]]:
    """What became of each drop, and the row at which that was known: beyond the last one where it is not yet."""
    if not (verdicts.flagged & settled).any():
        return
    drops = episodes_of(rule, series, verdicts, context, among=settled)
    breaks = np.append(np.flatnonzero(series.stretch(context.max_gap) == 0), series.score.size)
    for row, status, back in zip(drops.flagged.tolist(), drops.statuses(), drops.recovered.tolist(), strict=True):
        if status is RecoveryStatus.RECOVERED:
            yield DropOutcome(row, status, back), back
        elif status is RecoveryStatus.OPEN:
            yield DropOutcome(row, status, None), row + (rule.recovery.within or 0)
        else:
            yield DropOutcome(row, status, None), int(breaks[np.searchsorted(breaks, row, side="right")])
