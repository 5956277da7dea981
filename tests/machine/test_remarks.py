"""What is said with an accepted event, and when it is not."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.agreed import between

from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachKind,
    BreachSeverity,
    ClosingReason,
    ConcernKind,
    ConcernOutcome,
    EpisodeKind,
    Event,
    InvolvedParty,
    Occurrence,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    Reporter,
    ResolutionStrategy2015,
    RuptureEpisode,
    RuptureSeverity,
    SafetyConcern,
    Stage,
    StageTask,
    events,
    tasks_of,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course, Declined, Machine, Policy, Remark, decide

T = StageTask
ALL = frozenset(T)
FORMATION = frozenset(tasks_of(Stage.INITIAL_FORMATION))
MAJOR = RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MAJOR)
CLARIFY = ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING


def stands(stage: Stage = Stage.WORKING_PHASE, /, **fields: Any) -> Relationship:
    """A relationship that stands as told."""
    return attrs.evolve(between("C-1", "T-1"), stage=stage, **fields)


def repairing(
    *steps: RepairStep | ResolutionStrategy2015, route: RepairRoute = RepairRoute.EXPLORATORY
) -> Relationship:
    """A strain in repair."""
    episode = RuptureEpisode(EpisodeKind.STRAIN, origin=AllianceStatus.STRAINED, route=route, steps=steps)
    return stands(alliance_status=AllianceStatus.REPAIRING, episode=episode)


RUPTURED = stands(alliance_status=AllianceStatus.RUPTURED, episode=MAJOR)
LOST = events.Closed(ClosingReason.LOST_CONTACT)
CASES: list[tuple[Relationship, Event, str | None]] = [
    (stands(tasks_met=ALL, unresolved_before=(MAJOR,)), events.AdvanceRequested(), "Left open earlier and carried along: major rupture."),
    (stands(tasks_met=ALL), events.AdvanceRequested(), None),
    (stands(tasks_met=ALL), events.StageTaskReopened(T.BUILDING_RAPPORT), "Still met although a task that comes first is open again: establishing trust."),
    (stands(tasks_met=ALL), events.StageTaskReopened(T.ESTABLISHING_TRUST), "Still met although a task that comes first is open again: processing difficult emotions."),
    (stands(tasks_met=FORMATION), events.StageTaskReopened(T.CREATING_SAFETY), None),
    (attrs.evolve(RUPTURED, stage=Stage.MATURATION, tasks_met=ALL), events.ReturnedToEarlierStage(), "Still met although a task that comes first is open again: increased depth."),
    (RUPTURED, events.RuptureReassessed(RuptureSeverity.MINOR), "The rupture was seen as major and is now seen as minor. What its repair asks for depends on how it is seen then; until then nothing that it cost is given back."),
    (RUPTURED, events.RuptureReassessed(modes=set()), "It is as before. This is kept with the record."),
    (attrs.evolve(RUPTURED, episode=attrs.evolve(MAJOR, severity=RuptureSeverity.MODERATE)), events.RuptureReassessed(RuptureSeverity.MINOR), None),
    (stands(client_misses_in_a_row=1), LOST, "Contact is recorded as lost. Sessions that the client missed in a row: 1; the policy names 2. Is there another reason?"),
    (stands(client_misses_in_a_row=2), LOST, None),
    (stands(), events.Closed(ClosingReason.AGREED), None),
    (repairing(CLARIFY, route=RepairRoute.IMMEDIATE), events.RepairSucceeded({Rater.THERAPIST, Rater.OBSERVER}), "Repaired in the view of: therapist and observer. The client's view of the repair is not among them."),
    (repairing(CLARIFY, route=RepairRoute.IMMEDIATE), events.RepairSucceeded({Rater.CLIENT}), None),
    (repairing(), events.RepairStepTaken(RepairStep.EXPLORING_RUPTURE), "Taken before the strain itself was recognised: exploring rupture."),
    (repairing(RepairStep.STRAIN_RECOGNITION), events.RepairStepTaken(RepairStep.EXPLORING_RUPTURE), None),
    (repairing(), events.RepairStepTaken(RepairStep.STRAIN_RECOGNITION), None),
    (repairing(), events.RepairStepTaken(CLARIFY), None),
    (stands(breaches=(Breach("gift", BreachKind.OTHER, BreachSeverity.CROSSING),)), events.BreachReported(BreachKind.OTHER, BreachSeverity.CROSSING, breach_id="gift"), "It is on record as breach-2 and not as 'gift': a name is given once in a course."),
    (stands(breaches=(Breach("gift", BreachKind.OTHER, BreachSeverity.CROSSING),)), events.BreachReported(BreachKind.OTHER, BreachSeverity.CROSSING), None),
    (stands(), events.BreachReported(BreachKind.OTHER, BreachSeverity.VIOLATION, breach_id="gift"), None),
    (stands(safety_concerns=(SafetyConcern("aunt", is_open=False),)), events.SafetyConcernReviewed("aunt", ConcernOutcome.CLOSED), "That concern for safety is closed already. Where there is concern again, raise it anew. This is kept with the record."),
]  # fmt: skip


@pytest.mark.parametrize(("where", "what", "said"), CASES)
def test_a_remark_is_said_where_it_applies(where: Relationship, what: Event, said: str | None) -> None:
    """The sentence stands with the decision exactly where there is something to remark on."""
    decision = decide(where, what)
    assert decision
    assert [str(remark) for remark in decision.remarks] == ([said] if said else [])


CONCERN = SafetyConcern("concern-1", {ConcernKind.SELF_HARM, ConcernKind.CHILD_AT_RISK}, raised=Occurrence(2))
NOTICE = Remark(
    "safety_concern",
    "A concern for safety is open (self harm and child at risk, concern-1). Look at it before anything else; this program does not judge risk.",
)
CLOSE = events.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED, consulted={InvolvedParty.SUPERVISOR})


def test_an_open_concern_for_safety_comes_first_in_every_answer() -> None:
    """Accepted or declined, moving or not, it is said in full until somebody looked at it, before the answer itself."""
    concerned = stands(safety_concerns=(CONCERN,))
    asked: tuple[Event, ...] = (events.AdvanceRequested(), events.SessionHeld(), events.StrainNoticed(), LOST)
    for event in asked:
        assert decide(concerned, event).remarks[0] == NOTICE
        assert str(decide(concerned, event).explain()).startswith(NOTICE.text)
        assert decide(stands(), event).remarks[:1] != (NOTICE,)
    assert decide(stands(), events.SafetyConcernRaised()).remarks[0].code == "safety_concern"
    assert decide(concerned, CLOSE).remarks == ()


def test_a_concern_that_goes_on_is_said_in_a_line_with_its_dates() -> None:
    """Once looked at it is named with when it was raised and looked at; one nobody has looked at comes before it."""
    now = decide(
        stands(safety_concerns=(CONCERN,)), attrs.evolve(CLOSE, outcome=ConcernOutcome.GOES_ON, session=3)
    ).relationship
    line = "Still open for safety: self harm and child at risk, concern-1 (raised: session 2; looked at: session 3)."
    assert [str(remark) for remark in decide(now, events.AdvanceRequested()).remarks] == [line]
    two = decide(now, events.SafetyConcernRaised(session=4)).relationship
    three = decide(two, events.SafetyConcernRaised(session=4))
    assert [str(remark) for remark in three.remarks] == [
        "2 concerns for safety are open (concern-2; concern-3). Look at each of them before anything else; this program does not judge risk.",
        line,
    ]


def test_a_review_touches_the_one_concern_that_it_names() -> None:
    """Two concerns and one review: the other is as it was, whatever became of the first."""
    other = attrs.evolve(CONCERN, concern_id="other")
    before = stands(safety_concerns=(CONCERN, other))
    for outcome in ConcernOutcome:
        for accepted in (True, False):
            review = attrs.evolve(CLOSE, outcome=outcome, receiver_accepted=accepted, session=5)
            first, second = decide(before, review).relationship.safety_concerns
            closes = outcome is ConcernOutcome.CLOSED or (outcome is ConcernOutcome.HANDED_OVER and accepted)
            assert first == attrs.evolve(
                CONCERN, is_open=not closes, reviewed=Occurrence(5), outcome=outcome, consulted=CLOSE.consulted
            )
            assert second is other


def test_a_handover_leaves_the_concern_open_until_it_is_accepted() -> None:
    """The receiver has to accept it; until then the answer says so."""
    handed = attrs.evolve(CLOSE, outcome=ConcernOutcome.HANDED_OVER)
    decision = decide(stands(safety_concerns=(CONCERN,)), handed)
    assert decision.relationship.has_open_safety_concern
    assert str(decision.remarks[-1]) == (
        "Until the receiver has accepted it, the concern stays open here: self harm and child at risk, concern-1."
    )
    accepted = decide(decision.relationship, attrs.evolve(handed, receiver_accepted=True))
    assert not accepted.relationship.has_open_safety_concern
    assert accepted.remarks == ()


def test_harm_by_a_professional_is_never_closed_by_that_professional() -> None:
    """Somebody else closes it, and is named; that it goes on or was handed over anybody may say."""
    concern = attrs.evolve(CONCERN, kinds={ConcernKind.HARM_BY_PROFESSIONAL})
    before = stands(safety_concerns=(concern,))
    for by in (*Reporter, None):
        decision = decide(before, attrs.evolve(CLOSE, by=by))
        assert decision.relationship.has_open_safety_concern is (by in (Reporter.THERAPIST, None))
        told = [remark.code for remark in decision.remarks]
        assert told == (["safety_concern", "concern_not_closed_so"] if by in (Reporter.THERAPIST, None) else [])
        handed = attrs.evolve(CLOSE, by=by, outcome=ConcernOutcome.HANDED_OVER, receiver_accepted=True)
        assert not decide(before, handed).relationship.has_open_safety_concern


def test_a_review_from_before_concerns_had_codes_closes_what_it_closed_then() -> None:
    """In an old record a review without a name was one of every open concern; a course does not record one today."""
    closed = attrs.evolve(CONCERN, concern_id="closed", is_open=False)
    before = stands(safety_concerns=(CONCERN, attrs.evolve(CONCERN, concern_id="other"), closed))
    review = attrs.evolve(CLOSE, of=None)
    after = decide(before, review).relationship
    assert not after.has_open_safety_concern
    assert after.safety_concerns[2] is closed
    course = Course(before)
    with pytest.raises(InvalidValueError, match="of one concern for safety, and names it"):
        course.record(review)
    with pytest.raises(InvalidValueError, match="of one concern for safety, and names it"):
        course.record(events.EntryCorrected(1, review))
    assert len(course.history) == 0
    assert not Course.resume(before, [review]).relationship.has_open_safety_concern


def test_a_concern_for_safety_gates_nothing() -> None:
    """The same judgements are accepted and declined with and without an open concern."""
    concerned = stands(safety_concerns=(CONCERN,))
    for event in (events.StageTaskMet(T.BUILDING_RAPPORT), events.AdvanceRequested(), LOST):
        with_concern, without = decide(concerned, event), decide(stands(), event)
        assert bool(with_concern) == bool(without)
        if isinstance(without, Declined):
            assert isinstance(with_concern, Declined)
            assert with_concern.unmet == without.unmet


def test_the_policy_says_how_many_misses_make_contact_lost() -> None:
    """Another number in the policy moves the line of the remark."""
    policy = Policy(client_misses_for_lost_contact=4)
    assert [
        r.code
        for r in decide(stands(client_misses_in_a_row=3), LOST, machine=Machine.standard().with_policy(policy)).remarks
    ] == ["few_misses_for_lost_contact"]
    assert decide(stands(client_misses_in_a_row=4), LOST, machine=Machine.standard().with_policy(policy)).remarks == ()
