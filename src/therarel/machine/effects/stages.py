"""Effects of endings, closings and taking up again."""

from __future__ import annotations

from therarel.domain import AllianceStatus, ClosingReason, EpisodeKind, Relationship, RuptureEpisode
from therarel.domain.events import Closed, ClosedAllStagesCompleted, EndingPlanned, EndingRescinded, ReEngaged
from therarel.machine.changes import Changes, altered
from therarel.machine.policy import Policy

__all__ = ["closes", "closes_completed", "ending_begins", "ending_taken_back", "takes_up_again"]


def ending_begins(relationship: Relationship, event: EndingPlanned, policy: Policy) -> Changes:
    """The stage from which the ending is planned is kept."""
    return {"ended_from": relationship.stage}


def ending_taken_back(relationship: Relationship, event: EndingRescinded, policy: Policy) -> Changes:
    """Nothing is left of the ending."""
    return {"ended_from": None}


def closes(relationship: Relationship, event: Closed, policy: Policy) -> Changes:
    """The reason is kept."""
    return {"closed_reason": event.reason}


def closes_completed(relationship: Relationship, event: ClosedAllStagesCompleted, policy: Policy) -> Changes:
    """The reason is that all stages were completed."""
    return {"closed_reason": ClosingReason.ALL_STAGES_COMPLETED}


def takes_up_again(relationship: Relationship, event: ReEngaged, policy: Policy) -> Changes:
    """What was left open is carried along; a breach that still stands opens with a strain of its own."""
    changes: Changes = {
        "closed_reason": None,
        "ended_from": None,
        "client_misses_in_a_row": 0,
        "paused": False,
        "alliance_status": AllianceStatus.INTACT,
        "episode": None,
    }
    if relationship.episode is not None:
        left_open = altered(relationship.episode, {"origin": None})
        changes["unresolved_before"] = (*relationship.unresolved_before, left_open)
    if relationship.has_open_breach:
        changes["alliance_status"] = AllianceStatus.STRAINED
        changes["episode"] = RuptureEpisode(EpisodeKind.STRAIN, opened=event.occurred)
    return changes
