"""What of a cell may be shown: never what could be somebody's words.

Numbers, dates and words for missing values may be shown, and so may a value that occurs in five rows or more, since
what one person said occurs in one. Everything else is described by its kind and length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from therarel.errors import hint_for
from therarel.tables.missing import WORDS, folded

COMMON: Final = 5
"""A value that occurs in this many rows is a word of the table and not one person's."""
_LONGEST: Final = 40
_NUMBER_OR_DATE: Final = re.compile(r"[+-]?[\d.,:/%TZ\s+-]*\d[\d.,:/%TZ\s+-]*")
_MOST_NAMES: Final = 12


def shown_values(values: pl.Series, *, within: pl.Series | None = None) -> pl.Series:
    """Each value as a message or a list may show it.

    Args:
        values: The values to show, of any type.
        within: The whole column, in which common values are counted; ``values`` itself where ``None``.

    Examples:
        >>> shown_values(pl.Series(["12x", "she cried"]), within=pl.Series(["12x"] * 5 + ["she cried"])).to_list()
        ["'12x'", 'text of 9 characters']
    """
    column = values if within is None else within
    text = values.dtype == pl.String
    if not text:
        return (
            values.cast(pl.Float64).map_elements(_number, return_dtype=pl.String)
            if values.dtype.is_numeric()
            else (values.cast(pl.String))
        )
    different = values.unique().drop_nulls()
    counts = column.value_counts() if column.dtype == pl.String else None
    common = set() if counts is None else set(counts.filter(pl.col("count") >= COMMON)[column.name].drop_nulls())
    shown = pl.Series([_cell_as_shown(cell, cell in common) for cell in different.to_list()], dtype=pl.String)
    return values.replace_strict(different, shown, default=None, return_dtype=pl.String)


def _number(value: float) -> str:
    return repr(value)


def _cell_as_shown(cell: str, common: bool) -> str:
    short = len(cell) <= _LONGEST and cell.isprintable()
    if short and (common or _NUMBER_OR_DATE.fullmatch(cell) or folded(cell) in WORDS):
        return repr(cell)
    return f"text of {len(cell)} character{'' if len(cell) == 1 else 's'}"


def shown_name(name: str, *, sure: bool = True) -> str:
    """The name of a column as a message may show it; by its length where it may be a cell."""
    if sure and len(name) <= _LONGEST and len(name.split()) <= 5 and name.isprintable():
        return repr(name)
    return f"text of {len(name)} characters"


def listed_names(names: Sequence[str], *, sure: bool) -> str:
    """The names of a table's columns in a hint; only their number where they may be the first row of data."""
    if not sure:
        columns = "1 column" if len(names) == 1 else f"{len(names)} columns"
        return f"the table has {columns}, and its first line may be data and no header: put a line with names before it"
    listed = ", ".join(shown_name(name) for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"the columns are {listed}" + (f" and {more} more" if more > 0 else "")


def _name_hint(name: str, names: Sequence[str], *, sure: bool) -> str:
    """The nearest name, or all of them, or how many there are."""
    near = hint_for(name, names) if sure else None
    return near if near is not None else listed_names(names, sure=sure)


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
