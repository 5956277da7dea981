"""New rows for a fitted model: which columns they need, dates as days, values that are missing or were never seen."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.trajectories.growth.design import Level, cause_of, days_since, holds_dates
from therarel.trajectories.growth.grouping import label_words
from therarel.trajectories.growth.request import names_in
from therarel.trajectories.growth.segments import Floats, Ints
from therarel.trajectories.growth.terms import Products

if TYPE_CHECKING:
    import pandas as pd
    from formulaic import ModelSpec  # type: ignore[import-untyped]  # it ships no types

    from therarel.trajectories.growth.estimates import Estimates

__all__ = ["complete_rows", "group_places", "model_columns", "with_days"]

_MOST_NAMED = 5


def group_places(level: Level, labels: pd.Series[str]) -> Ints:
    """The group of each label, -1 for a group that the model has not seen and where there is no label."""
    place = {label: k for k, label in enumerate(level.grouping.labels) if label}
    known = labels.notna().to_numpy()
    words = label_words(labels)
    return np.array([place.get(word, -1) if here else -1 for word, here in zip(words, known, strict=True)], np.int64)


def with_days(fit: Estimates, frame: pd.DataFrame) -> pd.DataFrame:
    """New rows with dates as days since the dyad's first date: that in the data of the fit, or in these rows if new.

    Numbers in the place of dates are days already.

    Raises:
        InvalidValueError: if dates come without dyads to count from.
    """
    given = fit.design.table.frame
    names = [name for name in fit.predictors if name in frame and holds_dates(frame[name])]
    if not names:
        return frame
    level = fit.design.levels[0]
    dyad = level.grouping.name
    frame = frame.copy()
    for name in names:
        if name not in given or not holds_dates(given[name]):
            raise InvalidValueError("this column held numbers when the model was fitted, not dates", where=name)
        if dyad not in frame:
            raise InvalidValueError(
                f"dates count from the first one of each '{dyad}', and that column is not there", where=name,
                hint=f"add '{dyad}', or give '{name}' as days since the first date",
            )  # fmt: skip
        known = given[name].groupby(np.array(label_words(given[dyad]))).min()
        words = np.array(label_words(frame[dyad]))
        own = frame[name].groupby(words).transform("min")
        begin = own.where(~np.isin(words, known.index.to_numpy()), other=known.reindex(words).to_numpy())
        frame[name] = days_since(frame[name], begin)
    return frame


def complete_rows(fit: Estimates, frame: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows have every value that the model's formulas read.

    Raises:
        UnknownNameError: if a column is not there.
    """
    complete = np.ones(len(frame), dtype=bool)
    for name in fit.predictors:
        if name not in frame:
            raise UnknownNameError(
                "these rows lack a column that the model reads", value=shown(name), hint=hint_for(name, frame.columns)
            )
        column = frame[name]
        complete &= np.isfinite(column.to_numpy()) if column.dtype.kind == "f" else column.notna().to_numpy()
    return complete


def model_columns(fit: Estimates, frame: pd.DataFrame) -> tuple[Floats, list[Floats]]:
    """The columns of fixed and random effects of new rows without missing values, in the units of the table.

    Raises:
        InvalidValueError: if a column holds what the model has not seen, or the formula gives no finite number.
    """
    design = fit.design
    assert design.spec is not None
    _check_seen(fit, frame)
    fixed = _columns(fit, design.spec, frame)[:, list(fit.units.kept)]
    random = []
    for level in design.levels:
        assert level.spec is not None
        random.append(_columns(fit, level.spec, frame))
    for made in (fixed, *random):
        bad = np.flatnonzero(~np.isfinite(made).all(axis=1))
        if len(bad):
            raise InvalidValueError(
                "the model's formula gives no finite number for some of these rows", where=_rows(bad),
                hint="a logarithm needs values above 0",
            )  # fmt: skip
    return fixed, random


def _columns(fit: Estimates, spec: ModelSpec | Products, frame: pd.DataFrame) -> Floats:
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            made: Floats = spec.get_model_matrix(frame).to_numpy(dtype=np.float64)
    except Exception as fault:
        raise InvalidValueError(
            f"the model's formula cannot be applied to these rows ({cause_of(fault)})",
            hint=f"they need columns for {', '.join(fit.predictors)}, of the kind that the model was fitted to",
        ) from fault
    if any(one.category.__name__ == "DataMismatchWarning" for one in said):  # categories computed by the formula
        raise InvalidValueError("the formula gives a category that the model has not seen", where="these rows")
    return made


def _check_seen(fit: Estimates, frame: pd.DataFrame) -> None:
    """Refuse categories that the model has no effect of: they would be taken for the first one."""
    given = fit.design.table.frame
    specs = [fit.design.spec, *(level.spec for level in fit.design.levels)]
    for name in sorted({name for spec in specs for name in _categorical(spec)}):
        known = list(dict.fromkeys(given[name].iloc[np.sort(fit.design.rows)].tolist()))
        strange = np.flatnonzero(~frame[name].isin(known).to_numpy())
        if len(strange):
            found = frame[name].iloc[strange[0]]
            several = [shown(value) for value in sorted(known, key=str)]
            raise InvalidValueError(
                "a category that the model has not seen",
                where=f"'{name}', {_rows(strange)}",
                value=shown(found.item() if isinstance(found, np.generic) else found),
                bound=", ".join(several[:12]) + (", ..." if len(several) > 12 else ""),
                hint=hint_for(str(found), [str(value) for value in known]),
            )


def _categorical(spec: ModelSpec | Products | None) -> list[str]:
    """Columns that a formula takes as categories, by themselves or in ``C(...)``."""
    if spec is None or isinstance(spec, Products):
        return []
    found = []
    for expression, (kind, _) in spec.encoder_state.items():
        if kind.name == "CATEGORICAL":
            plain = expression in spec.required_variables and not expression.startswith("C(")
            names = {expression} if plain else names_in(expression)[0] if expression.startswith("C(") else set()
            found += [name for name in names if f"C({name}" in expression or plain]
    return found


def _rows(places: Sequence[int] | Ints) -> str:
    """Row numbers from 1, as a message names them."""
    named = ", ".join(str(int(place) + 1) for place in places[:_MOST_NAMED])
    return f"row{'s' if len(places) > 1 else ''} {named}{', ...' if len(places) > _MOST_NAMED else ''}"
