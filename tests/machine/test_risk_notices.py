"""Answers to items that ask about risk wait until a person has recorded that somebody looked at them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import (
    ClosingReason,
    ConcernOutcome,
    Event,
    Occurrence,
    Rater,
    Relationship,
    RiskAnswer,
    RiskKind,
    RiskNotice,
    RiskState,
    Score,
    ScoreStatus,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course, overview

E = events
states = st.lists(st.sampled_from(RiskState), max_size=4)


def measured(
    *answers: RiskState, session: int | None = 3, instrument: str = "oq-45", value: float | None = 40.0
) -> Event:
    """A form with items that ask about risk, filled in."""
    risk = [RiskAnswer(item, [RiskKind.SELF_HARM], state) for item, state in enumerate(answers, start=8)]
    status = ScoreStatus.COMPLETE if value is not None else ScoreStatus.NOT_SCORABLE
    return E.Measured(Score(instrument, value, Rater.CLIENT, status=status, risk=risk), session=session)


def course(*recorded: Event) -> Course:
    """A course in which these were recorded."""
    made = Course.begin("C-014", "T-03")
    for event in recorded:
        made.record(event)
    return made


@given(states, st.booleans())
def test_what_is_endorsed_or_not_answered_waits_whatever_the_total(answers: list[RiskState], total: bool) -> None:
    """Only the lowest answer on every such item lets nothing wait; that there is no total changes nothing."""
    made = course(measured(*answers, value=40.0 if total else None))
    waiting = [each for each in answers if each is not RiskState.NOT_ENDORSED]
    found = [answer.state for notice in made.relationship.risk_notices for answer in notice.answers]
    assert found == waiting
    assert not made.relationship.safety_concerns


@pytest.mark.parametrize("event", [E.SessionHeld(session=4), E.AdvanceRequested(session=4), E.EntryRetracted(2)])
def test_it_comes_first_in_every_answer_until_a_person_looked(event: Event) -> None:
    """Accepted, declined or corrected, the answer leads with it; after a look it does not."""
    made = course(measured(RiskState.ENDORSED), E.SessionHeld(session=3))
    said = str(made.may(event).explain())
    assert said.startswith("Answers that a person should look at: oq-45, session 3: item 8 (self harm): endorsed.")
    assert str(overview(made)).startswith("Answers that a person should look at: ")
    made.record(E.RiskAnswersReviewed("oq-45", session=4))
    assert "Answers that" not in str(made.may(event).explain())


@given(st.none() | st.integers(1, 6), st.sampled_from(["oq-45", "phq-9"]))
def test_a_look_counts_for_that_form_and_not_for_what_came_after_it(session: int | None, instrument: str) -> None:
    """Another form still waits, and so does what is dated after the look."""
    made = course(
        measured(RiskState.ENDORSED, session=2),
        measured(RiskState.NOT_ANSWERED_OR_NOT_ASKED, session=4),
        measured(RiskState.ENDORSED, session=2, instrument="phq-9"),
    )
    before = made.relationship.risk_notices
    made.record(E.RiskAnswersReviewed(instrument, session=session))
    assert list(made.relationship.risk_notices) == [
        each
        for each in before
        if each.instrument != instrument or (session is not None and session < (each.measured.session or 0))
    ]


def test_a_full_concern_stands_before_it_and_an_old_one_behind() -> None:
    """A concern that nobody has looked at leads; one that goes on stands behind the answers."""
    made = course(measured(RiskState.ENDORSED), E.SafetyConcernRaised(session=3))
    assert [each.code for each in made.may(E.FollowUpHeld()).remarks][:2] == ["safety_concern", "risk_answers"]
    made.record(E.SafetyConcernReviewed("concern-1", ConcernOutcome.GOES_ON, session=3))
    assert [each.code for each in made.may(E.FollowUpHeld()).remarks][:2] == ["risk_answers", "safety_concern_goes_on"]


def test_where_the_client_died_nothing_prompts() -> None:
    """The answers stay on record and are said no more."""
    made = course(measured(RiskState.ENDORSED), E.Closed(ClosingReason.CLIENT_DIED, session=4))
    assert made.relationship.risk_notices
    assert [each.code for each in made.may(E.FollowUpHeld()).remarks] == ["client_died"]


def test_a_notice_is_of_answers_that_call_for_a_look() -> None:
    """One in which every item has its lowest answer is refused."""
    with pytest.raises(InvalidValueError, match="a notice is of answers that call for a look"):
        RiskNotice("phq-9", [RiskAnswer(9, [RiskKind.SELF_HARM], RiskState.NOT_ENDORSED)], Occurrence(3))
    assert Relationship.between("C-1", "T-1").risk_notices == ()
