"""What each transition and each fact changes, and what it leaves alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreed import AGREED, between

from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    ConcernKind,
    ConcernOutcome,
    Contributor,
    EpisodeKind,
    Event,
    Grounds,
    MovedBy,
    Occurrence,
    Party,
    PerceivedBy,
    Perception,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    ResolutionStrategy2015,
    RiskAnswer,
    RiskKind,
    RiskNotice,
    RiskState,
    RuptureEpisode,
    RuptureMode,
    RuptureSeverity,
    SafetyConcern,
    Score,
    Stage,
    StageTask,
    StrainSign,
    WaivedTask,
    events,
    tasks_of,
)
from therarel.machine import Accepted, Machine, Policy, decide
from therarel.machine.changes import Changes, altered, drop_tasks
from therarel.machine.effects.agreements import agreed_anew
from therarel.machine.safety_remarks import SAFETY_REMARKS
from therarel.machine.unchanged import why_unchanged

S, A, T, E = Stage, AllianceStatus, StageTask, events
FORMATION = frozenset(tasks_of(S.INITIAL_FORMATION))
FAREWELL = frozenset(tasks_of(S.ENDING))
ALL = frozenset(T)
STRAIN = RuptureEpisode(EpisodeKind.STRAIN)
CONCERN = SafetyConcern("concern-1", {ConcernKind.SELF_HARM}, raised=Occurrence(2))
MAJOR, MODERATE, MINOR = RuptureSeverity.MAJOR, RuptureSeverity.MODERATE, RuptureSeverity.MINOR
CROSSING, VIOLATION, SERIOUS = BreachSeverity.CROSSING, BreachSeverity.VIOLATION, BreachSeverity.SERIOUS
ALLEGED, SUBSTANTIATED, UNFOUNDED = BreachStatus
CLARIFY = ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING
CLIENT = frozenset({Rater.CLIENT})


def stands(stage: Stage = S.WORKING_PHASE, /, **fields: Any) -> Relationship:
    """A relationship that stands as told."""
    return attrs.evolve(between("C-1", "T-1"), stage=stage, **fields)


def rupture(severity: RuptureSeverity = MINOR, **fields: Any) -> RuptureEpisode:
    """A rupture."""
    return RuptureEpisode(EpisodeKind.RUPTURE, severity=severity, **fields)


def breach(severity: BreachSeverity = VIOLATION, status: BreachStatus = ALLEGED, **fields: Any) -> Breach:
    """A breach on record."""
    return Breach("breach-1", BreachKind.CONTACT, severity, status, **fields)


def accepted(relationship: Relationship, event: Event, policy: Policy = Policy()) -> Accepted:  # noqa: B008 -- a frozen value
    """The decision, which has to be an acceptance."""
    decision = decide(relationship, event, machine=Machine.standard().with_policy(policy))
    assert isinstance(decision, Accepted), decision.explain()
    return decision


def open_in(relationship: Relationship) -> RuptureEpisode:
    """The open episode."""
    assert relationship.episode is not None
    return relationship.episode


def changed(relationship: Relationship, event: Event) -> dict[str, object]:
    """The fields that an event changes."""
    return {change.field: change.after for change in accepted(relationship, event).changes}


STRAINED = stands(alliance_status=A.STRAINED, episode=STRAIN)
RUPTURED = stands(alliance_status=A.RUPTURED, episode=rupture(), tasks_met=FORMATION)
REPAIRING = stands(
    alliance_status=A.REPAIRING,
    episode=rupture(origin=A.RUPTURED, route=RepairRoute.IMMEDIATE, steps=(CLARIFY,)),
)
ENDING = stands(S.ENDING, ended_from=S.MATURATION, tasks_met=ALL)
CLOSED = stands(S.CLOSED, closed_reason=ClosingReason.AGREED, tasks_met=ALL, client_misses_in_a_row=2, paused=True)
DAY = date(2026, 9, 1)
COMPLETED = ClosingReason.ALL_STAGES_COMPLETED
ENDORSED = RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.ENDORSED)
PHQ = Score("phq-9", 9.0, Rater.CLIENT, risk=[ENDORSED])
NOTICE = RiskNotice("phq-9", [ENDORSED], Occurrence(session=3))
STEPPED = attrs.evolve(open_in(REPAIRING), origin=None)
WITH_TRUST = FORMATION
WITHOUT = FORMATION - {T.ESTABLISHING_TRUST, T.CREATING_SAFETY}

# The row, where, at what, and exactly what is different afterwards.
MOVES: list[tuple[str, Relationship, Event, dict[str, object]]] = [
    ("S1", stands(S.INITIAL_FORMATION, tasks_met=FORMATION), E.AdvanceRequested(), {"stage": S.WORKING_PHASE}),
    ("S2", stands(tasks_met=ALL), E.AdvanceRequested(), {"stage": S.MATURATION}),
    ("S3", stands(S.RE_ENGAGEMENT, tasks_met=FORMATION), E.AdvanceRequested(), {"stage": S.WORKING_PHASE}),
    ("S4", stands(S.MATURATION, tasks_met=ALL), E.EndingPlanned(), {"stage": S.ENDING, "ended_from": S.MATURATION, "tasks_met": ALL - FAREWELL}),
    ("S5", ENDING, E.EndingRescinded(), {"stage": S.MATURATION, "ended_from": None, "tasks_met": ALL - FAREWELL}),
    ("S5", attrs.evolve(ENDING, ended_from=S.RE_ENGAGEMENT), E.EndingRescinded(), {"stage": S.RE_ENGAGEMENT, "ended_from": None, "tasks_met": ALL - FAREWELL}),
    ("S6", ENDING, E.ClosedAllStagesCompleted(), {"stage": S.CLOSED, "closed_reason": COMPLETED}),
    ("S7", RUPTURED, E.Closed(ClosingReason.TRANSFERRED), {"stage": S.CLOSED, "closed_reason": ClosingReason.TRANSFERRED}),
    ("S7", ENDING, E.Closed(ClosingReason.AGREED), {"stage": S.CLOSED, "closed_reason": ClosingReason.AGREED}),
    ("S8", RUPTURED, E.ReturnedToEarlierStage(), {"stage": S.INITIAL_FORMATION, "tasks_met": WITHOUT}),
    ("S9", stands(S.MATURATION, tasks_met=ALL - {T.CREATING_SAFETY}), E.ReturnedToEarlierStage(), {"stage": S.WORKING_PHASE, "tasks_met": ALL - {T.CREATING_SAFETY, T.DEEPENING_CONNECTION}}),
    ("S10", stands(S.RE_ENGAGEMENT, tasks_met=ALL), E.ReturnedToEarlierStage(), {"stage": S.INITIAL_FORMATION, "tasks_met": ALL - FORMATION}),
    ("S11", CLOSED, E.ReEngaged(), {"stage": S.RE_ENGAGEMENT, "closed_reason": None, "client_misses_in_a_row": 0, "paused": False, "tasks_met": ALL - FAREWELL - {T.SETTING_EXPECTATIONS, T.ESTABLISHING_TRUST, T.CREATING_SAFETY}, "agreements": agreed_anew(AGREED)}),
    ("K1", stands(), E.StageTaskMet(T.BUILDING_RAPPORT), {"tasks_met": frozenset({T.BUILDING_RAPPORT})}),
    ("K1", stands(tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "x"),)), E.StageTaskMet(T.ADDRESSING_RESISTANCE), {"tasks_met": frozenset({T.ADDRESSING_RESISTANCE}), "tasks_waived": ()}),
    ("K2", stands(), E.StageTaskWaived(T.ADDRESSING_RESISTANCE, "x"), {"tasks_waived": (WaivedTask(T.ADDRESSING_RESISTANCE, "x"),)}),
    ("K3", stands(tasks_met=FORMATION), E.StageTaskReopened(T.CREATING_SAFETY), {"tasks_met": FORMATION - {T.CREATING_SAFETY}}),
    ("K3", stands(tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "x"),)), E.StageTaskReopened(T.ADDRESSING_RESISTANCE), {"tasks_waived": ()}),
    ("A1", stands(), E.StrainNoticed(session=4), {"alliance_status": A.STRAINED, "episode": RuptureEpisode(EpisodeKind.STRAIN, opened=Occurrence(4))}),
    ("A2", STRAINED, E.StrainEased(), {"alliance_status": A.INTACT, "episode": None}),
    ("A3", stands(tasks_met=FORMATION), E.RuptureNoticed(MINOR), {"alliance_status": A.RUPTURED, "episode": rupture()}),
    ("A3", stands(tasks_met=FORMATION), E.RuptureNoticed(MAJOR), {"alliance_status": A.RUPTURED, "episode": rupture(MAJOR, trust_lost=True), "tasks_met": FORMATION - {T.ESTABLISHING_TRUST}}),
    ("A3", stands(), E.RuptureNoticed(MAJOR), {"alliance_status": A.RUPTURED, "episode": rupture(MAJOR)}),
    ("A3", STRAINED, E.RuptureNoticed(MODERATE), {"alliance_status": A.RUPTURED, "episode": rupture(MODERATE)}),
    ("A3", REPAIRING, E.RuptureNoticed(MODERATE), {"alliance_status": A.RUPTURED, "episode": attrs.evolve(STEPPED, severity=MODERATE)}),
    ("A4", RUPTURED, E.RuptureReassessed(MODERATE), {"episode": rupture(MODERATE)}),
    ("A4", RUPTURED, E.RuptureReassessed(MAJOR), {"episode": rupture(MAJOR, trust_lost=True), "tasks_met": FORMATION - {T.ESTABLISHING_TRUST}}),
    ("A5", RUPTURED, E.RepairBegan(RepairRoute.EXPLORATORY), {"alliance_status": A.REPAIRING, "episode": rupture(origin=A.RUPTURED, route=RepairRoute.EXPLORATORY)}),
    ("A5", STRAINED, E.RepairBegan(RepairRoute.IMMEDIATE), {"alliance_status": A.REPAIRING, "episode": attrs.evolve(STRAIN, origin=A.STRAINED, route=RepairRoute.IMMEDIATE)}),
    ("A6", REPAIRING, E.RepairSucceeded(CLIENT), {"alliance_status": A.INTACT, "episode": None, "rupture_repaired": True}),
    ("A7", REPAIRING, E.RepairPartial(), {"alliance_status": A.STRAINED, "episode": attrs.evolve(STEPPED, partly_repaired=True)}),
    ("A8", REPAIRING, E.RepairStalled(), {"alliance_status": A.RUPTURED, "episode": STEPPED}),
    ("A9", stands(tasks_met=FORMATION), E.BreachReported(BreachKind.CONTACT, VIOLATION), {"alliance_status": A.STRAINED, "episode": STRAIN, "breaches": (breach(),), "tasks_met": WITHOUT}),
    ("A10", RUPTURED, E.BreachReported(BreachKind.CONTACT, SERIOUS, SUBSTANTIATED), {"breaches": (breach(SERIOUS, SUBSTANTIATED),), "tasks_met": WITHOUT}),
    ("A11", STRAINED, E.StrainNoticed(moved_by=MovedBy.CLIENT), {"episode": attrs.evolve(STRAIN, moved_by=MovedBy.CLIENT)}),
    ("A12", stands(tasks_met=FORMATION, breaches=(breach(CROSSING),)), E.BreachReassessed("breach-1", VIOLATION), {"alliance_status": A.STRAINED, "episode": STRAIN, "breaches": (breach(),), "tasks_met": WITHOUT}),
    ("A13", attrs.evolve(RUPTURED, breaches=(breach(CROSSING),)), E.BreachReassessed("breach-1", VIOLATION), {"breaches": (breach(),), "tasks_met": WITHOUT}),
    ("B1", CLOSED, E.BreachReported(BreachKind.CONTACT, SERIOUS), {"breaches": (breach(SERIOUS),)}),
    ("B2", attrs.evolve(STRAINED, breaches=(breach(supervised_since=True),)), E.BreachAddressed("breach-1", True), {"breaches": (breach(supervised_since=True, is_open=False, client_informed=True),)}),
    ("B3", stands(tasks_met=FORMATION), E.BreachReported(BreachKind.CONTACT, CROSSING), {"breaches": (breach(CROSSING),)}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "where", "what", "expected"), MOVES, ids=[f"{m[0]}-{i}" for i, m in enumerate(MOVES)])
def test_a_transition_changes_what_it_says_and_nothing_else(
    row: str, where: Relationship, what: Event, expected: dict[str, object]
) -> None:
    """The named row answers, and exactly the expected fields differ afterwards."""
    decision = accepted(where, what)
    assert decision.transition is Machine.standard().transition(row)
    assert {change.field: change.after for change in decision.changes} == expected
    assert decision.moved
    assert decision.before is where


def test_every_transition_is_among_the_examples() -> None:
    """No row goes without an example of what it changes."""
    assert {move[0] for move in MOVES} == {row.id for row in Machine.standard().table.transitions}


# Facts that act without a row.
FACTS: list[tuple[Relationship, Event, dict[str, object]]] = [
    (stands(client_misses_in_a_row=2), E.SessionHeld(), {"client_misses_in_a_row": 0}),
    (stands(), E.SessionMissed(Party.CLIENT), {"client_misses_in_a_row": 1}),
    (stands(client_misses_in_a_row=1), E.SessionMissed(Party.CLIENT), {"client_misses_in_a_row": 2}),
    (stands(), E.PauseAgreed(), {"paused": True}),
    (stands(paused=True), E.PauseEnded(), {"paused": False}),
    (stands(paused=True, paused_until=DAY), E.PauseEnded(), {"paused": False, "paused_until": None}),
    (stands(), E.PauseAgreed(DAY), {"paused": True, "paused_until": DAY}),
    (stands(paused=True), E.PauseAgreed(DAY), {"paused_until": DAY}),
    (stands(paused=True, paused_until=DAY), E.PauseAgreed(), {"paused_until": None}),
    (stands(paused=True), E.SessionHeld(), {"paused": False}),
    (stands(), E.PauseAgreed(session=5), {"paused": True, "paused_since": Occurrence(5)}),
    (stands(paused=True, paused_since=Occurrence(5), client_misses_in_a_row=1), E.SessionHeld(session=5), {"client_misses_in_a_row": 0}),
    (stands(paused=True, paused_since=Occurrence(5), client_misses_in_a_row=1), E.SessionHeld(session=4), {"client_misses_in_a_row": 0}),
    (stands(paused=True, paused_since=Occurrence(5)), E.SessionHeld(session=6), {"paused": False, "paused_since": None}),
    (stands(paused=True, paused_since=Occurrence(5)), E.SessionMissed(Party.CLIENT, session=4), {"client_misses_in_a_row": 1}),
    (stands(paused=True, paused_until=DAY, client_misses_in_a_row=1), E.SessionHeld(), {"paused": False, "paused_until": None, "client_misses_in_a_row": 0}),
    (stands(paused=True, client_misses_in_a_row=1), E.SessionHeld(during_pause=True), {"client_misses_in_a_row": 0}),
    (stands(paused=True, paused_until=DAY), E.SessionMissed(Party.CLIENT, on=date(2026, 9, 2)), {"client_misses_in_a_row": 1, "paused": False, "paused_until": None}),
    (attrs.evolve(STRAINED, breaches=(breach(),)), E.ClientInformed("breach-1"), {"breaches": (breach(client_informed=True),)}),
    (attrs.evolve(STRAINED, breaches=(breach(),)), E.ClientWishStated("breach-1", True), {"breaches": (breach(client_wishes_to_go_on=True),)}),
    (attrs.evolve(STRAINED, breaches=(breach(client_wishes_to_go_on=True),)), E.ClientWishStated("breach-1", False), {"breaches": (breach(client_wishes_to_go_on=False),)}),
    (attrs.evolve(STRAINED, breaches=(breach(client_wishes_to_go_on=True, client_informed=True),)), E.BreachReassessed("breach-1", SERIOUS, SUBSTANTIATED), {"breaches": (breach(SERIOUS, SUBSTANTIATED),)}),
    (STRAINED, E.PerspectiveGiven(Rater.CLIENT, False), {"episode": attrs.evolve(STRAIN, perceived_by=PerceivedBy(client=Perception.NO))}),
    (STRAINED, E.PerspectiveGiven(Rater.THERAPIST, True), {"episode": attrs.evolve(STRAIN, perceived_by=PerceivedBy(therapist=Perception.YES))}),
    (STRAINED, E.PerspectiveGiven(Rater.OBSERVER, True), {"episode": attrs.evolve(STRAIN, perceived_by=PerceivedBy(observer=Perception.YES))}),
    (stands(), E.ChallengeFaced(), {"challenge_faced": True}),
    (stands(), E.SupervisionHeld(session=3), {"supervision_last": Occurrence(3)}),
    (stands(supervision_last=Occurrence(2)), E.SupervisionHeld(session=3), {"supervision_last": Occurrence(3)}),
    (stands(supervision_last=Occurrence(2)), E.SupervisionHeld(), {"supervision_last": Occurrence()}),
    (stands(supervision_last=Occurrence(3), breaches=(breach(CROSSING),)), E.SupervisionHeld(session=3), {"breaches": (breach(CROSSING, supervised_since=True),)}),
    (STRAINED, E.CulturalMisstepAcknowledged(True), {"episode": attrs.evolve(STRAIN, acknowledged=True)}),
    (stands(), E.SafetyConcernRaised({ConcernKind.SELF_HARM}, session=2), {"safety_concerns": (CONCERN,)}),
    (stands(safety_concerns=(CONCERN,)), E.SafetyConcernRaised(concern_id="concern-1"), {"safety_concerns": (CONCERN, SafetyConcern("concern-2"))}),
    (stands(safety_concerns=(CONCERN,)), E.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED), {"safety_concerns": (attrs.evolve(CONCERN, is_open=False, reviewed=Occurrence(), outcome=ConcernOutcome.CLOSED),)}),
    (stands(), E.Measured(PHQ, session=3), {"risk_notices": (NOTICE,)}),
    (CLOSED, E.Measured(PHQ, session=3), {"risk_notices": (NOTICE,)}),
    (stands(risk_notices=(NOTICE,)), E.RiskAnswersReviewed("phq-9", session=3), {"risk_notices": ()}),
    (stands(risk_notices=(NOTICE,)), E.RiskAnswersReviewed("phq-9"), {"risk_notices": ()}),
    (CLOSED, E.StrainNoticed(session=9), {"unresolved_before": (RuptureEpisode(EpisodeKind.STRAIN, opened=Occurrence(9)),)}),
    (CLOSED, E.RuptureNoticed(MAJOR), {"unresolved_before": (rupture(MAJOR),)}),
    (REPAIRING, E.RepairStepTaken(RepairStep.STRAIN_RECOGNITION), {"episode": attrs.evolve(open_in(REPAIRING), steps=(CLARIFY, RepairStep.STRAIN_RECOGNITION))}),
    (attrs.evolve(STRAINED, breaches=(breach(),)), E.BreachReassessed("breach-1", status=UNFOUNDED), {"breaches": (breach(VIOLATION, UNFOUNDED, is_open=False),)}),
    (attrs.evolve(STRAINED, breaches=(breach(),)), E.BreachReassessed("breach-1", SERIOUS, SUBSTANTIATED), {"breaches": (breach(SERIOUS, SUBSTANTIATED),)}),
    (attrs.evolve(STRAINED, breaches=(breach(),)), E.BreachReassessed("breach-1", CROSSING), {"breaches": (breach(CROSSING),)}),
    (attrs.evolve(CLOSED, breaches=(breach(is_open=False),)), E.BreachReassessed("breach-1", status=SUBSTANTIATED), {"breaches": (breach(VIOLATION, SUBSTANTIATED),)}),
]  # fmt: skip


@pytest.mark.parametrize(("where", "what", "expected"), FACTS)
def test_a_fact_changes_what_it_says_and_nothing_else(
    where: Relationship, what: Event, expected: dict[str, object]
) -> None:
    """A fact without a row changes exactly the expected fields."""
    decision = accepted(where, what)
    assert decision.transition is None
    assert changed(where, what) == expected


def test_a_machine_made_anew_decides_as_the_standard_one() -> None:
    """Whoever makes a machine of the same table gets the same answers, row by row and fact by fact."""
    machine = Machine(Machine.standard().table)
    for where, what in [(move[1], move[2]) for move in MOVES] + [(fact[0], fact[1]) for fact in FACTS]:
        one, other = decide(where, what, machine=machine), accepted(where, what)
        assert isinstance(one, Accepted)
        assert one == other
    for row in machine.table.transitions:
        assert machine.transition(row.id) is row


# Facts that move nothing, and the reason they give.
UNCHANGED: list[tuple[Relationship, Event, str]] = [
    (stands(), E.SessionHeld(), "logged"),
    (stands(), E.FollowUpHeld(), "logged"),
    (CLOSED, E.FollowUpHeld(), "course_closed"),
    (stands(), E.Measured(Score("wai-sr", 4.0, Rater.CLIENT)), "rates_no_part"),
    (stands(), E.ApproachAdapted(), "logged"),
    (stands(), E.ConfidentialityLimitInvoked(), "logged"),
    (stands(), E.SessionMissed(Party.THERAPIST), "miss_does_not_count"),
    (stands(), E.SessionMissed(), "miss_does_not_count"),
    (stands(paused=True), E.SessionMissed(Party.CLIENT), "miss_during_pause"),
    (stands(paused=True, paused_until=DAY), E.SessionMissed(Party.CLIENT, on=DAY), "miss_during_pause"),
    (stands(paused=True, paused_until=DAY), E.SessionMissed(Party.CLIENT, session=9), "miss_during_pause"),
    (stands(paused=True, paused_until=DAY), E.PauseAgreed(DAY), "paused_already"),
    (stands(paused=True), E.SessionHeld(during_pause=True), "logged"),
    (stands(), E.ClientInformed("breach-1"), "breach_unknown"),
    (stands(), E.ClientWishStated("breach-1", True), "breach_unknown"),
    (attrs.evolve(STRAINED, breaches=(breach(client_informed=True),)), E.ClientInformed("breach-1"), "client_informed_already"),
    (attrs.evolve(STRAINED, breaches=(breach(client_wishes_to_go_on=False),)), E.ClientWishStated("breach-1", False), "wish_known"),
    (attrs.evolve(STRAINED, breaches=(breach(reported=Occurrence(4)),)), E.ClientWishStated("breach-1", True, session=3), "wish_stated_before"),
    (stands(paused=True), E.PauseAgreed(), "paused_already"),
    (stands(), E.PauseEnded(), "not_paused"),
    (stands(), E.PerspectiveGiven(Rater.CLIENT, True), "no_episode_open"),
    (stands(alliance_status=A.STRAINED, episode=attrs.evolve(STRAIN, perceived_by=PerceivedBy(Perception.YES))), E.PerspectiveGiven(Rater.CLIENT, True), "view_known"),
    (stands(challenge_faced=True), E.ChallengeFaced(), "challenge_known"),
    (stands(supervision_last=Occurrence(3)), E.SupervisionHeld(session=3), "supervised_later"),
    (stands(supervision_last=Occurrence(3)), E.SupervisionHeld(session=2), "supervised_later"),
    (stands(supervision_last=Occurrence(3), breaches=(breach(CROSSING, occurred=Occurrence(3)),)), E.SupervisionHeld(session=2), "supervised_later"),
    (stands(), E.CulturalMisstepAcknowledged(True), "no_episode_open"),
    (STRAINED, E.CulturalMisstepAcknowledged(False), "view_not_invited"),
    (stands(alliance_status=A.STRAINED, episode=attrs.evolve(STRAIN, acknowledged=True)), E.CulturalMisstepAcknowledged(True), "acknowledged_already"),
    (stands(alliance_status=A.STRAINED, episode=attrs.evolve(STRAIN, acknowledged=True)), E.CulturalMisstepAcknowledged(False), "acknowledged_already"),
    (stands(), E.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED), "concern_unknown"),
    (stands(), E.SafetyConcernReviewed(None, ConcernOutcome.CLOSED), "no_concern_open"),
    (stands(safety_concerns=(attrs.evolve(CONCERN, is_open=False),)), E.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED), "concern_closed"),
    (stands(safety_concerns=(CONCERN,)), E.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED, session=1), "concern_raised_later"),
    (stands(safety_concerns=(attrs.evolve(CONCERN, reviewed=Occurrence(5), outcome=ConcernOutcome.GOES_ON),)), E.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED, session=4), "concern_reviewed_later"),
    (stands(safety_concerns=(attrs.evolve(CONCERN, kinds={ConcernKind.HARM_BY_PROFESSIONAL}),)), E.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED), "concern_not_closed_so"),
    (stands(safety_concerns=(attrs.evolve(CONCERN, reviewed=Occurrence(3), outcome=ConcernOutcome.GOES_ON),)), E.SafetyConcernReviewed("concern-1", ConcernOutcome.GOES_ON, session=3), "as_before"),
    (stands(), E.RiskAnswersReviewed("phq-9"), "no_answers_waiting"),
    (stands(risk_notices=(NOTICE,)), E.RiskAnswersReviewed("core-10"), "no_answers_waiting"),
    (stands(risk_notices=(NOTICE,)), E.RiskAnswersReviewed("phq-9", session=2), "answers_given_later"),
    (STRAINED, E.StrainNoticed(), "nothing_added"),
    (RUPTURED, E.RuptureNoticed(MINOR), "rupture_at_least"),
    (stands(), E.RuptureReassessed(MAJOR), "no_rupture_open"),
    (STRAINED, E.RuptureReassessed(MAJOR), "no_rupture_open"),
    (RUPTURED, E.RuptureReassessed(MINOR), "as_before"),
    (attrs.evolve(RUPTURED, stage=S.CLOSED, closed_reason=ClosingReason.AGREED), E.RuptureReassessed(MAJOR), "course_closed"),
    (stands(), E.RepairBegan(RepairRoute.IMMEDIATE), "no_episode_open"),
    (REPAIRING, E.RepairBegan(RepairRoute.EXPLORATORY), "repair_under_way"),
    (CLOSED, E.RepairBegan(RepairRoute.IMMEDIATE), "course_closed"),
    (attrs.evolve(REPAIRING, stage=S.CLOSED, closed_reason=ClosingReason.AGREED), E.RepairBegan(RepairRoute.IMMEDIATE), "course_closed"),
    (stands(), E.RepairStepTaken(CLARIFY), "no_repair_under_way"),
    (RUPTURED, E.RepairStepTaken(CLARIFY), "no_repair_under_way"),
    (RUPTURED, E.RepairStepTaken(RepairStep.EXPLORING_RUPTURE), "no_repair_under_way"),
    (attrs.evolve(REPAIRING, stage=S.CLOSED, closed_reason=ClosingReason.AGREED), E.RepairStepTaken(CLARIFY), "course_closed"),
    (STRAINED, E.RepairPartial(), "no_repair_under_way"),
    (CLOSED, E.RepairPartial(), "course_closed"),
    (STRAINED, E.RepairStalled(), "no_repair_under_way"),
    (stands(), E.BreachReassessed("breach-1", SERIOUS), "breach_unknown"),
    (stands(breaches=(breach(CROSSING),)), E.BreachReassessed("breach-1"), "as_before"),
    (stands(breaches=(breach(CROSSING),)), E.BreachReassessed("breach-1", CROSSING, ALLEGED), "as_before"),
    (ENDING, E.EndingPlanned(), "ending_planned_already"),
    (CLOSED, E.EndingPlanned(), "course_closed"),
    (stands(), E.EndingRescinded(), "no_ending_planned"),
    (CLOSED, E.EndingRescinded(), "course_closed"),
    (CLOSED, E.Closed(ClosingReason.EXTERNAL), "closed_already"),
    (stands(), E.ReEngaged(), "course_open"),
    (attrs.evolve(CLOSED, closed_reason=ClosingReason.CLIENT_DIED), E.ReEngaged(), "client_died"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "what", "reason"), UNCHANGED)
def test_a_fact_that_moves_nothing_is_accepted_and_says_why(where: Relationship, what: Event, reason: str) -> None:
    """The relationship is the very same object, and the remark names the reason."""
    decision = accepted(where, what)
    assert decision.relationship is where
    assert not decision.moved
    assert decision.remarks[-1].code == reason
    assert decision.remarks[-1].text == Machine.standard().texts.remarks[reason]
    assert decision.changes == ()


def test_only_facts_have_a_reason_for_moving_nothing() -> None:
    """A judgement is no fact, and what is said tells it by name."""
    with pytest.raises(AssertionError, match="AdvanceRequested"):
        why_unchanged(stands(), E.AdvanceRequested())  # type: ignore[arg-type]  # wrong on purpose


def test_views_markers_and_contributors_join_the_open_episode() -> None:
    """What is noticed later completes the episode: who moved becomes both, a later view replaces an earlier one."""
    first = E.StrainNoticed(
        markers=frozenset(list(StrainSign)[:1]),
        moved_by=MovedBy.CLIENT, contributors={Contributor.CLIENT}, perceived_by=PerceivedBy(client=Perception.NO), session=2,
    )  # fmt: skip
    second = E.RuptureNoticed(
        MODERATE, {RuptureMode.WITHDRAWAL}, moved_by=MovedBy.THERAPIST, contributors={Contributor.SETTING},
        perceived_by=PerceivedBy(client=Perception.YES, observer=Perception.NO), grounds=Grounds("drop"), session=4,
    )  # fmt: skip
    third = E.RuptureNoticed(MINOR, {RuptureMode.CONFRONTATION}, grounds=Grounds("other"), moved_by=MovedBy.BOTH)
    now = stands()
    for event in (first, second, third):
        now = accepted(now, event).relationship
    assert now.episode == RuptureEpisode(
        EpisodeKind.RUPTURE,
        modes={RuptureMode.WITHDRAWAL, RuptureMode.CONFRONTATION},
        severity=MODERATE,
        moved_by=MovedBy.BOTH,
        contributors={Contributor.CLIENT, Contributor.SETTING},
        perceived_by=PerceivedBy(Perception.YES, Perception.NOT_ASKED, Perception.NO),
        markers=first.markers,
        opened=Occurrence(2),
        grounds=Grounds("drop"),
    )


def test_a_strain_keeps_all_that_was_noticed() -> None:
    """Everything that a fact says of a strain or rupture stands in its episode, in open and in closed courses."""
    said: dict[str, Any] = {
        "moved_by": MovedBy.THERAPIST, "contributors": {Contributor.POWER}, "perceived_by": PerceivedBy(Perception.YES),
        "markers": frozenset(list(StrainSign)[:1]),
    }  # fmt: skip
    strain = RuptureEpisode(EpisodeKind.STRAIN, opened=Occurrence(5), **said)
    assert accepted(stands(), E.StrainNoticed(session=5, **said)).relationship.episode == strain
    assert accepted(CLOSED, E.StrainNoticed(session=5, **said)).relationship.unresolved_before == (strain,)
    more = {**said, "modes": frozenset(RuptureMode), "grounds": Grounds("drop")}
    noticed = rupture(MODERATE, opened=Occurrence(5), **more)
    assert accepted(stands(), E.RuptureNoticed(MODERATE, session=5, **more)).relationship.episode == noticed
    assert accepted(CLOSED, E.RuptureNoticed(MODERATE, session=5, **more)).relationship.unresolved_before == (noticed,)


def test_the_one_who_moved_stays_where_nobody_else_is_named() -> None:
    """A later report that does not say who moved leaves what was said, and one that agrees changes nothing."""
    moved = attrs.evolve(STRAINED, episode=attrs.evolve(STRAIN, moved_by=MovedBy.CLIENT))
    for later in (None, MovedBy.CLIENT):
        after = accepted(moved, E.StrainNoticed(moved_by=later)).relationship
        assert after.episode == moved.episode


def test_reassessing_replaces_what_is_said_and_leaves_the_rest() -> None:
    """Modes, mover and contributors of a rupture are as they are seen now; what is not mentioned stays."""
    before = attrs.evolve(
        RUPTURED, episode=rupture(modes=set(RuptureMode), moved_by=MovedBy.CLIENT, contributors={Contributor.CLIENT})
    )
    assert changed(before, E.RuptureReassessed(modes=set()))["episode"] == attrs.evolve(open_in(before), modes=set())
    assert changed(before, E.RuptureReassessed(moved_by=MovedBy.BOTH))["episode"] == attrs.evolve(
        open_in(before), moved_by=MovedBy.BOTH
    )
    after = changed(before, E.RuptureReassessed(contributors=set()))["episode"]
    assert after == attrs.evolve(open_in(before), contributors=set())


@pytest.mark.parametrize("named", [Contributor.CULTURE, Contributor.POWER])
@pytest.mark.parametrize("kind", ["strain", "rupture", "reassessed"])
def test_culture_or_power_newly_named_takes_back_an_acknowledgement(named: Contributor, kind: str) -> None:
    """What was acknowledged before cannot have spoken of what is named only now, however it comes to be named."""
    acknowledged = attrs.evolve(RUPTURED, episode=rupture(acknowledged=True, contributors={Contributor.CLIENT}))
    event: Event = {
        "strain": E.StrainNoticed(contributors={named}),
        "rupture": E.RuptureNoticed(MINOR, contributors={named}),
        "reassessed": E.RuptureReassessed(contributors={Contributor.CLIENT, named}),
    }[kind]  # type: ignore[assignment]
    episode = accepted(acknowledged, event).relationship.episode
    assert episode is not None
    assert not episode.acknowledged
    again = attrs.evolve(RUPTURED, episode=rupture(acknowledged=True, contributors={named}))
    episode = accepted(again, event).relationship.episode
    assert episode is not None
    assert episode.acknowledged


def test_repair_gives_back_the_trust_that_the_rupture_cost_and_no_other() -> None:
    """Trust that a major rupture reopened counts again after repair; trust reopened for another reason does not."""
    now = stands(tasks_met=FORMATION)
    repair: list[Event] = [
        E.RepairBegan(RepairRoute.EXPLORATORY), *map(E.RepairStepTaken, RepairStep), E.RepairSucceeded(CLIENT)
    ]  # fmt: skip
    steps: list[Event] = [E.RuptureNoticed(MAJOR), *repair]
    for event in steps:
        now = accepted(now, event).relationship
    assert now.tasks_met == FORMATION
    now = stands(tasks_met=FORMATION)
    breached: list[Event] = [
        E.BreachReported(BreachKind.OTHER, VIOLATION), E.SupervisionHeld(), E.BreachAddressed("breach-1", True)
    ]  # fmt: skip
    steps = [E.RuptureNoticed(MAJOR), *breached, *repair]
    for event in steps:
        now = accepted(now, event).relationship
    assert T.ESTABLISHING_TRUST not in now.tasks_met


@pytest.mark.parametrize("reopening", [E.ReturnedToEarlierStage(), E.BreachReported(BreachKind.OTHER, VIOLATION)])
def test_trust_reopened_otherwise_is_no_longer_the_cost_of_the_rupture(reopening: Event) -> None:
    """Going back or a breach reopens trust itself, so that a repair does not give it back."""
    before = attrs.evolve(RUPTURED, episode=rupture(MAJOR, trust_lost=True))
    episode = accepted(before, reopening).relationship.episode
    assert episode is not None
    assert not episode.trust_lost


def test_trust_judged_open_again_is_no_longer_the_cost_of_the_rupture() -> None:
    """The same holds where somebody judges trust open again; other tasks do not touch it."""
    before = attrs.evolve(RUPTURED, episode=rupture(MAJOR, trust_lost=True))
    for task, lost in ((T.ESTABLISHING_TRUST, False), (T.CREATING_SAFETY, True)):
        episode = accepted(before, E.StageTaskReopened(task)).relationship.episode
        assert episode is not None
        assert episode.trust_lost is lost


def test_a_lowered_rupture_gives_nothing_back_before_its_repair() -> None:
    """Seen as minor now, the rupture still holds the trust that it cost when it was seen as major."""
    now = accepted(stands(tasks_met=FORMATION), E.RuptureNoticed(MAJOR)).relationship
    now = accepted(now, E.RuptureReassessed(MINOR)).relationship
    assert T.ESTABLISHING_TRUST not in now.tasks_met
    assert not decide(
        accepted(now, E.RepairBegan(RepairRoute.IMMEDIATE)).relationship, E.StageTaskMet(T.ESTABLISHING_TRUST)
    )


def test_a_policy_may_leave_trust_alone_in_a_major_rupture() -> None:
    """Under such a policy neither a major rupture nor raising one to major reopens trust."""
    policy = Policy(major_rupture_reopens_trust=False)
    assert accepted(stands(tasks_met=FORMATION), E.RuptureNoticed(MAJOR), policy).relationship.tasks_met == FORMATION
    assert accepted(RUPTURED, E.RuptureReassessed(MAJOR), policy).relationship.tasks_met == FORMATION


def test_a_major_rupture_seen_again_as_major_costs_nothing_more() -> None:
    """Only raising a rupture to major reopens trust; saying major again does not."""
    before = attrs.evolve(RUPTURED, episode=rupture(MAJOR))
    assert accepted(before, E.RuptureReassessed(MAJOR)).relationship.tasks_met == FORMATION


def test_a_partly_repaired_rupture_that_deepens_is_no_longer_partly_repaired() -> None:
    """A rupture noticed anew takes back the half of the repair; a strain left half-way is just a strain."""
    partly = attrs.evolve(STRAINED, episode=rupture(partly_repaired=True))
    episode = accepted(partly, E.RuptureNoticed(MINOR)).relationship.episode
    assert episode is not None
    assert not episode.partly_repaired
    strain = accepted(STRAINED, E.RepairBegan(RepairRoute.IMMEDIATE)).relationship
    episode = accepted(strain, E.RepairPartial()).relationship.episode
    assert episode is not None
    assert not episode.partly_repaired
    assert episode.kind is EpisodeKind.STRAIN


def test_a_repaired_strain_is_no_repaired_rupture() -> None:
    """Only a rupture counts as a difficulty that was worked through."""
    now = STRAINED
    for event in (E.RepairBegan(RepairRoute.IMMEDIATE), E.RepairStepTaken(CLARIFY), E.RepairSucceeded(CLIENT)):
        now = accepted(now, event).relationship
    assert now.alliance_status is A.INTACT
    assert not now.rupture_repaired


def test_a_course_taken_up_again_carries_what_was_left_open() -> None:
    """An open episode becomes unresolved; a standing breach opens a strain of its own, a crossing does not."""
    closed: dict[str, Any] = {"stage": S.CLOSED, "closed_reason": ClosingReason.AGREED}
    left = accepted(attrs.evolve(REPAIRING, **closed), E.ReEngaged()).relationship
    assert left.unresolved_before == (attrs.evolve(open_in(REPAIRING), origin=None),)
    assert (left.alliance_status, left.episode) == (A.INTACT, None)
    for found, status in ((breach(), A.STRAINED), (breach(CROSSING), A.INTACT), (breach(is_open=False), A.INTACT)):
        again = accepted(attrs.evolve(CLOSED, breaches=(found,)), E.ReEngaged(session=30)).relationship
        assert again.alliance_status is status
        assert (again.episode is not None) is (status is A.STRAINED)
        if again.episode is not None:
            assert again.episode == RuptureEpisode(EpisodeKind.STRAIN, opened=Occurrence(30))


def test_a_rupture_that_cost_trust_is_carried_and_does_not_come_back() -> None:
    """Taken up again, the pair starts without an open episode, although trust is reopened anew."""
    episode = rupture(MAJOR, trust_lost=True)
    left = stands(S.CLOSED, closed_reason=ClosingReason.AGREED, alliance_status=A.RUPTURED, episode=episode)
    again = accepted(left, E.ReEngaged()).relationship
    assert (again.alliance_status, again.episode, again.unresolved_before) == (A.INTACT, None, (episode,))


def test_supervision_counts_for_breaches_that_had_happened() -> None:
    """Supervision dated before the breach happened is none for it, whenever it was recorded."""
    early, late = (
        breach(CROSSING, occurred=Occurrence(2)),
        attrs.evolve(breach(CROSSING, occurred=Occurrence(9)), breach_id="late"),
    )
    after = accepted(stands(breaches=(early, late)), E.SupervisionHeld(session=5)).relationship
    assert [each.supervised_since for each in after.breaches] == [True, False]
    unstated = accepted(stands(breaches=(early, late)), E.SupervisionHeld()).relationship
    assert [each.supervised_since for each in unstated.breaches] == [True, True]
    assert [each.breach_id for each in after.breaches] == ["breach-1", "late"]


@given(
    moments=st.lists(
        st.builds(Occurrence, st.none() | st.integers(0, 3), st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 4))),
        min_size=4,
        max_size=4,
    ),
    independent=st.booleans(),
)
def test_supervision_counts_where_it_is_not_dated_before_what_it_supervises(
    moments: list[Occurrence], independent: bool
) -> None:
    """Dated before the breach happened, was reported, or was opened again or seen as graver, it counts for nothing."""
    held, *known = moments
    before = breach(occurred=known[0], reported=known[1], seen=known[2])
    event = E.SupervisionHeld(independent=independent, session=held.session, on=held.on)
    decision = accepted(attrs.evolve(STRAINED, breaches=(before,)), event)
    counts = not any(held.before(each) is True for each in known)
    (after,) = decision.relationship.breaches
    assert (after.supervised_since, after.independent_since) == (counts, counts and independent)
    assert ("supervision_too_early" in [remark.code for remark in decision.remarks]) is not counts


def test_supervision_of_years_before_is_none_of_a_breach_reported_now() -> None:
    """What was held in 2020 settles nothing that is reported in 2026, nor what is only now seen as graver."""
    now = accepted(stands(), E.BreachReported(BreachKind.CONTACT, VIOLATION, on=date(2026, 5, 4))).relationship
    now = accepted(now, E.SupervisionHeld(on=date(2020, 5, 4))).relationship
    assert not decide(now, E.BreachAddressed("breach-1", True))
    now = accepted(now, E.SupervisionHeld(on=date(2026, 5, 4))).relationship
    assert decide(now, E.BreachAddressed("breach-1", True))
    now = accepted(now, E.BreachReassessed("breach-1", SERIOUS, on=date(2026, 6, 1))).relationship
    now = accepted(now, E.SupervisionHeld(on=date(2026, 5, 31))).relationship
    assert not decide(now, E.BreachAddressed("breach-1", True))
    assert decide(
        accepted(now, E.SupervisionHeld(on=date(2026, 6, 1))).relationship, E.BreachAddressed("breach-1", True)
    )


def test_breaches_get_a_name_of_their_own() -> None:
    """The course counts where no name is given, keeps a given one, and never lets two breaches share one."""
    now = stands()
    for name in (None, "gift", None, "gift", "breach-5"):
        now = accepted(now, E.BreachReported(BreachKind.OTHER, CROSSING, breach_id=name)).relationship
    assert [each.breach_id for each in now.breaches] == ["breach-1", "gift", "breach-3", "breach-4", "breach-5"]
    taken = stands(breaches=(attrs.evolve(breach(CROSSING), breach_id="breach-2"),))
    assert (
        accepted(taken, E.BreachReported(BreachKind.OTHER, CROSSING)).relationship.breaches[1].breach_id == "breach-3"
    )


def test_a_breach_keeps_what_was_reported() -> None:
    """Kind, severity, status, when it happened and when it was reported stand in the breach."""
    event = E.BreachReported(BreachKind.COMPETENCE, VIOLATION, SUBSTANTIATED, Occurrence(3), session=7)
    found = accepted(stands(), event).relationship.breaches[0]
    assert found == Breach(
        "breach-1", BreachKind.COMPETENCE, VIOLATION, SUBSTANTIATED, occurred=Occurrence(3), reported=Occurrence(7)
    )


def test_seeing_a_breach_differently_opens_a_closed_one_again() -> None:
    """A changed severity or status opens it, to be supervised anew; not substantiated closes it, and touches nothing else."""
    other = attrs.evolve(breach(CROSSING), breach_id="other")
    closed = breach(CROSSING, supervised_since=True, is_open=False)
    before = stands(breaches=(closed, other))
    again = accepted(before, E.BreachReassessed("breach-1", status=SUBSTANTIATED)).relationship.breaches
    assert again == (attrs.evolve(closed, status=SUBSTANTIATED, is_open=True, supervised_since=False), other)
    unfounded = accepted(before, E.BreachReassessed("breach-1", status=UNFOUNDED)).relationship.breaches
    assert unfounded == (attrs.evolve(closed, status=UNFOUNDED), other)
    still = attrs.evolve(unfounded[0], severity=SERIOUS)
    assert accepted(stands(breaches=unfounded), E.BreachReassessed("breach-1", SERIOUS)).relationship.breaches == (
        still,
        other,
    )


@pytest.mark.parametrize("seen", [None, *BreachSeverity])
@pytest.mark.parametrize("status", [None, *BreachStatus])
@pytest.mark.parametrize("was", BreachSeverity)
@pytest.mark.parametrize("is_open", [True, False])
def test_supervision_counts_until_the_breach_is_open_again_or_graver(
    is_open: bool, was: BreachSeverity, status: BreachStatus | None, seen: BreachSeverity | None
) -> None:
    """What supervision was held on is what it counts for: a breach opened again or raised needs it anew to be closed."""
    before = breach(was, supervised_since=True, is_open=is_open)
    relationship = attrs.evolve(STRAINED, breaches=(before,))
    event = E.BreachReassessed("breach-1", seen, status)
    (after,) = accepted(relationship, event).relationship.breaches
    raised = [*BreachSeverity].index(after.severity) > [*BreachSeverity].index(was)
    assert after.supervised_since is not (after.is_open and (raised or not is_open))
    if after.is_open and not after.is_serious:
        now = decide(relationship, event).relationship
        assert bool(decide(now, E.BreachAddressed("breach-1", True))) is after.supervised_since
        held = accepted(now, E.SupervisionHeld()).relationship
        assert decide(held, E.BreachAddressed("breach-1", True))


def test_a_breach_within_an_open_episode_opens_no_other() -> None:
    """The episode that is open stays the one it is."""
    after = accepted(RUPTURED, E.BreachReported(BreachKind.OTHER, VIOLATION)).relationship
    assert after.episode == RUPTURED.episode
    assert after.alliance_status is A.RUPTURED


def test_rows_of_the_alliance_do_not_apply_in_a_closed_course() -> None:
    """Whatever is recorded after the closing, the alliance stays as it stood then."""
    closed = attrs.evolve(REPAIRING, stage=S.CLOSED, closed_reason=ClosingReason.AGREED)
    for event in (
        E.RepairPartial(),
        E.RepairStalled(),
        E.RuptureNoticed(MAJOR),
        E.StrainNoticed(),
        E.RuptureReassessed(MAJOR),
    ):
        after = accepted(closed, event).relationship
        assert (after.alliance_status, after.episode) == (closed.alliance_status, closed.episode)


FULL_EPISODE = RuptureEpisode(
    EpisodeKind.RUPTURE, modes=set(RuptureMode), severity=MODERATE, moved_by=MovedBy.BOTH, contributors=set(Contributor),
    perceived_by=PerceivedBy(Perception.YES, Perception.NO, Perception.YES), markers=frozenset(list(StrainSign)[:1]),
    opened=Occurrence(2), acknowledged=True, partly_repaired=True, trust_lost=True, origin=A.RUPTURED,
    route=RepairRoute.EXPLORATORY, steps=(RepairStep.STRAIN_RECOGNITION,), understanding="it was the cancelled hour",
    grounds=Grounds("drop"),
)  # fmt: skip
FULL = attrs.evolve(
    between("C-1", "T-1", predecessor="course-7"),
    stage=S.ENDING, alliance_status=A.REPAIRING, tasks_met={T.BUILDING_RAPPORT}, rupture_repaired=True, challenge_faced=True,
    tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "none was met"),), episode=FULL_EPISODE, supervision_last=Occurrence(3),
    breaches=(breach(CROSSING, occurred=Occurrence(1), reported=Occurrence(2)),), client_misses_in_a_row=1, paused=True,
    ended_from=S.WORKING_PHASE, unresolved_before=(STRAIN,),
)  # fmt: skip
KEPT: list[tuple[Event, dict[str, Any]]] = [
    (E.PauseEnded(), {"paused": False}),
    (E.SessionHeld(), {"client_misses_in_a_row": 0, "paused": False}),
    (E.SessionHeld(during_pause=True), {"client_misses_in_a_row": 0}),
    (E.RepairStalled(), {"alliance_status": A.RUPTURED, "episode": attrs.evolve(FULL_EPISODE, origin=None)}),
    (E.BreachReassessed("breach-1", status=SUBSTANTIATED), {"breaches": (breach(CROSSING, SUBSTANTIATED, occurred=Occurrence(1), reported=Occurrence(2)),)}),
    (E.SupervisionHeld(session=3), {"breaches": (breach(CROSSING, occurred=Occurrence(1), reported=Occurrence(2), supervised_since=True),)}),
    (E.StageTaskReopened(T.BUILDING_RAPPORT), {"tasks_met": frozenset()}),
    (E.BreachReported(BreachKind.OTHER, VIOLATION, breach_id="late", session=9), {"breaches": (*FULL.breaches, Breach("late", BreachKind.OTHER, VIOLATION, reported=Occurrence(9))), "episode": attrs.evolve(FULL_EPISODE, trust_lost=False)}),
]  # fmt: skip


@pytest.mark.parametrize(("event", "expected"), KEPT)
def test_what_an_event_does_not_speak_of_is_kept(event: Event, expected: dict[str, Any]) -> None:
    """Of a relationship in which everything is filled in, all that the event does not move stays as it was."""
    assert accepted(FULL, event).relationship == attrs.evolve(FULL, **expected)


OTHERWISE: dict[str, object] = {
    "modes": frozenset({RuptureMode.WITHDRAWAL}), "severity": MINOR, "moved_by": MovedBy.CLIENT, "contributors": frozenset(),
    "perceived_by": PerceivedBy(), "markers": frozenset(), "acknowledged": False, "partly_repaired": False,
    "trust_lost": False, "origin": None, "route": RepairRoute.IMMEDIATE, "steps": (), "understanding": None, "grounds": None,
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERWISE)
def test_an_episode_is_altered_in_what_is_named_alone(name: str) -> None:
    """One thing that is different is different afterwards, and all the rest is kept."""
    changes = {name: OTHERWISE[name]}
    assert getattr(FULL_EPISODE, name) != OTHERWISE[name]
    assert altered(FULL_EPISODE, changes) == attrs.evolve(FULL_EPISODE, **changes)  # type: ignore[arg-type]  # names of the table
    assert altered(FULL_EPISODE, {name: getattr(FULL_EPISODE, name)}) is FULL_EPISODE  # type: ignore[misc]  # as above


def test_a_repaired_episode_is_altered_too() -> None:
    """Kind and repair are altered where nothing else contradicts them, and kept where they are not named."""
    rupture = RuptureEpisode(EpisodeKind.RUPTURE, severity=MINOR)
    repaired = attrs.evolve(rupture, repaired=True, repaired_in_view_of=CLIENT)
    assert altered(rupture, {"repaired": True, "repaired_in_view_of": CLIENT}) == repaired
    assert altered(repaired, {"trust_lost": True}) == attrs.evolve(repaired, trust_lost=True)
    assert altered(rupture, {"kind": EpisodeKind.STRAIN, "severity": None}) == STRAIN


def test_tasks_are_dropped_from_what_is_changing_already() -> None:
    """What an effect has changed of the tasks counts, and not how they stood before."""
    now = stands(tasks_met=FORMATION, tasks_waived=(WaivedTask(T.ADDRESSING_RESISTANCE, "x"),))
    changes: Changes = {"tasks_met": ALL, "tasks_waived": ()}
    drop_tasks(now, changes, (T.CREATING_SAFETY, T.ADDRESSING_RESISTANCE))
    assert changes == {"tasks_met": ALL - {T.CREATING_SAFETY, T.ADDRESSING_RESISTANCE}, "tasks_waived": ()}
    waived = (WaivedTask(T.ADDRESSING_RESISTANCE, "y"),)
    changes = {"tasks_met": frozenset(), "tasks_waived": waived}
    drop_tasks(stands(tasks_met=FORMATION), changes, (T.CREATING_SAFETY, T.ADDRESSING_RESISTANCE))
    assert changes == {"tasks_met": frozenset(), "tasks_waived": ()}


def test_a_strain_that_a_breach_opens_knows_when() -> None:
    """The strain begins when the breach was reported, or seen anew."""
    reported = accepted(stands(), E.BreachReported(BreachKind.OTHER, VIOLATION, session=7)).relationship
    assert open_in(reported).opened == Occurrence(7)
    seen = accepted(
        stands(breaches=(breach(CROSSING),)), E.BreachReassessed("breach-1", VIOLATION, session=8)
    ).relationship
    assert open_in(seen).opened == Occurrence(8)


SILENT = Machine(
    attrs.evolve(
        Machine.standard().table,
        transitions=tuple(row for row in Machine.standard().table.transitions if row.guards),
        facts=tuple(attrs.evolve(row, effect=None, remarks=()) for row in Machine.standard().table.facts),
    )
)


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (stands(), E.SessionMissed(Party.CLIENT)), (stands(), E.PauseAgreed()), (stands(paused=True), E.PauseEnded()),
        (stands(), E.SafetyConcernRaised()),
        (stands(), E.EndingPlanned()), (ENDING, E.EndingRescinded()), (stands(), E.Closed(ClosingReason.AGREED)),
        (CLOSED, E.ReEngaged()), (STRAINED, E.RepairBegan(RepairRoute.IMMEDIATE)), (REPAIRING, E.RepairPartial()),
        (stands(), E.BreachReported(BreachKind.OTHER, VIOLATION)),
    ],
)  # fmt: skip
def test_a_table_that_moves_nothing_says_that_facts_are_logged(where: Relationship, what: Event) -> None:
    """Where a table of one's own gives a fact nothing to do, no wrong reason is told."""
    decision = decide(where, what, machine=SILENT)
    assert decision
    said = "course_closed" if where is CLOSED else "logged"
    assert [remark.code for remark in decision.remarks if remark.code not in SAFETY_REMARKS] == [said]
