"""Guards of what is agreed: consent to treatment, the terms of the work, and what both share of goals and tasks."""

from __future__ import annotations

from typing import Final

from therarel.domain import Consent, ConsentDecision, ConsentScope, Event, Relationship, Stage, StageTask, Term
from therarel.domain.events import StageTaskMet
from therarel.machine.guards.base import Unmet
from therarel.machine.policy import Policy, Requirement
from therarel.texts import Phrase

__all__ = [
    "confidentiality_limits_explained",
    "consent_to_treatment",
    "goal_shared",
    "guidelines_explained",
    "task_shared",
    "treatment_not_declined",
]

_TREATMENT: Final = ConsentScope.TREATMENT
_NO: Final = (ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN)
_EXPECTATIONS: Final = StageTask.SETTING_EXPECTATIONS


def treatment_not_declined(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """Consent to treatment was neither withdrawn nor refused; nothing else is said beside it.

    It is no matter of policy: without consent there is no treatment.
    """
    consents = relationship.agreements.consents
    if not consents:
        return None
    consent = relationship.agreements.consent(_TREATMENT)
    if consent is None or consent.decision not in _NO:
        return None
    case = "refused" if consent.decision is ConsentDecision.REFUSED else ""
    return Unmet(consent.decision, ConsentDecision.GIVEN, in_words=(_whose(consent),), case=case, alone=True)


def _whose(consent: Consent) -> Phrase:
    return Phrase("consent.by_not_stated") if consent.by is None else Phrase("consent.by", giver=consent.by)


def consent_to_treatment(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """Setting expectations needs consent to treatment, given or deferred in an emergency."""
    if event.task is not _EXPECTATIONS or policy.consent_to_treatment is not Requirement.REQUIRED:
        return None
    return lacks_consent(relationship)


def lacks_consent(relationship: Relationship) -> Unmet | None:
    """What is missing of consent to treatment; a no is named by `treatment_not_declined`."""
    agreements = relationship.agreements
    if agreements.consent(_TREATMENT) is not None:
        return None
    case = "again" if relationship.stage is Stage.RE_ENGAGEMENT else "" if agreements.kept_from_start else "unknown"
    return Unmet(None, ConsentDecision.GIVEN, case=case)


def guidelines_explained(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """Setting expectations needs the guidelines explained."""
    if event.task is not _EXPECTATIONS or policy.guidelines_explained is not Requirement.REQUIRED:
        return None
    return lacks_term(relationship, Term.GUIDELINES)


def confidentiality_limits_explained(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """Creating safety needs the limits of confidentiality explained."""
    if event.task is not StageTask.CREATING_SAFETY:
        return None
    if policy.confidentiality_limits_explained is not Requirement.REQUIRED:
        return None
    return lacks_term(relationship, Term.CONFIDENTIALITY_LIMITS)


def lacks_term(relationship: Relationship, term: Term) -> Unmet | None:
    """A term of the work that was not explained, or not since a closing."""
    if term in relationship.agreements.terms_explained:
        return None
    return Unmet(False, True, (term,), "again" if relationship.stage is Stage.RE_ENGAGEMENT else "")


def goal_shared(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """Setting expectations needs a goal that both agreed to, where the policy requires one."""
    if event.task is not _EXPECTATIONS or policy.shared_goal is not Requirement.REQUIRED:
        return None
    return lacks_goal(relationship)


def lacks_goal(relationship: Relationship) -> Unmet | None:
    """What is missing of a goal that both agreed to, each goal with whose word is missing."""
    agreements = relationship.agreements
    if agreements.has_shared_goal:
        return None
    waiting = [goal for goal in agreements.goals if not goal.is_dropped]
    return Unmet(0, 1, case="waiting" if waiting else "", in_words=tuple(waiting))


def task_shared(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """Setting expectations needs a task of therapy that both agreed to and see the reason of, where it is required."""
    if event.task is not _EXPECTATIONS or policy.shared_task is not Requirement.REQUIRED:
        return None
    return lacks_task(relationship)


def lacks_task(relationship: Relationship) -> Unmet | None:
    """What is missing of a task of therapy that both share, each task with what is missing."""
    agreements = relationship.agreements
    if agreements.has_shared_task:
        return None
    waiting = [task for task in agreements.tasks if not task.is_dropped]
    return Unmet(0, 1, case="waiting" if waiting else "", in_words=tuple(waiting))
