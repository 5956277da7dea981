"""Names that are given once: what a report goes by in a course, whatever is corrected later.

A later event speaks of a breach, a concern for safety, a goal or a task of therapy by its code. So the code is given
when the report is recorded, is kept with the entry, and is given to nothing else of the kind in that course, not even
once the report is retracted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

import attrs

from therarel.domain import Event, Relationship
from therarel.domain.events import BreachReported, GoalSet, SafetyConcernRaised, TherapeuticTaskSet

E = TypeVar("E")


def breach_name(relationship: Relationship, event: BreachReported) -> str:
    """The name under which a breach goes on record: its own, or the next free one where that is taken."""
    return _free_name(event.breach_id, {breach.breach_id for breach in relationship.breaches}, "breach")


def concern_name(relationship: Relationship, event: SafetyConcernRaised) -> str:
    """The name under which a concern goes on record: its own, or the next free one where that is taken."""
    return _free_name(event.concern_id, {concern.concern_id for concern in relationship.safety_concerns}, "concern")


def goal_name(relationship: Relationship, event: GoalSet) -> str:
    """The code under which a goal goes on record: its own, or the next free one where that is taken."""
    return _free_name(event.goal_id, _codes(relationship, "goal"), "goal")


def task_name(relationship: Relationship, event: TherapeuticTaskSet) -> str:
    """The code under which a task of therapy goes on record: its own, or the next free one where that is taken."""
    return _free_name(event.task_id, _codes(relationship, "task"), "task")


def _codes(relationship: Relationship, what: str) -> set[str]:
    goals, tasks = relationship.agreements.goals, relationship.agreements.tasks
    codes = [each.goal_id for each in goals] if what == "goal" else [each.task_id for each in tasks]
    return {code for code in codes if code is not None}


def _free_name(stated: str | None, taken: Collection[str], what: str) -> str:
    """The name that is stated if it is free, or the next one that is: ``breach-1``, ``breach-2``, ..."""
    if stated is not None and stated not in taken:
        return stated
    number = len(taken) + 1
    while f"{what}-{number}" in taken:
        number += 1
    return f"{what}-{number}"


class _Naming(NamedTuple):
    """How a kind of report is named: the field that states a name, what is counted, and how it was counted once."""

    field: str
    counted: str
    on_record: Callable[[Relationship, Any], str]


NAMED: Final[Mapping[type[Any], _Naming]] = MappingProxyType(
    {
        BreachReported: _Naming("breach_id", "breach", breach_name),
        SafetyConcernRaised: _Naming("concern_id", "concern", concern_name),
        GoalSet: _Naming("goal_id", "goal", goal_name),
        TherapeuticTaskSet: _Naming("task_id", "task", task_name),
    }
)
"""The events that put on record what later events speak of by name."""


def named(event: E, name: str) -> E:
    """The event with the name that it goes by; as it is where it names nothing.

    Examples:
        >>> from therarel.domain import BreachKind, BreachSeverity
        >>> named(BreachReported(BreachKind.CONTACT, BreachSeverity.CROSSING), "breach-3").breach_id
        'breach-3'
    """
    naming = NAMED.get(type(event))
    if naming is None or getattr(event, naming.field) == name:
        return event
    changed: E = attrs.evolve(event, **{naming.field: name})  # type: ignore[misc]  # an attrs class
    return changed


def name_on_record(relationship: Relationship, event: Event) -> str:
    """The name that a report got when names were counted by what was on record, and not yet kept with the entry."""
    return NAMED[type(event)].on_record(relationship, event)


class Names:
    """The names given in one course.

    Args:
        start: The relationship before the first entry; what is on record there has its names already.
    """

    __slots__ = ("_given", "_taken")

    def __init__(self, start: Relationship) -> None:
        self._taken = {
            "breach": {breach.breach_id for breach in start.breaches},
            "concern": {concern.concern_id for concern in start.safety_concerns},
            "goal": _codes(start, "goal"),
            "task": _codes(start, "task"),
        }
        self._given: dict[int, dict[str, str]] = {}

    def name_for(self, event: object, number: int) -> str | None:
        """The name of what an event reports as entry of this number; ``None`` where it reports nothing of the kind.

        An entry keeps its name, also where a correction puts another report of its kind in its place. A code that the
        event states is taken where it is free; otherwise the names are counted.
        """
        naming = NAMED.get(type(event))
        if naming is None:
            return None
        kept = self._given.get(number, {}).get(naming.counted)
        return kept or _free_name(getattr(event, naming.field), self._taken[naming.counted], naming.counted)

    def give(self, event: object, number: int, name: str | None) -> None:
        """Keep the name of what an event reports as entry of this number."""
        if name is not None:
            counted = NAMED[type(event)].counted
            self._given.setdefault(number, {})[counted] = name
            self._taken[counted].add(name)
