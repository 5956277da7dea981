"""Tables from files: CSV in its many dialects, Parquet and JSON Lines, every cell as it stands."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

import polars as pl
from attrs import frozen

from therarel.errors import InvalidValueError, ReadingError
from therarel.panels.problems import NothingReadableError, PanelProblem
from therarel.panels.table import COUNTED, RawTable, Roles, renamed
from therarel.panels.terms import Action, ProblemKind

__all__ = ["column_names", "read_file"]

_SNIFFED: Final = 1 << 16
_SEPARATORS: Final = {",": "','", ";": "';'", "\t": "tabs"}


@frozen
class _Dialect:
    """What the first bytes of a CSV file say about the rest."""

    separator: str
    names: tuple[str, ...]
    content: bytes | None  # the content, where it had to be brought into another form first
    encoding: str
    skipped: int  # blank lines before the header


def column_names(path: str | Path) -> tuple[str, ...]:
    """The names of a file's columns, as `therarel.panels.Panel.read` sees them.

    Raises:
        OSError: if the file cannot be opened.
        NothingReadableError: if the file is empty.
    """
    path = Path(path)
    match _format(path):
        case "parquet":
            return tuple(pl.read_parquet_schema(path))
        case "jsonl":
            return _json_names(path)
        case _:
            return _dialect(path).names


def read_file(path: str | Path, roles_of: Callable[[tuple[str, ...]], Roles]) -> RawTable:
    """Read the columns that are needed.

    Args:
        path: The file.
        roles_of: Which columns are needed, given the names of all.

    Raises:
        OSError: if the file cannot be opened.
        UnknownNameError: if a column is not there.
        NothingReadableError: if the file is empty.
    """
    path = Path(path)
    match _format(path):
        case "parquet":
            return _parquet(path, roles_of)
        case "jsonl":
            return _json_lines(path, roles_of)
        case _:
            return _csv(path, roles_of)


def _format(path: Path) -> str:
    """What kind of file it is, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidValueError(
            "this is a spreadsheet or an archive, not a table of text",
            where=path.name,
            hint="save the sheet as CSV and read that",
        )
    if not head.strip():
        raise NothingReadableError("the file is empty", [], where=path.name)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return "jsonl"
    return "csv"


def _parquet(path: Path, roles_of: Callable[[tuple[str, ...]], Roles]) -> RawTable:
    try:
        names = tuple(pl.read_parquet_schema(path))
        roles = roles_of(names)
        roles.within(names)
        # Each column by itself, and joined at once: two copies of the whole may be more than there is room for.
        read = (pl.read_parquet(path, columns=[name]).to_series().rechunk() for name in roles.columns())
        frame = pl.DataFrame([*read])
    except pl.exceptions.PolarsError as fault:
        raise ReadingError("the file begins as Parquet but is damaged", [], where=path.name) from fault
    return RawTable(frame=renamed(frame, roles), roles=roles, height=frame.height, source=f"{path.name} (Parquet)")


def _csv(path: Path, roles_of: Callable[[tuple[str, ...]], Roles]) -> RawTable:
    dialect = _dialect(path)
    roles = roles_of(dialect.names)
    roles.within(dialect.names)
    content, encoding = dialect.content, dialect.encoding
    broken: tuple[int, ...] = ()
    try:
        frame = _every_cell(path if content is None else content, dialect)
    except pl.exceptions.PolarsError:
        # Something is out of order: another encoding, a row with too many cells, a stray quote. Look closely.
        raw = path.read_bytes() if content is None else content
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text, encoding = raw.decode("latin-1"), "Latin-1"
        content = text.encode()
        try:
            frame = _every_cell(content, dialect)
        except pl.exceptions.PolarsError:
            frame, broken = _cell_by_cell(text, dialect)
    lines_from = path if content is None else content
    height = frame.height + len(broken)
    place = [dialect.names.index(name) for name in roles.columns()]
    chosen = frame.select(
        *(frame.to_series(at).alias(name) for at, name in zip(place, roles.columns(), strict=True)),
        *([frame[COUNTED]] if broken else []),
    )
    note = PanelProblem(
        ProblemKind.OTHER_ENCODING,
        Action.KEPT,
        f"{path.name}: not UTF-8; it was read as {encoding}, so check labels with accents",
    )
    return RawTable(
        frame=renamed(chosen, roles),
        roles=roles,
        height=height,
        source=f"{path.name} (CSV, separated by {_SEPARATORS[dialect.separator]}, {encoding})",
        notes=(note,) if encoding == "Latin-1" else (),
        broken=broken,
        lines=lambda: _csv_lines(lines_from, dialect, height),
        comma=dialect.separator != ",",
    )


def _every_cell(source: Path | bytes, dialect: _Dialect) -> pl.DataFrame:
    """All columns as text. All, since a row with a cell too many shows only where all are looked at."""
    frame = pl.read_csv(
        BytesIO(source) if isinstance(source, bytes) else source,
        infer_schema=False,
        separator=dialect.separator,
        has_header=False,
        schema={f"c{place}": pl.String for place in range(len(dialect.names))},
    )
    return frame.slice(1)


def _cell_by_cell(text: str, dialect: _Dialect) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """The slow way: rows one by one, setting aside those with more cells than the header."""
    stray = text.count('"') % 2 == 1  # a quote that never closes would swallow all rows after it
    reader = csv.reader(
        StringIO(text, newline=""),
        delimiter=dialect.separator,
        quoting=csv.QUOTE_NONE if stray else csv.QUOTE_MINIMAL,
    )
    width = len(dialect.names)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    rows: list[int] = []
    broken: list[int] = []
    for row, cells in enumerate(_whole(reader)):
        if not row:
            continue
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            broken.append(row)
            continue
        rows.append(row)
        for place, column in enumerate(columns):
            column.append(cells[place] if place < len(cells) else None)
    frame = pl.DataFrame({f"c{place}": pl.Series(cells, dtype=pl.String) for place, cells in enumerate(columns)})
    return frame.with_columns(pl.Series(COUNTED, rows, pl.UInt32)), tuple(broken)


