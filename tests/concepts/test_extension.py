"""A file laid over the graph: what it may bring, what is refused, and what came from where."""

from __future__ import annotations

from pathlib import Path

import pytest

from therarel.concepts import Basis, ConceptGraph, FaultLevel, check_concepts, extend_concepts
from therarel.errors import ReadingError

OURS = """\
schema: therarel.concepts/1
title: Terms of our clinic
version: "3"
node_kinds:
- {id: setting, meaning: A place or medium of therapy.}
edge_kinds:
- {id: offered_in, inverse: offers, says: is offered in, inverse_says: offers, meaning: The subject takes place there.,
   subjects: [stage_task, skill], objects: [setting], influence: none}
references:
- {key: clinic2026, authors: [Our clinic], status: M-h, year: 2026}
nodes:
- {id: video_call, kind: setting, label: Video call, origin: literature, definition: Therapy over a screen.}
- {id: checking_in, kind: skill, label: Checking in, origin: literature, aliases: [pulse],
   definition: Asking in every session how the work together feels.}
edges:
- {subject: checking_in, kind: offered_in, object: video_call, basis: literature, refs: [clinic2026]}
- {subject: checking_in, kind: supports, object: collaboration, basis: literature, refs: [clinic2026, tryon2018]}
"""


@pytest.fixture
def extended(graph: ConceptGraph) -> ConceptGraph:
    """Our graph with the terms of a clinic."""
    return extend_concepts(graph, OURS)


def test_concepts_of_a_file_stand_beside_ours(graph: ConceptGraph, extended: ConceptGraph) -> None:
    """New concepts, kinds and links are there, ours are untouched, and every question reaches both."""
    assert (len(extended), len(extended.edges())) == (len(graph) + 2, len(graph.edges()) + 2)
    assert extended.nodes()[: len(graph)] == graph.nodes()
    assert extended.node("pulse").id == "checking_in"
    assert extended.why("checking_in", "treatment_effectiveness").sentence.startswith("Checking in supports")
    assert "checking_in" in {edge.subject for edge in extended.supports("collaboration")}
    assert "pulse" not in graph


def test_it_is_known_what_came_from_where(graph: ConceptGraph, extended: ConceptGraph) -> None:
    """Concepts and links know the file that brought them, also in graphs cut out later and in a second layer."""
    assert extended.provenance("checking_in") == "Terms of our clinic"
    assert extended.provenance("collaboration") == graph.title
    brought = extended.edge("checking_in", "supports", "collaboration")
    assert extended.provenance(brought) == "Terms of our clinic"
    assert extended.subgraph(["pulse", "collaboration"]).provenance("pulse") == "Terms of our clinic"
    second = extend_concepts(
        extended,
        "schema: therarel.concepts/1\ntitle: Terms of our ward\nversion: '1'\nedges:\n"
        "- {subject: checking_in, kind: supports, object: trust, basis: literature, refs: [clinic2026]}\n",
    )
    assert second.provenance("checking_in") == "Terms of our clinic"
    assert second.provenance(second.edge("checking_in", "supports", "trust")) == "Terms of our ward"


def test_publications_of_a_file_are_found(extended: ConceptGraph) -> None:
    """A link may rest on a publication that the file brings beside those of the bibliography."""
    evidence = extended.evidence(extended.edge("checking_in", "supports", "collaboration"))
    assert [each.short for each in evidence.citations] == ["Our clinic, 2026", "Tryon et al., 2018"]


def test_the_difference_is_what_the_file_brought(graph: ConceptGraph, extended: ConceptGraph) -> None:
    """Comparing the two graphs lists the additions, and the other way round the losses."""
    found = graph.diff(extended)
    assert [node.id for node in found.added_nodes] == ["video_call", "checking_in"]
    assert len(found.added_edges) == 2
    assert (found.removed_nodes, found.removed_edges, found.changes) == ((), (), ())
    back = extended.diff(graph)
    assert back.removed_nodes == found.added_nodes
    assert "+ checking_in (skill)" in str(found)
    assert "- checking_in (skill)" in str(back)
    assert str(graph.diff(graph)) == "no difference"


