"""What each sentence of a condition claims, as a predicate over the relationship, the judgement and what was found.

Every way of not holding has one. It says again, and in another way than the guard does, what has to be so for the
sentence and for what it says would change the answer.
"""

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
    ConsentDecision,
    ConsentGiver,
    ConsentScope,
    Contributor,
    EpisodeKind,
    Event,
    GoalStatus,
    Party,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    RepairView,
    ResolutionStrategy2015,
    RuptureEpisode,
    RuptureSeverity,
    Stage,
    StageTask,
    Term,
    events,
    tasks_of,
)
from therarel.machine import Machine, Policy, Requirement, decide
from therarel.machine.guards import GUARDS, OFFERED_HERE, Unmet

R, T, E = Relationship, StageTask, events
Claim: TypeAlias = Callable[[Relationship, Any, Unmet, Policy], bool]
STAGE_TASKS: Final[Mapping[Stage, frozenset[StageTask]]] = {
    stage: frozenset(tasks_of(stage)) for stage in Stage if stage is not Stage.CLOSED
}
WORK: Final = STAGE_TASKS[Stage.WORKING_PHASE] - {T.WORKING_THROUGH_CHALLENGES}
ACTS: Final = {
    ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING,
    ResolutionStrategy2015.CHANGE_TASKS_OR_GOALS,
    ResolutionStrategy2015.ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE,
}
BOTH: Final = frozenset(Party)
GIVEN: Final = E.ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.CLIENT)
BEGUN: Final = E.RepairBegan(RepairRoute.EXPLORATORY)


def short(stage: Stage, needed: Iterable[StageTask] | None = None, *, waiving: bool = False) -> Claim:
    """Exactly the tasks named are not met, and the numbers count the others."""

    def claim(now: Relationship, event: Event, unmet: Unmet, policy: Policy) -> bool:
        wanted = STAGE_TASKS[stage] if needed is None else frozenset(needed)
        done = now.tasks_met | (now.waived & {T.ADDRESSING_RESISTANCE}) if waiving else now.tasks_met
        counted = (unmet.value, unmet.threshold) == (len(wanted & done), len(wanted))
        return bool(unmet.about) and set(unmet.about) == wanted - done and counted

    return claim


def leads_to(now: Relationship, event: Event, status: AllianceStatus | Stage | None) -> bool:
    """Whether a fact leads to a state."""
    after = decide(now, event).relationship
    return status in (after.alliance_status, after.stage)


def named(now: Relationship, unmet: Unmet, wanted: Callable[[Breach], bool]) -> bool:
    """Whether exactly the breaches wanted are named, each by its code and with what it is."""
    found = [breach for breach in now.breaches if wanted(breach)]
    codes = [breach.breach_id for breach in found]
    return bool(found) and list(unmet.about) == codes and (unmet.value, unmet.threshold) == (len(found), 0)


def in_words(now: Relationship, unmet: Unmet) -> bool:
    """Whether the sentence says what each breach is, and not its code alone."""
    breaches = [now.breach(code) for code in unmet.about]
    return list(unmet.in_words) == [breach for breach in breaches if breach is not None]


def proven(breach: Breach) -> bool:
    """A serious breach that is substantiated."""
    return (breach.severity, breach.status) == (BreachSeverity.SERIOUS, BreachStatus.SUBSTANTIATED)


def barring(breach: Breach) -> bool:
    """A serious breach that is substantiated, and on which the client's wish and an independent review are not both."""
    way_on = breach.independent_since and breach.client_wishes_to_go_on is True
    return proven(breach) and not (way_on and breach.kind is not BreachKind.EXPLOITATION)


def standing(breach: Breach) -> bool:
    """An open breach graver than a crossing."""
    return breach.is_open and breach.severity is not BreachSeverity.CROSSING


def exploited(breach: Breach) -> bool:
    """Serious exploitation that is not unfounded."""
    serious = breach.severity is BreachSeverity.SERIOUS and breach.status is not BreachStatus.NOT_SUBSTANTIATED
    return breach.kind is BreachKind.EXPLOITATION and serious


def accepted(now: Relationship, event: Event) -> bool:
    """Whether a judgement is accepted, or a fact."""
    return decide(now, event).accepted


def not_offered(now: Relationship, event: Event, unmet: Unmet, policy: Policy) -> bool:
    """The relationship stands in none of the states named, and no row offers the judgement here."""
    words = str(unmet.threshold).split(", ")
    stands = now.alliance_status if isinstance(unmet.value, AllianceStatus) else now.stage
    return unmet.value is stands and stands.label not in words


