"""CSV in its many dialects: separators, quotes, and rows that are not like the others.

Each row has one meaning, whatever other rows hold: a stray quote or a surplus cell concerns its own
row and no other. Rows that are in order are taken apart by polars, all at once; the few that are not, one by one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import islice
from typing import Final

import numpy as np
import polars as pl
from attrs import field, frozen

from therarel.tables.header import LOOKED_AT, Header, find_header

__all__ = ["Dialect", "Rows", "dialect_of", "rows_of", "simple_rows"]

SEPARATORS: Final = {",": "','", ";": "';'", "\t": "tabs", "|": "'|'"}
_STATED: Final = re.compile(r"sep=(.)\r?", re.IGNORECASE)
_SAMPLE: Final = 1000
"""Number of first rows that say which columns are likely to hold numbers."""
_LONGEST_CELL: Final = 200
"""A quoted cell that has not closed after this many lines is a stray quote."""


@frozen(kw_only=True)
class Dialect:
    """What the first lines of a CSV file say about the rest.

    Args:
        separator: The character between cells.
        skipped: Lines before the first row that was looked at: those of ``sep=``.
        header: The header; rows are counted from after ``skipped``.
        first: The line of the header and the line of the first row of data, from 0.
    """

    separator: str
    skipped: int
    header: Header
    first: tuple[int, int]


@frozen(kw_only=True, eq=False)
class Rows:
    """Rows of data, every cell as text.

    Args:
        frame: Columns ``c0``, ``c1``, ...; null where a row has no such cell.
        row: Number of each row, from 1, shape ``(n,)``.
        line: The line of the file in which each row begins, from 1, shape ``(n,)``; ``None`` where rows are lines.
        height: Number of rows, those that could not be taken apart among them.
        broken: Rows that could not be taken apart.
    """

    frame: pl.DataFrame = field(repr=False)
    row: pl.Series = field(repr=False)
    line: dict[int, int] | int
    height: int
    broken: tuple[int, ...] = ()


def dialect_of(text: str) -> Dialect | None:
    r"""The dialect of a CSV file, from its first lines; ``None`` where there is nothing in them.

    Args:
        text: The beginning of the file, whole lines.

    Examples:
        >>> dialect_of("client;score\nK-01;4,2\n").separator
        ';'
    """
    first, _, rest = text.partition("\n")
    stated = _STATED.fullmatch(first)
    if stated is not None:
        text = rest
    found = [separator for separator in SEPARATORS if separator in text]
    chosen = [stated[1]] if stated is not None else found or [","]
    best: tuple[tuple[int, int], Dialect] | None = None
    for separator in chosen:
        rows, lines = _first_rows(text, separator)
        header = find_header(rows)
        if header is None or not any(header.names):
            continue
        # The separator that makes the most rows as wide as the header wins; a wider table breaks a tie.
        width = len(header.names)
        alike = sum(len(row) >= width and any(cell.strip() for cell in row) for row in rows) if width > 1 else 0
        skipped = int(stated is not None)
        if header.data == len(lines):  # there is no data
            lines.append(len(text.splitlines()))
        dialect = Dialect(
            separator=separator,
            skipped=skipped,
            header=header,
            first=(lines[header.at] + skipped, lines[header.data] + skipped),
        )
        if best is None or (alike, width) > best[0]:
            best = (alike, width), dialect
    return None if best is None else best[1]


def _first_rows(text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    """The first rows as cells, and the line in which each begins, from 0."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    rows, lines, begin = [], [], 0
    try:
        for row in islice(reader, LOOKED_AT):
            rows.append(row)
            lines.append(begin)
            begin = reader.line_num
    except csv.Error:  # a cell longer than any cell
        pass
    return rows, lines


def simple_rows(source: str | BytesIO, dialect: Dialect, whole: Collection[int] = ()) -> Rows | None:
    """The rows of a file without a single quote; ``None`` if a row has too many cells or the text is not UTF-8.

    Args:
        source: A path, or content in UTF-8 with line ends of one character.
        dialect: What the first lines say.
        whole: Places of columns that may come as numbers, where every cell is empty or a whole number.
    """
    if whole:
        # The parser makes numbers of the cells for less than it makes texts of them, and small numbers for least.
        frame = _parsed(source, dialect, dialect.first[1], dict.fromkeys(whole, pl.Int8))
        if frame is None:
            likely = _whole_so_far(source, dialect, whole)
            frame = _parsed(source, dialect, dialect.first[1], dict.fromkeys(likely, pl.Int64))
        if frame is not None:
            return _counted(frame, dialect)
    frame = _parsed(source, dialect, dialect.first[0], {})
    # The header was read too: it is as wide as a row may be.
    return None if frame is None else _counted(frame.slice(dialect.first[1] - dialect.first[0]), dialect)


def _whole_so_far(source: str | BytesIO, dialect: Dialect, places: Collection[int]) -> list[int]:
    """Of these columns, those that hold nothing but whole numbers in the first rows."""
    frame = _parsed(source, dialect, dialect.first[1], {}, rows=_SAMPLE)
    if frame is None:
        return []
    text = frame.select(f"c{place}" for place in places)
    empty = text.null_count().row(0)
    unread = text.select(pl.all().cast(pl.Int64, strict=False)).null_count().row(0)
    return [place for place, before, after in zip(places, empty, unread, strict=True) if before == after]


def _parsed(
    source: str | BytesIO,
    dialect: Dialect,
    begin: int,
    kinds: Mapping[int, type[pl.DataType]],
    rows: int | None = None,
) -> pl.DataFrame | None:
    try:
        return pl.read_csv(
            source,
            infer_schema=False,
            separator=dialect.separator,
            quote_char=None,
            has_header=False,
            skip_lines=begin,
            n_rows=rows,
            schema={f"c{place}": kinds.get(place, pl.String) for place in range(dialect.header.width)},
        )
    except pl.exceptions.PolarsError:
        return None


