"""Stories of what the relationship bears on: figures with their rater and status, and what a course shows of it."""

from __future__ import annotations

import numpy as np
from tests.statements.seeing import rated, seen
from tests.statements.telling import begun, story

import therarel as tr

E, D = tr.events, tr.domain
FULL, LESS, LITTLE = [2] * 7, [1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0, 0]


def measured(course: tr.Course, answers: list[int], *, session: int) -> None:
    """A client answers seven questions about anxiety."""
    course.record(E.Measured(tr.score("gad-7", answers, rater=tr.Rater.CLIENT), session=session))


def said(course: tr.Course, heading: D.Outcome | str) -> str:
    """What was observed of a course under one heading."""
    return " ".join(tr.measures.observed(course)[heading].sentences)


@story("S05c", "therarel.domain.Outcome.HEALING_PROCESS")
def test_whether_it_went_faster_than_expected_is_counted_and_not_explained() -> None:
    """Scores are counted against what was expected, better, within and worse; that the relationship sped it up is a claim without a publication."""
    course = begun()
    for session, answers in ((1, FULL), (4, LITTLE), (8, LESS)):
        measured(course, answers, session=session)
    assert "were not compared" in said(course, D.Outcome.HEALING_PROCESS)
    expected = {1: (12.0, 16.0), 4: (9.0, 13.0), 8: (5.0, 9.0)}
    observed = tr.measures.observed(course, expected=expected)
    healing = observed[D.Outcome.HEALING_PROCESS]
    assert "Of 3 scores for which a range was expected, 1 were within it, 2 better and 0 worse." in healing.sentences
    assert observed.why == "One course says nothing of why."
    graph = tr.concept_graph()
    claim = graph.edge("therapeutic_relationship", "supports", healing.heading.concept or "")
    assert graph.evidence(claim).weight == 0


@story("S48b", "finding:alliance_individual_adult")
def test_the_alliance_is_one_of_the_strongest_predictors() -> None:
    """A researcher asks what the alliance predicts and reads figure, interval, studies, people and source."""
    graph = tr.concept_graph()
    evidence = str(graph.evidence(graph.edge("working_alliance", "predicts", "treatment_effectiveness")))
    assert "r = .278 [.256, .299], k = 295, N = 30000 (Flückiger et al., 2018)" in evidence


@story("S48c", "therarel.simulation.ClinicParameters.outcome_between")
def test_a_better_alliance_goes_with_a_better_outcome_in_a_simulated_clinic() -> None:
    """A teacher simulates a clinic with the published association and one without: only the first shows it."""
    with_it = tr.simulation.ClinicParameters(outcome_between=0.6)
    without = tr.simulation.ClinicParameters(outcome_between=0.0)
    assert association(with_it) < association(without) - 0.2


def association(parameters: tr.simulation.ClinicParameters) -> float:
    """Correlation of the clients' mean alliance with their mean symptoms, in a simulated clinic."""
    clinic = tr.simulate_clinic(400, seed=11, sessions=12, parameters=parameters, outcome=True)
    assert clinic.symptoms is not None
    means = [np.add.reduceat(values, clinic.starts[:-1]) / clinic.sizes for values in (clinic.score, clinic.symptoms)]
    return float(np.asarray(np.corrcoef(means))[0, 1])


@story("S50", "therarel.domain.Outcome.CLIENT_ENGAGEMENT")
def test_engagement_shows_in_the_sessions_that_are_held_and_missed() -> None:
    """Sessions that the client missed are counted under engagement, and apart from those that the therapist missed."""
    course = begun()
    course.record(E.SessionMissed(by=D.Party.CLIENT, notified=False, session=2))
    course.record(E.SessionMissed(by=D.Party.THERAPIST, session=3))
    engaged = said(course, D.Outcome.CLIENT_ENGAGEMENT)
    assert "Missed by the client: 1, without notice: 1" in engaged
    assert "Missed by the therapist: 1" in engaged


@story("S02d", "therarel.domain.Outcome.HEALING_PROCESS")
def test_a_good_relationship_says_nothing_of_healing_before_somebody_measures_it() -> None:
    """However safe a client feels, nothing is said of healing until scores are on record; then they are, and a worse relationship changes none of it."""
    course = begun()
    rated(course, "alliance.bond.emotional_safety", 5, session=2)
    assert seen(course, "alliance.bond.emotional_safety") == 5
    assert "Not measured" in said(course, D.Outcome.HEALING_PROCESS)
    measured(course, FULL, session=3)
    measured(course, LESS, session=8)
    healing = said(course, D.Outcome.HEALING_PROCESS)
    assert "Number of scores of gad-7: 2. The lowest: 4. The highest: 14." in healing
    rated(course, "alliance.bond.emotional_safety", 2, session=9)
    assert seen(course, "alliance.bond.emotional_safety") == 2
    assert said(course, D.Outcome.HEALING_PROCESS) == healing


