"""Sufficient statistics computed by the engine that holds the table: only sums per dyad travel.

A lazy table (DuckDB, polars, Spark) is asked for the cross-products of the model's columns within each dyad. Columns
are centred and scaled by their means and mean squares first, which the engine computes too, so that sums of squares do
not lose digits to a large offset. Residuals are independent here; what needs rows (residuals, figures, simulation) is
refused later.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame, IntoLazyFrame

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.panels.counting import counted
from therarel.trajectories.growth.design import Design, Level
from therarel.trajectories.growth.fit import GrowthFit
from therarel.trajectories.growth.grouping import Grouping, nested
from therarel.trajectories.growth.optimiser import optimise
from therarel.trajectories.growth.problem import Problem
from therarel.trajectories.growth.products import orthogonal_mix, reduce_products
from therarel.trajectories.growth.request import KINDS, Method, Request, Table, columns_of, request
from therarel.trajectories.growth.residuals import Residuals
from therarel.trajectories.growth.segments import Floats, Ints
from therarel.trajectories.growth.stacks import inverse
from therarel.trajectories.growth.statistics import Layout
from therarel.trajectories.growth.terms import Term, factors_of
from therarel.trajectories.growth.units import Units
from therarel.trajectories.growth.warnings import BoundaryWarning, RankDeficiencyWarning

__all__ = ["fit_growth_in_engine"]


def fit_growth_in_engine(
    frame: IntoFrame, formula: str, random: Mapping[str, str], *, method: Method = "reml"
) -> GrowthFit:
    """Fit a growth model where the table is: the engine sums, and only sums per dyad travel.

    Args:
        frame: A lazy table of DuckDB, polars, Spark or another engine that narwhals knows.
        formula: Score and fixed effects; terms are products of numeric columns. Powers, logarithms and indicators of
            categories are columns that the engine computes first.
        random: As for `fit_growth`.
        method: ``reml`` or ``ml``.

    Raises:
        InvalidValueError: if a term is not a product of numeric columns, or the model is not identified.
        OutOfScopeError: if dyads change their therapist within one label.
        UnknownNameError: if a column is not there.

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
    for name in columns_of(wanted):
        if name not in schema:
            raise UnknownNameError("no such column", value=shown(name), hint=hint_for(name, schema.names()))
    fixed = _terms(formula.partition("~")[2], schema)
    own = {name: _terms(effects, schema) for name, effects in random.items()}
    numeric = [name for name in columns_of(wanted) if name not in random]
    complete = [~nw.col(name).is_null() for name in numeric]
    complete += [~nw.col(name).cast(nw.Float64()).is_nan() for name in numeric]
    grouped = [~nw.col(name).is_null() for name in random]
    lost = _lost(lazy, nw.all_horizontal(*complete, ignore_nulls=True), nw.all_horizontal(*grouped, ignore_nulls=True))
    lazy = lazy.filter(*complete)
    terms = list(dict.fromkeys(term for part in (fixed, *own.values()) for term in part))
    columns = [_expression(term) for term in terms if term] + [nw.col(wanted.score).cast(nw.Float64())]
    marks = [f"x{k}" for k in range(1, len(columns) + 1)]
    lazy = lazy.select(*random, *(one.alias(mark) for one, mark in zip(columns, marks, strict=True)))
    centre, size = _moments(lazy, marks)
    cross, keys, sizes = _sums(lazy, tuple(random), marks, centre, size)
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

    order, levels, outer = _nesting(keys, own)
    return _fitted(
        wanted, cross[:, :, order], sizes[order], levels, outer, made_of(fixed), [_name(term) for term in fixed],
        [made_of(own[level.grouping.name]) for level in levels], float(centre[-1]), float(size[-1]),
        lazy.implementation.value, lost,
    )  # fmt: skip


def _lazy(frame: object) -> nw.LazyFrame[IntoLazyFrame]:
    """The table as one that its engine computes."""
    given = nw.from_native(frame, pass_through=True)
    if isinstance(given, nw.DataFrame):
        given = given.lazy()
    if not isinstance(given, nw.LazyFrame):
        raise InvalidValueError(
            "a table of an engine is needed",
            where="frame",
            value=shown(frame),
            bound="a DuckDB relation, a PySpark DataFrame or a polars frame",
            hint="a panel goes to fit_growth",
        )
    return given


def _lost(lazy: nw.LazyFrame[IntoLazyFrame], complete: nw.Expr, grouped: nw.Expr) -> int:
    """Rows without all values, which are left out; rows without a group are refused, for they would be lost too.

    Raises:
        InvalidValueError: if a row with all its values has no group.
    """
    marked = lazy.select(complete.alias("complete"), grouped.alias("grouped"))
    counted_rows = marked.group_by("complete", "grouped").agg(nw.len().alias("rows"))
    found = counted_rows.collect().select("complete", "grouped", "rows")
    counts = {(bool(whole), bool(placed)): int(rows) for whole, placed, rows in found.iter_rows()}
    alone = counts.get((True, False), 0)
    if alone:
        raise InvalidValueError(
            "in an engine every row needs its groups",
            where="random",
            value=f"{alone} rows without one",
            hint="give dyads without a therapist a therapist's label of their own, or fit with fit_growth",
        )
    return counts.get((False, True), 0) + counts.get((False, False), 0)


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
) -> tuple[Floats, dict[str, list[object]], Ints]:
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
    return cross, {name: found.get_column(name).to_list() for name in groups}, sizes


