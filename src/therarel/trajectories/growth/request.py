"""What is asked for: which columns of a table a model needs, and the table reduced to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import narwhals as nw
import numpy as np
from attrs import frozen
from narwhals.typing import IntoDataFrame, IntoFrame

from therarel.domain.ratings import Construct
from therarel.errors import InvalidValueError, MissingExtraError, UnknownNameError, hint_for, shown
from therarel.panels import Panel, SessionIndex

if TYPE_CHECKING:
    import pandas as pd
    from formulaic import Formula  # type: ignore[import-untyped]  # it ships no types

__all__ = ["Method", "Request", "Table", "required", "take"]

Method: TypeAlias = Literal["reml", "ml"]
"""Restricted or full maximum likelihood."""

Frame = TypeVar("Frame", bound=IntoDataFrame)

KINDS = ("polars", "pandas", "pyarrow", "duckdb")


@frozen
class Request:
    """A model as it was asked for.

    Args:
        formula: Score and fixed effects.
        random: Random effects of each grouping column.
        reml: Restricted likelihood.
        autocorrelated: Whether residuals follow a continuous-time AR(1).
        classes: Column with a residual variance for each of its values; ``None`` for one variance.
        time: Column of time; ``None`` if nothing needs one.
    """

    formula: str
    random: Mapping[str, str]
    reml: bool
    autocorrelated: bool
    classes: str | None
    time: str | None

    @property
    def score(self) -> str:
        """The left side of the formula."""
        return self.formula.partition("~")[0].strip()


@frozen(eq=False)
class Table:
    """A table of the columns that a model needs, and what is known about it.

    Args:
        frame: The columns, as pandas.
        kind: The kind of table that came in.
        row: Number of each row in what came in, from 1.
        construct: What the scores are scores of; ``None`` if not known.
        direction: Whether higher scores are better; ``None`` if not known.
        bounds: Lowest and highest possible score; ``None`` if not known.
    """

    frame: pd.DataFrame
    kind: str
    row: np.ndarray[tuple[int], np.dtype[np.int64]]
    construct: Construct | None
    direction: bool | None
    bounds: tuple[float, float] | None
    dated: str | None


def request(
    formula: str,
    random: Mapping[str, str],
    method: Method,
    residual: str | Sequence[str],
    time: str | None,
) -> Request:
    """Check the words of a request.

    Raises:
        InvalidValueError: if one of them is not understood.
    """
    if method not in ("reml", "ml"):
        raise InvalidValueError("unknown method", where="method", value=shown(method), bound="'reml' or 'ml'")
    if formula.count("~") != 1 or not formula.partition("~")[0].strip().isidentifier():
        raise InvalidValueError(
            "a growth formula has the score's column, a tilde and the fixed effects",
            where="formula",
            hint='for instance "score ~ session * arm"',
        )
    if not 1 <= len(random) <= 2:
        raise InvalidValueError(
            "random effects of one or two nested groups are needed",
            where="random",
            value=f"{len(random)} groups",
            hint='for instance random={"therapist": "1", "dyad": "1 + session"}',
        )
    parts = (residual,) if isinstance(residual, str) else tuple(residual)
    columns = [part for part in parts if part not in ("iid", "ar1")]
    if not parts or len(columns) > 1 or len(set(parts)) < len(parts) or ("iid" in parts and len(parts) > 1):
        raise InvalidValueError(
            "residuals are 'iid', 'ar1', the name of one column with a variance for each of its values, "
            "or ('ar1', column)",
            where="residual",
            value=shown(residual),
        )
    return Request(formula, dict(random), method == "reml", "ar1" in parts, columns[0] if columns else None, time)


def formulas() -> tuple[type, type]:
    """Formulaic's classes, loaded when they are first needed.

    Raises:
        MissingExtraError: if it is not installed.
    """
    try:
        from formulaic import Formula, ModelSpec
    except ImportError as fault:
        raise MissingExtraError("fit_growth", extra="research", missing="formulaic") from fault
    return Formula, ModelSpec


@lru_cache(maxsize=64)  # a fit asks for the same few formulas again and again
def parsed(formula: str) -> Formula:
    """A formula that was read."""
    kind, _ = formulas()
    return kind(formula)


def required(formula: str) -> frozenset[str]:
    """The columns that a formula reads.

    Raises:
        InvalidValueError: if the formula cannot be read.

    Examples:
        >>> sorted(required("score ~ session * arm"))
        ['arm', 'score', 'session']
    """
    try:
        return frozenset(str(name) for name in parsed(formula).required_variables)
    except Exception as fault:
        raise InvalidValueError("the formula cannot be read", where="formula", value=shown(formula)) from fault


def take(data: Panel | IntoFrame, wanted: Request) -> Table:
    """The columns that are needed, out of a panel or a dataframe of any kind.

    Raises:
        InvalidValueError: if it is no dataframe.
        UnknownNameError: if a column is not there.
    """
    names = columns_of(wanted)
    if isinstance(data, Panel):
        whole = nw.from_native(data.frame, eager_only=True)
        _check(names, whole.columns)
        bounds = (data.scale.minimum, data.scale.maximum)
        dated = "session" if data.index is SessionIndex.DATED else None
        row = whole.get_column("row").to_numpy().astype(np.int64)
        taken = _as_pandas(whole, names)
        return Table(taken, data.kind, row, data.construct, data.scale.higher_is_better, bounds, dated)
    try:
        found = nw.from_native(data)
    except TypeError as fault:
        raise InvalidValueError(
            "this is neither a panel nor a dataframe",
            value=shown(data),
            bound="a Panel or a table of polars, pandas, pyarrow or DuckDB",
        ) from fault
    _check(names, found.collect_schema().names())
    frame = _as_pandas(found.select(*names).collect() if isinstance(found, nw.LazyFrame) else found, names)
    kind = found.implementation.value
    return Table(frame, kind if kind in KINDS else "polars", np.arange(1, len(frame) + 1), None, None, None, None)


def _as_pandas(whole: nw.DataFrame[Frame], names: Sequence[str]) -> pd.DataFrame:
    """Some columns as pandas; numbers by the short way, because the long one is much of the time of a small fit."""
    columns = {name: whole.get_column(name) for name in names}
    if not all(column.dtype.is_integer() or column.dtype.is_float() for column in columns.values()):
        return whole.select(*names).to_pandas().reset_index(drop=True)
    import pandas as pd

    return pd.DataFrame({name: column.to_numpy() for name, column in columns.items()}, copy=False)


def columns_of(wanted: Request) -> list[str]:
    """All columns that a request reads, in a fixed order."""
    names = required(wanted.formula) | set(wanted.random)
    for formula in wanted.random.values():
        names |= required(f"~ {formula}" if "~" not in formula else formula)
    names |= {name for name in (wanted.classes, wanted.time) if name is not None}
    return sorted(names)


def _check(names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownNameError("no such column", value=shown(name), hint=hint_for(name, known))
