"""Rows of a table as lines of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["csv_lines"]


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    r"""The lines of a CSV file, one for each row, each with its line break.

    Args:
        rows: The cells of each row, the header first; ``None`` is an empty cell.

    Examples:
        >>> list(csv_lines([("dyad", "score"), ("C-1, a", None)]))
        ['dyad,score\n', '"C-1, a",\n']
    """
    writer = csv.writer(_Echo(), lineterminator="\n")
    for row in rows:
        yield writer.writerow(row)
