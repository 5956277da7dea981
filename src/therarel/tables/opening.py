"""The gate: from a file of any kind that is read to its names and, when it is known which are needed, its columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from therarel.errors import ReadingError
from therarel.tables.forks import use_polars
from therarel.tables.json_file import open_json
from therarel.tables.kinds import FileKind
from therarel.tables.limits import Limits
from therarel.tables.other_files import open_excel, open_parquet, open_statistics
from therarel.tables.spool import OnDisk, TableFile, on_disk
from therarel.tables.table import OpenTable
from therarel.tables.text_file import open_text


class EmptyTableError(ReadingError):
    """The file holds no table: it is empty, or has no header with names."""


@contextmanager
def open_file(source: TableFile, *, sheet: str | None = None, limits: Limits = Limits()) -> Iterator[OpenTable]:  # noqa: B008 -- a frozen value
    """Open a file of a table; what kind of file it is, its first bytes say.

    Read are CSV in its dialects, JSON Lines, an array of JSON objects, Parquet, Excel (.xlsx), SPSS and Stata, and
    each of these packed by gzip.

    Args:
        source: A path, or a file open for reading bytes; a pipe is written down once.
        sheet: The sheet of a workbook; ``None`` for the first.
        limits: How much may be read.

    Raises:
        OpeningError: if the file cannot be opened; where there is none, a `FileNotFoundError` too.
        InvalidValueError: if it is of a kind that is not read; the hint says what to do instead.
        MissingExtraError: if the reader of its kind is not installed.
        EmptyTableError: if it holds no table.
        ReadingError: if it is damaged.
    """
    use_polars()
    with on_disk(source, limits) as file:
        yield _opened(file, sheet, limits)


def _opened(file: OnDisk, sheet: str | None, limits: Limits) -> OpenTable:
    opened: OpenTable | None
    match file.kind:
        case FileKind.PARQUET:
            opened = open_parquet(file, limits)
        case FileKind.JSON_LINES | FileKind.JSON_ARRAY:
            opened = open_json(file, limits)
        case FileKind.EXCEL:
            opened = open_excel(file, limits, sheet)
        case FileKind.SPSS | FileKind.STATA:
            opened = open_statistics(file, limits)
        case _:
            opened = open_text(file, limits)
    if opened is None or not opened.names:
        raise EmptyTableError("the file is empty, or has no header with names", [], where=file.name)
    return opened
