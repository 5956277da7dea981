"""Explanations: chains of links that hold, that are short, and that read as sentences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.concepts import By, ConceptGraph, Node, concept_graph

GRAPH = concept_graph()
NODES = st.sampled_from(GRAPH.nodes())


@given(NODES, NODES, st.sampled_from(By), st.booleans())
@settings(deadline=None)
def test_an_explanation_is_a_chain_of_links_from_start_to_end(start: Node, end: Node, by: By, inferred: bool) -> None:
    """Each step begins where the one before ended, and every step is a link of the graph that may be used."""
    found = (GRAPH if inferred else GRAPH.without_inferred()).why(start, end, by=by)
    here = start.id
    for step in found:
        assert step.start == here
        here = step.end
        assert step.edge in GRAPH.edges()
        assert inferred or not step.edge.is_inferred
    assert here == (end.id if found else start.id)
    assert [node.id for node in found.nodes] == [start.id, *(step.end for step in found)]
    assert len({node.id for node in found.nodes}) == len(found.nodes)


@given(NODES, NODES)
@settings(deadline=None)
def test_the_whole_graph_explains_any_two_concepts(start: Node, end: Node) -> None:
    """The graph hangs together, so that there is always a way; the same question has the same answer."""
    found = GRAPH.why(start, end)
    assert bool(found) == (start != end)
    assert found.steps == GRAPH.why(start, end).steps
    assert found.sentence.startswith(start.label)
    assert found.sentence.endswith(".")


def test_supervision_and_trust_are_linked_by_what_supervision_develops(graph: ConceptGraph) -> None:
    """The explanation goes along the influence and not through the whole that both belong to."""
    found = graph.why("clinical_supervision", "trust")
    assert found.sentence == "Clinical supervision develops professional ethics, which supports trust."
    assert found.has_inferred
    assert "not reviewed by a clinician" in str(found)
    assert "American Psychological Association, 2017" in str(found)


def test_without_our_readings_the_explanation_rests_on_something(graph: ConceptGraph) -> None:
    """Leaving out what is inferred gives another way, of which no step is our reading alone."""
    found = graph.without_inferred().why("clinical_supervision", "trust")
    assert found
    assert not found.has_inferred


def test_hubs_that_join_everything_explain_nothing(graph: ConceptGraph) -> None:
    """No explanation goes through people, headings or the whole where another way is about as short."""
    for start, end in (("empathy", "validation"), ("self_awareness", "power_awareness"), ("trust", "collaboration")):
        inside = graph.why(start, end).nodes[1:-1]
        assert not {node.kind for node in inside} & {"role", "grouping", "relationship", "measure"}


def test_the_surest_explanation_is_at_least_as_sure(graph: ConceptGraph) -> None:
    """By basis, no more steps are our own reading than by steps."""
    for end in ("trust", "healing_process", "bond", "dropout"):
        readings = {
            by: sum(step.edge.is_inferred for step in graph.why("clinical_supervision", end, by=by)) for by in By
        }
        assert readings[By.BASIS] <= readings[By.STEPS]


def test_concepts_that_nothing_links_are_told_so(graph: ConceptGraph) -> None:
    """In a graph that falls apart the answer is no, in words."""
    apart = graph.subgraph(["warmth", "dropout"])
    found = apart.why("warmth", "dropout")
    assert not found
    assert found.sentence == "Nothing links Warmth and dropout."
    assert graph.why("warmth", "warmth").sentence == "Warmth is what was asked about."


@pytest.mark.parametrize("by", list(By))
def test_an_explanation_shows_itself_as_a_picture(graph: ConceptGraph, by: By) -> None:
    """A notebook gets an SVG whose text alternative is the sentence."""
    found = graph.why("self_awareness", "dropout", by=by)
    assert found.draw().description == found.sentence
    assert found._repr_svg_().startswith("<svg ")
