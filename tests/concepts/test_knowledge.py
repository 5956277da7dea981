"""What the shipped graph says, and that it agrees with the domain, the bibliography and the outline."""

from __future__ import annotations

import copy
import csv
import pickle
import re
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest

from therarel import domain
from therarel.citations import Status, bibliography
from therarel.concepts import Basis, ConceptGraph, Match, Scheme, findings
from therarel.domain import Rater, Stage, StageTask, Vocabulary, tasks_of

TOPICS = {
    "emotional-safety": "emotional_safety",
    "empathy": "empathy",
    "active-listening": "active_listening",
    "authenticity": "authenticity",
    "non-verbal-communication": "nonverbal_communication",
    "professional-ethics": "professional_ethics",
    "confidentiality": "confidentiality",
    "emotional-regulation": "emotional_regulation",
    "healing-process": "healing_process",
    "conflict-resolution": "conflict_resolution",
    "cultural-competence": "cultural_competence",
    "clinical-supervision": "clinical_supervision",
}


def vocabularies() -> list[type[Vocabulary]]:
    """Every closed vocabulary that the domain offers."""
    found = [getattr(domain, name) for name in domain.__all__]
    return [
        each for each in found if isinstance(each, type) and issubclass(each, Vocabulary) and each is not Vocabulary
    ]


def test_the_graph_has_the_size_that_its_file_has(graph: ConceptGraph) -> None:
    """124 concepts of 17 kinds and 366 links of 16 kinds, with the bases as they were counted."""
    assert (len(graph), len(graph.node_kinds), len(graph.edges()), len(graph.edge_kinds)) == (124, 17, 366, 16)
    assert Counter(edge.basis for edge in graph.edges()) == {
        Basis.LITERATURE: 118,
        Basis.INFERRED: 106,
        Basis.OUTLINE: 64,
        Basis.INFERRED_WITH_LITERATURE: 44,
        Basis.STATED: 34,
    }


def test_everything_hangs_together_under_one_root(graph: ConceptGraph) -> None:
    """There is one weak component, one relationship, and every part leads up to it."""
    plain = graph.to_networkx()
    assert nx.number_weakly_connected_components(plain) == 1
    assert [node.id for node in graph.nodes("relationship")] == ["therapeutic_relationship"] == [graph.root.id]
    up = nx.DiGraph((edge.subject, edge.object) for edge in graph.edges() if edge.kind in ("part_of", "kind_of"))
    assert [node for node in up if up.out_degree(node) == 0] == ["therapeutic_relationship"]


def test_kinds_of_link_that_allow_no_circle_have_none(graph: ConceptGraph) -> None:
    """What is declared acyclic is; what is declared functional has one object; same kind is same kind."""
    for kind in graph.edge_kinds:
        edges = graph.edges(kind.id)
        links = nx.DiGraph((edge.subject, edge.object) for edge in edges)
        assert not kind.acyclic or nx.is_directed_acyclic_graph(links)
        assert not kind.functional or max(Counter(edge.subject for edge in edges).values()) == 1
        ends = [(graph.node(edge.subject).kind, graph.node(edge.object).kind) for edge in edges]
        assert all(subject in kind.subjects and target in kind.objects for subject, target in ends)
        assert not kind.same_kind or all(subject == target for subject, target in ends)


def test_the_linked_topics_of_the_outline_have_their_slugs(graph: ConceptGraph) -> None:
    """The twelve topics that the outline links are concepts, and their slugs lead to them."""
    assert {node.slug: node.id for node in graph if node.slug} == TOPICS
    assert all(graph.node(slug).id == identifier for slug, identifier in TOPICS.items())


@pytest.mark.parametrize("vocabulary", vocabularies(), ids=lambda each: each.__name__)
def test_the_terms_of_the_domain_lead_to_concepts(graph: ConceptGraph, vocabulary: type[Vocabulary]) -> None:
    """What a vocabulary says is a concept is one, under its own value where the vocabulary is made of concepts."""
    for term in vocabulary:
        if term.concept is None:
            assert term not in graph
        else:
            assert graph.node(term).id == term.concept
            assert not vocabulary.are_concepts() or term.concept == term.value


