"""The table as text from which other programs draw: Mermaid and Graphviz."""

from __future__ import annotations

from therarel.machine.arcs import REGIONS, arcs
from therarel.machine.table import TransitionTable
from therarel.texts import Texts


def mermaid(table: TransitionTable, texts: Texts) -> str:
    r"""The machine as a Mermaid state diagram, one block per region.

    Examples:
        >>> from therarel.machine import Machine
        >>> machine = Machine.standard()
        >>> print("\n".join(mermaid(machine.table, machine.texts).splitlines()[:5]))
        stateDiagram-v2
            state "stage" as region_stage {
                state "initial formation" as initial_formation
                state "working phase" as working_phase
                state "maturation" as maturation
    """
    lines = ["stateDiagram-v2"]
    regions = {"stage": table.regions.stage, "alliance_status": table.regions.alliance_status}
    for name in REGIONS:
        lines.append(f'    state "{texts.word(name)}" as region_{name.value} {{')
        lines += [f'        state "{texts.word(state)}" as {state}' for state in table.states(name)]
        lines.append(f"        [*] --> {regions[name.value].initial}")
        lines += [
            f"        {arc.start} --> {arc.end} : {arc.row.id} {texts.event(arc.row.event)}"
            for arc in arcs(table)
            if arc.region is name
        ]
        lines.append("    }")
    return "\n".join(lines) + "\n"


def dot(table: TransitionTable, texts: Texts) -> str:
    """The machine in the DOT language, one cluster per region.

    Examples:
        >>> from therarel.machine import Machine
        >>> machine = Machine.standard()
        >>> dot(machine.table, machine.texts).splitlines()[0]
        'digraph "therapeutic relationship, one client and one therapist" {'
    """
    name = table.name.replace("\\", "\\\\").replace('"', '\\"')
    lines = [f'digraph "{name}" {{', "    rankdir=LR;", "    node [shape=box, style=rounded];"]
    for region in REGIONS:
        lines += [f"    subgraph cluster_{region.value} {{", f'        label="{texts.word(region)}";']
        lines += [f'        {state} [label="{texts.word(state)}"];' for state in table.states(region)]
        lines += [
            f'        {arc.start} -> {arc.end} [label="{arc.row.id} {texts.event(arc.row.event)}"];'
            for arc in arcs(table)
            if arc.region is region
        ]
        lines.append("    }")
    return "\n".join([*lines, "}"]) + "\n"
