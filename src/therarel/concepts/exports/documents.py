"""The graph in the formats that networkx writes: GraphML, node-link and Cytoscape."""

from __future__ import annotations

import json
from collections.abc import Mapping

import networkx as nx

from therarel.characters import visible
from therarel.concepts.core import GraphCore, NodeLinks


def graphml(graph: GraphCore) -> str:
    r"""GraphML with the attributes of `GraphCore.to_networkx`; lists become text with "; " between their parts.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> "<node id=\"empathy\">" in graphml(concept_graph())
        True
    """
    plain = graph.to_networkx()
    # networkx takes the key of a link for its id, and ids are unique in a file
    numbered: NodeLinks = nx.MultiDiGraph()
    numbered.add_nodes_from((name, _flat(attributes)) for name, attributes in plain.nodes(data=True))
    for number, (subject, object_, attributes) in enumerate(plain.edges(data=True)):
        numbered.add_edge(subject, object_, f"e{number}", **_flat(attributes))
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *nx.generate_graphml(numbered))) + "\n"


def _flat(attributes: Mapping[str, object]) -> dict[str, object]:
    texts = {name: "; ".join(value) for name, value in attributes.items() if isinstance(value, list)}
    return {
        name: visible(value) if isinstance(value, str) else value for name, value in ({**attributes, **texts}).items()
    }


def node_link(graph: GraphCore) -> str:
    """Nodes and links with the kind of link as ``key``, as `networkx.node_link_graph` reads them (``edges="edges"``).

    Examples:
        >>> import networkx as nx
        >>> from therarel.concepts import concept_graph
        >>> read = nx.node_link_graph(json.loads(node_link(concept_graph())), edges="edges")
        >>> nx.utils.graphs_equal(read, concept_graph().to_networkx())
        True
    """
    return _written(nx.node_link_data(graph.to_networkx(), edges="edges"))


def cytoscape(graph: GraphCore) -> str:
    """The JSON that Cytoscape and cytoscape.js load: ``elements`` with ``nodes`` and ``edges``."""
    plain = graph.to_networkx()
    nx.set_node_attributes(plain, {node.id: node.label for node in graph.nodes()}, "name")
    for number, (_, _, kind, attributes) in enumerate(plain.edges(keys=True, data=True)):
        attributes.update(id=f"e{number}", interaction=kind)
    return _written(nx.cytoscape_data(plain))


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
