"""Tables from files of text."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import polars as pl
from attrs import frozen

from therarel.errors import InvalidValueError, ReadingError
from therarel.tables.csv_text import SEPARATORS, Dialect, Rows, dialect_of, rows_of, simple_rows
from therarel.tables.encoding import Content, content_of, decoded, encoding_of
from therarel.tables.limits import Limits
from therarel.tables.spool import OnDisk
from therarel.tables.table import Note, NoteKind, Table

_HEAD: Final = 1 << 18
_LINES: Final = 50


@frozen
class OpenText:
    """A CSV file whose header was read."""

    file: OnDisk
    dialect: Dialect
    encoding: str
    content: Content
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

    def read(self, columns: Sequence[str], *, whole: Collection[str] = ()) -> Table:
        """The columns of these names, every cell as text; those of ``whole`` as numbers where all of them are.

        Raises:
            InvalidValueError: if there are more rows than the limit allows.
        """
        index = {name: self.names.index(name) for name in columns}
        rows = _rows(self.file.path, self.dialect, self.file.name, self.content, {index[name] for name in whole})
        self.limits.check_rows(rows.height, self.file.name)
        line = rows.line
        return Table(
            frame=pl.DataFrame([rows.frame.to_series(at).alias(name) for name, at in index.items()]),
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
    content = content_of(file.path)
    if encoding == "UTF-8" and not content.utf8:
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
    return OpenText(file, dialect, encoding, content, limits)


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


def _rows(path: Path, dialect: Dialect, name: str, content: Content, whole: Collection[int]) -> Rows:
    if content.simple:
        rows = simple_rows(str(path), dialect, whole)
        if rows is not None:
            return rows
    text, _ = decoded(path.read_bytes(), name)
    with contextlib.suppress(pl.exceptions.PolarsError):  # what even one row at a time it cannot read
        return rows_of(text.replace("\r\n", "\n").replace("\r", "\n"), dialect)
    raise ReadingError("the text cannot be split into cells", [], where=name)
