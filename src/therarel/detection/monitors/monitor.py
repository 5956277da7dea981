"""A monitor: it judges each score of a course of therapy when it comes in, by the scores before it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from attrs import evolve, frozen

from therarel.detection.episodes import ending_of
from therarel.detection.monitors.answers import NOT_A_RISK_MONITOR, RecoveryAnswer, SessionAnswer
from therarel.detection.monitors.followed import Followed, entries_in_force, measurements
from therarel.detection.monitors.judging import SessionVerdict, new_answers
from therarel.detection.monitors.state import MonitorState, as_score, as_session, check_own
from therarel.detection.verdicts import CODES, Verdict
from therarel.errors import InvalidValueError, shown
from therarel.machine import Course
from therarel.representation import one_line

MonitorAnswer: TypeAlias = SessionAnswer | RecoveryAnswer
"""What a monitor answers: a verdict on a session, or what became of a drop."""


@frozen(repr=False)
class Monitor(Followed):
    """A rule that follows one course of therapy at a time and looks back only; it is not a risk monitor.

    One monitor serves any number of courses. What it has seen of a course is kept in that course's `MonitorState`: an
    update takes the state before a session and returns the state after it, with the answers that became known. Monitor
    and state are frozen. The rule judges the series so far, so its verdicts are those of the same rule over the whole
    series.

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
                number; for a dated monitor it is the number of days since the first date of the course.
            score: Its score in points of the scale; ``None`` if there is none.

        Returns:
            The state after it, and the answers that became known with it. Rules without delay answer on this
            session; a sudden change is answered up to two sessions later. Answers on recoveries come first.

        Raises:
            InvalidValueError: if the session is not a number of that kind or not later, the score is outside the
                scale, or the state is another monitor's or was stored without its scores.
        """
        check_own(state, self.settings, "Monitor.update")
        _check_kept(state, "Monitor.update")
        after = self._after(state, session, score)
        return after, self._answers(after)

    def flush(self, state: MonitorState) -> tuple[MonitorAnswer, ...]:
        """The answers that are still due when a course of therapy ends.

        Sudden changes near the end are judged by the scores there are; whether a recent drop recovered is answered by
        "not known".

        Args:
            state: The last state.

        Raises:
            InvalidValueError: if the state is another monitor's or was stored without its scores.
        """
        check_own(state, self.settings, "Monitor.flush")
        _check_kept(state, "Monitor.flush")
        return self._answers(state, ended=True)

    def follow(
        self, events: Iterable[object] | Course, state: MonitorState | None = None
    ) -> tuple[MonitorState, tuple[MonitorAnswer, ...]]:
        """Take in the scores recorded in a course of therapy: ``monitor.follow(course)``.

        Only `Measured` events are read, in the order of their sessions. Retracted entries of a course or a
        history are left out, and corrected ones are read as corrected. A dated monitor reads the dates (``on``) and
        counts days from the first one.

        Args:
            events: A course, a history, or events. A dated monitor, or a state that was stored without its scores,
                needs the events from the start of the course.
            state: The state after the sessions that were followed before, which are passed over; without it all
                sessions are followed. After a late or corrected entry follow the course from its start.

        Returns:
            The state after the last session, and the answers that became known; those that only the end of the course
            makes known are given by `flush`.

        Raises:
            UnknownNameError: if there are scores, but none of the monitor's instrument, at the start of a course.
            InvalidValueError: if scores of several raters, instruments or timings are mixed, a session has two
                scores, a score has no session (for a dated monitor, no date), or the state's day is no longer there.
        """
        current = self.start() if state is None else state
        check_own(current, self.settings, "Monitor.follow")
        entries = entries_in_force(events)
        if entries is None:
            raise InvalidValueError(
                "a course, its history or events are needed", where="Monitor.follow", value=shown(events)
            )
        measured = measurements(self, entries, begun=current.session is not None)
        if self.dated and current.session is not None and all(session != current.session for session, _ in measured):
            raise InvalidValueError(
                "the day of the state is not among the days that are followed",
                where="Monitor.follow",
                value=shown(current.session),
                hint="give the whole course, since days are counted from its first date; after a late or corrected"
                " entry follow it from the start",
            )
        if current.forgotten:
            current = self._with_scores(current, measured)
        answers: list[MonitorAnswer] = []
        for session, score in measured:
            if current.session is None or session > current.session:
                current, new = self.update(current, session, score)
                answers += new
        return current, tuple(answers)

    def _after(self, state: MonitorState, session: float, score: float | None) -> MonitorState:
        """The state after one more session.

        Raises:
            InvalidValueError: if the session or its score is not accepted.
        """
        session = as_session(session, self.index)
        if state.session is not None and not session > state.session:
            raise InvalidValueError(
                "a session has to be later than the one before",
                where="Monitor.update",
                value=shown(session),
                bound=f"later than {state.session:g}",
                hint="after a late or corrected entry follow the course from its start",
            )
        if score is not None:
            score = as_score(score)
            low, high = self.ends
            if not low <= score <= high:
                raise InvalidValueError(
                    "a score has to be on its scale",
                    where="Monitor.update",
                    value=shown(score),
                    bound=f"{self.stated.minimum:g} to {self.stated.maximum:g}",
                )
        return evolve(state, sessions=(*state.sessions, float(session)), scores=(*state.scores, score))

    def _answers(self, state: MonitorState, *, ended: bool = False) -> tuple[MonitorAnswer, ...]:
        """The answers that became known with the last session of a state, or with the end of the course."""
        if state.session is None or state.forgotten:
            return ()
        known_at = state.session
        scored = [
            (session, score) for session, score in zip(state.sessions, state.scores, strict=True) if score is not None
        ]
        answers: list[MonitorAnswer] = []
        for answer in new_answers(
            self.rule,
            self.context,
            np.array(state.sessions),
            np.array([math.nan if score is None else score for score in state.scores]),
            higher_is_better=self.stated.higher_is_better,
            ended=ended,
        ):
            if isinstance(answer, SessionVerdict):
                session, score = scored[answer.row]
                verdict = SessionAnswer(self, session, score, answer.code, answer.row, known_at, answer.compared)
                answers.append(verdict)
            else:
                flagged, _ = scored[answer.flagged]
                returned = None if answer.recovered is None else scored[answer.recovered][0]
                status = ending_of(answer.status, self.rule.change)
                answers.append(RecoveryAnswer(self, flagged, status, returned, known_at))
        if state.scores[-1] is None and not ended:
            answers.append(SessionAnswer(self, known_at, None, CODES[Verdict.NO_SCORE], len(scored), known_at))
        return tuple(answers)

    def _with_scores(self, state: MonitorState, measured: Sequence[tuple[float, float | None]]) -> MonitorState:
        """A state that was stored without its scores, with the scores that the course has for its sessions.

        Raises:
            InvalidValueError: if the course has other sessions than the state was made from.
        """
        complete = self.start()
        for session, score in measured:
            if state.session is not None and session <= state.session:
                complete = self._after(complete, session, score)
        if len(complete.sessions) != state.forgotten or complete.session != state.session:
            raise InvalidValueError(
                "the course has other sessions than the state was made from",
                where="Monitor.follow",
                value=f"{len(complete.sessions)} sessions",
                bound=f"{state.forgotten}",
                hint="follow the course from its start",
            )
        return complete

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return f"not a risk monitor; {self.settings}\n{NOT_A_RISK_MONITOR}"


def _check_kept(state: MonitorState, where: str) -> None:
    """Refuse a state that was stored without its scores.

    Raises:
        InvalidValueError: if it was.
    """
    if state.forgotten:
        raise InvalidValueError(
            "the state was stored by an earlier version, which kept no scores",
            where=where,
            hint="go on with monitor.follow(course, state), or follow the course from its start",
        )
