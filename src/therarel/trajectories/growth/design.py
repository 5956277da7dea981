"""From a table and formulas to columns of numbers: complete rows, nested groups, fixed and random effects, time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from attrs import evolve, frozen

from therarel.errors import InvalidValueError, shown
from therarel.trajectories.growth.grouping import Grouping, grouping, nested
from therarel.trajectories.growth.request import Request, Table, formula_words, parsed, required
from therarel.trajectories.growth.residuals import Residuals
from therarel.trajectories.growth.segments import Floats, Ints
from therarel.trajectories.growth.terms import Products, is_plain, products

if TYPE_CHECKING:
    import pandas as pd
    from formulaic import ModelSpec  # type: ignore[import-untyped]  # it ships no types

__all__ = ["Design", "Level", "build", "cause_of", "dates_as_days", "days_since", "holds_dates", "lost_sentence"]


@frozen(eq=False)
class Level:
    """The random effects of one grouping column.

    Args:
        grouping: The groups; of the inner level in the order of their rows.
        terms: Names of the random effects.
        columns: Their values, shape (q, rows).
        spec: What makes the columns from a new table; ``None`` where an engine made the sums.
    """

    grouping: Grouping
    terms: tuple[str, ...]
    columns: Floats
    spec: ModelSpec | Products | None


@frozen(eq=False)
class Design:
    """A model's columns, rows sorted by group (and by time where residuals are autocorrelated).

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
        lost: Terms of which no column is left, because a column of categories has a single value.
        left_out: Number of rows that were left out; the engine counts them without their numbers.
    """

    request: Request
    table: Table
    rows: Ints
    score: Floats
    fixed: tuple[str, ...]
    columns: Floats
    spec: ModelSpec | Products | None
    levels: tuple[Level, ...]
    starts: Ints
    outer: Ints | None
    residuals: Residuals
    time: str | None
    times: Floats
    incomplete: tuple[int, ...]
    notes: tuple[str, ...]
    lost: tuple[str, ...] = ()
    left_out: int = 0

    def lightened(self) -> Design:
        """The design without its columns, which the scaled rows have taken the place of."""
        none = np.zeros((0, 0))
        return evolve(self, columns=none, levels=tuple(evolve(level, columns=none) for level in self.levels))


def matrix(formula: str, frame: pd.DataFrame, where: str) -> tuple[tuple[str, ...], Floats, ModelSpec | Products]:
    """The columns of a one-sided formula.

    Raises:
        InvalidValueError: if the formula cannot be computed, or gives no number.
    """
    plain = products(formula, lambda name: is_plain(frame, name))
    if plain is not None:
        names, columns, spec = plain.names, plain.columns(frame), plain
    else:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = parsed(formula).get_model_matrix(frame, na_action="ignore")
        except Exception as fault:
            raise InvalidValueError(
                f"the formula cannot be computed ({cause_of(fault)})", where=where, value=formula_words(formula),
                hint="text has no logarithm or power, and a curve needs as many different values as it bends",
            ) from fault  # fmt: skip
        columns = np.ascontiguousarray(made.to_numpy(dtype=np.float64).T)
        names, spec = tuple(str(name) for name in made.columns), made.model_spec
    if not np.isfinite(columns).all():
        raise InvalidValueError(
            "the formula gives values that are not finite",
            where=where,
            value=formula_words(formula),
            hint="the logarithm of session 0 is not finite: write log(session + 1)",
        )
    return names, columns, spec


def cause_of(fault: BaseException) -> str:
    """Why a formula failed: the kind of error, and its words only where these cannot hold a value of the table.

    Examples:
        >>> cause_of(ValueError("she said it was over")), cause_of(NameError("name 'f' is not defined"))
        ('ValueError', "name 'f' is not defined")
    """
    while fault.__cause__ is not None:
        fault = fault.__cause__
    said = isinstance(fault, (NameError, ImportError, SyntaxError)) and not isinstance(fault, UnicodeError)
    return str(fault) if said else type(fault).__name__


def lost_terms(spec: ModelSpec | Products) -> tuple[str, ...]:
    """Terms of a formula of which no column is left."""
    if isinstance(spec, Products):
        return ()
    return tuple(str(term) for term, place in spec.term_slices.items() if place.start == place.stop)


def dates_as_days(frame: pd.DataFrame, dyad: str, dated: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Columns of dates as days since the dyad's first date."""
    names = [
        name for name in frame.columns
        if name == dated or holds_dates(frame[name])
    ]  # fmt: skip
    if not names:
        return frame, []
    frame = frame.copy()
    for name in names:
        column = frame[name]
        if column.dtype.kind not in "fiu":
            column = days_since(column, None)
        frame[name] = column - column.groupby(frame[dyad]).transform("min")
    return frame, [f"'{name}' counts days since the first date of each {dyad}." for name in names]


