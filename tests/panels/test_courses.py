"""Scores recorded on courses become a panel."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import Construct, Rater, Rating, RelationshipQuality, Score, ScoreStatus, Timing, events
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, OutOfScopeError
from therarel.machine import Course
from therarel.measures import score, stated_score
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
        course.record(events.Measured(score, session=session))
    return course


@given(st.lists(VALUES, min_size=1, max_size=4).filter(lambda all_of: any(any(each) for each in all_of)))
def test_every_recorded_score_stands_in_the_panel(values: list[list[int | None]]) -> None:
    """One dyad per course, one row per score, and what is known about the scores comes with them."""
    panel = Panel.from_courses(course_of(each, f"C-{at}") for at, each in enumerate(values))
    rows = panel.to_frame("polars").select("dyad", "session", "score").rows()
    assert rows == [
        (f"C-{at}", session, value) for at, each in enumerate(values) for session, value in enumerate(each, 1)
    ]
    assert (panel.instrument, panel.timing, panel.rater) == ("wai-sr", Timing.POST_SESSION, Rater.CLIENT)
    assert panel.to_frame("polars")["therapist"].to_list() == ["T-1"] * panel.n_sessions
    assert (panel.index, panel.max_gap, panel.source) == ("attended", None, "arrays")


def test_retracted_scores_are_left_out() -> None:
    """What was entered in error is no score; a corrected entry is the score that stands in its place."""
    course = course_of([40, 41, 42])
    course.retract(2)
    course.correct(3, events.Measured(Score("wai-sr", 50, Rater.CLIENT, Timing.POST_SESSION), session=3))
    assert Panel.from_courses([course]).to_frame("polars")["score"].to_list() == [40, 50]


def test_raters_are_not_pooled_and_instruments_are_not_guessed() -> None:
    """Two raters need a choice of one; two instruments need a choice of one; no score is no panel."""
    both = [
        course_of([40, 41], f"C-{rater}", rater=rater, instrument="wai-s") for rater in (Rater.CLIENT, Rater.THERAPIST)
    ]
    with pytest.raises(InvalidValueError, match="rater"):
        Panel.from_courses(both)
    assert Panel.from_courses(both, rater_is="client").n_dyads == 1
    course = course_of([40])
    course.record(events.Measured(Score("phq-9", 12, Rater.CLIENT), session=1))
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
        course.record(events.Measured(Score("wai-sr", value, Rater.CLIENT), on=date(2026, 5, day)))
    panel = Panel.from_courses([course])
    assert panel.index is SessionIndex.DATED
    assert panel.to_frame("polars")["session"].to_list() == [0, 7]
    course.record(events.Measured(Score("wai-sr", 41, Rater.CLIENT), session=3))
    with pytest.raises(InvalidValueError, match="neither"):
        Panel.from_courses([course])


def test_risk_answers_come_along_with_the_scores() -> None:
    """Scores of a form that asks about risk keep what was answered, session by session, and the panel counts it."""
    course = Course.begin("C-1", "T-1")
    recorded = [
        score("phq-9", [0] * 8 + [3]),
        score("phq-9", [1] * 9),
        score("phq-9", [1] * 8 + [None]),
        score("phq-9", [1] * 8 + [0]),
        stated_score("phq-9", 4),
    ]
    for session, each in enumerate(recorded, start=1):
        course.record(events.Measured(each, session=session))
    panel = Panel.from_courses([course])
    said = ["endorsed", "endorsed", "not_answered_or_not_asked", "not_endorsed", None]
    assert panel.to_frame("polars")["phq_9_risk_9"].to_list() == said
    note = "Answers about risk in 5 sessions: item 9: 2 endorsed, 1 not answered or not asked, 1 not recorded."
    assert panel.risk_note is not None
    assert panel.risk_note.startswith(note)
    for shown in (str(panel.summary()), panel._repr_html_()):
        assert note in shown
    assert "asks about risk" in repr(panel)
    assert panel.only(["C-1"]).risk_note == panel.risk_note


def test_totals_alone_say_that_they_do_not_show_risk_answers() -> None:
    """A panel of PHQ-9 totals says so wherever it is shown; a panel of the alliance has nothing to say."""
    panel = Panel.from_arrays(["A", "A"], [1, 2], [3, 4], instrument="phq-9")
    for shown in (panel.risk_note or "", str(panel.summary()), panel._repr_html_()):
        assert "phq-9 asks about risk in item 9" in shown
        assert "look at the answers themselves" in shown
    assert "asks about risk" in repr(panel)
    alliance = Panel.from_courses([course_of([40, 41])])
    assert alliance.risk_note is None
    assert "risk" not in repr(alliance) + str(alliance.summary())
    assert not [name for name in alliance.to_frame("polars").columns if "risk" in name]


def test_the_scale_of_a_form_is_that_of_the_form_and_of_another_that_of_its_scores() -> None:
    """Scores of an instrument of the library have its range, others the one they were recorded with; a stated one wins."""
    own = Course.begin("C-1", "T-1")
    for session, value in enumerate([3, 4], start=1):
        stated = Score("our-own", value, Rater.CLIENT, scale=RatingScale(0, 10, True))
        own.record(events.Measured(stated, session=session))
    panel = Panel.from_courses([own])
    assert (str(panel.scale), panel.scale_source, panel.instrument) == ("0 to 10, higher is better", "given", None)
    assert str(Panel.from_courses([own], scale=RatingScale(0, 20, True)).scale) == "0 to 20, higher is better"
    known = Panel.from_courses([course_of([40, 41])])
    assert (str(known.scale), known.scale_source) == ("12 to 60, higher is better", "instrument")
    asked = Panel.from_courses([course_of([40, 41])], scale=(0, 60))
    assert (str(asked.scale), asked.scale_source) == ("0 to 60, higher is better", "given")


def rated_course(client: str, *ratings: tuple[int, float, Rater]) -> Course:
    """A course in which trust was rated, 1 to 5, without an instrument."""
    course = Course.begin(client, "T-1")
    for session, value, who in ratings:
        quality = RelationshipQuality.of({"alliance.bond.trust": Rating(value, RatingScale(1, 5), who)})
        course.record(events.RelationshipRated(quality, session=session))
    return course


@given(st.lists(st.floats(1, 5), min_size=1, max_size=6))
def test_the_ratings_of_a_part_become_a_panel(values: list[float]) -> None:
    """Every rating of the part by the rater is a row, on its scale, and nobody else's is."""
    ratings = [(session, value, Rater.CLIENT) for session, value in enumerate(values, start=1)]
    panel = Panel.from_courses(
        [rated_course("C-1", *ratings, (1, 2, Rater.THERAPIST))], part="alliance.bond.trust", rater="client"
    )
    assert panel.to_frame("polars")["score"].to_list() == values
    assert (panel.scale, panel.rater, panel.construct) == (RatingScale(1, 5), Rater.CLIENT, Construct.ALLIANCE)


