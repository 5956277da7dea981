"""A handover carries what is open and what is known, closes nothing, and moves no condition of the next pair."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from therarel import records
from therarel.confidential import Confidential
from therarel.domain import (
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
    Event,
    GoalOwner,
    Handover,
    Occurrence,
    OtherPresent,
    Party,
    Rater,
    Rating,
    RatingScale,
    RelationshipQuality,
    RepairRoute,
    RepairView,
    Reporter,
    ResolutionStrategy2015,
    RuptureMode,
    RuptureSeverity,
    SafetyPlan,
    Stage,
    StageTask,
    Term,
    WorkingAlliance,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course, Declined, options, overview
from therarel.testing import strategy_for

E = events
DAY = date(2026, 5, 4)
PLAN = SafetyPlan("ring the ward", made_with_client=True)
RAISED = E.SafetyConcernRaised(
    {ConcernKind.SELF_HARM},
    "harm",
    plan=PLAN,
    responsible="T-03",
    review_due=Occurrence(9, date(2026, 5, 11)),
    session=8,
    on=DAY,
)
CLOSED = (
    E.SafetyConcernRaised({ConcernKind.SELF_NEGLECT}, "meals", plan=PLAN, session=1),
    E.SafetyConcernReviewed("meals", ConcernOutcome.CLOSED, Reporter.SUPERVISOR, session=2),
)
REPAIRED = (
    E.RuptureNoticed(RuptureSeverity.MINOR, session=3),
    E.RepairBegan(RepairRoute.IMMEDIATE, session=3),
    E.RepairStepTaken(ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING, session=3),
    E.RepairSucceeded({Rater.CLIENT, Rater.THERAPIST}, "it was the cancelled hour", session=4),
)
ADAPTED = E.ApproachAdapted("slower", "she asked", agreed_with_client=True, session=4, note="at last")


def course(*recorded: Event, **begun: Any) -> Course:
    """A course in which these were recorded."""
    made = Course.begin("C-014", "T-03", **begun)
    for event in recorded:
        made.record(event)
    return made


def following(handover: Handover) -> Course:
    """The course of the next therapist."""
    return Course.begin("C-014", "T-09", after=handover)


def test_open_concerns_are_open_in_the_next_course_and_nobody_has_looked_at_them_there() -> None:
    """With plan, kinds and dates; sessions are counted anew, so that only dates are carried."""
    reviewed = E.SafetyConcernReviewed("harm", ConcernOutcome.GOES_ON, session=8, review_due=RAISED.review_due)
    before = course(RAISED, reviewed, *CLOSED)
    handover = before.handover(responsible="T-05", accepted_by="T-09")
    (carried,) = following(handover).relationship.safety_concerns
    (was,) = handover.open_concerns
    assert (carried.concern_id, carried.kinds, carried.plan, carried.is_open) == ("harm", was.kinds, PLAN, True)
    assert carried.awaits_review
    assert (carried.raised, carried.review_due) == (Occurrence(on=DAY), Occurrence(on=date(2026, 5, 11)))
    assert carried.responsible == "T-05"
    first = following(handover).may(E.SessionHeld(session=1)).remarks[0]
    assert first.code == "safety_concern"
    looked = following(handover)
    looked.record(E.SafetyConcernReviewed("harm", ConcernOutcome.GOES_ON, session=1))
    assert not looked.relationship.safety_concerns[0].awaits_review


def test_a_handover_closes_nothing() -> None:
    """The course is as it was; the concern closes with a review that the receiver has accepted it, and not before."""
    before = course(RAISED)
    state, length = before.relationship, len(before.history)
    before.handover(accepted_by="T-09")
    assert (before.relationship, len(before.history)) == (state, length)
    handed = E.SafetyConcernReviewed("harm", ConcernOutcome.HANDED_OVER, Reporter.THERAPIST, session=9)
    assert before.record(handed).relationship.has_open_safety_concern
    assert [each.concern_id for each in before.handover().open_concerns] == ["harm"]
    assert not before.record(attrs.evolve(handed, receiver_accepted=True)).relationship.has_open_safety_concern
    (history,) = before.handover().closed_concerns
    assert (history.outcome, history.plan, history.responsible) == (ConcernOutcome.HANDED_OVER, None, None)


def test_a_plan_that_is_not_carried_is_said_in_the_first_line() -> None:
    """Whoever goes on knows that there is one, also at the next handover."""
    handover = course(RAISED, *CLOSED).handover(with_plans=False)
    assert str(handover).startswith("Not carried here: a safety plan (harm). Ask whoever hands over.")
    assert handover.open_concerns[0].plan is None
    again = following(handover).handover()
    assert again.plans_not_carried == ("harm",)
    assert course(RAISED).handover().plans_not_carried == ()
    assert "ward" not in str(course(RAISED).handover()) + repr(course(RAISED).handover())


def test_a_concern_is_handed_over_in_words_with_all_its_dates() -> None:
    """An open concern says when it was raised and looked at, when it is looked at next, and that there is a plan."""
    reviewed = E.SafetyConcernReviewed("harm", ConcernOutcome.GOES_ON, session=9, review_due=RAISED.review_due)
    said = str(course(RAISED, reviewed, *CLOSED).handover())
    assert (
        "Open for safety: self harm, harm (raised: session 8, 2026-05-04; looked at: session 9; "
        "next review: session 9, 2026-05-11; plan: confidential, made with the client)." in said
    )
    assert "Closed concerns: self neglect, meals (raised: session 1; closed: session 2)." in said
    bare = str(course(E.SafetyConcernRaised(set(), "harm", session=1)).handover())
    assert "Open for safety: harm (raised: session 1)." in bare


@given(strategy_for(Handover))
@settings(max_examples=60, deadline=None)
def test_nothing_of_the_earlier_pair_moves_a_condition_of_the_new_one(handover: Handover) -> None:
    """Whatever was handed over, every judgement is answered as in a course that begins without it."""
    client, therapist = handover.client.pseudonym, "T-next-1"
    begun, fresh = Course.begin(client, therapist, after=handover), Course.begin(client, therapist)
    for one, other in zip(options(begun.relationship), options(fresh.relationship), strict=True):
        assert (one.event, one.accepted) == (other.event, other.accepted)
        if isinstance(one, Declined) and isinstance(other, Declined):
            assert one.unmet == other.unmet
    assert begun.relationship.tasks_met == frozenset()
    assert begun.relationship.breaches == ()
    assert begun.relationship.unresolved_before == ()
    named = {each.concern_id for each in handover.open_concerns}
    assert {each.concern_id for each in begun.relationship.safety_concerns if each.is_open} == named


AGREED = (
    E.ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.CLIENT, session=1),
    E.GoalSet("sleep through the night", GoalOwner.CLIENT, session=1),
    E.TherapeuticTaskSet("a diary of the nights", True, set(Party), session=2),
    E.CrisisArranged("call the crisis line first", session=1, on=DAY),
    E.TermsExplained({Term.GUIDELINES}, session=1),
)


def test_goals_agreements_and_views_are_known_and_consent_is_asked_anew() -> None:
    """Where they stand goes along without the words; only arrangements for a crisis hold in the next course."""
    rated = E.RelationshipRated(
        RelationshipQuality(alliance=WorkingAlliance(goal_agreement=Rating(4, RatingScale(1, 5), Rater.CLIENT))),
        session=6,
    )
    before = course(*AGREED, rated)
    handover = before.handover()
    agreed = handover.agreements
    assert agreed is not None
    assert (agreed.goals[0].text, agreed.tasks[0].text) == (None, None)
    assert agreed.crisis == before.relationship.agreements.crisis
    assert before.handover(with_texts=True).agreements == before.relationship.agreements
    assert [str(each.part) for each in handover.views] == ["alliance.goal_agreement"]
    said = str(handover)
    assert "For a crisis: arrangements, confidential (session 1, 2026-05-04)." in said
    assert "Goals: goal-1, pursued" in said
    assert "Consents then, to be asked anew: treatment: given by the client." in said
    assert "Explained then, to be explained anew: guidelines." in said
    assert not any(word in said for word in ("night", "diary", "crisis line"))
    begun = following(handover).relationship.agreements
    assert (begun.consents, begun.goals, begun.tasks, begun.terms_explained) == ((), (), (), frozenset())
    assert agreed.crisis is not None
    assert begun.crisis == attrs.evolve(agreed.crisis, agreed=Occurrence(on=DAY))
    left_out = before.handover(with_plans=False)
    assert str(left_out).startswith("Not carried here: arrangements for a crisis. Ask whoever hands over.")
    assert following(left_out).relationship.agreements.crisis is None


ALLEGED = E.BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, breach_id="open")
PROVEN = attrs.evolve(ALLEGED, status=BreachStatus.SUBSTANTIATED, breach_id="proven")
UNFOUNDED = E.BreachReassessed("open", status=BreachStatus.NOT_SUBSTANTIATED)


def test_breaches_are_handed_over_as_what_they_are() -> None:
    """Substantiated ones as such, open ones as under review by their code alone, unfounded ones not at all."""
    handover = course(ALLEGED, PROVEN).handover()
    assert handover.breaches_under_review == ("open",)
    assert [each.breach_id for each in handover.substantiated_breaches] == ["proven"]
    assert "Breaches under independent review: open." in str(handover)
    left = course(ALLEGED, UNFOUNDED).handover()
    assert (left.breaches_under_review, left.substantiated_breaches) == ((), ())
    assert "open." not in str(left)


def test_what_helped_and_what_hurt_goes_along_and_free_text_only_by_choice() -> None:
    """Repairs, adaptations and an interpreter are known; their words are carried where somebody chose to."""
    interpreter = E.SessionHeld(session=5, others_present={OtherPresent.INTERPRETER})
    before = course(*REPAIRED, ADAPTED, interpreter, E.StrainNoticed(session=6))
    without, with_texts = before.handover(), before.handover(with_texts=True)
    assert [each.repaired for each in without.repaired] == [True]
    assert [each.opened.session for each in without.unresolved] == [6]
    assert without.others_present == {OtherPresent.INTERPRETER}
    assert (without.repaired[0].understanding, without.adaptations[0].what, without.adaptations[0].note) == (None,) * 3
    assert with_texts.repaired[0].understanding == Confidential("it was the cancelled hour")
    assert with_texts.adaptations == (ADAPTED,)
    said = str(without)
    for line in (
        "Repaired: minor rupture",
        "Adaptations: session 4, agreed with the client.",
        "Others present at sessions: interpreter.",
    ):
        assert line in said


def test_who_goes_on_is_said_where_anybody_is_named_or_a_concern_is_open() -> None:
    """Whoever accepted it or is responsible meanwhile is named, and what is not stated is said so."""
    assert "Responsible meanwhile: not stated. Accepted by: T-09." in str(course().handover(accepted_by="T-09"))
    assert "Responsible meanwhile: T-03. Accepted by: nobody yet." in str(course().handover(responsible="T-03"))
    assert "Responsible meanwhile: not stated. Accepted by: nobody yet." in str(
        course(E.SafetyConcernRaised(set(), "harm")).handover()
    )
    assert "Responsible" not in str(course().handover())


def test_a_yes_after_withdrawal_is_said_with_care() -> None:
    """A repair that the client calls repaired after withdrawal carries the remark, and after confrontation does not."""
    for mode, said in ((RuptureMode.WITHDRAWAL, True), (RuptureMode.CONFRONTATION, False)):
        made = course(
            E.RuptureNoticed(RuptureSeverity.MINOR, {mode}, session=3), E.RepairBegan(RepairRoute.IMMEDIATE, session=3)
        )
        view = made.may(E.RepairViewGiven(Rater.CLIENT, RepairView.REPAIRED, session=4))
        assert ("yes_after_withdrawal" in [remark.code for remark in view.remarks]) is said
    nothing_open = course().may(E.RepairViewGiven(Rater.CLIENT, RepairView.REPAIRED, session=4))
    assert "yes_after_withdrawal" not in [remark.code for remark in nothing_open.remarks]


def test_what_a_mandated_client_s_court_hears_goes_along_only_by_choice() -> None:
    """That the client is mandated is known; the words of what is reported to whom are carried where somebody chose to."""
    reported = "attendance, to the court"
    mandated = E.ConsentDecided(
        ConsentScope.TREATMENT, ConsentDecision.GIVEN, footing=ConsentFooting.MANDATED, reported=reported, session=1
    )
    goal, task = (
        E.GoalSet("sleep", goal_id="goal-1", session=1),
        E.TherapeuticTaskSet("diary", task_id="task-1", session=1),
    )
    before = course(mandated, goal, task)
    for with_texts, said in ((False, (None,) * 3), (True, (reported, "sleep", "diary"))):
        agreed = before.handover(with_texts=with_texts).agreements
        assert agreed is not None
        assert agreed.consents[0].footing is ConsentFooting.MANDATED
        words = (agreed.consents[0].reported, agreed.goals[0].text, agreed.tasks[0].text)
        assert tuple(None if each is None else each.reveal() for each in words) == said


SHARED = E.ConsentDecided(ConsentScope.SHARING, ConsentDecision.GIVEN, ConsentGiver.CLIENT, recipient="psychotherapist")
GROUND = E.ConfidentialityLimitInvoked("the child is in danger", "harm", client_informed=True)


@pytest.mark.parametrize(
    ("facts", "stated", "lacking"),
    [
        ((RAISED,), {}, ("harm",)),
        ((RAISED,), {"client_agreed": True}, ()),
        ((RAISED,), {"client_agreed": False}, ("harm",)),
        ((RAISED, SHARED), {"recipient": "psychotherapist"}, ()),
        ((RAISED, SHARED), {"recipient": "family-doctor"}, ("harm",)),
        ((RAISED, SHARED), {}, ("harm",)),
        ((RAISED, SHARED), {"recipient": "psychotherapist", "client_agreed": False}, ("harm",)),
        (
            (RAISED, SHARED, attrs.evolve(SHARED, decision=ConsentDecision.WITHDRAWN)),
            {"recipient": "psychotherapist"},
            ("harm",),
        ),
        ((RAISED, GROUND), {"client_agreed": False}, ()),
        ((RAISED, attrs.evolve(GROUND, ground=None)), {}, ("harm",)),
        ((RAISED, attrs.evolve(GROUND, concern="other")), {}, ("harm",)),
        ((*CLOSED,), {}, ()),
    ],
)
def test_a_concern_goes_along_with_consent_or_on_a_ground_or_the_handover_says_so(
    facts: tuple[Event, ...], stated: dict[str, Any], lacking: tuple[str, ...]
) -> None:
    """Consent to sharing is that of the receiver's role, or the client's agreement; nothing is refused without it."""
    handover = course(*facts).handover(**stated)
    assert handover.without_consent == lacking
    assert [each.concern_id for each in handover.open_concerns] == ([] if facts == CLOSED else ["harm"])
    line = "Handed over without consent to sharing and without a stated ground: harm."
    assert (line in str(handover)) is bool(lacking)
    assert "danger" not in str(handover)


def test_the_role_of_the_receiver_is_a_code() -> None:
    """What is not a code is refused, as it is where consent is recorded."""
    with pytest.raises(InvalidValueError, match="recipient"):
        course(RAISED).handover(recipient="somebody, somewhere")


def test_it_says_why_and_what_the_client_was_informed_of_wishes_and_agreed_to() -> None:
    """The reason for closing is the reason where no other is stated; words are named and not shown."""
    before = course(E.Closed(ClosingReason.TRANSFERRED, session=9))
    handover = before.handover(
        client_informed=True, client_agreed=False, client_wishes="a woman", hurt="the waiting", on=DAY
    )
    assert (handover.reason, before.handover(reason=ClosingReason.SERVICE_LIMIT).reason) == (
        ClosingReason.TRANSFERRED,
        ClosingReason.SERVICE_LIMIT,
    )
    said = str(handover)
    assert "The client: informed of the change; not in agreement with what is handed over." in said
    assert "In words that are confidential: what hurt; the client's wishes." in said
    assert "woman" not in said + repr(handover)


def test_history_goes_along_from_handover_to_handover() -> None:
    """What closed with the first pair is known to the third; what was between the two of an earlier pair is not repeated."""
    second = following(course(*CLOSED, *REPAIRED, RAISED).handover())
    second.record(E.SafetyConcernReviewed("harm", ConcernOutcome.CLOSED, Reporter.THERAPIST, session=2))
    third = second.handover()
    assert [each.concern_id for each in third.closed_concerns] == ["meals", "harm"]
    assert third.repaired == ()
    assert third.open_concerns == ()
    assert "handover by T-03: 1 closed concern, 1 repaired episode" in str(overview(second))


@pytest.mark.parametrize("handling", ["include", "redact"])
def test_a_handover_is_a_record_and_so_is_the_course_that_takes_it_up(handling: Any) -> None:
    """Written and read again they are the same, but for texts that were masked."""
    handover = course(RAISED, *REPAIRED, ADAPTED).handover(with_texts=True, access_needs="a ramp")
    text = records.dumps(handover, confidential=handling)
    again = records.loads(text, Handover)
    assert (again == handover) is (handling == "include")
    assert ("ward" in text) is (handling == "include")
    taken_up = following(handover)
    if handling == "include":
        assert records.loads(records.dumps(taken_up, confidential="include"), Course) == taken_up


@pytest.mark.parametrize(
    ("begin", "message"),
    [
        (lambda: Course.begin("C-015", "T-09", after=course().handover()), "a handover is of one client"),
        (lambda: Course.begin("C-014", "T-03", after=course().handover()), "a handover is to another therapist"),
        (lambda: Course.begin("C-014", "T-09", after="course-7"), "a handover is needed"),  # type: ignore[arg-type]
        (lambda: Handover(client="C-1", therapist="T-1", closed_concerns=course(RAISED).relationship.safety_concerns), "a concern that is handed over as closed is closed"),
        (lambda: Handover(client="C-1", therapist="T-1", open_concerns=course(*CLOSED).relationship.safety_concerns), "a concern that is handed over as open is open"),
        (lambda: Handover(client="C-1", therapist="T-1", substantiated_breaches=course(ALLEGED).relationship.breaches), "a breach that is handed over is substantiated"),
    ],
)  # fmt: skip
def test_what_is_not_a_handover_is_refused(begin: Any, message: str) -> None:
    """Another client, the same therapist, a mere name, and what stands under the wrong heading."""
    with pytest.raises(InvalidValueError, match=message):
        begin()


def test_a_predecessor_by_name_alone_says_that_nothing_is_known() -> None:
    """In every answer until a first task is met; with a handover, or without a predecessor, it is not said."""
    made = course(predecessor="course-7")
    for event in (E.SessionHeld(session=1), E.StrainNoticed(session=1), E.AdvanceRequested()):
        said = str(made.record(event).explain())
        assert said.startswith("This course follows course-7, and nothing of that course is known here:")
    assert "course-7" in str(overview(made))
    with_one = course(predecessor="course-7", after=attrs.evolve(course().handover(), therapist="T-02"))
    assert "nothing_known" not in [each.code for each in with_one.may(E.SessionHeld()).remarks]
    assert "nothing_known" not in [each.code for each in course().may(E.SessionHeld()).remarks]
    later = attrs.evolve(made.relationship, tasks_met={StageTask.BUILDING_RAPPORT})
    assert "nothing_known" not in [each.code for each in Course(later).may(E.SessionHeld()).remarks]
    working = attrs.evolve(made.relationship, stage=Stage.WORKING_PHASE)
    assert "nothing_known" not in [each.code for each in Course(working).may(E.SessionHeld()).remarks]
