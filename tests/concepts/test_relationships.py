"""The graph beside the machine: what is missing agrees with the guards, and a declined step leads to reading."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.concepts import ConceptGraph, concept_graph
from therarel.domain import (
    AllianceStatus,
    Contributor,
    Dyad,
    EpisodeKind,
    Relationship,
    RuptureEpisode,
    RuptureMode,
    RuptureSeverity,
    Stage,
    StageTask,
    WaivedTask,
    events,
)
from therarel.machine import Declined, Machine, Policy, Requirement, decide
from therarel.machine.guards import GUARDS, TASKS_READ

GRAPH = concept_graph()
OPEN = (Stage.INITIAL_FORMATION, Stage.RE_ENGAGEMENT, Stage.WORKING_PHASE, Stage.MATURATION, Stage.ENDING)
# The guards that read stage tasks on the way to what comes next, by stage.
READ = {
    Stage.INITIAL_FORMATION: ("formation_complete",),
    Stage.RE_ENGAGEMENT: ("formation_complete",),
    Stage.WORKING_PHASE: ("foundations_hold", "working_complete", "worked_through_once"),
    Stage.MATURATION: ("foundations_hold", "maturation_complete"),
    Stage.ENDING: ("foundations_hold", "maturation_complete", "ending_complete"),
}


@st.composite
def relationships(draw: st.DrawFn) -> Relationship:
    """Relationships in any open stage with any tasks met, the waivable one waived or not."""
    stage = draw(st.sampled_from(OPEN))
    waived = draw(st.booleans())
    return Relationship(
        Dyad("C-1", "T-1"),
        stage=stage,
        tasks_met=draw(st.sets(st.sampled_from(StageTask))),
        tasks_waived=(WaivedTask(StageTask.ADDRESSING_RESISTANCE, "none was met"),) if waived else (),
        rupture_repaired=draw(st.booleans()),
        ended_from=Stage.MATURATION if stage is Stage.ENDING else None,
    )


@given(relationships())
@settings(max_examples=400, deadline=None)
def test_what_is_missing_agrees_with_the_guards_of_the_machine(relationship: Relationship) -> None:
    """A task is missing exactly if it would make one of the stage's guards hold or bring it nearer."""
    missing = {each.task for each in GRAPH.missing(relationship).tasks}
    names = READ[relationship.stage]
    policy = Policy(difficulty_before_maturation=Requirement.REQUIRED)
    holds = {name: GUARDS[name](relationship, events.AdvanceRequested(), policy) is None for name in names}
    assert bool(missing) == (not all(holds.values()))
    for name in names:
        assert holds[name] == missing.isdisjoint(TASKS_READ[name])
    assert missing <= frozenset().union(*(TASKS_READ[name] for name in names))
    assert missing.isdisjoint(relationship.tasks_met)


@given(relationships())
@settings(deadline=None)
def test_meeting_what_is_missing_leaves_nothing_missing(relationship: Relationship) -> None:
    """With the missing tasks met the answer is empty and says so."""
    met = {each.task for each in GRAPH.missing(relationship).tasks}
    after = GRAPH.missing(attrs.evolve(relationship, tasks_met=relationship.tasks_met | met))
    assert not after
    assert str(after).startswith("No stage task is missing")


def test_a_missing_task_says_what_to_read_and_what_else_would_do(graph: ConceptGraph) -> None:
    """The waivable task is waivable, the one with an alternative names it, and reading comes in teaching order."""
    relationship = Relationship(
        Dyad("C-1", "T-1"),
        stage=Stage.WORKING_PHASE,
        tasks_met=set(StageTask) - {StageTask.CREATING_SAFETY} - set(list(StageTask)[4:8]),
    )
    found = {each.task: each for each in graph.missing(relationship).tasks}
    assert list(found) == [StageTask.CREATING_SAFETY, *list(StageTask)[4:8]]
    assert found[StageTask.CREATING_SAFETY].reopened
    assert found[StageTask.ADDRESSING_RESISTANCE].waivable
    assert found[StageTask.WORKING_THROUGH_CHALLENGES].alternative == "a repaired rupture"
    assert "confidentiality" in {node.id for node in found[StageTask.CREATING_SAFETY].reading}
    repaired = graph.missing(attrs.evolve(relationship, rupture_repaired=True))
    assert StageTask.WORKING_THROUGH_CHALLENGES not in {each.task for each in repaired.tasks}


def test_a_closed_course_misses_nothing(graph: ConceptGraph) -> None:
    """After closing there is no next stage."""
    closed = Relationship(Dyad("C-1", "T-1"), stage=Stage.CLOSED, closed_reason=events.ClosingReason.AGREED)
    assert str(graph.missing(closed)) == "The course is closed; nothing is missing."


def test_without_our_readings_no_stage_requires_anything(graph: ConceptGraph) -> None:
    """The requirements of the stages are inferred, and leaving them out leaves nothing to miss."""
    assert not graph.without_inferred().missing(Relationship.between("C-1", "T-1"))


def test_a_declined_step_leads_to_reading(graph: ConceptGraph) -> None:
    """Behind a declined advance stand the tasks of its guard, and reading that comes before them."""
    answer = decide(Relationship.between("C-1", "T-1"), events.AdvanceRequested())
    assert isinstance(answer, Declined)
    found = graph.behind(answer)
    assert [each.guard for each in found.guards] == ["formation_complete"]
    assert {node.id for node in found.concepts} == set(answer.concepts)
    reading = [node.id for node in found.reading]
    assert reading.index("genuine_attention") < reading.index("active_listening")
    assert "Building rapport:" in str(found)
    assert found.unknown == ()


@pytest.mark.parametrize("event", [events.AdvanceRequested(), events.StageTaskMet(StageTask.ESTABLISHING_TRUST)])
def test_an_open_rupture_brings_ways_to_mend(graph: ConceptGraph, event: events.Event) -> None:
    """Where a rupture stands in the way the background names strategies, its own mode first."""
    relationship = Relationship(
        Dyad("C-1", "T-1"),
        alliance_status=AllianceStatus.RUPTURED,
        episode=RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MODERATE, modes={RuptureMode.WITHDRAWAL}),
    )
    answer = decide(relationship, event)
    assert isinstance(answer, Declined)
    found = graph.behind(answer)
    assert found.strategies[0].repair.id == "metacommunication"
    assert "Ways to mend" in str(found)


def test_every_concept_of_the_machine_is_a_concept_of_the_graph(graph: ConceptGraph) -> None:
    """The texts of the machine name no concept that the graph does not have."""
    named = {each for text in Machine.standard().texts.guards.values() for each in text.concepts}
    assert {each for each in named if each not in graph} == set()


def test_around_names_what_is_in_play(graph: ConceptGraph) -> None:
    """Stage, open tasks, status, episode and contributors are in play; culture brings its own repair."""
    relationship = Relationship(
        Dyad("C-1", "T-1"),
        alliance_status=AllianceStatus.STRAINED,
        episode=RuptureEpisode(EpisodeKind.STRAIN, contributors={Contributor.CULTURE, Contributor.CLIENT}),
    )
    found = graph.around(relationship)
    ids = [node.id for node in found.concepts]
    assert ids[:2] == ["initial_formation", "building_rapport"]
    assert {"alliance_strain", "cultural_rupture", "cultural_factors", "client"} <= set(ids)
    assert "cultural_repair" in {way.repair.id for way in found.strategies}
    assert "Ways to mend" in str(found)
    calm = graph.around(Relationship.between("C-1", "T-1"))
    assert calm.strategies == ()
    assert "Ways" not in str(calm)
