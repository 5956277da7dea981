"""What is asked for: which columns of a table a model needs, and the table reduced to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
from attrs import evolve, frozen
from narwhals.exceptions import DuplicateError
from narwhals.typing import IntoFrame

from therarel.domain.ratings import Construct
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.growth.asking.columns import formula_columns
from therarel.growth.asking.formulas import columns_read, columns_read_plainly, hint_for_column, one_sided, two_sides
from therarel.growth.asking.grouping import Grouping, grouping_of
from therarel.panels import Panel, ScaleSource, SessionIndex
from therarel.tables.forks import use_polars
from therarel.tables.frames import KINDS

if TYPE_CHECKING:
    import pandas as pd

Method: TypeAlias = Literal["reml", "ml"]
"""Restricted or full maximum likelihood."""

_SESSION = "session"
"""The column of a panel that is its time."""


@frozen
class Request:
    """A model as it was asked for.

    Args:
        formula: Score and fixed effects.
        score: The score's column: the left side of the formula.
        fixed: The fixed effects: its right side.
        random: Random effects of each grouping column.
        reml: Restricted likelihood.
        autocorrelated: Whether residuals follow a continuous-time AR(1).
        classes: Column with a residual variance for each of its values; ``None`` for one variance.
        time: Column of time; ``None`` if none was named.
    """

    formula: str
    score: str
    fixed: str
    random: Mapping[str, str]
    reml: bool
    autocorrelated: bool
    classes: str | None
    time: str | None

    @property
    def predictors(self) -> frozenset[str]:
        """Columns that the fixed and random effects read."""
        return columns_read(self.fixed).union(*(columns_read(effects) for effects in self.random.values()))

    @property
    def plain(self) -> frozenset[str]:
        """Columns that are read elsewhere than in ``C(...)``."""
        effects = (columns_read_plainly(effects) for effects in self.random.values())
        return columns_read_plainly(self.fixed).union(*effects) | {self.score} | ({self.time} if self.time else set())


@frozen(eq=False)
class Table:
    """A table of the columns that a model needs, and what is known about it.

    Args:
        frame: The columns of the score, of predictors and of time, as pandas.
        groups: The groups of all rows: those of each column with random effects, and the classes of residuals.
        kind: The kind of table that came in.
        row: Number of each row in what came in, from 1.
        construct: What the scores are scores of; ``None`` if not known.
        direction: Whether higher scores are better; ``None`` if not known.
        bounds: Lowest and highest possible score; ``None`` if not known.
        dated: A column of numbers that are days; ``None`` if there is none.
        notes: How columns were read, in sentences.
    """

    frame: pd.DataFrame
    groups: Mapping[str, Grouping]
    kind: str
    row: np.ndarray[tuple[int], np.dtype[np.int64]]
    construct: Construct | None = None
    direction: bool | None = None
    bounds: tuple[float, float] | None = None
    dated: str | None = None
    notes: tuple[str, ...] = ()


def read_request(
    formula: str, random: Mapping[str, str], method: Method, residual: str | Sequence[str], time: str | None
) -> Request:
    """Check the words of a request.

    Raises:
        InvalidValueError: if one of them is not understood.
    """
    if method not in ("reml", "ml"):
        raise InvalidValueError("unknown method", where="method", value=shown(method), bound="'reml' or 'ml'")
    score, fixed = two_sides(formula)
    example = 'for instance random={"therapist": "1", "dyad": "1 + session"}'
    if not isinstance(random, Mapping):
        raise InvalidValueError(
            "random effects are given for each grouping column", where="random", value=shown(random),
            bound="a mapping of columns to formulas", hint=example,
        )  # fmt: skip
    if not 1 <= len(random) <= 2:
        raise InvalidValueError(
            "random effects of one or two nested groups are needed",
            where="random",
            value=f"{len(random)} groups",
            hint=example,
        )
    effects = {}
    for name, own in random.items():
        if not _is_name(name) or name == score:
            raise InvalidValueError(
                "random effects belong to a grouping column, such as that of dyads", where="random", value=shown(name),
                hint=example,
            )  # fmt: skip
        effects[name] = one_sided(own, f"random effects of '{name}'")
    if time is not None and not _is_name(time):
        raise InvalidValueError("time is the name of a column", where="time", value=shown(time))
    autocorrelated, classes = _residual(residual)
    return Request(formula, score, fixed, effects, method == "reml", autocorrelated, classes, time)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(name)


def _residual(residual: object) -> tuple[bool, str | None]:
    """Whether residuals are autocorrelated, and the column of their classes."""
    if not isinstance(residual, Sequence) or not all(isinstance(part, str) for part in residual):
        raise InvalidValueError(
            "residuals are given in words", where="residual", value=shown(residual), bound="'iid', 'ar1' or a column"
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
    return "ar1" in parts, columns[0] if columns else None


def for_panel(request: Request) -> Request:
    """A request to a panel: its time is the panel's session, always.

    Raises:
        InvalidValueError: if another time was asked for.
    """
    if request.time not in (None, _SESSION):
        raise InvalidValueError(
            "the time of a panel is its session column", where="time", value=shown(request.time), bound=f"'{_SESSION}'",
            hint="give the table itself, or make a panel with session= that column",
        )  # fmt: skip
    return evolve(request, time=_SESSION)


def as_frame(data: object) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """A dataframe of any kind.

    Raises:
        InvalidValueError: if it is not a dataframe, or two of its columns have one name.
    """
    try:
        frame: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(data)
        if frame.implementation.is_polars():
            use_polars()
        names = frame.collect_schema().names()
    except TypeError as fault:
        raise InvalidValueError(
            "this is neither a panel nor a dataframe",
            value=shown(data),
            bound="a Panel or a table of polars, pandas, pyarrow, DuckDB or Spark",
        ) from fault
    except DuplicateError as fault:
        raise _duplicate() from fault
    if len(set(names)) < len(names):
        raise _duplicate()
    return frame


def _duplicate() -> InvalidValueError:
    return InvalidValueError(
        "two columns of this table have the same name", where="table", hint="rename one of them, or leave it out"
    )


def read_table(data: Panel | IntoFrame, request: Request) -> Table:
    """The columns that are needed, out of a panel or a dataframe of any kind.

    Raises:
        InvalidValueError: if it is not a dataframe, or a column holds what no model can take.
        UnknownNameError: if a column is not there.
    """
    panel = data if isinstance(data, Panel) else None
    frame = as_frame(data if panel is None else panel.to_frame("polars"))
    _check_columns(request, frame.collect_schema().names(), {} if panel is None else panel.columns)
    part = frame.select(*columns_needed(request))
    whole = part.collect() if isinstance(part, nw.LazyFrame) else part
    names = sorted(request.predictors | {request.score} | ({request.time} if request.time else set()))
    columns = formula_columns(whole, names, request.plain)
    groups = {name: grouping_of(whole.get_column(name), name) for name in request.random}
    if request.classes is not None and request.classes not in groups:
        groups[request.classes] = grouping_of(whole.get_column(request.classes), request.classes, whole=False)
    if panel is None:
        kind = frame.implementation.value
        row = np.arange(1, len(columns.frame) + 1)
        return Table(columns.frame, groups, kind if kind in KINDS else "polars", row, notes=columns.notes)
    observed = panel.scale_source is ScaleSource.OBSERVED
    bounds = None if observed else (panel.scale.minimum, panel.scale.maximum)
    dated = _SESSION if panel.index is SessionIndex.DATED else None
    row = panel.to_frame("polars")["row"].to_numpy().astype(np.int64)
    return Table(
        columns.frame, groups, panel.kind, row, panel.construct, panel.scale.higher_is_better, bounds, dated,
        columns.notes,
    )  # fmt: skip


def columns_needed(request: Request) -> list[str]:
    """All columns that a request reads, in a fixed order."""
    names = request.predictors | {request.score} | set(request.random)
    return sorted(names | {name for name in (request.classes, request.time) if name is not None})


def _check_columns(request: Request, columns: Sequence[str], roles: Mapping[str, str]) -> None:
    """Refuse a request for a column that is not there.

    Args:
        request: The model.
        columns: The columns that are there.
        roles: Columns of what a panel was read from, by what the panel calls them.

    Raises:
        UnknownNameError: if a column is not there.
    """
    classes = request.classes
    if classes is not None and classes not in columns:
        near = hint_for(classes, ["iid", "ar1", *columns])
        raise UnknownNameError(
            "residuals are 'iid', 'ar1' or a column with a variance for each of its values, and there is no such "
            "column", where="residual", value=shown(classes), hint=near,
        )  # fmt: skip
    for name in columns_needed(request):
        if name not in columns:
            called = next((role for role, was in roles.items() if was == name), None)
            hint = hint_for_column(name, columns) if called is None else f"in a panel this column is called '{called}'"
            raise UnknownNameError("no such column", value=shown(name), hint=hint)
