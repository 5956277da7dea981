"""Rows of text as lines with aligned columns."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["aligned"]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines: the first column is aligned left, numbers in the others right.

    Args:
        rows: The cells, as many in each row.

    Examples:
        >>> for line in aligned([("rule", "dyads"), ("drop", "7"), ("own mean", "12")]):
        ...     print(line)
        rule      dyads
        drop          7
        own mean     12
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
