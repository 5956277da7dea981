"""Effects of judgements about stage tasks."""

from __future__ import annotations

from therarel.domain import Relationship, WaivedTask
from therarel.domain.events import StageTaskMet, StageTaskReopened, StageTaskWaived
from therarel.machine.changes import Changes, drop_tasks
from therarel.machine.policy import Policy

__all__ = ["meets_task", "reopens_task", "waives_task"]


def meets_task(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Changes:
    """The task is met, and no longer waived if it was."""
    changes: Changes = {"tasks_met": relationship.tasks_met | {event.task}}
    if relationship.tasks_waived:
        changes["tasks_waived"] = tuple(each for each in relationship.tasks_waived if each.task is not event.task)
    return changes


def waives_task(relationship: Relationship, event: StageTaskWaived, policy: Policy) -> Changes:
    """The task is waived with its reason."""
    return {"tasks_waived": (*relationship.tasks_waived, WaivedTask(event.task, event.reason))}


def reopens_task(relationship: Relationship, event: StageTaskReopened, policy: Policy) -> Changes:
    """The task is neither met nor waived."""
    changes: Changes = {}
    drop_tasks(relationship, changes, (event.task,))
    return changes
