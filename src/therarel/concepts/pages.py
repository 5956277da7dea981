"""The vocabulary as a page: kinds of concept, kinds of link, every concept, made from the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from therarel.concepts.core import GraphCore
from therarel.concepts.kinds import EdgeKind
from therarel.concepts.loading import concept_graph
from therarel.concepts.terms import Basis, Influence
from therarel.concepts.values import Node

__all__ = ["vocabulary_page"]

# Two spaces at the end of a line break it in Markdown.
_BREAK: Final = "  "
_INFLUENCES: Final = {
    Influence.FORWARD: "subject on object",
    Influence.BACKWARD: "object on subject",
    Influence.NONE: "neither",
}


def vocabulary_page(graph: GraphCore | None = None) -> str:
    """The page in Markdown.

    Args:
        graph: Another graph than ours.

    Examples:
        >>> vocabulary_page().splitlines()[0]
        '# The vocabulary of the concept graph'
    """
    return "\n".join(_lines(graph or concept_graph())) + "\n"


def _lines(graph: GraphCore) -> Iterator[str]:
    inferred = sum(edge.is_inferred for edge in graph.edges())
    yield from ("# The vocabulary of the concept graph", "")
    yield (
        f"{len(graph)} concepts of {len(graph.node_kinds)} kinds, {len(graph.edges())} links of"
        f" {len(graph.edge_kinds)} kinds. This page is made from the data."
    )
    yield from ("", "## What a link rests on", "", "| basis | meaning | links |", "|---|---|---:|")
    for basis in Basis:
        count = sum(edge.basis is basis for edge in graph.edges())
        yield f"| `{basis.value}` | {basis.meaning} | {count} |"
    yield from (
        "",
        f"{inferred} links are readings of the outline and nothing else. No clinician has reviewed them;"
        " `without_inferred()` gives the graph without them.",
        "",
        "## Kinds of link",
        "",
        "A link reads *subject kind object*. Influence says which end works on the other.",
        "",
    )
    for kind in graph.edge_kinds:
        yield from _kind(kind, len(graph.edges(kind.id)))
    yield from ("", "## Kinds of concept", "", "| kind | meaning | concepts |", "|---|---|---:|")
    for each in graph.node_kinds:
        yield f"| `{each.id}` | {each.meaning} | {len(graph.nodes(each.id))} |"
    yield from ("", "## Concepts", "")
    for each in graph.node_kinds:
        nodes = graph.nodes(each.id)
        if nodes:
            yield from (f"### {each.id.replace('_', ' ').capitalize()}", "")
            yield from (line for node in nodes for line in _entry(node))
            yield ""


def _kind(kind: EdgeKind, count: int) -> Iterator[str]:
    yield f'- <a id="link-{kind.id}"></a>**`{kind.id}`**, {count} links. {kind.meaning}{_BREAK}'
    yield f"    A *{kind.says}* B; B *{kind.inverse_says}* A (`{kind.inverse}`).{_BREAK}"
    traits = f" {', '.join(kind.traits).capitalize()}." if kind.traits else ""
    yield f"    Influence: {_INFLUENCES[kind.influence]}.{traits}{_BREAK}"
    yield f"    From {_ends(kind.subjects)} to {_ends(kind.objects)}."


def _entry(node: Node) -> Iterator[str]:
    also = f" Also: {', '.join(node.aliases)}." if node.aliases else ""
    place = f" Outline: {', '.join(f'`{each}`' for each in node.outline)}." if node.outline else " From the literature."
    end = _BREAK if node.mappings else ""
    yield f'- <a id="{node.id}"></a>**{node.label}** (`{node.id}`): {node.definition}{also}{place}{end}'
    if node.mappings:
        told = "; ".join(
            f"{each.vocabulary.value.upper()} [{each.identifier}]({each.address}) {each.label}"
            f" ({each.match.value}, {each.status.value})"
            for each in node.mappings
        )
        yield f"    {told}"


def _ends(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in kinds)
