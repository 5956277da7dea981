"""A table as it was read: its cells unchanged, and the row and line of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

from therarel.vocabulary import Vocabulary

if TYPE_CHECKING:
    import polars as pl

Lines = Mapping[int, int] | int | None
"""How far the lines of a file run ahead of its rows, or the line of each row; ``None`` where there are no lines."""


class NoteKind(Vocabulary, links={}):
    """What is worth knowing about a file as a whole."""

    OTHER_ENCODING = "other_encoding"
    """The text is not UTF-8."""
    LINES_BEFORE_THE_HEADER = "lines_before_the_header"
    """Title, comment or ``sep=`` lines come before the header; they are not data."""
    OTHER_SHEETS = "other_sheets"
    """A workbook has further sheets that were not read."""


@frozen
class Note:
    """Something worth knowing about a file as a whole.

    Args:
        kind: What it is.
        message: The whole of it in one sentence; it holds no cell.
    """

    kind: NoteKind
    message: str

    def __str__(self) -> str:
        return self.message


@frozen(kw_only=True, eq=False)
class Table:
    """The columns that were asked for, unchanged.

    Args:
        frame: The columns under their own names. From a file of text every cell is text; other kinds keep their types.
        row: Number of each row, counted from 1 without the header, shape ``(n,)``; rows that could not be split
            have numbers too, so the numbers may jump.
        height: Number of rows that were read, those that could not be split among them.
        broken: Rows that could not be split into cells: more cells than the header, a quote that does not close, no
            JSON object, a key twice.
        comma: Whether numbers may have a decimal comma.
        kind: Kind of table that came in, and that is given back: ``polars``, ``pandas``, ``pyarrow``, ``duckdb``.
        source: What was read, in words, such as ``clinic.csv (CSV, separated by ';', UTF-8)``.
        notes: What is worth knowing about the file as a whole.
        lines: The lines of the file at which the rows begin.
    """

    frame: pl.DataFrame = field(repr=False)
    row: pl.Series = field(repr=False)
    height: int
    broken: tuple[int, ...] = ()
    comma: bool = False
    kind: str = "polars"
    source: str = "a table"
    notes: tuple[Note, ...] = ()
    lines: Callable[[], Lines] | None = field(default=None, repr=False)


class OpenTable(Protocol):
    """A table whose names are known and whose columns are read when it is known which are needed.

    Attributes:
        names: The names of its columns, as they are written; one may occur twice.
        surely_named: Whether these are surely names, and not the first row of data: only then may a message show them.
        source: What is read, in words.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, as they are written; one may occur twice."""
        ...

    @property
    def surely_named(self) -> bool:
        """Whether these are surely names, and not the first row of data."""
        ...

    @property
    def source(self) -> str:
        """What is read, in words."""
        ...

    def read(self, columns: Sequence[str], *, whole: Collection[str] = ()) -> Table:
        """The columns of these names; each occurs once.

        Those of ``whole`` may come as numbers from a file of text, where every cell is empty or a whole number.
        """
        ...
