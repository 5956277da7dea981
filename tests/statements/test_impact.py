"""Stories of what the relationship bears on: figures with their rater and status, and what a course shows of it."""

from __future__ import annotations

import numpy as np
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


@story("S05c", "concept:therapeutic_relationship")
def test_the_catalyst_is_a_claim_with_its_basis() -> None:
    """A reader asks what the claim that the relationship brings healing rests on: the outline, and no publication."""
    graph = tr.concept_graph()
    edge = graph.edge("therapeutic_relationship", "supports", "healing_process")
    assert graph.evidence(edge).weight == 0
    assert edge in graph.without_inferred().supports("healing_process")


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


@story("S02d", "concept:healing_process")
def test_why_the_relationship_should_help_somebody_heal() -> None:
    """A student asks why the relationship bears on healing, and gets a sentence with what it rests on."""
    way = tr.concept_graph().why("therapeutic relationship", "psychological healing")
    assert way.sentence == "Therapeutic relationship supports healing process."
    assert "stated in the outline" in str(way)


@story("S02e", "therarel.domain.Outcome.PERSONAL_GROWTH")
def test_growth_shows_in_the_goals_that_are_reached() -> None:
    """A goal that is reached is listed under personal growth, by its code and without its words."""
    course = begun()
    assert "goal-1, pursued" in said(course, "personal_growth")
    course.record(E.GoalReviewed("goal-1", status=D.GoalStatus.REACHED, session=9))
    assert "goal-1, reached" in said(course, "personal_growth")


@story("S47", "therarel.domain.Outcome")
def test_what_was_observed_stands_under_the_words_of_the_document() -> None:
    """A course is read under five headings, and each says that one course says nothing of why."""
    observed = tr.measures.observed(begun())
    assert [each.heading.label for each in observed.observations] == [
        "treatment effectiveness",
        "client engagement",
        "healing process",
        "sustained change",
        "personal growth",
    ]
    assert {each.why for each in observed.observations} == {"One course says nothing of why."}


@story("S48d", "concept:client_engagement")
def test_a_withdrawal_threatens_engagement() -> None:
    """A supervisor asks what threatens a client's engagement, and is pointed to withdrawal with its source."""
    graph = tr.concept_graph()
    (threat,) = graph.threatens("client_engagement")
    assert threat.subject == "withdrawal_rupture"
    assert "Safran" in str(graph.evidence(threat))


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
    assert "the lowest 4, the highest 14" in said(course, D.Outcome.HEALING_PROCESS)
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
