"""Scores recorded on courses become a panel."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import Rater, Score, ScoreStatus, Timing, events
from therarel.errors import InvalidValueError, OutOfScopeError
from therarel.machine import Course
from therarel.panels import Panel, SessionIndex

VALUES = st.lists(st.none() | st.integers(12, 60), min_size=1, max_size=8)


def course_of(
    values: list[int | None],
    client: str = "C-1",
    therapist: str = "T-1",
    rater: Rater = Rater.CLIENT,
    *,
    instrument: str = "wai-sr",
) -> Course:
    """A course on which a WAI-SR total, or none, was recorded at each session."""
    course = Course.begin(client, therapist)
    for session, value in enumerate(values, start=1):
        status = ScoreStatus.STATED if value is not None else ScoreStatus.INCOMPLETE
        score = Score(instrument, value, rater, Timing.POST_SESSION, status=status)
        course.record(events.AllianceMeasured(score, session=session))
    return course


@given(st.lists(VALUES, min_size=1, max_size=4).filter(lambda all_of: any(any(each) for each in all_of)))
def test_every_recorded_score_stands_in_the_panel(values: list[list[int | None]]) -> None:
    """One dyad per course, one row per score, and what is known about the scores comes with them."""
    panel = Panel.from_courses(course_of(each, f"C-{at}") for at, each in enumerate(values))
    rows = panel.frame.select("dyad", "session", "score").rows()
    assert rows == [
        (f"C-{at}", session, value) for at, each in enumerate(values) for session, value in enumerate(each, 1)
    ]
    assert (panel.instrument, panel.timing, panel.rater) == ("wai-sr", Timing.POST_SESSION, Rater.CLIENT)


def test_retracted_scores_are_left_out() -> None:
    """What was entered in error is no score; a corrected entry is the score that stands in its place."""
    course = course_of([40, 41, 42])
    course.retract(2)
    course.correct(3, events.AllianceMeasured(Score("wai-sr", 50, Rater.CLIENT, Timing.POST_SESSION), session=3))
    assert Panel.from_courses([course]).frame["score"].to_list() == [40, 50]


def test_raters_are_not_pooled_and_instruments_are_not_guessed() -> None:
    """Two raters need a choice of one; two instruments need a choice of one; no score is no panel."""
    both = [
        course_of([40, 41], f"C-{rater}", rater=rater, instrument="wai-s") for rater in (Rater.CLIENT, Rater.THERAPIST)
    ]
    with pytest.raises(InvalidValueError, match="rater"):
        Panel.from_courses(both)
    assert Panel.from_courses(both, rater_is="client").n_dyads == 1
    course = course_of([40])
    course.record(events.AllianceMeasured(Score("phq-9", 12, Rater.CLIENT), session=1))
    with pytest.raises(InvalidValueError, match="phq-9"):
        Panel.from_courses([course])
    assert Panel.from_courses([course], instrument="phq-9").n_scored == 1
    with pytest.raises(InvalidValueError, match="no score"):
        Panel.from_courses([Course.begin("C-1", "T-1")])


def test_a_client_with_two_therapists_is_two_dyads() -> None:
    """A new therapist is a new course, so the dyads go by both pseudonyms; the same dyad twice is refused."""
    courses = [course_of([40], therapist="T-1"), course_of([44], therapist="T-2")]
    assert list(Panel.from_courses(courses).dyads) == ["C-1 with T-1", "C-1 with T-2"]
    with pytest.raises(OutOfScopeError):
        Panel.from_courses([courses[0], courses[0]])


def test_dates_stand_in_where_numbers_are_lacking() -> None:
    """Scores dated but not numbered make a dated panel; scores with neither in common are refused."""
    course = Course.begin("C-1", "T-1")
    for day, value in ((1, 40), (8, 44)):
        course.record(events.AllianceMeasured(Score("wai-sr", value, Rater.CLIENT), on=date(2026, 5, day)))
    panel = Panel.from_courses([course])
    assert panel.index is SessionIndex.DATED
    assert panel.frame["session"].to_list() == [0, 7]
    course.record(events.AllianceMeasured(Score("wai-sr", 41, Rater.CLIENT), session=3))
    with pytest.raises(InvalidValueError, match="neither"):
        Panel.from_courses([course])
