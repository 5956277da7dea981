"""From a table and formulas to columns of numbers: complete rows, nested groups, fixed and random effects, time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from attrs import evolve, frozen

from therarel.counting import counted
from therarel.errors import InvalidValueError, shown
from therarel.growth.asking.columns import days_since, holds_dates
from therarel.growth.asking.grouping import (
    Grouping,
    inner_and_outer,
    no_random_effect,
    renumbered,
    with_outer_of_inner,
    without_inner,
    without_outer,
)
from therarel.growth.asking.model_matrix import Spec, baselines, dropped_sentence, dropped_terms, model_matrix
from therarel.growth.asking.request import Request, Table
from therarel.growth.asking.time_column import candidates_for_time, checked_time, row_order, unknown_time
from therarel.growth.likelihood.residual_structure import ResidualStructure
from therarel.tables.arrays import Floats, Ints, Truths

if TYPE_CHECKING:
    import pandas as pd

_LARGEST: Final = 1e100


@frozen(eq=False)
class Level:
    """The random effects of one grouping column.

    Args:
        grouping: The groups; of the inner level in the order of their rows.
        terms: Names of the random effects.
        columns: Their values, shape (q, rows).
        spec: What makes the columns from a new table.
    """

    grouping: Grouping
    terms: tuple[str, ...]
    columns: Floats
    spec: Spec


@frozen(eq=False)
class Design:
    """A model's columns, rows sorted by group and, within it, by class of residual and time.

    Args:
        request: What was asked for.
        table: Where it came from.
        rows: Position of each row in the table, shape (n,).
        score: Shape (n,).
        fixed: Names of the fixed effects.
        columns: Their values, shape (p, n).
        spec: What makes them from a new table.
        levels: Inner level first.
        starts: First row of each inner group, and n.
        outer: First inner group of each outer group; ``None`` without that level.
        residuals: The structure of residuals.
        time: The column of time; ``None`` if none is known.
        times: Its values, shape (n,), 0 where none is known.
        incomplete: Number, in what came in, of each row that was left out because a value is missing.
        notes: What was done, in sentences.
        dropped: Terms that have no column, since all rows are of one category.
        candidates: The columns that could be the time.
        warned: Those of the notes that are warnings too.
    """

    request: Request
    table: Table
    rows: Ints
    score: Floats
    fixed: tuple[str, ...]
    columns: Floats
    spec: Spec
    levels: tuple[Level, ...]
    starts: Ints
    outer: Ints | None
    residuals: ResidualStructure
    time: str | None
    times: Floats
    incomplete: tuple[int, ...]
    notes: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()

    @property
    def time_in_days(self) -> bool:
        """Whether time counts days since each dyad's first date."""
        return self.time is not None and (self.time == self.table.dated or holds_dates(self.table.frame[self.time]))

    def time_needed(self) -> str:
        """The column of time.

        Raises:
            InvalidValueError: if it is not known.
        """
        if self.time is None:
            raise unknown_time(self.candidates)
        return self.time

    def lightened(self) -> Design:
        """The design without its columns, which the scaled rows have taken the place of."""
        none = np.zeros((0, 0))
        return evolve(self, columns=none, levels=tuple(evolve(level, columns=none) for level in self.levels))


def build_design(table: Table, request: Request) -> Design:
    """The design of a model.

    Raises:
        InvalidValueError: if the formula or the groups cannot be used.
        OutOfScopeError: if groups cross.
    """
    groups = dict(table.groups)
    inner = max(request.random, key=lambda name: groups[name].count)
    _check_scores(table.frame, request.score)
    frame, dated = _dates_as_days(table.frame, groups[inner], table.dated)
    notes = [*table.notes, *dated]
    complete = complete_cases(frame)
    if request.classes is not None:
        complete &= groups[request.classes].codes >= 0
    without = complete & (groups[inner].codes < 0)
    warned = (without_inner(inner, int(without.sum())),) if without.any() else ()
    complete &= ~without
    kept = np.flatnonzero(complete)
    _check_any(table, request, complete)
    for name in request.random:
        if name != inner:
            groups[name], filled = with_outer_of_inner(groups[inner], groups[name])
            notes += [f"{filled:,} rows without '{name}' have that of their '{inner}'."] if filled else []
    part = _of_rows(frame, kept)
    levels = _levels(request, {name: groups[name] for name in (inner, *request.random)}, kept, part)
    time, candidates = _time(request, part, levels[0].grouping.codes)
    times = part[time].to_numpy(dtype=np.float64) if time is not None else np.zeros(len(part))
    classes, labels = _classes(groups[request.classes], kept) if request.classes is not None else (None, ())
    codes = [level.grouping.codes for level in levels]
    order = row_order(
        [key for key in (times, classes, *codes) if key is not None],
        lambda: [_sizes(part[name]) for name in (request.score, *sorted(request.predictors))],
    )
    if order is not None:
        kept, part, times = kept[order], part.iloc[order], times[order]
        levels = tuple(_reordered(level, order) for level in levels)
        classes = classes[order] if classes is not None else None
    starts = _starts(levels[0].grouping.codes)
    outer = _starts(levels[1].grouping.codes[starts[:-1]]) if len(levels) == 2 else None
    fixed, columns, spec = model_matrix(request.fixed, part, "formula")
    formulas = [(spec, fixed), *((level.spec, level.terms) for level in levels)]
    notes += dict.fromkeys(sentence for formula, names in formulas for sentence in baselines(formula, names))
    dropped = tuple(dict.fromkeys(term for formula, _ in formulas for term in dropped_terms(formula)))
    notes += [dropped_sentence(dropped)] if dropped else []
    keys = [key for key in (times, classes, levels[0].grouping.codes) if key is not None]
    notes += _repeated([*keys, *columns, *levels[0].columns], inner) if time is not None else []
    score, incomplete = part[request.score].to_numpy(dtype=np.float64), tuple(table.row[~complete].tolist())
    design = Design(
        request, table, kept, score, fixed, columns, spec, levels, starts, outer,
        _residuals(request, classes, labels, starts, times, inner), time, times, incomplete, (*warned, *notes), dropped,
        candidates, warned,
    )  # fmt: skip
    _enough(design)
    _check_sizes(design)
    return design


