"""The specimens on which a table is tried: every place, record, breach and event that guards can tell apart, once."""

from __future__ import annotations

from itertools import product

import pytest

from therarel.confidential import Confidential
from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernOutcome,
    ConsentDecision,
    ConsentFooting,
    ConsentGiver,
    ConsentScope,
    Contributor,
    Event,
    GoalOwner,
    Party,
    Rater,
    Rating,
    RatingScale,
    Relationship,
    RelationshipQuality,
    RepairRoute,
    RepairStep,
    RepairView,
    ResolutionStrategy2015,
    RuptureSeverity,
    Score,
    Stage,
    StageTask,
    Term,
    WaivedTask,
    events,
    tasks_of,
)
from therarel.domain.ratings import PERSONS
from therarel.machine.judgements import judgements_about
from therarel.machine.specimens import events_about, facts_about, specimens

MADE = tuple(specimens())
S, T, E = Stage, StageTask, events
FORMATION, WORK, MATURITY, FAREWELL = (
    frozenset(tasks_of(stage)) for stage in (S.INITIAL_FORMATION, S.WORKING_PHASE, S.MATURATION, S.ENDING)
)
ALL = frozenset(T)
OTHER = BreachKind.OTHER
CROSSING, VIOLATION, SERIOUS = BreachSeverity
ALLEGED, SUBSTANTIATED, UNFOUNDED = BreachStatus


def breach(severity: BreachSeverity, status: BreachStatus, *, supervised: bool, is_open: bool = True) -> Breach:
    """The one breach of a specimen."""
    return Breach("breach-1", OTHER, severity, status, is_open=is_open, supervised_since=supervised)


TASKS = {
    frozenset(),
    FORMATION, FORMATION - {T.ESTABLISHING_TRUST}, FORMATION - {T.BUILDING_RAPPORT, T.ESTABLISHING_TRUST},
    FORMATION | WORK, (FORMATION | WORK) - {T.ESTABLISHING_TRUST},
    (FORMATION | WORK) - {T.BUILDING_RAPPORT, T.ESTABLISHING_TRUST},
    ALL, ALL - {T.ESTABLISHING_TRUST}, ALL - {T.BUILDING_RAPPORT, T.ESTABLISHING_TRUST},
    (FORMATION | WORK) - {T.WORKING_THROUGH_CHALLENGES}, (FORMATION | WORK) - {T.ADDRESSING_RESISTANCE},
    ALL - FAREWELL, ALL - {T.CLIENT_AUTONOMY}, ALL - {T.PROCESSING_ENDING},
}  # fmt: skip
BREACHES = {
    (),
    (breach(CROSSING, ALLEGED, supervised=False),),
    (breach(VIOLATION, ALLEGED, supervised=False),),
    (breach(VIOLATION, SUBSTANTIATED, supervised=True),),
    (breach(SERIOUS, SUBSTANTIATED, supervised=True),),
    (breach(VIOLATION, ALLEGED, supervised=True, is_open=False),),
    (Breach("breach-1", BreachKind.EXPLOITATION, SERIOUS, ALLEGED, supervised_since=True),),
}


def test_specimens_stand_in_every_place_on_every_record() -> None:
    """Stages with where they came from, tasks, breaches and what else is on record are all there."""
    assert {(each.stage, each.ended_from, each.closed_reason) for each in MADE} == {
        (S.INITIAL_FORMATION, None, None), (S.WORKING_PHASE, None, None), (S.MATURATION, None, None),
        (S.RE_ENGAGEMENT, None, None), (S.ENDING, S.WORKING_PHASE, None), (S.ENDING, S.MATURATION, None),
        (S.CLOSED, None, ClosingReason.AGREED), (S.CLOSED, None, ClosingReason.CLIENT_DIED),
    }  # fmt: skip
    assert {each.tasks_met for each in MADE if not each.tasks_waived} == TASKS
    assert {each.breaches for each in MADE} == BREACHES
    waived = (WaivedTask(T.ADDRESSING_RESISTANCE, "none was met"),)
    assert {(each.tasks_waived, each.rupture_repaired, each.challenge_faced, bool(each.breaches)) for each in MADE} == {
        ((), False, False, False), ((), False, False, True), ((), True, False, False), (waived, False, True, False)
    }  # fmt: skip
    assert {each.tasks_met for each in MADE if each.tasks_waived} == {
        tasks - {T.ADDRESSING_RESISTANCE} for tasks in TASKS if T.ADDRESSING_RESISTANCE in tasks
    }


