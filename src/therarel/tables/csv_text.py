"""CSV in its many dialects: separators, quotes, and rows with missing or surplus cells.

A row is read the same way whatever the other rows contain: a stray quote or a surplus cell concerns its own row and no
other. Polars reads the lines that are a whole row each, all at once; the few others are read one by one.
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

from therarel.tables.header import FIRST_ROWS, Header, find_header

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Counts = np.ndarray[tuple[int], np.dtype[np.uint32]]

SEPARATORS: Final = {",": "','", ";": "';'", "\t": "tabs", "|": "'|'"}
"""The characters that are tried between cells, and their names in messages."""
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)", re.IGNORECASE)
"""A first line, such as Excel reads, that states the separator."""
_SAMPLE: Final = 1000
"""Number of first rows that say which columns are likely to hold whole numbers."""
_MOST_LINES: Final = 200
"""A quote that has not closed this many lines further on is a stray quote."""


@frozen(kw_only=True)
class Dialect:
    """What the first lines of a CSV file say about the rest.

    Args:
        separator: The character between cells.
        header: The header; its row is counted without a line such as ``sep=;``.
        header_line: The line in which the header begins, from 0.
        data_line: The line in which the first row of data begins, from 0.
    """

    separator: str
    header: Header
    header_line: int
    data_line: int


@frozen(kw_only=True, eq=False)
class Rows:
    """Rows of data, every cell as text; n of them could be read.

    Args:
        frame: Columns ``c0``, ``c1``, ...; null where a row has no such cell; whole numbers where they were asked for.
        row: Number of each row, from 1, shape ``(n,)``; broken rows have numbers too, so the numbers may jump.
        line: The line of the file in which each row begins, from 1, by the row's number; where every line is a row, how
            many lines come before the first row.
        height: Number of rows, broken ones included.
        broken: Numbers of the rows that could not be read.
    """

    frame: pl.DataFrame = field(repr=False)
    row: pl.Series = field(repr=False)
    line: dict[int, int] | int
    height: int
    broken: tuple[int, ...] = ()


def dialect_of(text: str) -> Dialect | None:
    r"""The dialect of a CSV file, from its first lines; ``None`` if they contain no header.

    Args:
        text: The beginning of the file, whole lines, with ``\n`` as line end.

    Examples:
        >>> dialect_of("client;score\nK-01;4,2\n").separator
        ';'
    """
    first_line, _, after_it = text.partition("\n")
    stated = _SEPARATOR_LINE.fullmatch(first_line)
    if stated is not None:
        candidates = [_with_separator(after_it, stated[1], skipped=1)]
    else:
        separators = [separator for separator in SEPARATORS if separator in text] or [","]
        candidates = [_with_separator(text, separator, skipped=0) for separator in separators]
    dialects = [candidate for candidate in candidates if candidate is not None]
    return max(dialects, key=lambda dialect: dialect[0])[1] if dialects else None


def _with_separator(text: str, separator: str, *, skipped: int) -> tuple[tuple[int, int], Dialect] | None:
    """The dialect with a separator, and how well it suits: the number of rows as wide as the header, then its width.

    Args:
        text: The first lines without those that were skipped.
        separator: The character between cells.
        skipped: Number of lines before the text.
    """
    rows, lines = _first_rows(text, separator)
    header = find_header(rows)
    if header is None or not any(header.names):
        return None
    width = len(header.names)
    whole_rows = sum(len(row) >= width and any(cell.strip() for cell in row) for row in rows) if width > 1 else 0
    if header.row + 1 == len(lines):  # no row of data
        lines.append(len(text.splitlines()))
    dialect = Dialect(
        separator=separator,
        header=header,
        header_line=lines[header.row] + skipped,
        data_line=lines[header.row + 1] + skipped,
    )
    return (whole_rows, width), dialect


def _first_rows(text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    """The first rows as cells, and the line in which each begins, from 0."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    rows, lines, begin = [], [], 0
    try:
        for row in islice(reader, FIRST_ROWS):
            rows.append(row)
            lines.append(begin)
            begin = reader.line_num
    except csv.Error:  # a quote that never closes makes a longer cell than the module accepts
        pass
    return rows, lines


