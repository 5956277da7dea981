"""Which row of a table of text is the header, and whether it surely is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from therarel.tables.table import Note, NoteKind

FIRST_ROWS: Final = 60
"""The header is sought among this many first rows."""
_NUMBER_OR_DATE: Final = re.compile(r"\s*[+-]?[\d.,:/%\s-]*\d[\d.,:/%\s-]*")
_LONGEST_NAME: Final = 60
"""Characters; what is longer is a text, not the name of a column."""


@frozen(kw_only=True)
class Header:
    """The header of a table.

    Args:
        names: The names, without surrounding spaces; columns without a name at the end are left out.
        width: Number of cells in the header's row, those without a name included.
        row: Number of the header's row, from 0; the rows after it are data.
        sure: Whether these are surely names and not data.
        notes: What was passed over.
    """

    names: tuple[str, ...]
    width: int
    row: int
    sure: bool
    notes: tuple[Note, ...] = ()


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header among the first rows; ``None`` where there is none.

    Lines with a title, comments (``#``) or nothing at all may come before it: the header is the first row with about as
    many filled cells as the usual row has cells.

    Args:
        rows: The first rows, as cells.

    Examples:
        >>> find_header([["Export", ""], ["", ""], ["client", "score"], ["K-01", "4"]]).names
        ('client', 'score')
    """
    rows = rows[:FIRST_ROWS]
    number = _header_row(rows)
    if number is None:
        return None
    names = [" ".join(name.split()) for name in rows[number]]
    while names and not names[-1]:
        names.pop()
    sure = surely_names(names, rows[number + 1 :])
    notes = []
    passed = sum(1 for row in rows[:number] if _filled(row))
    if passed:
        lines = "1 line before the header is" if passed == 1 else f"{passed} lines before the header are"
        notes.append(Note(NoteKind.LINES_BEFORE_THE_HEADER, f"{lines} not data"))
    return Header(names=tuple(_all_named(names)), width=len(rows[number]), row=number, sure=sure, notes=tuple(notes))


def _header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Number of the header's row, from 0; ``None`` where there is none."""
    widths = Counter(len(row) for row in rows if _filled(row) > 1)
    if not widths:  # a single column
        return next((number for number, row in enumerate(rows) if _filled(row) and not _comment(row)), None)
    width = max(widths, key=lambda cells: (widths[cells], cells))
    filled = [_filled(row) for row in rows if len(row) >= width and not _comment(row)]
    usual = min(width, max(filled, default=0))
    needed = max(usual - 1, 0.75 * usual, min(2, usual))  # a column or a quarter of them may lack a name
    for number, row in enumerate(rows):
        if _filled(row) >= needed and not _comment(row):
            return number
    return next(number for number, row in enumerate(rows) if _filled(row) > 1)


def _all_named(names: Sequence[str]) -> list[str]:
    """A column without a name goes by its number, such as ``column_1``."""
    return [
        name or next(new for new in (f"column_{number}", f"column_{number}_") if new not in names)
        for number, name in enumerate(names, start=1)
    ]


def surely_names(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the names are surely names, and not the first row of a table without a header.

    They are if all are short, different, and not numbers or dates, and a column below one of them holds numbers or
    dates.

    Examples:
        >>> surely_names(["client", "score"], [["K-01", "4.2"]]), surely_names(["Anna", "4.1"], [["Ben", "4.2"]])
        (True, False)
    """
    filled = [name for name in names if name]
    if not filled or len(set(filled)) < len(filled) or any(len(name) > _LONGEST_NAME for name in filled):
        return False
    if any(_NUMBER_OR_DATE.fullmatch(name) for name in filled):
        return False
    columns = [[row[index].strip() for row in rows if index < len(row)] for index in range(len(names))]
    return any(_mostly_numbers([cell for cell in column if cell]) for column in columns)


def _mostly_numbers(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(bool(_NUMBER_OR_DATE.fullmatch(cell)) for cell in cells) >= 0.5 * len(cells)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _comment(row: Sequence[str]) -> bool:
    return bool(row) and row[0].lstrip().startswith("#")