def test_the_classes_of_the_domain_lead_to_concepts(graph: ConceptGraph) -> None:
    """Every class that a concept names exists, and leads back to that concept alone."""
    named = [(name, node.id) for node in graph for name in node.classes]
    assert len({name for name, _ in named}) == len(named)
    assert all(
        graph.node(getattr(domain, name, None) or getattr(domain.events, name)).id == identifier
        for name, identifier in named
    )


def test_what_stages_require_agrees_with_the_stages(graph: ConceptGraph) -> None:
    """A stage requires the tasks of the stage before it, in task order, and may waive what the domain lets waive."""
    for stage, before in ((Stage.WORKING_PHASE, Stage.INITIAL_FORMATION), (Stage.MATURATION, Stage.WORKING_PHASE)):
        required = graph.links(stage, "requires", "out")
        tasks = [edge for edge in required if graph.node(edge.object).kind == "stage_task"]
        assert tuple(StageTask(edge.object) for edge in tasks) == tasks_of(before)
        assert [StageTask(edge.object).is_waivable for edge in tasks] == [edge.waivable for edge in tasks]
        assert [edge.object for edge in required if edge not in tasks] == [before.value]


def test_what_tasks_require_of_each_other_agrees_with_the_domain(graph: ConceptGraph) -> None:
    """The prerequisites of the domain are the links between stage tasks, no more and no fewer."""
    for task in StageTask:
        required = graph.links(task, "requires", "out")
        among = {StageTask(edge.object) for edge in required if graph.node(edge.object).kind == "stage_task"}
        assert among == task.prerequisites


def test_tasks_stand_in_the_order_of_the_domain(graph: ConceptGraph) -> None:
    """Task order lives in the domain; the file follows it, and every task is part of its stage."""
    assert [node.id for node in graph.nodes("stage_task")] == [task.value for task in StageTask]
    for task in StageTask:
        assert [edge.object for edge in graph.links(task, "part_of", "out")] == [task.stage.value]


def test_every_citation_key_is_in_the_bibliography(graph: ConceptGraph) -> None:
    """No link and no figure rests on a publication that the bibliography does not have."""
    keys = {key for edge in graph.edges() for key in edge.refs} | {each.citation_key for each in findings()}
    assert keys <= set(bibliography())


def test_every_figure_belongs_to_a_link_or_to_the_table(graph: ConceptGraph) -> None:
    """A row that names two concepts is evidence for a link between them; the other rows name neither."""
    joined = [each for each in findings() if each.concept is not None]
    assert all((each.concept, "predicts", each.outcome) in {edge.triple for edge in graph.edges()} for each in joined)
    assert all(each.outcome is None for each in findings() if each not in joined)
    assert sorted(each.element for edge in graph.edges() for each in graph.findings_of(edge)) == sorted(
        each.element for each in joined
    )
    assert not any(each.is_causal for each in findings())
    for edge in graph.edges():
        assert all(each.citation_key in edge.refs for each in graph.findings_of(edge))


def test_figures_without_a_recorded_status_are_shown_as_unverified() -> None:
    """A figure of which nobody recorded how surely it is known never counts as verified."""
    unsure = [each for each in findings() if each.note and "status of the figure not recorded" in each.note]
    assert unsure
    assert all(each.status.unverified and "unverified" in str(each) for each in unsure)


def test_figures_of_the_alliance_read_as_published() -> None:
    """The best known figure has its interval, its number of studies, its edition and no rater."""
    alliance = next(each for each in findings() if each.element == "alliance_individual_adult")
    assert alliance.effect is not None
    assert (alliance.effect.value, alliance.effect.ci_low, alliance.effect.ci_high) == (0.278, 0.256, 0.299)
    assert (alliance.studies, alliance.edition, alliance.rater, alliance.status) == (295, 2018, None, Status.VERIFIED)


def test_what_neighbours_the_graph_keeps_apart(graph: ConceptGraph) -> None:
    """Links claim no more than they rest on: breaches, insight, the branch of the repair, and what outcome studies say."""
    triples = {edge.triple for edge in graph.edges()}
    wholes = [edge.object for edge in graph.links("boundary_breach", "part_of", "out")]
    assert wholes == ["challenges"]
    assert ("integration_of_insights", "requires", "insight") in triples
    assert "deeper_understanding" not in {
        edge.object for edge in graph.links("integration_of_insights", "requires", "out")
    }
    assert ("deeper_understanding", "kind_of", "insight") in triples
    assert not graph.links("exploring_avoidance", "precedes")
    assert ("exploring_rupture", "precedes", "emergence_of_need") in triples
    assert graph.edge("client_autonomy", "requires", "task_understanding").is_inferred
    assert graph.edge("maturation", "requires", "working_through_challenges").is_inferred
    assert graph.edge("task_understanding", "supports", "client_engagement").basis is Basis.INFERRED_WITH_LITERATURE


