"""Guards of the stage tasks: what is in reach, in which order, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from therarel.domain import AllianceStatus, Relationship, RuptureSeverity, Stage, StageTask
from therarel.domain.events import StageTaskMet, StageTaskReopened, StageTaskWaived
from therarel.machine.guards.base import Unmet
from therarel.machine.policy import Policy

__all__ = [
    "challenge_on_record",
    "task_in_reach",
    "task_is_met_or_waived",
    "task_not_blocked",
    "task_not_waived",
    "task_prerequisites",
    "waivable",
]

# A pair that meets again works on its foundations first.
_REACHES_AS: Final[Mapping[Stage, Stage]] = MappingProxyType({Stage.RE_ENGAGEMENT: Stage.INITIAL_FORMATION})
_NEED_PEACE: Final = frozenset({StageTask.ESTABLISHING_TRUST, StageTask.CREATING_SAFETY})


def task_in_reach(relationship: Relationship, event: StageTaskMet | StageTaskWaived, policy: Policy) -> Unmet | None:
    """The task belongs to this stage or an earlier one and is not met yet."""
    task, stage = event.task, relationship.stage
    if task in relationship.tasks_met:
        return Unmet(True, False, (task,), "met")
    if task.stage is Stage.ENDING:
        return None if stage is Stage.ENDING else Unmet(stage, Stage.ENDING, (task,), "ending")
    case = "later"
    if stage is Stage.ENDING and relationship.ended_from is not None:
        stage, case = relationship.ended_from, "later_in_ending"
    reach, needed = _REACHES_AS.get(stage, stage).rank, task.stage.rank
    if reach is None or needed is None or needed > reach:
        return Unmet(stage, task.stage, (task,), case)
    return None


def task_prerequisites(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """The tasks that have to come first are met or waived."""
    missing = event.task.prerequisites - relationship.tasks_met - relationship.waived
    if not missing:
        return None
    case = "emotions" if event.task is StageTask.PROCESSING_DIFFICULT_EMOTIONS else ""
    return Unmet(None, None, tuple(task for task in StageTask if task in missing), case)


def task_not_blocked(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """No rupture or breach stands in the way of the task.

    Expectations are renegotiated in repair and are never in the way of themselves; a repair under way
    does not count as a rupture here.
    """
    task, episode = event.task, relationship.episode
    # what a repair under way does not settle comes first
    if task in _NEED_PEACE and relationship.has_open_breach:
        serious = any(breach.bars_going_on for breach in relationship.breaches)
        return Unmet(True, False, (task,), "serious" if serious else "breach")
    if task is StageTask.ESTABLISHING_TRUST and episode is not None:
        if episode.severity is RuptureSeverity.MAJOR:
            return Unmet(episode.severity, RuptureSeverity.MODERATE, (task,), "major")
        if episode.trust_lost:
            return Unmet(True, False, (task,), "cost")
    if relationship.alliance_status is AllianceStatus.RUPTURED and task is not StageTask.SETTING_EXPECTATIONS:
        return Unmet(relationship.alliance_status, AllianceStatus.REPAIRING, (task,), "ruptured")
    return None


def challenge_on_record(relationship: Relationship, event: StageTaskMet, policy: Policy) -> Unmet | None:
    """Working through challenges needs a challenge: one that was faced, or a rupture that was repaired."""
    if event.task is not StageTask.WORKING_THROUGH_CHALLENGES:
        return None
    if relationship.challenge_faced or relationship.rupture_repaired:
        return None
    return Unmet(0, 1, (event.task,))


def waivable(relationship: Relationship, event: StageTaskWaived, policy: Policy) -> Unmet | None:
    """The task is one that may not apply to a pair."""
    if event.task.is_waivable:
        return None
    return Unmet(event.task, None, tuple(task for task in StageTask if task.is_waivable))


def task_not_waived(relationship: Relationship, event: StageTaskWaived, policy: Policy) -> Unmet | None:
    """The task is not waived already."""
    return Unmet(True, False, (event.task,)) if event.task in relationship.waived else None


def task_is_met_or_waived(relationship: Relationship, event: StageTaskReopened, policy: Policy) -> Unmet | None:
    """There is something to reopen: the task is met or waived."""
    if event.task in relationship.tasks_met or event.task in relationship.waived:
        return None
    return Unmet(False, True, (event.task,))