def complete_cases(frame: pd.DataFrame) -> Truths:
    """Which rows have a value in every column, and a finite one where it holds numbers."""
    complete = np.ones(len(frame), dtype=bool)
    for name in frame.columns:
        column = frame[name]
        complete &= np.isfinite(column.to_numpy()) if column.dtype.kind == "f" else column.notna().to_numpy()
    return complete


def _time(request: Request, part: pd.DataFrame, dyads: Ints) -> tuple[str | None, tuple[str, ...]]:
    """The column of time, ``None`` if none is known, and the columns that could be it."""
    candidates = candidates_for_time(part, request.predictors, dyads)
    time = checked_time(request.time, part) if request.time is not None else None
    if request.time is None and len(candidates) == 1:
        time = candidates[0]
    if time is None and request.autocorrelated:
        raise unknown_time(candidates)
    return time, candidates


def _repeated(keys: Sequence[Floats | Ints], inner: str) -> list[str]:
    """What is to be said of rows of one dyad and time whose predictors are the same, too; they are neighbours."""
    same = int(np.all([key[1:] == key[:-1] for key in keys], axis=0).sum())
    if not same:
        return []
    words = f"{counted(same, 'row')} {'has' if same == 1 else 'have'} the '{inner}', the time and the predictors"
    return [
        f"{words} of another row: a row that is there twice, or the answers of two people, count as independent scores."
    ]


def _starts(codes: Ints) -> Ints:
    """Where each stretch of equal codes starts, and their number."""
    return np.append(np.flatnonzero(np.diff(codes, prepend=-1)), len(codes)).astype(np.int64)


def _check_scores(frame: pd.DataFrame, name: str) -> None:
    """Refuse scores that are not numbers."""
    score = frame[name]
    if score.dtype.kind not in "fb":
        present = score.dropna()
        raise InvalidValueError(
            "scores are numbers", where=name,
            value=shown(present.iloc[0] if score.dtype.kind == "O" and len(present) else str(score.dtype)),
            hint="cast the column to floating-point numbers",
        )  # fmt: skip


