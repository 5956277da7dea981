"""What a document may refer to: what is in itself and in the graph that it is laid over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from therarel.citations import Citation, bibliography
from therarel.concepts.document import ConceptDocument
from therarel.concepts.kinds import EdgeKind, NodeKind
from therarel.concepts.values import Edge, Node

__all__ = ["Scope", "folded"]


def folded(name: str) -> str:
    """A name as look-ups compare it: case, hyphens and underscores make no difference.

    Examples:
        >>> folded("Active-Listening") == folded("active_listening")
        True
    """
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())


class Scope:
    """A document, what lies under it, and the tables that checks look things up in.

    Args:
        document: The document to be checked.
        node_kinds: Kinds of concept of the graph under it.
        edge_kinds: Kinds of link of the graph under it.
        references: Publications of the graph under it, by key, beside the bibliography.
        nodes: Concepts of the graph under it.
        edges: Links of the graph under it.
    """

    __slots__ = (
        "below", "document", "edge_kinds", "edges_below", "new_references", "node_kinds", "nodes", "references",
        "taken_edge_kinds", "taken_node_kinds",
    )  # fmt: skip

    def __init__(
        self,
        document: ConceptDocument,
        *,
        node_kinds: Iterable[NodeKind] = (),
        edge_kinds: Iterable[EdgeKind] = (),
        references: Mapping[str, Citation] | None = None,
        nodes: Iterable[Node] = (),
        edges: Iterable[Edge] = (),
    ) -> None:
        self.document = document
        self.below = {node.id: node for node in nodes}
        self.edges_below = tuple(edges)
        node_kinds, edge_kinds = tuple(node_kinds), tuple(edge_kinds)
        self.taken_node_kinds = {kind.id for kind in node_kinds}
        self.taken_edge_kinds = {name for kind in edge_kinds for name in (kind.id, kind.inverse)}
        # What is listed below counts before what a document brings under the same name.
        self.node_kinds = {kind.id: kind for kind in (*document.node_kinds, *node_kinds)}
        self.edge_kinds = {kind.id: kind for kind in (*document.edge_kinds, *edge_kinds)}
        # The first of two nodes with one id counts, so that one fault is reported once.
        self.nodes = {node.id: node for node in (*reversed(document.nodes), *self.below.values())}
        self.new_references = {each.key: each for each in document.references}
        self.references = {**bibliography(), **(references or {}), **self.new_references}

    @property
    def is_extension(self) -> bool:
        """Whether the document is laid over a graph."""
        return bool(self.below)
