"""Tables from Parquet, Excel, SPSS and Stata, through well-kept readers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import polars as pl
from attrs import frozen

from therarel.errors import InvalidValueError, ReadingError
from therarel.extras import needs
from therarel.tables.header import Header, find_header, surely_names
from therarel.tables.kinds import FileKind
from therarel.tables.limits import Limits
from therarel.tables.spool import OnDisk
from therarel.tables.table import Note, NoteKind, Table

T = TypeVar("T")


def _tried(read: Callable[[], T], file: OnDisk, what: str) -> T:
    """What a reader of other people's gives; whatever goes wrong in it is one error of ours.

    Raises:
        ReadingError: if the file is damaged.
    """
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, OSError):
        raise
    except BaseException:
        pass
    raise ReadingError(f"the file begins as {what}, but it is damaged", [], where=file.name)


@frozen
class OpenParquet:
    """A Parquet file whose schema was read."""

    file: OnDisk
    names: tuple[str, ...]
    limits: Limits
    surely_named: bool = True

    @property
    def source(self) -> str:
        """What is read, in words."""
        return f"{self.file.name} (Parquet)"

    def read(self, columns: Sequence[str], *, whole: Collection[str] = ()) -> Table:
        """The columns of these names, with their types.

        Raises:
            InvalidValueError: if there are more rows than the limit allows.
            ReadingError: if the file is damaged.
        """
        path = self.file.path
        height = _tried(lambda: pl.scan_parquet(path).select(pl.len()).collect().item(), self.file, "Parquet")
        self.limits.check_rows(height, self.file.name)
        # Each column alone, and joined at once: two copies of the whole may be more than there is room for.
        frame = _tried(
            lambda: pl.DataFrame([pl.read_parquet(path, columns=[name]).to_series().rechunk() for name in columns]),
            self.file,
            "Parquet",
        )
        return _whole(frame, self.source)


def open_parquet(file: OnDisk, limits: Limits) -> OpenParquet:
    """Look at the schema of a Parquet file.

    Raises:
        ReadingError: if it is damaged.
    """
    return OpenParquet(file, tuple(_tried(lambda: pl.read_parquet_schema(file.path), file, "Parquet")), limits)


@frozen
class OpenRead:
    """A file that was read when it was opened."""

    frame: pl.DataFrame
    names: tuple[str, ...]
    surely_named: bool
    source: str
    notes: tuple[Note, ...] = ()
    lines: int | None = None

    def read(self, columns: Sequence[str], *, whole: Collection[str] = ()) -> Table:
        """The columns of these names."""
        frame = pl.DataFrame([self.frame.to_series(self.names.index(name)).alias(name) for name in columns])
        lines = self.lines
        table = _whole(frame, self.source)
        return Table(
            frame=table.frame,
            row=table.row,
            height=table.height,
            source=self.source,
            notes=self.notes,
            lines=None if lines is None else lambda: lines,
        )


def _whole(frame: pl.DataFrame, source: str) -> Table:
    row = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True)
    return Table(frame=frame, row=row, height=frame.height, source=source)


def open_excel(file: OnDisk, limits: Limits, sheet: str | None) -> OpenRead | None:
    """Read a sheet of a workbook, every cell as text; ``None`` where it is empty.

    Args:
        file: The workbook.
        limits: How much may be read.
        sheet: Name of the sheet; ``None`` for the first one.

    Raises:
        MissingExtraError: if the reader is not installed.
        InvalidValueError: if there is no such sheet.
        ReadingError: if the file is damaged.
    """
    fastexcel = _module("fastexcel", "reading an Excel workbook")
    book = _tried(lambda: fastexcel.read_excel(str(file.path)), file, "an Excel workbook")
    sheets: list[str] = list(book.sheet_names)
    if sheet is not None and sheet not in sheets:
        raise InvalidValueError(
            "the workbook has no such sheet",
            where=file.name,
            value=f"sheet {sheet!r}",
            bound=f"one of {len(sheets)} sheets",
        )
    if not sheets:
        return None
    chosen = sheet if sheet is not None else sheets[0]
    cells: pl.DataFrame = _tried(
        lambda: book.load_sheet(chosen, header_row=None, dtypes="string").to_polars(), file, "an Excel workbook"
    )
    limits.check_rows(cells.height, file.name)
    first = [[cell or "" for cell in row] for row in cells.head(60).rows()]
    header: Header | None = find_header(first)
    if header is None:
        return None
    notes = header.notes
    if sheet is None and len(sheets) > 1:
        others = len(sheets) - 1
        notes = (
            *notes,
            Note(
                NoteKind.OTHER_SHEETS,
                f"the first of {len(sheets)} sheets was read, {others} {'was' if others == 1 else 'were'} not; "
                "name another with sheet=",
            ),
        )
    data = cells.slice(header.row + 1).select(cells.columns[: len(header.names)])
    return OpenRead(data, header.names, header.sure, f"{file.name} (Excel)", notes, lines=header.row + 1)


def open_statistics(file: OnDisk, limits: Limits) -> OpenRead:
    """Read a file of SPSS or Stata; values that the file declares missing are missing.

    Raises:
        MissingExtraError: if the reader is not installed.
        ReadingError: if the file is damaged.
    """
    what, read = ("an SPSS file", "read_sav") if file.kind is FileKind.SPSS else ("a Stata file", "read_dta")
    pyreadstat = _module("pyreadstat", f"reading {what}")
    columns: dict[str, list[object]]
    columns, meta = _tried(
        lambda: getattr(pyreadstat, read)(str(file.path), output_format="dict", user_missing=False), file, what
    )
    limits.check_rows(meta.number_rows or 0, file.name)
    frame = _tried(lambda: pl.DataFrame({name: _series(name, cells) for name, cells in columns.items()}), file, what)
    names = tuple(frame.columns)
    rows = [["" if cell is None else str(cell) for cell in row] for row in frame.head(60).rows()]
    return OpenRead(frame, names, surely_names(names, rows) or not rows, f"{file.name} ({what.split()[1]})")


def _series(name: str, values: Sequence[object]) -> pl.Series:
    present = [value for value in values if value is not None and value == value]
    if all(isinstance(value, int | float) for value in present):
        return pl.Series(name, values, dtype=pl.Float64, strict=False).fill_nan(None)
    if any(isinstance(value, str) for value in present):
        return pl.Series(name, [value if value is None else str(value) for value in values], dtype=pl.String)
    return pl.Series(name, values, strict=False)


def _module(name: str, needed_for: str) -> Any:
    with needs(needed_for):
        return importlib.import_module(name)
