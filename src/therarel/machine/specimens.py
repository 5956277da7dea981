"""Relationships as they may stand, and what may happen in them: what a table is tried on.

The specimens are one for each combination that guards can tell apart, in a grid that is coarse where nothing reads
the difference. None contradicts itself; not all can be reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from therarel.confidential import Confidential
from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernOutcome,
    Contributor,
    Dyad,
    EpisodeKind,
    Event,
    Fact,
    Party,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    ResolutionStrategy2015,
    RuptureEpisode,
    RuptureSeverity,
    Score,
    Stage,
    StageTask,
    WaivedTask,
    events,
    tasks_of,
)
from therarel.machine.judgements import judgements_about

__all__ = ["events_about", "facts_about", "specimens"]

_DYAD: Final = Dyad("C-0", "T-0")
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
# (waived, rupture repaired, challenge faced)
_RECORDS: Final = ((False, False, False), (True, False, True), (False, True, False))


def specimens() -> Iterator[Relationship]:
    """Relationships as they may stand, in a fixed order."""
    resistance = (WaivedTask(StageTask.ADDRESSING_RESISTANCE, "none was met"),)
    beside = [*product(_BREACHES, _RECORDS[:1]), *product(_BREACHES[:1], _RECORDS[1:])]
    for place, alliance, met, rest in product(_PLACES, _ALLIANCE, tuple(_task_sets()), beside):
        (stage, ended_from, reason), (status, episode) = place, alliance
        breaches, (waived, repaired, faced) = rest
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
        )


def events_about(relationship: Relationship) -> Iterator[Event]:
    """Every judgement that could be asked about, and facts of every class in the variants that matter."""
    yield from judgements_about(relationship)
    yield from (
        events.BreachAddressed(breach.breach_id, False, Confidential("to be stated"))
        for breach in relationship.breaches
    )
    yield from facts_about(relationship)


def facts_about(relationship: Relationship) -> Iterator[Fact]:
    """Facts of every class, in the variants that the table can tell apart."""
    yield from (events.SessionHeld(during_pause=during_pause) for during_pause in (False, True))
    yield from (events.SessionMissed(by) for by in (*Party, None))
    yield events.PauseAgreed()
    yield events.PauseEnded()
    yield events.FollowUpHeld()
    yield events.AllianceMeasured(Score("wai-sr", 4.0, Rater.CLIENT))
    yield from (events.PerspectiveGiven(rater, perceived) for rater in Rater for perceived in (True, False))
    yield events.ChallengeFaced()
    yield from (events.SupervisionHeld(independent=independent) for independent in (False, True))
    yield events.RiskAnswersReviewed("phq-9")
    yield events.ApproachAdapted()
    yield from map(events.CulturalMisstepAcknowledged, (True, False))
    yield events.ConfidentialityLimitInvoked()
    yield events.SafetyConcernRaised()
    names = [concern.concern_id for concern in relationship.safety_concerns] or ["concern-1"]
    yield from (events.SafetyConcernReviewed(name, outcome) for name in names for outcome in ConcernOutcome)
    yield from (events.StrainNoticed(contributors=named) for named in ((), (Contributor.CULTURE,)))
    yield from map(events.RuptureNoticed, RuptureSeverity)
    yield from map(events.RuptureReassessed, (*RuptureSeverity, None))
    yield from map(events.RepairBegan, RepairRoute)
    yield from map(events.RepairStepTaken, (*RepairStep, _CLARIFY))
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
