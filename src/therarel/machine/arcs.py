"""What leads from one state to another by the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from therarel.domain import AllianceStatus, Stage
from therarel.machine.table import RegionName, Transition, TransitionTable

REGIONS: Final = (RegionName.STAGE, RegionName.ALLIANCE_STATUS)
"""The regions that have states, in the order in which they are drawn."""

BACK: Final[Mapping[str, str]] = {"ended_from": Stage.ENDING.value, "origin": AllianceStatus.REPAIRING.value}
"""Targets that lead back, each with the state in which a course keeps where it came from."""


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
        >>> [arc.row.id for arc in arcs(Machine.standard().table) if arc.end == "maturation"]
        ['S2', 'S5']
    """

    region: RegionName
    start: str
    end: str
    row: Transition


def arcs(table: TransitionTable) -> Iterator[Arc]:
    """Every step from one state to another, in the order of the table; rows that change no state are left out."""
    for row in table.transitions:
        if row.region in REGIONS:
            for start in table.spelled_out(row.during):
                for end in _ends(table, row):
                    if end != start:
                        yield Arc(row.region, start, end, row)


def _ends(table: TransitionTable, row: Transition) -> tuple[str, ...]:
    if row.to is None or row.to == "same":
        return ()
    came_by = BACK.get(row.to)
    if came_by is None:
        return (row.to,)
    into = [other for other in table.transitions if other.to == came_by and other.region is row.region]
    return tuple(dict.fromkeys(state for other in into for state in table.spelled_out(other.during)))


@frozen
class Walk:
    """The way that a course took through the states.

    Args:
        taken: Every step, as region, state before and state after, with the row that was answered by last.
        visited: Every state it was in, as region and state.
        now: The states it is in.
        declined: Where the last declined judgement would have led, and by which row; ``None`` if none was declined
            since the last step.
    """

    taken: Mapping[tuple[RegionName, str, str], Transition]
    visited: frozenset[tuple[RegionName, str]]
    now: frozenset[tuple[RegionName, str]]
    declined: tuple[RegionName, str, str] | None
