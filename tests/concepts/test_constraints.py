"""Every constraint of the grammar, tried with links that keep it and links that break it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.concepts import Edge, EdgeKind, Fault, FaultLevel, Node, check_concepts, concept_graph

GRAPH = concept_graph()
NODES = st.sampled_from(GRAPH.nodes())
KINDS = st.sampled_from(GRAPH.edge_kinds)
HEAD = "schema: therarel.concepts/1\ntitle: Tried\nversion: '1'\nedges:\n"


def faults_of(subject: Node, kind: EdgeKind, target: Node) -> list[Fault]:
    """What is wrong with one link laid over our graph."""
    line = f"- {{subject: {subject.id}, kind: {kind.id}, object: {target.id}, basis: literature, refs: [bordin1979]}}\n"
    faults = check_concepts(HEAD + line, over=GRAPH)
    assert all(fault.line == 5 for fault in faults)
    return [fault for fault in faults if fault.level is FaultLevel.ERROR]


def expected(subject: Node, kind: EdgeKind, target: Node) -> set[str]:
    """The beginnings of what has to be said about such a link, worked out anew."""
    said = set()
    if subject == target:
        said.add("an edge does not lead back")
    if subject.kind not in kind.subjects:
        said.add(f"the kind '{subject.kind}' cannot be the subject of")
    if target.kind not in kind.objects:
        said.add(f"the kind '{target.kind}' cannot be the object of")
    if kind.same_kind and subject.kind != target.kind:
        said.add(f"'{kind.id}' joins concepts of one kind")
    there = {edge.triple for edge in GRAPH.edges()}
    if (subject.id, kind.id, target.id) in there:
        said.add("this edge is there already")
    elif kind.functional and any(triple[:2] == (subject.id, kind.id) for triple in there):
        said.add(f"'{subject.id}' {kind.says}")
    if kind.acyclic and subject != target and subject.id in reached(target.id, kind.id):
        said.add(f"the edge closes a circle of '{kind.id}'")
    return said


def reached(start: str, kind: str) -> set[str]:
    """Everything that links of a kind lead to."""
    found, front = {start}, [start]
    while front:
        here = front.pop()
        new = {edge.object for edge in GRAPH.links(here, kind, "out")} - found
        found |= new
        front += new
    return found


@given(NODES, KINDS, NODES)
@settings(max_examples=300, deadline=None)
def test_a_link_is_refused_exactly_where_the_grammar_says_so(subject: Node, kind: EdgeKind, target: Node) -> None:
    """Each of the constraints of a kind is held, none is invented, and every breach is told."""
    told = [fault.what for fault in faults_of(subject, kind, target)]
    wanted = expected(subject, kind, target)
    assert len(told) == len(wanted)
    assert all(any(what.startswith(beginning) for what in told) for beginning in wanted)


@given(st.sampled_from(GRAPH.edges()))
@settings(max_examples=50, deadline=None)
def test_a_link_that_is_there_cannot_be_brought_again(edge: Edge) -> None:
    """A file laid over the graph cannot repeat one of its links."""
    found = faults_of(GRAPH.node(edge.subject), GRAPH.edge_kind(edge.kind), GRAPH.node(edge.object))
    assert [fault.what for fault in found] == ["this edge is there already"]
