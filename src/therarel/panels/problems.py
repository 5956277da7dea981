"""What was found in the data: every row with its place, and entries that say it in words.

A problem row is one row of a table (kind, action, row, line, column, value, dyad, session); the entries that people
read group them, so that 400 empty cells are one entry. Values pass through `therarel.errors.shown`: what could be
free text about a client is described by its length alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import polars as pl
from attrs import field, frozen

from therarel.errors import InvalidValueError, ReadingError, shown
from therarel.panels.naming import is_personal
from therarel.panels.terms import Action, ProblemKind

SCHEMA: Final = {
    "kind": pl.String,
    "action": pl.String,
    "row": pl.UInt32,
    "line": pl.UInt32,
    "column": pl.String,
    "value": pl.String,
    "dyad": pl.String,
    "session": pl.Float64,
}

# Entries per kind before the rest is folded into one, and rows named by an entry.
_MOST_ENTRIES: Final = 50
_MOST_ROWS: Final = 10

# Kinds with a separate entry for each different value.
_BY_VALUE: Final = frozenset(
    {
        ProblemKind.WORD_AS_LABEL,
        ProblemKind.UNREADABLE_SESSION,
        ProblemKind.UNREADABLE_SCORE,
        ProblemKind.UNREADABLE_RATER,
        ProblemKind.OTHER_RATER,
        ProblemKind.OUT_OF_RANGE,
    }
)


@frozen
class ProblemWords:
    """What people read about a kind of problem.

    Args:
        heading: What it is called.
        said: What is said of a row; empty for what concerns a file.
        meaning: What it means, and what to make of it.
    """

    heading: str
    said: str
    meaning: str


@cache
def problem_words() -> Mapping[ProblemKind, ProblemWords]:
    """The words for each kind of problem.

    Examples:
        >>> problem_words()[ProblemKind.GAP].heading
        'A long gap'
    """
    with Path(__file__).with_name("problems.csv").open(encoding="utf-8", newline="") as file:
        return {ProblemKind(row.pop("kind")): ProblemWords(**row) for row in csv.DictReader(file)}


@frozen
class PanelProblem:
    """Something wrong, or worth knowing, about one row or about several rows of one kind.

    Args:
        kind: What it is.
        action: What was done about it.
        message: The whole of it in one sentence.
        count: Number of rows concerned; 0 if it concerns the file.
        rows: The first rows concerned, counted from 1 without the header; at most ten.
        row: The row, if it is one.
        line: The line of the file where that row begins, if it is one row and there is a file with lines.
        column: Name of the column, as it was read.
        value: The value as it may be shown; ``None`` if there is none or values differ.
        dyad: The dyad, if it is one row and the label is a code.

    Examples:
        >>> from therarel.panels import Panel
        >>> panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 9], scale=(1, 5), higher_is_better=True)
        >>> panel.problems[0].row, panel.problems[0].action.label
        (2, 'score left out')
    """

    kind: ProblemKind
    action: Action
    message: str
    count: int = 0
    rows: tuple[int, ...] = ()
    row: int | None = None
    line: int | None = None
    column: str | None = None
    value: str | None = None
    dyad: str | None = None

    def __str__(self) -> str:
        return self.message


class NothingReadableError(ReadingError):
    """Not one row holds a dyad, a session and a score that can be read.

    Attributes:
        problems: What was found instead, one error per kind and value.
    """


@frozen(eq=False)
class ListedProblems:
    """All problems of one reading: the table of rows, the bounds to name in words, notes on the file, rows not kept."""

    table: pl.DataFrame = field(repr=False)
    bounds: dict[ProblemKind, str]
    notes: tuple[PanelProblem, ...] = ()
    beyond: Mapping[tuple[str, str], int] = field(factory=dict)

    def entries(self) -> tuple[PanelProblem, ...]:
        """The problems in words: first of the file, then by kind in the order of the vocabulary."""
        entries = list(self.notes)
        order = {kind.value: place for place, kind in enumerate(ProblemKind)}
        for (kind, action), rows in sorted(
            self.table.group_by(["kind", "action"]),
            key=lambda group: (order[str(group[0][0])], str(group[0][1])),
        ):
            entries.extend(self._of_kind(ProblemKind(kind), Action(action), rows))
        entries.extend(
            PanelProblem(
                ProblemKind(kind), Action(action), f"and {count:,} more rows: {ProblemKind(kind).label}", count=count
            )
            for (kind, action), count in self.beyond.items()
        )
        return tuple(entries)

    def _of_kind(self, kind: ProblemKind, action: Action, rows: pl.DataFrame) -> list[PanelProblem]:
        if kind is ProblemKind.PERSONAL_LABEL:  # of dyads, and of therapists
            return [self._entry(kind, action, part) for _, part in rows.group_by("column", maintain_order=True)]
        if kind not in _BY_VALUE:
            return [self._entry(kind, action, rows)]
        groups = [part for _, part in rows.group_by(["column", "value"], maintain_order=True)]
        entries = [self._entry(kind, action, part) for part in groups[:_MOST_ENTRIES]]
        if len(groups) > _MOST_ENTRIES:
            entries.append(self._entry(kind, action, pl.concat(groups[_MOST_ENTRIES:])))
        return entries

    def _entry(self, kind: ProblemKind, action: Action, rows: pl.DataFrame) -> PanelProblem:
        rows = rows.sort("row")
        first = tuple(rows["row"].head(_MOST_ROWS).to_list())
        one = rows.row(0, named=True) if rows.height == 1 else None
        column = rows["column"][0] if rows["column"].n_unique() == 1 else None
        value = rows["value"][0] if rows["value"].n_unique() == 1 else None
        line = None if one is None else one["line"]
        said = problem_words()[kind].said.format(
            value=value if value is not None else "a value", bound=self.bounds.get(kind, "as stated")
        )
        if value is None and kind is ProblemKind.OFF_STEP:
            said = f"{said}: such as {', '.join(rows['value'].drop_nulls().head(3).to_list())}"
        return PanelProblem(
            kind=kind,
            action=action,
            message=f"{_place(first, rows.height, line, column)}: {said} ({action.label})",
            count=rows.height,
            rows=first,
            row=None if one is None else one["row"],
            line=line,
            column=column,
            value=value,
            dyad=None if one is None else one["dyad"],
        )


def _place(first: Sequence[int], count: int, line: int | None, column: str | None) -> str:
    """Where, in words: ``row 3 (line 4), month`` or ``198 rows (2, 15, ...), month``."""
    if count == 1:
        place = f"row {first[0]}" + (f" (line {line})" if line is not None else "")
    else:
        listed = ", ".join(str(row) for row in first[:5])
        place = f"{count:,} rows ({listed}{', ...' if count > 5 else ''})"
    return place + (f", column {column}" if column is not None else "")


def code_or_none(label: object) -> str | None:
    """A label if it can be shown as it stands, otherwise nothing."""
    return label if isinstance(label, str) and shown(label) == repr(label) and not is_personal(label) else None


def rows_lost(problems: Iterable[PanelProblem]) -> int:
    """Number of rows that were left out though they hold something, and of the rater who was chosen."""
    nothing = (ProblemKind.MISSING_SCORE, ProblemKind.EMPTY_ROW, ProblemKind.OTHER_RATER)
    return sum(each.count for each in problems if each.action is Action.LEFT_OUT and each.kind not in nothing)


def as_errors(problems: Sequence[PanelProblem], most: int = 20) -> list[InvalidValueError]:
    """Problems as errors that a `ReadingError` carries; beyond ``most`` only their number is given."""
    errors = [InvalidValueError(problem.message) for problem in problems[:most]]
    if len(problems) > most:
        errors.append(InvalidValueError(f"and {len(problems) - most} further entries"))
    return errors
