"""Learning paths and lectures: everything that is required stands before what requires it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.concepts import ConceptGraph, Node, concept_graph
from therarel.concepts.questions.learning import in_teaching_order
from therarel.domain import StageTask
from therarel.errors import InvalidValueError, UnknownNameError

GRAPH = concept_graph()


@given(st.sampled_from(GRAPH.nodes()), st.booleans())
@settings(deadline=None)
def test_a_path_holds_all_that_is_required_before_what_requires_it(node: Node, inferred: bool) -> None:
    """The target is last, nothing stands twice, and each concept comes after its requirements."""
    path = (GRAPH if inferred else GRAPH.without_inferred()).learning_path(node)
    ids = [each.id for each in path.nodes]
    assert ids[-1] == node.id
    assert len(set(ids)) == len(ids)
    view = GRAPH if inferred else GRAPH.without_inferred()
    for place, identifier in enumerate(ids):
        needed = {edge.object for edge in view.prerequisites(identifier)}
        assert needed <= set(ids[:place])
    assert ids == [each.id for each in (GRAPH if inferred else GRAPH.without_inferred()).learning_path(node).nodes]


@given(st.sets(st.sampled_from(GRAPH.nodes()), min_size=1, max_size=10))
def test_teaching_order_does_not_depend_on_the_order_of_asking(nodes: set[Node]) -> None:
    """Any order of the same concepts gives the same teaching order."""
    order = in_teaching_order(GRAPH, nodes)
    assert set(order) == nodes
    assert order == in_teaching_order(GRAPH, reversed(order))


def test_the_path_to_working_through_goes_by_the_formation_tasks(graph: ConceptGraph) -> None:
    """The task of a later stage requires the tasks of the stage before, in the order of the domain."""
    path = graph.learning_path(StageTask.WORKING_THROUGH_CHALLENGES)
    tasks = [node.id for node in path.nodes if node.kind == "stage_task"]
    assert tasks == [
        "building_rapport", "establishing_trust", "setting_expectations", "creating_safety", "working_through_challenges",
    ]  # fmt: skip
    assert "collaboration" in {node.id for node in path.nodes}


def test_a_step_says_what_it_is_needed_for(graph: ConceptGraph) -> None:
    """Each step knows its stage and what directly requires it; the text says both."""
    path = graph.learning_path("establishing_trust")
    rapport = next(step for step in path if step.node.id == "building_rapport")
    assert [node.id for node in rapport.needed_for] == ["establishing_trust"]
    assert rapport.stage is not None
    assert rapport.stage.id == "initial_formation"
    assert "Building rapport (for establishing trust†)" in str(path)
    assert "Active listening (for building rapport)" in str(path)


@pytest.mark.parametrize("concept", ["maturation", "setting_expectations", "collaborative_growth"])
def test_a_path_marks_every_requirement_that_is_a_reading(graph: ConceptGraph, concept: str) -> None:
    """A requirement has a dagger exactly where nothing but our reading says it, and the dagger is explained."""
    path = graph.learning_path(concept)
    for step, line in zip(path, str(path).splitlines(), strict=False):
        for later in step.needed_for:
            said = [edge for edge in graph.prerequisites(later) if edge.object == step.node.id]
            read = all(edge.is_inferred for edge in said)
            words = graph.in_sentence(later)
            assert any(part in line for part in (f"{words}†,", f"{words}†)")) == read
    assert ("† our reading, not reviewed" in str(path)) == ("†)" in str(path))
    assert "†" not in str(graph.without_inferred().learning_path(concept))


def test_a_lecture_holds_topics_requirements_and_bridges(graph: ConceptGraph) -> None:
    """Its graph is cut out of ours, its order can be taught, its bridges join neighbouring topics."""
    lecture = graph.lecture(["empathy", "trust", "alliance_rupture"])
    assert [node.id for node in lecture.topics] == ["empathy", "trust", "alliance_rupture"]
    assert set(lecture.topics) <= set(lecture.order) == set(lecture.graph.nodes())
    assert set(lecture.graph.edges()) <= set(graph.edges())
    assert [(bridge.start.id, bridge.end.id) for bridge in lecture.bridges] == [
        ("empathy", "trust"),
        ("trust", "alliance_rupture"),
    ]
    handout = str(lecture)
    assert all(node.definition in handout for node in lecture.order)
    assert "not reviewed by a clinician" in handout


def test_a_lecture_without_our_readings_says_nothing_of_them(graph: ConceptGraph) -> None:
    """With inferred links left out the hand-out needs no caution."""
    assert "not reviewed" not in str(graph.without_inferred().lecture(["empathy", "bond"]))


def test_a_lecture_about_nothing_is_refused(graph: ConceptGraph) -> None:
    """A lecture has topics, and they are concepts."""
    with pytest.raises(InvalidValueError, match="at least one topic"):
        graph.lecture([])
    with pytest.raises(UnknownNameError, match="did you mean 'empathy'"):
        graph.lecture(["empathie"])


@given(st.lists(st.sampled_from(GRAPH.nodes()), min_size=1, max_size=5))
@settings(deadline=None)
def test_a_lecture_tells_its_topics_after_what_they_require(topics: list[Node]) -> None:
    """Whatever the topics, no concept is told before one that it requires, and first topics come first if they can."""
    lecture = GRAPH.lecture(topics)
    place = {node.id: number for number, node in enumerate(lecture.order)}
    for node in lecture.order:
        assert all(place[edge.object] < place[node.id] for edge in GRAPH.prerequisites(node) if edge.object in place)
    assert len(place) == len(lecture.graph)
    assert [bridge.start for bridge in lecture.bridges] == list(lecture.topics[:-1])
