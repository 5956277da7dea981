"""The page of the vocabulary of concepts."""

from __future__ import annotations

from therarel.concepts import concept_graph

from .concept_vocabulary import vocabulary_page


def test_the_vocabulary_page_holds_every_kind_and_concept() -> None:
    """The page is made from the data: each kind and concept has its line, and tables have equal rows."""
    graph = concept_graph()
    page = vocabulary_page(graph)
    assert all(f"| `{kind.id}` |" in page for kind in graph.node_kinds)
    for link in graph.edge_kinds:
        assert f"**`{link.id}`**, {len(graph.edges(link.id))} links. {link.meaning}" in page
    for node in graph:
        assert f'<a id="{node.id}"></a>**{node.label}**' in page
        assert node.definition in page
    assert "No clinician has reviewed them" in page
    tables = [block for block in page.split("\n\n") if block.startswith("|")]
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
