"""The graph as CSV tables: what spreadsheets and dataframes read."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from therarel.concepts.core import GraphCore

__all__ = ["tables", "triples"]

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


def _findings(graph: GraphCore) -> str:
    header = [
        "subject",
        "kind",
        "object",
        "element",
        "metric",
        "value",
        "ci_low",
        "ci_high",
        "low",
        "high",
        "words",
        "studies",
        "participants",
        "rater",
        "conflicts",
        "edition",
        "citation",
        "status",
        "causal",
        "note",
    ]
    rows = []
    for edge in graph.edges():
        for finding in graph.findings_of(edge):
            effect = finding.effect
            figures = (None, None, None) if effect is None else (effect.value, effect.ci_low, effect.ci_high)
            rows.append(
                [
                    *edge.triple,
                    finding.element,
                    None if finding.metric is None else finding.metric.value,
                    *figures,
                    *(finding.reported_range or (None, None)),
                    finding.words,
                    finding.studies,
                    finding.participants,
                    None if finding.rater is None else finding.rater.value,
                    finding.conflicts,
                    finding.edition,
                    finding.citation_key,
                    finding.status.value,
                    "false",
                    finding.note,
                ]
            )
    return _table(header, rows)


def _table(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
