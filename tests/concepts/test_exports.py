"""Every export is read back by a program that knows nothing of us, and says what the graph says."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import igraph  # type: ignore[import-untyped]  # it ships no types
import networkx as nx
import pytest
import rdflib
from rdflib.namespace import RDF, SKOS

from therarel.concepts import ConceptGraph, concept_graph, extend_concepts
from therarel.concepts.exports import Format, export, export_files, tables
from therarel.errors import UnknownNameError

GRAPH = concept_graph()
CONCEPT = "urn:therarel:concept:"
AWKWARD = extend_concepts(
    GRAPH,
    """
schema: therarel.concepts/1
title: 'Awkward "names" & <marks>'
version: '1'
nodes:
- {id: end, kind: skill, label: 'An "end" & <more>, é', origin: literature, definition: "One \\\\ two; three.", note: "a\\tb\\nc"}
edges:
- {subject: end, kind: supports, object: bond, basis: literature, refs: [bordin1979], note: 'He said "no" \\ <left>.'}
""",
)
# rdflib's own reader of JSON-LD uses a class that rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

GRAPHS = (GRAPH, AWKWARD, GRAPH.subgraph([]))


def triples(graph: ConceptGraph) -> set[tuple[str, str, str]]:
    """Subject, kind and object of every link."""
    return {edge.triple for edge in graph.edges()}


@pytest.fixture(params=GRAPHS, ids=["ours", "awkward", "empty"])
def any_graph(request: pytest.FixtureRequest) -> ConceptGraph:
    """Our graph, one with names that need escaping, and one with nothing in it."""
    found: ConceptGraph = request.param
    return found


def parsed(graph: ConceptGraph, form: Format, name: str) -> rdflib.Graph:
    """What rdflib reads."""
    return rdflib.Graph().parse(data=export(graph, form), format=name)


def test_turtle_and_json_ld_say_the_same(any_graph: ConceptGraph) -> None:
    """Both forms of the same statements give the same set of triples."""
    assert set(parsed(any_graph, Format.SKOS, "turtle")) == set(parsed(any_graph, Format.JSONLD, "json-ld"))


def test_every_concept_is_a_skos_concept_with_its_words(any_graph: ConceptGraph) -> None:
    """Labels, aliases, definitions, notations and mappings arrive as SKOS says them."""
    read = parsed(any_graph, Format.SKOS, "turtle")
    nodes = any_graph.nodes()
    assert {str(each) for each in read.subjects(RDF.type, SKOS.Concept)} == {CONCEPT + node.id for node in nodes}
    for node in nodes:
        name = rdflib.URIRef(CONCEPT + node.id)
        assert list(read.objects(name, SKOS.prefLabel)) == [rdflib.Literal(node.label, lang="en")]
        assert list(read.objects(name, SKOS.definition)) == [rdflib.Literal(node.definition, lang="en")]
        assert {str(each) for each in read.objects(name, SKOS.altLabel)} == set(node.aliases)
        assert [str(each) for each in read.objects(name, SKOS.notation)] == [node.id]
        for mapping in node.mappings:
            assert (name, SKOS[f"{mapping.match}Match"], rdflib.URIRef(mapping.address)) in read
    assert all(str(each).startswith(CONCEPT) for each in read.subjects(SKOS.inScheme))


def test_every_link_arrives_with_what_it_rests_on(any_graph: ConceptGraph) -> None:
    """Each link is a triple of its own kind, and a statement about it names basis, places and publications."""
    read = parsed(any_graph, Format.JSONLD, "json-ld")
    relation = rdflib.Namespace("urn:therarel:relation:")
    found = {
        tuple(str(read.value(each, part)).rpartition(":")[2] for part in (RDF.subject, RDF.predicate, RDF.object)): each
        for each in read.subjects(RDF.type, RDF.Statement)
    }
    assert set(found) == triples(any_graph)
    for edge in any_graph.edges():
        ends = rdflib.URIRef(CONCEPT + edge.subject), rdflib.URIRef(CONCEPT + edge.object)
        assert (ends[0], relation[edge.kind], ends[1]) in read
        statement = found[edge.triple]
        assert str(read.value(statement, relation.basis)) == edge.basis.value
        assert {str(each) for each in read.objects(statement, relation.outline)} == set(edge.outline)
        cited = {str(each).rpartition(":")[2] for each in read.objects(statement, rdflib.DCTERMS.references)}
        assert cited == set(edge.refs)
        assert len(list(read.objects(statement, relation.finding))) == len(any_graph.findings_of(edge))


def test_broader_and_narrower_mirror_each_other() -> None:
    """Every broader has its narrower, and the relationship is the top concept."""
    read = parsed(GRAPH, Format.SKOS, "turtle")
    up = set(read.subject_objects(SKOS.broader))
    assert up == {(below, above) for above, below in read.subject_objects(SKOS.narrower)}
    assert len(up) == len([edge for edge in GRAPH.edges() if edge.kind in ("part_of", "kind_of")])
    assert [str(each) for each in read.objects(None, SKOS.hasTopConcept)] == [CONCEPT + "therapeutic_relationship"]


def test_node_link_reads_back_as_the_same_graph(any_graph: ConceptGraph) -> None:
    """Networkx reads the very graph that it would be handed."""
    read = nx.node_link_graph(json.loads(export(any_graph, "node-link")), edges="edges")
    assert nx.utils.graphs_equal(read, any_graph.to_networkx())
    assert read.graph == {"title": any_graph.title, "version": any_graph.version}


def test_cytoscape_reads_back_with_nodes_and_links(any_graph: ConceptGraph) -> None:
    """Networkx reads the elements, with labels, kinds and the key of each link."""
    read = nx.cytoscape_graph(json.loads(export(any_graph, "cytoscape")))
    assert isinstance(read, nx.MultiDiGraph)
    assert {(one, key, other) for one, other, key in read.edges(keys=True)} == triples(any_graph)
    assert {name: data["label"] for name, data in read.nodes(data=True)} == {
        node.id: node.label for node in any_graph.nodes()
    }


def joined(values: Iterable[str]) -> str:
    """Several values as one cell holds them."""
    return "; ".join(values)


def test_graphml_reads_back_in_networkx(any_graph: ConceptGraph) -> None:
    """Nodes, links and attributes arrive, numbers as numbers and truth values as such."""
    read = nx.parse_graphml(export(any_graph, "graphml"), force_multigraph=True)
    assert {(one, data["kind"], other) for one, other, data in read.edges(data=True)} == triples(any_graph)
    for node in any_graph.nodes():
        data = read.nodes[node.id]
        assert (data["label"], data["definition"]) == (node.label, node.definition)
        assert data.get("aliases", "") == joined(node.aliases)
    for one, other, data in read.edges(data=True):
        edge = any_graph.edge(one, data["kind"], other)
        assert data["weight"] == any_graph.evidence(edge).weight
        assert data.get("waivable", False) is edge.waivable


def test_graphml_reads_back_in_igraph(any_graph: ConceptGraph, tmp_path: Path) -> None:
    """Igraph reads the same nodes and links, and every element of the file has an id of its own."""
    (path,) = export_files(any_graph, Format.GRAPHML, tmp_path / "graph.graphml")
    read = igraph.Graph.Read_GraphML(str(path))
    names = read.vs["id"] if len(any_graph) else []
    assert set(names) == {node.id for node in any_graph.nodes()}
    assert {(names[each.source], each["kind"], names[each.target]) for each in read.es} == triples(any_graph)
    ids = re.findall(r' id="([^"]+)"', path.read_text("utf-8"))
    assert len(ids) == len(set(ids))
    assert ElementTree.parse(path).getroot().tag.endswith("graphml")


def rows(text: str) -> list[dict[str, str]]:
    """What a reader of CSV reads."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_tables_read_back_as_the_graph(any_graph: ConceptGraph, tmp_path: Path) -> None:
    """Nodes, links, mappings and findings stand in four files that hold all that the graph holds."""
    written = export_files(any_graph, "csv", tmp_path / "graph.csv")
    assert [path.name for path in written] == [
        "graph-nodes.csv", "graph-edges.csv", "graph-mappings.csv", "graph-findings.csv",
    ]  # fmt: skip
    held = {path.stem.removeprefix("graph-"): rows(path.read_bytes().decode()) for path in written}
    assert {(row["subject"], row["kind"], row["object"]) for row in held["edges"]} == triples(any_graph)
    for row in held["nodes"]:
        node = any_graph.node(row["id"])
        assert (row["label"], row["definition"], row["aliases"]) == (node.label, node.definition, joined(node.aliases))
        assert row["note"] == (node.note or "")
        assert row["provenance"] == any_graph.provenance(node)
    assert len(held["mappings"]) == sum(len(node.mappings) for node in any_graph.nodes())
    assert len(held["findings"]) == sum(len(any_graph.findings_of(edge)) for edge in any_graph.edges())
    assert all(row["causal"] == "false" for row in held["findings"])
    assert tables(any_graph).keys() == held.keys()


