"""Tables from dataframes of any kind, through narwhals, and back into the kind that came in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import narwhals as nw
import polars as pl
from attrs import frozen
from narwhals.typing import IntoDataFrame, IntoFrame, IntoLazyFrame, IntoSeries

from therarel.errors import InvalidValueError, is_number, shown
from therarel.tables.arrays import Codes
from therarel.tables.forks import use_polars
from therarel.tables.header import surely_names
from therarel.tables.missing import is_nothing
from therarel.tables.numbers import EXACT
from therarel.tables.table import Table

KINDS: Final = ("polars", "pandas", "pyarrow", "duckdb")
"""Kinds of tables that come in and can be given back."""


@frozen(eq=False)
class OpenFrame:
    """A dataframe whose names are known."""

    frame: IntoFrame
    names: tuple[str, ...]
    kind: str

    @property
    def surely_named(self) -> bool:
        """Whether no name looks like the first row of data."""
        # Of a dataframe only the names are looked at: its types were settled before.
        return surely_names(self.names, [["0"] * len(self.names)])

    @property
    def source(self) -> str:
        """What is read, in words."""
        return f"a {self.kind} table"

    def read(self, columns: Sequence[str], *, whole: Collection[str] = ()) -> Table:
        """The columns of these names, with their types; a column of mixed Python objects becomes text."""
        taken = to_polars(self.frame, columns)
        row = pl.int_range(1, taken.height + 1, dtype=pl.UInt32, eager=True)
        return Table(frame=taken, row=row, height=taken.height, kind=self.kind, source=self.source)


def open_frame(frame: IntoFrame) -> OpenFrame:
    """Look at the names of a dataframe's columns.

    Raises:
        InvalidValueError: if it is not a dataframe that narwhals knows.
    """
    return OpenFrame(frame, names_of(frame), kind_of(frame))


def names_of(frame: IntoFrame) -> tuple[str, ...]:
    """The names of a dataframe's columns.

    Raises:
        InvalidValueError: if it is not a dataframe that narwhals knows.
    """
    return tuple(_wrapped(frame).collect_schema().names())


def kind_of(frame: IntoFrame) -> str:
    """Which kind of dataframe it is; one that cannot be given back counts as polars."""
    kind = _wrapped(frame).implementation.value
    return kind if kind in KINDS else "polars"


def to_polars(frame: IntoFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of a dataframe as a polars table; mixed columns of Python objects become text."""
    wrapped = _wrapped(frame)
    if isinstance(wrapped, nw.LazyFrame):
        return wrapped.select(*columns).collect(backend="polars").to_polars()
    return pl.DataFrame({name: _series(wrapped.get_column(name)) for name in columns})


def as_kind(frame: pl.DataFrame, kind: str) -> IntoFrame:
    """A table of the kind that is asked for.

    Raises:
        InvalidValueError: if the kind is not known.
        ImportError: if its library is not installed.
    """
    use_polars()
    match known_kind(kind):
        case "polars":
            return frame
        case "pandas":
            as_pandas: IntoFrame = frame.to_pandas()
            return as_pandas
        case "pyarrow":
            as_arrow: IntoFrame = frame.to_arrow()
            return as_arrow
        case _:
            relation: IntoFrame = nw.from_native(frame).lazy(backend="duckdb").to_native()
            return relation


def as_table(columns: Mapping[str, object], kind: str) -> IntoFrame:
    """Columns as a table of the kind that is asked for.

    Raises:
        InvalidValueError: if the kind is not known.
        ImportError: if its library is not installed.
    """
    return as_kind(of_arrays(columns), kind)


def known_kind(kind: str) -> str:
    """The kind of a table, checked.

    Raises:
        InvalidValueError: if it is not known.
    """
    if kind not in KINDS:
        raise InvalidValueError("no such kind of table", where="kind", value=shown(kind), bound=", ".join(KINDS))
    return kind


