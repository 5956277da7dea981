"""The graph as JSON documents of graph programs: node-link for networkx and d3, elements for Cytoscape."""

from __future__ import annotations

import json

from therarel.concepts.core import GraphCore
from therarel.concepts.plain import edge_attributes, node_attributes

__all__ = ["cytoscape", "node_link"]


def node_link(graph: GraphCore) -> str:
    """Nodes and links with the kind of link as ``key``, as `networkx.node_link_graph` reads them (``edges="edges"``).

    Examples:
        >>> import json
        >>> import networkx as nx
        >>> from therarel.concepts import concept_graph
        >>> read = nx.node_link_graph(json.loads(node_link(concept_graph())), edges="edges")
        >>> nx.utils.graphs_equal(read, concept_graph().to_networkx())
        True
    """
    return _written(
        {
            "directed": True,
            "multigraph": True,
            "graph": {"title": graph.title, "version": graph.version},
            "nodes": [{**node_attributes(node), "id": node.id} for node in graph.nodes()],
            "edges": [
                {
                    **edge_attributes(edge),
                    "weight": graph.evidence(edge).weight,
                    "source": edge.subject,
                    "target": edge.object,
                    "key": edge.kind,
                }
                for edge in graph.edges()
            ],
        }
    )


def cytoscape(graph: GraphCore) -> str:
    """The JSON that Cytoscape and cytoscape.js load: ``elements`` with ``nodes`` and ``edges``."""
    return _written(
        {
            "data": [["title", graph.title], ["version", graph.version]],
            "directed": True,
            "multigraph": True,
            "elements": {
                "nodes": [
                    {"data": {**node_attributes(node), "id": node.id, "value": node.id, "name": node.label}}
                    for node in graph.nodes()
                ],
                "edges": [
                    {
                        "data": {
                            **edge_attributes(edge),
                            "weight": graph.evidence(edge).weight,
                            "id": f"e{number}",
                            "source": edge.subject,
                            "target": edge.object,
                            "key": edge.kind,
                            "interaction": edge.kind,
                        }
                    }
                    for number, edge in enumerate(graph.edges())
                ],
            },
        }
    )


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
