"""Stories of what the relationship bears on: figures with their rater and status, and what a course shows of it."""

from __future__ import annotations

import numpy as np
from tests.statements.telling import begun, story

import therarel as tr

E, D = tr.events, tr.domain


@story("S02d", "concept:healing_process")
def test_why_the_relationship_should_help_somebody_heal() -> None:
    """A student asks why the relationship bears on healing, and gets a sentence with what it rests on."""
    way = tr.concept_graph().why("therapeutic relationship", "psychological healing")
    assert way.sentence == "Therapeutic relationship supports healing process."
    assert "stated in the outline" in str(way)


@story("S02e", "therarel.domain.Outcome.PERSONAL_GROWTH")
def test_growth_is_more_than_less_of_what_troubled() -> None:
    """A student asks what brings personal growth, and finds it apart from treatment effectiveness."""
    graph = tr.concept_graph()
    brought = {edge.subject for edge in graph.supports(D.Outcome.PERSONAL_GROWTH)}
    assert brought == {"therapeutic_relationship", "collaborative_growth"}
    assert graph.node(D.Outcome.PERSONAL_GROWTH) != graph.node(D.Outcome.TREATMENT_EFFECTIVENESS)


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


@story("S50", "therarel.domain.events.SessionMissed")
def test_engagement_shows_in_the_sessions_that_the_client_misses() -> None:
    """Two sessions missed in a row are counted; a session that is held begins the count anew."""
    course = begun()
    for session in (2, 3):
        course.record(E.SessionMissed(by=D.Party.CLIENT, session=session))
    assert course.relationship.client_misses_in_a_row == 2
    course.record(E.SessionHeld(session=4))
    assert course.relationship.client_misses_in_a_row == 0