def test_reviews_of_outcome_speak_for_links_to_outcome_alone(graph: ConceptGraph) -> None:
    """A pooled association with outcome is no evidence that one quality brings another."""
    reviews = {each.citation_key for each in findings() if each.outcome == "treatment_effectiveness"}
    pooled = reviews & {"fluckiger2018", "tryon2018", "elliott2018", "kolden2018", "farber2018", "soto2018"}
    assert len(pooled) == 6
    assert {edge.kind for edge in graph.edges() if pooled & set(edge.refs)} == {"predicts"}


def test_findings_that_disagree_stand_beside_the_link_and_do_not_speak_for_it(graph: ConceptGraph) -> None:
    """One large study found nothing where a review found an association: both are shown, and one counts."""
    (edge,) = graph.conflicting()
    evidence = graph.evidence(edge)
    (against,) = evidence.conflicting
    assert (edge.subject, edge.object) == ("cultural_competence", "treatment_effectiveness")
    assert (against.citation_key, against.words, against.participants, against.rater) == (
        "pace2018",
        "near zero",
        1458,
        Rater.CLIENT,
    )
    assert [each.key for each in evidence.supporting] == ["soto2018"]
    assert evidence.weight == 1 + 2
    assert str(evidence).endswith("conflicting: near zero, N = 1458, client-rated (Pace, 2018)")


def test_a_row_that_conflicts_names_the_row_it_conflicts_with() -> None:
    """What disagrees is about the same two concepts, and the other row exists."""
    rows = {each.element: each for each in findings()}
    for row in rows.values():
        if row.conflicts is not None:
            other = rows[row.conflicts]
            assert (other.concept, other.outcome, other.conflicts) == (row.concept, row.outcome, None)


@pytest.mark.parametrize(
    ("element", "figure"),
    [
        ("feedback_2021", "d = .15 [.10, .20], k = 58, N = 21699"),
        ("feedback_not_on_track_2021", "d = .17"),
        ("feedback_dropout_2021", "OR = 1.19 [1.03, 1.38]"),
        ("feedback_2023", "g = .15"),
        ("feedback_support_tools_2023", "g from .36 to .53"),
        ("alliance_next_session", "b = -1.27 [-2.44, -.10], N = 345"),
        ("alliance_next_session_standardised", "beta from -.21 to -.16, N = 345"),
        ("cultural_competence_client_rated", "r = .38, client-rated"),
        ("feedback_rom", "small to moderate, k = 24"),
    ],
)
def test_figures_read_as_published(element: str, figure: str) -> None:
    """Odds ratios, slopes, ranges and words are shown as what they are."""
    (row,) = (each for each in findings() if each.element == element)
    assert row.figure == figure


def test_the_studies_of_a_review_are_not_given_to_half_of_it() -> None:
    """Fifteen studies are those of clients and therapists together, so neither figure has them as its own."""
    rows = [
        each
        for each in findings()
        if each.element in ("cultural_competence_client_rated", "cultural_competence_therapist_rated")
    ]
    assert [each.studies for each in rows] == [None, None]
    assert all(each.note and "clients and therapists together" in each.note for each in rows)


def test_instruments_lead_to_what_they_ask_about(graph: ConceptGraph) -> None:
    """The bond scale of the alliance inventory asks for regard; what is close or broader says so."""
    measured: dict[str, set[str]] = {}
    for edge in graph.edges("measured_by"):
        measured.setdefault(edge.object, set()).add(edge.subject)
    assert measured["wai"] == {"working_alliance", "goal_agreement", "task_understanding", "mutual_regard"}
    assert measured["srs"] == {"working_alliance", "goal_agreement", "task_understanding"}
    assert measured["blri"] == {"empathy", "authenticity", "nonjudgmental_atmosphere"}
    assert (measured["care"], measured["rri"], measured["tpi"]) == (
        {"empathy"},
        {"authenticity"},
        {"therapeutic_presence"},
    )
    assert measured["sai"] == measured["arm"] == measured["haq2"] == {"working_alliance"}
    for subject, instrument in (
        ("task_understanding", "wai"),
        ("goal_agreement", "srs"),
        ("task_understanding", "srs"),
        ("authenticity", "rri"),
        ("nonjudgmental_atmosphere", "blri"),
        ("empathy", "care"),
    ):
        assert graph.edge(subject, "measured_by", instrument).note


