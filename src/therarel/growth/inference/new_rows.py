"""New rows for a fitted model: which columns they need, dates as days, values that are missing or were never seen."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
from attrs import frozen
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.growth.asking.columns import days_since, formula_columns, holds_dates
from therarel.growth.asking.design import Level, complete_cases
from therarel.growth.asking.grouping import Grouping, grouping_of
from therarel.growth.asking.model_matrix import Spec, categorical_columns, cause_of
from therarel.growth.asking.request import as_frame
from therarel.panels import Panel
from therarel.tables.arrays import Floats, Ints, Truths
from therarel.tables.frames import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from therarel.growth.inference.estimates import Estimates

_MOST_NAMED = 5


@frozen(eq=False)
class NewRows:
    """New rows as the model takes them.

    Args:
        frame: The columns that formulas read.
        groups: The groups of the columns that are there.
        kind: The kind of table that came in.
    """

    frame: pd.DataFrame
    groups: Mapping[str, Grouping]
    kind: str


def new_rows(fit: Estimates, data: Panel | IntoFrame) -> NewRows:
    """The columns of new rows that the model can use, with dates as days.

    Raises:
        InvalidValueError: if it is not a dataframe, or a column holds what the model cannot take.
    """
    panel = data if isinstance(data, Panel) else None
    source = as_frame(data if panel is None else panel.to_frame("polars"))
    columns = source.collect_schema().names()
    names = [name for name in fit.predictors if name in columns]
    groups = [level.grouping.name for level in fit.design.levels if level.grouping.name in columns]
    part = source.select(*dict.fromkeys([*names, *groups]))
    whole = part.collect() if isinstance(part, nw.LazyFrame) else part
    frame = formula_columns(whole, names, fit.design.request.plain, fit.design.table.frame).frame
    groupings = {name: grouping_of(whole.get_column(name), name) for name in groups}
    kind = panel.kind if panel is not None else source.implementation.value
    return NewRows(_with_days(fit, frame, groupings), groupings, kind if kind in KINDS else fit.kind)


def rows_of_new_dyad(fit: Estimates, columns: Mapping[str, object]) -> pd.DataFrame:
    """Rows that were made up for a new dyad, as the model takes them.

    Raises:
        InvalidValueError: if a column holds what the model cannot take, or dates.
    """
    import pandas as pd

    given = nw.from_native(pd.DataFrame(columns), eager_only=True)
    like = fit.design.table.frame
    names = [name for name in given.columns if name in like]
    frame = formula_columns(given, names, fit.design.request.plain, like).frame
    for name in names:
        if holds_dates(frame[name]):
            raise InvalidValueError(
                "dates are not known for a new dyad", where=name, bound="days since the dyad's first date"
            )
    return frame


def group_codes(fit: Estimates, rows: NewRows) -> tuple[Ints, ...]:
    """The group of each row in each level, inner first; -1 for a group that the model has not seen.

    A dyad that the model knows determines its therapist.

    Raises:
        InvalidValueError: if rows give a dyad another therapist than it has in the data of the fit.
    """
    count = len(rows.frame)
    codes = [_codes(level, rows.groups.get(level.grouping.name), count) for level in fit.design.levels]
    if len(codes) == 1:
        return tuple(codes)
    inner, outer = (level.grouping.name for level in fit.design.levels)
    dyads, given = codes
    assert fit.design.outer is not None
    of_dyads = np.repeat(np.arange(len(fit.design.outer) - 1), np.diff(fit.design.outer))
    own = np.where(dyads >= 0, of_dyads[dyads], given)
    labelled = rows.groups[outer].codes >= 0 if outer in rows.groups else np.zeros(count, dtype=bool)
    strange = np.flatnonzero(labelled & (given != own))
    if len(strange):
        raise InvalidValueError(
            f"these rows have another '{outer}' than the data of the fit have for the same '{inner}'",
            where=_row_numbers(strange),
            hint=f"leave '{outer}' out, for '{inner}' determines it; a new {outer} begins a new course, with a new "
            f"label",
        )  # fmt: skip
    return dyads, own


def _codes(level: Level, given: Grouping | None, count: int) -> Ints:
    """The group of each row in one level, by its label."""
    if given is None:
        return np.full(count, -1, dtype=np.int64)
    fitted = level.grouping
    code_of = {
        label: k for k, (label, labelled) in enumerate(zip(fitted.labels, fitted.labelled, strict=True)) if labelled
    }
    codes = np.array([*(code_of.get(label, -1) for label in given.labels), -1], dtype=np.int64)
    return codes[given.codes]


def _with_days(fit: Estimates, frame: pd.DataFrame, groups: Mapping[str, Grouping]) -> pd.DataFrame:
    """New rows with dates as days since the dyad's first date: that in the data of the fit, or in these rows if new.

    Numbers in the place of dates are days already.

    Raises:
        InvalidValueError: if dates come without dyads to count from.
    """
    given = fit.design.table.frame
    names = [name for name in frame.columns if holds_dates(frame[name])]
    level = fit.design.levels[0]
    dyad = level.grouping.name
    days = {}
    for name in names:
        if not holds_dates(given[name]):
            raise InvalidValueError("this column held numbers when the model was fitted, not dates", where=name)
        if dyad not in groups:
            raise InvalidValueError(
                f"dates count from the first one of each '{dyad}', and that column is not there", where=name,
                hint=f"add '{dyad}', or give '{name}' as days since the first date",
            )  # fmt: skip
        fitted = fit.design.table.groups[dyad]
        first = given[name].groupby(fitted.codes).min()
        first_of = {label: first.get(code) for code, label in enumerate(fitted.labels)}
        codes, labels = groups[dyad].codes, groups[dyad].labels
        own = frame[name].groupby(codes).transform("min").where(codes >= 0)
        fits = np.array([label in first_of for label in [*labels, None]])[codes]
        begin = own.where(~fits, other=[first_of.get(labels[code]) if code >= 0 else None for code in codes])
        days[name] = days_since(frame[name], begin)
    return frame.assign(**days)


def complete_rows(fit: Estimates, frame: pd.DataFrame) -> Truths:
    """Which rows have every value that the model's formulas read.

    Raises:
        UnknownNameError: if a column is not there.
    """
    for name in fit.predictors:
        if name not in frame:
            raise UnknownNameError(
                "these rows lack a column that the model reads", value=shown(name), hint=hint_for(name, frame.columns)
            )
    return complete_cases(frame[list(fit.predictors)])


def effect_columns(fit: Estimates, frame: pd.DataFrame) -> tuple[Floats, list[Floats]]:
    """The columns of fixed and random effects of new rows without missing values, in the units of the table.

    Raises:
        InvalidValueError: if a column holds what the model has not seen, or the formula gives no finite number.
    """
    design = fit.design
    _check_seen(fit, frame)
    fixed = _columns(fit, design.spec, frame)[:, list(fit.units.kept)]
    random = [_columns(fit, level.spec, frame) for level in design.levels]
    for columns in (fixed, *random):
        bad = np.flatnonzero(~np.isfinite(columns).all(axis=1))
        if len(bad):
            raise InvalidValueError(
                "the model's formula gives no finite number for some of these rows", where=_row_numbers(bad),
                hint="a logarithm needs values above 0",
            )  # fmt: skip
    return fixed, random


def _columns(fit: Estimates, spec: Spec, frame: pd.DataFrame) -> Floats:
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            columns: Floats = spec.get_model_matrix(frame).to_numpy(dtype=np.float64)
    except Exception as fault:
        raise InvalidValueError(
            f"the model's formula cannot be applied to these rows ({cause_of(fault)})",
            hint=f"they need columns for {', '.join(fit.predictors)}, of the kind that the model was fitted to",
        ) from fault
    if any(
        warning.category.__name__ == "DataMismatchWarning" for warning in caught
    ):  # categories computed by the formula
        raise InvalidValueError("the formula gives a category that the model has not seen", where="these rows")
    return columns


def _check_seen(fit: Estimates, frame: pd.DataFrame) -> None:
    """Refuse categories that the model has no effect of: they would be taken for the first one."""
    given = fit.design.table.frame
    specs = [fit.design.spec, *(level.spec for level in fit.design.levels)]
    for name in sorted({name for spec in specs for name in categorical_columns(spec)}):
        seen = list(dict.fromkeys(given[name].iloc[np.sort(fit.design.rows)].tolist()))
        strange = np.flatnonzero(~frame[name].isin(seen).to_numpy())
        if len(strange):
            unseen = frame[name].iloc[strange[0]]
            several = [shown(value) for value in sorted(seen, key=str)]
            raise InvalidValueError(
                "a category that the model has not seen",
                where=f"'{name}', {_row_numbers(strange)}",
                value=shown(unseen.item() if isinstance(unseen, np.generic) else unseen),
                bound=", ".join(several[:12]) + (", ..." if len(several) > 12 else ""),
                hint=hint_for(str(unseen), [str(value) for value in seen]),
            )


def _row_numbers(rows: Sequence[int] | Ints) -> str:
    """Row numbers from 1, as a message names them."""
    named = ", ".join(str(int(row) + 1) for row in rows[:_MOST_NAMED])
    return f"row{'s' if len(rows) > 1 else ''} {named}{', ...' if len(rows) > _MOST_NAMED else ''}"
