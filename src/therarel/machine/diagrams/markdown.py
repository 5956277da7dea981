"""The machine as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.citations import citation
from therarel.machine.explanations import words_of
from therarel.machine.table import RegionName, Transition, TransitionTable
from therarel.machine.texts import Texts

__all__ = ["markdown"]

_COLUMNS = ("row", "in", "event", "where", "conditions", "then", "because")


def markdown(table: TransitionTable, texts: Texts) -> str:
    """The transitions as a table in Markdown, with conditions, effects, reasons and sources in words.

    Examples:
        >>> from therarel.machine import Machine
        >>> machine = Machine.standard()
        >>> print(markdown(machine.table, machine.texts).splitlines()[0])
        | row | in | event | where | conditions | then | because |
    """
    rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
    rows += [tuple(map(_cell, _row(texts, row))) for row in table.transitions]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(texts: Texts, row: Transition) -> Iterator[str]:
    yield row.id
    yield ", ".join(map(words_of, row.during))
    yield words_of(row.event)
    yield "" if row.when is None else texts.conditions[row.when]
    yield " ".join(texts.guards[guard].question for guard in row.guards)
    yield "; ".join(_outcome(texts, row))
    sources = "; ".join(f"{citation(key).short} [{citation(key).status}]" for key in row.basis)
    yield f"{row.reason} ({sources})" if sources else row.reason


def _outcome(texts: Texts, row: Transition) -> Iterator[str]:
    if row.to == "ended_from":
        yield "back to the stage from which the ending was planned"
    elif row.to == "origin":
        yield "back to where the repair began"
    elif row.to not in (None, "same"):
        yield f"{'alliance ' if row.region is RegionName.ALLIANCE_STATUS else ''}{words_of(row.to or '')}"
    if row.reopens:
        yield f"open again: {', '.join(task.label for task in row.reopens)}"
    if row.effect is not None:
        yield texts.effects[row.effect]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
