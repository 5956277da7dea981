"""What a course says of upkeep: adaptations and check-ins, as they are on record and without what was retracted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import Event, Rater, Rating, RatingScale, RelationshipQuality, Score, events
from therarel.machine import Course, upkeep

HELD = events.SessionHeld(session=4)
ADAPTED = events.ApproachAdapted("slower", "tired", True, session=3)


def rated(rater: Rater, session: int) -> events.RelationshipRated:
    """A rating of trust by somebody."""
    quality = RelationshipQuality.of({"alliance.bond.trust": Rating(4, RatingScale(1, 5), rater)})
    return events.RelationshipRated(quality, session=session)


def course(*happened: Event) -> Course:
    """A course of these events."""
    made = Course.begin("C-014", "T-03")
    for event in happened:
        made.record(event)
    return made


def test_a_new_course_says_that_there_was_none() -> None:
    """Without an adaptation and without a rating both are said, and no number of sessions."""
    assert str(upkeep(course(HELD))).splitlines() == [
        "No adaptation of the approach is on record.",
        "No rating of the relationship is on record.",
    ]
    assert upkeep(course(HELD)).sessions_since is None


def test_adaptations_and_check_ins_are_said_by_rater_and_without_their_words() -> None:
    """Each rater counts apart, a session at which two parts were rated counts once, and nothing confidential is shown."""
    said = upkeep(course(ADAPTED, rated(Rater.CLIENT, 2), rated(Rater.CLIENT, 5), rated(Rater.THERAPIST, 5), HELD))
    assert str(said).splitlines() == [
        "The approach was adapted: session 3, agreed with the client.",
        "The relationship was rated by: client, 2 times, last: session 5; therapist, once: session 5.",
        "Sessions held since the last rating: 1.",
    ]
    assert "slower" not in str(said) + repr(said)


def test_what_was_retracted_is_not_counted() -> None:
    """An adaptation and a rating that were retracted are gone."""
    made = course(ADAPTED, rated(Rater.CLIENT, 2))
    made.retract(1)
    made.retract(2)
    assert (upkeep(made).adaptations, upkeep(made).check_ins) == ((), {})


def test_a_score_that_speaks_of_no_part_of_the_relationship_is_no_check_in() -> None:
    """A measure of symptoms says nothing of how the two are seen."""
    assert upkeep(course(events.Measured(Score("phq-9", 4.0, Rater.CLIENT), session=3))).check_ins == {}


@given(before=st.integers(0, 4), after=st.integers(0, 4))
def test_sessions_are_counted_since_the_last_rating(before: int, after: int) -> None:
    """Sessions before the last rating do not count, those after it do."""
    held = [events.SessionHeld(session=session) for session in range(before + after)]
    made = course(*held[:before], rated(Rater.CLIENT, 5), *held[before:])
    assert upkeep(made).sessions_since == after
