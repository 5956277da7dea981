"""Columns of a table as a growth model takes them: numbers in double precision, clock_times, truth values, categories.

A file has no types, and a dataframe may hold numbers and dates as objects or as text. What a formula would then take
for categories, with an effect for each value, is read as the numbers or dates that it is, and the summary says so.
Where only some values can be read so, the column is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np
from attrs import frozen

from therarel.errors import InvalidValueError
from therarel.tables import Missing
from therarel.tables.arrays import Floats
from therarel.tables.numbers import number_in

if TYPE_CHECKING:
    import pandas as pd

_CODE: Final = re.compile(r"\s*0\d.*")  # numbers do not begin with a zero and another digit; codes do
_SHARE: Final = re.compile(r"[+-]?\d+([.,]\d*)?\s*%")
_CLOCK: Final = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?")
_DATE: Final = re.compile(_CLOCK.pattern + r"\s*(Z|[+-]\d{2}:?\d{2})?")
_LIKE_DATES: Final = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T ].*)?")
_DAY: Final = 86_400.0  # seconds


@frozen(eq=False)
class Columns:
    """Columns that formulas read.

    Args:
        frame: The columns.
        notes: How some of them were read, in sentences.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


def formula_columns(
    table: nw.DataFrame[Any], names: Sequence[str], plain: Collection[str], like: pd.DataFrame | None = None
) -> Columns:
    """Some columns of a table for formulas.

    Args:
        table: The table.
        names: The columns.
        plain: Those of them that are read elsewhere than in ``C(...)``: text in them may be numbers or dates.
        like: What the same columns were when a model was fitted; text is read as what it was then.

    Raises:
        InvalidValueError: if a column holds what no formula can take, or numbers or dates among other text.
    """
    import pandas as pd

    columns, notes = {}, []
    for name in names:
        taken = _Column(name, name in plain, None if like is None else like[name].dtype.kind)
        columns[name], note = taken.column(table.get_column(name))
        notes += [note] if note else []
    return Columns(pd.DataFrame(columns, index=pd.RangeIndex(len(table)), copy=False), tuple(notes))


@frozen
class _Column:
    """How one column is taken.

    Args:
        name: The column.
        readable: Whether it may be numbers or dates: not where ``C(...)`` makes categories of it.
        kind: Kind of the same column in the data of a fit; ``None`` while fitting.
    """

    name: str
    readable: bool
    kind: str | None

    def column(self, given: nw.Series[Any]) -> tuple[Floats | pd.Series[Any], str | None]:
        """The column, and what is to be said about it."""
        kind = given.dtype
        if kind.is_integer() and not self.readable:  # categories keep the names of whole numbers
            return _whole_numbers(given), None
        if kind.is_integer() or kind.is_float():
            return given.to_numpy().astype(np.float64, copy=False), None
        if kind.is_decimal():
            return given.cast(nw.Float64()).to_numpy().astype(np.float64, copy=False), None
        whole = given.to_pandas().reset_index(drop=True)
        if isinstance(kind, nw.Duration):
            return whole.dt.total_seconds().to_numpy(dtype=np.float64) / _DAY, f"'{self.name}' counts days."
        if isinstance(kind, nw.Date | nw.Datetime):
            return _clock_times(whole), None
        whole = _without_blanks(whole)
        if kind in (nw.Categorical, nw.Enum, nw.Boolean) and whole.dtype != object:
            return self.text(whole) if whole.dtype.kind == "O" and whole.dtype.name != "category" else (whole, None)
        return self.objects(whole)

    def objects(self, whole: pd.Series[Any]) -> tuple[Floats | pd.Series[Any], str | None]:
        """A column of objects, by what they are."""
        present = whole.dropna()
        kinds = {type(value) for value in present} if whole.dtype == object else {str}

        def all_are(*wanted: type) -> bool:
            return all(issubclass(kind, wanted) for kind in kinds)

        if len(present) == 0:
            return np.full(len(whole), np.nan), None
        if all_are(str):
            return self.text(whole)
        if all_are(bool, np.bool_):
            return whole.astype(object), None
        if all_are(date, np.datetime64):
            return self.read(_clock_times, whole), None
        if all_are(Real, Decimal) and not any(issubclass(kind, bool | np.bool_) for kind in kinds):
            return self.read(numbers, whole), None
        raise InvalidValueError(
            "a formula takes columns of numbers, dates, truth values or text", where=f"'{self.name}'",
            value=f"values of {len(kinds)} types" if len(kinds) > 1 else f"values of type {kinds.pop().__name__}",
            hint="cast the column to one of them",
        )  # fmt: skip

    def text(self, whole: pd.Series[Any]) -> tuple[Floats | pd.Series[Any], str | None]:
        """A column of text: categories, unless its values are numbers or dates."""
        import pandas as pd

        if not self.readable or (self.kind is not None and self.kind not in "fM"):
            return whole, None
        codes, distinct = pd.factorize(whole)
        missing = Missing()
        values = pd.Series([None if missing.is_word(value) else value.strip() for value in distinct], dtype=object)
        present = [str(value) for value in values.dropna()]
        if present and all(_number(value) is not None for value in present) and self.kind != "M":
            read = np.array([*(np.nan if value is None else _number(value) for value in values), np.nan])
            return read.astype(np.float64)[codes], self.note("numbers", "they count as numbers")
        if present and all(_DATE.fullmatch(value) for value in present) and self.kind != "f":
            dates = self.read(_clock_times, values)
            taken = dates.reindex(codes).reset_index(drop=True)
            return taken, self.note("dates", "they count as dates")
        like = [value for value in present if _looks_like_one(value)]
        if self.kind is None and like and 2 * len(like) >= len(present):
            raise InvalidValueError(
                "this column of text holds numbers or dates that cannot all be read as such, and would be taken for "
                "categories", where=f"'{self.name}'",
                value=f"{len(present)} different values, {len(present) - len(like)} of them other text",
                hint=f"cast it to numbers or dates, or write C({self.name}) if categories are meant",
            )  # fmt: skip
        return whole, None

    def note(self, what: str, how: str) -> str | None:
        """That text was read, while fitting."""
        if self.kind is not None:
            return None
        return f"'{self.name}' holds {what} as text; {how}. C({self.name}) would make categories of them."

    def read(self, how: Callable[[pd.Series[Any]], Any], values: pd.Series[Any]) -> Any:
        """Values read as numbers or dates.

        Raises:
            InvalidValueError: if one of them is out of range.
        """
        try:
            return how(values)
        except (ValueError, OverflowError, TypeError, ArithmeticError) as fault:
            raise InvalidValueError(
                "some values of this column are out of the range of numbers or dates", where=f"'{self.name}'"
            ) from fault


