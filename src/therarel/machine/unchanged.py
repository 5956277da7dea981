"""Why a fact moved nothing: every fact is accepted, and one that changes nothing says so."""

from __future__ import annotations

from typing import Final, assert_never

from therarel.domain import AllianceStatus, ClosingReason, Event, Fact, Party, Relationship, RepairView, Stage, events
from therarel.domain.views import views_in
from therarel.machine.effects.agreements import decided_earlier
from therarel.machine.effects.breaches import too_early
from therarel.machine.effects.safety import not_closed_by_that_professional, reviewed_later

AFTER_CLOSING: Final = ("client_died", "closed_already", "course_closed")
"""What is said with whatever is recorded in a closed course: one of these."""

UNCHANGED: Final = (
    "acknowledged_already",
    "answers_given_later",
    "as_before",
    "breach_unknown",
    "challenge_known",
    "client_died",
    "closed_already",
    "client_informed_already",
    "concern_closed",
    "consent_decided_later",
    "concern_not_closed_so",
    "concern_raised_later",
    "concern_reviewed_later",
    "concern_unknown",
    "course_closed",
    "course_open",
    "ending_planned_already",
    "goal_unknown",
    "logged",
    "miss_does_not_count",
    "miss_during_pause",
    "no_answers_waiting",
    "no_concern_open",
    "no_ending_planned",
    "no_episode_open",
    "no_repair_under_way",
    "no_rupture_open",
    "no_view_added",
    "not_paused",
    "nothing_added",
    "paused_already",
    "rated_later",
    "rates_no_part",
    "repair_under_way",
    "rupture_at_least",
    "supervised_later",
    "task_unknown",
    "terms_known",
    "view_known",
    "view_not_invited",
    "wish_known",
    "wish_stated_before",
)
"""Names of the reasons; their sentences are with the data of the machine."""


def after_closing(relationship: Relationship, event: Event) -> str:
    """What is said with an event that is recorded in a closed course and leaves it closed."""
    if relationship.closed_reason is ClosingReason.CLIENT_DIED:
        return "client_died"
    return "closed_already" if isinstance(event, events.Closed) else "course_closed"


