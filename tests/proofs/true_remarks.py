"""What each remark claims, as a predicate over the relationship before, the event, and the relationship after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernKind,
    ConcernOutcome,
    ConsentDecision,
    ConsentFooting,
    ConsentGiver,
    ConsentScope,
    GoalStatus,
    Party,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    RepairView,
    Reporter,
    RuptureMode,
    RuptureSeverity,
    SafetyConcern,
    Stage,
    StageTask,
    Term,
    events,
)
from therarel.domain.views import views_in
from therarel.machine import Policy, Requirement

E = events
Claim: TypeAlias = Callable[[Relationship, Any, Relationship, str, Policy], bool]


def same(before: Relationship, event: object, after: Relationship, text: str, policy: Policy) -> bool:
    """Nothing is different, as *kept with the record* says."""
    return after == before


def moved_nothing(condition: Callable[[Relationship, Any], bool]) -> Claim:
    """Nothing is different, and the reason told holds."""
    return lambda before, event, after, text, policy: after == before and condition(before, event)


def says(text: str, items: Iterable[str]) -> bool:
    """Whether a text names all of these."""
    return all(item in text for item in items)


def awaiting(after: Relationship, event: Any) -> list[str]:
    """The concerns that nobody has looked at, or whose review is overdue, in words."""
    return [each.in_words for each in prompts(after) if each.reviewed is None or overdue(each, event)]


def prompts(after: Relationship) -> list[SafetyConcern]:
    """The concerns that are open; where the client died, those about somebody else."""
    died = after.closed_reason is ClosingReason.CLIENT_DIED
    return [each for each in after.safety_concerns if each.is_open and not (died and each.is_about_client_alone)]


def left_open(after: Relationship) -> list[str]:
    """The concerns, the major rupture and the breaches graver than a crossing that are open, in words."""
    found = [each.in_words for each in after.safety_concerns if each.is_open]
    major = after.episode is not None and after.episode.severity is RuptureSeverity.MAJOR
    found += [after.episode.in_words] if after.episode is not None and major else []
    graver = (each for each in after.breaches if each.is_open and each.severity is not BreachSeverity.CROSSING)
    return [*found, *(each.in_words for each in graver)]


def overdue(concern: SafetyConcern, event: Any) -> bool:
    """Whether a review was due before what is answered."""
    due, now = concern.review_due, event.occurred
    if due is None or (None in (due.on, now.on) and None in (due.session, now.session)):
        return False
    return bool(due.on < now.on if due.on and now.on else due.session < now.session)


def stopping(after: Relationship, status: BreachStatus) -> list[str]:
    """The codes of serious exploitation of a status."""
    return [
        each.breach_id
        for each in after.breaches
        if (each.kind, each.severity, each.status) == (BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, status)
    ]


def closed_for_good(before: Relationship, after: Relationship) -> bool:
    """Closed, and closed still."""
    return before.stage is Stage.CLOSED is after.stage


def breach_of(relationship: Relationship, event: Any) -> Breach:
    """The breach that an event speaks of."""
    breach = relationship.breach(event.of)
    assert breach is not None
    return breach


def concern_of(relationship: Relationship, event: Any) -> SafetyConcern:
    """The concern that a review speaks of."""
    concern = relationship.safety_concern(event.of)
    assert concern is not None
    return concern


def reopened(before: Relationship, event: object, after: Relationship, text: str, policy: Policy) -> bool:
    """Each task named is met, and one that comes first was met or waived and is no longer."""
    named = [task for task in after.tasks_met if task.label in text.partition(": ")[2].rstrip(".").split(", ")]
    lost = (before.tasks_met | before.waived) - (after.tasks_met | after.waived)
    return bool(named) and all(task.prerequisites & lost for task in named)


def at_least_as_severe(before: Relationship, event: Any) -> bool:
    """A rupture is open, as severe as the one noticed or more, with all that was noticed of it."""
    episode = before.episode
    if episode is None or episode.severity is None:
        return False
    holds_all = event.modes <= episode.modes and event.contributors <= episode.contributors
    return bool(episode.severity >= event.severity and holds_all and event.markers <= episode.markers)


AGAIN: Final = (
    E.RuptureReassessed,
    E.BreachReassessed,
    E.SafetyConcernReviewed,
    E.ConsentDecided,
    E.GoalReviewed,
    E.TherapeuticTaskReviewed,
    E.CrisisArranged,
    E.Measured,
    E.RelationshipRated,
)


def client_says(before: Relationship) -> RepairView | None:
    """The client's latest view of the repair."""
    return None if before.episode is None else before.episode.repair_views.client