def _nesting(
    keys: Mapping[str, list[object]], own: Mapping[str, Sequence[Term]]
) -> tuple[Ints, tuple[Level, ...], Ints | None]:
    """The order in which groups are nested, and their levels."""
    groupings = []
    for name, labels in keys.items():
        numbers: dict[object, int] = {}
        codes = np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)
        groupings.append(Grouping(name, codes, tuple(numbers)))
    chain = (groupings[0],) if len(groupings) == 1 else nested(*groupings)
    order = np.lexsort([one.codes for one in chain]).astype(np.int64)
    levels = []
    for one in chain:
        codes = one.codes[order]
        first = codes[np.append(0, np.flatnonzero(np.diff(codes)) + 1)]
        renumbered = np.cumsum(np.append(0, np.diff(codes) != 0))
        group = Grouping(one.name, renumbered, [one.given[k] for k in first])
        levels.append(Level(group, tuple(_name(term) for term in own[one.name]), np.zeros((0, 0)), None))
    if len(chain) == 1:
        return order, tuple(levels), None
    above = levels[1].grouping.codes
    starts = np.append(np.flatnonzero(np.diff(above, prepend=-1)), len(above)).astype(np.int64)
    return order, tuple(levels), starts


def _fitted(
    wanted: Request, cross: Floats, sizes: Ints, levels: tuple[Level, ...], outer: Ints | None, fixed: Floats,
    names: list[str], random: list[Floats], centre: float, size: float, kind: str, lost: int,
) -> GrowthFit:  # fmt: skip
    """The fit from cross-products per dyad."""
    rows = int(sizes.sum())
    whole = cross.sum(axis=2) / rows
    columns, upper, kept, dropped = orthogonal_mix(fixed, whole)
    own = [orthogonal_mix(mix, whole) for mix in random]
    for level, (_, _, _, gone) in zip(levels, own, strict=True):
        if gone or level.grouping.count < 2 or level.grouping.count * len(level.terms) >= rows:
            raise InvalidValueError(
                "the random effects depend on each other, or there are too few groups or scores for them",
                where=level.grouping.name,
            )
    score = np.zeros(len(whole))
    score[0], score[-1] = centre, size
    start = columns.T @ whole @ score
    left = score - columns @ start
    length = float(np.sqrt(max(left @ whole @ left, 0.0)))
    if length <= 1e-12 * size:
        raise InvalidValueError("the fixed effects explain every score exactly: nothing is left to model")
    mix = np.concatenate([*(one[0] for one in own), columns, (left / length)[:, None]], axis=1)
    products = np.einsum("ai,abk,bj->ijk", mix, cross, mix, optimize=True)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    counts = [one[0].shape[1] for one in own]
    layout = Layout(starts, outer, counts[0], counts[1] if len(counts) > 1 else 0, columns.shape[1])
    statistics = reduce_products(products, layout)
    if statistics.rest[-1, -1] <= 1e-20 * rows:
        raise InvalidValueError("within dyads the random effects reproduce every score: no residual variance is left")
    problem = Problem(layout, Residuals(), wanted.reml, statistics, None)
    optimum = optimise(problem)
    units = Units(
        tuple(names[k] for k in kept), tuple(names[k] for k in dropped), kept, inverse(upper),
        float(np.sum(np.log(np.diag(upper)))), start, length, tuple(inverse(one[1]) for one in own),
        columns.T @ whole[:, 0],
    )  # fmt: skip
    fit = GrowthFit(_design(wanted, levels, starts, outer, names, kind, lost), units, problem, optimum)
    if dropped:
        warnings.warn(
            RankDeficiencyWarning(
                f"{', '.join(units.dropped)}: determined by the fixed effects before them, "
                f"as far as sums can tell; left out"
            ),
            stacklevel=4,
        )
    for sentence in fit.boundary:
        warnings.warn(BoundaryWarning(sentence), stacklevel=4)
    return fit


def _design(
    wanted: Request, levels: tuple[Level, ...], starts: Ints, outer: Ints | None, names: list[str], kind: str, lost: int
) -> Design:
    """A design without rows: they stayed in the engine."""
    import pandas as pd

    none = np.zeros(0)
    nobody = np.zeros(0, dtype=np.int64)
    kind = kind if kind in KINDS else "polars"
    table = Table(pd.DataFrame(), kind, nobody, None, None, None, None)
    notes = ["The rows stayed in the engine; only sums per dyad were read."]
    if lost:
        notes.append(f"{counted(lost, 'row')} with a missing value {'was' if lost == 1 else 'were'} left out.")
    return Design(
        wanted, table, nobody, none, tuple(names), np.zeros((0, 0)), None, levels, starts, outer, Residuals(), None,
        none, (), tuple(notes),
    )  # fmt: skip
