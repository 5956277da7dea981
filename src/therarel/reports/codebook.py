"""The codebook of the CSV files of a report: what each column means, its unit, and what stands for a missing value."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from attrs import frozen

__all__ = ["FILES", "Column", "codebook", "codebook_table"]

FILES = ("findings.csv", "problems.csv")
"""What the files of a report are called where it names them itself."""


@frozen
class Column:
    """A column of a CSV file of a report.

    Args:
        name: Its name.
        meaning: What it holds.
        unit: What it is counted or measured in; empty for words and identifiers.
        missing: When its cell is empty.
    """

    name: str
    meaning: str
    unit: str
    missing: str


@cache
def _columns() -> Mapping[str, Column]:
    with Path(__file__).with_name("codebook.csv").open(encoding="utf-8", newline="") as file:
        return {row["column"]: Column(*row.values()) for row in csv.DictReader(file)}


def codebook(names: Iterable[str]) -> tuple[Column, ...]:
    """What columns hold, in the order of their names; a column of a rule of your own is what that rule measured.

    Examples:
        >>> [column.unit for column in codebook(["extreme", "also"])]
        ['score points', '']
    """
    own = "what the rule measured at the flagged session: see its formula"
    return tuple(_columns().get(name, Column(name, own, "", "empty where it could not be computed")) for name in names)


def codebook_table(files: Mapping[str, Iterable[str]]) -> Iterator[Sequence[object]]:
    """The codebook of several files as a table, the head first.

    Args:
        files: The columns of each file, by its name.
    """
    yield ("file", "column", "meaning", "unit", "missing")
    for file, names in files.items():
        for column in codebook(names):
            yield (file, column.name, column.meaning, column.unit or None, column.missing)
