"""Where the header of a table of text stands, and whether it surely is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from therarel.tables.table import Note, NoteKind

__all__ = ["Header", "find_header", "surely_names"]

LOOKED_AT: Final = 60
"""The header is sought among this many first rows."""
_NUMBER_OR_DATE: Final = re.compile(r"\s*[+-]?[\d.,:/%\s-]*\d[\d.,:/%\s-]*")
_MOST_WORDS: Final = 60


@frozen(kw_only=True)
class Header:
    """The header of a table.

    Args:
        names: The names, without surrounding spaces; nameless columns at the end are gone.
        width: Number of cells of the header as it stands, nameless ones included.
        at: Number of the row in which they stand, from 0.
        data: Number of the first row of data.
        sure: Whether these are surely names and not data.
        notes: What was passed over.
    """

    names: tuple[str, ...]
    width: int
    at: int
    data: int
    sure: bool
    notes: tuple[Note, ...] = ()


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header among the first rows; ``None`` where there is none.

    Before it may stand lines of a title, of comments (``#``), or blank ones: the header is the first row that has
    about as many filled cells as the rows that follow have cells.

    Args:
        rows: The first rows, as cells.

    Examples:
        >>> find_header([["Export", ""], ["", ""], ["client", "score"], ["K-01", "4"]]).names
        ('client', 'score')
    """
    rows = rows[:LOOKED_AT]
    widths = Counter(len(row) for row in rows if _filled(row) > 1)
    if not widths:
        at = next((place for place, row in enumerate(rows) if _filled(row) and not _comment(row)), None)
        if at is None:
            return None
    else:
        width = max(widths, key=lambda each: (widths[each], each))
        filled = [_filled(row) for row in rows if len(row) >= width and not _comment(row)]
        usual = min(width, max(filled, default=0))
        at = next(
            (
                place
                for place, row in enumerate(rows)
                if not _comment(row) and _filled(row) >= max(usual - 1, 0.75 * usual, min(2, usual))
            ),
            None,
        )
        if at is None:
            at = next(place for place, row in enumerate(rows) if _filled(row) > 1)
    names = [" ".join(name.split()) for name in rows[at]]
    while names and not names[-1]:
        names.pop()
    sure = surely_names(names, rows[at + 1 :])
    names = _all_named(names)
    data, notes = at + 1, []
    passed = sum(1 for row in rows[:at] if _filled(row))
    if passed:
        lines = "1 line before the header is" if passed == 1 else f"{passed} lines before the header are"
        notes.append(Note(NoteKind.LINES_BEFORE_THE_HEADER, f"{lines} not data"))
    return Header(
        names=tuple(names),
        width=len(rows[at]),
        at=at,
        data=data,
        sure=sure,
        notes=tuple(notes),
    )


def _all_named(names: Sequence[str]) -> list[str]:
    """A column without a name goes by its number, such as ``column_1``."""
    return [
        name or next(new for new in (f"column_{place}", f"column_{place}_") if new not in names)
        for place, name in enumerate(names, start=1)
    ]


def surely_names(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the names are surely names, and not the first row of a table without a header.

    They are where none of them is a number or a date, all are short and differ, and below at least one of them stands
    a column of numbers or dates.

    Examples:
        >>> surely_names(["client", "score"], [["K-01", "4.2"]]), surely_names(["Anna", "4.1"], [["Ben", "4.2"]])
        (True, False)
    """
    said = [name for name in names if name]
    if not said or len(set(said)) < len(said) or any(len(name) > _MOST_WORDS for name in said):
        return False
    if any(_NUMBER_OR_DATE.fullmatch(name) for name in said):
        return False
    columns = [[row[place].strip() for row in rows if place < len(row)] for place in range(len(names))]
    return any(_mostly_numbers([cell for cell in column if cell]) for column in columns)


def _mostly_numbers(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(bool(_NUMBER_OR_DATE.fullmatch(cell)) for cell in cells) >= 0.5 * len(cells)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _comment(row: Sequence[str]) -> bool:
    return bool(row) and row[0].lstrip().startswith("#")