def test_every_combination_that_can_stand_is_there_once() -> None:
    """Places, episodes, tasks and records are combined; what a breach contradicts and what repeats another is left out."""
    resisted = sum(T.ADDRESSING_RESISTANCE in tasks for tasks in TASKS)
    blocking = sum(any(each.blocks for each in breaches) for breaches in BREACHES)
    open_places, places, episodes = 6, 8, 11
    beside = (len(BREACHES) + 1) * len(TASKS) + resisted
    agreed = (len({each.agreements for each in MADE}) - 1) * len(TASKS)
    calm = (len(BREACHES) - blocking + 1) * len(TASKS) + resisted + agreed
    assert len(set(MADE)) == len(MADE) == (places * episodes - open_places) * beside + open_places * calm
    assert len({(each.alliance_status, each.episode) for each in MADE}) == episodes
    assert all(each.alliance_status is not AllianceStatus.INTACT or each.episode is None for each in MADE)


def facts(relationship: Relationship) -> list[Event]:
    """Facts of every class, in the variants that matter."""
    return [
        E.SessionHeld(), E.SessionHeld(during_pause=True), E.PauseAgreed(), E.PauseEnded(), E.FollowUpHeld(), E.ChallengeFaced(), E.SupervisionHeld(), E.SupervisionHeld(independent=True),
        E.ApproachAdapted(), E.ClientPerspectiveShared("to be stated"),
        *(E.PowerDynamicNamed("to be stated", discussed=discussed) for discussed in (True, False)), E.SafetyConcernRaised(), E.RiskAnswersReviewed("phq-9"),
        *(E.ConfidentialityLimitInvoked(None, "concern-1", told) for told in (True, False, None)),
        *(E.ConsentDecided(ConsentScope.TREATMENT, decision, session=2) for decision in ConsentDecision),
        *(
            E.ConsentDecided(
                ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.PARENT, assent, ConsentFooting.MANDATED
            )
            for assent in (True, False, None)
        ),
        E.TermsExplained(set(Term)), E.GoalSet(None, GoalOwner.CLIENT, goal_id="goal-1"),
        E.GoalReviewed("goal-1", set(Party)), E.TherapeuticTaskSet(None, True, set(Party), "task-1"),
        E.TherapeuticTaskReviewed("task-1", set(Party), True), E.CrisisArranged(), E.CrisisArranged("a crisis line"),
        *(E.SafetyConcernReviewed("concern-1", outcome) for outcome in ConcernOutcome),
        *(E.RepairViewGiven(Rater.CLIENT, view) for view in RepairView),
        E.RepairViewGiven(Rater.THERAPIST, RepairView.REPAIRED),
        E.RepairPartial(), E.RepairStalled(), E.EndingPlanned(), E.EndingRescinded(), E.ReEngaged(),
        E.SessionMissed(Party.CLIENT), E.SessionMissed(Party.THERAPIST), E.SessionMissed(None),
        E.Measured(Score("wai-sr", 4.0, Rater.CLIENT)),
        E.RelationshipRated(RelationshipQuality.of({"alliance.bond.trust": Rating(3, RatingScale(1, 5), Rater.CLIENT)})),
        *(E.PerspectiveGiven(rater, perceived) for rater in PERSONS for perceived in (True, False)),
        E.CulturalMisstepAcknowledged(True), E.CulturalMisstepAcknowledged(False),
        E.StrainNoticed(), E.StrainNoticed(contributors={Contributor.CULTURE}),
        *(E.RuptureNoticed(severity) for severity in RuptureSeverity),
        *(E.RuptureReassessed(severity) for severity in (*RuptureSeverity, None)),
        *(E.RepairBegan(route) for route in RepairRoute),
        *(E.RepairStepTaken(step) for step in RepairStep),
        E.RepairStepTaken(ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING),
        *(E.BreachReported(OTHER, severity, status) for severity in BreachSeverity for status in (ALLEGED, SUBSTANTIATED)),
        *(
            E.BreachReassessed(each.breach_id, severity, status)
            for each, severity, status in product(relationship.breaches, BreachSeverity, BreachStatus)
        ),
        E.BreachReassessed("breach-0"), E.ClientInformed("breach-1"),
        E.ClientWishStated("breach-1", True), E.ClientWishStated("breach-1", False),
        *(E.Closed(reason) for reason in ClosingReason if reason is not ClosingReason.ALL_STAGES_COMPLETED),
    ]  # fmt: skip


@pytest.mark.parametrize("breaches", sorted(BREACHES, key=str), ids=range(len(BREACHES)))
def test_events_are_asked_about_once_in_every_variant(breaches: tuple[Breach, ...]) -> None:
    """Facts of every class and every judgement; a breach is addressed also with the reason why the client was not told."""
    relationship = next(each for each in MADE if each.breaches == breaches)
    asked = list(facts_about(relationship))
    assert len(set(asked)) == len(asked)
    assert set(asked) == set(facts(relationship))
    told = [E.BreachAddressed(each.breach_id, False, Confidential("to be stated")) for each in breaches]
    assert list(events_about(relationship)) == [*judgements_about(relationship), *told, *asked]