def of_breach(now: Relationship, event: Any) -> Breach:
    """The breach that a judgement speaks of."""
    breach = now.breach(event.of)
    assert breach is not None
    return breach


def way_on_opens(now: Relationship, codes: Iterable[str]) -> bool:
    """Whether an independent review and the client's wish, both recorded, lift the bar of each of these breaches."""
    for code in codes:
        now = decide(now, E.SupervisionHeld(independent=True)).relationship
        now = decide(now, E.ClientWishStated(code, to_go_on=True)).relationship
        breach = now.breach(code)
        if breach is None or barring(breach):
            return False
    return True


def repair_would_do(now: Relationship, event: Any) -> bool:
    """Whether a repair under way is all that the task waits for."""
    under_way = decide(now, BEGUN).relationship
    return GUARDS["task_not_blocked"](under_way, event, Policy()) is None


def episode_of(now: Relationship) -> RuptureEpisode:
    """The open episode."""
    assert now.episode is not None
    return now.episode


def client_says(now: Relationship) -> RepairView:
    """The client's latest view of the repair."""
    return episode_of(now).repair_views.client


def client_view_counts(now: Relationship, policy: Policy) -> Requirement:
    """What the policy makes of a missing view of the client: culture first, then grave ruptures that are explored."""
    episode = episode_of(now)
    if episode.contributors & {Contributor.CULTURE, Contributor.POWER}:
        return policy.client_view_of_cultural_repair
    grave = episode.severity in (RuptureSeverity.MODERATE, RuptureSeverity.MAJOR)
    explored = grave and episode.route is RepairRoute.EXPLORATORY
    return policy.client_view_of_exploratory_repair if explored else policy.client_view_of_other_repair


def comes_first(now: Relationship, event: Any, unmet: Unmet) -> bool:
    """Exactly the tasks that come first and are neither met nor waived are named."""
    return bool(unmet.about) and set(unmet.about) == event.task.prerequisites - now.tasks_met - now.waived


def said_no(now: Relationship, unmet: Unmet, decision: ConsentDecision) -> bool:
    """The latest decision about treatment is this no, and asking again, an ending and a closing are accepted."""
    consents = [each for each in now.agreements.consents if each.scope is ConsentScope.TREATMENT]
    ways = (GIVEN, E.EndingPlanned(), E.Closed(ClosingReason.CLIENT_ENDED))
    no = unmet.alone and unmet.value is decision and [each.decision for each in consents] == [decision]
    return no and all(accepted(now, way) for way in ways)


def never_asked(now: Relationship) -> bool:
    """No decision about treatment is on record."""
    return not any(consent.scope is ConsentScope.TREATMENT for consent in now.agreements.consents)


def asking_would_do(now: Relationship, event: Event, guard: str) -> bool:
    """Consent that is given, and consent that is deferred, is all that the condition waits for."""
    answers = (GIVEN, E.ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.DEFERRED))
    return all(GUARDS[guard](decide(now, answer).relationship, event, Policy()) is None for answer in answers)


def not_explained(now: Relationship, unmet: Unmet, term: Term) -> bool:
    """This term alone is named, and it was not explained."""
    return unmet.about == (term,) and term not in now.agreements.terms_explained