def test_changed_fields_are_told_before_and_after(graph: ConceptGraph, text: str) -> None:
    """A new version of the file tells which fields of which concept or link read otherwise."""
    from therarel.concepts import load_concepts

    newer = load_concepts(
        text.replace("Friendly, caring regard", "Kind, caring regard").replace(
            "{subject: trust, kind: kind_of", "{subject: trust, kind: kind_of"
        ).replace("object: bond, basis: inferred_with_literature, outline: [key-characteristics/professional-boundaries/3]",
                  "object: bond, basis: inferred_with_literature, outline: [summary]")
    )  # fmt: skip
    found = graph.diff(newer)
    assert [(each.part, each.field) for each in found.changes] == [
        ("warmth", "definition"),
        ("warmth supports bond", "outline"),
    ]
    assert "~ warmth: definition was 'Friendly" in str(found)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("id: checking_in, kind: skill", "id: empathy, kind: skill", "a concept with this id is there already"),
        ("label: Checking in", "label: Empathy", "the label leads to 'empathy' already"),
        ("aliases: [pulse]", "aliases: [congruence]", "the alias leads to 'authenticity' already"),
        ("id: setting, meaning", "id: skill, meaning", "this kind of node is there already"),
        ("id: offered_in, inverse: offers", "id: supports, inverse: offers", "this kind of edge is there already"),
        ("id: offered_in, inverse: offers", "id: offered_in, inverse: supported_by", "this kind of edge is there already"),
        ("object: collaboration", "object: nowhere", "the object of the edge is not a concept"),
        ("kind: skill, label: Checking in", "kind: relationship, label: Checking in", "there is one relationship"),
        ("subject: checking_in, kind: supports, object: collaboration", "subject: warmth, kind: supports, object: bond", "this edge is there already"),
        ("subject: checking_in, kind: supports, object: collaboration", "subject: warmth, kind: part_of, object: bond", "already, and has only one"),
        ("subject: checking_in, kind: supports, object: collaboration", "subject: genuine_attention, kind: requires, object: building_rapport", "closes a circle"),
    ],
)  # fmt: skip
def test_a_file_cannot_contradict_what_it_is_laid_over(
    graph: ConceptGraph, tmp_path: Path, before: str, after: str, says: str
) -> None:
    """What our graph has already, or forbids, is refused with file and line."""
    path = tmp_path / "clinic.yaml"
    path.write_text(OURS.replace(before, after), "utf-8")
    with pytest.raises(ReadingError) as refused:
        extend_concepts(graph, path)
    assert says in str(refused.value)
    assert "clinic.yaml:" in str(refused.value)


def test_a_concept_that_nothing_joins_is_let_in_with_a_warning(graph: ConceptGraph) -> None:
    """An island is no error, for somebody may be about to join it."""
    alone = OURS[: OURS.index("edges:\n")]
    levels = {fault.level for fault in check_concepts(alone, over=graph)}
    assert levels == {FaultLevel.WARN, FaultLevel.INFO}
    assert len(extend_concepts(graph, alone)) == len(graph) + 2


def _laid_over(edge: str) -> str:
    """A file with one concept of its own and one link."""
    return (
        "schema: therarel.concepts/1\ntitle: Terms of our clinic\nversion: '1'\nnodes:\n"
        "- {id: checking_in, kind: skill, label: Checking in, origin: own, definition: Asking how it feels.}\n"
        f"edges:\n- {{subject: checking_in, {edge}}}\n"
    )


def test_a_reading_of_ones_own_needs_no_publication(graph: ConceptGraph) -> None:
    """A link that is one's own reading is one, is called so wherever it is shown, and can be left out."""
    ours = extend_concepts(graph, _laid_over("kind: supports, object: trust, basis: inferred"))
    assert str(ours.evidence(ours.edge("checking_in", "supports", "trust"))) == Basis.INFERRED.meaning
    assert ours.why("checking_in", "trust").has_inferred
    assert not ours.without_inferred().links("checking_in")
    assert "Not in the outline; a term of whoever wrote the file." in str(ours.explain("checking_in"))


@pytest.mark.parametrize("basis", ["stated", "outline", "literature", "inferred_with_literature"])
def test_every_other_link_names_what_it_rests_on(graph: ConceptGraph, basis: str) -> None:
    """Nothing is called stated or published without a place or a publication; the way out is in the hint."""
    faults = check_concepts(_laid_over(f"kind: supports, object: trust, basis: {basis}"), over=graph)
    assert [fault.what for fault in faults] == ["an edge names what it rests on"]
    assert faults[0].hint is not None
    assert "'inferred'" in faults[0].hint


@pytest.mark.parametrize("name", ["congruence", "Genuineness", "authenticity ", "AUTHENTICITY"])
def test_a_label_or_an_alias_in_place_of_an_id_leads_to_the_id(graph: ConceptGraph, name: str) -> None:
    """A link names ids; whoever writes what people call a concept is shown its id."""
    text = _laid_over(f"kind: supports, object: '{name}', basis: inferred")
    faults = [fault for fault in check_concepts(text, over=graph) if fault.level is FaultLevel.ERROR]
    assert [fault.hint for fault in faults] == ["an edge names ids; did you mean 'authenticity'?"]


def test_a_kind_that_is_no_misspelling_is_answered_with_all_kinds(graph: ConceptGraph) -> None:
    """There is no 'related_to'; what there is instead is listed whole."""
    text = _laid_over("kind: related_to, object: trust, basis: inferred")
    (fault,) = (fault for fault in check_concepts(text, over=graph) if fault.level is FaultLevel.ERROR)
    assert fault.hint == f"known are {', '.join(kind.id for kind in graph.edge_kinds)}"


@pytest.mark.parametrize("name", ["clinic.yaml", "our terms/clinic.yml", "C:\\terms\\clinic.json"])
def test_a_name_of_a_file_is_not_read_as_its_text(graph: ConceptGraph, name: str) -> None:
    """Who gives the name of a file as text is sent to a path."""
    with pytest.raises(ReadingError, match=r"this is the name of a file.*pathlib\.Path"):
        extend_concepts(graph, name)
