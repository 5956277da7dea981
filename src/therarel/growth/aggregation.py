"""Sufficient statistics computed by the engine that holds the table: only sums per dyad travel.

A lazy table (DuckDB, polars, Spark) is asked for the cross-products of the model's columns within each dyad. Columns
are centred and scaled by their means and mean squares first, which the engine computes too, so that sums of squares do
not lose digits to a large offset. Residuals are independent here; what needs rows (residuals, figures, simulation) is
refused later.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Final

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame, IntoLazyFrame

from therarel.errors import InvalidValueError, shown
from therarel.growth.fit import GrowthFit
from therarel.growth.grouping import grouping_of, no_random_effect
from therarel.growth.request import Method, check_columns, opened, request
from therarel.growth.segments import Floats
from therarel.growth.sums import Effects, Sums, fit_sums
from therarel.growth.terms import Term, factors_of
from therarel.panels import Panel

__all__ = ["fit_growth_in_engine"]

_LARGEST: Final = sys.float_info.max


def fit_growth_in_engine(
    frame: IntoFrame, formula: str, random: Mapping[str, str], *, method: Method = "reml"
) -> GrowthFit:
    """Fit a growth model where the table is: the engine sums, and only sums per dyad travel.

    Args:
        frame: A lazy table of DuckDB, polars, Spark or another engine that narwhals knows.
        formula: Score and fixed effects; terms are products of numeric columns. Powers, logarithms and indicators of
            categories are columns that the engine computes first.
        random: As for `fit_growth`, with the same answers for rows without a dyad or a therapist.
        method: ``reml`` or ``ml``.

    Raises:
        InvalidValueError: if a term is not a product of numeric columns, dyads have no therapist though the therapists'
            effects would reach them, or the model is not identified.
        OutOfScopeError: if dyads change their therapist within one label.
        UnknownNameError: if a column is not there.

    Warns:
        MissingGroupWarning: if rows were left out because they do not say whose they are.

    Examples:
        >>> import polars
        >>> table = polars.LazyFrame({
        ...     "dyad": [1, 1, 1, 2, 2, 2, 3, 3, 3], "session": [0, 1, 2] * 3,
        ...     "score": [3.0, 3.4, 3.5, 4.1, 4.2, 4.6, 2.2, 2.8, 2.9],
        ... })
        >>> fit = fit_growth_in_engine(table, "score ~ session", {"dyad": "1"})
        >>> {name: round(value, 3) for name, value in fit.fixed.items()}
        {'Intercept': 3.128, 'session': 0.283}
    """
    wanted = request(formula, random, method, "iid", None)
    lazy = _lazy(frame)
    schema = lazy.collect_schema()
    check_columns(wanted, schema.names())
    fixed = _terms(wanted.fixed, schema)
    own = {name: _terms(effects, schema) for name, effects in wanted.random.items()}
    for name, part in own.items():
        if not part:
            raise no_random_effect(name)
        if schema[name].is_nested() or schema[name] in (nw.Object, nw.Binary):
            raise InvalidValueError("labels of groups are text or whole numbers", where=name, value=str(schema[name]))
    if not schema[wanted.score].is_numeric():
        raise InvalidValueError("scores are numbers", where=wanted.score, value=str(schema[wanted.score]))
    numeric = sorted(wanted.predictors | {wanted.score})
    finite = [nw.col(name).cast(nw.Float64()).is_between(-_LARGEST, _LARGEST) for name in numeric]
    lost = _lost(lazy, nw.all_horizontal(*finite, ignore_nulls=False))
    lazy = lazy.filter(*finite)
    terms = list(dict.fromkeys(term for part in (fixed, *own.values()) for term in part))
    columns = [_expression(term) for term in terms if term] + [nw.col(wanted.score).cast(nw.Float64())]
    marks = [f"x{k}" for k in range(1, len(columns) + 1)]
    lazy = lazy.select(*wanted.random, *(one.alias(mark) for one, mark in zip(columns, marks, strict=True)))
    centre, size = _moments(lazy, marks)
    sums = _sums(lazy, tuple(wanted.random), marks, centre, size)
    place = {term: k for k, term in enumerate((term for term in terms if term), start=1)}

    def made_of(part: Sequence[Term]) -> Floats:
        """Columns of a part of the model as combinations of 1 and the standardised columns."""
        mix = np.zeros((len(marks) + 1, len(part)))
        for column, term in enumerate(part):
            if term:
                mix[0, column], mix[place[term], column] = centre[place[term] - 1], size[place[term] - 1]
            else:
                mix[0, column] = 1.0
        return mix

    effects = {name: Effects(tuple(_name(term) for term in part), made_of(part)) for name, part in own.items()}
    score = np.zeros(len(marks) + 1)
    score[0], score[-1] = centre[-1], size[-1]
    return fit_sums(
        wanted, sums, Effects(tuple(_name(term) for term in fixed), made_of(fixed)), effects, score,
        lazy.implementation.value, lost,
    )  # fmt: skip


def _lazy(frame: object) -> nw.LazyFrame[IntoLazyFrame]:
    """The table as one that its engine computes."""
    if isinstance(frame, Panel):
        raise InvalidValueError("a panel holds its rows", where="frame", hint="give it to fit_growth")
    given = opened(frame)
    return given.lazy() if isinstance(given, nw.DataFrame) else given


def _lost(lazy: nw.LazyFrame[IntoLazyFrame], complete: nw.Expr) -> int:
    """Number of rows in which a value is missing or infinite, which are left out."""
    marked = lazy.select(complete.alias("complete")).group_by("complete").agg(nw.len().alias("rows"))
    found = marked.collect().select("complete", "rows")
    return sum(int(rows) for whole, rows in found.iter_rows() if not whole)


def _terms(formula: str, schema: Mapping[str, nw.dtypes.DType]) -> list[Term]:
    """The terms of a formula as tuples of numeric columns; the intercept is the empty one."""
    terms = factors_of(formula)
    for factor in (factor for term in terms for factor in term):
        if factor not in schema or not schema[factor].is_numeric():
            raise InvalidValueError(
                "in an engine, terms are products of numeric columns",
                where="formula",
                value=shown(factor),
                hint="let the engine compute the power, the logarithm or the indicator as a column first",
            )
    return terms


def _expression(term: Term) -> nw.Expr:
    product = nw.col(term[0]).cast(nw.Float64())
    for name in term[1:]:
        product = product * nw.col(name).cast(nw.Float64())
    return product


def _name(term: Term) -> str:
    return ":".join(term) or "Intercept"


def _moments(lazy: nw.LazyFrame[IntoLazyFrame], marks: Sequence[str]) -> tuple[Floats, Floats]:
    """Means and standard deviations of the columns; 1 for a column that does not vary."""
    means = lazy.select(nw.len().alias("rows"), *(nw.col(mark).mean() for mark in marks)).collect()
    if int(means.get_column("rows").item(0)) == 0:
        raise InvalidValueError("no row has all the values that the model needs")
    centre = np.array([float(means.get_column(mark).item(0)) for mark in marks])
    away = [((nw.col(mark) - float(middle)) ** 2).mean() for mark, middle in zip(marks, centre, strict=True)]
    squares = lazy.select(*(one.alias(mark) for one, mark in zip(away, marks, strict=True))).collect()
    size = np.sqrt([float(squares.get_column(mark).item(0)) for mark in marks])
    return centre, np.where(size > 1e-12 * np.maximum(np.abs(centre), 1e-300), size, 1.0)


def _sums(
    lazy: nw.LazyFrame[IntoLazyFrame], groups: tuple[str, ...], marks: Sequence[str], centre: Floats, size: Floats
) -> Sums:
    """Cross-products of 1 and the standardised columns within each group, computed by the engine."""
    standard = [
        ((nw.col(mark) - float(middle)) / float(sd)).alias(mark)
        for mark, middle, sd in zip(marks, centre, size, strict=True)
    ]
    pairs = list(combinations_with_replacement(range(len(marks)), 2))
    products = [(nw.col(marks[a]) * nw.col(marks[b])).alias(f"p{a}_{b}") for a, b in pairs]
    found = (
        lazy.select(*groups, *standard)
        .select(*groups, *marks, *products)
        .group_by(*groups)
        .agg(
            nw.len().alias("rows"),
            *(nw.col(mark).sum() for mark in marks),
            *(nw.col(f"p{a}_{b}").sum() for a, b in pairs),
        )
        .sort(*groups)
        .collect()
    )
    cross = np.empty((len(marks) + 1, len(marks) + 1, len(found)))
    sizes = found.get_column("rows").to_numpy().astype(np.int64)
    cross[0, 0] = sizes
    for a, mark in enumerate(marks, start=1):
        cross[0, a] = cross[a, 0] = found.get_column(mark).to_numpy()
    for a, b in pairs:
        cross[a + 1, b + 1] = cross[b + 1, a + 1] = found.get_column(f"p{a}_{b}").to_numpy()
    if not np.isfinite(cross).all():
        raise InvalidValueError("sums of squares of these columns are too large for floating-point numbers")
    return Sums(cross, sizes, {name: grouping_of(found.get_column(name), name) for name in groups})
