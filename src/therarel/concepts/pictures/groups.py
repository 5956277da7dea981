"""The groups of the overview: the headings of the outline, and people, instruments and theories beside them."""

from __future__ import annotations

from collections import Counter
from typing import Final

from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.questions.description import ancestors_of
from therarel.concepts.values import Node

__all__ = ["Group", "groups_of"]

_BESIDE: Final = {"role": "People", "measure": "Instruments", "theory": "Theories"}
_REST: Final = "Others"
_GATHERING: Final = frozenset({"component", "characteristic", "stage", "challenge"})


@frozen
class Group:
    """Concepts that are together in the overview.

    Args:
        name: Their heading.
        sections: Concepts that gather others, each with what it gathers; the first may be ``None`` for the rest.
    """

    name: str
    sections: tuple[tuple[Node | None, tuple[Node, ...]], ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All concepts of the group."""
        return tuple(node for head, rows in self.sections for node in (*([head] if head else []), *rows))


def groups_of(graph: GraphCore) -> tuple[Group, ...]:
    """Every concept but the whole, in one group each.

    A concept belongs to the heading that it is part of; one that is part of none, to the heading of what it is a sign
    of, or that most of its neighbours belong to.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> [group.name for group in groups_of(concept_graph())][:2]
        ['Core components', 'Key characteristics']
    """
    heads: dict[str, str] = {}
    for node in graph.nodes():
        place = ancestors_of(graph, node)
        if node.kind in _BESIDE:
            heads[node.id] = _BESIDE[node.kind]
        elif place and place[-1].kind == "relationship":
            heads[node.id] = node.label if len(place) == 1 else place[-2].label
    known = {kind.id for kind in graph.edge_kinds}
    for node in graph.nodes():
        if node.id not in heads and node.kind != "relationship":
            # a sign belongs to what it is a sign of
            edges = graph.links(node, "manifests_as") if "manifests_as" in known else ()
            met = Counter(heads.get(edge.other(node.id), _REST) for edge in edges or graph.links(node))
            for name in (*_BESIDE.values(), _REST):
                met.pop(name, None)
            heads[node.id] = met.most_common(1)[0][0] if met else _REST
    members: dict[str, list[Node]] = {}
    for node in graph.nodes():
        if node.id in heads:
            members.setdefault(heads[node.id], []).append(node)
    names = sorted(members, key=lambda name: name in _BESIDE.values())
    return tuple(Group(name, _sections(graph, name, members[name])) for name in names)


def _sections(graph: GraphCore, name: str, nodes: list[Node]) -> tuple[tuple[Node | None, tuple[Node, ...]], ...]:
    ids = {node.id for node in nodes if node.label != name}
    rows: dict[str | None, list[Node]] = {None: []}
    for node in nodes:
        if node.label == name:
            continue
        above = [each.id for each in ancestors_of(graph, node) if each.id in ids]
        if above:
            rows.setdefault(above[-1], []).append(node)
        elif node.kind in _GATHERING:
            rows.setdefault(node.id, [])
        else:
            rows[None].append(node)
    found: list[tuple[Node | None, tuple[Node, ...]]] = []
    if rows[None]:
        found.append((None, tuple(rows[None])))
    found += [(graph.node(head), tuple(below)) for head, below in rows.items() if head is not None]
    return tuple(found)