def test_raters_of_cultural_competence_are_kept_apart() -> None:
    """What clients rate and what therapists rate of themselves are two figures."""
    rated = {each.rater: each for each in findings() if each.concept == "cultural_competence" and each.effect}
    found = {
        rater: each.effect.value
        for rater, each in rated.items()
        if each.outcome == "treatment_effectiveness" and each.effect
    }
    assert found.get(Rater.THERAPIST) == 0.06


def test_mappings_are_those_that_were_verified(graph: ConceptGraph) -> None:
    """Fifty mappings to three vocabularies; what was found in one list alone is related and no more."""
    mappings = [(node.id, each) for node in graph for each in node.mappings]
    assert len(mappings) == 50
    assert Counter(each.vocabulary for _, each in mappings)[Scheme.WIKIDATA] == 1
    alone = {each.identifier: each.match for _, each in mappings}
    assert {alone[f"BCIO:{number}"] for number in ("050913", "050916", "050968")} == {Match.RELATED}
    assert "MF:0000058" not in alone


def test_a_wikidata_item_seen_in_copies_alone_is_not_called_verified(graph: ConceptGraph) -> None:
    """The one item that was seen in third-party tables has a lower status and says why."""
    (item,) = (each for node in graph for each in node.mappings if each.vocabulary is Scheme.WIKIDATA)
    assert item.status is Status.MEMORY_HIGH
    assert item.note is not None


def test_attributes_keep_clear_of_what_exports_overwrite(graph: ConceptGraph) -> None:
    """No attribute is called as node-link documents call ends, keys and ids."""
    plain = graph.to_networkx()
    names = {name for _, data in plain.nodes(data=True) for name in data}
    names |= {name for *_, data in plain.edges(data=True) for name in data}
    assert names.isdisjoint({"source", "target", "key", "id"})


def test_definitions_are_short_sentences(graph: ConceptGraph) -> None:
    """A definition is one to three sentences that end with a full stop, and repeats no label."""
    for node in graph:
        assert node.definition.endswith(".")
        assert len(node.definition) <= 160
        assert not re.search(r"\bpatients?\b", node.definition, re.IGNORECASE)


def test_every_statement_of_the_outline_has_its_concepts(graph: ConceptGraph) -> None:
    """The concepts that the table of statements names exist, and every place of the outline is spoken of here."""
    table = Path(__file__).parents[2] / "docs" / "statements.csv"
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert {name for row in rows for name in row["nodes"].split() if name not in {node.id for node in graph}} == set()
    spoken = {place for node in graph for place in node.outline} | {
        place for edge in graph.edges() for place in edge.outline
    }
    assert {row["outline"] for row in rows} - spoken == set()


def test_a_graph_survives_copying_and_pickling(graph: ConceptGraph) -> None:
    """A worker process gets an equal graph."""
    again = pickle.loads(pickle.dumps(graph))
    assert not graph.diff(again)
    assert not graph.diff(copy.deepcopy(graph))


def test_every_reading_of_the_library_names_its_place_in_the_outline(graph: ConceptGraph) -> None:
    """What is our reading is a reading of the outline, and says of what part."""
    assert [edge for edge in graph.edges() if edge.basis.startswith("inferred") and not edge.outline] == []


def test_a_sentence_has_the_verb_of_its_label(graph: ConceptGraph) -> None:
    """Several things mend and are measured; one thing mends and is measured."""
    said = [graph.sentence(edge) for edge in graph.links("conflict_resolution", ["repairs", "measured_by"])]
    assert said[0] == "Conflict-resolution strategies mend alliance rupture."
    assert said[-1] == "Conflict-resolution strategies are measured by Rupture Resolution Rating System."
    assert graph.why("missed_sessions", "treatment_effectiveness").sentence.startswith("Missed sessions threaten ")
    assert graph.edge_kind("manifests_as").verb(plural=True) == "show themselves as"
    assert graph.edge_kind("expressed_through").verb(reverse=True, plural=True) == "express"
