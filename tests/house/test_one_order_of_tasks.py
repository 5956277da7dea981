"""Task prerequisites stand once: what guards newly read, the concept graph requires, and the domain orders."""

import pytest

from therarel.concepts import concept_graph
from therarel.domain import Stage, StageTask
from therarel.machine import Machine
from therarel.machine.guards import TASKS_READ


def read_by_the_guards_into(stage: Stage) -> frozenset[StageTask]:
    """The tasks that the guards of the regular advance into a stage read."""
    rows = [
        row
        for row in Machine.standard().table.transitions
        if row.event == "AdvanceRequested" and row.to == stage.value and Stage.RE_ENGAGEMENT.value not in row.during
    ]
    return frozenset(task for row in rows for guard in row.guards for task in TASKS_READ.get(guard, ()))


@pytest.mark.parametrize(
    ("stage", "before"), [(Stage.WORKING_PHASE, None), (Stage.MATURATION, Stage.WORKING_PHASE)], ids=str
)
def test_the_entry_guards_of_a_stage_read_what_the_graph_says_it_requires(stage: Stage, before: Stage | None) -> None:
    """The tasks newly read are the direct requirements of the stage in the graph, waivable ones marked."""
    newly = read_by_the_guards_into(stage) - (frozenset() if before is None else read_by_the_guards_into(before))
    graph = concept_graph()
    required = {
        StageTask(edge.object): edge.waivable
        for edge in graph.links(stage, kind="requires", direction="out")
        if graph.node(edge.object).kind == "stage_task"
    }
    assert set(required) == newly
    assert all(waivable == task.is_waivable for task, waivable in required.items())
