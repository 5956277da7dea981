"""Effects of agreements: consent, terms, goals, tasks of therapy, and arrangements for a crisis."""

from __future__ import annotations

from typing import Final

import attrs

from therarel.domain import (
    Agreements,
    Consent,
    ConsentDecision,
    CrisisArrangements,
    Goal,
    GoalOwner,
    Party,
    Relationship,
    TherapeuticTask,
)
from therarel.domain.events import (
    ConsentDecided,
    CrisisArranged,
    GoalReviewed,
    GoalSet,
    TermsExplained,
    TherapeuticTaskReviewed,
    TherapeuticTaskSet,
)
from therarel.machine.changes import Changes
from therarel.machine.policy import Policy
from therarel.machine.report_names import goal_name, task_name

__all__ = [
    "consent_is_decided",
    "crisis_is_arranged",
    "goal_is_reviewed",
    "goal_is_set",
    "task_is_reviewed",
    "task_is_set",
    "terms_are_explained",
]

_NO: Final = (ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN)
_OWNERS: Final = {
    GoalOwner.CLIENT: frozenset({Party.CLIENT}),
    GoalOwner.THERAPIST: frozenset({Party.THERAPIST}),
    GoalOwner.BOTH: frozenset(Party),
}


def _agreed(relationship: Relationship, now: Agreements) -> Changes:
    return {} if now == relationship.agreements else {"agreements": now}


def consent_is_decided(relationship: Relationship, event: ConsentDecided, policy: Policy) -> Changes:
    """The decision stands, unless a later one about the same is on record."""
    agreements, decided = relationship.agreements, event.consent
    before = agreements.consent(event.scope, event.recipient)
    if before is not None and decided_earlier(before, event):
        return {}
    others = tuple(consent for consent in agreements.consents if consent is not before)
    return _agreed(relationship, attrs.evolve(agreements, consents=(*others, decided)))


def decided_earlier(stands: Consent, event: ConsentDecided) -> bool:
    """Whether a decision is dated before the one that stands."""
    return event.occurred.before(stands.decided) is True


def terms_are_explained(relationship: Relationship, event: TermsExplained, policy: Policy) -> Changes:
    """The terms count as explained."""
    agreements = relationship.agreements
    return _agreed(relationship, attrs.evolve(agreements, terms_explained=agreements.terms_explained | event.terms))


def goal_is_set(relationship: Relationship, event: GoalSet, policy: Policy) -> Changes:
    """The goal is on record; whoever's it is has agreed to it."""
    agreed_by = event.agreed_by if event.whose is None else event.agreed_by | _OWNERS.get(event.whose, frozenset())
    goal = Goal(event.text, agreed_by, goal_id=goal_name(relationship, event), whose=event.whose, status=event.status)
    agreements = relationship.agreements
    return _agreed(relationship, attrs.evolve(agreements, goals=(*agreements.goals, goal)))


def goal_is_reviewed(relationship: Relationship, event: GoalReviewed, policy: Policy) -> Changes:
    """The goal that is named is as it is seen now."""
    agreements = relationship.agreements
    goals = tuple(_reviewed(goal, event) if goal.goal_id == event.of else goal for goal in agreements.goals)
    return _agreed(relationship, attrs.evolve(agreements, goals=goals))


def _reviewed(goal: Goal, event: GoalReviewed) -> Goal:
    return attrs.evolve(
        goal,
        agreed_by=goal.agreed_by | event.agreed_by,
        attainment=goal.attainment if event.attainment is None else event.attainment,
        status=goal.status if event.status is None else event.status,
    )


def task_is_set(relationship: Relationship, event: TherapeuticTaskSet, policy: Policy) -> Changes:
    """The task of therapy is on record."""
    agreements = relationship.agreements
    task = TherapeuticTask(
        event.text, event.rationale_shared, task_id=task_name(relationship, event), agreed_by=event.agreed_by
    )
    return _agreed(relationship, attrs.evolve(agreements, tasks=(*agreements.tasks, task)))


def task_is_reviewed(relationship: Relationship, event: TherapeuticTaskReviewed, policy: Policy) -> Changes:
    """The task of therapy that is named is as it is seen now."""
    agreements = relationship.agreements
    tasks = tuple(_task_reviewed(task, event) if task.task_id == event.of else task for task in agreements.tasks)
    return _agreed(relationship, attrs.evolve(agreements, tasks=tasks))


def _task_reviewed(task: TherapeuticTask, event: TherapeuticTaskReviewed) -> TherapeuticTask:
    return attrs.evolve(
        task,
        agreed_by=task.agreed_by | event.agreed_by,
        rationale_shared=task.rationale_shared if event.rationale_shared is None else event.rationale_shared,
        is_dropped=task.is_dropped if event.dropped is None else event.dropped,
    )


def crisis_is_arranged(relationship: Relationship, event: CrisisArranged, policy: Policy) -> Changes:
    """The arrangements stand; what is not stated stays as it was."""
    agreements = relationship.agreements
    before = agreements.crisis or CrisisArrangements()
    now = CrisisArrangements(
        event.arrangements or before.arrangements,
        event.emergency_contact or before.emergency_contact,
        agreed=event.occurred,
    )
    return _agreed(relationship, attrs.evolve(agreements, crisis=now))


def agreed_anew(agreements: Agreements) -> Agreements:
    """What still counts after a closing: a no stays a no, goals and tasks are to be agreed anew, the crisis stays."""
    return Agreements(
        tuple(consent for consent in agreements.consents if consent.decision in _NO),
        goals=tuple(attrs.evolve(goal, agreed_by=()) for goal in agreements.goals),
        tasks=tuple(attrs.evolve(task, agreed_by=(), rationale_shared=None) for task in agreements.tasks),
        crisis=agreements.crisis,
        kept_from_start=agreements.kept_from_start,
    )