def test_ratings_of_one_part_from_several_sources_are_not_mixed() -> None:
    """A stated and a measured rating of one part make two panels; the refusal lists both."""
    course = rated_course("C-1", (1, 4, Rater.CLIENT))
    course.record(events.Measured(score("wai-sr", [4] * 12), session=1))
    quality = RelationshipQuality.of({"alliance.goal_agreement": Rating(3, RatingScale(1, 5), Rater.CLIENT)})
    course.record(events.RelationshipRated(quality, session=1))
    taken = {
        source: Panel.from_courses([course], part="alliance.goal_agreement", instrument=source)
        .to_frame("polars")["score"]
        .to_list()
        for source in ("stated", "wai-sr")
    }
    assert taken == {"stated": [3], "wai-sr": [16]}
    with pytest.raises(InvalidValueError, match=r"stated \(stated, 1 to 5.*wai-sr \(wai-sr goal, 4 to 20"):
        Panel.from_courses([course], part="alliance.goal_agreement")
    with pytest.raises(InvalidValueError, match="nobody rated empathy on these courses"):
        Panel.from_courses([course], part="presence.empathy")
    both = rated_course("C-2", (1, 4, Rater.CLIENT), (1, 3, Rater.THERAPIST))
    with pytest.raises(InvalidValueError, match="never pooled"):
        Panel.from_courses([both], part="alliance.bond.trust")


def test_a_rater_chooses_among_scores_too() -> None:
    """Without a part, `rater` takes the scores of that rater."""
    course = course_of([40], instrument="haq-ii")
    course.record(events.Measured(stated_score("haq-ii", 50, rater="therapist"), session=1))
    assert Panel.from_courses([course], rater="therapist").to_frame("polars")["score"].to_list() == [50]