def _counted(frame: pl.DataFrame, dialect: Dialect) -> Rows:
    row = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True)
    return Rows(frame=frame, row=row, line=dialect.first[1], height=frame.height)


def rows_of(text: str, dialect: Dialect) -> Rows:
    """The rows of any text.

    Args:
        text: The whole file.
        dialect: What its first lines say.
    """
    separator, width = dialect.separator, dialect.header.width
    lines = pl.Series(text.split("\n"), dtype=pl.String).str.strip_suffix("\r")
    lines = lines.slice(dialect.first[1])
    if len(lines) and lines[-1] == "":
        lines = lines.head(len(lines) - 1)  # the last line end ends a line and begins none
    mark = re.escape(separator)
    cell = f'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    in_order = lines.str.contains(f"^{cell}(?:{mark}{cell})*$")
    bare = lines.str.replace_all('"(?:[^"]|"")*"', "")
    cells = bare.str.count_matches(separator, literal=True) + 1
    plain = (in_order & (cells <= width)).to_numpy()
    taken, odd = _one_by_one(lines, plain, cells.to_numpy(), dialect)
    place = np.flatnonzero(plain & ~taken)
    names = [f"c{column}" for column in range(width)]
    schema = dict.fromkeys(names, pl.String)
    kept = lines.gather(place)
    # A first row as wide as any may be, so that the others may be narrower.
    content = "\n".join([separator * (width - 1) if width > 1 else "x", *kept.to_list(), ""])
    frame = pl.read_csv(
        BytesIO(content.encode()), infer_schema=False, separator=separator, has_header=False, schema=schema
    ).slice(1)
    others = [(at, row) for at, row in odd.items() if row is not None]
    further = pl.DataFrame(
        {name: pl.Series([_at(row, column) for _, row in others], dtype=pl.String) for column, name in enumerate(names)}
    )
    begins = np.sort(np.concatenate([place, np.array(list(odd), dtype=np.int64)])).astype(np.int64)
    starts = pl.Series(np.concatenate([place, np.array([at for at, _ in others], dtype=np.int64)]))
    number = pl.Series(np.searchsorted(begins, starts.to_numpy()) + 1, dtype=pl.UInt32)
    joined = pl.concat([frame, further]).with_columns(number.alias("row")).sort("row")
    number_of = {int(at): place + 1 for place, at in enumerate(begins)}
    straight = len(begins) == len(lines)
    return Rows(
        frame=joined.drop("row"),
        row=joined["row"],
        line=dialect.first[1] if straight else {row: at + dialect.first[1] + 1 for at, row in number_of.items()},
        height=len(begins),
        broken=tuple(sorted(number_of[at] for at, row in odd.items() if row is None)),
    )


def _at(row: Sequence[str], place: int) -> str | None:
    return row[place] if place < len(row) else None


Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


def _one_by_one(
    lines: pl.Series, plain: Bools, cells: np.ndarray[tuple[int], np.dtype[np.uint32]], dialect: Dialect
) -> tuple[Bools, dict[int, list[str] | None]]:
    """The lines that are not in order: which lines they take up, and their rows by the line in which they begin.

    A row is ``None`` where it could not be taken apart.
    """
    taken = np.zeros(len(lines), dtype=np.bool_)
    odd: dict[int, list[str] | None] = {}
    width = dialect.header.width
    for at in map(int, np.flatnonzero(~plain)):
        if taken[at]:
            continue
        row, last = _joined(lines, at, plain, cells, dialect)
        taken[at : last + 1] = True
        if row is not None and len(row) > width and any(cell.strip() for cell in row[width:]):
            row = None
        odd[at] = row
    return taken, odd


def _joined(
    lines: pl.Series, at: int, plain: Bools, cells: np.ndarray[tuple[int], np.dtype[np.uint32]], dialect: Dialect
) -> tuple[list[str] | None, int]:
    """A row that may run over several lines, and its last line.

    A line inside a quoted cell that would by itself be a whole row shows that the quote is a stray one.
    """
    width = dialect.header.width
    text = lines[at]
    last = at
    while _open(text, dialect.separator):
        last += 1
        if last >= len(lines) or last - at > _LONGEST_CELL or (width > 1 and plain[last] and cells[last] == width):
            return _literal(lines[at], dialect), at
        text = f"{text}\n{lines[last]}"
    escaped = '\\"' in text
    found = _cells(text, dialect.separator, escaped=escaped)
    if found is None and escaped:
        found = _cells(text, dialect.separator, escaped=False)
    return found, last


def _literal(line: str, dialect: Dialect) -> list[str] | None:
    """The cells of a line with a stray quote, if there are as many as the header has; the quote is a character."""
    cells: list[str] = line.split(dialect.separator)
    return cells if len(cells) == dialect.header.width else None


def _cells(text: str, separator: str, *, escaped: bool) -> list[str] | None:
    reader = csv.reader(
        StringIO(text, newline=""), delimiter=separator, escapechar="\\" if escaped else None, doublequote=not escaped
    )
    try:
        rows = list(reader)
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else [] if not rows else None


def _open(text: str, separator: str) -> bool:
    """Whether a quoted cell has begun and not ended."""
    inside, begins, place = False, True, 0
    while place < len(text):
        character = text[place]
        if inside:
            if character == "\\" and text[place + 1 : place + 2] == '"':
                place += 1
            elif character == '"':
                if text[place + 1 : place + 2] == '"':
                    place += 1
                else:
                    inside = False
        elif character == '"' and begins:
            inside = True
        begins = not inside and character == separator
        place += 1
    return inside
