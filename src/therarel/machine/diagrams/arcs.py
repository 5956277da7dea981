"""The table as a picture sees it: states, and what leads from one to the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from attrs import frozen

from therarel.domain import AllianceStatus, Stage
from therarel.machine.table import RegionName, Table, Transition

if TYPE_CHECKING:
    from therarel.machine.course import Course
    from therarel.machine.machine import Machine

__all__ = ["REGIONS", "Arc", "Walk", "arcs", "states", "walk"]

REGIONS: Final = (RegionName.STAGE, RegionName.ALLIANCE_STATUS)
"""The regions that have states, in the order in which they are drawn."""

_BACK: Final = {"ended_from": Stage.ENDING.value, "origin": AllianceStatus.REPAIRING.value}


@frozen
class Arc:
    """What leads from one state to another.

    Args:
        region: The region.
        start: The state it leaves.
        end: The state it leads to.
        row: The row of the table.

    Examples:
        >>> from therarel.machine import Machine
        >>> [arc.row.id for arc in arcs(Machine.standard()) if arc.end == "maturation"]
        ['S2', 'S5']
    """

    region: RegionName
    start: str
    end: str
    row: Transition


def states(table: Table, region: RegionName) -> tuple[str, ...]:
    """The states of a region."""
    return table.regions.stage.states if region is RegionName.STAGE else table.regions.alliance_status.states


def arcs(machine: Machine) -> Iterator[Arc]:
    """Everything that leads from one state to another, in the order of the table; rows that stay put are left out."""
    table = machine.table
    for row in table.transitions:
        if row.region in REGIONS:
            for start in table.spelled_out(row.during):
                for end in _ends(table, row):
                    if end != start:
                        yield Arc(row.region, start, end, row)


def _ends(table: Table, row: Transition) -> tuple[str, ...]:
    if row.to is None or row.to == "same":
        return ()
    came_by = _BACK.get(row.to)
    if came_by is None:
        return (row.to,)
    into = [other for other in table.transitions if other.to == came_by and other.region is row.region]
    return tuple(dict.fromkeys(state for other in into for state in table.spelled_out(other.during)))


@frozen
class Walk:
    """The way that a course took through the states.

    Args:
        taken: Every step, as region, state before and state after, with the row that was answered by last.
        visited: Every state it stood in, as region and state.
        now: The states it stands in.
        declined: Where the last declined judgement would have led, and by which row; ``None`` if none was declined
            since the last step.
    """

    taken: Mapping[tuple[RegionName, str, str], Transition]
    visited: frozenset[tuple[RegionName, str]]
    now: frozenset[tuple[RegionName, str]]
    declined: tuple[RegionName, str, str] | None


def walk(course: Course) -> Walk:
    """The way that a course took, by what stands of its history."""
    taken: dict[tuple[RegionName, str, str], Transition] = {}
    declined: tuple[RegionName, str, str] | None = None
    start = course.start
    visited = [(RegionName.STAGE, start.stage.value), (RegionName.ALLIANCE_STATUS, start.alliance_status.value)]
    for entry in course.replay().entries:
        decision = entry.decision
        if not entry.applied:
            row = decision.transition
            if row is not None and row.region in REGIONS and row.to in states(course.machine.table, row.region):
                before = decision.before
                here = before.stage if row.region is RegionName.STAGE else before.alliance_status
                declined = (row.region, here.value, row.to or "")
            continue
        before, after = decision.before, decision.relationship
        for region, one, other in (
            (RegionName.STAGE, before.stage.value, after.stage.value),
            (RegionName.ALLIANCE_STATUS, before.alliance_status.value, after.alliance_status.value),
        ):
            if one != other and decision.transition is not None:
                taken[region, one, other] = decision.transition
                visited.append((region, other))
                declined = None
    now = course.relationship
    return Walk(
        taken,
        frozenset(visited),
        frozenset({(RegionName.STAGE, now.stage.value), (RegionName.ALLIANCE_STATUS, now.alliance_status.value)}),
        declined,
    )
