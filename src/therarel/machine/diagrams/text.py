"""The table as text: in Markdown, and for the programs that draw, Mermaid and Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.citations import citation
from therarel.machine.arcs import REGIONS, arcs
from therarel.machine.table import RegionName, Transition, TransitionTable
from therarel.texts import Texts

_COLUMNS = ("row", "in", "event", "where", "conditions", "then", "because")


def markdown(table: TransitionTable, texts: Texts) -> str:
    """The transitions as a table in Markdown, with conditions, effects, reasons and sources in words.

    Examples:
        >>> from therarel.machine import Machine
        >>> machine = Machine.standard()
        >>> print(markdown(machine.table, machine.texts).splitlines()[0])
        | row | in | event | where | conditions | then | because |
    """
    rows = [tuple(texts(f"diagram.column_{name}") for name in _COLUMNS), ("---",) * len(_COLUMNS)]
    rows += [tuple(map(_cell, _row(texts, row))) for row in table.transitions]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(texts: Texts, row: Transition) -> Iterator[str]:
    yield row.id
    yield ", ".join(map(texts.word, row.during))
    yield texts.event(row.event)
    yield "" if row.when is None else texts.conditions[row.when]
    yield " ".join(texts.guards[guard].question for guard in row.guards)
    yield "; ".join(_outcome(texts, row))
    sources = "; ".join(f"{citation(key).short} [{citation(key).status}]" for key in row.basis)
    reason = row.worded_reason(texts)
    yield texts("diagram.because", reason=reason, sources=sources) if sources else reason


def _outcome(texts: Texts, row: Transition) -> Iterator[str]:
    if row.to == "ended_from":
        yield texts("diagram.back_to_ended_from")
    elif row.to == "origin":
        yield texts("diagram.back_to_origin")
    elif row.to not in (None, "same"):
        state = texts.word(row.to or "")
        yield texts("diagram.alliance", state=state) if row.region is RegionName.ALLIANCE_STATUS else state
    if row.reopens:
        yield texts("diagram.open_again", tasks=tuple(row.reopens))
    if row.effect is not None:
        yield texts.effects[row.effect]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


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
