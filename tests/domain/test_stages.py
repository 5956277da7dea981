"""Stages, their tasks and their order."""

from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import GROWTH_STAGES, Stage, StageTask, tasks_of


@given(st.sampled_from(Stage))
def test_every_task_belongs_to_exactly_the_stage_that_lists_it(stage: Stage) -> None:
    """A stage's tasks say that they belong to it."""
    assert all(task.stage is stage for task in tasks_of(stage))


def test_the_tasks_are_partitioned_in_order() -> None:
    """Four tasks for each stage of growth and three for the ending, in the order of the vocabulary."""
    assert [len(tasks_of(stage)) for stage in Stage] == [4, 4, 4, 3, 0, 0]
    assert [task for stage in Stage for task in tasks_of(stage)] == list(StageTask)


def test_growth_stages_are_ranked_and_the_others_are_not() -> None:
    """Ranks run from 0 in the order of growth; ending, closed and re-engagement have none."""
    assert [stage.rank for stage in GROWTH_STAGES] == [0, 1, 2]
    assert {stage.rank for stage in set(Stage) - set(GROWTH_STAGES)} == {None}


def test_prerequisites_come_earlier_and_form_no_cycle() -> None:
    """A prerequisite stands before its task in the order of the vocabulary."""
    order = list(StageTask)
    for task in StageTask:
        assert all(order.index(before) < order.index(task) for before in task.prerequisites)


def test_only_addressing_resistance_can_be_waived() -> None:
    """One task is waivable."""
    assert [task for task in StageTask if task.is_waivable] == [StageTask.ADDRESSING_RESISTANCE]
