"""Tables from files of text."""

from __future__ import annotations

import contextlib
import mmap
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl
from attrs import frozen

from therarel.errors import InvalidValueError, ReadingError
from therarel.tables.csv_text import SEPARATORS, Dialect, Rows, dialect_of, rows_of, simple_rows
from therarel.tables.encoding import decoded, encoding_of
from therarel.tables.limits import Limits
from therarel.tables.spool import OnDisk
from therarel.tables.table import Note, NoteKind, Table

__all__ = ["OpenText", "open_text"]

_HEAD: Final = 1 << 18
_LINES: Final = 50


@frozen
class OpenText:
    """A CSV file whose header was read."""

    file: OnDisk
    dialect: Dialect
    encoding: str
    limits: Limits

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the header."""
        return self.dialect.header.names

    @property
    def surely_named(self) -> bool:
        """Whether these are surely names, and not the first row of data."""
        return self.dialect.header.sure

    @property
    def source(self) -> str:
        """What is read, in words."""
        packed = ", packed by gzip" if self.file.packed else ""
        separator = SEPARATORS.get(self.dialect.separator, "the separator it states")
        return f"{self.file.name} (CSV, separated by {separator}, {self.encoding}{packed})"

    def read(self, columns: Sequence[str]) -> Table:
        """The columns of these names, every cell as text.

        Raises:
            InvalidValueError: if there are more rows than the limit allows.
        """
        rows = _rows(self.file.path, self.dialect, self.file.name)
        self.limits.check_rows(rows.height, self.file.name)
        place = [self.names.index(name) for name in columns]
        line = rows.line
        return Table(
            frame=pl.DataFrame([rows.frame.to_series(at).alias(name) for at, name in zip(place, columns, strict=True)]),
            row=rows.row,
            height=rows.height,
            broken=rows.broken,
            comma=self.dialect.separator != ",",
            source=self.source,
            notes=(*self._notes(), *self.dialect.header.notes),
            lines=lambda: line,
        )

    def _notes(self) -> tuple[Note, ...]:
        if self.encoding != "Latin-1":
            return ()
        return (Note(NoteKind.OTHER_ENCODING, "not UTF-8; it was read as Latin-1, so check labels with accents"),)


def open_text(file: OnDisk, limits: Limits) -> OpenText | None:
    """Look at the first lines of a CSV file; ``None`` where there is nothing in it.

    Raises:
        ReadingError: if the text is not in the encoding that its first bytes state.
    """
    head = _head(file.path)
    text, encoding = decoded(head, file.name)
    if encoding == "UTF-8" and not _all_utf8(file.path):
        encoding = "Latin-1"
        text = head.decode("cp1252", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    dialect = dialect_of(text)
    if dialect is None:
        return None
    if len(dialect.header.names) == 1 and _in_columns(text):
        raise InvalidValueError(
            "its columns are aligned by spaces, which is not read",
            where=file.name,
            hint="save the table as CSV; in Python: pandas.read_fwf(path), then give the dataframe",
        )
    return OpenText(file, dialect, encoding, limits)


def _in_columns(text: str) -> bool:
    """Whether most lines are words with spaces between them, two or more somewhere."""
    lines = [line.strip() for line in text.splitlines()[:_LINES] if line.strip()]
    return sum(bool(re.search(r"\S\s{2,}\S", line)) for line in lines) > 0.5 * len(lines) > 0.5


def _head(path: Path) -> bytes:
    """The first lines, cut at the end of a line where the file goes on."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if len(head) < _HEAD:
            return head
    codec, _ = encoding_of(head[: len(head) // 2])
    width = 4 if "32" in codec else 2 if "16" in codec else 1
    if width > 1:
        return head[: len(head) - len(head) % width]
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head


def _all_utf8(path: Path) -> bool:
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            piece += file.readline()  # no character is cut at the end of a line
            if not piece.isascii():
                try:
                    piece.decode("utf-8")
                except UnicodeDecodeError:
                    return False
    return True


def _rows(path: Path, dialect: Dialect, name: str) -> Rows:
    if _is_simple(path):
        rows = simple_rows(str(path), dialect)
        if rows is not None:
            return rows
    text, _ = decoded(path.read_bytes(), name)
    with contextlib.suppress(pl.exceptions.PolarsError):  # what even one row at a time it cannot read
        return rows_of(text.replace("\r\n", "\n").replace("\r", "\n"), dialect)
    raise ReadingError("the text cannot be taken apart into cells", [], where=name)


def _is_simple(path: Path) -> bool:
    """Whether a file holds no quote, no zero byte, and no line end but that of Unix or of Windows."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b'"') >= 0 or content.find(b"\0") >= 0:
            return False
        if content.find(b"\r") < 0:
            return True
        ends = content.find(b"\r\n")
        return ends >= 0 and content[:ends].count(b"\n") == 0 and _same_ends(content)


def _same_ends(content: mmap.mmap) -> bool:
    """Whether every carriage return stands before a line feed."""
    place = content.find(b"\r")
    while place >= 0:
        piece = content[place : place + (1 << 22)]
        if piece.count(b"\r") - piece.endswith(b"\r") != piece.count(b"\r\n"):
            return False
        place = content.find(
            b"\r", place + len(piece) - 1 if piece.endswith(b"\r") and len(piece) > 1 else place + len(piece)
        )
    return True
