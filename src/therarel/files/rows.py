"""Rows of a table as lines of a CSV file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


_RUN: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def csv_lines(rows: Iterable[Sequence[object]], *, spreadsheet_safe: bool = False) -> Iterator[str]:
    r"""The lines of a CSV file, one for each row, each with its line break.

    Args:
        rows: The cells of each row, the header first; ``None`` is an empty cell.
        spreadsheet_safe: Whether text that a spreadsheet would run as a formula gets an apostrophe before it. A program
            that joins such a file back has to take it off again, so it is not done unless asked for.

    Examples:
        >>> list(csv_lines([("dyad", "score"), ("C-1, a", None)]))
        ['dyad,score\n', '"C-1, a",\n']
        >>> list(csv_lines([("=1+1", "-2.5")], spreadsheet_safe=True))
        ["'=1+1,-2.5\n"]
    """
    writer = csv.writer(_Echo(), lineterminator="\n")
    for row in rows:
        yield writer.writerow([_safe(cell) for cell in row] if spreadsheet_safe else row)


def _safe(cell: object) -> object:
    """Text that a spreadsheet would run, as text; numbers stay as they are."""
    if isinstance(cell, str) and cell.startswith(_RUN) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
