"""The machine as Mermaid text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therarel.machine.diagrams.arcs import REGIONS, arcs, states
from therarel.machine.explanations import words_of

if TYPE_CHECKING:
    from therarel.machine.machine import Machine

__all__ = ["mermaid"]


def mermaid(machine: Machine) -> str:
    r"""The machine as a Mermaid state diagram, one block per region.

    Examples:
        >>> from therarel.machine import Machine
        >>> print("\n".join(mermaid(Machine.standard()).splitlines()[:5]))
        stateDiagram-v2
            state "stage" as region_stage {
                state "initial formation" as initial_formation
                state "working phase" as working_phase
                state "maturation" as maturation
    """
    lines = ["stateDiagram-v2"]
    regions = {"stage": machine.table.regions.stage, "alliance_status": machine.table.regions.alliance_status}
    for name in REGIONS:
        lines.append(f'    state "{words_of(name)}" as region_{name.value} {{')
        lines += [f'        state "{words_of(state)}" as {state}' for state in states(machine.table, name)]
        lines.append(f"        [*] --> {regions[name.value].initial}")
        lines += [
            f"        {arc.start} --> {arc.end} : {arc.row.id} {words_of(arc.row.event)}"
            for arc in arcs(machine)
            if arc.region is name
        ]
        lines.append("    }")
    return "\n".join(lines) + "\n"
