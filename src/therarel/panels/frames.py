"""Tables from dataframes of any kind, through narwhals, and back into the kind that came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl
from narwhals.typing import IntoDataFrame, IntoFrame, IntoLazyFrame, IntoSeries

from therarel.errors import InvalidValueError, shown
from therarel.panels.table import RawTable, Roles, renamed

__all__ = ["KINDS", "as_kind", "from_dataframe", "kind_of", "names_of", "of_arrays", "to_polars", "worded"]

KINDS: Final = ("polars", "pandas", "pyarrow", "duckdb")
"""Kinds of tables that come in and can be given back."""


def from_dataframe(frame: IntoFrame, roles_of: Callable[[tuple[str, ...]], Roles]) -> RawTable:
    """Take the columns that are needed out of a dataframe.

    Raises:
        InvalidValueError: if it is no dataframe that narwhals knows.
        UnknownNameError: if a column is not there.
    """
    names = names_of(frame)
    roles = roles_of(names)
    roles.within(names)
    taken = to_polars(frame, roles.columns())
    kind = kind_of(frame)
    return RawTable(frame=renamed(taken, roles), roles=roles, height=taken.height, kind=kind, source=f"a {kind} table")


def names_of(frame: IntoFrame) -> tuple[str, ...]:
    """The names of a dataframe's columns.

    Raises:
        InvalidValueError: if it is no dataframe that narwhals knows.
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


def _series(column: nw.Series[IntoSeries]) -> pl.Series:
    if column.dtype != nw.Object:
        try:
            return column.to_polars()
        except (pl.exceptions.PolarsError, ValueError, TypeError):
            pass  # a column of mixed Python objects, which only shows on conversion
    cells = [None if value is None or value != value else str(value) for value in column.to_list()]
    return pl.Series(column.name, cells, dtype=pl.String)


def as_kind(frame: pl.DataFrame, kind: str) -> IntoFrame:
    """A table of the kind that is asked for.

    Raises:
        InvalidValueError: if the kind is not known.
        ImportError: if its library is not installed.
    """
    match kind:
        case "polars":
            return frame
        case "pandas":
            as_pandas: IntoFrame = frame.to_pandas()
            return as_pandas
        case "pyarrow":
            as_arrow: IntoFrame = frame.to_arrow()
            return as_arrow
        case "duckdb":
            relation: IntoFrame = nw.from_native(frame).lazy(backend="duckdb").to_native()
            return relation
        case _:
            raise InvalidValueError("no such kind of table", where="kind", value=shown(kind), bound=", ".join(KINDS))


def _wrapped(frame: IntoFrame) -> nw.DataFrame[IntoDataFrame] | nw.LazyFrame[IntoLazyFrame]:
    try:
        wrapped: nw.DataFrame[IntoDataFrame] | nw.LazyFrame[IntoLazyFrame] = nw.from_native(frame)
        return wrapped
    except TypeError as fault:
        raise InvalidValueError(
            "this is no dataframe",
            value=shown(frame),
            bound="a table of polars, pandas, pyarrow or DuckDB",
            hint="read a file with Panel.read, arrays with Panel.from_arrays",
        ) from fault


def of_arrays(columns: Mapping[str, object]) -> pl.DataFrame:
    """Columns given as arrays or lists as one table.

    Raises:
        InvalidValueError: if their lengths differ.
    """
    made: dict[str, pl.Series] = {}
    for name, values in columns.items():
        made[name] = _column(name, values)
    lengths = {name: len(column) for name, column in made.items()}
    if len(set(lengths.values())) > 1:
        raise InvalidValueError(
            "arrays of one panel have one length",
            value=", ".join(f"{name}: {length}" for name, length in lengths.items()),
        )
    return pl.DataFrame(made)


def worded(columns: Mapping[str, tuple[npt.NDArray[np.uint8], Mapping[int, str | None]]]) -> dict[str, pl.Series]:
    """Codes as columns of words, of a type that holds each word once.

    Args:
        columns: For each column one code per row, shape ``(n,)``, and the word of each code; ``None`` where a code
            has none. Codes may share a word.
    """
    code = pl.DataFrame({name: pl.Series(values) for name, (values, _) in columns.items()})
    words = {}
    for name, (_, known) in columns.items():
        kind = pl.Enum(list(dict.fromkeys(word for word in known.values() if word is not None)))
        words[name] = pl.Series([known.get(each) for each in range(256)], dtype=kind)
    # All columns in one query, which shares them out among the threads.
    return code.select(pl.lit(words[name]).gather(pl.col(name)).alias(name) for name in columns).to_dict()


def _column(name: str, values: object) -> pl.Series:
    if isinstance(values, pl.Series):
        return values.alias(name)
    if not hasattr(values, "__len__") or isinstance(values, str | bytes | Mapping):
        raise InvalidValueError("an array or a list is needed", where=name, value=shown(values))
    try:
        return pl.Series(name, values, strict=True)  # type: ignore[arg-type]  # whatever is no array raises
    except (TypeError, pl.exceptions.PolarsError):
        cells = [None if value is None or value != value else value for value in values]  # type: ignore[attr-defined]
    if all(value is None or type(value) in (int, float) for value in cells):
        return pl.Series(name, cells, dtype=pl.Float64, strict=False)
    return pl.Series(name, [None if value is None else str(value) for value in cells], dtype=pl.String)
