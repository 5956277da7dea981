"""Which states a course can reach and leave, and which rows would answer at once, by the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.domain import Stage
from therarel.machine.arcs import BACK, REGIONS, arcs
from therarel.machine.checking.findings import FindingKind, TableFault
from therarel.machine.table import RegionName, Transition, TransitionTable


def reachability(table: TransitionTable) -> Iterator[TableFault]:
    """States that no course can reach, and states other than closed that no course can leave."""
    left = {arc.start for arc in arcs(table)}
    for region in REGIONS:
        reached = reachable_states(table, region)
        for position, state in enumerate(table.states(region)):
            path = ("regions", region.value, "states", position)
            if state not in reached:
                what = f"no way leads to '{state}'"
                yield TableFault(FindingKind.UNREACHABLE, path, what, "add a row that leads there, or leave it out")
            elif state != Stage.CLOSED and state not in left:
                yield TableFault(FindingKind.SINK, path, f"no way leads out of '{state}'", "add a row that leads out")


def reachable_states(table: TransitionTable, region: RegionName) -> frozenset[str]:
    """The states of a region that rows lead to from the state in which a course begins."""
    # a way back leads only to a state that the course was in before
    steps = [arc for arc in arcs(table) if arc.region is region and arc.row.to not in BACK]
    reached = {table.region(region).initial}
    while True:
        further = {arc.end for arc in steps if arc.start in reached} - reached
        if not further:
            return frozenset(reached)
        reached |= further


def two_answers(table: TransitionTable) -> Iterator[TableFault]:
    """Rows that answer the same event in the same state without a condition that distinguishes them."""
    for position, row in enumerate(table.transitions):
        for earlier in table.transitions[:position]:
            if earlier.event != row.event or not _meet(table, earlier, row):
                continue
            if earlier.when is None or row.when is None or earlier.when == row.when:
                yield TableFault(
                    FindingKind.NONDETERMINISTIC,
                    ("transitions", position),
                    f"'{row.id}' and '{earlier.id}' answer the same event in the same state",
                    "give each a condition ('when') that excludes the other",
                )


def _meet(table: TransitionTable, one: Transition, other: Transition) -> bool:
    if (one.region is RegionName.ALLIANCE_STATUS) == (other.region is RegionName.ALLIANCE_STATUS):
        return bool(set(table.spelled_out(one.during)) & set(table.spelled_out(other.during)))
    staged = other if one.region is RegionName.ALLIANCE_STATUS else one
    moving = table.spelled_out(table.regions.alliance_status.moves_in) or tuple(Stage)
    return bool(set(table.spelled_out(staged.during)) & set(moving))
