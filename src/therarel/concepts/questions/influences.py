"""What helps, what harms, what mends, and what makes it grow."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.names import Concept
from therarel.concepts.terms import Basis, EdgeDirection
from therarel.concepts.values import Edge, Node

_SURENESS = tuple(Basis)


@frozen
class Mending:
    """A way to mend a rupture.

    Args:
        repair: The act or step.
        mends: What the graph says that it mends: the rupture itself, or what the rupture is a kind of.
        edge: The link that says so.
        through: The more general repair that the link speaks of; ``None`` where it speaks of this one.
        needs: What has to be there first.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> ways = concept_graph().repairs("withdrawal_rupture")
        >>> [way.repair.id for way in ways][:2], [node.id for node in ways[0].needs]
        (['metacommunication', 'emergence_of_need'], ['strain_recognition'])
    """

    repair: Node
    mends: Node
    edge: Edge
    through: Node | None
    needs: tuple[Node, ...]


def working_on(graph: GraphCore, concept: Concept, kind: str, *, parts: bool = False) -> tuple[Edge, ...]:
    """The links of a kind that lead to a concept, the surer ones first.

    Args:
        graph: Where to look.
        concept: What they lead to.
        kind: ``supports`` or ``threatens``, or any other.
        parts: Whether links to the parts of the concept count.
    """
    targets = graph.reachable(concept, "part_of", EdgeDirection.IN) if parts else (graph.node(concept),)
    found = [edge for target in targets for edge in graph.links(target, kind, EdgeDirection.IN)]
    return tuple(sorted(found, key=lambda edge: (_SURENESS.index(edge.basis) == 2, -graph.evidence(edge).weight)))


def mending(graph: GraphCore, concept: Concept) -> tuple[Mending, ...]:
    """The ways to mend a rupture: its own, those of what it is a kind of, and the special forms of each.

    What mends the rupture itself comes before what mends ruptures in general, and a repair that the link
    names before its special forms.
    """
    node = graph.node(concept)
    found: dict[str, Mending] = {}
    ruptures = graph.reachable(node, "kind_of")
    for rupture in ruptures:
        direct = graph.links(rupture, "repairs", EdgeDirection.IN)
        for edge in direct:
            repair = graph.node(edge.subject)
            found.setdefault(repair.id, Mending(repair, rupture, edge, None, _needs(graph, repair)))
        for edge in direct:
            general = graph.node(edge.subject)
            for special in graph.reachable(general, "kind_of", EdgeDirection.IN)[1:]:
                if _is_of_others(graph, special, ruptures):
                    continue
                found.setdefault(special.id, Mending(special, rupture, edge, general, _needs(graph, special)))
    return tuple(found.values())


def _is_of_others(graph: GraphCore, repair: Node, ruptures: Iterable[Node]) -> bool:
    """Whether a special repair is known to mend other ruptures and none of these."""
    mends = {edge.object for edge in graph.links(repair, "repairs", EdgeDirection.OUT)}
    return bool(mends) and mends.isdisjoint({each.id for each in ruptures})


def _needs(graph: GraphCore, repair: Node) -> tuple[Node, ...]:
    return tuple(graph.node(edge.object) for edge in graph.links(repair, "requires", EdgeDirection.OUT))


def developing(graph: GraphCore, concept: Concept) -> tuple[Edge, ...]:
    """The links to continuing work that makes a capability grow: ``developed_by``, and activities that support it."""
    node = graph.node(concept)
    activities = {each.id for each in graph.nodes("activity")}
    grown = graph.links(node, "developed_by", EdgeDirection.OUT)
    helped = (edge for edge in graph.links(node, "supports", EdgeDirection.IN) if edge.subject in activities)
    known = {edge.object for edge in grown}
    return (*grown, *(edge for edge in helped if edge.subject not in known))
