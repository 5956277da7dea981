"""What changed between two versions of a graph."""

from __future__ import annotations

import attrs
from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.values import Edge, Node
from therarel.representation import one_line


@frozen
class ConceptChange:
    """One field of a concept or link that reads otherwise.

    Args:
        part: Id of the concept, or subject, kind and object of the link, with spaces between.
        field: Name of the field.
        before: As it was, in Python's notation.
        after: As it is.
    """

    part: str
    field: str
    before: str
    after: str


@frozen
class Difference:
    """What one graph has and another has not; false where they say the same.

    Args:
        added_nodes: Concepts that only the later one has.
        removed_nodes: Concepts that only the earlier one has.
        added_edges: Links that only the later one has.
        removed_edges: Links that only the earlier one has.
        changes: Fields that read otherwise.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> graph = concept_graph()
        >>> bool(graph.diff(graph)), len(graph.diff(graph.without_inferred()).removed_edges)
        (False, 106)
    """

    added_nodes: tuple[Node, ...]
    removed_nodes: tuple[Node, ...]
    added_edges: tuple[Edge, ...]
    removed_edges: tuple[Edge, ...]
    changes: tuple[ConceptChange, ...]

    def __bool__(self) -> bool:
        return any(attrs.astuple(self, recurse=False))

    __repr__ = one_line

    def __str__(self) -> str:
        lines = [f"+ {node.id} ({node.kind})" for node in self.added_nodes]
        lines += [f"- {node.id} ({node.kind})" for node in self.removed_nodes]
        lines += [f"+ {' '.join(edge.triple)}" for edge in self.added_edges]
        lines += [f"- {' '.join(edge.triple)}" for edge in self.removed_edges]
        lines += [f"~ {each.part}: {each.field} was {each.before}, is {each.after}" for each in self.changes]
        return "\n".join(lines) or "no difference"


def difference(earlier: GraphCore, later: GraphCore) -> Difference:
    """What the later graph has, has not, and says otherwise than the earlier one."""
    old_nodes, new_nodes = ({node.id: node for node in graph.nodes()} for graph in (earlier, later))
    old_edges, new_edges = ({edge.triple: edge for edge in graph.edges()} for graph in (earlier, later))
    changes = [
        each for key, node in new_nodes.items() if key in old_nodes for each in _changes(key, old_nodes[key], node)
    ]
    for triple, edge in new_edges.items():
        if triple in old_edges:
            changes += _changes(" ".join(triple), old_edges[triple], edge)
    return Difference(
        tuple(node for key, node in new_nodes.items() if key not in old_nodes),
        tuple(node for key, node in old_nodes.items() if key not in new_nodes),
        tuple(edge for key, edge in new_edges.items() if key not in old_edges),
        tuple(edge for key, edge in old_edges.items() if key not in new_edges),
        tuple(changes),
    )


def _changes(part: str, before: Node | Edge, after: Node | Edge) -> list[ConceptChange]:
    found = []
    for field in attrs.fields(type(after)):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            found.append(ConceptChange(part, field.name, _written(old), _written(new)))
    return found


def _written(value: object) -> str:
    return repr(value.value) if hasattr(value, "value") else repr(value)
