"""The facts of a course that what was observed rests on: scores with their times, attendance, goals."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from attrs import frozen

from therarel.domain import ClosingReason, Goal, Occurrence, Party, Rating, Score, Stage
from therarel.domain.events import (
    Closed,
    ClosedAllStagesCompleted,
    FollowUpHeld,
    GoalReviewed,
    Measured,
    ReEngaged,
    SessionHeld,
    SessionMissed,
)
from therarel.machine import Course
from therarel.machine.timeline import each_once, in_order_of_occurrence


@frozen
class ScoredAt:
    """A score, and when it was taken.

    Args:
        score: The score.
        when: The time at which it was taken.
        at_follow_up: Whether it was taken after the end, or at a follow-up.
    """

    score: Score
    when: Occurrence
    at_follow_up: bool


@frozen(kw_only=True)
class Attendance:
    """How sessions were kept over a course.

    Args:
        sessions_held: Sessions that took place, contacts inside a pause included; recorded twice, it counts once.
        missed_by_client: Sessions that the client missed.
        unannounced: Sessions among these that were missed without notice.
        notice_not_known: Sessions among these where it is not known whether notice was given.
        missed_by_therapist: Sessions that the therapist missed.
        missed_by_neither: Sessions that neither missed, as where the clinic was closed.
        longest_gap: Most days between two sessions that were held, pauses included; ``None`` where they are not dated.
        ended: Why the course closed; ``None`` while it is open.

    Examples:
        >>> Attendance(sessions_held=12, missed_by_client=2, unannounced=1).missed_by_client
        2
    """

    sessions_held: int = 0
    missed_by_client: int = 0
    unannounced: int = 0
    notice_not_known: int = 0
    missed_by_therapist: int = 0
    missed_by_neither: int = 0
    longest_gap: int | None = None
    ended: ClosingReason | None = None


@frozen
class ObservedFacts:
    """What a history holds of these.

    Args:
        scores: Scores, in the order of occurrence.
        attendance: Attendance over the course.
        goals: Goals, each with the first rating of how far it was reached.
    """

    scores: tuple[ScoredAt, ...]
    attendance: Attendance
    goals: tuple[tuple[Goal, Rating | None], ...]


def facts_of(course: Course) -> ObservedFacts:
    """Read a course, corrections known."""
    now = course.relationship
    events = [entry.event for entry in in_order_of_occurrence(course.replay().entries) if entry.applied]
    follow_ups = [event.occurred for event in events if isinstance(event, FollowUpHeld)]
    scores, ended = [], course.start.stage is Stage.CLOSED
    for event in events:
        if isinstance(event, (Closed, ClosedAllStagesCompleted)):
            ended = True
        elif isinstance(event, ReEngaged):
            ended = False
        elif isinstance(event, Measured):
            after = ended or any(_same_time(event.occurred, contact) for contact in follow_ups)
            scores.append(ScoredAt(event.score, event.occurred, after))
    missed = each_once(event for event in events if isinstance(event, SessionMissed))
    of_client = [event.notified for event in missed if event.by is Party.CLIENT]
    sessions = each_once(event for event in events if isinstance(event, SessionHeld))
    attendance = Attendance(
        sessions_held=len(sessions),
        missed_by_client=len(of_client),
        unannounced=of_client.count(False),
        notice_not_known=of_client.count(None),
        missed_by_therapist=sum(event.by is Party.THERAPIST for event in missed),
        missed_by_neither=sum(event.by is None for event in missed),
        longest_gap=_longest_gap([event.on for event in sessions]),
        ended=now.closed_reason,
    )
    reviews = [event for event in events if isinstance(event, GoalReviewed) and event.attainment is not None]
    goals = tuple(
        (goal, next((review.attainment for review in reviews if review.of == goal.goal_id), None))
        for goal in now.agreements.goals
    )
    return ObservedFacts(tuple(scores), attendance, goals)


def _same_time(one: Occurrence, other: Occurrence) -> bool:
    by_session = one.session is not None and one.session == other.session
    return by_session or (one.on is not None and one.on == other.on)


def _longest_gap(days: list[date | None]) -> int | None:
    dated = sorted(day for day in days if day is not None)
    if len(dated) < len(days) or len(dated) < 2:
        return None
    return max((later - earlier).days for earlier, later in pairwise(dated))
