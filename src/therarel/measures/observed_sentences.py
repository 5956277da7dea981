"""The sentences about what was observed over a course, from the texts of its machine."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from therarel.domain import Goal, Rating, Score
from therarel.domain.risk import risk_in_words
from therarel.errors import as_number
from therarel.measures.change import ReliableChange
from therarel.measures.observed_facts import Attendance, ScoredAt
from therarel.measures.significance import ClinicalSignificance
from therarel.texts import Listed, Phrase, Texts

_TOLERANCE: Final = 1e-9


@frozen
class Sentences:
    """What is said under each heading.

    Args:
        texts: The texts of a language.
        measure: The outcome measure; ``None`` where none was recorded.
    """

    texts: Texts
    measure: str | None

    def __call__(self, name: str, /, **values: object) -> str:
        """A sentence with its values."""
        return self.texts.filled(self.texts.observed[name], values)

    def nothing_measured(self) -> str:
        """That nothing was measured."""
        return self("not_measured") if self.measure is None else self("no_value", about=self.measure)

    def risk(self, answered: Sequence[ScoredAt]) -> Iterator[str]:
        """What was answered last to items that ask about risk, whether or not the score has a value."""
        if not answered:
            return
        last = answered[-1]
        sentences = risk_in_words(last.score.risk, self.texts)
        for number, sentence in enumerate(sentences):
            # the last says what the answers are for
            is_answer = last.score.risk is None or number < len(sentences) - 1
            yield self("answered", about=self.measure, when=last.when, value=sentence) if is_answer else sentence

    def without_value(self, answered: Sequence[ScoredAt]) -> Iterator[str]:
        """Which scores enter no figure."""
        lacking = [taken for taken in answered if taken.score.value is None]
        if lacking:
            named = (Phrase("score.without_value", when=taken.when, status=taken.score.status) for taken in lacking)
            yield self("without_value", about=self.measure, value=Listed(named))

    def change(
        self,
        start: ScoredAt | None,
        end: ScoredAt | None,
        change: ReliableChange | None,
        significance: ClinicalSignificance | None,
    ) -> Iterator[str]:
        """From the first score to the last before the end."""
        if start is None or end is None:
            yield self.nothing_measured()
            return
        if start is end:
            yield self("one_score", about=self.measure, value=_value(end.score), when=end.when)
            return
        yield self(
            "change",
            about=self.measure,
            before=_value(start.score),
            start=start.when,
            after=_value(end.score),
            end=end.when,
        )
        if change is None:
            yield self("reliable_not_known")
            return
        yield self("reliable", value=change.directions[0], about=change.judged_phrase)
        if significance is None:
            yield self("no_cutoff")
        else:
            yield self("significance", value=significance.outcomes[0], about=significance.cutoff)

    def engagement(self, attendance: Attendance) -> Iterator[str]:
        """How sessions were kept, and how it ended."""
        missed = attendance.missed_by_client + attendance.missed_by_therapist + attendance.missed_by_neither
        if attendance.sessions_held or missed:
            yield self(
                "sessions",
                held=attendance.sessions_held,
                client=attendance.missed_by_client,
                unannounced=attendance.unannounced,
                not_known=attendance.notice_not_known,
                therapist=attendance.missed_by_therapist,
                neither=attendance.missed_by_neither,
            )
        else:
            yield self("no_sessions")
        if attendance.longest_gap is not None:
            yield self("gap", value=attendance.longest_gap)
        elif attendance.sessions_held > 1:
            yield self("gap_not_known")
        ended = attendance.ended
        yield self("not_ended") if ended is None else self("ended", value=ended)

    def course(
        self,
        scores: Collection[ScoredAt],
        gains: Collection[float] | None,
        expected: Mapping[int, tuple[float, float]] | None,
    ) -> Iterator[str]:
        """The scores on the way."""
        if not scores:
            yield self.nothing_measured()
            return
        values = [taken.score.value for taken in scores if taken.score.value is not None]
        yield self("scores", about=self.measure, value=len(values), low=f"{min(values):g}", high=f"{max(values):g}")
        if gains is None:
            yield self("gains_not_looked_for")
        elif gains:
            sessions = sorted(as_number(session, where="observed.gains") for session in gains)
            yield self("gains", value=", ".join(f"{session:g}" for session in sessions))
        else:
            yield self("gains_none")
        yield self("expected_not_compared") if expected is None else self._expected(scores, expected)

    def _expected(self, scores: Collection[ScoredAt], expected: Mapping[int, tuple[float, float]]) -> str:
        inside = better = worse = 0
        for taken in scores:
            bounds = None if taken.when.session is None else expected.get(taken.when.session)
            if bounds is None or taken.score.value is None:
                continue
            low, high = (as_number(bound, where="observed.expected") for bound in bounds)
            tie = _TOLERANCE * max(abs(low), abs(high), math.ulp(1.0))
            if low - tie <= taken.score.value <= high + tie:
                inside += 1
            elif (taken.score.value > high) is (taken.score.scale is None or taken.score.scale.higher_is_better):
                better += 1
            else:
                worse += 1
        return self("expected", value=inside + better + worse, inside=inside, better=better, worse=worse)

    def follow_up(
        self, last: ScoredAt | None, from_start: ReliableChange | None, from_end: ReliableChange | None
    ) -> Iterator[str]:
        """The last score at a follow-up."""
        if last is None:
            yield self("no_follow_up")
            return
        start, end = (
            self("reliable_not_known") if change is None else change.directions[0] for change in (from_start, from_end)
        )
        yield self("follow_up", when=last.when, value=_value(last.score), start=start, end=end)

    def goals(self, goals: Collection[tuple[Goal, Rating | None]]) -> Iterator[str]:
        """How far goals are reached."""
        if not goals:
            yield self("no_goals")
        for goal, first in goals:
            now = goal.attainment
            if now is None or first is None:
                yield self("goal_not_rated", about=goal)
                continue
            values = {
                "about": evolve(goal, attainment=None),
                "value": f"{now.value:g}",
                "scale": now.scale,
                "rater": now.rater,
            }
            same = first is now or (first.scale, first.rater) != (now.scale, now.rater)
            yield self("goal", **values) if same else self("goal_first", before=f"{first.value:g}", **values)


def _value(score: Score) -> str:
    return "" if score.value is None else f"{score.value:g}"