def treatment(after: Relationship) -> ConsentDecision | None:
    """The decision about treatment that stands."""
    found = [each.decision for each in after.agreements.consents if each.scope is ConsentScope.TREATMENT]
    return found[0] if found else None


def expectations(event: Any, requirement: Requirement) -> bool:
    """Whether expectations are judged set under a policy that remarks on what is missing."""
    return requirement is Requirement.REMARKED and event.task is StageTask.SETTING_EXPECTATIONS


CLAIMS: Final[Mapping[str, Claim]] = {
    "safety_concern": lambda before, event, after, text, policy: (
        len(awaiting(after, event)) == 1 and says(text, awaiting(after, event))
    ),
    "safety_concerns": lambda before, event, after, text, policy: (
        len(awaiting(after, event)) > 1
        and says(text, awaiting(after, event))
        and text.startswith(str(len(awaiting(after, event))))
    ),
    "safety_concern_goes_on": lambda before, event, after, text, policy: (
        len(prompts(after)) > len(awaiting(after, event))
        and says(text, [each.in_words for each in prompts(after) if each.in_words not in awaiting(after, event)])
    ),
    "risk_answers": lambda before, event, after, text, policy: (
        bool(after.risk_notices)
        and after.closed_reason is not ClosingReason.CLIENT_DIED
        and says(text, [each.instrument for each in after.risk_notices])
        and all(f"item {answer.item} " in text for each in after.risk_notices for answer in each.answers)
    ),
    "nothing_known": lambda before, event, after, text, policy: (
        after.predecessor is not None and after.handover is None and f"follows {after.predecessor}," in text
    ),
    "exploitation_alleged": lambda before, event, after, text, policy: (
        not stopping(after, BreachStatus.SUBSTANTIATED)
        and any(
            not each.independent_since
            for each in after.breaches
            if each.breach_id in stopping(after, BreachStatus.ALLEGED)
        )
    ),
    "exploitation_substantiated": lambda before, event, after, text, policy: (
        bool(stopping(after, BreachStatus.SUBSTANTIATED)) and says(text, stopping(after, BreachStatus.SUBSTANTIATED))
    ),
    "unresolved_before": lambda before, event, after, text, policy: (
        bool(after.unresolved_before) and says(text, [each.in_words for each in after.unresolved_before])
    ),
    "prerequisite_reopened": reopened,
    "lowered_from_major": lambda before, event, after, text, policy: (
        before.episode is not None
        and before.episode.severity is RuptureSeverity.MAJOR
        and after.episode is not None
        and after.episode.severity not in (None, RuptureSeverity.MAJOR)
        and f"now seen as {after.episode.severity.label}" in text
        and before.tasks_met == after.tasks_met
    ),
    "few_misses_for_lost_contact": lambda before, event, after, text, policy: (
        after.closed_reason is ClosingReason.LOST_CONTACT
        and before.client_misses_in_a_row < policy.client_misses_for_lost_contact
        and f"in a row: {before.client_misses_in_a_row};" in text
        and f"names {policy.client_misses_for_lost_contact}." in text
    ),
    "repaired_without_client": lambda before, event, after, text, policy: (
        isinstance(event, E.RepairSucceeded)
        and Rater.CLIENT not in event.judged_by
        and says(text, [rater.label for rater in event.judged_by])
        and client_says(before) is RepairView.NOT_ASKED
    ),
    "trust_given_back": lambda before, event, after, text, policy: (
        before.episode is not None
        and before.episode.trust_lost
        and StageTask.ESTABLISHING_TRUST in after.tasks_met - before.tasks_met
    ),
    "understanding_not_on_record": lambda before, event, after, text, policy: (
        event.understanding is None
        and before.episode is not None
        and before.episode.severity is not None
        and before.episode.route is RepairRoute.EXPLORATORY
    ),
    "power_not_discussed": lambda before, event, after, text, policy: event.discussed is False,
    "client_did_not_say": lambda before, event, after, text, policy: (
        client_says(before) is RepairView.DID_NOT_WANT_TO_SAY and Rater.CLIENT not in event.judged_by
    ),
    "yes_after_withdrawal": lambda before, event, after, text, policy: (
        before.episode is not None
        and RuptureMode.WITHDRAWAL in before.episode.modes
        and (
            Rater.CLIENT in event.judged_by
            if isinstance(event, E.RepairSucceeded)
            else (event.by, event.view) == (Rater.CLIENT, RepairView.REPAIRED)
        )
    ),
    "recognition_not_first": lambda before, event, after, text, policy: (
        after.episode is not None
        and event.step in after.episode.steps
        and event.step.label in text
        and RepairStep.STRAIN_RECOGNITION not in after.episode.steps
    ),
    "breach_name_taken": lambda before, event, after, text, policy: (
        after.breaches[-1].breach_id != event.breach_id and says(text, [after.breaches[-1].breach_id, event.breach_id])
    ),
    "concern_name_taken": lambda before, event, after, text, policy: (
        after.safety_concerns[-1].concern_id != event.concern_id
        and says(text, [after.safety_concerns[-1].concern_id, event.concern_id])
    ),
    "supervision_too_early": lambda before, event, after, text, policy: any(
        not each.supervised_since
        and each.in_words in text
        and True in [event.occurred.before(moment) for moment in (each.occurred, each.reported, each.seen)]
        for each in after.breaches
    ),
    "no_crossing": lambda before, event, after, text, policy: (
        event.severity is BreachSeverity.CROSSING and breach_of(after, event).severity is BreachSeverity.VIOLATION
    ),
    "handed_over_not_accepted": lambda before, event, after, text, policy: (
        event.outcome is ConcernOutcome.HANDED_OVER and not event.receiver_accepted and concern_of(after, event).is_open
    ),
    "closed_without_consulting": lambda before, event, after, text, policy: (
        event.outcome is ConcernOutcome.CLOSED
        and not event.consulted
        and event.of in text
        and not concern_of(after, event).is_open
    ),
    "stays_open": lambda before, event, after, text, policy: (
        after.stage is Stage.CLOSED is not before.stage
        and after.closed_reason is not ClosingReason.CLIENT_DIED
        and says(text, left_open(after))
        and bool(left_open(after))
    ),
    "lost_contact_with_concern": lambda before, event, after, text, policy: (
        after.closed_reason is ClosingReason.LOST_CONTACT
        and says(text, [each.in_words for each in prompts(after)])
        and bool(prompts(after))
    ),
    "client_not_informed": lambda before, event, after, text, policy: (
        after.alliance_status is AllianceStatus.INTACT
        and any(each.client_informed is False for each in after.breaches)
        and says(text, [each.in_words for each in after.breaches if each.client_not_informed])
    ),
    "pause_ended": lambda before, event, after, text, policy: (
        isinstance(event, E.SessionHeld) and before.paused and not after.paused and not event.during_pause
    ),
    "pause_was_over": lambda before, event, after, text, policy: (
        before.paused
        and not after.paused
        and before.paused_until is not None
        and before.paused_until < event.on
        and after.client_misses_in_a_row == before.client_misses_in_a_row + 1
        and str(before.paused_until) in text
    ),
    "no_session_held": lambda before, event, after, text, policy: not before.session_held,
    "no_consent_to_treatment": lambda before, event, after, text, policy: (
        expectations(event, policy.consent_to_treatment) and treatment(after) is None
    ),
    "consent_deferred": lambda before, event, after, text, policy: treatment(after) is ConsentDecision.DEFERRED,
    "guidelines_not_explained": lambda before, event, after, text, policy: (
        expectations(event, policy.guidelines_explained) and Term.GUIDELINES not in after.agreements.terms_explained
    ),
    "limits_not_explained": lambda before, event, after, text, policy: (
        event.task is StageTask.CREATING_SAFETY
        and policy.confidentiality_limits_explained is Requirement.REMARKED
        and Term.CONFIDENTIALITY_LIMITS not in after.agreements.terms_explained
    ),
    "no_shared_goal": lambda before, event, after, text, policy: (
        expectations(event, policy.shared_goal)
        and not any(
            goal.agreed_by == set(Party) and goal.status is not GoalStatus.DROPPED for goal in after.agreements.goals
        )
    ),
    "no_shared_task": lambda before, event, after, text, policy: (
        expectations(event, policy.shared_task)
        and not any(
            task.agreed_by == set(Party) and task.rationale_shared and not task.is_dropped
            for task in after.agreements.tasks
        )
    ),
    "strain_not_eased": lambda before, event, after, text, policy: (
        after.alliance_status is AllianceStatus.STRAINED and before.stage is not after.stage
    ),
    "no_difficulty_on_record": lambda before, event, after, text, policy: (
        after.stage is Stage.MATURATION
        and not before.rupture_repaired
        and StageTask.WORKING_THROUGH_CHALLENGES not in before.tasks_met
    ),
    "treatment_declined": lambda before, event, after, text, policy: (
        event.scope is ConsentScope.TREATMENT
        and treatment(after) in (ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN)
        and f"is {treatment(after)}." in text
    ),
    "consent_giver_not_stated": lambda before, event, after, text, policy: event.by is None,
    "assent_not_asked": lambda before, event, after, text, policy: (
        event.by not in (None, ConsentGiver.CLIENT) and event.client_assent is None and event.by.label in text
    ),
    "assent_withheld": lambda before, event, after, text, policy: (
        event.by not in (None, ConsentGiver.CLIENT) and event.client_assent is False and event.by.label in text
    ),
    "mandate_not_explained": lambda before, event, after, text, policy: (
        event.footing is ConsentFooting.MANDATED and event.reported is None
    ),
    "goal_name_taken": lambda before, event, after, text, policy: (
        before.agreements.goal(event.goal_id) is not None
        and says(text, [str(after.agreements.goals[-1].goal_id), event.goal_id])
    ),
    "task_name_taken": lambda before, event, after, text, policy: (
        before.agreements.task(event.task_id) is not None
        and says(text, [str(after.agreements.tasks[-1].task_id), event.task_id])
    ),
    "disclosure_concern_unknown": lambda before, event, after, text, policy: (
        event.concern in text and before.safety_concern(event.concern) is None
    ),
    "disclosure_without_ground": lambda before, event, after, text, policy: event.ground is None,
    "disclosure_client_not_informed": lambda before, event, after, text, policy: event.client_informed is False,
    "disclosure_client_informed_unknown": lambda before, event, after, text, policy: event.client_informed is None,
    "course_closed": lambda before, event, after, text, policy: (
        closed_for_good(before, after) and before.closed_reason is not ClosingReason.CLIENT_DIED
    ),
    "closed_already": lambda before, event, after, text, policy: (
        closed_for_good(before, after) and isinstance(event, E.Closed) and after.closed_reason is before.closed_reason
    ),
    "client_died": lambda before, event, after, text, policy: (
        closed_for_good(before, after) and before.closed_reason is ClosingReason.CLIENT_DIED
    ),
    "acknowledged_already": moved_nothing(
        lambda before, event: before.episode is not None and before.episode.acknowledged
    ),
    "answers_given_later": moved_nothing(
        lambda before, event: any(
            each.instrument == event.instrument and event.occurred.before(each.measured) is True
            for each in before.risk_notices
        )
    ),
    "no_answers_waiting": moved_nothing(
        lambda before, event: event.instrument not in {each.instrument for each in before.risk_notices}
    ),
    "as_before": moved_nothing(lambda before, event: isinstance(event, AGAIN)),
    "breach_unknown": moved_nothing(lambda before, event: before.breach(event.of) is None),
    "challenge_known": moved_nothing(lambda before, event: before.challenge_faced),
    "client_informed_already": moved_nothing(lambda before, event: breach_of(before, event).client_informed is True),
    "concern_closed": moved_nothing(lambda before, event: not concern_of(before, event).is_open),
    "concern_not_closed_so": moved_nothing(
        lambda before, event: (
            ConcernKind.HARM_BY_PROFESSIONAL in concern_of(before, event).kinds
            and event.by in (None, Reporter.THERAPIST)
        )
    ),
    "concern_reviewed_later": moved_nothing(
        lambda before, event: event.occurred.before(concern_of(before, event).reviewed or event.occurred) is True
    ),
    "concern_raised_later": moved_nothing(
        lambda before, event: event.occurred.before(concern_of(before, event).raised) is True
    ),
    "concern_unknown": moved_nothing(lambda before, event: before.safety_concern(event.of) is None),
    "consent_decided_later": moved_nothing(
        lambda before, event: any(
            (each.scope, each.recipient) == (event.scope, event.recipient)
            and event.occurred.before(each.decided) is True
            for each in before.agreements.consents
        )
    ),
    "rates_no_part": moved_nothing(lambda before, event: not views_in(event)),
    "rated_later": moved_nothing(
        lambda before, event: all(
            any(
                (each.part, each.rater) == (view.part, view.rater) and view.occurred.before(each.occurred) is not False
                for each in before.views
            )
            for view in views_in(event)
        )
    ),
    "goal_unknown": moved_nothing(lambda before, event: before.agreements.goal(event.of) is None),
    "task_unknown": moved_nothing(lambda before, event: before.agreements.task(event.of) is None),
    "terms_known": moved_nothing(lambda before, event: event.terms <= before.agreements.terms_explained),
    "course_open": moved_nothing(lambda before, event: before.stage is not Stage.CLOSED),
    "ending_planned_already": moved_nothing(lambda before, event: before.stage is Stage.ENDING),
    "logged": same,
    "miss_does_not_count": moved_nothing(lambda before, event: event.by is not Party.CLIENT),
    "miss_during_pause": moved_nothing(lambda before, event: before.paused),
    "no_concern_open": moved_nothing(lambda before, event: not before.has_open_safety_concern),
    "no_ending_planned": moved_nothing(lambda before, event: before.stage is not Stage.ENDING),
    "no_episode_open": moved_nothing(lambda before, event: before.episode is None),
    "no_repair_under_way": moved_nothing(lambda before, event: before.alliance_status is not AllianceStatus.REPAIRING),
    "no_rupture_open": moved_nothing(lambda before, event: not before.has_open_rupture),
    "not_paused": moved_nothing(lambda before, event: not before.paused),
    "nothing_added": moved_nothing(
        lambda before, event: (
            before.episode is not None
            and event.contributors <= before.episode.contributors
            and event.markers <= before.episode.markers
        )
    ),
    "paused_already": moved_nothing(lambda before, event: before.paused),
    "repair_under_way": moved_nothing(lambda before, event: before.alliance_status is AllianceStatus.REPAIRING),
    "rupture_at_least": moved_nothing(at_least_as_severe),
    "supervised_later": moved_nothing(
        lambda before, event: (
            before.supervision_last is not None and before.supervision_last.before(event.occurred) is not True
        )
    ),
    "wish_known": moved_nothing(
        lambda before, event: breach_of(before, event).client_wishes_to_go_on is event.to_go_on
    ),
    "wish_stated_before": moved_nothing(
        lambda before, event: any(
            event.occurred.before(moment) is True
            for moment in (breach_of(before, event).reported, breach_of(before, event).seen)
        )
    ),
    "no_view_added": moved_nothing(
        lambda before, event: event.view in (RepairView.NOT_ASKED, RepairView.DID_NOT_WANT_TO_SAY)
    ),
    "view_known": moved_nothing(lambda before, event: before.episode is not None),
    "view_not_invited": moved_nothing(
        lambda before, event: (
            not event.client_view_invited and before.episode is not None and not before.episode.acknowledged
        )
    ),
}
"""By the remark: what it claims. What only a whole course can say (`SET_ASIDE` and the like) is tested with courses."""
