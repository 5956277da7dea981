"""The graph as SKOS, in Turtle and in JSON-LD: every concept, every link with what it rests on, every mapping.

Parts and kinds are ``skos:broader``; the other kinds of link are properties of our own under
``skos:semanticRelation``. What a link rests on is in an ``rdf:Statement`` about it, figures included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.findings import Finding
from therarel.concepts.values import Edge, Node

_BASE: Final = "urn:therarel:"
_PREFIXES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "concept": f"{_BASE}concept:",
    "relation": f"{_BASE}relation:",
    "statement": f"{_BASE}statement:",
    "finding": f"{_BASE}finding:",
    "reference": f"{_BASE}reference:",
}
_SCHEME: Final = f"{_BASE}concepts"
_LANGUAGE: Final = "en"
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


@frozen
class _Text:
    """Words in English."""

    words: str


@frozen
class _Plain:
    """A text in no language, such as a code."""

    text: str


@frozen
class _Truth:
    """True or false."""

    value: bool


# A name stands for another resource: prefixed, or a whole address.
_Value: TypeAlias = str | _Text | _Plain | _Truth
_Rows: TypeAlias = list[tuple[str, tuple[_Value, ...]]]


def skos(graph: GraphCore) -> str:
    """The graph as SKOS in Turtle.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> text = skos(concept_graph().subgraph(["warmth", "bond"]))
        >>> 'skos:prefLabel "Warmth"@en' in text
        True
    """
    lines = [f"@prefix {name}: <{address}> ." for name, address in _PREFIXES.items()]
    for name, rows in _resources(graph):
        told = [f"{_short(predicate)} {', '.join(map(_turtle, values))}" for predicate, values in rows]
        lines += ["", f"{_short(name)} " + " ;\n    ".join(told) + " ."]
    return "\n".join(lines) + "\n"


def jsonld(graph: GraphCore) -> str:
    """The same statements as `skos`, in JSON-LD."""
    resources = []
    for name, rows in _resources(graph):
        resource: dict[str, object] = {"@id": name}
        for predicate, values in rows:
            if predicate == "rdf:type":
                resource["@type"] = [str(value) for value in values]
            else:
                resource[predicate] = [_json(value) for value in values]
        resources.append(resource)
    return json.dumps({"@context": _PREFIXES, "@graph": resources}, ensure_ascii=False, indent=1) + "\n"


def _resources(graph: GraphCore) -> Iterator[tuple[str, _Rows]]:
    """Every resource and what is said of it; names are prefixed or whole addresses."""
    tops = [f"concept:{node.id}" for node in graph.nodes() if node.kind == "relationship"]
    yield (
        _SCHEME,
        _told(
            ("rdf:type", ["skos:ConceptScheme"]),
            ("dcterms:title", [_Text(graph.title)]),
            ("owl:versionInfo", [_Plain(graph.version)]),
            ("skos:hasTopConcept", tops),
        ),
    )
    for name, meaning in (
        ("basis", "What a link rests on."),
        ("outline", "A place in the outline, as section/subsection/position."),
        ("kind", "The kind of a concept."),
        ("finding", "A published figure that belongs to a link; an association, not a cause."),
        ("figure", "A published figure in short form."),
        ("conflicts", "A figure that this one disagrees with."),
        ("status", "How surely a figure is known."),
        ("waivable", "Whether a requirement may be waived with a reason."),
    ):
        yield f"relation:{name}", _told(("rdf:type", ["rdf:Property"]), ("rdfs:comment", [_Text(meaning)]))
    yield "relation:Finding", _told(("rdf:type", ["rdfs:Class"]), ("rdfs:comment", [_Text("A published figure.")]))
    for kind in graph.edge_kinds:
        yield (
            f"relation:{kind.id}",
            _told(
                ("rdf:type", ["owl:ObjectProperty", *(["owl:SymmetricProperty"] if kind.symmetric else [])]),
                ("rdfs:subPropertyOf", ["skos:broader" if kind.skos == "broader" else "skos:semanticRelation"]),
                ("rdfs:label", [_Text(kind.says)]),
                ("rdfs:comment", [_Text(kind.meaning)]),
                ("rdfs:seeAlso", [kind.equivalent] if kind.equivalent else []),
            ),
        )
    for node in graph.nodes():
        yield f"concept:{node.id}", _of_node(graph, node)
    keys: dict[str, None] = {}
    for edge in graph.edges():
        yield _statement(edge), _of_edge(graph, edge)
        for finding in graph.findings_of(edge):
            yield f"finding:{finding.element}", _of_finding(finding)
        keys |= dict.fromkeys((*edge.refs, *(finding.citation_key for finding in graph.findings_of(edge))))
    for key in keys:
        reference = graph.citation(key)
        address = [] if reference.doi is None else [f"https://doi.org/{reference.doi}"]
        yield (
            f"reference:{key}",
            _told(
                ("rdf:type", ["dcterms:BibliographicResource"]),
                ("dcterms:bibliographicCitation", [_Plain(reference.apa())]),
                ("rdfs:seeAlso", address),
            ),
        )


def _of_node(graph: GraphCore, node: Node) -> _Rows:
    out = graph.links(node, direction="out")
    broader = [f"concept:{edge.object}" for edge in out if graph.edge_kind(edge.kind).skos == "broader"]
    narrower = [
        f"concept:{edge.subject}"
        for edge in graph.links(node, direction="in")
        if graph.edge_kind(edge.kind).skos == "broader"
    ]
    rows: list[tuple[str, Sequence[_Value]]] = [
        ("rdf:type", ["skos:Concept"]),
        ("skos:inScheme", [_SCHEME]),
        ("skos:topConceptOf", [_SCHEME] if node.kind == "relationship" else []),
        ("skos:notation", [_Plain(node.id)]),
        ("skos:prefLabel", [_Text(node.label)]),
        ("skos:altLabel", [_Text(alias) for alias in node.aliases]),
        ("skos:definition", [_Text(node.definition)]),
        ("skos:note", [_Text(node.note)] if node.note else []),
        ("relation:kind", [_Plain(node.kind)]),
        ("dcterms:source", [_Plain(node.origin.value)]),
        ("relation:outline", [_Plain(place) for place in node.outline]),
        ("skos:broader", list(dict.fromkeys(broader))),
        ("skos:narrower", list(dict.fromkeys(narrower))),
    ]
    rows += [(f"relation:{edge.kind}", [f"concept:{edge.object}"]) for edge in out]
    rows += [(f"skos:{mapping.match}Match", [mapping.address]) for mapping in node.mappings]
    return _told(*rows)


def _of_edge(graph: GraphCore, edge: Edge) -> _Rows:
    return _told(
        ("rdf:type", ["rdf:Statement"]),
        ("rdf:subject", [f"concept:{edge.subject}"]),
        ("rdf:predicate", [f"relation:{edge.kind}"]),
        ("rdf:object", [f"concept:{edge.object}"]),
        ("rdfs:label", [_Text(graph.sentence(edge))]),
        ("relation:basis", [_Plain(edge.basis.value)]),
        ("relation:outline", [_Plain(place) for place in edge.outline]),
        ("dcterms:references", [f"reference:{key}" for key in edge.refs]),
        ("relation:waivable", [_Truth(True)] if edge.waivable else []),
        ("relation:finding", [f"finding:{each.element}" for each in graph.findings_of(edge)]),
        ("skos:note", [_Text(text) for text in (edge.alternative, edge.note) if text]),
    )


def _of_finding(finding: Finding) -> _Rows:
    return _told(
        ("rdf:type", ["relation:Finding"]),
        ("relation:figure", [_Plain(finding.figure)]),
        ("relation:status", [_Plain(finding.status.value)]),
        ("relation:conflicts", [f"finding:{finding.conflicts}"] if finding.conflicts else []),
        ("dcterms:references", [f"reference:{finding.citation_key}"]),
        ("skos:note", [_Text(finding.note)] if finding.note else []),
    )


def _statement(edge: Edge) -> str:
    return f"statement:{'-'.join(edge.triple)}"


def _told(*rows: tuple[str, Sequence[_Value]]) -> _Rows:
    """The rows that have values, each predicate once."""
    merged: dict[str, list[_Value]] = {}
    for predicate, values in rows:
        if values:
            merged.setdefault(predicate, []).extend(values)
    return [(predicate, tuple(values)) for predicate, values in merged.items()]


def _short(name: str) -> str:
    """A name as Turtle writes it: prefixed, or an address in angle brackets."""
    if name == "rdf:type":
        return "a"
    return name if name.partition(":")[0] in _PREFIXES else f"<{name}>"


def _turtle(value: _Value) -> str:
    if isinstance(value, _Text):
        return f"{_quoted(value.words)}@{_LANGUAGE}"
    if isinstance(value, _Plain):
        return _quoted(value.text)
    if isinstance(value, _Truth):
        return str(value.value).lower()
    return _short(value)


def _json(value: _Value) -> object:
    if isinstance(value, _Text):
        return {"@value": value.words, "@language": _LANGUAGE}
    if isinstance(value, _Plain):
        return {"@value": value.text}
    if isinstance(value, _Truth):
        return {"@value": value.value}
    return {"@id": value}


def _quoted(text: str) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return '"' + _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04X}", escaped) + '"'