def _dates_as_days(frame: pd.DataFrame, dyads: Grouping, dated: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Columns of dates as days since the dyad's first date."""
    names = [name for name in frame.columns if name == dated or holds_dates(frame[name])]
    days = {}
    for name in names:
        first = frame[name].groupby(dyads.codes).transform("min")
        days[name] = days_since(frame[name], first) if holds_dates(frame[name]) else frame[name] - first
    return frame.assign(**days), [f"'{name}' counts days since the first date of each {dyads.name}." for name in names]


def _check_any(table: Table, request: Request, complete: Truths) -> None:
    """Refuse a table in which no row has all its values, with the columns in which nothing is known."""
    empty = [str(name) for name in table.frame.columns if table.frame[name].isna().all()]
    empty += [name for name, group in table.groups.items() if group.count == 0]
    if empty or not complete.any():
        raise InvalidValueError(
            "no row has all the values that the model needs",
            where=request.formula,
            hint=f"nothing is known in {', '.join(empty)}" if empty else None,
        )


def _of_rows(frame: pd.DataFrame, kept: Ints) -> pd.DataFrame:
    """The rows that are used, without categories that none of them has."""
    part = frame if len(kept) == len(frame) else frame.iloc[kept]
    listed = [name for name in part.columns if part[name].dtype.name == "category"]
    return part.assign(**{name: part[name].cat.remove_unused_categories() for name in listed}) if listed else part


def _levels(request: Request, groups: Mapping[str, Grouping], kept: Ints, part: pd.DataFrame) -> tuple[Level, ...]:
    """The levels of a model, inner first.

    Raises:
        InvalidValueError: if dyads without a therapist would be left out.
    """
    inner, *others = groups
    effects = {name: model_matrix(request.random[name], part, f"random effects of '{name}'") for name in groups}
    groupings = {inner: groups[inner].of_rows(kept)}
    for name in others:
        reached = (groups[name].codes[kept] < 0) & (effects[name][1] != 0).any(axis=0)
        if reached.any():
            dyads = len(np.unique(groupings[inner].codes[reached]))
            raise without_outer(inner, name, dyads, groupings[inner].count, int(reached.sum()))
        groupings[name] = groups[name].of_rows(kept, groupings[inner].codes)
    order = [inner] if not others else [grouping.name for grouping in inner_and_outer(*groupings.values())]
    for name in order:
        if not effects[name][0]:
            raise no_random_effect(name)
    return tuple(Level(groupings[name], *effects[name]) for name in order)


def _sizes(column: pd.Series[Any]) -> Floats:
    """Numbers by which a column can be put in order."""
    if column.dtype.kind == "f":
        return column.to_numpy(dtype=np.float64)
    return np.asarray(column.astype("category").cat.codes, dtype=np.float64)


def _reordered(level: Level, order: Ints) -> Level:
    """A level with its rows in another order, and its groups renumbered in the order of the rows."""
    codes, seen = renumbered(level.grouping.codes[order])
    given = [level.grouping.given[k] for k in seen]
    return Level(Grouping(level.grouping.name, codes, given), level.terms, level.columns[:, order], level.spec)


def _classes(grouping: Grouping, kept: Ints) -> tuple[Ints, tuple[str, ...]]:
    """Class of each row and their names: numbers by size, other labels by the alphabet."""
    used = grouping.of_rows(kept)
    numeric = all(isinstance(label, int | float) for label in used.given)
    by = np.array(used.given, dtype=np.float64) if numeric else np.array(used.labels, dtype=object)
    order = np.argsort(by, kind="stable")
    rank = np.empty(used.count, dtype=np.int64)
    rank[order] = np.arange(used.count)
    return rank[used.codes], tuple(used.labels[k] for k in order)


def _residuals(
    request: Request, classes: Ints | None, labels: tuple[str, ...], starts: Ints, times: Floats, inner: str
) -> ResidualStructure:
    if classes is not None and len(labels) < 2:
        raise InvalidValueError(
            "unequal variances need two groups or more", where=str(request.classes), value=f"{len(labels)}"
        )
    if not request.autocorrelated:
        return ResidualStructure(classes, labels)
    gaps = np.diff(times, prepend=np.nan)
    gaps[starts[:-1]] = np.nan
    if classes is not None:
        gaps[1:][np.diff(classes) != 0] = np.nan
    tied = np.flatnonzero(gaps <= 0)
    if len(tied):
        raise InvalidValueError(
            f"{len(tied)} rows have the same time as another row of their '{inner}': autocorrelation is not defined",
            where="residual",
            hint="if two raters answer, give residual=('ar1', 'rater'): each rater has a series of their own",
        )
    defined = gaps[~np.isnan(gaps)]
    if len(defined) == 0:
        raise InvalidValueError("no dyad has two sessions: there is no autocorrelation to estimate", where="residual")
    unit = max(float(defined.min()), float(np.median(defined)) / 50.0)
    return ResidualStructure(classes, labels, gaps / unit, unit)


def _check_sizes(design: Design) -> None:
    """Refuse numbers whose squares no floating-point number holds."""
    parts = [("formula", design.fixed, design.columns), (design.request.score, ("score",), design.score[None])]
    parts += [(f"random effects of '{level.grouping.name}'", level.terms, level.columns) for level in design.levels]
    for where, names, columns in parts:
        sizes = np.max(np.abs(columns), axis=1, initial=0.0)
        odd = np.flatnonzero((sizes > _LARGEST) | ((sizes > 0.0) & (sizes < 1.0 / _LARGEST)))
        if len(odd):
            raise InvalidValueError(
                "the numbers of this column are too large or too small to be squared", where=where,
                value=shown(names[odd[0]]), bound=f"a largest size between {1 / _LARGEST:g} and {_LARGEST:g}",
                hint="give it in another unit",
            )  # fmt: skip


def _enough(design: Design) -> None:
    """Refuse what the data at hand cannot distinguish, whatever the scores are."""
    rows = len(design.score)
    for level in design.levels:
        name, count = level.grouping.name, level.grouping.count
        if count < 2:
            raise InvalidValueError("random effects need two groups or more", where=name, value=str(count))
        if count * len(level.terms) >= rows:
            raise InvalidValueError(
                f"there are as many random effects of '{name}' ({count} groups, {len(level.terms)} each) as scores or "
                f"more ({rows}): they cannot be distinguished from the residuals",
                where="random",
                hint="leave the slope out, or take the level out",
            )
