"""Simulated courses of therapy: logs that the machine accepts, with the scores of a simulated clinic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.domain import AllianceStatus, ClosingReason, EpisodeKind, RepairRoute, Stage, StageTask, events
from therarel.errors import InvalidValueError
from therarel.machine import Course
from therarel.simulation import ClinicParameters, SimulatedCourses, simulate_clinic, simulate_courses

SEEDS = st.integers(0, 2**32)
MANY_RUPTURES = ClinicParameters(rupture_share=0.9)


@pytest.fixture(scope="module")
def many() -> SimulatedCourses:
    """Courses of 4 to 30 sessions, nearly all with a rupture."""
    return simulate_courses(120, seed=11, parameters=MANY_RUPTURES)


@settings(max_examples=40, deadline=None)
@given(
    seed=SEEDS,
    sessions=st.integers(1, 40),
    ruptures=st.floats(0, 1),
    repaired=st.floats(0, 1),
    dropout=st.booleans(),
    premature=st.sampled_from([0.0, 0.3, 1.0]),
    concerns=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_nothing_is_declined_but_what_is_premature_on_purpose(
    seed: int, sessions: int, ruptures: float, repaired: float, dropout: bool, premature: float, concerns: float
) -> None:
    """The entries that the machine declined are those that the simulator marks, and all of them ask for a stage."""
    parameters = ClinicParameters(rupture_share=ruptures, repaired_share=repaired)
    courses = simulate_courses(
        4,
        seed=seed,
        sessions=sessions,
        parameters=parameters,
        dropout=dropout,
        premature=premature,
        concerns=concerns,
    )
    assert [tuple(entry.number for entry in each) for each in courses.declined] == list(courses.premature)
    assert all(isinstance(entry.event, events.AdvanceRequested) for each in courses.declined for entry in each)
    assert premature or not any(courses.premature)
    assert all(course.relationship.stage is Stage.CLOSED for course in courses)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, n=st.integers(1, 12), dropout=st.booleans())
def test_the_scores_in_the_logs_are_those_of_the_clinic(seed: int, n: int, dropout: bool) -> None:
    """The panel of the courses equals that of the clinic, and the clinic is the one that simulate_clinic gives."""
    courses = simulate_courses(n, seed=seed, dropout=dropout)
    assert courses.panel() == courses.clinic.panel()
    assert np.array_equal(courses.clinic.score, simulate_clinic(n, seed=seed, dropout=dropout).score)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_the_same_seed_gives_the_same_logs(seed: int) -> None:
    """Courses depend on the seed alone, and a log taken up again is the same course."""
    one, other = simulate_courses(3, seed=seed), simulate_courses(3, seed=seed)
    assert list(one) == list(other)
    assert one.premature == other.premature
    assert [Course.resume(course.start, course.log) for course in one] == list(one)


def test_every_rupture_of_the_clinic_stands_in_its_course(many: SimulatedCourses) -> None:
    """A rupture is noticed at its lowest session, and repaired exactly where the clinic says so."""
    truth = many.clinic.ruptures
    having = set(truth.dyad.tolist())
    for at, dyad in enumerate(truth.dyad.tolist()):
        course = many[dyad]
        noticed = [each.event for each in course.history.entries if isinstance(each.event, events.RuptureNoticed)]
        repaired = [each.event for each in course.history.entries if isinstance(each.event, events.RepairSucceeded)]
        assert [each.session for each in noticed] == [truth.nadir[at]]
        assert noticed[0].modes == truth.modes(at)
        assert [each.session for each in repaired] == ([truth.last[at] + 1] if truth.repaired[at] else [])
        assert course.relationship.has_open_rupture is not bool(truth.repaired[at])
    for dyad in set(range(len(many))) - having:
        assert all(episode.kind is EpisodeKind.STRAIN for episode in many[dyad].episodes)


def test_both_routes_of_repair_strains_and_supervision_occur(many: SimulatedCourses) -> None:
    """The logs hold all that a lesson, or a test of a program, needs to see."""
    seen = {type(entry.event) for course in many for entry in course.history.entries}
    routes = {episode.route for course in many for episode in course.episodes}
    assert {RepairRoute.IMMEDIATE, RepairRoute.EXPLORATORY} <= routes
    assert {
        events.SupervisionHeld,
        events.StrainNoticed,
        events.StrainEased,
        events.RepairStalled,
        events.RepairPartial,
        events.CulturalMisstepAcknowledged,
        events.StageTaskWaived,
        events.ChallengeFaced,
        events.EndingPlanned,
        events.ClosedAllStagesCompleted,
        events.Closed,
    } <= seen


def test_stage_tasks_come_in_order_and_long_courses_complete_them() -> None:
    """Without a rupture a course of 30 sessions meets or waives every task, each stage before the next."""
    courses = simulate_courses(20, seed=5, sessions=30, parameters=ClinicParameters(rupture_share=0))
    tasks = list(StageTask)
    for course in courses:
        done = [
            entry.event.task
            for entry in course.history.entries
            if isinstance(entry.event, events.StageTaskMet | events.StageTaskWaived)
        ]
        assert done == tasks
        assert course.relationship.closed_reason is ClosingReason.ALL_STAGES_COMPLETED


def test_who_drops_out_is_lost_to_contact() -> None:
    """A client who leaves misses sessions first; the others come to an end in their last session."""
    courses = simulate_courses(120, seed=2, dropout=True)
    left = courses.clinic.left
    assert left is not None
    assert left.any()
    for course, gone in zip(courses, left.tolist(), strict=True):
        assert (course.relationship.closed_reason is ClosingReason.LOST_CONTACT) is gone
        assert course.relationship.client_misses_in_a_row == (2 if gone else 0)


def test_a_course_that_ends_in_a_rupture_is_not_agreed(many: SimulatedCourses) -> None:
    """What was not repaired is carried by the closed course, and nobody calls its stages completed."""
    torn = [course for course in many if course.relationship.alliance_status is not AllianceStatus.INTACT]
    assert torn
    assert {course.relationship.closed_reason for course in torn} == {ClosingReason.CLIENT_ENDED}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 0),
        ("n", 1.5),
        ("n", 100_001),
        ("premature", -0.1),
        ("premature", "x"),
        ("seed", -1),
        ("drift", -0.1),
        ("concerns", 1.1),
    ],
)
def test_numbers_out_of_bounds_are_refused(name: str, value: object) -> None:
    """The argument, the value and the bound stand in the message."""
    given_: dict[str, object] = {"n": 2, "seed": 1, "premature": 0.1, name: value}
    with pytest.raises(InvalidValueError, match=name):
        simulate_courses(**given_)  # type: ignore[arg-type]  # wrong on purpose


ABOUT_SAFETY = (events.SafetyConcernRaised, events.SafetyConcernReviewed)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, sessions=st.integers(1, 30))
def test_concerns_come_up_are_looked_at_and_leave_everything_else_as_it_is(seed: int, sessions: int) -> None:
    """One concern for each course is raised, looked at on the session that was set, and closes by a review alone."""
    none, all_of_them = (simulate_courses(3, seed=seed, sessions=sessions, concerns=share) for share in (0.0, 1.0))
    for calm, course in zip(none, all_of_them, strict=True):
        happened = [entry.event for entry in course.history]
        assert [each for each in happened if not isinstance(each, ABOUT_SAFETY)] == [
            entry.event for entry in calm.history
        ]
        assert not calm.relationship.safety_concerns
        raised, *reviews = (each for each in happened if isinstance(each, ABOUT_SAFETY))
        due = raised.review_due
        for review in reviews:
            assert isinstance(review, events.SafetyConcernReviewed)
            assert due == review.occurred
            due = review.review_due
        (concern,) = course.relationship.safety_concerns
        assert concern.is_open is not any(each.outcome.value == "closed" for each in reviews)  # type: ignore[union-attr]
        assert due is None or (concern.is_open and due.session is not None and due.session > sessions)


def test_concerns_come_up_in_about_the_share_that_is_stated() -> None:
    """A tenth of courses where nothing is stated; some are closed again, and some are open at the end."""
    concerns = [each.relationship.safety_concerns for each in simulate_courses(200, seed=3, sessions=12)]
    assert 8 <= sum(map(len, concerns)) <= 34
    assert {each.is_open for held in concerns for each in held} == {True, False}
    assert len({kind for held in concerns for each in held for kind in each.kinds}) > 2


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, sessions=st.integers(1, 20))
def test_the_two_rate_parts_of_the_relationship(seed: int, sessions: int) -> None:
    """In the first session and every fourth after it both state four parts; each score says the alliance as a whole."""
    for course in simulate_courses(2, seed=seed, sessions=sessions):
        views = course.view()
        stated = [view for view in views.ratings if view.instrument is None]
        assert {view.occurred.session for view in stated} == set(range(1, sessions + 1, 4))
        assert {view.rater.value for view in stated} == {"client", "therapist"}
        whole = course.view("alliance.whole").ratings
        assert [view.occurred.session for view in whole] == list(range(1, sessions + 1))
        assert len(course.relationship.views) == len(views.now)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, drift=st.floats(0.01, 0.3))
def test_without_upkeep_scores_drift_down_if_that_is_stated_and_not_otherwise(seed: int, drift: float) -> None:
    """With no drift the scores are the clinic's; with one they are lower, but in the session after supervision."""
    still, drifting = (simulate_courses(2, seed=seed, sessions=14, drift=size) for size in (0.0, drift))
    assert still.panel() == still.clinic.panel()
    for one, other in zip(still, drifting, strict=True):
        pairs = zip(one.view("alliance.whole").ratings, other.view("alliance.whole").ratings, strict=True)
        for session, (before, after) in enumerate(pairs):
            assert after.value <= before.value
            assert session % 6 or after.value == before.value
