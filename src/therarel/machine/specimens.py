"""Relationships as they may stand, and what may happen in them: what a table is tried on.

The specimens are one for each combination that guards can tell apart, in a grid that is coarse where nothing reads
the difference. None contradicts itself; not all can be reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from therarel.confidential import Confidential
from therarel.domain import (
    Agreements,
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernOutcome,
    Consent,
    ConsentDecision,
    ConsentFooting,
    ConsentGiver,
    ConsentScope,
    Contributor,
    Dyad,
    EpisodeKind,
    Event,
    Fact,
    Goal,
    GoalOwner,
    Party,
    Rater,
    Rating,
    RatingScale,
    Relationship,
    RelationshipPart,
    RelationshipQuality,
    RepairRoute,
    RepairStep,
    RepairView,
    RepairViews,
    ResolutionStrategy2015,
    RuptureEpisode,
    RuptureMode,
    RuptureSeverity,
    Score,
    Stage,
    StageTask,
    Term,
    TherapeuticTask,
    WaivedTask,
    events,
    tasks_of,
)
from therarel.domain.ratings import PERSONS
from therarel.machine.judgements import judgements_about

_DYAD: Final = Dyad("C-0", "T-0")
_RATED: Final = RelationshipQuality.of({RelationshipPart.TRUST: Rating(3, RatingScale(1, 5), Rater.CLIENT)})
_STRAIN: Final = EpisodeKind.STRAIN
_RUPTURE: Final = EpisodeKind.RUPTURE
_CLARIFY: Final = ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING

_ALLIANCE: Final[tuple[tuple[AllianceStatus, RuptureEpisode | None], ...]] = (
    (AllianceStatus.INTACT, None),
    (AllianceStatus.STRAINED, RuptureEpisode(_STRAIN)),
    (AllianceStatus.STRAINED, RuptureEpisode(_STRAIN, contributors={Contributor.CULTURE})),
    (AllianceStatus.STRAINED, RuptureEpisode(_RUPTURE, severity=RuptureSeverity.MINOR, partly_repaired=True)),
    (AllianceStatus.RUPTURED, RuptureEpisode(_RUPTURE, severity=RuptureSeverity.MODERATE)),
    (AllianceStatus.RUPTURED, RuptureEpisode(_RUPTURE, severity=RuptureSeverity.MAJOR, trust_lost=True)),
    (
        AllianceStatus.REPAIRING,
        RuptureEpisode(_STRAIN, origin=AllianceStatus.STRAINED, route=RepairRoute.IMMEDIATE, steps=(_CLARIFY,)),
    ),
    (
        AllianceStatus.REPAIRING,
        RuptureEpisode(
            _RUPTURE,
            severity=RuptureSeverity.MAJOR,
            origin=AllianceStatus.RUPTURED,
            route=RepairRoute.EXPLORATORY,
            steps=(RepairStep.EXPLORING_RUPTURE,),
        ),
    ),
    (
        AllianceStatus.REPAIRING,
        RuptureEpisode(
            _RUPTURE,
            severity=RuptureSeverity.MODERATE,
            contributors={Contributor.POWER},
            origin=AllianceStatus.RUPTURED,
            route=RepairRoute.EXPLORATORY,
            steps=tuple(RepairStep),
        ),
    ),
    *(
        (
            AllianceStatus.REPAIRING,
            RuptureEpisode(
                _RUPTURE,
                modes={RuptureMode.WITHDRAWAL},
                severity=RuptureSeverity.MODERATE,
                origin=AllianceStatus.RUPTURED,
                route=RepairRoute.IMMEDIATE,
                steps=(_CLARIFY,),
                repair_views=RepairViews(view),
            ),
        )
        for view in (RepairView.NOT_REPAIRED, RepairView.PARTLY_REPAIRED)
    ),
)


def _breach(severity: BreachSeverity, status: BreachStatus, *, supervised: bool, is_open: bool = True) -> Breach:
    return Breach("breach-1", BreachKind.OTHER, severity, status, is_open=is_open, supervised_since=supervised)


_EXPLOITATION: Final = Breach("breach-1", BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, supervised_since=True)


_BREACHES: Final[tuple[tuple[Breach, ...], ...]] = (
    (),
    (_breach(BreachSeverity.CROSSING, BreachStatus.ALLEGED, supervised=False),),
    (_breach(BreachSeverity.VIOLATION, BreachStatus.ALLEGED, supervised=False),),
    (_breach(BreachSeverity.VIOLATION, BreachStatus.SUBSTANTIATED, supervised=True),),
    (_breach(BreachSeverity.SERIOUS, BreachStatus.SUBSTANTIATED, supervised=True),),
    (_breach(BreachSeverity.VIOLATION, BreachStatus.ALLEGED, supervised=True, is_open=False),),
    (_EXPLOITATION,),
)


def _task_sets() -> Iterator[frozenset[StageTask]]:
    formation, work, maturity, farewell = (
        frozenset(tasks_of(stage))
        for stage in (Stage.INITIAL_FORMATION, Stage.WORKING_PHASE, Stage.MATURATION, Stage.ENDING)
    )
    growth = formation | work | maturity
    yield frozenset()
    for complete in (formation, formation | work, growth | farewell):
        yield complete
        yield complete - {StageTask.ESTABLISHING_TRUST}
        yield complete - {StageTask.BUILDING_RAPPORT, StageTask.ESTABLISHING_TRUST}
    yield (formation | work) - {StageTask.WORKING_THROUGH_CHALLENGES}
    yield (formation | work) - {StageTask.ADDRESSING_RESISTANCE}
    yield growth
    yield (growth | farewell) - {StageTask.CLIENT_AUTONOMY}
    yield (growth | farewell) - {StageTask.PROCESSING_ENDING}


_PLACES: Final[tuple[tuple[Stage, Stage | None, ClosingReason | None], ...]] = (
    (Stage.INITIAL_FORMATION, None, None),
    (Stage.WORKING_PHASE, None, None),
    (Stage.MATURATION, None, None),
    (Stage.RE_ENGAGEMENT, None, None),
    (Stage.ENDING, Stage.WORKING_PHASE, None),
    (Stage.ENDING, Stage.MATURATION, None),
    (Stage.CLOSED, None, ClosingReason.AGREED),
    (Stage.CLOSED, None, ClosingReason.CLIENT_DIED),
)
_GOAL: Final = Goal(None, set(Party), goal_id="goal-1", whose=GoalOwner.BOTH)
_TASK: Final = TherapeuticTask(None, True, task_id="task-1", agreed_by=set(Party))


def _agreed(*consents: Consent, **others: Any) -> Agreements:
    agreed: dict[str, Any] = {"terms_explained": set(Term), "goals": (_GOAL,), "tasks": (_TASK,)}
    return Agreements(consents, **{**agreed, **others})


def _treatment(decision: ConsentDecision, by: ConsentGiver | None = ConsentGiver.CLIENT) -> Consent:
    return Consent(ConsentScope.TREATMENT, decision, by)


_GIVEN: Final = _treatment(ConsentDecision.GIVEN)
_AGREED: Final = _agreed(_GIVEN)
# each is the only thing that is missing somewhere
_AGREEMENTS: Final = (
    Agreements(),
    Agreements(kept_from_start=False),
    _agreed(),
    _agreed(_treatment(ConsentDecision.WITHDRAWN)),
    _agreed(_treatment(ConsentDecision.REFUSED, None)),
    _agreed(_treatment(ConsentDecision.DEFERRED, None)),
    _agreed(_GIVEN, terms_explained=()),
    _agreed(_GIVEN, goals=()),
    _agreed(_GIVEN, tasks=()),
    _agreed(_GIVEN, goals=(Goal(goal_id="goal-1", whose=GoalOwner.COURT),), tasks=(TherapeuticTask(task_id="task-1"),)),
)
# (waived, rupture repaired, challenge faced)
_RECORDS: Final = ((False, False, False), (True, False, True), (False, True, False))


def specimens() -> Iterator[Relationship]:
    """Relationships as they may stand, in a fixed order."""
    resistance = (WaivedTask(StageTask.ADDRESSING_RESISTANCE, "none was met"),)
    beside = [
        *product(_BREACHES, _RECORDS[:1], (_AGREED,)),
        *product(_BREACHES[:1], _RECORDS[1:], (_AGREED,)),
        *product(_BREACHES[:1], _RECORDS[:1], _AGREEMENTS),
    ]
    for place, alliance, met, rest in product(_PLACES, _ALLIANCE, tuple(_task_sets()), beside):
        (stage, ended_from, reason), (status, episode) = place, alliance
        breaches, (waived, repaired, faced), agreements = rest
        if agreements is not _AGREED and (status is not AllianceStatus.INTACT or stage is Stage.CLOSED):
            continue  # how the alliance stands and what is agreed are read apart
        calm = status is AllianceStatus.INTACT and stage.is_open
        if calm and any(breach.blocks for breach in breaches):
            continue
        if waived and StageTask.ADDRESSING_RESISTANCE not in met:
            continue  # the same as another one
        yield Relationship(
            _DYAD,
            stage,
            status,
            met - {StageTask.ADDRESSING_RESISTANCE} if waived else met,
            resistance if waived else (),
            repaired,
            faced,
            episode,
            breaches,
            closed_reason=reason,
            ended_from=ended_from,
            session_held=agreements is not _AGREEMENTS[0],
            agreements=agreements,
        )


def events_about(relationship: Relationship) -> Iterator[Event]:
    """Every judgement that could be asked about, and facts of every class in the variants that matter."""
    yield from judgements_about(relationship)
    yield from (
        events.BreachAddressed(breach.breach_id, False, Confidential("to be stated"))
        for breach in relationship.breaches
    )
    yield from facts_about(relationship)


def _agreements_about(agreements: Agreements) -> Iterator[Fact]:
    for decision in ConsentDecision:
        yield events.ConsentDecided(ConsentScope.TREATMENT, decision, session=2)
    parent, mandated = ConsentGiver.PARENT, ConsentFooting.MANDATED
    for assent in (True, False, None):
        given = events.ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.GIVEN, parent, assent, mandated)
        yield given
    yield events.TermsExplained(set(Term))
    yield events.GoalSet(None, GoalOwner.CLIENT, goal_id="goal-1")
    yield events.GoalReviewed("goal-1", set(Party))
    yield events.TherapeuticTaskSet(None, True, set(Party), "task-1")
    yield events.TherapeuticTaskReviewed("task-1", set(Party), True)
    yield events.CrisisArranged()
    yield events.CrisisArranged("a crisis line")


def facts_about(relationship: Relationship) -> Iterator[Fact]:
    """Facts of every class, in the variants that the table can tell apart."""
    yield from (events.SessionHeld(during_pause=during_pause) for during_pause in (False, True))
    yield from (events.SessionMissed(by) for by in (*Party, None))
    yield events.PauseAgreed()
    yield events.PauseEnded()
    yield events.FollowUpHeld()
    yield events.Measured(Score("wai-sr", 4.0, Rater.CLIENT))
    yield events.RelationshipRated(_RATED)
    yield from (events.PerspectiveGiven(rater, perceived) for rater in PERSONS for perceived in (True, False))
    yield events.ChallengeFaced()
    yield from (events.SupervisionHeld(independent=independent) for independent in (False, True))
    yield events.RiskAnswersReviewed("phq-9")
    yield events.ApproachAdapted()
    yield events.ClientPerspectiveShared("to be stated")
    yield from (events.PowerDynamicNamed("to be stated", discussed=discussed) for discussed in (True, False))
    yield from map(events.CulturalMisstepAcknowledged, (True, False))
    yield from (events.ConfidentialityLimitInvoked(None, "concern-1", told) for told in (True, False, None))
    yield from _agreements_about(relationship.agreements)
    yield events.SafetyConcernRaised()
    names = [concern.concern_id for concern in relationship.safety_concerns] or ["concern-1"]
    yield from (events.SafetyConcernReviewed(name, outcome) for name in names for outcome in ConcernOutcome)
    yield from (events.StrainNoticed(contributors=named) for named in ((), (Contributor.CULTURE,)))
    yield from map(events.RuptureNoticed, RuptureSeverity)
    yield from map(events.RuptureReassessed, (*RuptureSeverity, None))
    yield from map(events.RepairBegan, RepairRoute)
    yield from map(events.RepairStepTaken, (*RepairStep, _CLARIFY))
    yield from (events.RepairViewGiven(Rater.CLIENT, view) for view in RepairView)
    yield events.RepairViewGiven(Rater.THERAPIST, RepairView.REPAIRED)
    yield events.RepairPartial()
    yield events.RepairStalled()
    reported = (BreachStatus.ALLEGED, BreachStatus.SUBSTANTIATED)
    for severity, status in product(BreachSeverity, reported):
        yield events.BreachReported(BreachKind.OTHER, severity, status)
    for breach, seen, status in product(relationship.breaches, BreachSeverity, BreachStatus):
        yield events.BreachReassessed(breach.breach_id, seen, status)
    yield events.BreachReassessed("breach-0")
    names = [breach.breach_id for breach in relationship.breaches] or ["breach-1"]
    yield from map(events.ClientInformed, names)
    yield from (events.ClientWishStated(name, to_go_on) for name in names for to_go_on in (True, False))
    yield events.EndingPlanned()
    yield events.EndingRescinded()
    yield from (events.Closed(reason) for reason in ClosingReason if reason is not ClosingReason.ALL_STAGES_COMPLETED)
    yield events.ReEngaged()