def test_one_table_tells_every_link_in_words() -> None:
    """CSV on standard output has a row per link with labels and the sentence."""
    told = rows(export(GRAPH, "csv"))
    assert len(told) == 366
    assert told[0]["sentence"] == "Core components are part of therapeutic relationship."


def test_dot_has_a_statement_for_every_concept_and_link(any_graph: ConceptGraph) -> None:
    """A reader of the grammar of DOT finds quoted ids, balanced braces and every arrow."""
    text = export(any_graph, "dot")
    quoted = r'"((?:[^"\\]|\\.)*)"'
    arrows = re.findall(rf"^  {quoted} -> {quoted} \[label={quoted}(, style=dashed)?\];$", text, re.MULTILINE)
    assert {(one, other) for one, other, *_ in arrows} == {edge.triple[::2] for edge in any_graph.edges()}
    assert len(arrows) == len(any_graph.edges())
    assert sum(bool(dashes) for *_, dashes in arrows) == sum(edge.is_inferred for edge in any_graph.edges())
    names = dict(re.findall(rf"^  {quoted} \[label={quoted}\];$", text, re.MULTILINE))
    assert {re.sub(r"\\(.)", r"\1", label) for label in names.values()} == {node.label for node in any_graph.nodes()}
    bare = re.sub(quoted, "", text)
    assert bare.count("{") == bare.count("}") == 1


