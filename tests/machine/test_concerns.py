"""A concern for safety is whole: who, what is planned, who was told, when it is looked at again, and what became of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.confidential import Pseudonym
from therarel.domain import (
    ClosingReason,
    ConcernKind,
    ConcernOutcome,
    InvolvedParty,
    Occurrence,
    PersonAtRisk,
    Relationship,
    Reporter,
    SafetyConcern,
    SafetyPlan,
    Stage,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course, decide, overview

E = events
PLAN = SafetyPlan("ring the ward, then her sister", made_with_client=True)
RAISED = E.SafetyConcernRaised(
    {ConcernKind.SUICIDAL_THOUGHTS_OR_ACTS},
    session=3,
    reported_by=Reporter.CLIENT,
    at_risk={PersonAtRisk.CLIENT},
    responsible="T-03",
    plan=PLAN,
    informed={InvolvedParty.PHYSICIAN},
    review_due=Occurrence(session=5),
)
REVIEWED = E.SafetyConcernReviewed("concern-1", ConcernOutcome.GOES_ON, session=4, review_due=Occurrence(session=6))
LINE = "Still open for safety: suicidal thoughts or acts, concern-1 (raised: session 3; looked at: session 4; next review: session 6)."


def course(*recorded: Any) -> Course:
    """A course in which these were recorded."""
    made = Course.begin("C-014", "T-03")
    for event in recorded:
        made.record(event)
    return made


def concern(*recorded: Any) -> SafetyConcern:
    """The one concern of such a course."""
    (found,) = course(*recorded).relationship.safety_concerns
    return found


def test_a_concern_says_who_is_at_risk_who_answers_for_it_and_what_is_planned() -> None:
    """What was said when it was raised stands on the concern until a review says otherwise."""
    assert concern(RAISED) == SafetyConcern(
        "concern-1",
        {ConcernKind.SUICIDAL_THOUGHTS_OR_ACTS},
        raised=Occurrence(session=3),
        at_risk={PersonAtRisk.CLIENT},
        raised_by=Reporter.CLIENT,
        responsible="T-03",
        plan=PLAN,
        informed={InvolvedParty.PHYSICIAN},
        review_due=Occurrence(session=5),
    )


def test_a_review_keeps_what_it_does_not_mention_and_sets_the_next_date() -> None:
    """Plan and responsibility stay, those told add up; the date of the next review is that of this review or none."""
    after = concern(RAISED, REVIEWED)
    assert (after.plan, after.responsible) == (PLAN, Pseudonym("T-03"))
    assert (after.review_due, after.reviewed_by) == (Occurrence(session=6), None)
    other = SafetyPlan("the crisis team calls daily")
    later = concern(
        RAISED,
        REVIEWED,
        E.SafetyConcernReviewed(
            "concern-1",
            ConcernOutcome.GOES_ON,
            Reporter.SUPERVISOR,
            session=5,
            plan=other,
            responsible="T-09",
            informed={InvolvedParty.CRISIS_SERVICE},
            consulted={InvolvedParty.SUPERVISOR},
        ),
    )
    assert later.informed == {InvolvedParty.PHYSICIAN, InvolvedParty.CRISIS_SERVICE}
    assert (later.plan, later.responsible, later.review_due) == (other, Pseudonym("T-09"), None)
    assert later.reviewed_by is Reporter.SUPERVISOR
    assert later.consulted == {InvolvedParty.SUPERVISOR}


@pytest.mark.parametrize(("session", "code"), [(5, "safety_concern_goes_on"), (6, "safety_concern_goes_on"), (7, "safety_concern"), (None, "safety_concern_goes_on")])  # fmt: skip
def test_it_is_said_in_full_again_when_its_review_is_overdue(session: int | None, code: str) -> None:
    """In between stands one line with the dates; without a date or session nothing is overdue."""
    made = course(RAISED, REVIEWED)
    for event in (E.SessionHeld(session=session), E.AdvanceRequested(session=session)):
        first = made.may(event).remarks[0]
        assert first.code == code
        overdue = "A concern for safety is open (suicidal thoughts or acts, concern-1, review was due: session 6)."
        assert str(first).startswith(overdue if session == 7 else LINE)
    again = attrs.evolve(REVIEWED, session=7, review_due=Occurrence(session=9))
    assert made.record(again).remarks[0].code == "safety_concern_goes_on"


def test_a_review_that_is_due_on_a_day_is_overdue_on_the_next() -> None:
    """Dates decide where both have one; the overview asks about a day, or about the latest on record."""
    made = course(RAISED, attrs.evolve(REVIEWED, review_due=Occurrence(on=date(2026, 5, 4))))
    assert overview(made, on=date(2026, 5, 4)).remarks[0].code == "safety_concern_goes_on"
    assert overview(made, on=date(2026, 5, 5)).remarks[0].code == "safety_concern"
    assert overview(made).remarks[0].code == "safety_concern_goes_on"
    made.record(E.SessionHeld(on=date(2026, 6, 1)))
    assert overview(made).remarks[0].code == "safety_concern"
    with pytest.raises(InvalidValueError, match="a day is needed"):
        overview(made, on="2026-05-05")  # type: ignore[arg-type]


@given(st.sampled_from(ConcernOutcome), st.sets(st.sampled_from(InvolvedParty)))
def test_a_closing_without_anybody_consulted_is_remarked(
    outcome: ConcernOutcome, consulted: set[InvolvedParty]
) -> None:
    """It is closed all the same: a fact is never refused."""
    decision = course(RAISED).record(
        E.SafetyConcernReviewed("concern-1", outcome, Reporter.THERAPIST, session=4, consulted=consulted)
    )
    said = [remark.code for remark in decision.remarks]
    assert ("closed_without_consulting" in said) is (outcome is ConcernOutcome.CLOSED and not consulted)
    assert decision.relationship.has_open_safety_concern is (outcome is not ConcernOutcome.CLOSED)


def test_the_plan_is_shown_nowhere() -> None:
    """That there is one, and with whom it was made, is shown; what it says is not."""
    made = course(RAISED)
    shown = overview(made)
    texts = [repr(PLAN), str(shown), repr(made.relationship), repr(made.history), str(shown.to_data())]
    texts += [str(made.record(each)) for each in (REVIEWED, E.Closed(ClosingReason.LOST_CONTACT, session=9))]
    assert not any("ward" in text or "sister" in text for text in texts)
    (told,) = json.loads(json.dumps(shown.to_data()))["safety_concerns"]
    assert (told["has_plan"], told["plan_made_with_client"], told["responsible"]) == (True, True, "T-03")
    assert [str(SafetyPlan("x", made_with_client=with_client)) for with_client in (None, True, False)] == [
        "confidential",
        "confidential, made with the client",
        "confidential, made without the client",
    ]


@pytest.mark.parametrize(
    ("fields", "silent"),
    [
        ({}, True),
        ({"kinds": {ConcernKind.SELF_HARM}}, True),
        ({"kinds": {ConcernKind.SELF_HARM, ConcernKind.CHILD_AT_RISK}}, False),
        ({"kinds": {ConcernKind.CHILD_AT_RISK}, "at_risk": {PersonAtRisk.CLIENT}}, True),
        ({"at_risk": {PersonAtRisk.CLIENT, PersonAtRisk.CHILD}}, False),
        ({"at_risk": {PersonAtRisk.OTHER_ADULT}}, False),
    ],
)
def test_where_the_client_died_a_concern_about_the_client_is_no_prompt(fields: Any, silent: bool) -> None:
    """A child or another adult who is at risk still comes first."""
    between = Relationship.between("C-1", "T-1")
    open_one = attrs.evolve(between, safety_concerns=(SafetyConcern("concern-1", **fields),))
    died = attrs.evolve(open_one, stage=Stage.CLOSED, closed_reason=ClosingReason.CLIENT_DIED)
    assert decide(open_one, E.FollowUpHeld()).remarks[0].code == "safety_concern"
    assert [remark.code for remark in decide(died, E.FollowUpHeld()).remarks][:1] == (
        ["client_died"] if silent else ["safety_concern"]
    )
    assert died.has_open_safety_concern
