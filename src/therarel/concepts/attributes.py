"""Concepts and links as plain attributes for other programs."""

from __future__ import annotations

from therarel.concepts.values import Edge, Node

__all__ = ["edge_attributes", "node_attributes"]


def node_attributes(node: Node) -> dict[str, object]:
    """The attributes of a concept, beside its id."""
    told: dict[str, object] = {
        "label": node.label, "kind": node.kind, "definition": node.definition, "origin": node.origin.value,
        "aliases": list(node.aliases), "outline": list(node.outline), "slug": node.slug, "note": node.note,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None and value != []}


def edge_attributes(edge: Edge) -> dict[str, object]:
    """The attributes of a link, beside its ends."""
    told: dict[str, object] = {
        "kind": edge.kind, "basis": edge.basis.value, "outline": list(edge.outline), "refs": list(edge.refs),
        "waivable": edge.waivable or None, "alternative": edge.alternative, "note": edge.note,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None and value != []}
