"""Builds the page of the concept graph's vocabulary from the data that the library ships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from therarel.concepts import Basis, ConceptGraph, EdgeKind, Influence, Node, concept_graph

# Two spaces at the end of a line break it in Markdown.
_BREAK: Final = "  "
_TRAITS: Final = ("acyclic", "transitive", "functional", "same_kind", "symmetric", "statistical")
_INFLUENCES: Final = {
    Influence.FORWARD: "subject on object",
    Influence.BACKWARD: "object on subject",
    Influence.NONE: "neither",
}


def pages() -> Iterator[tuple[str, str]]:
    """The one page."""
    yield "concepts/vocabulary.md", vocabulary_page(concept_graph())


def vocabulary_page(graph: ConceptGraph) -> str:
    """The page of a graph in Markdown: kinds of concept, kinds of link, every concept."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: ConceptGraph) -> Iterator[str]:
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
    held = ", ".join(name.replace("_", " ") for name in _TRAITS if getattr(kind, name))
    traits = f" {held.capitalize()}." if held else ""
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
