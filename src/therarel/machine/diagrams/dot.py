"""The machine as text for Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therarel.machine.diagrams.arcs import REGIONS, arcs, states
from therarel.machine.explanations import words_of

if TYPE_CHECKING:
    from therarel.machine.machine import Machine

__all__ = ["dot"]


def dot(machine: Machine) -> str:
    """The machine in the DOT language, one cluster per region.

    Examples:
        >>> from therarel.machine import Machine
        >>> dot(Machine.standard()).splitlines()[0]
        'digraph "therapeutic relationship, one client and one therapist" {'
    """
    name = machine.table.name.replace("\\", "\\\\").replace('"', '\\"')
    lines = [f'digraph "{name}" {{', "    rankdir=LR;", "    node [shape=box, style=rounded];"]
    for region in REGIONS:
        lines += [f"    subgraph cluster_{region.value} {{", f'        label="{words_of(region)}";']
        lines += [f'        {state} [label="{words_of(state)}"];' for state in states(machine.table, region)]
        lines += [
            f'        {arc.start} -> {arc.end} [label="{arc.row.id} {words_of(arc.row.event)}"];'
            for arc in arcs(machine)
            if arc.region is region
        ]
        lines.append("    }")
    return "\n".join([*lines, "}"]) + "\n"