def test_mermaid_has_a_line_for_every_concept_and_link(any_graph: ConceptGraph) -> None:
    """Each line is of a form that Mermaid knows, and no name is one of its words."""
    first, *lines = export(any_graph, "mermaid").splitlines()
    assert first == "flowchart LR"
    nodes = [match for line in lines if (match := re.fullmatch(r'  (\w+)\["([^"]*)"\]', line))]
    links = [match for line in lines if (match := re.fullmatch(r"  (\w+) (-->|-\.->)\|([\w ]+)\| (\w+)", line))]
    assert len(nodes) + len(links) == len(lines)
    assert (len(nodes), len(links)) == (len(any_graph), len(any_graph.edges()))
    assert "end" not in {match[1] for match in nodes}


def test_the_same_graph_gives_the_same_bytes() -> None:
    """No export depends on when or where it is made."""
    again = GRAPH.subgraph(GRAPH.nodes())
    for form in Format:
        assert export(GRAPH, form) == export(again, form) == GRAPH.export(form)
        assert export(GRAPH, form).endswith("\n")


def test_an_unknown_format_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """A misspelt format names the one that was meant, and nothing is written."""
    with pytest.raises(UnknownNameError, match="did you mean 'graphml'"):
        export(GRAPH, "grapml")
    with pytest.raises(UnknownNameError, match="did you mean 'node_link'"):
        export_files(GRAPH, "node-lnk", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
