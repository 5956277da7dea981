"""Characters that no page can hold are refused where concepts enter, and break no export of those made otherwise."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import attrs
import networkx as nx
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from therarel.concepts import ConceptGraph, check_concepts, concept_graph, extend_concepts
from therarel.errors import ReadingError

unseen = st.sampled_from("\x00\x01\x07\x0b\x0c\x1b\x1f\x7f\x80\x9b\u202a\u202e\u2066\ufffe\uffff")
FIELDS = {
    "title": "{}",
    "label": "{}",
    "definition": "Asking in every session how the {} feels.",
    "note": "{}",
    "alias": "{}",
    "link": "{}",
}


def document(field: str, words: str) -> str:
    """A file of concepts with words in one of its fields, as JSON, which is YAML too."""
    node = {
        "id": "checking_in", "kind": "skill", "label": "Checking in", "origin": "literature",
        "definition": "Asking how the work together feels.",
    }  # fmt: skip
    edge = {"subject": "checking_in", "kind": "supports", "object": "collaboration", "basis": "literature"}
    whole: dict[str, object] = {"schema": "therarel.concepts/1", "title": "Ours", "version": "1"}
    text = FIELDS[field].format(words)
    if field == "title":
        whole["title"] = text
    elif field == "link":
        edge["note"] = text
    elif field == "alias":
        node = {**node, "aliases": [text]}  # type: ignore[dict-item]
    else:
        node[field] = text
    return json.dumps({**whole, "nodes": [node], "edges": [{**edge, "refs": ["tryon2018"]}]})


@pytest.mark.parametrize("field", FIELDS)
@given(character=unseen)
def test_a_character_that_is_not_seen_is_refused_with_its_line(field: str, character: str) -> None:
    """In every text of a file: the place is told and the character by its number."""
    graph = concept_graph()
    text = document(field, f"work{character}ing")
    with pytest.raises(
        ReadingError, match=rf"invisible character in the text, U\+{ord(character):04X}. Hint: take it out"
    ):
        extend_concepts(graph, text)
    assert [fault.line for fault in check_concepts(text, over=graph) if "invisible" in fault.what] == [1]
    assert not [fault for fault in check_concepts(document(field, "working"), over=graph) if fault.level == "error"]


@given(words=st.text(unseen | st.characters(codec="utf-8"), min_size=1, max_size=12))
def test_every_export_of_concepts_made_otherwise_can_be_read(words: str) -> None:
    """Whatever stands in the texts of concepts that come from a program, no export is broken by it."""
    ours = concept_graph().subgraph(["warmth", "bond"])
    nodes = [attrs.evolve(node, label=f"{node.label} {words}", definition=f"{words}.") for node in ours.nodes()]
    graph = ConceptGraph(
        title=words, version="1", node_kinds=ours.node_kinds, edge_kinds=ours.edge_kinds, nodes=nodes,
        edges=ours.edges(), references=ours.references,
    )  # fmt: skip
    assert set(nx.parse_graphml(graph.export("graphml")).nodes) == {"warmth", "bond"}
    assert ElementTree.fromstring(graph.draw("warmth").to_svg()) is not None
    read = rdflib.Graph().parse(data=graph.export("skos"), format="turtle")
    assert any(words in str(value) for value in read.objects())
    for name in ("jsonld", "node-link", "cytoscape"):
        assert json.loads(graph.export(name))
    for name in ("mermaid", "dot"):
        assert not set(graph.export(name)) & set("\x00\x07\x1b\x7f\x9b\u202e")
