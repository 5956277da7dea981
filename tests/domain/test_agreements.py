"""Goals and tasks of therapy in words: their codes, what became of them, and whose word is missing."""

import pytest

from therarel.domain import Goal, GoalStatus, Party, TherapeuticTask

CLIENT, THERAPIST = Party.CLIENT, Party.THERAPIST


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(), "a goal, pursued, not agreed by the client and the therapist"),
        (Goal("sleep", {CLIENT}, goal_id="goal-1"), "goal-1, pursued, not agreed by the therapist"),
        (Goal("sleep", {THERAPIST}, goal_id="goal-1"), "goal-1, pursued, not agreed by the client"),
        (Goal("sleep", {CLIENT, THERAPIST}, goal_id="goal-1", status=GoalStatus.REACHED), "goal-1, reached"),
    ],
)
def test_a_goal_names_whose_word_is_missing(goal: Goal, words: str) -> None:
    """Neither, one or both agreed to it; what it is about stays confidential."""
    assert goal.in_words == words


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (TherapeuticTask(), "a task, not agreed by the client and the therapist, its reason is not shared"),
        (TherapeuticTask("diary", True, task_id="task-1", agreed_by={CLIENT}), "task-1, not agreed by the therapist"),
        (
            TherapeuticTask("diary", False, task_id="task-1", agreed_by={CLIENT, THERAPIST}, is_dropped=True),
            "task-1, dropped, its reason is not shared",
        ),
        (TherapeuticTask("diary", True, task_id="task-1", agreed_by={CLIENT, THERAPIST}), "task-1"),
    ],
)
def test_a_task_names_what_is_missing_to_be_shared(task: TherapeuticTask, words: str) -> None:
    """Whose agreement, and whether its reason is shared; what it is stays confidential."""
    assert task.in_words == words