CLAIMS: Final[Mapping[tuple[str, str], Claim]] = {
    (OFFERED_HERE, ""): lambda now, event, unmet, policy: (
        not_offered(now, event, unmet, policy) and now.stage is not Stage.CLOSED
    ),
    (OFFERED_HERE, "closed"): lambda now, event, unmet, policy: (
        not_offered(now, event, unmet, policy)
        and now.stage is Stage.CLOSED
        and leads_to(now, E.ReEngaged(), Stage.RE_ENGAGEMENT)
    ),
    (OFFERED_HERE, "died"): lambda now, event, unmet, policy: now.closed_reason is ClosingReason.CLIENT_DIED,
    (OFFERED_HERE, "nowhere"): lambda now, event, unmet, policy: (
        not any(row.event == type(event).__name__ for row in Machine.standard().table.transitions)
    ),
    ("formation_complete", ""): short(Stage.INITIAL_FORMATION),
    ("foundations_hold", ""): lambda now, event, unmet, policy: (
        short(Stage.INITIAL_FORMATION)(now, event, unmet, policy)
        and ({T.ESTABLISHING_TRUST, T.CREATING_SAFETY} <= now.tasks_met or accepted(now, E.ReturnedToEarlierStage()))
    ),
    ("foundations_hold", "ending"): lambda now, event, unmet, policy: (
        now.stage is Stage.ENDING and short(Stage.INITIAL_FORMATION)(now, event, unmet, policy)
    ),
    ("working_complete", ""): lambda now, event, unmet, policy: (
        T.ADDRESSING_RESISTANCE not in unmet.about
        and short(Stage.WORKING_PHASE, WORK, waiving=True)(now, event, unmet, policy)
    ),
    ("working_complete", "resistance"): lambda now, event, unmet, policy: (
        short(Stage.WORKING_PHASE, WORK, waiving=True)(now, event, unmet, policy)
        and accepted(now, E.StageTaskWaived(T.ADDRESSING_RESISTANCE, "none was met"))
    ),
    ("worked_through_once", ""): lambda now, event, unmet, policy: (
        policy.difficulty_before_maturation is Requirement.REQUIRED
        and not now.rupture_repaired
        and T.WORKING_THROUGH_CHALLENGES not in now.tasks_met
    ),
    ("maturation_complete", ""): short(Stage.MATURATION),
    ("ending_complete", ""): short(Stage.ENDING),
    ("not_in_rupture", ""): lambda now, event, unmet, policy: (
        now.has_open_rupture
        and now.alliance_status is AllianceStatus.RUPTURED
        and leads_to(now, BEGUN, AllianceStatus.REPAIRING)
    ),
    ("not_in_rupture", "partly"): lambda now, event, unmet, policy: (
        now.has_open_rupture
        and now.episode is not None
        and now.episode.partly_repaired
        and leads_to(now, BEGUN, AllianceStatus.REPAIRING)
    ),
    ("not_in_rupture", "repair"): lambda now, event, unmet, policy: (
        now.has_open_rupture and now.alliance_status is AllianceStatus.REPAIRING
    ),
    ("not_in_rupture", "strain"): lambda now, event, unmet, policy: (
        now.episode is not None
        and now.episode.kind is EpisodeKind.STRAIN
        and now.alliance_status is AllianceStatus.REPAIRING
    ),
    ("status_intact", ""): lambda now, event, unmet, policy: (
        unmet.value is now.alliance_status and now.alliance_status is not AllianceStatus.INTACT
    ),
    ("strain_allows_advance", ""): lambda now, event, unmet, policy: (
        policy.strain_eased_before_working_phase is Requirement.REQUIRED
        and now.alliance_status is AllianceStatus.STRAINED
        and not now.has_open_rupture
    ),
    ("no_open_breach", ""): lambda now, event, unmet, policy: (
        in_words(now, unmet) and named(now, unmet, lambda breach: standing(breach) and not barring(breach))
    ),
    ("no_serious_breach", ""): lambda now, event, unmet, policy: (
        in_words(now, unmet)
        and named(now, unmet, barring)
        and accepted(now, E.Closed(ClosingReason.TRANSFERRED))
        and way_on_opens(now, unmet.about)
    ),
    ("no_serious_exploitation", ""): lambda now, event, unmet, policy: (
        unmet.alone
        and not any(exploited(breach) and proven(breach) for breach in now.breaches)
        and named(now, unmet, lambda breach: exploited(breach) and not breach.independent_since)
    ),
    ("no_serious_exploitation", "substantiated"): lambda now, event, unmet, policy: (
        unmet.alone and named(now, unmet, lambda breach: exploited(breach) and proven(breach))
    ),
    ("return_grounds", ""): lambda now, event, unmet, policy: (
        not now.has_open_rupture
        and not any(standing(breach) for breach in now.breaches)
        and {T.ESTABLISHING_TRUST, T.CREATING_SAFETY} <= now.tasks_met
    ),
    ("from_maturation", ""): lambda now, event, unmet, policy: (
        unmet.value is now.ended_from
        and now.ended_from is not Stage.MATURATION
        and not leads_to(now, E.EndingRescinded(), Stage.ENDING)
    ),
    ("task_in_reach", "met"): lambda now, event, unmet, policy: (
        event.task in now.tasks_met and accepted(now, E.StageTaskReopened(event.task))
    ),
    ("task_in_reach", "ending"): lambda now, event, unmet, policy: (
        event.task in STAGE_TASKS[Stage.ENDING] and leads_to(now, E.EndingPlanned(), Stage.ENDING)
    ),
    ("task_in_reach", "later"): lambda now, event, unmet, policy: (
        unmet.value is now.stage
        and event.task in STAGE_TASKS[Stage(str(unmet.threshold))]
        and now.stage is not Stage.ENDING
    ),
    ("task_in_reach", "later_in_ending"): lambda now, event, unmet, policy: (
        unmet.value is now.ended_from
        and event.task in STAGE_TASKS[Stage(str(unmet.threshold))]
        and now.stage is Stage.ENDING
    ),
    ("task_prerequisites", ""): lambda now, event, unmet, policy: (
        event.task is not T.PROCESSING_DIFFICULT_EMOTIONS and comes_first(now, event, unmet)
    ),
    ("task_prerequisites", "emotions"): lambda now, event, unmet, policy: (
        event.task is T.PROCESSING_DIFFICULT_EMOTIONS
        and comes_first(now, event, unmet)
        and set(unmet.about) <= {T.ESTABLISHING_TRUST, T.CREATING_SAFETY}
    ),
    ("treatment_not_declined", ""): lambda now, event, unmet, policy: said_no(now, unmet, ConsentDecision.WITHDRAWN),
    ("treatment_not_declined", "refused"): lambda now, event, unmet, policy: said_no(
        now, unmet, ConsentDecision.REFUSED
    ),
    ("consent_to_treatment", ""): lambda now, event, unmet, policy: (
        never_asked(now) and now.agreements.kept_from_start and asking_would_do(now, event, "consent_to_treatment")
    ),
    ("consent_to_treatment", "again"): lambda now, event, unmet, policy: (
        never_asked(now) and now.stage is Stage.RE_ENGAGEMENT and asking_would_do(now, event, "consent_to_treatment")
    ),
    ("consent_to_treatment", "unknown"): lambda now, event, unmet, policy: (
        never_asked(now) and not now.agreements.kept_from_start
    ),
    ("guidelines_explained", ""): lambda now, event, unmet, policy: (
        not_explained(now, unmet, Term.GUIDELINES) and now.stage is not Stage.RE_ENGAGEMENT
    ),
    ("guidelines_explained", "again"): lambda now, event, unmet, policy: (
        not_explained(now, unmet, Term.GUIDELINES) and now.stage is Stage.RE_ENGAGEMENT
    ),
    ("confidentiality_limits_explained", ""): lambda now, event, unmet, policy: (
        not_explained(now, unmet, Term.CONFIDENTIALITY_LIMITS) and now.stage is not Stage.RE_ENGAGEMENT
    ),
    ("confidentiality_limits_explained", "again"): lambda now, event, unmet, policy: (
        not_explained(now, unmet, Term.CONFIDENTIALITY_LIMITS) and now.stage is Stage.RE_ENGAGEMENT
    ),
    ("goal_shared", ""): lambda now, event, unmet, policy: (
        policy.shared_goal is Requirement.REQUIRED
        and all(goal.status is GoalStatus.DROPPED for goal in now.agreements.goals)
    ),
    ("goal_shared", "waiting"): lambda now, event, unmet, policy: (
        policy.shared_goal is Requirement.REQUIRED
        and bool(unmet.in_words)
        and not any(goal.agreed_by == BOTH and goal.status is not GoalStatus.DROPPED for goal in now.agreements.goals)
    ),
    ("task_shared", ""): lambda now, event, unmet, policy: (
        policy.shared_task is Requirement.REQUIRED and all(task.is_dropped for task in now.agreements.tasks)
    ),
    ("task_shared", "waiting"): lambda now, event, unmet, policy: (
        policy.shared_task is Requirement.REQUIRED
        and bool(unmet.in_words)
        and not any(
            task.agreed_by == BOTH and task.rationale_shared and not task.is_dropped for task in now.agreements.tasks
        )
    ),
    ("task_not_blocked", "ruptured"): lambda now, event, unmet, policy: (
        repair_would_do(now, event)
        and now.alliance_status is AllianceStatus.RUPTURED
        and event.task is not T.SETTING_EXPECTATIONS
    ),
    ("task_not_blocked", "breach"): lambda now, event, unmet, policy: (
        any(standing(each) for each in now.breaches) and not any(barring(breach) for breach in now.breaches)
    ),
    ("task_not_blocked", "serious"): lambda now, event, unmet, policy: (
        any(barring(breach) for breach in now.breaches)
        and accepted(now, E.Closed(ClosingReason.TRANSFERRED))
        and way_on_opens(now, [each.breach_id for each in now.breaches if barring(each)])
    ),
    ("task_not_blocked", "major"): lambda now, event, unmet, policy: (
        now.has_open_rupture and now.episode is not None and now.episode.severity is RuptureSeverity.MAJOR
    ),
    ("task_not_blocked", "cost"): lambda now, event, unmet, policy: (
        now.has_open_rupture
        and now.episode is not None
        and now.episode.trust_lost
        and event.task is T.ESTABLISHING_TRUST
    ),
    ("challenge_on_record", ""): lambda now, event, unmet, policy: (
        not (now.challenge_faced or now.rupture_repaired) and event.task is T.WORKING_THROUGH_CHALLENGES
    ),
    ("waivable", ""): lambda now, event, unmet, policy: (
        unmet.value is event.task is not T.ADDRESSING_RESISTANCE and set(unmet.about) == {T.ADDRESSING_RESISTANCE}
    ),
    ("task_not_waived", ""): lambda now, event, unmet, policy: (
        event.task in now.waived and accepted(now, E.StageTaskReopened(event.task))
    ),
    ("task_is_met_or_waived", ""): lambda now, event, unmet, policy: event.task not in now.tasks_met | now.waived,
    ("no_open_rupture", ""): lambda now, event, unmet, policy: (
        now.has_open_rupture
        and now.episode is not None
        and now.episode.partly_repaired
        and leads_to(now, BEGUN, AllianceStatus.REPAIRING)
    ),
    ("culture_acknowledged", ""): lambda now, event, unmet, policy: (
        now.episode is not None
        and not now.episode.acknowledged
        and set(unmet.about) == now.episode.contributors & {Contributor.CULTURE, Contributor.POWER} != set()
    ),
    ("steps_sufficient", ""): lambda now, event, unmet, policy: (
        now.episode is not None
        and now.episode.route is RepairRoute.EXPLORATORY
        and set(unmet.about) == set(RepairStep) - set(now.episode.steps)
        and unmet.value == len(RepairStep) - len(unmet.about)
        and unmet.threshold == policy.exploratory_steps(now.episode.severity)
    ),
    ("steps_sufficient", "nothing"): lambda now, event, unmet, policy: now.episode is None,
    ("steps_sufficient", "major"): lambda now, event, unmet, policy: (
        now.episode is not None
        and now.episode.severity is RuptureSeverity.MAJOR
        and unmet.value is now.episode.route is RepairRoute.IMMEDIATE
    ),
    ("steps_sufficient", "immediate"): lambda now, event, unmet, policy: (
        now.episode is not None
        and now.episode.route is RepairRoute.IMMEDIATE
        and ACTS.isdisjoint(now.episode.steps)
        and set(unmet.about) == ACTS
    ),
    ("steps_sufficient", "recognition"): lambda now, event, unmet, policy: (
        now.episode is not None
        and now.episode.route is RepairRoute.EXPLORATORY
        and RepairStep.STRAIN_RECOGNITION not in now.episode.steps
    ),
    ("judged_by_someone", ""): lambda now, event, unmet, policy: not event.judged_by,
    ("client_view_of_repair", ""): lambda now, event, unmet, policy: (
        client_says(now) is RepairView.NOT_ASKED
        and Rater.CLIENT not in event.judged_by
        and client_view_counts(now, policy) is Requirement.REQUIRED
    ),
    ("client_view_of_repair", "not_repaired"): lambda now, event, unmet, policy: (
        client_says(now) is RepairView.NOT_REPAIRED and leads_to(now, E.RepairStalled(), episode_of(now).origin)
    ),
    ("client_view_of_repair", "partly"): lambda now, event, unmet, policy: (
        client_says(now) is RepairView.PARTLY_REPAIRED and leads_to(now, E.RepairPartial(), AllianceStatus.STRAINED)
    ),
    ("breach_is_open", ""): lambda now, event, unmet, policy: (
        in_words(now, unmet) and not of_breach(now, event).is_open
    ),
    ("breach_is_open", "unknown"): lambda now, event, unmet, policy: (
        now.breach(event.of) is None and unmet.about == (event.of,)
    ),
    ("breach_supervised_since", ""): lambda now, event, unmet, policy: (
        in_words(now, unmet) and not of_breach(now, event).supervised_since
    ),
    ("client_informed_or_reason", ""): lambda now, event, unmet, policy: (
        not event.client_informed and event.reason_not_informed is None
    ),
    ("not_a_serious_breach", ""): lambda now, event, unmet, policy: (
        in_words(now, unmet) and barring(of_breach(now, event)) and way_on_opens(now, [event.of])
    ),
    ("not_a_serious_breach", "never"): lambda now, event, unmet, policy: (
        in_words(now, unmet) and exploited(of_breach(now, event)) and proven(of_breach(now, event))
    ),
    ("not_a_serious_breach", "exploitation"): lambda now, event, unmet, policy: (
        in_words(now, unmet)
        and exploited(of_breach(now, event))
        and not of_breach(now, event).independent_since
        and not proven(of_breach(now, event))
    ),
}
"""By the guard and the way of not holding: what its sentences claim."""