def why_unchanged(relationship: Relationship, fact: Fact) -> str:
    """The name of the reason why this fact moves nothing here.

    Examples:
        >>> from therarel.domain.events import PauseEnded
        >>> why_unchanged(Relationship.between("C-014", "T-03"), PauseEnded())
        'not_paused'
    """
    match fact:
        case (
            events.SessionHeld()
            | events.FollowUpHeld()
            | events.ApproachAdapted()
            | events.ClientPerspectiveShared()
            | events.PowerDynamicNamed()
            | events.ConfidentialityLimitInvoked()
        ):
            return "logged"
        case events.Measured() | events.RelationshipRated():
            seen = views_in(fact)
            if not seen:
                return "rates_no_part"
            return "as_before" if set(seen) <= set(relationship.views) else "rated_later"
        case events.SessionMissed(by=by):
            if by is not Party.CLIENT:
                return "miss_does_not_count"
            return "miss_during_pause" if relationship.paused else "logged"
        case events.PauseAgreed():
            return "paused_already" if relationship.paused else "logged"
        case events.PauseEnded():
            return "logged" if relationship.paused else "not_paused"
        case events.ChallengeFaced():
            return "challenge_known" if relationship.challenge_faced else "logged"
        case events.SupervisionHeld():
            return "logged" if relationship.supervision_last is None else "supervised_later"
        case events.BreachReported():
            return "logged"
        case events.PerspectiveGiven():
            return "no_episode_open" if relationship.episode is None else "view_known"
        case events.RepairViewGiven(view=view):
            if relationship.episode is None:
                return "no_episode_open"
            nothing = view in (RepairView.NOT_ASKED, RepairView.DID_NOT_WANT_TO_SAY)
            return "no_view_added" if nothing else "view_known"
        case events.CulturalMisstepAcknowledged():
            if relationship.episode is None:
                return "no_episode_open"
            return "acknowledged_already" if relationship.episode.acknowledged else "view_not_invited"
        case events.ConsentDecided(scope=scope, recipient=recipient):
            stands = relationship.agreements.consent(scope, recipient)
            return "consent_decided_later" if stands is not None and decided_earlier(stands, fact) else "as_before"
        case events.TermsExplained():
            return "terms_known"
        case events.GoalReviewed(of=name):
            return "goal_unknown" if relationship.agreements.goal(name) is None else "as_before"
        case events.TherapeuticTaskReviewed(of=name):
            return "task_unknown" if relationship.agreements.task(name) is None else "as_before"
        case events.CrisisArranged():
            return "as_before"
        case events.GoalSet() | events.TherapeuticTaskSet() | events.SafetyConcernRaised():
            return "logged"
        case events.RiskAnswersReviewed(instrument=instrument):
            waiting = any(each.instrument == instrument for each in relationship.risk_notices)
            return "answers_given_later" if waiting else "no_answers_waiting"
        case events.SafetyConcernReviewed():
            return _unreviewed(relationship, fact)
        case events.StrainNoticed():
            return _if_open(relationship, "logged" if relationship.episode is None else "nothing_added")
        case events.RuptureNoticed():
            return _if_open(relationship, "rupture_at_least" if relationship.has_open_rupture else "logged")
        case events.RuptureReassessed():
            return _if_open(relationship, "as_before" if relationship.has_open_rupture else "no_rupture_open")
        case events.RepairBegan():
            if relationship.alliance_status is AllianceStatus.REPAIRING:
                return _if_open(relationship, "repair_under_way")
            return _if_open(relationship, "logged" if relationship.episode else "no_episode_open")
        case events.RepairStepTaken() | events.RepairPartial() | events.RepairStalled():
            under_way = relationship.alliance_status is AllianceStatus.REPAIRING
            return _if_open(relationship, "logged" if under_way else "no_repair_under_way")
        case events.BreachReassessed(of=name):
            return "breach_unknown" if relationship.breach(name) is None else "as_before"
        case events.ClientInformed(of=name):
            return "breach_unknown" if relationship.breach(name) is None else "client_informed_already"
        case events.ClientWishStated(of=name):
            breach = relationship.breach(name)
            if breach is None:
                return "breach_unknown"
            return "wish_stated_before" if too_early(breach, fact.occurred) else "wish_known"
        case events.EndingPlanned():
            ending = relationship.stage is Stage.ENDING
            return _if_open(relationship, "ending_planned_already" if ending else "logged")
        case events.EndingRescinded():
            ending = relationship.stage is Stage.ENDING
            return _if_open(relationship, "logged" if ending else "no_ending_planned")
        case events.Closed():
            return "logged" if relationship.stage.is_open else "closed_already"
        case events.ReEngaged():
            died = relationship.closed_reason is ClosingReason.CLIENT_DIED
            return "course_open" if relationship.stage.is_open else "client_died" if died else "logged"
        case _ as never:
            assert_never(never)


def _unreviewed(relationship: Relationship, review: events.SafetyConcernReviewed) -> str:
    if review.of is None:
        return "as_before" if relationship.has_open_safety_concern else "no_concern_open"
    concern = relationship.safety_concern(review.of)
    if concern is None:
        return "concern_unknown"
    if not concern.is_open:
        return "concern_closed"
    if review.occurred.before(concern.raised) is True:
        return "concern_raised_later"
    if reviewed_later(concern, review):
        return "concern_reviewed_later"
    return "concern_not_closed_so" if not_closed_by_that_professional(concern, review) else "as_before"


def _if_open(relationship: Relationship, otherwise: str) -> str:
    return otherwise if relationship.stage.is_open else "course_closed"
