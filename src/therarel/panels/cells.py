"""From cells to labels, numbers and sessions: strictly, column by column, and nothing is guessed at."""

from __future__ import annotations

from typing import Final

import polars as pl
from attrs import frozen

from therarel.domain.ratings import Rater
from therarel.errors import InvalidValueError
from therarel.panels.terms import SessionIndex

__all__ = ["Cells", "labels", "numbers", "raters", "sessions"]

_WORDS: Final = ("", ".", "na", "n/a", "#n/a", "nan", "null", "none")
# Spelt out in the usual ways, so that a long column is compared as it stands and not rewritten first.
MISSING: Final = tuple(dict.fromkeys([*_WORDS, *(w.upper() for w in _WORDS), *(w.capitalize() for w in _WORDS), "NaN"]))

_DATES: Final = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
)
_ISO: Final = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"

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
}


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


def labels(column: pl.Series, what: str) -> pl.Series:
    """Labels of people as text, without surrounding spaces; null where there is none.

    A whole number reads the same whether a program kept it as ``7`` or as ``7.0``.

    Raises:
        InvalidValueError: if the column holds neither text nor whole numbers.
    """
    kind = column.dtype
    if kind.is_float():
        column = column.fill_nan(None)
        whole = column.cast(pl.Int64, strict=False)
        if (column.is_not_null() & (whole.cast(pl.Float64) != column).fill_null(True)).any():
            raise InvalidValueError(f"the {what} column holds fractions, which are no labels", where=column.name)
        return whole.cast(pl.String)
    if kind.is_integer():
        return column.cast(pl.String)
    if kind == pl.Null:
        return column.cast(pl.String)
    text = _text(column, what)
    heads = text.filter(text.ne_missing(text.shift(1)).fill_null(True))  # one per run of equal labels
    if (heads != heads.str.strip_chars()).any():
        text = text.str.strip_chars()
    absent = text.is_in(MISSING)
    if absent.any():
        text = text.set(absent, None)
    return text


def numbers(column: pl.Series, what: str, *, comma: bool = False) -> Cells:
    """Finite numbers.

    Args:
        column: Numbers, or text as it stood in a file.
        what: What the column is, for messages.
        comma: Whether a decimal comma is possible. Where one occurs in the column, a point is no decimal mark.

    Raises:
        InvalidValueError: if the column holds neither numbers nor text.
    """
    if column.dtype.is_numeric() or column.dtype == pl.Null:
        return _judged(column.cast(pl.Float64), column.is_null())
    text = _text(column, what)
    values = text.cast(pl.Float64, strict=False)
    # Only what does not read at once is looked at again: blanks, words for nothing, commas, spaces.
    again = (text.is_not_null() & values.is_null()).arg_true()
    missing = text.is_null()
    decimal_comma = False
    if len(again):
        rest = text.gather(again).str.strip_chars()
        if comma and rest.str.contains(r"^[+-]?\d+,\d+$").any():
            decimal_comma = True
            pointed = text.str.contains(".", literal=True).fill_null(False)
            values = values.set(pointed & ~text.is_in(MISSING), None)
            rest = rest.str.replace(",", ".", literal=True)
        values = values.scatter(again, rest.cast(pl.Float64, strict=False))
        missing = missing.scatter(again, rest.is_in(MISSING))
    judged = _judged(values, missing)
    return Cells(judged.values, judged.missing, judged.unreadable, decimal_comma)


def sessions(column: pl.Series, index: SessionIndex, *, comma: bool = False) -> Cells:
    """Sessions in the sense of the index; a dated column gives moments in time.

    Raises:
        InvalidValueError: if the column's type cannot hold such sessions.
    """
    if index is SessionIndex.DATED:
        return _moments(column)
    if column.dtype.is_temporal():
        raise InvalidValueError(
            f"the session column holds dates, which are no {index.label} sessions",
            where=column.name,
            hint="say index='dated'",
        )
    cells = numbers(column, "session", comma=comma)
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


def raters(column: pl.Series) -> Cells:
    """Raters by their names, or first letters, in any case; as values of `Rater`."""
    text = labels(column, "rater")
    said = text.str.to_lowercase()
    values = said.replace_strict(
        {word: rater.value for word, rater in _RATERS.items()}, default=None, return_dtype=pl.String
    )
    return Cells(values, text.is_null(), text.is_not_null() & values.is_null())


def _judged(values: pl.Series, missing: pl.Series) -> Cells:
    """Not-a-number says that there is nothing; an infinite number says something that is no score."""
    missing = missing | values.is_nan().fill_null(False)
    values = values.fill_nan(None)
    endless = values.is_infinite().fill_null(False)
    if endless.any():
        values = values.set(endless, None)
    return Cells(values, missing, values.is_null() & ~missing)


def _moments(column: pl.Series) -> Cells:
    if column.dtype == pl.Date or column.dtype == pl.Null:
        return Cells(column.cast(pl.Datetime("us")), column.is_null(), column.is_null() & False)
    if isinstance(column.dtype, pl.Datetime):
        plain = column.dt.replace_time_zone(None).cast(pl.Datetime("us"))
        return Cells(plain, column.is_null(), column.is_null() & False)
    if column.dtype.is_numeric():
        raise InvalidValueError(
            "the session column holds numbers, which are no dates",
            where=column.name,
            hint="leave index='dated' out, or give the column of dates",
        )
    text = _text(column, "session").str.strip_chars()
    missing = text.is_null() | text.is_in(MISSING).fill_null(False)
    iso = text.set((~text.str.contains(_ISO)).fill_null(False), None)
    values = pl.Series(column.name, [None], pl.Datetime("us")).new_from_index(0, len(text))
    for form in _DATES:
        open_ = (iso.is_not_null() & values.is_null()).arg_true()
        if not len(open_):
            break
        values = values.scatter(open_, iso.gather(open_).str.to_datetime(form, strict=False, time_unit="us"))
    return Cells(values, missing, values.is_null() & ~missing)


def _text(column: pl.Series, what: str) -> pl.Series:
    if column.dtype == pl.String:
        return column
    if column.dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    raise InvalidValueError(
        f"the {what} column holds neither numbers nor text",
        where=column.name,
        value=f"a column of type {column.dtype}",
    )
