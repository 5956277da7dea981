"""What nobody measures, what nothing but our reading speaks for, where findings disagree, and what is in the middle."""

from __future__ import annotations

import networkx as nx
from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.terms import EdgeDirection
from therarel.concepts.values import Edge, Node
from therarel.errors import as_whole
from therarel.vocabulary import Vocabulary


class Centrality(Vocabulary, links={}):
    """How central a concept is: by how many explanations lead through it, or by how many links it has."""

    BETWEENNESS = "betweenness"
    DEGREE = "degree"


@frozen
class Central:
    """A concept and how central it is.

    Args:
        node: The concept.
        value: Share of the shortest ways that lead through it, or of the concepts that it is linked with; 0 to 1.
    """

    node: Node
    value: float


def unmeasured(graph: GraphCore) -> tuple[Node, ...]:
    """The concepts that could be measured and have no instrument, in order."""
    kinds = set(graph.edge_kind("measured_by").subjects)
    return tuple(
        node for node in graph.nodes() if node.kind in kinds and not graph.links(node, "measured_by", EdgeDirection.OUT)
    )


def unevidenced(graph: GraphCore) -> tuple[Node, ...]:
    """The concepts without a link that rests on a publication, in order."""
    return tuple(node for node in graph.nodes() if not any(edge.refs for edge in graph.links(node)))


def conflicting(graph: GraphCore) -> tuple[Edge, ...]:
    """The links about which published findings disagree, in order."""
    return tuple(edge for edge in graph.edges() if graph.evidence(edge).conflicting)


def central(graph: GraphCore, by: Centrality | str = Centrality.BETWEENNESS, *, most: int = 10) -> tuple[Central, ...]:
    """The most central concepts, the most central first, ties in the order of the file.

    Headings that only gather others and the whole itself are left out of the count of ways.
    """
    gathering = {node.id for node in graph.nodes() if node.kind in ("grouping", "relationship")}
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(node.id for node in graph.nodes() if node.id not in gathering)
    plain.add_edges_from(
        (edge.subject, edge.object) for edge in graph.edges() if gathering.isdisjoint((edge.subject, edge.object))
    )
    measure = nx.degree_centrality if Centrality(by) is Centrality.DEGREE else nx.betweenness_centrality
    values: dict[str, float] = measure(plain)
    ranked = sorted(values.items(), key=lambda item: -round(item[1], 12))
    return tuple(Central(graph.node(identifier), value) for identifier, value in ranked[: as_whole(most, where="most")])
