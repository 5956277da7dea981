"""What was observed over a course: recorded things under the document's words, and never why."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import (
    ClosingReason,
    GoalOwner,
    GoalStatus,
    Outcome,
    Party,
    Rater,
    Rating,
    RatingScale,
    Score,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import Course, Machine
from therarel.measures import ClinicalCutoff, Direction, instrument, observed, score, stated_score
from therarel.texts import OBSERVED_FIELDS, standard_texts

START = date(2026, 1, 5)
GAS = RatingScale(-2, 2, step=1)


def course(*happened: events.Fact) -> Course:
    """A course in which this happened."""
    made = Course.begin("C-014", "T-03")
    for event in happened:
        made.record(event)
    return made


def gad(session: int, total: float) -> events.Measured:
    """A total of the GAD-7."""
    return events.Measured(stated_score("gad-7", total), session=session)


def test_what_was_not_measured_says_so_under_every_heading() -> None:
    """An empty course has five headings; each says that nothing is on record, and one line that nothing is said of why."""
    found = observed(course())
    assert [each.heading for each in found.observations] == [
        Outcome.TREATMENT_EFFECTIVENESS,
        Outcome.CLIENT_ENGAGEMENT,
        Outcome.HEALING_PROCESS,
        Outcome.SUSTAINED_CHANGE,
        Outcome.PERSONAL_GROWTH,
    ]
    assert all(each.sentences[0].startswith(("Not measured", "Not recorded")) for each in found.observations)
    assert found.why == "One course says nothing of why."
    assert str(found).count(found.why) == found._repr_html_().count(found.why) == 1
    assert str(found).index(found.why) < str(found).index("Treatment effectiveness")


@given(st.lists(st.integers(0, 21), min_size=2, max_size=8))
def test_change_is_from_the_first_score_to_the_last_by_the_only_published_change(totals: list[int]) -> None:
    """The GAD-7 has one published reliable change, 4 points; a fall of that much is an improvement."""
    found = observed(course(*(gad(session, total) for session, total in enumerate(totals, start=1))))
    fall = totals[0] - totals[-1]
    assert found.change is not None
    assert found.change.directions == (
        Direction.IMPROVED if fall >= 4 else Direction.DETERIORATED if fall <= -4 else Direction.UNCHANGED,
    )
    assert f"gad-7: from {totals[0]} (session 1) to {totals[-1]} (session {len(totals)})." in str(found)
    assert f"scores of gad-7: {len(totals)}. The lowest: {min(totals)}. The highest: {max(totals)}." in str(found)


def test_clinical_significance_needs_a_cutoff_that_was_chosen() -> None:
    """With the published cut-off of the GAD-7, 14 to 5 is recovered; without one it was not looked at."""
    made = course(gad(1, 14), gad(9, 5))
    found = observed(made, cutoff=instrument("gad-7").cutoffs[0])
    assert found.significance is not None
    assert found.significance.outcomes[0].value == "recovered"
    assert "Clinical significance: recovered" in str(found)
    assert observed(made).significance is None
    assert "no cut-off was chosen" in str(observed(made))


def test_a_measure_with_several_published_changes_judges_by_none_until_one_is_chosen() -> None:
    """The ORS has two; by an own reliability and standard deviation, or one of them, it is known."""
    ors = [events.Measured(stated_score("ors", total), session=session) for session, total in ((1, 20), (6, 26))]
    made = course(*ors)
    assert observed(made).change is None
    assert "not known" in observed(made)["treatment_effectiveness"].sentences[1]
    chosen = observed(made, published=instrument("ors").reliable_changes[1]).change
    assert chosen is not None
    assert chosen.directions == (Direction.IMPROVED,)
    own = observed(made, reliability=0.9, sd=8).change
    assert own is not None
    assert own.directions == (Direction.UNCHANGED,)


def test_where_the_figures_of_a_change_come_from_is_said_in_the_texts_of_the_course() -> None:
    """A reliability and a standard deviation that were given are called so in the words of the course's machine."""
    phrases = standard_texts().phrases
    texts = attrs.evolve(
        standard_texts(), phrases={**phrases, "measure": {**phrases["measure"], "given": "(angegeben)"}}
    )
    made = Course.begin("C-1", "T-1", machine=Machine.standard().with_texts(texts))
    for session, total in ((1, 20), (6, 26)):
        made.record(events.Measured(stated_score("ors", total), session=session))
    found = observed(made, reliability=0.9, sd=8)
    said = found["treatment_effectiveness"].sentences[1]
    assert "SD 8 (angegeben), reliability 0.9 (angegeben)" in said
    assert found.change is not None
    assert (found.change.sd_from, found.change.reliability_from) == ("(given)", "(given)")


