"""Effects on stages and their tasks: tasks met, waived and reopened, endings, closings and taking up again."""

from __future__ import annotations

from therarel.domain import AllianceStatus, ClosingReason, EpisodeKind, Relationship, RuptureEpisode, WaivedTask, events
from therarel.machine.changes import Changes, drop_tasks, with_changes
from therarel.machine.effects.agreements import agreed_anew
from therarel.machine.effects.frame import no_pause
from therarel.machine.policy import Policy

__all__ = [
    "closes", "closes_completed", "ending_begins", "ending_taken_back", "meets_task", "reopens_task", "takes_up_again",
    "waives_task",
]  # fmt: skip


def meets_task(relationship: Relationship, event: events.StageTaskMet, policy: Policy) -> Changes:
    """The task is met, and no longer waived if it was."""
    changes: Changes = {"tasks_met": relationship.tasks_met | {event.task}}
    if relationship.tasks_waived:
        changes["tasks_waived"] = tuple(each for each in relationship.tasks_waived if each.task is not event.task)
    return changes


def waives_task(relationship: Relationship, event: events.StageTaskWaived, policy: Policy) -> Changes:
    """The task is waived with its reason."""
    return {"tasks_waived": (*relationship.tasks_waived, WaivedTask(event.task, event.reason))}


def reopens_task(relationship: Relationship, event: events.StageTaskReopened, policy: Policy) -> Changes:
    """The task is neither met nor waived."""
    changes: Changes = {}
    drop_tasks(relationship, changes, (event.task,))
    return changes


def ending_begins(relationship: Relationship, event: events.EndingPlanned, policy: Policy) -> Changes:
    """The stage from which the ending is planned is kept."""
    return {"ended_from": relationship.stage}


def ending_taken_back(relationship: Relationship, event: events.EndingRescinded, policy: Policy) -> Changes:
    """Nothing is left of the ending."""
    return {"ended_from": None}


def closes(relationship: Relationship, event: events.Closed, policy: Policy) -> Changes:
    """The reason is kept."""
    return {"closed_reason": event.reason}


def closes_completed(relationship: Relationship, event: events.ClosedAllStagesCompleted, policy: Policy) -> Changes:
    """The reason is that all stages were completed."""
    return {"closed_reason": ClosingReason.ALL_STAGES_COMPLETED}


def takes_up_again(relationship: Relationship, event: events.ReEngaged, policy: Policy) -> Changes:
    """What was left open is carried along; a breach that still stands opens with a strain of its own."""
    changes: Changes = {
        "closed_reason": None,
        "ended_from": None,
        "client_misses_in_a_row": 0,
        **no_pause(relationship),
        "alliance_status": AllianceStatus.INTACT,
        "episode": None,
        "agreements": agreed_anew(relationship.agreements),
    }
    if relationship.episode is not None:
        left_open = with_changes(relationship.episode, {"origin": None})
        changes["unresolved_before"] = (*relationship.unresolved_before, left_open)
    if relationship.has_open_breach:
        changes["alliance_status"] = AllianceStatus.STRAINED
        changes["episode"] = RuptureEpisode(EpisodeKind.STRAIN, opened=event.occurred)
    return changes
