"""A file of concepts, read strictly, with the place of every part at hand for faults, and what it may refer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from therarel.citations import Citation, bibliography
from therarel.concepts.core import GraphCore
from therarel.concepts.faults import Fault
from therarel.concepts.values import Edge, EdgeKind, Node, NodeKind, folded
from therarel.reading import Reader, Source, Upcasting, placed_in_yaml, text_of

_VERSIONS: Final = Upcasting("concepts", current=1)
_READER: Final = Reader()


@frozen(kw_only=True)
class ConceptDocument:
    """What a file of concepts holds.

    Args:
        title: What the file is.
        version: Which version of the knowledge it is.
        node_kinds: Kinds of concept that it brings.
        edge_kinds: Kinds of link that it brings.
        references: Publications that it brings beside the bibliography of the library.
        nodes: Its concepts, in the order in which they should be presented.
        edges: Its links.

    Examples:
        >>> ConceptDocument(title="Concepts of our clinic", version="1").nodes
        ()
    """

    title: str
    version: str
    node_kinds: tuple[NodeKind, ...] = ()
    edge_kinds: tuple[EdgeKind, ...] = ()
    references: tuple[Citation, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


@frozen
class ReadDocument:
    """A document with its text, so that a fault can be given its line.

    Args:
        document: What was read.
        text: The text that it was read from.
        name: The name of the file in messages; ``None`` if it has none.
    """

    document: ConceptDocument
    text: str
    name: str | None

    def placed(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """The faults with file, line and column, in the order of the text."""
        found = list(faults)
        there = placed_in_yaml(self.text, [fault.problem() for fault in found], name=self.name)
        placed = [Fault.of(problem, fault.level) for problem, fault in zip(there, found, strict=True)]
        return tuple(sorted(placed, key=lambda fault: (fault.line or 0, fault.column or 0)))


def read_document(source: Source, *, name: str | None = None) -> ReadDocument:
    """Read a file of concepts; what it means is not looked at yet.

    Args:
        source: The text, its bytes, or the file that holds it.
        name: The name to use in messages; the file's own where it is ``None``.

    Raises:
        ReadingError: if it is not YAML, or not of the form of a concept file; names every place.
    """
    text, known = text_of(source, name)
    document = _READER.read_yaml(text, ConceptDocument, versions=_VERSIONS, source=known)
    return ReadDocument(document, text, known)


class Scope:
    """A document, what lies under it, and the tables that checks look things up in.

    Args:
        document: The document to be checked.
        base: The graph under it; ``None`` where it is read alone.
    """

    __slots__ = (
        "below", "document", "edge_kinds", "edges_below", "names", "node_kinds", "nodes", "references",
        "taken_edge_kinds", "taken_node_kinds",
    )  # fmt: skip

    def __init__(self, document: ConceptDocument, base: GraphCore | None) -> None:
        self.document = document
        self.below = {} if base is None else {node.id: node for node in base.nodes()}
        self.edges_below = () if base is None else base.edges()
        node_kinds, edge_kinds = ((), ()) if base is None else (base.node_kinds, base.edge_kinds)
        self.taken_node_kinds = {kind.id for kind in node_kinds}
        self.taken_edge_kinds = {name for kind in edge_kinds for name in (kind.id, kind.inverse)}
        # What is listed below counts before what a document brings under the same name.
        self.node_kinds = {kind.id: kind for kind in (*document.node_kinds, *node_kinds)}
        self.edge_kinds = {kind.id: kind for kind in (*document.edge_kinds, *edge_kinds)}
        # The first of two nodes with one id counts, so that one fault is reported once.
        self.nodes = {node.id: node for node in (*reversed(document.nodes), *self.below.values())}
        self.names = {folded(name): node.id for node in self.nodes.values() for name in node.names}
        references = (*(() if base is None else base.references), *document.references)
        self.references = {**bibliography(), **{each.key: each for each in references}}
