"""The data of a report as files inside the page: findings, problems and the codebook, as links that save them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from therarel.counting import counted
from therarel.files import csv_lines
from therarel.reports.codebook import FILES, codebook, codebook_table
from therarel.reports.data import candidate_table, problem_table
from therarel.reports.markup import Content, Markup, joined, table, tag
from therarel.reports.subject import Subject

__all__ = ["attachments", "columns_of"]

MOST_CHARACTERS: Final = 400_000
"""A file with more characters is not put into the page, which stays small enough to be sent."""

_OPTIONS: Final = {"findings.csv": "--candidates", "problems.csv": "--problems", "codebook.csv": "--codebook"}
_SAFE: Final = " ;/?:@&=+$,-_.!~*'()[]{}|^"


def columns_of(subject: Subject) -> dict[str, list[str]]:
    """The columns of each CSV file of a report."""
    heads = [next(iter(rows)) for rows in _tables(subject)]
    return {name: [str(column) for column in head] for name, head in zip(FILES, heads, strict=True)}


def attachments(subject: Subject) -> Markup:
    """A link for each file, and the codebook of their columns."""
    columns = columns_of(subject)
    links = [_link(name, rows) for name, rows in zip(FILES, _tables(subject), strict=True)]
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
    if len(text) > MOST_CHARACTERS:
        return f"{name} ({size}) is too large for this page: therarel report {_OPTIONS[name]} {name} writes it."
    # written out rather than packed, so that whoever looks for a word in the page finds it here as well
    address = f"data:text/csv;charset=utf-8,{quote(text, safe=_SAFE)}"
    return joined(tag("a", name, href=address, download=name), f" ({size})")