def _whole(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows of a reader; a cell too long for one is an error that says so."""
    try:
        yield from reader
    except csv.Error as fault:
        raise ReadingError("the file cannot be taken apart into cells", [], where="CSV") from fault


def _from_utf16(path: Path) -> bytes:
    try:
        return path.read_bytes().decode("utf-16").encode()
    except UnicodeDecodeError:
        pass
    raise NothingReadableError(
        "the file is not what its first bytes say, UTF-16; save the table as CSV in UTF-8", [], where=path.name
    )


def _dialect(path: Path) -> _Dialect:
    """Separator, names and encoding, from the beginning of the file."""
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
    content: bytes | None = None
    encoding = "UTF-8"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "UTF-16"
        content = _from_utf16(path)
    elif b"\r" in head and b"\n" not in head:  # the line ends of old spreadsheets
        content = path.read_bytes().replace(b"\r", b"\n")
    blank = (head if content is None else content[:_SNIFFED]).removeprefix(b"\xef\xbb\xbf")
    skipped = blank[: len(blank) - len(blank.lstrip(b"\r\n"))].count(b"\n")
    if skipped:
        content = (path.read_bytes() if content is None else content).lstrip(b"\xef\xbb\xbf\r\n")
    if content is not None:
        head = content[:_SNIFFED]
    text = head.decode("utf-8-sig", errors="replace") if _is_utf8(head) else head.decode("latin-1")
    counts = {separator: _outside_quotes(text, separator) for separator in _SEPARATORS}
    separator = max(counts, key=lambda each: counts[each])
    names = next(csv.reader(StringIO(text, newline=""), delimiter=separator), [])
    if not any(name.strip() for name in names):
        raise NothingReadableError("the file has no header with names", [], where=path.name)
    return _Dialect(separator, tuple(name.strip() for name in names), content, encoding, skipped)


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as fault:
        return fault.start > len(head) - 4 and len(head) == _SNIFFED  # cut within a character
    return True


def _outside_quotes(text: str, separator: str) -> int:
    header = text.partition("\n")[0]
    return "".join(header.split('"')[::2]).count(separator)


def _csv_lines(source: Path | bytes, dialect: _Dialect, height: int) -> Mapping[int, int] | int | None:
    """How far lines run ahead of rows; a row-to-line map where cells hold line ends."""
    content = source.read_bytes() if isinstance(source, Path) else source
    ends = content.count(b"\n") + (not content.endswith(b"\n"))
    if ends == height + 1:
        return 1 + dialect.skipped
    reader = csv.reader(
        StringIO(content.decode("utf-8-sig", errors="replace"), newline=""), delimiter=dialect.separator
    )
    lines, begin = {}, 1
    for row, _ in enumerate(reader):
        lines[row] = begin + dialect.skipped
        begin = reader.line_num + 1
    return lines if len(lines) == height + 1 else None


def _json_names(path: Path, most: int | None = 200) -> tuple[str, ...]:
    names: dict[str, None] = {}
    with path.open("rb") as file:
        for count, line in enumerate(file):
            if most is not None and count >= most:
                break
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                names.update(dict.fromkeys(record))
    return tuple(names)


def _json_lines(path: Path, roles_of: Callable[[tuple[str, ...]], Roles]) -> RawTable:
    names = _json_names(path)
    try:
        roles = roles_of(names)
        roles.within(names)
    except (LookupError, InvalidValueError):  # a name may first occur further down
        names = _json_names(path, most=None)
        roles = roles_of(names)
        roles.within(names)
    columns = roles.columns()
    broken: tuple[int, ...] = ()
    try:
        frame = pl.read_ndjson(path, schema=dict.fromkeys(columns, pl.String))
    except (pl.exceptions.PolarsError, OSError):
        frame, broken = _record_by_record(path, columns)
    height = frame.height + len(broken)
    return RawTable(
        frame=renamed(frame, roles),
        roles=roles,
        height=height,
        source=f"{path.name} (JSON Lines)",
        broken=broken,
        lines=lambda: _json_line_numbers(path, height),
    )


def _record_by_record(path: Path, columns: tuple[str, ...]) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """The slow way: records one by one, setting aside what is no object."""
    cells: dict[str, list[str | None]] = {name: [] for name in columns}
    rows: list[int] = []
    broken: list[int] = []
    row = 0
    with path.open("rb") as file:
        for line in file:
            if not line.strip():
                continue
            row += 1
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            if not isinstance(record, dict):
                broken.append(row)
                continue
            rows.append(row)
            for name, column in cells.items():
                value = record.get(name)
                column.append(value if value is None or isinstance(value, str) else json.dumps(value))
    frame = pl.DataFrame({name: pl.Series(column, dtype=pl.String) for name, column in cells.items()})
    return frame.with_columns(pl.Series(COUNTED, rows, pl.UInt32)), tuple(broken)


def _json_line_numbers(path: Path, height: int) -> Mapping[int, int] | int | None:
    with path.open("rb") as file:
        places = [place for place, line in enumerate(file, start=1) if line.strip()]
    if len(places) != height:
        return None
    return 0 if places[-1] == height else dict(enumerate(places, start=1))