def test_one_score_is_no_change() -> None:
    """With a single score the change was not measured, and the score is said with its time."""
    found = observed(course(gad(1, 14)))
    assert found.change is None
    assert found["treatment_effectiveness"].sentences == ("gad-7: 14 (session 1) alone. A change was not measured.",)


def test_several_outcome_measures_are_never_mixed_and_an_alliance_is_no_outcome() -> None:
    """Which measure is meant has to be named; a measure of the alliance is refused."""
    made = course(gad(1, 14), events.Measured(stated_score("phq-9", 9), session=1))
    with pytest.raises(InvalidValueError, match=r"several outcome measures were recorded \(expected gad-7, phq-9\)"):
        observed(made)
    assert observed(made, measure="phq-9").measure == "phq-9"
    with pytest.raises(InvalidValueError, match="measures the alliance, not an outcome"):
        observed(made, measure="wai-sr")
    with pytest.raises(InvalidValueError, match="a course is needed"):
        observed("C-014")  # type: ignore[arg-type]


def test_answers_about_risk_come_before_a_total_and_a_change() -> None:
    """The last score's answers about risk are the first sentences, whatever the change is."""
    worse = score("phq-9", [0] * 8 + [3])
    made = course(events.Measured(score("phq-9", [2] * 9), session=1), events.Measured(worse, session=5))
    first = observed(made)["treatment_effectiveness"].sentences[0]
    assert first.startswith("phq-9, session 5: Item 9")
    assert "A person should look" in first


def test_the_latest_answer_about_risk_is_said_although_its_score_has_no_value() -> None:
    """A form with one item left out has no total; what it answers about risk is the latest answer all the same."""
    lacking = events.Measured(score("phq-9", [None, *[1] * 7, 3]), session=6)
    made = course(events.Measured(score("phq-9", [1] * 8 + [0]), session=5), lacking)
    sentences = observed(made)["treatment_effectiveness"].sentences
    assert sentences[0].startswith("phq-9, session 6: Item 9 (suicidal thoughts or acts, self harm): endorsed")
    assert not any("not endorsed" in sentence for sentence in sentences)
    alone = observed(course(lacking))
    assert alone["treatment_effectiveness"].sentences[0] == sentences[0]
    assert (alone.measure, alone.scores) == ("phq-9", ())
    late = observed(course(gad(1, 3), events.Closed(ClosingReason.AGREED, session=4), lacking), measure="phq-9")
    assert late["sustained_change"].sentences[0] == sentences[0]


def test_scores_without_a_value_are_named_and_in_no_figure() -> None:
    """An incomplete form is listed with its time and why; the change and the extremes are of the others."""
    lacking = events.Measured(score("gad-7", [1] * 6 + [None]), session=3)
    found = observed(course(gad(1, 14), gad(2, 9), lacking))
    assert "from 14 (session 1) to 9 (session 2)" in str(found)
    assert str(found).count("Scores of gad-7 without a value, left out of the figures: session 3 (incomplete).") == 1
    assert "Number of scores of gad-7: 2." in str(found)
    assert [each.when.session for each in found.without_value] == [3]
    assert "Not measured: no score of gad-7 has a value." in str(observed(course(lacking)))


def test_a_session_that_is_recorded_twice_counts_once() -> None:
    """A session is known by its number; those that say none are as many as were recorded."""
    made = course(*(events.SessionHeld(session=session) for session in (1, 2, 2, 3)), events.SessionHeld())
    for _ in range(2):
        made.record(events.SessionMissed(Party.CLIENT, session=4))
    attendance = observed(made).attendance
    assert (attendance.sessions_held, attendance.missed_by_client) == (4, 1)


def test_attendance_is_counted_with_its_gaps_and_its_end() -> None:
    """Held, missed by whom, without notice, the longest gap in days, and how it ended."""
    days = [START + timedelta(days=7 * week) for week in (0, 1, 5, 6)]
    made = course(
        *(events.SessionHeld(session=number, on=day) for number, day in enumerate(days, start=1)),
        events.SessionMissed(Party.CLIENT, notified=False, session=5),
        events.SessionMissed(Party.CLIENT, notified=True, session=6),
        events.SessionMissed(Party.CLIENT, session=7),
        events.SessionMissed(Party.THERAPIST, session=8),
        events.SessionMissed(session=9),
        events.Closed(ClosingReason.LOST_CONTACT, session=10),
    )
    found = observed(made).attendance
    assert (found.sessions_held, found.missed_by_client, found.unannounced, found.notice_not_known) == (4, 3, 1, 1)
    assert (found.missed_by_therapist, found.missed_by_neither, found.longest_gap) == (1, 1, 28)
    assert found.ended is ClosingReason.LOST_CONTACT
    assert observed(made)["client_engagement"].sentences[1:] == (
        "Longest time between two sessions, in days and pauses included: 28.",
        "How it ended: lost contact.",
    )


