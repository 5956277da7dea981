"""The graph as CSV tables: what spreadsheets and dataframes read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from therarel.concepts.core import GraphCore
from therarel.concepts.findings import Finding
from therarel.files import csv_lines

_JOIN = "; "


def tables(graph: GraphCore) -> dict[str, str]:
    """Four tables: nodes, edges, mappings and findings. Several values in one cell are separated by "; ".

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> print(tables(concept_graph().subgraph(["warmth", "bond"]))["edges"].splitlines()[1])
        warmth,supports,bond,inferred_with_literature,key-characteristics/professional-boundaries/3,ackerman_hilsenroth2003,,,
    """
    return {"nodes": _nodes(graph), "edges": _edges(graph), "mappings": _mappings(graph), "findings": _findings(graph)}


def triples(graph: GraphCore) -> str:
    """A single table: a row per link, with the labels of its ends and the sentence that it makes."""
    header = ["subject", "subject_label", "kind", "object", "object_label", "sentence", "basis", "outline", "refs"]
    return _table(
        header,
        (
            [
                edge.subject,
                graph.node(edge.subject).label,
                edge.kind,
                edge.object,
                graph.node(edge.object).label,
                graph.sentence(edge),
                edge.basis.value,
                _JOIN.join(edge.outline),
                _JOIN.join(edge.refs),
            ]
            for edge in graph.edges()
        ),
    )


def _nodes(graph: GraphCore) -> str:
    header = ["id", "kind", "label", "definition", "origin", "aliases", "slug", "outline", "note", "provenance"]
    return _table(
        header,
        (
            [
                node.id,
                node.kind,
                node.label,
                node.definition,
                node.origin.value,
                _JOIN.join(node.aliases),
                node.slug or "",
                _JOIN.join(node.outline),
                node.note or "",
                graph.provenance(node),
            ]
            for node in graph.nodes()
        ),
    )


def _edges(graph: GraphCore) -> str:
    header = ["subject", "kind", "object", "basis", "outline", "refs", "waivable", "alternative", "note"]
    return _table(
        header,
        (
            [
                *edge.triple,
                edge.basis.value,
                _JOIN.join(edge.outline),
                _JOIN.join(edge.refs),
                "true" if edge.waivable else "",
                edge.alternative or "",
                edge.note or "",
            ]
            for edge in graph.edges()
        ),
    )


def _mappings(graph: GraphCore) -> str:
    header = ["id", "vocabulary", "identifier", "label", "match", "status", "address", "note"]
    return _table(
        header,
        (
            [
                node.id,
                each.vocabulary.value,
                each.identifier,
                each.label,
                each.match.value,
                each.status.value,
                each.address,
                each.note or "",
            ]
            for node in graph.nodes()
            for each in node.mappings
        ),
    )


_FIGURES: Final[Mapping[str, Callable[[Finding], object]]] = {
    "element": lambda each: each.element,
    "metric": lambda each: each.metric and each.metric.value,
    "value": lambda each: each.effect and each.effect.value,
    "ci_low": lambda each: each.effect and each.effect.ci_low,
    "ci_high": lambda each: each.effect and each.effect.ci_high,
    "low": lambda each: each.reported_range and each.reported_range[0],
    "high": lambda each: each.reported_range and each.reported_range[1],
    "words": lambda each: each.words,
    "studies": lambda each: each.studies,
    "participants": lambda each: each.participants,
    "rater": lambda each: each.rater and each.rater.value,
    "conflicts": lambda each: each.conflicts,
    "edition": lambda each: each.edition,
    "citation": lambda each: each.citation_key,
    "status": lambda each: each.status.value,
    "causal": lambda each: "false",
    "note": lambda each: each.note,
}
"""The columns of a finding, and what each of them holds."""


def _findings(graph: GraphCore) -> str:
    return _table(
        ["subject", "kind", "object", *_FIGURES],
        (
            [*edge.triple, *(cell(finding) for cell in _FIGURES.values())]
            for edge in graph.edges()
            for finding in graph.findings_of(edge)
        ),
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "".join(csv_lines(chain([header], rows)))
