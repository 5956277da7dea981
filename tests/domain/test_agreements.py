"""Goals and tasks of therapy in words: their codes, what became of them, and whose word is missing."""

import pytest

from therarel.domain import Goal, GoalOwner, GoalStatus, Party, Rater, Rating, RatingScale, TherapeuticTask

CLIENT, THERAPIST = Party.CLIENT, Party.THERAPIST


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(), "a goal, pursued, not agreed by the client and the therapist"),
        (Goal("sleep", {CLIENT}, goal_id="goal-1"), "goal-1, pursued, not agreed by the therapist"),
        (Goal("sleep", {THERAPIST}, goal_id="goal-1"), "goal-1, pursued, not agreed by the client"),
        (Goal("sleep", {CLIENT, THERAPIST}, goal_id="goal-1", status=GoalStatus.REACHED), "goal-1, reached"),
        (Goal("work", {CLIENT, THERAPIST}, goal_id="g", whose=GoalOwner.COURT), "g, pursued, a goal of the court"),
        (Goal("work", {CLIENT}, whose=GoalOwner.BOTH), "a goal, pursued, a goal of both, not agreed by the therapist"),
        (
            Goal("work", set(Party), goal_id="g", attainment=Rating(-1, RatingScale(-2, 2), Rater.CLIENT)),
            "g, pursued, attainment -1 (-2 to 2, higher is better) by the client",
        ),
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
