"""From cells to numbers and moments: one meaning per cell, however a table stores it.

Numbers become 64-bit floats once, so that no later formula can wrap or round in a narrower type.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from attrs import frozen

from therarel.errors import InvalidValueError
from therarel.tables.missing import Missing
from therarel.tables.numbers import EXACT, number_in

_SURE_COMMA: Final = r"^[+-]?\d+,\d{1,2}$"
_ISO: Final = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$"
_FORMS: Final = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M")


@frozen(eq=False)
class Cells:
    """A column after reading.

    Args:
        values: What could be read; null where nothing could.
        missing: Whether the cell says that there is nothing.
        unreadable: Whether the cell says something else.
        decimal_comma: Whether numbers were written with a comma.
    """

    values: pl.Series
    missing: pl.Series
    unreadable: pl.Series
    decimal_comma: bool = False


def numbers(column: pl.Series, what: str, *, comma: bool = False, missing: Missing = Missing()) -> Cells:  # noqa: B008 -- a frozen value
    """Finite numbers as 64-bit floats.

    Args:
        column: Numbers of any type, or text as written in a file.
        what: What the column is, for messages.
        comma: Whether a decimal comma is possible. Where one occurs in the column, a point is not a decimal mark.
        missing: What stands for a missing value.

    Raises:
        InvalidValueError: if the column holds neither numbers nor text.
    """
    if column.dtype.is_numeric() or column.dtype == pl.Null:
        return _judged(column.cast(pl.Float64), column.is_null(), missing)
    text = text_of(column, what)
    values = text.cast(pl.Float64, strict=False)
    # Only cells that are not plain numbers are read one by one, each different one once.
    plain = values.is_finite().fill_null(False)
    not_plain = (text.is_not_null() & ~plain).arg_true()
    absent = text.is_null()
    decimal_comma = False
    if len(not_plain):
        rest = text.gather(not_plain)
        different = rest.unique()
        trimmed = different.str.strip_chars()
        with_comma = trimmed.str.contains(",", literal=True)
        decimal_comma = bool(
            trimmed.str.contains(r"^[+-]?\d+,\d+$").any()
            if comma
            else with_comma.any() and trimmed.filter(with_comma).str.contains(_SURE_COMMA).all() and not _pointed(text)
        )
        if decimal_comma:
            values = values.set(text.str.contains(".", literal=True).fill_null(False) & plain, None)
        cells = different.to_list()
        read = pl.Series([number_in(cell, comma=decimal_comma) for cell in cells], dtype=pl.Float64)
        is_missing = pl.Series([missing.is_word(cell) for cell in cells], dtype=pl.Boolean)
        values = values.scatter(not_plain, rest.replace_strict(different, read, return_dtype=pl.Float64))
        absent = absent.scatter(not_plain, rest.replace_strict(different, is_missing, return_dtype=pl.Boolean))
    judged = _judged(values, absent, missing)
    return Cells(judged.values, judged.missing, judged.unreadable, decimal_comma)


def moments(column: pl.Series, what: str, *, form: str | None = None, missing: Missing = Missing()) -> Cells:  # noqa: B008 -- a frozen value
    """Moments in time: dates, or text in the form of ISO 8601 or in the one that is stated.

    A moment with an offset from UTC keeps the clock time that was written, since days are counted where the session
    took place.

    Args:
        column: Dates, moments or text.
        what: What the column is, for messages.
        form: The form of the text, as `datetime.strptime` has it, such as ``%d.%m.%Y``; ``None`` for ISO 8601.
        missing: What stands for a missing value.

    Raises:
        InvalidValueError: if the column holds numbers; those that look like Excel's dates are named as such.
    """
    kind = pl.Datetime("us")
    if column.dtype == pl.Date or column.dtype == pl.Null:
        return Cells(column.cast(kind), column.is_null(), column.is_null() & False)
    if isinstance(column.dtype, pl.Datetime):
        return Cells(column.dt.replace_time_zone(None).cast(kind), column.is_null(), column.is_null() & False)
    if column.dtype.is_numeric():
        raise InvalidValueError(
            f"the {what} column holds numbers, which are not dates",
            where=column.name,
            hint="leave index='dated' out, or give the column of dates",
        )
    text = text_of(column, what).str.strip_chars()
    different = text.unique().drop_nulls()
    is_missing = pl.Series([missing.is_word(cell) for cell in different.to_list()], dtype=pl.Boolean)
    absent = text.is_null() | text.replace_strict(different, is_missing, default=False, return_dtype=pl.Boolean)
    read = _in_form(different, form) if form is not None else _in_iso(different)
    values = text.replace_strict(different, read, default=None, return_dtype=kind)
    return Cells(values, absent, values.is_null() & ~absent)


def text_of(column: pl.Series, what: str) -> pl.Series:
    """A column as text.

    Raises:
        InvalidValueError: if it holds something else.
    """
    if column.dtype == pl.String:
        return column
    if column.dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    raise InvalidValueError(
        f"the {what} column holds neither numbers nor text",
        where=column.name,
        value=f"a column of type {column.dtype}",
    )


def _in_iso(text: pl.Series) -> pl.Series:
    iso = text.set((~text.str.contains(_ISO)).fill_null(False), None)
    iso = iso.str.replace(r"\s*(Z|[+-]\d{2}:?\d{2})$", "").str.replace(" ", "T", literal=True)
    iso = iso.set((text.str.len_chars() == len("2024-05-31")).fill_null(False), None)
    days = text.set((~text.str.contains(r"^\d{4}-\d{2}-\d{2}$")).fill_null(False), None)
    values = days.str.to_datetime(_FORMS[0], strict=False, time_unit="us")
    for form in _FORMS[1:]:
        values = values.fill_null(iso.str.to_datetime(form, strict=False, time_unit="us"))
    return values


def _in_form(text: pl.Series, form: str) -> pl.Series:
    try:
        return text.str.to_datetime(form, strict=False, time_unit="us")
    except pl.exceptions.PolarsError:
        pass
    try:  # a form without a time of day
        return text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    except pl.exceptions.PolarsError:
        pass
    raise InvalidValueError("this is not a form of dates", where="date_format", hint="such as '%d.%m.%Y' or '%m/%d/%Y'")


def _pointed(text: pl.Series) -> bool:
    return bool(text.str.contains(r"^\s*[+-]?\d*\.\d+\s*$").any())


def _judged(values: pl.Series, absent: pl.Series, missing: Missing) -> Cells:
    """Not-a-number says that there is nothing; an infinite or inexact number says something that is not a value."""
    absent = absent | values.is_nan().fill_null(False)
    values = values.fill_nan(None)
    if missing.codes:
        coded = values.is_in(sorted(missing.codes)).fill_null(False)
        values, absent = values.set(coded, None), absent | coded
    beyond = (values.abs() >= EXACT).fill_null(False)
    if beyond.any():
        values = values.set(beyond, None)
    return Cells(values, absent, values.is_null() & ~absent)
