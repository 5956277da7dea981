"""The page of one course: concerns first, views, what was observed, and no confidential text."""

from pathlib import Path

import pytest

from therarel.domain import (
    BreachKind,
    BreachSeverity,
    ConcernKind,
    ConsentDecision,
    ConsentGiver,
    ConsentScope,
    Party,
    Rater,
    Rating,
    RatingScale,
    RelationshipQuality,
    Term,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course
from therarel.measures import instrument, observed, stated_score
from therarel.reports import course_report, shared_report
from therarel.simulation import simulate_courses


def course() -> Course:
    """A course with an open concern, a view, two scores, and words that nobody should read here."""
    made = Course.begin("C-014", "T-03")
    quality = RelationshipQuality.of({"alliance.bond.trust": Rating(4, RatingScale(1, 5), Rater.CLIENT)})
    for event in (
        events.SessionHeld(session=1, note="SECRET words"),
        events.SafetyConcernRaised({ConcernKind.CHILD_AT_RISK}, session=1),
        events.RelationshipRated(quality, session=1, note="SECRET words"),
        events.GoalSet("SECRET goal", session=1),
        events.Measured(stated_score("gad-7", 14), session=1),
        events.Measured(stated_score("gad-7", 5), session=6),
    ):
        made.record(event)
    return made


def test_a_concern_comes_first_and_every_section_is_there() -> None:
    """The page begins with the concern, then how it stands, both pictures, and what was observed."""
    html = course_report(course(), when="2026-05-04").html
    order = [
        html.index(words)
        for words in (
            "A concern for safety is open",
            "How it stands",
            "The way of this course",
            "How the relationship is seen",
            "Adaptations and check-ins",
            "What was observed",
            "2026-05-04",
        )
    ]
    assert order == sorted(order)
    assert "trust, client: 4" in html
    assert html.count("One course says nothing of why.") == 1
    assert html.index("What was observed") < html.index("One course says") < html.index("Treatment effectiveness")


def test_the_page_holds_no_words_of_a_client_and_is_the_same_each_time() -> None:
    """Notes and the text of a goal stay in the record; the page of one course is one page."""
    made = course()
    assert "SECRET" not in course_report(made).html + course_report(made)._repr_html_()
    assert course_report(made).html == course_report(made).html


def test_the_choices_of_what_was_observed_are_taken_over() -> None:
    """Clinical significance is on the page where a cut-off was chosen."""
    made = course()
    chosen = observed(made, cutoff=instrument("gad-7").cutoffs[0])
    assert "Clinical significance: recovered" in course_report(made, observations=chosen).html
    assert "no cut-off was chosen" in course_report(made).html


def test_a_simulated_course_is_a_page_and_a_file(tmp_path: Path) -> None:
    """Every simulated course gives a page, which is written whole; another kind of file is refused."""
    reports = [course_report(each) for each in simulate_courses(2, seed=3, sessions=12)]
    assert all(report.html.startswith("<!DOCTYPE html>") for report in reports)
    report = reports[0]
    assert report.save(tmp_path / "course.html").read_text("utf-8") == report.html
    with pytest.raises(InvalidValueError, match="html"):
        report.save(tmp_path / "course.csv")
    with pytest.raises(InvalidValueError, match="a course is needed"):
        course_report("C-014")  # type: ignore[arg-type]


def agreed() -> Course:
    """The same course, with what the two agreed on, a breach, supervision and arrangements for a crisis."""
    made = course()
    for event in (
        events.TermsExplained({Term.GUIDELINES}, session=1),
        events.ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.GIVEN, ConsentGiver.CLIENT, session=1),
        events.TherapeuticTaskSet("SECRET task", True, set(Party), session=1),
        events.CrisisArranged("SECRET number", session=1),
        events.BreachReported(BreachKind.CONTACT, BreachSeverity.CROSSING, session=2),
        events.SupervisionHeld(session=2),
    ):
        made.record(event)
    return made


def test_the_page_to_look_at_together_holds_what_was_agreed_and_how_the_two_see_it() -> None:
    """Terms, consent, goals and tasks are there, and the views of both; the date is printed."""
    html = shared_report(agreed(), when="2026-05-04").html
    for line in (
        "Explained: guidelines",
        "Consent: treatment: given by the client",
        "Goals: goal-1, pursued",
        "Tasks of therapy: task-1",
        "trust, client: 4",
        "2026-05-04",
    ):
        assert line in html
    assert shared_report(agreed()).html == shared_report(agreed()).html


def test_the_page_to_look_at_together_says_nothing_of_risk_breaches_or_supervision() -> None:
    """What is for supervision alone is on the other page, and words that nobody asked for are on neither."""
    html = shared_report(agreed()).html.lower().split("</style>")[-1]
    unwanted = ("concern", "risk", "breach", "crossing", "supervision", "crisis", "gad-7", "secret")
    assert [words for words in unwanted if words in html] == []


def test_the_words_of_goals_and_tasks_are_shown_where_somebody_asked_for_them() -> None:
    """Goals and tasks are shown in their own words, and nothing else that is confidential."""
    html = shared_report(agreed(), with_words=True).html
    assert "SECRET goal (goal-1, pursued" in html
    assert "SECRET task (task-1" in html
    assert "SECRET number" not in html
    assert "SECRET words" not in html
