"""Which states a course can get to, and out of, by the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from therarel.domain import AllianceStatus, Stage
from therarel.machine.checking.findings import Finding, FindingKind
from therarel.machine.table import Region, RegionName, Table, Transition

__all__ = ["reachable_states", "two_answers", "ways"]

# Targets that lead back, and the state in which a course notes where it came from.
_BACK: Final[Mapping[str, str]] = {"ended_from": Stage.ENDING, "origin": AllianceStatus.REPAIRING}


def ways(table: Table) -> Iterator[Finding]:
    """States that no course gets to, and states other than closed that no course gets out of."""
    for name, region in _regions(table).items():
        steps = _steps(table, name)
        reached = reachable_states(table, name)
        for position, state in enumerate(region.states):
            path = ("regions", name.value, "states", position)
            if state not in reached:
                what = f"no way leads to '{state}'"
                yield Finding(FindingKind.UNREACHABLE, path, what, "add a row that leads there, or leave it out")
            elif state != Stage.CLOSED and not any(start == state and end != state for start, end in steps):
                yield Finding(FindingKind.SINK, path, f"no way leads out of '{state}'", "add a row that leads out")


def reachable_states(table: Table, region: RegionName) -> frozenset[str]:
    """The states of a region that rows lead to from where a course begins."""
    # a way back leads only to where a course has been already
    steps = _steps(table, region, back=False)
    reached = {_regions(table)[region].initial}
    while True:
        further = {end for start, end in steps if start in reached} - reached
        if not further:
            return frozenset(reached)
        reached |= further


def _regions(table: Table) -> Mapping[RegionName, Region]:
    return {RegionName.STAGE: table.regions.stage, RegionName.ALLIANCE_STATUS: table.regions.alliance_status}


def _steps(table: Table, region: RegionName, *, back: bool = True) -> set[tuple[str, str]]:
    rows = [row for row in table.transitions if row.region is region and (back or row.to not in _BACK)]
    return {(start, end) for row in rows for start in table.spelled_out(row.during) for end in _ends(table, row, start)}


def _ends(table: Table, row: Transition, start: str) -> tuple[str, ...]:
    came_by = _BACK.get(row.to or "")
    if came_by is not None:
        into = [other for other in table.transitions if other.to == came_by and other.region is row.region]
        return tuple(state for other in into for state in table.spelled_out(other.during))
    return (start,) if row.to in (None, "same") else (row.to or start,)


def two_answers(table: Table) -> Iterator[Finding]:
    """Rows that answer the same event in the same state without a condition that tells them apart."""
    for position, row in enumerate(table.transitions):
        for earlier in table.transitions[:position]:
            if earlier.event != row.event or not _meet(table, earlier, row):
                continue
            if earlier.when is None or row.when is None or earlier.when == row.when:
                yield Finding(
                    FindingKind.NONDETERMINISTIC,
                    ("transitions", position),
                    f"'{row.id}' and '{earlier.id}' answer the same event in the same state",
                    "give each a condition ('when') that excludes the other",
                )


def _meet(table: Table, one: Transition, other: Transition) -> bool:
    if (one.region is RegionName.ALLIANCE_STATUS) == (other.region is RegionName.ALLIANCE_STATUS):
        return bool(set(table.spelled_out(one.during)) & set(table.spelled_out(other.during)))
    staged = other if one.region is RegionName.ALLIANCE_STATUS else one
    moving = table.spelled_out(table.regions.alliance_status.moves_in) or tuple(Stage)
    return bool(set(table.spelled_out(staged.during)) & set(moving))
