"""Faults of the graph as a whole: cycles, roots, parts that hang together with nothing, things that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from therarel.concepts.checking.texts import named
from therarel.concepts.document import Scope
from therarel.concepts.faults import Fault
from therarel.concepts.terms import FaultLevel

_ROOT = "relationship"


def whole_faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with the graph that a document makes, alone or over another."""
    yield from _cycles(scope)
    yield from _roots(scope)
    yield from _islands(scope)
    yield from _unused(scope)


def _cycles(scope: Scope) -> Iterator[Fault]:
    """An edge that closes a circle where its kind allows none; the first in the file that does."""
    heads: dict[str, nx.DiGraph[str]] = {kind.id: nx.DiGraph() for kind in scope.edge_kinds.values() if kind.acyclic}
    for edge in scope.edges_below:
        if edge.kind in heads:
            heads[edge.kind].add_edge(edge.subject, edge.object)
    for position, edge in enumerate(scope.document.edges):
        following = heads.get(edge.kind)
        if following is None or edge.subject == edge.object:
            continue
        following.add_nodes_from((edge.subject, edge.object))
        if nx.has_path(following, edge.object, edge.subject):
            circle = " > ".join([edge.subject, *nx.shortest_path(following, edge.object, edge.subject)])
            yield Fault(what=f"the edge closes a circle of '{edge.kind}': {circle}", path=("edges", position))
        else:
            following.add_edge(edge.subject, edge.object)


def _roots(scope: Scope) -> Iterator[Fault]:
    """More or less than one whole."""
    first = next((node.id for node in scope.below.values() if node.kind == _ROOT), None)
    for position, node in enumerate(scope.document.nodes):
        if node.kind != _ROOT:
            continue
        if first is not None and first != node.id:
            yield Fault(
                what=f"there is one relationship, and it is '{first}'",
                path=("nodes", position, "kind"),
                value=named(node.id),
            )
        first = first or node.id
    if first is None and scope.document.nodes:
        yield Fault(what="there is no concept of the kind 'relationship'", path=("nodes",))


def _islands(scope: Scope) -> Iterator[Fault]:
    """Concepts without any edge, and groups of concepts that no edge joins to the rest."""
    joined: nx.Graph[str] = nx.Graph()
    joined.add_nodes_from(scope.nodes)
    joined.add_edges_from(
        (edge.subject, edge.object)
        for edge in (*scope.edges_below, *scope.document.edges)
        if edge.subject in scope.nodes and edge.object in scope.nodes
    )
    start = next((node.id for node in (*scope.below.values(), *scope.document.nodes) if node.kind == _ROOT), None)
    if start is None:
        return
    reached = nx.node_connected_component(joined, start)
    for position, node in enumerate(scope.document.nodes):
        if node.id not in reached:
            what = "no edge leads to or from it" if not joined[node.id] else "no way leads from it to the relationship"
            yield Fault(level=FaultLevel.WARN, what=what, path=("nodes", position), value=named(node.id))


def _unused(scope: Scope) -> Iterator[Fault]:
    """Kinds and publications that a document brings and nothing uses."""
    document = scope.document
    node_kinds = {node.kind for node in document.nodes}
    for position, kind in enumerate(document.node_kinds):
        if kind.id not in node_kinds:
            yield _idle("no concept is of this kind", kind.id, ("node_kinds", position))
    edge_kinds = {edge.kind for edge in document.edges}
    for position, link in enumerate(document.edge_kinds):
        if link.id not in edge_kinds:
            yield _idle("no edge is of this kind", link.id, ("edge_kinds", position))
    keys = {key for edge in document.edges for key in edge.refs}
    for position, reference in enumerate(document.references):
        if reference.key not in keys:
            yield _idle("no edge rests on this publication", reference.key, ("references", position))


def _idle(what: str, value: str, path: tuple[str | int, ...]) -> Fault:
    return Fault(level=FaultLevel.INFO, what=what, path=path, value=named(value))
