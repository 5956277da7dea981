"""From what comes first to what rests on it: concepts in layers, links that pass a layer led round its boxes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final

from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.terms import Influence
from therarel.concepts.values import Edge, Node

_SWEEPS: Final = 6


@frozen
class Passage:
    """A free row through which a link passes a layer.

    Args:
        edge: The link.
        layer: The layer that it passes.
    """

    edge: Edge
    layer: int


def flow_order(graph: GraphCore, order: Sequence[Node]) -> tuple[Node, ...]:
    """The concepts so that what works on others comes before them, as far as circles allow; ties keep their order."""
    rank = {node.id: place for place, node in enumerate(order)}
    before: dict[str, set[str]] = {node.id: set() for node in order}
    for edge in graph.edges():
        if edge.subject in rank and edge.object in rank:
            influence = graph.edge_kind(edge.kind).influence
            if influence is Influence.FORWARD:
                before[edge.object].add(edge.subject)
            elif influence is Influence.BACKWARD:
                before[edge.subject].add(edge.object)
    left = [node.id for node in order]
    placed: list[str] = []
    while left:
        placed.append(min(left, key=lambda each: (len(before[each].intersection(left)), rank[each])))
        left.remove(placed[-1])
    return tuple(graph.node(each) for each in placed)


def layered(order: Sequence[Node], edges: Collection[Edge]) -> list[list[Node | Passage]]:
    """The layers from left to right, each from top to bottom, with a passage wherever a link passes one.

    A concept is right of everything before it in the order that it is linked with, and as near to what follows
    as it can.

    Args:
        order: The concepts; links lead from earlier to later ones.
        edges: The links to be drawn.
    """
    rank = {node.id: place for place, node in enumerate(order)}
    ways = [tuple(sorted((edge.subject, edge.object), key=rank.__getitem__)) for edge in edges]
    layer: dict[str, int] = {}
    for node in order:
        layer[node.id] = max((layer[one] + 1 for one, other in ways if other == node.id), default=0)
    last = max(layer.values(), default=0)
    for node in reversed(order):
        after = [layer[other] - 1 for one, other in ways if one == node.id]
        layer[node.id] = min(after, default=last if node is order[-1] else layer[node.id])
    layers: list[list[Node | Passage]] = [[] for _ in range(last + 1)]
    for node in order:
        layers[layer[node.id]].append(node)
    beside: dict[Node | Passage, list[Node | Passage]] = {node: [] for node in order}
    nodes = {node.id: node for node in order}
    for edge, (one, other) in zip(edges, ways, strict=True):
        way: list[Node | Passage] = [nodes[one]]
        for place in range(layer[one] + 1, layer[other]):
            way.append(Passage(edge, place))
            layers[place].append(way[-1])
        way.append(nodes[other])
        for here, there in pairwise(way):
            beside.setdefault(here, []).append(there)
            beside.setdefault(there, []).append(here)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for place in range(1, len(layers)) if forth else range(len(layers) - 2, -1, -1):
            _sort(layers[place], layers[place - 1 if forth else place + 1], beside)
    return [row for row in layers if row]


def _sort(
    rows: list[Node | Passage], fixed: Sequence[Node | Passage], beside: dict[Node | Passage, list[Node | Passage]]
) -> None:
    """Bring a layer into the order of its neighbours in the layer beside it."""
    share = {row: (place + 0.5) / len(fixed) for place, row in enumerate(fixed)}
    own = {row: (place + 0.5) / len(rows) for place, row in enumerate(rows)}

    def middle(row: Node | Passage) -> float:
        places = [share[each] for each in beside.get(row, ()) if each in share]
        return sum(places) / len(places) if places else own[row]

    rows.sort(key=middle)
