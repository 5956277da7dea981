"""Looking concepts and links up, cutting graphs out, and handing plain copies out."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.concepts import ConceptGraph, EdgeDirection, Node, concept_graph
from therarel.domain import (
    Bond,
    Client,
    EpisodeKind,
    Outcome,
    Rater,
    Relationship,
    RuptureEpisode,
    RuptureSeverity,
    Stage,
    StageTask,
)
from therarel.errors import InvalidValueError, UnknownNameError

GRAPH = concept_graph()


@given(st.sampled_from(GRAPH.nodes()), st.data())
def test_every_name_of_a_concept_leads_to_it(node: Node, data: st.DataObject) -> None:
    """Id, label, slug and aliases lead to their concept, however they are capitalised and hyphenated."""
    name = data.draw(st.sampled_from(node.names))
    shape = data.draw(st.sampled_from((str.upper, str.lower, str.title, lambda text: text.replace("_", "-"))))
    assert GRAPH.node(shape(name)) is node
    assert GRAPH.node(node) is node
    assert name in GRAPH


def test_terms_classes_and_objects_of_the_domain_lead_to_concepts(graph: ConceptGraph) -> None:
    """A tool can ask with what it holds: a term, a class, an object, an open episode."""
    strain = RuptureEpisode(EpisodeKind.STRAIN)
    rupture = RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MINOR)
    given_ = (StageTask.BUILDING_RAPPORT, Rater.CLIENT, Outcome, Bond(), Client("C-1"), strain, rupture, Relationship)
    assert [graph.node(each).id for each in given_] == [
        "building_rapport", "client", "impact", "bond", "client", "alliance_strain", "alliance_rupture",
        "therapeutic_relationship",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("empathie", "did you mean 'empathy'"),
        ("zzzz", "look among the labels"),
        (Stage.CLOSED, "no concept stands for this term of Stage"),
        (StageTask, "no concept stands for this class"),
        (dict, "no concept stands for this class"),
        (3.5, "no concept stands for this class"),
    ],
)
def test_what_leads_to_no_concept_is_refused_with_a_hint(graph: ConceptGraph, wrong: object, hint: str) -> None:
    """A wrong name gives the nearest one, a wrong thing says what would do."""
    with pytest.raises(UnknownNameError, match=hint):
        graph.node(wrong)  # type: ignore[arg-type]  # on purpose
    assert wrong not in graph


def test_a_sentence_that_somebody_said_is_not_repeated(graph: ConceptGraph) -> None:
    """A look-up with free text shows its length alone."""
    with pytest.raises(UnknownNameError) as refused:
        graph.node("she said it was all over now")
    assert "she said" not in str(refused.value)


def test_a_link_that_is_not_there_is_refused_with_those_that_are(graph: ConceptGraph) -> None:
    """The hint tells what links the two concepts, or that nothing does."""
    with pytest.raises(UnknownNameError, match="Empathy supports bond"):
        graph.edge("empathy", "requires", "bond")
    with pytest.raises(UnknownNameError, match="nothing links the two directly"):
        graph.edge("empathy", "requires", "dropout")
    with pytest.raises(UnknownNameError, match="did you mean 'requires'"):
        graph.edge("empathy", "require", "bond")


def test_links_are_found_by_kind_and_direction(graph: ConceptGraph) -> None:
    """Out and in add up to both, kinds part them, and our own readings can be left out."""
    both = graph.links("empathy")
    out, into = graph.links("empathy", direction=EdgeDirection.OUT), graph.links("empathy", direction="in")
    assert both == out + into
    by_kind = [edge for kind in graph.edge_kinds for edge in graph.links("empathy", kind.id)]
    assert sorted(by_kind, key=str) == sorted(both, key=str)
    assert set(graph.without_inferred().links("empathy")) == {edge for edge in both if not edge.is_inferred}
    with pytest.raises(UnknownNameError):
        graph.links("empathy", "suports")
    with pytest.raises(UnknownNameError):
        graph.links("empathy", direction="up")


def test_without_inferred_leaves_out_our_readings_and_nothing_else(graph: ConceptGraph) -> None:
    """All concepts stay; the links that go are those whose basis is inferred."""
    rest = graph.without_inferred()
    assert rest.nodes() == graph.nodes()
    assert set(graph.edges()) - set(rest.edges()) == {edge for edge in graph.edges() if edge.is_inferred}
    assert rest.without_inferred().edges() == rest.edges()


@given(st.sets(st.sampled_from(GRAPH.nodes()), max_size=12))
def test_a_subgraph_has_its_concepts_and_the_links_between_them(nodes: set[Node]) -> None:
    """Nothing is added and nothing between the concepts is lost."""
    cut = GRAPH.subgraph(nodes)
    ids = {node.id for node in nodes}
    assert set(cut.nodes()) == nodes
    assert cut.edges() == tuple(edge for edge in GRAPH.edges() if edge.subject in ids and edge.object in ids)


@given(st.sampled_from(GRAPH.nodes()), st.integers(0, 3))
def test_a_neighbourhood_is_what_networkx_calls_one(node: Node, depth: int) -> None:
    """The concepts at most so many links away are those that an independent search finds."""
    found = GRAPH.neighbourhood(node, depth)
    reached = nx.single_source_shortest_path_length(GRAPH.to_networkx().to_undirected(), node.id, cutoff=depth)
    assert {each.id for each in found} == set(reached)


@pytest.mark.parametrize("depth", [-1, 1.5, True, "2"])
def test_a_neighbourhood_of_no_whole_depth_is_refused(graph: ConceptGraph, depth: int) -> None:
    """A depth counts links."""
    with pytest.raises(InvalidValueError, match="a depth counts links"):
        graph.neighbourhood("empathy", depth)


def test_what_is_handed_out_can_be_changed_without_changing_the_graph(graph: ConceptGraph) -> None:
    """The plain copy is the reader's own; the graph inside cannot be written to at all."""
    plain = graph.to_networkx()
    plain.remove_node("empathy")
    plain.add_edge("x", "y", "z")
    assert "empathy" in graph
    assert "x" not in graph
    assert nx.utils.graphs_equal(graph.to_networkx(), concept_graph().to_networkx())


def test_every_algorithm_of_networkx_works_on_the_copy(graph: ConceptGraph) -> None:
    """The copy is a plain MultiDiGraph with plain attributes."""
    plain = graph.to_networkx()
    assert type(plain) is nx.MultiDiGraph
    assert nx.shortest_path(plain, "empathy", "treatment_effectiveness") == ["empathy", "treatment_effectiveness"]
    assert nx.is_weakly_connected(plain)
    values = [value for _, data in plain.nodes(data=True) for value in data.values()]
    values += [value for *_, data in plain.edges(data=True) for value in data.values()]
    assert {type(value) for value in values} <= {str, int, bool, list}


def test_a_sentence_can_be_made_of_every_link_in_both_directions(graph: ConceptGraph) -> None:
    """Each link reads as a sentence with both labels in it."""
    for edge in graph.edges():
        for reverse in (False, True):
            sentence = graph.sentence(edge, reverse=reverse)
            assert sentence.endswith(".")
            assert graph.node(edge.subject).label.lower() in sentence.lower()
            assert graph.node(edge.object).label.lower() in sentence.lower()


def test_the_graph_is_loaded_once(graph: ConceptGraph) -> None:
    """Asking again gives the same object, and its picture of itself is short."""
    assert concept_graph() is graph
    assert repr(graph) == "<ConceptGraph 'Concept graph of the therapeutic relationship' 1: 124 concepts, 366 links>"
    assert list(graph) == list(graph.nodes())
