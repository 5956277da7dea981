"""The graph as GraphML, which networkx, igraph, Gephi and yEd read."""

from __future__ import annotations

from therarel.concepts.core import GraphCore
from therarel.concepts.plain import edge_attributes, node_attributes
from therarel.drawing.elements import escaped

__all__ = ["graphml"]

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">'
)
_JOIN = "; "
_NODE = ("label", "kind", "definition", "origin", "aliases", "outline", "slug", "note")
_EDGE = ("kind", "basis", "outline", "refs", "waivable", "alternative", "note", "weight")
_TYPES = {"waivable": "boolean", "weight": "int"}


def graphml(graph: GraphCore) -> str:
    r"""GraphML with the attributes of `GraphCore.to_networkx`; lists become text with "; " between their parts.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> "<node id=\"empathy\">" in graphml(concept_graph())
        True
    """
    lines = [_HEAD]
    for domain, names in (("node", _NODE), ("edge", _EDGE)):
        for name in names:
            kind = _TYPES.get(name, "string")
            lines.append(f'<key id="{domain}_{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>')
    lines.append('<graph id="concepts" edgedefault="directed">')
    for node in graph.nodes():
        lines += [f'<node id="{escaped(node.id)}">', *_data("node", node_attributes(node)), "</node>"]
    for number, edge in enumerate(graph.edges()):
        ends = f'source="{escaped(edge.subject)}" target="{escaped(edge.object)}"'
        told = {**edge_attributes(edge), "weight": graph.evidence(edge).weight}
        lines += [f'<edge id="e{number}" {ends}>', *_data("edge", told), "</edge>"]
    return "\n".join([*lines, "</graph>", "</graphml>"]) + "\n"


def _data(domain: str, attributes: dict[str, object]) -> list[str]:
    return [f'<data key="{domain}_{name}">{escaped(_text(value))}</data>' for name, value in attributes.items()]


def _text(value: object) -> str:
    if isinstance(value, list):
        return _JOIN.join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