def simple_rows(source: str | BytesIO, dialect: Dialect, whole: Collection[int] = ()) -> Rows | None:
    """The rows of a file that has no quote; ``None`` if a row has too many cells or the text is not UTF-8.

    Args:
        source: A path, or content in UTF-8 with line ends of one character.
        dialect: What the first lines say.
        whole: Numbers of the columns, from 0, that become numbers if all their cells are empty or whole numbers.
    """
    if whole:
        # Polars reads numbers faster than text, and small ones fastest: most answers to items fit into eight bits.
        frame = _parsed(source, dialect, dialect.data_line, dict.fromkeys(whole, pl.Int8))
        if frame is None:
            likely = _whole_so_far(source, dialect, whole)
            frame = _parsed(source, dialect, dialect.data_line, dict.fromkeys(likely, pl.Int64))
        if frame is not None:
            return _numbered(frame, dialect)
    # The header is read as the first row: its cells are the most that a row may have.
    frame = _parsed(source, dialect, dialect.header_line, {})
    return None if frame is None else _numbered(frame.slice(dialect.data_line - dialect.header_line), dialect)


def _whole_so_far(source: str | BytesIO, dialect: Dialect, columns: Collection[int]) -> list[int]:
    """Those of the columns whose cells in the first rows are all empty or whole numbers."""
    frame = _parsed(source, dialect, dialect.data_line, {}, rows=_SAMPLE)
    if frame is None:
        return []
    text = frame.select(f"c{column}" for column in columns)
    empty = text.null_count().row(0)
    not_whole = text.select(pl.all().cast(pl.Int64, strict=False)).null_count().row(0)
    return [column for column, before, after in zip(columns, empty, not_whole, strict=True) if before == after]


def _parsed(
    source: str | BytesIO,
    dialect: Dialect,
    first_line: int,
    types: Mapping[int, type[pl.DataType]],
    rows: int | None = None,
) -> pl.DataFrame | None:
    """The lines from ``first_line`` on, all columns as text but those in ``types``; ``None`` if they do not fit."""
    try:
        return pl.read_csv(
            source,
            infer_schema=False,
            separator=dialect.separator,
            quote_char=None,
            has_header=False,
            skip_lines=first_line,
            n_rows=rows,
            schema={f"c{column}": types.get(column, pl.String) for column in range(dialect.header.width)},
        )
    except pl.exceptions.PolarsError:
        return None


def _numbered(frame: pl.DataFrame, dialect: Dialect) -> Rows:
    row = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True)
    return Rows(frame=frame, row=row, line=dialect.data_line, height=frame.height)


def rows_of(text: str, dialect: Dialect) -> Rows:
    r"""The rows of any text.

    Args:
        text: The whole file, with ``\n`` as line end.
        dialect: What its first lines say.
    """
    lines = pl.Series(text.split("\n"), dtype=pl.String).slice(dialect.data_line)
    if len(lines) and lines[-1] == "":
        lines = lines.head(len(lines) - 1)  # the last line end ends a line and begins none
    cells, is_row = _cells_of_lines(lines, dialect)
    others, inside = _other_rows(lines, is_row, cells, dialect)
    regular = np.flatnonzero(is_row & ~inside)
    read = {line: row for line, row in others.items() if row is not None}
    begins = np.sort(np.concatenate([regular, np.array(list(others), dtype=np.int64)]))
    line = np.concatenate([regular, np.array(list(read), dtype=np.int64)])
    row = pl.Series("row", np.searchsorted(begins, line) + 1, dtype=pl.UInt32)
    frames = [_regular_rows(lines.gather(regular), dialect), _frame_of(list(read.values()), dialect.header.width)]
    frame = pl.concat(frames).with_columns(row).sort("row")
    every_line = len(begins) == len(lines)
    return Rows(
        frame=frame.drop("row"),
        row=frame["row"],
        line=dialect.data_line if every_line else dict(enumerate((begins + dialect.data_line + 1).tolist(), start=1)),
        height=len(begins),
        broken=tuple(row for row, begin in enumerate(begins.tolist(), start=1) if others.get(begin, ()) is None),
    )