def test_without_dates_the_longest_gap_is_not_known() -> None:
    """One session without a date makes every gap uncertain."""
    made = course(events.SessionHeld(session=1, on=START), events.SessionHeld(session=2))
    assert observed(made).attendance.longest_gap is None
    assert "not known, because sessions are not dated" in str(observed(made))


def test_whether_a_change_held_is_against_the_start_and_the_end() -> None:
    """After the end, and at a follow-up, scores are follow-up: 16 to 6 and back to 12 held against neither."""
    closed = events.Closed(ClosingReason.AGREED, session=10)
    made = course(gad(1, 16), gad(10, 6), closed, events.FollowUpHeld(session=14), gad(14, 12))
    found = observed(made)
    assert found.change is not None
    assert found.change.directions == (Direction.IMPROVED,)
    assert found.follow_up_from_start is not None
    assert found.follow_up_from_end is not None
    assert found.follow_up_from_start.directions == (Direction.IMPROVED,)
    assert found.follow_up_from_end.directions == (Direction.DETERIORATED,)
    assert found["sustained_change"].sentences[0] == (
        "At follow-up (session 14): 12. Against the start: improved. Against the end: deteriorated."
    )
    during = observed(course(gad(1, 16), gad(5, 6), events.FollowUpHeld(session=9), gad(9, 6)))
    assert [each.at_follow_up for each in during.scores] == [False, False, True]


def test_sudden_gains_and_what_was_expected_are_handed_in() -> None:
    """Gains are said by session; scores are counted within, better and worse than their expected range."""
    made = course(gad(1, 16), gad(2, 9), gad(3, 12), gad(4, 5))
    assert "Sudden gains were not looked for." in str(observed(made))
    assert "none was found" in str(observed(made, gains=[]))
    found = observed(made, gains=[2.0], expected={1: (10, 20), 2: (10, 18), 3: (4, 11)})
    assert "Sudden gains, by session: 2." in str(found)
    assert "Of 3 scores for which a range was expected, 1 were within it, 1 better and 1 worse." in str(found)


def test_goals_are_listed_with_how_far_they_are_reached_and_never_with_their_text() -> None:
    """A goal has its code, its standing and its latest and first rating; its text is confidential."""

    def rated(value: float) -> events.GoalReviewed:
        return events.GoalReviewed("goal-1", attainment=Rating(value, GAS, Rater.CLIENT), session=int(value) + 5)

    made = course(
        events.GoalSet("sleep through", GoalOwner.CLIENT, session=1),
        events.GoalSet("go out", GoalOwner.CLIENT, session=1),
        rated(-1),
        rated(1),
        events.GoalReviewed("goal-1", status=GoalStatus.REACHED, session=7),
    )
    said = observed(made)["personal_growth"].sentences
    assert said[0].startswith("goal-1, reached, a goal of the client")
    assert said[0].count("-2 to 2") == 1
    assert said[0].endswith("1 (-2 to 2, higher is better), by the client; at first -1.")
    assert "not rated" in said[1]
    assert "sleep" not in str(observed(made)) + repr(observed(made)) + observed(made)._repr_html_()


def test_retracted_scores_do_not_count_and_other_raters_are_kept_apart() -> None:
    """A score recorded in error is left out, and so are scores of somebody else."""
    made = course(gad(1, 14), gad(5, 2), gad(6, 9))
    made.retract(2)
    assert [each.score.value for each in observed(made).scores] == [14, 9]
    observer = events.Measured(Score("gad-7", 3, Rater.OBSERVER, risk=()), session=7)
    assert [each.score.value for each in observed(course(gad(1, 14), observer)).scores] == [14]


def test_every_word_comes_from_the_texts() -> None:
    """With every text marked, every sentence carries the mark, answers about risk aside."""
    texts = Machine.standard().texts
    marked = {name: "§" + "".join(f"{{{value}}}" for value in fields) for name, fields in OBSERVED_FIELDS.items()}
    words = attrs.evolve(texts, observed=marked)
    made = Course.begin("C-014", "T-03", machine=Machine(Machine.standard().table, words))
    for event in (gad(1, 14), gad(2, 3), events.SessionHeld(session=1), events.GoalSet(session=1)):
        made.record(event)
    found = observed(made, cutoff=ClinicalCutoff(value=8, higher_is_better=False))
    assert all("§" in line for each in found.observations for line in each.sentences)
    assert "§" in found.title
    assert "§" in found.why


def test_the_function_is_found_whatever_is_asked_for_first() -> None:
    """Its module has another name, so that loading the module does not hide the function."""
    import therarel.measures as measures

    assert measures.Observed.__module__ != "therarel.measures.observed"
    assert callable(measures.observed)
