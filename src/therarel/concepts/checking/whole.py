"""Faults of the graph as a whole: cycles, roots, parts that hang together with nothing, things that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.concepts.checking.scope import Scope
from therarel.concepts.checking.texts import named
from therarel.concepts.faults import Fault
from therarel.concepts.terms import FaultLevel

__all__ = ["whole_faults"]

_ROOT = "relationship"


def whole_faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with the graph that a document makes, alone or over another."""
    yield from _cycles(scope)
    yield from _roots(scope)
    yield from _islands(scope)
    yield from _unused(scope)


def _cycles(scope: Scope) -> Iterator[Fault]:
    """An edge that closes a circle where its kind allows none; the first in the file that does."""
    heads: dict[str, dict[str, list[str]]] = {kind.id: {} for kind in scope.edge_kinds.values() if kind.acyclic}
    for edge in scope.edges_below:
        if edge.kind in heads:
            heads[edge.kind].setdefault(edge.subject, []).append(edge.object)
    for position, edge in enumerate(scope.document.edges):
        following = heads.get(edge.kind)
        if following is None or edge.subject == edge.object:
            continue
        way = _way(following, edge.object, edge.subject)
        if way is None:
            following.setdefault(edge.subject, []).append(edge.object)
        else:
            circle = " > ".join([edge.subject, *way])
            yield Fault(
                level=FaultLevel.ERROR,
                what=f"the edge closes a circle of '{edge.kind}': {circle}",
                path=("edges", position),
            )


def _way(following: dict[str, list[str]], start: str, end: str) -> list[str] | None:
    """The concepts from one to another along edges, or ``None``."""
    if start == end:
        return [start]
    came: dict[str, str] = {start: start}
    front = [start]
    while front:
        here = front.pop()
        for there in following.get(here, ()):
            if there in came:
                continue
            came[there] = here
            if there == end:
                way = [there]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            front.append(there)
    return None


def _roots(scope: Scope) -> Iterator[Fault]:
    """More or less than one whole."""
    first = next((node.id for node in scope.below.values() if node.kind == _ROOT), None)
    for position, node in enumerate(scope.document.nodes):
        if node.kind != _ROOT:
            continue
        if first is not None and first != node.id:
            yield Fault(
                level=FaultLevel.ERROR,
                what=f"there is one relationship, and it is '{first}'",
                path=("nodes", position, "kind"),
                value=named(node.id),
            )
        first = first or node.id
    if first is None and scope.document.nodes:
        yield Fault(level=FaultLevel.ERROR, what="there is no concept of the kind 'relationship'", path=("nodes",))


def _islands(scope: Scope) -> Iterator[Fault]:
    """Concepts without any edge, and groups of concepts that no edge joins to the rest."""
    beside: dict[str, list[str]] = {identifier: [] for identifier in scope.nodes}
    for edge in (*scope.edges_below, *scope.document.edges):
        if edge.subject in beside and edge.object in beside:
            beside[edge.subject].append(edge.object)
            beside[edge.object].append(edge.subject)
    start = next((node.id for node in (*scope.below.values(), *scope.document.nodes) if node.kind == _ROOT), None)
    if start is None:
        return
    reached, front = {start}, [start]
    while front:
        new = [each for each in beside[front.pop()] if each not in reached]
        reached.update(new)
        front += new
    for position, node in enumerate(scope.document.nodes):
        if node.id not in reached:
            what = "no edge leads to or from it" if not beside[node.id] else "no way leads from it to the relationship"
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
