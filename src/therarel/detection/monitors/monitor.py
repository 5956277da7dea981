"""A monitor: scores of one course of therapy as they come in, session by session, judged by what came before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from attrs import evolve, frozen

from therarel.detection.episodes import ending_of
from therarel.detection.monitors.answers import NOT_A_RISK_MONITOR, RecoveryAnswer, SessionAnswer
from therarel.detection.monitors.arguments import a_score, a_session, check_own
from therarel.detection.monitors.followed import Followed
from therarel.detection.monitors.judging import Judged, known_now
from therarel.detection.monitors.measurements import measurements, what_stands
from therarel.detection.monitors.state import MonitorState
from therarel.detection.verdicts import CODES, Verdict
from therarel.errors import InvalidValueError, shown
from therarel.machine import Course
from therarel.representation import one_line

__all__ = ["Monitor", "MonitorAnswer"]

MonitorAnswer: TypeAlias = SessionAnswer | RecoveryAnswer
"""What a monitor answers: a verdict on a session, or what became of a drop."""


@frozen(repr=False)
class Monitor(Followed):
    """A rule that follows one course of therapy at a time and looks back only; it is not a risk monitor.

    The monitor itself is a frozen value that serves any number of courses. Each course has a `MonitorState`, a
    frozen value too, which keeps the scores so far: an update takes the state before a session and gives the state
    after it, with the answers that became known. The rule judges the series so far, so that the verdicts are those
    of the same rule over the whole series at once.

    A monitor fires on noise as well, most of all with few earlier sessions; each answer says how often. It compares
    scores with earlier scores and knows nothing of danger to anyone.

    Args:
        rule: A rule that looks back only, or a stated number of sessions ahead: `EarlierChart`, `BaselineChart`,
            `EarlierDrop`, a `ReliableDrop` with its standard deviation given, `SuddenLoss` and `SuddenGain`, which
            are known up to two sessions later, or one of your own.
        scale: Lowest and highest possible score, or a `RatingScale`.
        higher_is_better: Direction; needed where the scale is a pair of numbers.
        construct: What the scores are scores of; ``None`` if unknown, and then wording stays neutral.
        index: What session numbers count.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.
        instrument: Id of the instrument whose scores of a `Course` are followed; ``None`` where there is only one.
        rater: Whose scores are followed; ``None`` where there is only one rater. Raters are never pooled.
        timing: Scores from before or after the session; ``None`` where there is only one timing.
        false_alarms: A calibration of your own, see `calibrate_causal`. Without it the embedded one is used where it
            knows these settings and was simulated on this scale: 1 to 5, higher is better, no outcome. Elsewhere the
            rate is not known, and the answers say so.

    Raises:
        InvalidValueError: if the rule looks ahead, or the scale or its direction is missing.

    Examples:
        >>> from therarel.detection.rules import BaselineChart
        >>> monitor = Monitor(BaselineChart(earlier=3), scale=(1, 5), higher_is_better=True)
        >>> state = monitor.start()
        >>> for session, score in enumerate([4, 4.25, 4, 2], start=1):
        ...     state, answers = monitor.update(state, session, score)
        >>> answers
        (<session 4: flagged>,)
    """

    def start(self) -> MonitorState:
        """The state before the first session."""
        return MonitorState(self.settings)

    def update(
        self, state: MonitorState, session: float, score: float | None
    ) -> tuple[MonitorState, tuple[MonitorAnswer, ...]]:
        """Take in one session.

        Args:
            state: The state before it.
            session: Later than every one before. An attended session is a whole number from 0, a scheduled one any
                number; of a dated one the number of days since the first date of the course.
            score: Its score in points of the scale; ``None`` if there is none.

        Returns:
            The state after it, and the answers that became known with it. Rules without delay answer on this
            session; a sudden change is answered up to two sessions later. Answers on recoveries come first.

        Raises:
            InvalidValueError: if the session is not one, or does not come later, the score lies outside the scale,
                or the state is another monitor's or has lost its scores. Nothing has changed then.
        """
        check_own(state, self.settings, "Monitor.update")
        _check_kept(state, "Monitor.update")
        after = self._with(state, session, score)
        return after, self._known(after)

    def flush(self, state: MonitorState) -> tuple[MonitorAnswer, ...]:
        """The answers that are still due when a course of therapy ends.

        Sudden changes near the end are judged by the scores there are; drops that wait for their recovery end as
        not known.

        Args:
            state: The last state.

        Raises:
            InvalidValueError: if the state is another monitor's or has lost its scores.
        """
        check_own(state, self.settings, "Monitor.flush")
        _check_kept(state, "Monitor.flush")
        return self._known(state, ended=True)

    def follow(
        self, events: Iterable[object] | Course, state: MonitorState | None = None
    ) -> tuple[MonitorState, tuple[MonitorAnswer, ...]]:
        """Take in the scores recorded in a course of therapy: ``monitor.follow(course)``.

        Of a course, or its history, the entries that stand are taken, retracted ones are not and corrected ones as
        corrected; any iterable of events will do. Only `AllianceMeasured` is looked at. Sessions are sorted. A dated
        monitor takes the dates (``on``) and counts days from the first of them that is followed.

        Args:
            events: A course, a history, or events; for a dated monitor, or a state whose scores were not kept, all
                of them each time.
            state: Where to go on: sessions up to the state's are taken as seen. After a late or corrected entry
                follow from the start.

        Returns:
            The state after the last session, and all answers, without those that only the end of the course gives.

        Raises:
            UnknownNameError: if there are scores, but none of the monitor's instrument, at the start of a course.
            InvalidValueError: if scores of several raters, instruments or timings are mixed, a session has two
                scores, a score has no session (for a dated monitor, no date), or the state's day is no longer there.
        """
        now = self.start() if state is None else state
        check_own(now, self.settings, "Monitor.follow")
        entries = what_stands(events)
        if entries is None:
            raise InvalidValueError(
                "a course, its history or events are needed", where="Monitor.follow", value=shown(events)
            )
        measured = measurements(self, entries, begun=now.session is not None)
        if self.dated and now.session is not None and all(session != now.session for session, _ in measured):
            raise InvalidValueError(
                "the day of the state is not among the days that are followed",
                where="Monitor.follow",
                value=shown(now.session),
                hint="give the whole course, since days are counted from its first date; after a late or corrected"
                " entry follow it from the start",
            )
        if now.forgotten:
            now = self._remembered(now, measured)
        answers: list[MonitorAnswer] = []
        for session, score in measured:
            if now.session is None or session > now.session:
                now, known = self.update(now, session, score)
                answers += known
        return now, tuple(answers)

    def _with(self, state: MonitorState, session: float, score: float | None) -> MonitorState:
        """The state with one more session, once it is known that it can be taken."""
        if type(session) is not int or session < 0:
            session = a_session(session, self.index)
        if state.session is not None and not session > state.session:
            raise InvalidValueError(
                "sessions come in order",
                where="Monitor.update",
                value=shown(session),
                bound=f"later than {state.session:g}",
                hint="after a late or corrected entry follow the course from its start",
            )
        if score is not None:
            score = a_score(score)
            low, high = self.ends
            if not low <= score <= high:
                raise InvalidValueError(
                    "a score lies on its scale",
                    where="Monitor.update",
                    value=shown(score),
                    bound=f"{low:g} to {high:g}",
                )
        return evolve(state, sessions=(*state.sessions, float(session)), scores=(*state.scores, score))

    def _known(self, state: MonitorState, *, ended: bool = False) -> tuple[MonitorAnswer, ...]:
        """The answers that became known with the last session of a state, or with the end of the course."""
        if state.session is None or state.forgotten:
            return ()
        scores = np.array([math.nan if score is None else score for score in state.scores])
        rows = [row for row, score in enumerate(state.scores) if score is not None]
        at = [state.sessions[row] for row in rows]
        answers: list[MonitorAnswer] = []
        sessions, better = np.array(state.sessions), self.stated.higher_is_better
        for each in known_now(self.rule, self.context, sessions, scores, higher_is_better=better, ended=ended):
            if isinstance(each, Judged):
                score = state.scores[rows[each.row]]
                answers.append(
                    SessionAnswer(self, at[each.row], score, each.code, each.row, state.session, each.compared)
                )
            else:
                back = None if each.recovered is None else at[each.recovered]
                answers.append(
                    RecoveryAnswer(
                        self, at[each.flagged], ending_of(each.status, self.rule.change), back, state.session
                    )
                )
        if state.scores[-1] is None and not ended:
            no_score = CODES[Verdict.NO_SCORE]
            answers.append(SessionAnswer(self, state.session, None, no_score, len(rows), state.session))
        return tuple(answers)

    def _remembered(self, state: MonitorState, measured: Sequence[tuple[float, float | None]]) -> MonitorState:
        """A state whose scores were not kept, with those of the course in their place."""
        found = self.start()
        for session, score in measured:
            if state.session is not None and session <= state.session:
                found = self._with(found, session, score)
        if len(found.sessions) != state.forgotten or found.session != state.session:
            raise InvalidValueError(
                "the course has other sessions than the state was made from",
                where="Monitor.follow",
                value=f"{len(found.sessions)} sessions",
                bound=f"{state.forgotten}",
                hint="follow the course from its start",
            )
        return found

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return f"not a risk monitor; {self.settings}\n{NOT_A_RISK_MONITOR}"


def _check_kept(state: MonitorState, where: str) -> None:
    """Refuse a state whose scores were not kept.

    Raises:
        InvalidValueError: if they were not.
    """
    if state.forgotten:
        raise InvalidValueError(
            "the state was stored by an earlier version, which kept no scores",
            where=where,
            hint="go on with monitor.follow(course, state), or follow the course from its start",
        )
