"""What is asked for: which columns of a table a model needs, and the table reduced to them."""

from __future__ import annotations

import ast
import builtins
import re
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

__all__ = ["Method", "Request", "Table", "formula_words", "names_in", "required", "take"]

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
    for name, effects in random.items():
        if not isinstance(effects, str):
            raise InvalidValueError(
                "random effects are a formula in text", where=f"random effects of '{name}'", value=shown(effects),
                bound="text such as '1'", hint=example,
            )  # fmt: skip
    words: object = residual
    if not isinstance(words, Sequence) or not all(isinstance(part, str) for part in words):
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
    return _required(formula)


@lru_cache(maxsize=64)
def _required(formula: str) -> frozenset[str]:
    try:
        sides = [parsed(side) for side in formula.split("~") if side.strip()]
        found = {str(name) for side in sides for name in side.required_variables}
        factors = [factor for side in sides for term in side for factor in term.factors]
        plain = {str(factor.expr) for factor in factors if factor.eval_method.name == "LOOKUP"}
        own = [names_in(str(factor.expr)) for factor in factors if factor.eval_method.name == "PYTHON"]
    except Exception as fault:
        raise InvalidValueError("the formula cannot be read", where="formula", value=formula_words(formula)) from fault
    called = {name for _, names in own for name in names}
    for name in sorted(called - _functions()):
        raise InvalidValueError(
            "formulas know no such function", where="formula", value=shown(name),
            hint=f"write np.{name}(...)" if hasattr(np, name) else hint_for(name, sorted(_functions())),
        )  # fmt: skip
    return frozenset((found - called - _functions()) | plain | {name for names, _ in own for name in names})


@lru_cache(maxsize=1)
def _functions() -> frozenset[str]:
    """What formulas may call."""
    from formulaic.transforms import TRANSFORMS  # type: ignore[import-untyped]  # it ships no types

    return frozenset(str(name) for name in TRANSFORMS)


def names_in(expression: str) -> tuple[frozenset[str], frozenset[str]]:
    """The columns that one factor of a formula reads, and the functions that it calls by their plain name.

    Arguments of functions that learn from the data, such as ``center``, are among the columns.

    Examples:
        >>> [sorted(part) for part in names_in("poly(session, 2)")]
        [['session'], ['poly']]
    """
    quoted = {f"_quoted_{k}": name for k, name in enumerate(re.findall(r"`([^`]+)`", expression))}
    for stand_in, name in quoted.items():
        expression = expression.replace(f"`{name}`", stand_in)
    nodes = list(ast.walk(ast.parse(expression.strip(), mode="eval")))
    functions = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    called = {node.id for node in names if id(node) in functions}
    read = {node.id for node in names if id(node) not in functions}
    read -= _functions()
    return frozenset(quoted.get(name, name) for name in read), frozenset(called - set(dir(builtins)))


def formula_words(formula: str) -> str:
    """A formula as a message may show it, without spaces, which say nothing.

    Examples:
        >>> formula_words("poly(session, 2)")
        "'poly(session,2)'"
    """
    return shown("".join(formula.split()))


def take(data: Panel | IntoFrame, wanted: Request) -> Table:
    """The columns that are needed, out of a panel or a dataframe of any kind.

    Raises:
        InvalidValueError: if it is no dataframe.
        UnknownNameError: if a column is not there.
    """
    names = columns_of(wanted)
    if isinstance(data, Panel):
        whole = nw.from_native(data.frame, eager_only=True)
        _check(names, whole.columns, wanted.classes)
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
    _check(names, found.collect_schema().names(), wanted.classes)
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


def _check(names: Sequence[str], known: Sequence[str], classes: str | None) -> None:
    if classes is not None and classes not in known:
        near = hint_for(classes, ["iid", "ar1", *known])
        raise UnknownNameError(
            "residuals are 'iid', 'ar1' or a column with a variance for each of its values, and there is no such "
            "column", where="residual", value=shown(classes), hint=near,
        )  # fmt: skip
    for name in names:
        if name not in known:
            raise UnknownNameError("no such column", value=shown(name), hint=hint_for(name, known))
