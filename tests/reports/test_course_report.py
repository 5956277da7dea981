"""The page of one course: concerns first, views, what was observed, and no confidential text."""

import re
from collections.abc import Callable
from datetime import date, datetime
from html import escape
from pathlib import Path

import pytest

from therarel.domain import (
    BreachKind,
    BreachSeverity,
    ClosingReason,
    ConcernKind,
    ConcernOutcome,
    ConsentDecision,
    ConsentGiver,
    ConsentScope,
    Occurrence,
    Party,
    Rater,
    Rating,
    RatingScale,
    RelationshipQuality,
    RuptureSeverity,
    Term,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course, due
from therarel.measures import instrument, observed, stated_score
from therarel.reports import CourseReport, course_report, shared_report
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
            "What is due on 2026-05-04",
            "What was agreed",
            "The way of this course",
            "Stages and the alliance",
            "How the relationship is seen",
            "Adaptations and check-ins",
            "What was observed",
            "Made with therarel",
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


def test_what_is_due_depends_on_the_day() -> None:
    """The page says what is due on its day, given as a date or as text, and leaves it open without one."""
    made = course()
    made.record(events.PauseAgreed(date(2026, 5, 3), session=9))
    for when in (date(2026, 5, 4), "2026-05-04"):
        html = course_report(made, when=when).html
        assert all(escape(each.text) in html for each in due(made, on=date(2026, 5, 4)))
        assert "The last day of the pause was 2026-05-03" in html
    assert "The last day of the pause" not in course_report(made, when="2026-05-03").html
    assert "What is due depends on the day, and none was stated." in course_report(made).html
    calm = course_report(Course.begin("C-014", "T-03"), when="2026-05-04").html
    assert "Nothing is due by what is on record." in calm


def test_a_review_that_is_overdue_on_the_day_comes_first() -> None:
    """A concern whose review was due before the day of the page is said in full, as in every answer of that day."""
    made = Course.begin("C-014", "T-03")
    made.record(events.SafetyConcernRaised(on=date(2026, 4, 1)))
    goes_on = events.SafetyConcernReviewed(
        "concern-1", ConcernOutcome.GOES_ON, review_due=Occurrence(on=date(2026, 5, 1)), on=date(2026, 4, 2)
    )
    made.record(goes_on)
    assert "Look at it before anything else" in course_report(made, when="2026-05-02").html
    assert "Look at it before anything else" not in course_report(made, when="2026-05-01").html


@pytest.mark.parametrize("made", [course_report, shared_report])
@pytest.mark.parametrize("when", ["May 4", "", 3, datetime(2026, 5, 4, 10, 0)])
def test_what_is_no_day_is_refused(made: Callable[..., CourseReport], when: object) -> None:
    """The error names the argument and what would do, and repeats no words."""
    with pytest.raises(InvalidValueError, match=rf"^{made.__name__}\.when: a day is needed.*2026-05-04") as refused:
        made(Course.begin("C-014", "T-03"), when=when)
    assert "May 4" not in str(refused.value)


def test_stages_and_the_alliance_have_a_line_for_each_change() -> None:
    """What was retracted is not there, what was declined is not either, and the last line is how it stands."""
    made = Course.begin("C-014", "T-03")
    for event in (
        events.StrainNoticed(session=2),
        events.StrainEased(session=3),
        events.AdvanceRequested(session=3),
        events.RuptureNoticed(RuptureSeverity.MINOR, session=4),
        events.Closed(ClosingReason.AGREED, session=5),
    ):
        made.record(event)
    made.retract(4)
    html = course_report(made).html
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", html)
    assert rows == [
        ("the beginning", "", "initial formation", "intact"),
        ("session 2", "strain noticed", "initial formation", "strained"),
        ("session 3", "strain eased", "initial formation", "intact"),
        ("session 5", "closed, agreed", "closed", "intact"),
    ]


def test_the_page_for_supervision_says_that_there_are_arrangements_for_a_crisis() -> None:
    """What was agreed is on both pages; that something was arranged for a crisis is on this one alone."""
    said = "For a crisis: arrangements, confidential (session 1)"
    assert said in course_report(agreed()).html
    assert "Tasks of therapy: task-1" in course_report(agreed()).html
    assert said not in shared_report(agreed()).html


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


def test_a_page_says_which_of_the_two_it_is() -> None:
    """The page for supervision and the page to look at together show themselves by their titles."""
    page, together = course_report(agreed()), shared_report(agreed())
    assert str(page) == "Course of C-014 with T-03"
    assert repr(together) == "<CourseReport: What was agreed, and how it is seen: C-014 with T-03>"
    assert all(f"<title>{each}</title>" in each.html for each in (page, together))
