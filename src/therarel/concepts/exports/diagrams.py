"""The graph as text that draws itself: Mermaid for pages, DOT for Graphviz."""

from __future__ import annotations

from therarel.characters import visible
from therarel.concepts.core import GraphCore
from therarel.concepts.values import Edge

_REFERENCES = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "#": "#35;", "|": "#124;"}


def mermaid(graph: GraphCore) -> str:
    """A Mermaid flowchart; links that are our reading alone are dotted.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> print(mermaid(concept_graph().subgraph(["warmth", "bond"])))
        flowchart LR
          bond["Bond"]
          warmth["Warmth"]
          warmth -->|supports| bond
        <BLANKLINE>
    """
    lines = ["flowchart LR"]
    lines += [f'  {_name(node.id)}["{_label(node.label)}"]' for node in graph.nodes()]
    for edge in graph.edges():
        arrow = "-.->" if edge.is_inferred else "-->"
        lines.append(f"  {_name(edge.subject)} {arrow}|{_label(_says(graph, edge))}| {_name(edge.object)}")
    return "\n".join(lines) + "\n"


def _label(words: str) -> str:
    """Words inside quotes: on one line, with the character references that Mermaid knows for what it would read."""
    line = visible(" ".join(words.split()))
    return "".join(_REFERENCES.get(character, character) for character in line)


def _name(identifier: str) -> str:
    # "end" by itself closes a block in Mermaid
    return "end_" if identifier == "end" else identifier


def dot(graph: GraphCore) -> str:
    """A DOT digraph for Graphviz; links that are our reading alone are dashed.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> print(dot(concept_graph().subgraph(["warmth", "bond"])).splitlines()[-2])
          "warmth" -> "bond" [label="supports"];
    """
    lines = [f"digraph {_quoted(graph.title)} {{", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    lines += [f"  {_quoted(node.id)} [label={_quoted(node.label)}];" for node in graph.nodes()]
    for edge in graph.edges():
        dashes = ", style=dashed" if edge.is_inferred else ""
        ends = f"{_quoted(edge.subject)} -> {_quoted(edge.object)}"
        lines.append(f"  {ends} [label={_quoted(_says(graph, edge))}{dashes}];")
    return "\n".join([*lines, "}"]) + "\n"


def _says(graph: GraphCore, edge: Edge) -> str:
    return graph.edge_kind(edge.kind).says


def _quoted(text: str) -> str:
    escaped = visible(" ".join(text.split())).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