def _without_blanks(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column in which text without a letter or a sign is nothing: an empty cell, however it was read."""
    if column.dtype.name == "category":
        listed = column.cat.categories
        return column.cat.remove_categories([word for word in listed if isinstance(word, str) and not word.strip()])
    blank = np.array([isinstance(word, str) and not word.strip() for word in column], dtype=bool)
    return column.mask(blank) if blank.any() else column


def _number(text: str) -> float | None:
    """The number that a text states; ``None`` for one that begins with a zero, as codes do."""
    return None if _CODE.fullmatch(text) else number_in(text)


def _looks_like_one(text: str) -> bool:
    """Whether a text may be meant as a number or a date."""
    if _LIKE_DATES.match(text) or _SHARE.fullmatch(text):
        return True
    return not _CODE.fullmatch(text) and number_in(text, comma=True) is not None


def _whole_numbers(given: nw.Series[Any]) -> pd.Series[Any]:
    """Whole numbers as objects, missing values as nothing."""
    import pandas as pd

    return pd.Series(given.to_list(), dtype=object)


def numbers(values: pd.Series[Any]) -> Floats:
    """Numbers as such, missing values as NaN."""
    import pandas as pd

    return np.array([np.nan if pd.isna(value) else float(value) for value in values], dtype=np.float64)


def _clock_times(values: pd.Series[Any]) -> pd.Series[Any]:
    """Dates and moments by the clock where they were written, whatever their time zone."""
    import pandas as pd

    if values.dtype.kind == "M":
        return values if getattr(values.dtype, "tz", None) is None else values.dt.tz_localize(None)
    times = [None if pd.isna(value) else _CLOCK.match(str(value)) for value in values]
    plain = [None if clock is None else clock[0] for clock in times]
    return pd.to_datetime(pd.Series(plain, index=values.index, dtype=object), format="ISO8601")


def holds_dates(column: pd.Series[Any]) -> bool:
    """Whether a column holds dates or moments."""
    return column.dtype.kind == "M"


def days_since(column: pd.Series[Any], begin: pd.Series[Any]) -> pd.Series[float]:
    """Dates as days since others, row by row."""
    days: pd.Series[float] = (column - begin).dt.total_seconds() / _DAY
    return days
