"""Guards of the stages: which tasks are met, and where an ending came from."""

from __future__ import annotations

from typing import Final

from therarel.domain import Event, Relationship, Stage, StageTask, tasks_of
from therarel.machine.guards.base import Unmet
from therarel.machine.policy import Policy, Requirement

__all__ = [
    "ending_complete",
    "formation_complete",
    "foundations_hold",
    "from_maturation",
    "maturation_complete",
    "return_grounds",
    "worked_through_once",
    "working_complete",
]

_FORMATION: Final = tasks_of(Stage.INITIAL_FORMATION)
_WORK: Final = tuple(task for task in tasks_of(Stage.WORKING_PHASE) if task != StageTask.WORKING_THROUGH_CHALLENGES)
_MATURITY: Final = tasks_of(Stage.MATURATION)
_FAREWELL: Final = tasks_of(Stage.ENDING)
FORMATION: Final = frozenset(_FORMATION)
WORK: Final = frozenset(_WORK)
MATURITY: Final = frozenset(_MATURITY)
FAREWELL: Final = frozenset(_FAREWELL)


def _short_of(needed: tuple[StageTask, ...], done: frozenset[StageTask], case: str = "") -> Unmet:
    missing = tuple([task for task in needed if task not in done])
    return Unmet(len(needed) - len(missing), len(needed), missing, case)


def formation_complete(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """The four formation tasks are met."""
    return None if relationship.tasks_met >= FORMATION else _short_of(_FORMATION, relationship.tasks_met)


def foundations_hold(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """The four formation tasks are still met, later on."""
    if relationship.tasks_met >= FORMATION:
        return None
    return _short_of(_FORMATION, relationship.tasks_met, "ending" if relationship.stage is Stage.ENDING else "")


def working_complete(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """Connection, resistance and difficult emotions were worked on; a task that may be waived counts if it is."""
    if relationship.tasks_met >= WORK:
        return None
    waived = frozenset(task for task in relationship.waived if task.is_waivable)
    done = relationship.tasks_met | waived
    if done >= WORK:
        return None
    resistance = StageTask.ADDRESSING_RESISTANCE
    return _short_of(_WORK, done, "" if resistance in done else "resistance")


def worked_through_once(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """A difficulty was worked through, where the policy requires one."""
    if policy.difficulty_before_maturation is not Requirement.REQUIRED or has_worked_through(relationship):
        return None
    return Unmet(0, 1, (StageTask.WORKING_THROUGH_CHALLENGES,))


def has_worked_through(relationship: Relationship) -> bool:
    """Whether a difficulty was worked through: the task is met, or a rupture was repaired."""
    return relationship.rupture_repaired or StageTask.WORKING_THROUGH_CHALLENGES in relationship.tasks_met


def maturation_complete(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """The four maturation tasks are met."""
    return None if relationship.tasks_met >= MATURITY else _short_of(_MATURITY, relationship.tasks_met)


def ending_complete(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """The three ending tasks are met."""
    return None if relationship.tasks_met >= FAREWELL else _short_of(_FAREWELL, relationship.tasks_met)


def from_maturation(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """The ending was planned from maturation."""
    if relationship.ended_from is Stage.MATURATION:
        return None
    return Unmet(relationship.ended_from, Stage.MATURATION)


def return_grounds(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """There is a ground for going back: an open rupture or breach, or trust or safety no longer met."""
    lost = {StageTask.ESTABLISHING_TRUST, StageTask.CREATING_SAFETY} - relationship.tasks_met
    if lost or relationship.has_open_rupture or relationship.has_open_breach:
        return None
    return Unmet(0, 1)
