"""The graph in formats that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from therarel.concepts.core import GraphCore
from therarel.concepts.exports.diagrams import dot, mermaid
from therarel.concepts.exports.documents import cytoscape, graphml, node_link
from therarel.concepts.exports.skos import jsonld, skos
from therarel.concepts.exports.tables import tables, triples
from therarel.files import write_whole
from therarel.vocabulary import Vocabulary

__all__ = [
    "Format", "cytoscape", "dot", "export", "export_files", "graphml", "jsonld", "mermaid", "node_link", "skos",
    "tables", "triples",
]  # fmt: skip


class Format(Vocabulary, links={}):
    """A format that the graph is exported in."""

    SKOS = "skos"
    JSONLD = "jsonld"
    GRAPHML = "graphml"
    NODE_LINK = "node_link"
    CYTOSCAPE = "cytoscape"
    MERMAID = "mermaid"
    DOT = "dot"
    CSV = "csv"

    @classmethod
    def _missing_(cls, value: object) -> Format:
        # the command line writes node-link
        if isinstance(value, str) and "-" in value:
            return cls(value.replace("-", "_"))
        return super()._missing_(value)


_WRITERS: Final[Mapping[Format, Callable[[GraphCore], str]]] = MappingProxyType(
    {
        Format.SKOS: skos,
        Format.JSONLD: jsonld,
        Format.GRAPHML: graphml,
        Format.NODE_LINK: node_link,
        Format.CYTOSCAPE: cytoscape,
        Format.MERMAID: mermaid,
        Format.DOT: dot,
        Format.CSV: triples,
    }
)


def export(graph: GraphCore, format: Format | str) -> str:  # noqa: A002  the word of the command line
    """The graph as text in a format.

    Args:
        graph: The graph.
        format: ``skos`` (Turtle), ``jsonld``, ``graphml``, ``node-link`` and ``cytoscape`` (JSON), ``mermaid``,
            ``dot``, or ``csv`` (one row per link, with the labels of its ends).

    Raises:
        UnknownNameError: if there is no such format.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> export(concept_graph().subgraph(["warmth", "bond"]), "mermaid").splitlines()[-1]
        '  warmth -->|supports| bond'
    """
    return _WRITERS[Format(format)](graph)


def export_files(graph: GraphCore, format: Format | str, out: str | Path) -> tuple[Path, ...]:  # noqa: A002  as above
    """Write the graph to a file in UTF-8, whole or not at all, and return what was written.

    CSV makes four files beside each other, with ``-nodes``, ``-edges``, ``-mappings`` and ``-findings`` after the stem
    of the name.

    Args:
        graph: The graph.
        format: As for `export`.
        out: The file; what was there is replaced.

    Raises:
        UnknownNameError: if there is no such format.
        WritingError: if a file cannot be written.
    """
    out, chosen = Path(out), Format(format)
    if chosen is not Format.CSV:
        write_whole(out, export(graph, chosen), private=False)
        return (out,)
    written = []
    for name, text in tables(graph).items():
        path = out.with_name(f"{out.stem}-{name}{out.suffix or '.csv'}")
        write_whole(path, text, private=False)
        written.append(path)
    return tuple(written)