def _cells_of_lines(lines: pl.Series, dialect: Dialect) -> tuple[Counts, Bools]:
    """How many cells each line has, and whether it is a row: every quote surrounds a cell, and no cell is surplus."""
    mark = re.escape(dialect.separator)
    cell = f'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    without_quoted = lines.str.replace_all('"(?:[^"]|"")*"', "")
    cells = without_quoted.str.count_matches(dialect.separator, literal=True) + 1
    is_row = lines.str.contains(f"^{cell}(?:{mark}{cell})*$") & (cells <= dialect.header.width)
    return cells.to_numpy(), is_row.to_numpy()


def _regular_rows(lines: pl.Series, dialect: Dialect) -> pl.DataFrame:
    """The lines that are a row each, as cells."""
    width = dialect.header.width
    # Polars refuses rows with more cells than the first one: a first row of full width is put before them.
    full_width = dialect.separator * (width - 1) if width > 1 else "x"
    return pl.read_csv(
        BytesIO("\n".join([full_width, *lines.to_list(), ""]).encode()),
        infer_schema=False,
        separator=dialect.separator,
        has_header=False,
        schema={f"c{column}": pl.String for column in range(width)},
    ).slice(1)


def _frame_of(rows: Sequence[Sequence[str]], width: int) -> pl.DataFrame:
    """Rows as columns of text, null where a row has no such cell."""
    return pl.DataFrame(
        {
            f"c{column}": pl.Series([row[column] if column < len(row) else None for row in rows], dtype=pl.String)
            for column in range(width)
        }
    )


def _other_rows(
    lines: pl.Series, is_row: Bools, cells: Counts, dialect: Dialect
) -> tuple[dict[int, list[str] | None], Bools]:
    """The rows that are not a line each, by the line in which they begin, and which lines they take up.

    A row is ``None`` where it could not be read: a quote does not close, or a surplus cell is filled.
    """
    rows: dict[int, list[str] | None] = {}
    inside = np.zeros(len(lines), dtype=np.bool_)
    width = dialect.header.width
    for begin in map(int, np.flatnonzero(~is_row)):
        if inside[begin]:
            continue
        row, end = _row_over_lines(lines, begin, is_row, cells, dialect)
        inside[begin : end + 1] = True
        if row is not None and any(cell.strip() for cell in row[width:]):
            row = None
        rows[begin] = row
    return rows, inside


def _row_over_lines(
    lines: pl.Series, begin: int, is_row: Bools, cells: Counts, dialect: Dialect
) -> tuple[list[str] | None, int]:
    """The row that begins in a line and may run over several, and its last line.

    If one of the further lines is a complete row on its own, the quote is a stray one and the row ends with its line.
    """
    width = dialect.header.width
    text = lines[begin]
    end = begin
    while _has_open_quote(text, dialect.separator):
        end += 1
        if end >= len(lines) or end - begin > _MOST_LINES or (width > 1 and is_row[end] and cells[end] == width):
            return _with_literal_quote(lines[begin], dialect), begin
        text = f"{text}\n{lines[end]}"
    escaped = '\\"' in text  # a quote within a cell is written "" or \"
    row = _cells(text, dialect.separator, escaped=escaped)
    if row is None and escaped:
        row = _cells(text, dialect.separator, escaped=False)
    return row, end


def _with_literal_quote(line: str, dialect: Dialect) -> list[str] | None:
    """The cells of a line if the quotes in it are characters like others; ``None`` if they are not as many as usual."""
    cells: list[str] = line.split(dialect.separator)
    return cells if len(cells) == dialect.header.width else None


def _cells(text: str, separator: str, *, escaped: bool) -> list[str] | None:
    """The cells of a single row; ``None`` if the text is not one."""
    reader = csv.reader(
        StringIO(text, newline=""), delimiter=separator, escapechar="\\" if escaped else None, doublequote=not escaped
    )
    try:
        rows = list(reader)
    except csv.Error:
        return None
    if not rows:
        return []
    return rows[0] if len(rows) == 1 else None


def _has_open_quote(text: str, separator: str) -> bool:
    """Whether a quoted cell has begun and not ended."""
    quoted, cell_begins, index = False, True, 0
    while index < len(text):
        character, following = text[index], text[index + 1 : index + 2]
        if quoted:
            if character in '\\"' and following == '"':
                index += 1  # a quote within the cell: \" or ""
            elif character == '"':
                quoted = False
        elif character == '"' and cell_begins:
            quoted = True
        cell_begins = not quoted and character == separator
        index += 1
    return quoted
