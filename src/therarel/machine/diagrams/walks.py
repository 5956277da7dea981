"""The way of a course through the states of a table."""

from __future__ import annotations

from therarel.machine.arcs import REGIONS, Walk
from therarel.machine.replays import Replay
from therarel.machine.table import RegionName, Transition, TransitionTable


def walk(replay: Replay, table: TransitionTable) -> Walk:
    """The way that a course took, by the entries in force.

    Args:
        replay: The history replayed.
        table: The table whose states are drawn.
    """
    taken: dict[tuple[RegionName, str, str], Transition] = {}
    declined: tuple[RegionName, str, str] | None = None
    start = replay.start
    visited = [(RegionName.STAGE, start.stage.value), (RegionName.ALLIANCE_STATUS, start.alliance_status.value)]
    for entry in replay.entries:
        decision = entry.decision
        if not entry.applied:
            row = decision.transition
            if row is not None and row.region in REGIONS and row.to in table.states(row.region):
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
    now = replay.relationship
    return Walk(
        taken,
        frozenset(visited),
        frozenset({(RegionName.STAGE, now.stage.value), (RegionName.ALLIANCE_STATUS, now.alliance_status.value)}),
        declined,
    )