def days_since(column: pd.Series[str], begin: pd.Series[str] | None) -> pd.Series[float]:
    """Dates as days since others, row by row; since the first of them where none are given."""
    import pandas as pd

    moments = pd.to_datetime(column)
    first = moments.min() if begin is None else pd.to_datetime(begin)
    days: pd.Series[float] = (moments - first).dt.total_seconds() / 86_400.0
    return days


def holds_dates(column: pd.Series[str]) -> bool:
    """Whether a column holds dates or moments."""
    from datetime import date

    if column.dtype.kind == "M":
        return True
    if column.dtype != object:
        return False
    held = column.dropna()
    return len(held) > 0 and isinstance(held.iloc[0], date)


def build(table: Table, wanted: Request) -> Design:
    """The design of a model.

    Raises:
        InvalidValueError: if the formula or the groups cannot be used.
        OutOfScopeError: if groups cross.
    """
    frame = table.frame
    names = list(wanted.random)
    score = frame[wanted.score]
    if score.dtype.kind not in "fiub":
        known = score.dropna()
        raise InvalidValueError(
            "scores are numbers", where=wanted.score,
            value=shown(known.iloc[0] if score.dtype == object and len(known) else str(score.dtype)),
            hint="cast the column to floating-point numbers",
        )  # fmt: skip
    inner_name = names[0] if len(names) == 1 else names[int(np.argmax([frame[name].nunique() for name in names]))]
    frame, notes = dates_as_days(frame, inner_name, table.dated)
    labelled = [name for name in frame.columns if name not in names or name == inner_name]
    complete = np.ones(len(frame), dtype=bool)
    for name in labelled:
        column = frame[name]
        complete &= np.isfinite(column.to_numpy()) if column.dtype.kind == "f" else column.notna().to_numpy()
    kept = np.flatnonzero(complete)
    part = frame if len(kept) == len(frame) else frame.iloc[kept]
    if len(names) == 2:
        kept, part = _without_therapist(wanted, names, inner_name, kept, part)
    if len(kept) == 0:
        empty = [str(name) for name in frame.columns if frame[name].isna().all()]
        raise InvalidValueError(
            "no row has all the values that the model needs",
            where=wanted.formula,
            hint=f"nothing is known in {', '.join(empty)}" if empty else None,
        )
    levels = _levels(wanted, names, inner_name, part)
    outer_codes = levels[1].grouping.codes if len(levels) == 2 else None
    time = _time(wanted, frame, inner_name)
    times = part[time].to_numpy(dtype=np.float64) if time is not None else np.zeros(len(part))
    order = _order(wanted, levels[0].grouping.codes, outer_codes, part, times)
    if order is not None:
        kept, part, times = kept[order], part.iloc[order], times[order]
        levels = tuple(_reordered(level, order) for level in levels)
        outer_codes = outer_codes[order] if outer_codes is not None else None
    codes = levels[0].grouping.codes
    starts = np.append(np.flatnonzero(np.diff(codes, prepend=-1)), len(codes)).astype(np.int64)
    outer: Ints | None = None
    if outer_codes is not None:
        of_groups = outer_codes[starts[:-1]]
        outer = np.append(np.flatnonzero(np.diff(of_groups, prepend=-1)), len(of_groups)).astype(np.int64)
    fixed, columns, spec = matrix(wanted.formula.partition("~")[2], part, "formula")
    incomplete = np.ones(len(frame), dtype=bool)
    incomplete[kept] = False
    lost = tuple(dict.fromkeys(
        term for one in (spec, *(level.spec for level in levels)) if one is not None for term in lost_terms(one)
    ))  # fmt: skip
    if lost:
        notes.append(lost_sentence(lost))
    design = Design(
        wanted, table, kept, part[wanted.score].to_numpy(dtype=np.float64), fixed, columns, spec, levels, starts, outer,
        _residuals(wanted, part, starts, times, inner_name), time, times,
        tuple(int(row) for row in table.row[incomplete]), tuple(notes), lost, int(incomplete.sum()),
    )  # fmt: skip
    _enough(design)
    return design


def lost_sentence(lost: Sequence[str]) -> str:
    """What it means that terms have no column."""
    return f"{', '.join(lost)}: left out, because a column of categories has a single value in the rows that were used."