@story("S02e", "therarel.domain.Outcome.PERSONAL_GROWTH")
def test_growth_shows_in_the_goals_that_are_reached() -> None:
    """A goal that is reached is listed under personal growth, by its code and without its words."""
    course = begun()
    assert "goal-1, pursued" in said(course, "personal_growth")
    course.record(E.GoalReviewed("goal-1", status=D.GoalStatus.REACHED, session=9))
    assert "goal-1, reached" in said(course, "personal_growth")


@story("S47", "therarel.domain.Outcome")
def test_what_was_observed_stands_under_the_words_of_the_document() -> None:
    """A course is read under five headings, and before them it says, once, that one course says nothing of why."""
    observed = tr.measures.observed(begun())
    assert [each.heading.label for each in observed.observations] == [
        "treatment effectiveness",
        "client engagement",
        "healing process",
        "sustained change",
        "personal growth",
    ]
    assert str(observed).splitlines()[1] == observed.why == "One course says nothing of why."


@story("S48d", "concept:client_engagement")
def test_a_rupture_on_record_leads_to_what_it_bears_on() -> None:
    """A supervisor asks what is in play after a withdrawal: engagement is threatened, with its source, beside the sessions that the client missed; after the repair nothing is."""
    course = begun()
    course.record(E.RuptureNoticed(D.RuptureSeverity.MODERATE, {D.RuptureMode.WITHDRAWAL}, session=5))
    course.record(E.SessionMissed(by=D.Party.CLIENT, notified=False, session=6))
    (threat,) = threats(course)
    assert "Safran" in str(tr.concept_graph().evidence(threat))
    assert "Missed by the client: 1" in said(course, threat.object)
    course.record(E.RepairBegan(D.RepairRoute.IMMEDIATE, session=7))
    course.record(E.RepairStepTaken(D.ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING, session=7))
    course.record(E.RepairSucceeded({tr.Rater.CLIENT, tr.Rater.THERAPIST}, session=8), must=True)
    assert threats(course) == []


def threats(course: tr.Course) -> list[tr.concepts.Edge]:
    """What is in play in a course and threatens what a relationship bears on."""
    graph = tr.concept_graph()
    present = {node.id for node in graph.around(course.relationship).concepts}
    return [edge for edge in graph.threatens(D.Outcome.CLIENT_ENGAGEMENT) if edge.subject in present]


@story("S49", "therarel.domain.Outcome.TREATMENT_EFFECTIVENESS")
def test_effectiveness_is_a_change_on_a_measure_that_somebody_chose() -> None:
    """Without a measure nothing is said; with two scores the change is judged against the error of the measure."""
    course = begun()
    assert "Not measured" in said(course, D.Outcome.TREATMENT_EFFECTIVENESS)
    measured(course, FULL, session=1)
    measured(course, LESS, session=8)
    assert "gad-7: from 14 (session 1) to 4 (session 8)." in said(course, D.Outcome.TREATMENT_EFFECTIVENESS)
    assert "improved" in said(course, D.Outcome.TREATMENT_EFFECTIVENESS)


@story("S51", "therarel.domain.Outcome.HEALING_PROCESS")
def test_the_course_of_healing_is_seen_between_the_first_score_and_the_last() -> None:
    """Three scores show the way; a sudden gain is named only where somebody looked for one and handed it in."""
    course = begun()
    for session, answers in ((1, FULL), (4, LITTLE), (8, LESS)):
        measured(course, answers, session=session)
    assert "The lowest: 4. The highest: 14." in said(course, D.Outcome.HEALING_PROCESS)
    assert "not looked for" in said(course, D.Outcome.HEALING_PROCESS)
    looked = tr.measures.observed(course, gains=[4])[D.Outcome.HEALING_PROCESS]
    assert "not looked for" not in " ".join(looked.sentences)


@story("S52", "therarel.domain.Outcome.SUSTAINED_CHANGE")
def test_change_lasted_if_a_follow_up_says_so() -> None:
    """After the end a score is compared with the start and with the end; before that it says that nobody looked."""
    course = begun()
    measured(course, FULL, session=1)
    measured(course, LESS, session=8)
    course.record(E.Closed(D.ClosingReason.AGREED, session=8))
    before = said(course, D.Outcome.SUSTAINED_CHANGE)
    course.record(E.FollowUpHeld(session=12))
    measured(course, LITTLE, session=12)
    after = said(course, D.Outcome.SUSTAINED_CHANGE)
    assert "Against the start: improved. Against the end: unchanged." in after
    assert "Against the start" not in before
