"""From cells to sessions and raters: strictly, column by column, and nothing is guessed at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl
from attrs import evolve

from therarel.domain.ratings import Rater
from therarel.errors import InvalidValueError
from therarel.panels.terms import SessionIndex
from therarel.tables.cells import Cells, moments, numbers
from therarel.tables.labels import labels
from therarel.tables.missing import Missing, folded

EXCEL: Final = "excel"
"""The form of dates that are kept as Excel's serial numbers."""

_SERIALS: Final = (20_000.0, 60_000.0)  # 1954 to 2064: no course of therapy is that long
_EXCEL_DAY_ZERO: Final = "1899-12-30"

_RATERS: Final = {
    "client": Rater.CLIENT,
    "patient": Rater.CLIENT,
    "c": Rater.CLIENT,
    "p": Rater.CLIENT,
    "therapist": Rater.THERAPIST,
    "clinician": Rater.THERAPIST,
    "t": Rater.THERAPIST,
    "observer": Rater.OBSERVER,
    "o": Rater.OBSERVER,
    "model": Rater.MODEL,
    "m": Rater.MODEL,
}


def sessions(
    column: pl.Series,
    index: SessionIndex,
    *,
    comma: bool = False,
    missing: Missing = Missing(),  # noqa: B008 -- a frozen value
    words: Mapping[str, float] | None = None,
    form: str | None = None,
) -> Cells:
    """Sessions in the sense of the index; a dated column gives moments in time.

    Args:
        column: Numbers, dates or text.
        index: What the column counts.
        comma: Whether a decimal comma is possible.
        missing: What stands for a missing value.
        words: Sessions that have names, such as ``{"Week 3": 3}``; case and spaces do not matter.
        form: The form of dates, such as ``%d.%m.%Y``; ``excel`` for serial numbers; ``None`` for ISO 8601.

    Raises:
        InvalidValueError: if the column's type cannot hold such sessions, or they look like dates that a spreadsheet
            kept as numbers.
    """
    if words:
        column = _with_numbers(column, words)
    if index is SessionIndex.DATED:
        return _dated(column, comma=comma, missing=missing, form=form)
    if column.dtype.is_temporal():
        raise InvalidValueError(
            f"the session column holds dates, which are not {index.label} sessions",
            where=column.name,
            hint="say index='dated'",
        )
    if missing.codes:
        missing = _beyond_sessions(column, missing, comma=comma)
    cells = numbers(column, "session", comma=comma, missing=missing)
    if _serial(cells.values):
        raise _are_serials(column.name, "index='dated' and date_format='excel'")
    if index is SessionIndex.SCHEDULED:
        return cells
    counted = (cells.values.floor() == cells.values) & (cells.values >= 0)
    odd = (~counted).fill_null(False)
    return Cells(
        cells.values.set(odd, None) if odd.any() else cells.values,
        cells.missing,
        cells.unreadable | odd,
        cells.decimal_comma,
    )


def _beyond_sessions(column: pl.Series, missing: Missing, *, comma: bool) -> Missing:
    """What stands for a missing session: a code that lies among the other sessions is a session."""
    plain = numbers(column, "session", comma=comma, missing=evolve(missing, codes=frozenset())).values
    other = plain.filter(~plain.is_in(list(missing.codes)))
    low, high = other.min(), other.max()
    among = {code for code in missing.codes if isinstance(low, float) and isinstance(high, float) and low < code < high}
    return evolve(missing, codes=missing.codes - among)


def raters(column: pl.Series) -> Cells:
    """Raters by their names, or first letters, in any case; as values of `Rater`."""
    text = labels(column, "rater")
    different = text.unique().drop_nulls()
    missing = Missing()
    absent = pl.Series([missing.is_word(label) for label in different.to_list()])
    gone = text.is_null() | text.replace_strict(different, absent, default=False, return_dtype=pl.Boolean)
    values = text.str.to_lowercase().replace_strict(
        {word: rater.value for word, rater in _RATERS.items()}, default=None
    )
    return Cells(values, gone, ~gone & values.is_null())


def _dated(column: pl.Series, *, comma: bool, missing: Missing, form: str | None) -> Cells:
    numeric = column.dtype.is_numeric()
    if form == EXCEL:
        cells = numbers(column, "session", comma=comma, missing=missing)
        days = pl.Series([_EXCEL_DAY_ZERO]).str.to_datetime("%Y-%m-%d", time_unit="us")[0]
        micro = (cells.values * 86_400_000_000).cast(pl.Int64)
        values = (pl.Series(column.name, [days]).new_from_index(0, len(column)) + micro.cast(pl.Duration("us"))).alias(
            column.name
        )
        return Cells(values, cells.missing, cells.unreadable)
    if numeric or column.dtype == pl.String:
        serial = numbers(column, "session", missing=missing).values
        if _serial(serial):
            raise _are_serials(column.name, "date_format='excel'")
    return moments(column, "session", form=form, missing=missing)


def _serial(values: pl.Series) -> bool:
    """Whether all numbers lie where Excel's serial numbers of dates lie."""
    present = values.drop_nulls()
    return len(present) > 0 and bool(present.is_between(*_SERIALS).all())


def _are_serials(name: str, hint: str) -> InvalidValueError:
    return InvalidValueError(
        "the sessions look like serial numbers, in which Excel keeps dates (45299 is 2024-01-08)",
        where=name,
        hint=f"if they are, say {hint}; otherwise renumber the sessions",
    )


def _with_numbers(column: pl.Series, words: Mapping[str, float]) -> pl.Series:
    """A column of text in which named sessions have become numbers."""
    numbered = {folded(word): float(number) for word, number in words.items()}
    if column.dtype != pl.String:
        return column
    different = column.unique().drop_nulls()
    said = [numbered.get(folded(cell)) for cell in different.to_list()]
    replaced = [cell if number is None else f"{number:g}" for cell, number in zip(different, said, strict=True)]
    return column.replace_strict(different, pl.Series(replaced), default=None, return_dtype=pl.String)
