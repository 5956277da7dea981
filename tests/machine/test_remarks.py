"""What is said with an accepted event, and when it is not."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    ClosingReason,
    EpisodeKind,
    Event,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    ResolutionStrategy2015,
    RuptureEpisode,
    RuptureSeverity,
    Stage,
    StageTask,
    events,
    tasks_of,
)
from therarel.machine import Declined, Policy, Remark, decide

T = StageTask
ALL = frozenset(T)
FORMATION = frozenset(tasks_of(Stage.INITIAL_FORMATION))
MAJOR = RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MAJOR)
CLARIFY = ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING


def stands(stage: Stage = Stage.WORKING_PHASE, /, **fields: Any) -> Relationship:
    """A relationship that stands as told."""
    return attrs.evolve(Relationship.between("C-1", "T-1"), stage=stage, **fields)


def repairing(
    *steps: RepairStep | ResolutionStrategy2015, route: RepairRoute = RepairRoute.EXPLORATORY
) -> Relationship:
    """A strain in repair."""
    episode = RuptureEpisode(EpisodeKind.STRAIN, origin=AllianceStatus.STRAINED, route=route, steps=steps)
    return stands(alliance_status=AllianceStatus.REPAIRING, episode=episode)


RUPTURED = stands(alliance_status=AllianceStatus.RUPTURED, episode=MAJOR)
LOST = events.Closed(ClosingReason.LOST_CONTACT)
CASES: list[tuple[Relationship, Event, str | None]] = [
    (stands(tasks_met=ALL, unresolved_before=(MAJOR,)), events.AdvanceRequested(), "Left open earlier and carried along: 1."),
    (stands(tasks_met=ALL), events.AdvanceRequested(), None),
    (stands(tasks_met=ALL), events.StageTaskReopened(T.BUILDING_RAPPORT), "Still met although a task that comes first is open again: establishing trust."),
    (stands(tasks_met=ALL), events.StageTaskReopened(T.ESTABLISHING_TRUST), None),
    (stands(tasks_met=FORMATION), events.StageTaskReopened(T.CREATING_SAFETY), None),
    (attrs.evolve(RUPTURED, stage=Stage.MATURATION, tasks_met=ALL), events.ReturnedToEarlierStage(), "Still met although a task that comes first is open again: increased depth."),
    (RUPTURED, events.RuptureReassessed(RuptureSeverity.MINOR), "The rupture stood as major and is now seen as minor. What counts for its repair is how it stands then; until then nothing that it cost is given back."),
    (RUPTURED, events.RuptureReassessed(modes=set()), "This was on record already; it is logged and moves nothing."),
    (attrs.evolve(RUPTURED, episode=attrs.evolve(MAJOR, severity=RuptureSeverity.MODERATE)), events.RuptureReassessed(RuptureSeverity.MINOR), None),
    (stands(client_misses_in_a_row=1), LOST, "Contact is recorded as lost after 1 missed in a row; the policy names 2. Is there another reason?"),
    (stands(client_misses_in_a_row=2), LOST, None),
    (stands(), events.Closed(ClosingReason.AGREED), None),
    (repairing(CLARIFY, route=RepairRoute.IMMEDIATE), events.RepairSucceeded({Rater.THERAPIST, Rater.OBSERVER}), "Repaired in the view of: therapist and observer. The client's view is not on record."),
    (repairing(CLARIFY, route=RepairRoute.IMMEDIATE), events.RepairSucceeded({Rater.CLIENT}), None),
    (repairing(), events.RepairStepTaken(RepairStep.EXPLORING_RUPTURE), "Taken before the strain itself was recognised: exploring rupture."),
    (repairing(RepairStep.STRAIN_RECOGNITION), events.RepairStepTaken(RepairStep.EXPLORING_RUPTURE), None),
    (repairing(), events.RepairStepTaken(RepairStep.STRAIN_RECOGNITION), None),
    (repairing(), events.RepairStepTaken(CLARIFY), None),
    (stands(breaches=(Breach("gift", BreachKind.OTHER, BreachSeverity.CROSSING),)), events.BreachReported(BreachKind.OTHER, BreachSeverity.CROSSING, breach_id="gift"), "Another breach goes by the name 'gift'; this one is on record as breach-2."),
    (stands(breaches=(Breach("gift", BreachKind.OTHER, BreachSeverity.CROSSING),)), events.BreachReported(BreachKind.OTHER, BreachSeverity.CROSSING), None),
    (stands(), events.BreachReported(BreachKind.OTHER, BreachSeverity.VIOLATION, breach_id="gift"), None),
]  # fmt: skip


@pytest.mark.parametrize(("where", "what", "said"), CASES)
def test_a_remark_is_said_where_it_applies(where: Relationship, what: Event, said: str | None) -> None:
    """The sentence stands with the decision exactly where there is something to remark on."""
    decision = decide(where, what)
    assert decision
    assert [str(remark) for remark in decision.remarks] == ([said] if said else [])


NOTICE = Remark("safety_concern", "A concern for safety awaits review. It decides nothing here, and it comes first.")


def test_an_open_concern_for_safety_stands_on_every_decision() -> None:
    """Accepted or declined, moving or not, the notice comes first until the concern is reviewed."""
    concerned = stands(safety_concern_open=True)
    asked: tuple[Event, ...] = (events.AdvanceRequested(), events.SessionHeld(), events.StrainNoticed(), LOST)
    for event in asked:
        assert decide(concerned, event).remarks[0] == NOTICE
    assert decide(stands(), events.SafetyConcernRaised()).remarks[0].code == "safety_concern"
    assert decide(concerned, events.SafetyConcernReviewed()).remarks == ()
    assert decide(stands(), events.AdvanceRequested()).remarks == ()
    assert "awaits review" in str(decide(concerned, events.AdvanceRequested()).explain())


def test_a_concern_for_safety_gates_nothing() -> None:
    """The same judgements are accepted and declined with and without an open concern."""
    for event in (events.StageTaskMet(T.BUILDING_RAPPORT), events.AdvanceRequested(), LOST):
        with_concern, without = decide(stands(safety_concern_open=True), event), decide(stands(), event)
        assert bool(with_concern) == bool(without)
        if isinstance(without, Declined):
            assert isinstance(with_concern, Declined)
            assert with_concern.unmet == without.unmet


def test_the_policy_says_how_many_misses_make_contact_lost() -> None:
    """Another number in the policy moves the line of the remark."""
    policy = Policy(client_misses_for_lost_contact=4)
    assert [r.code for r in decide(stands(client_misses_in_a_row=3), LOST, policy=policy).remarks] == [
        "few_misses_for_lost_contact"
    ]
    assert decide(stands(client_misses_in_a_row=4), LOST, policy=policy).remarks == ()
