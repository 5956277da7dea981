"""Relationships and courses in which all is agreed that a first session agrees on, for tests that are about something else."""

from __future__ import annotations

from typing import Any

import attrs

from therarel.domain import (
    Agreements,
    Consent,
    ConsentDecision,
    ConsentGiver,
    ConsentScope,
    Goal,
    GoalOwner,
    Party,
    Relationship,
    Term,
    TherapeuticTask,
    events,
)
from therarel.machine import Course

AGREED = Agreements(
    [Consent(ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.CLIENT)],
    set(Term),
    [Goal(None, set(Party), goal_id="goal-1", whose=GoalOwner.BOTH)],
    [TherapeuticTask(None, True, task_id="task-1", agreed_by=set(Party))],
)
"""Consent to treatment, both terms explained, and a goal and a task of therapy that both share."""

FIRST_SESSION = (
    events.SessionHeld(session=1),
    events.ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.CLIENT, session=1),
    events.TermsExplained(set(Term), session=1),
    events.GoalSet(whose=GoalOwner.BOTH, session=1),
    events.TherapeuticTaskSet(None, True, set(Party), session=1),
)
"""What is recorded of a first session in which all of it is agreed on."""


def between(client: str, therapist: str, *, predecessor: str | None = None) -> Relationship:
    """A relationship at its beginning in which all is agreed and a session was held."""
    start = Relationship.between(client, therapist, predecessor=predecessor)
    return attrs.evolve(start, session_held=True, agreements=AGREED)


def begin(client: str, therapist: str, *, predecessor: str | None = None, **how: Any) -> Course:
    """A course that begins so."""
    return Course(between(client, therapist, predecessor=predecessor), **how)