def of_arrays(columns: Mapping[str, object]) -> pl.DataFrame:
    """Columns given as arrays or lists as one table.

    Raises:
        InvalidValueError: if their lengths differ, or two pandas Series have different indexes, whose rows do not
            belong together by position.
    """
    use_polars()
    refuse_other_order(columns)
    series = {name: _column(name, values) for name, values in columns.items()}
    lengths = {name: len(column) for name, column in series.items()}
    if len(set(lengths.values())) > 1:
        raise InvalidValueError(
            "arrays of one panel have one length",
            value=", ".join(f"{name}: {length}" for name, length in lengths.items()),
        )
    return pl.DataFrame(series)


def refuse_other_order(columns: Mapping[str, object]) -> None:
    """Refuse columns of pandas whose indexes differ: their rows do not belong together by position.

    Args:
        columns: Columns by name; those without an index are in whatever order they are.

    Raises:
        InvalidValueError: if two indexes differ.
    """
    indexed = {name: _index(values) for name, values in columns.items() if _index(values) is not None}
    for name, index in indexed.items():
        first = next(iter(indexed))
        if not index.equals(indexed[first]):
            raise InvalidValueError(
                "two columns with different indexes cannot be paired by position",
                where=f"{first} and {name}",
                hint="give columns of one dataframe, or align them first; with .to_numpy() they are paired by position"
                " on purpose",
            )


def worded(columns: Mapping[str, tuple[Codes, Mapping[int, str | None]]]) -> dict[str, pl.Series]:
    """Codes as columns of words, of a type that holds each word once.

    Args:
        columns: For each column one code per row, shape ``(n,)``, and the word of each code; ``None`` where a code
            has none. Codes may share a word.
    """
    use_polars()
    codes = pl.DataFrame({name: pl.Series(values) for name, (values, _) in columns.items()})
    words = {}
    for name, (_, word_of) in columns.items():
        kind = pl.Enum(list(dict.fromkeys(word for word in word_of.values() if word is not None)))
        words[name] = pl.Series([word_of.get(number) for number in range(256)], dtype=kind)
    # All columns in one query, which shares them out among the threads.
    return codes.select(pl.lit(words[name]).gather(pl.col(name)).alias(name) for name in columns).to_dict()


def _index(values: object) -> Any:
    """The index of a Series or dataframe of pandas; ``None`` where there is none."""
    index = getattr(values, "index", None)
    return index if hasattr(values, "iloc") and hasattr(index, "equals") else None


def _series(column: nw.Series[IntoSeries]) -> pl.Series:
    if column.dtype != nw.Object:
        try:
            return column.to_polars()
        except (pl.exceptions.PolarsError, ValueError, TypeError):
            pass  # a column of mixed Python objects, which only shows on conversion
    return _of_objects(column.name, column.to_list())


def _column(name: str, values: object) -> pl.Series:
    if isinstance(values, pl.Series):
        return values.alias(name)
    if not hasattr(values, "__len__") or isinstance(values, str | bytes | Mapping):
        raise InvalidValueError("an array or a list is needed", where=name, value=shown(values))
    try:
        return pl.Series(name, values, strict=True)  # type: ignore[arg-type]  # whatever is not an array raises
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        return _of_objects(name, list(values))  # type: ignore[call-overload]  # it has a length


def _of_objects(name: str, values: Sequence[object]) -> pl.Series:
    cells = [None if is_nothing(value) else value for value in values]
    present = [value for value in cells if value is not None]
    if present and all(is_number(value) for value in present) and all(abs(value) < EXACT for value in present):  # type: ignore[arg-type]  # numbers
        return pl.Series(name, [None if value is None else float(value) for value in cells], dtype=pl.Float64)  # type: ignore[arg-type]  # numbers
    return pl.Series(name, [None if value is None else str(value) for value in cells], dtype=pl.String)


def _wrapped(frame: IntoFrame) -> nw.DataFrame[IntoDataFrame] | nw.LazyFrame[IntoLazyFrame]:
    use_polars()
    wrapped: nw.DataFrame[IntoDataFrame] | nw.LazyFrame[IntoLazyFrame] | None = None
    with suppress(TypeError):
        wrapped = nw.from_native(frame)
    if wrapped is None:
        raise InvalidValueError(
            "this is not a dataframe",
            value=shown(frame),
            bound="a table of polars, pandas, pyarrow or DuckDB",
            hint="read a file with Panel.read, arrays with Panel.from_arrays",
        )
    return wrapped
