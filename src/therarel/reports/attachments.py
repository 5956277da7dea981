"""The data of a report as files inside the page: findings, problems and the codebook, as links that save them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrs import frozen

from therarel.counting import counted
from therarel.files import csv_lines
from therarel.reports.data import candidate_table, problem_table
from therarel.reports.markup import Content, Markup, joined, table, tag
from therarel.reports.subject import Subject

_FILES = ("findings.csv", "problems.csv")
"""What the files of a report are called where it names them itself."""


@frozen
class _Column:
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
def _columns() -> Mapping[str, _Column]:
    with Path(__file__).with_name("codebook.csv").open(encoding="utf-8", newline="") as file:
        return {row["column"]: _Column(*row.values()) for row in csv.DictReader(file)}


def codebook(names: Iterable[str]) -> tuple[_Column, ...]:
    """What columns hold, in the order of their names; a column of a rule of your own is what that rule measured.

    Examples:
        >>> [column.unit for column in codebook(["extreme", "also"])]
        ['score points', '']
    """
    own = "what the rule measured at the flagged session: see its formula"
    return tuple(_columns().get(name, _Column(name, own, "", "empty where it could not be computed")) for name in names)


def codebook_table(files: Mapping[str, Iterable[str]]) -> Iterator[Sequence[object]]:
    """The codebook of several files as a table, the head first.

    Args:
        files: The columns of each file, by its name.
    """
    yield ("file", "column", "meaning", "unit", "missing")
    for file, names in files.items():
        for column in codebook(names):
            yield (file, column.name, column.meaning, column.unit or None, column.missing)


_MOST_CHARACTERS: Final = 400_000
"""A file with more characters is not put into the page, which stays small enough to be sent."""

_OPTIONS: Final = {"findings.csv": "--candidates", "problems.csv": "--problems", "codebook.csv": "--codebook"}
_SAFE: Final = " ;/?:@&=+$,-_.!~*'()[]{}|^"


def columns_of(subject: Subject) -> dict[str, list[str]]:
    """The columns of each CSV file of a report."""
    heads = [next(iter(rows)) for rows in _tables(subject)]
    return {name: [str(column) for column in head] for name, head in zip(_FILES, heads, strict=True)}


def attachments(subject: Subject) -> Markup:
    """A link for each file, and the codebook of their columns."""
    columns = columns_of(subject)
    links = [_link(name, rows) for name, rows in zip(_FILES, _tables(subject), strict=True)]
    links.append(_link("codebook.csv", codebook_table(columns)))
    books = [
        table(
            f"Codebook of {name}",
            ["column", "meaning", "unit", "missing value"],
            [[column.name, column.meaning, column.unit or "none", column.missing] for column in codebook(names)],
            class_="wide",
        )
        for name, names in columns.items()
    ]
    return joined(
        tag("h3", "The data as files"),
        tag("p", "The files are inside this page. In a CSV file an empty cell is a missing value, and never 0."),
        tag("ul", *(tag("li", link) for link in links)),
        tag("details", tag("summary", "Codebook: what the columns of these files hold"), *books),
        by="\n",
    )


def _tables(subject: Subject) -> tuple[Iterable[Sequence[object]], ...]:
    return candidate_table(subject.detection, subject.courses.shared_key), problem_table(subject.detection)


def _link(name: str, rows: Iterable[Sequence[object]]) -> Content:
    """A link that saves the file; or, where it is too large for a page, how it is written."""
    lines = list(csv_lines(rows, spreadsheet_safe=True))
    text, size = "".join(lines), counted(len(lines) - 1, "row")
    if len(text) > _MOST_CHARACTERS:
        return f"{name} ({size}) is too large for this page: therarel report {_OPTIONS[name]} {name} writes it."
    # written out rather than packed, so that whoever looks for a word in the page finds it here as well
    address = f"data:text/csv;charset=utf-8,{quote(text, safe=_SAFE)}"
    return joined(tag("a", name, href=address, download=name), f" ({size})")
