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


@story("S47", "concept:impact")
def test_what_the_relationship_bears_on_has_a_heading() -> None:
    """A student asks what the relationship bears on and gets the outcomes of the outline, and dropout beside them."""
    bears_on = [edge.subject for edge in tr.concept_graph().links("impact", "part_of", "in")]
    assert {"treatment_effectiveness", "client_engagement", "healing_process", "sustained_change"} <= set(bears_on)
    assert {outcome.value for outcome in D.Outcome} <= set(bears_on)


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


@story("S48d", "concept:client_engagement")
def test_a_withdrawal_threatens_engagement() -> None:
    """A supervisor asks what threatens a client's engagement, and is pointed to withdrawal with its source."""
    graph = tr.concept_graph()
    (threat,) = graph.threatens("client_engagement")
    assert threat.subject == "withdrawal_rupture"
    assert "Safran" in str(graph.evidence(threat))


@story("S49", "therarel.domain.Outcome.TREATMENT_EFFECTIVENESS")
def test_what_goes_with_effectiveness_is_listed_with_its_figures() -> None:
    """A researcher lists what was found to go with effectiveness, by size; figures are associations and never causes."""
    graph = tr.concept_graph()
    found = [
        finding
        for edge in graph.links(D.Outcome.TREATMENT_EFFECTIVENESS, "predicts", "in")
        for finding in graph.findings_of(edge)
    ]
    largest = max((each for each in found if each.metric is D.EffectMetric.R), key=lambda each: each.effect.value)  # type: ignore[union-attr]  # a correlation has a value
    assert largest.concept == "countertransference_management"
    assert not any(finding.is_causal for finding in found)


@story("S51", "therarel.domain.Outcome.HEALING_PROCESS")
def test_healing_is_supported_by_working_through() -> None:
    """A student asks what supports healing, and sees which of it the outline says and which is a reading of it."""
    edges = {edge.subject: edge.is_inferred for edge in tr.concept_graph().supports(D.Outcome.HEALING_PROCESS)}
    assert edges == {"therapeutic_relationship": False, "working_through_challenges": True}


@story("S52", "therarel.domain.Outcome.SUSTAINED_CHANGE")
def test_lasting_change_is_prepared_in_the_ending() -> None:
    """A pair that plans its ending finds planning maintenance among what supports that change lasts."""
    supported = {edge.subject for edge in tr.concept_graph().supports(D.Outcome.SUSTAINED_CHANGE)}
    assert "planning_maintenance" in supported
    course = begun()
    course.record(E.EndingPlanned(session=12))
    offered = {each.task for each in course.options().open if isinstance(each, E.StageTaskMet)}
    assert tr.StageTask.PLANNING_MAINTENANCE not in offered
    course.record(E.StageTaskMet(tr.StageTask.REVIEWING_PROGRESS, session=13))
    assert course.may(E.StageTaskMet(tr.StageTask.PLANNING_MAINTENANCE, session=13))