def _without_therapist(
    wanted: Request, names: list[str], inner: str, kept: Ints, part: pd.DataFrame
) -> tuple[Ints, pd.DataFrame]:
    """Rows without a therapist stay only where the therapist's random effects do not reach."""
    outer = names[1] if names[0] == inner else names[0]
    missing = part[outer].isna().to_numpy()
    if not missing.any():
        return kept, part
    _, columns, _ = matrix(wanted.random[outer], part, f"random effects of '{outer}'")
    usable = ~missing | (columns == 0).all(axis=0)
    return kept[usable], part.iloc[usable]


def _levels(wanted: Request, names: list[str], inner: str, part: pd.DataFrame) -> tuple[Level, ...]:
    groupings = {inner: grouping(inner, part[inner])}
    for name in names:
        if name != inner:
            groupings[name] = grouping(name, part[name], groupings[inner].codes)
    order = [inner] if len(names) == 1 else [one.name for one in nested(*(groupings[name] for name in names))]
    made = []
    for name in order:
        terms, columns, spec = matrix(wanted.random[name], part, f"random effects of '{name}'")
        if not terms:
            raise InvalidValueError("no random effect", where=f"random effects of '{name}'", hint="'1' is an intercept")
        made.append(Level(groupings[name], terms, columns, spec))
    return tuple(made)


def _reordered(level: Level, order: Ints) -> Level:
    """A level with its rows in another order, and its groups numbered in the order of the rows."""
    import pandas as pd

    codes, seen = pd.factorize(level.grouping.codes[order])
    given = [level.grouping.given[int(k)] for k in seen]
    return Level(
        Grouping(level.grouping.name, np.asarray(codes, dtype=np.int64), given),
        level.terms, level.columns[:, order], level.spec,
    )  # fmt: skip


def _order(wanted: Request, codes: Ints, outer: Ints | None, part: pd.DataFrame, times: Floats) -> Ints | None:
    keys: list[np.ndarray[tuple[int], np.dtype[np.generic]]] = []
    if wanted.autocorrelated:
        keys.append(times)
    if wanted.classes is not None:
        keys.append(_classes(part[wanted.classes])[0])
    keys.append(codes)
    if outer is not None:
        keys.append(outer)
    plain = len(keys) == 1 + (outer is not None)
    if plain and (np.diff(codes) >= 0).all() and (outer is None or (np.diff(outer) >= 0).all()):
        return None
    return np.lexsort(keys).astype(np.int64)


def _classes(column: pd.Series[str]) -> tuple[Ints, tuple[str, ...]]:
    import pandas as pd

    codes, labels = pd.factorize(column, sort=True)
    return np.asarray(codes, dtype=np.int64), tuple(str(label) for label in labels)


def _time(wanted: Request, frame: pd.DataFrame, inner: str) -> str | None:
    if wanted.time is not None:
        return wanted.time

    slopes = [name for name in required(f"~ {wanted.random[inner]}") if frame[name].dtype.kind in "fiu"]
    if len(slopes) == 1:
        return slopes[0]
    numeric = [
        name for name in sorted(required(f"~ {wanted.formula.partition('~')[2]}")) if frame[name].dtype.kind in "fiu"
    ]
    if "session" in numeric:
        return "session"
    varying = [name for name in numeric if frame.groupby(inner)[name].nunique().max() > 1]
    if len(varying) == 1:
        return varying[0]
    if wanted.autocorrelated:
        raise InvalidValueError(
            "autocorrelation runs over time, and the column of time is not known", where="time", hint="say time='...'"
        )
    return None


def _residuals(wanted: Request, part: pd.DataFrame, starts: Ints, times: Floats, inner: str) -> Residuals:
    classes, labels = _classes(part[wanted.classes]) if wanted.classes is not None else (None, ())
    if classes is not None and len(labels) < 2:
        raise InvalidValueError(
            "unequal variances need two groups or more", where=str(wanted.classes), value=f"{len(labels)}"
        )
    if not wanted.autocorrelated:
        return Residuals(classes, labels)
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
    found = gaps[~np.isnan(gaps)]
    if len(found) == 0:
        raise InvalidValueError("no dyad has two sessions: there is no autocorrelation to estimate", where="residual")
    unit = max(float(found.min()), float(np.median(found)) / 50.0)
    return Residuals(classes, labels, gaps / unit, unit)


def _enough(design: Design) -> None:
    """Refuse what cannot be told apart from the data at hand, whatever the scores are."""
    rows = len(design.score)
    for level in design.levels:
        name, count = level.grouping.name, level.grouping.count
        if count < 2:
            raise InvalidValueError("random effects need two groups or more", where=name, value=str(count))
        if count * len(level.terms) >= rows:
            raise InvalidValueError(
                f"there are as many random effects of '{name}' ({count} groups, {len(level.terms)} each) as scores or "
                f"more ({rows}): they cannot be told apart from the residuals",
                where="random",
                hint="leave the slope out, or take the level out",
            )
