"""The machine as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.citations import citation
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
