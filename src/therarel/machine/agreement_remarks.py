"""What is said of agreements with an accepted event: what is missing, and whose word; never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from therarel.domain import (
    AllianceStatus,
    ConsentDecision,
    ConsentFooting,
    ConsentGiver,
    ConsentScope,
    Relationship,
    StageTask,
    Term,
    events,
)
from therarel.errors import shown
from therarel.machine.guards.agreements import lacks_consent, lacks_goal, lacks_task, lacks_term
from therarel.machine.guards.stages import has_worked_through
from therarel.machine.policy import Policy, Requirement

_R = Relationship
_Values = Mapping[str, object] | None
_REMARKED: Final = Requirement.REMARKED
_TREATMENT: Final = ConsentScope.TREATMENT


def no_session_held(before: _R, event: events.StageTaskMet, after: _R, policy: Policy) -> _Values:
    """No session was held in this course."""
    return None if after.session_held else {}


def _expects(event: events.StageTaskMet, requirement: Requirement) -> bool:
    return requirement is _REMARKED and event.task is StageTask.SETTING_EXPECTATIONS


def no_consent_to_treatment(before: _R, event: events.StageTaskMet, after: _R, policy: Policy) -> _Values:
    """Expectations are judged set without consent to treatment."""
    return {} if _expects(event, policy.consent_to_treatment) and lacks_consent(after) else None


def consent_deferred(
    before: _R, event: events.StageTaskMet | events.ConsentDecided, after: _R, policy: Policy
) -> _Values:
    """Consent to treatment was deferred and is still to be asked for."""
    if isinstance(event, events.StageTaskMet) and event.task is not StageTask.SETTING_EXPECTATIONS:
        return None
    if isinstance(event, events.ConsentDecided) and event.scope is not _TREATMENT:
        return None
    consent = after.agreements.consent(_TREATMENT)
    return {} if consent is not None and consent.decision is ConsentDecision.DEFERRED else None


def guidelines_not_explained(before: _R, event: events.StageTaskMet, after: _R, policy: Policy) -> _Values:
    """Expectations are judged set without the guidelines explained."""
    return {} if _expects(event, policy.guidelines_explained) and lacks_term(after, Term.GUIDELINES) else None


def limits_not_explained(before: _R, event: events.StageTaskMet, after: _R, policy: Policy) -> _Values:
    """Safety is judged created without the limits of confidentiality explained."""
    remarked = policy.confidentiality_limits_explained is _REMARKED and event.task is StageTask.CREATING_SAFETY
    return {} if remarked and lacks_term(after, Term.CONFIDENTIALITY_LIMITS) else None


def no_shared_goal(before: _R, event: events.StageTaskMet, after: _R, policy: Policy) -> _Values:
    """Expectations are judged set without a goal that both agreed to."""
    return {} if _expects(event, policy.shared_goal) and lacks_goal(after) else None


def no_shared_task(before: _R, event: events.StageTaskMet, after: _R, policy: Policy) -> _Values:
    """Expectations are judged set without a task of therapy that both share."""
    return {} if _expects(event, policy.shared_task) and lacks_task(after) else None


def strain_not_eased(before: _R, event: events.AdvanceRequested, after: _R, policy: Policy) -> _Values:
    """The pair goes on although the alliance is strained."""
    remarked = policy.strain_eased_before_working_phase is _REMARKED
    return {} if remarked and after.alliance_status is AllianceStatus.STRAINED else None


def no_difficulty_on_record(before: _R, event: events.AdvanceRequested, after: _R, policy: Policy) -> _Values:
    """The relationship matures, and no difficulty was worked through."""
    return {} if policy.difficulty_before_maturation is _REMARKED and not has_worked_through(before) else None


def treatment_declined(before: _R, event: events.ConsentDecided, after: _R, policy: Policy) -> _Values:
    """Consent to treatment was refused or withdrawn, and no later decision is on record."""
    consent = after.agreements.consent(_TREATMENT)
    if event.scope is not _TREATMENT or consent is None:
        return None
    no = consent.decision in (ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN)
    return {"value": consent.decision} if no else None


def consent_giver_not_stated(before: _R, event: events.ConsentDecided, after: _R, policy: Policy) -> _Values:
    """It is not said whose word a decision is."""
    return {} if event.by is None and event.decision is not ConsentDecision.DEFERRED else None


def assent_not_asked(before: _R, event: events.ConsentDecided, after: _R, policy: Policy) -> _Values:
    """Somebody else gave consent, and whether the client agrees is not on record."""
    return {"about": event.by} if event.by is not None and _by_other(event) is None else None


def assent_withheld(before: _R, event: events.ConsentDecided, after: _R, policy: Policy) -> _Values:
    """Somebody else gave consent, and the client does not agree."""
    return {"about": event.by} if event.by is not None and _by_other(event) is False else None


def _by_other(event: events.ConsentDecided) -> bool | None:
    """Whether the client agrees, where consent was given by somebody else; ``True`` otherwise."""
    if event.decision is not ConsentDecision.GIVEN or event.by in (None, ConsentGiver.CLIENT):
        return True
    return event.client_assent


def mandate_not_explained(before: _R, event: events.ConsentDecided, after: _R, policy: Policy) -> _Values:
    """The client is mandated, and what is reported to whom is not on record."""
    return {} if event.footing is ConsentFooting.MANDATED and event.reported is None else None


def goal_name_taken(before: _R, event: events.GoalSet, after: _R, policy: Policy) -> _Values:
    """It goes by another code than the one that was stated."""
    known = {each.goal_id for each in before.agreements.goals}
    return _name_taken(event.goal_id, [each.goal_id for each in after.agreements.goals if each.goal_id not in known])


def task_name_taken(before: _R, event: events.TherapeuticTaskSet, after: _R, policy: Policy) -> _Values:
    """It goes by another code than the one that was stated."""
    known = {each.task_id for each in before.agreements.tasks}
    return _name_taken(event.task_id, [each.task_id for each in after.agreements.tasks if each.task_id not in known])


def _name_taken(stated: str | None, given: list[str | None]) -> _Values:
    return None if stated is None or stated in given else {"about": shown(stated), "value": ", ".join(map(str, given))}


def disclosure_concern_unknown(
    before: _R, event: events.ConfidentialityLimitInvoked, after: _R, policy: Policy
) -> _Values:
    """It names a concern for safety that is not on record."""
    unknown = event.concern is not None and after.safety_concern(event.concern) is None
    return {"about": shown(event.concern)} if unknown else None


def disclosure_without_ground(
    before: _R, event: events.ConfidentialityLimitInvoked, after: _R, policy: Policy
) -> _Values:
    """On what ground something was disclosed is not on record."""
    return {} if event.ground is None else None


def disclosure_client_not_informed(
    before: _R, event: events.ConfidentialityLimitInvoked, after: _R, policy: Policy
) -> _Values:
    """The client was not informed of a disclosure."""
    return {} if event.client_informed is False else None


def disclosure_client_informed_unknown(
    before: _R, event: events.ConfidentialityLimitInvoked, after: _R, policy: Policy
) -> _Values:
    """Whether the client was informed of a disclosure is not on record."""
    return {} if event.client_informed is None else None


AGREEMENT_REMARKS: Final[Mapping[Any, tuple[str, ...]]] = MappingProxyType(
    {
        no_session_held: (),
        no_consent_to_treatment: (),
        consent_deferred: (),
        guidelines_not_explained: (),
        limits_not_explained: (),
        no_shared_goal: (),
        no_shared_task: (),
        strain_not_eased: (),
        no_difficulty_on_record: (),
        treatment_declined: ("value",),
        consent_giver_not_stated: (),
        assent_not_asked: ("about",),
        assent_withheld: ("about",),
        mandate_not_explained: (),
        goal_name_taken: ("value", "about"),
        task_name_taken: ("value", "about"),
        disclosure_concern_unknown: ("about",),
        disclosure_without_ground: (),
        disclosure_client_not_informed: (),
        disclosure_client_informed_unknown: (),
    }
)
"""Every rule about agreements, with the values of its sentence."""
