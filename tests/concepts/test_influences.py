"""What supports, threatens, mends and develops; what nobody measures; what stands in the middle."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.concepts import Basis, Centrality, ConceptGraph, Node, concept_graph
from therarel.domain import EpisodeKind, RuptureEpisode

GRAPH = concept_graph()


@given(st.sampled_from(GRAPH.nodes()), st.sampled_from(("supports", "threatens")), st.booleans(), st.booleans())
def test_support_and_threat_are_the_links_that_say_so(node: Node, kind: str, parts: bool, inferred: bool) -> None:
    """All links of the kind to the concept and, on request, to its parts; our own readings stand last."""
    found = getattr(GRAPH if inferred else GRAPH.without_inferred(), kind)(node, parts=parts)
    assert all(edge.kind == kind for edge in found)
    direct = {edge for edge in GRAPH.edges(kind) if edge.object == node.id and (inferred or not edge.is_inferred)}
    assert direct <= set(found)
    assert parts or direct == set(found)
    inferred_places = [place for place, edge in enumerate(found) if edge.basis is Basis.INFERRED]
    assert inferred_places == list(range(len(found) - len(inferred_places), len(found)))


def test_threats_to_the_parts_of_the_alliance_are_threats_to_it(graph: ConceptGraph) -> None:
    """With parts, what threatens trust, a part of the bond, threatens the alliance."""
    assert {edge.subject for edge in graph.threatens("working_alliance")} == {"alliance_rupture"}
    assert {"boundary_breach", "alliance_strain"} <= {
        edge.subject for edge in graph.threatens("working_alliance", parts=True)
    }


def test_a_rupture_is_mended_by_its_own_ways_first(graph: ConceptGraph) -> None:
    """A withdrawal rupture has its own repairs, then those of ruptures in general, each once."""
    ways = graph.repairs("withdrawal_rupture")
    assert [way.repair.id for way in ways if way.mends.id == "withdrawal_rupture"] == [
        "metacommunication",
        "emergence_of_need",
    ]
    assert [way.mends.id for way in ways] == sorted((way.mends.id for way in ways), reverse=True)
    assert len({way.repair.id for way in ways}) == len(ways)
    assert "acknowledging_contribution" not in {way.repair.id for way in ways}
    avoidance = next(way for way in ways if way.repair.id == "exploring_avoidance")
    assert avoidance.through is not None
    assert [node.id for node in avoidance.needs] == ["exploring_rupture"]


def test_an_episode_of_the_domain_can_be_asked_about(graph: ConceptGraph) -> None:
    """A strain is mended by what the graph knows for strains."""
    ways = graph.repairs(RuptureEpisode(EpisodeKind.STRAIN))
    assert {"clarifying_rationale", "changing_task_or_goal", "strain_recognition"} <= {way.repair.id for way in ways}
    assert graph.repairs("empathy") == ()


def test_skills_are_developed_by_activities(graph: ConceptGraph) -> None:
    """What develops a skill is continuing work, said by the skill or by the work, once each."""
    found = graph.develops("countertransference_management")
    assert [edge.kind for edge in found] == ["developed_by", "supports"]
    assert {edge.other("countertransference_management") for edge in found} == {
        "clinical_supervision",
        "self_awareness",
    }
    assert len(graph.develops("cultural_competence")) == 1


def test_unmeasured_concepts_are_those_without_an_instrument(graph: ConceptGraph) -> None:
    """Of the concepts that could be measured, each has an instrument or is listed."""
    measured = {edge.subject for edge in graph.edges("measured_by")}
    kinds = set(graph.edge_kind("measured_by").subjects)
    could = {node.id for node in graph if node.kind in kinds}
    assert {node.id for node in graph.unmeasured()} == could - measured


def test_unevidenced_concepts_have_no_publication(graph: ConceptGraph) -> None:
    """A concept is listed exactly if no link of it names a publication."""
    for node in graph:
        assert (node in graph.unevidenced()) == (not any(edge.refs for edge in graph.links(node)))


@pytest.mark.parametrize("by", list(Centrality))
def test_centrality_is_that_of_networkx(graph: ConceptGraph, by: Centrality) -> None:
    """The values are those that networkx computes without headings and the whole, the greatest first."""
    found = graph.central(by, most=200)
    values = [each.value for each in found]
    assert values == sorted(values, reverse=True)
    left_out = [node.id for node in graph if node.kind in ("grouping", "relationship")]
    plain = nx.Graph(graph.to_networkx().to_undirected())
    plain.remove_nodes_from(left_out)
    expected = nx.degree_centrality(plain) if by is Centrality.DEGREE else nx.betweenness_centrality(plain)
    assert {each.node.id: each.value for each in found} == pytest.approx(expected)
    assert len(graph.central(by, most=3)) == 3


def test_a_description_tells_place_evidence_and_doubt(graph: ConceptGraph) -> None:
    """What a concept is names its place, its figures with their status, its counterparts, and what is our reading."""
    told = str(graph.explain("cultural_competence"))
    for part in ("Cultural factors", "r = .38", "client-rated", "unverified", "D054521", "not reviewed by a clinician"):
        assert part in told
    literature = graph.explain("dropout")
    assert not literature.is_stated
    assert "Not in the outline" in str(literature)
    assert "*" not in str(graph.without_inferred().explain("cultural_competence"))


def test_every_concept_can_be_described(graph: ConceptGraph) -> None:
    """No concept lacks words, and every place leads up to the relationship."""
    for node in graph:
        told = graph.explain(node)
        assert str(told).startswith(node.label)
        assert not told.ancestors or told.ancestors[-1] == graph.root
