"""The item columns of a table: turning each into answers, gaps and impossible values.

Written over narwhals expressions, so that one text serves every dataframe, in memory or not.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from numbers import Real
from typing import Final

import narwhals as nw
from attrs import evolve, frozen
from narwhals.typing import IntoDataFrame, IntoLazyFrame

from therarel.domain.ratings import MissingReason
from therarel.errors import InvalidValueError, shown
from therarel.measures.answers import Answer, AnswerReader
from therarel.measures.scales import ScaleKind
from therarel.tables.missing import folded
from therarel.tables.numbers import number_in

Frame = nw.DataFrame[IntoDataFrame] | nw.LazyFrame[IntoLazyFrame]

_MOST_WORDS: Final = 200


@frozen(kw_only=True)
class Column:
    """One item of a table as expressions.

    Args:
        item: Number of the item.
        number: The answer as a number; null where there is none to use.
        gaps: Conditions under which there is no answer to use, each with its reason.
        asked: Whether the table has a column for it.
        numbers: The different numbers in a column of text, on the scale or off it, without missing codes.

    Examples:
        >>> Column(item=1, number=nw.lit(None), gaps=()).bad is None
        True
    """

    item: int
    number: nw.Expr
    gaps: tuple[tuple[nw.Expr, MissingReason], ...]
    asked: bool = True
    numbers: tuple[float, ...] = ()

    @property
    def bad(self) -> nw.Expr | None:
        """The condition of an impossible or unreadable value; ``None`` where there is none in the column."""
        conditions = [
            condition
            for condition, reason in self.gaps
            if reason in (MissingReason.OUT_OF_RANGE, MissingReason.UNREADABLE)
        ]
        if not conditions:
            return None
        return conditions[0] if len(conditions) == 1 else nw.any_horizontal(*conditions, ignore_nulls=True)


@frozen(kw_only=True)
class Summary:
    """What the values of one numeric column are like, so that needless checks are left out.

    Args:
        lowest: Lowest value; ``None`` where the column is empty.
        highest: Highest value.
        missing: Number of nulls.
        nans: Whether it holds NaN that are not nulls.
        broken: Whether it holds numbers that are not whole.

    Examples:
        >>> Summary(lowest=1.0, highest=5.0, missing=0, nans=False, broken=False).missing
        0
    """

    lowest: float | None
    highest: float | None
    missing: int
    nans: bool
    broken: bool


def summary_of(frame: nw.DataFrame[IntoDataFrame], numeric: Mapping[str, bool]) -> dict[str, Summary]:
    """What the numeric columns of a table in memory are like.

    Args:
        frame: The table.
        numeric: The columns to look at; ``True`` for those of floating numbers.

    Examples:
        >>> import polars as pl
        >>> summary_of(nw.from_native(pl.DataFrame({"a": [1, None, 3]})), {"a": False})["a"].missing
        1
    """
    summaries = {}
    for name, floating in numeric.items():
        column = frame[name].cast(nw.Float64) if floating else frame[name]
        summaries[name] = Summary(
            lowest=known_number(column.min()),
            highest=known_number(column.max()),
            missing=int(column.null_count()),
            nans=floating and _true(column.is_nan().any()),
            broken=floating and _true((column != column.floor()).any()),
        )
    return summaries


def known_number(value: object) -> float | None:
    """A scalar of any library as a number; ``None`` where it stands for a missing value."""
    # Libraries have scalars of their own for what is missing; none of them is a number.
    return float(value) if isinstance(value, Real | Decimal) and not math.isnan(value) else None


def _true(value: object) -> bool:
    try:
        return bool(value)
    except TypeError:  # some scalars for what is missing have no truth; then the check is kept
        return True


def column_of(
    item: int, name: str | None, frame: Frame, dtype: nw.dtypes.DType | None, reader: AnswerReader, seen: Summary | None
) -> Column:
    """One item's column as expressions.

    Args:
        item: Number of the item.
        name: Its column; ``None`` where it was not asked.
        frame: The table.
        dtype: Type of the column.
        reader: Reads single answers; words in the column are read by it, so that tables and rows agree.
        seen: What the column is like, where that is known beforehand.

    Raises:
        InvalidValueError: if the column holds neither numbers nor words.
    """
    if name is None or dtype is None:
        return Column(
            item=item,
            number=nw.lit(None, dtype=nw.Float64),
            gaps=((nw.lit(value=True), MissingReason.NOT_ASKED),),
            asked=False,
        )
    # A column without a single value has no type in some libraries.
    if dtype.is_numeric() or isinstance(dtype, nw.Unknown):
        return _numeric(item, name, dtype, reader, seen)
    if isinstance(dtype, nw.String | nw.Categorical | nw.Enum):
        return _worded(item, name, frame, reader)
    raise InvalidValueError(
        "a column of answers holds numbers or words", where=f"column {shown(name)}", value=f"type {dtype}"
    )


def _numeric(item: int, name: str, dtype: nw.dtypes.DType, reader: AnswerReader, seen: Summary | None) -> Column:
    raw = nw.col(name)
    if not isinstance(dtype, nw.Int64 | nw.Float64):
        # Sums of small integers would overflow, and decimals do not divide.
        raw = raw.cast(nw.Int64 if dtype.is_integer() else nw.Float64)
    floating = not dtype.is_integer()
    scale = reader.scale
    missing = raw.is_null() | raw.is_nan() if floating and (seen is None or seen.nans) else raw.is_null()
    gaps = [(missing, MissingReason.NOT_ANSWERED)] if seen is None or seen.missing or seen.nans else []
    for code, reason in reader.codes.items():
        gaps.append((raw == code, reason))
    if seen is not None and not seen.nans and not reader.codes and _all_on(reader, seen):
        return Column(item=item, number=raw, gaps=tuple(gaps))
    on_scale = (raw >= scale.minimum) & (raw <= scale.maximum)
    if scale.kind is not ScaleKind.VISUAL_ANALOGUE and floating:
        on_scale = on_scale & (raw == raw.floor())
    if scale.kind is ScaleKind.POINTS_WITHOUT_ZERO:
        on_scale = on_scale & (raw != 0)
    bad = ~on_scale & ~missing
    for code in reader.codes:
        bad = bad & (raw != code)
    gaps.append((bad, MissingReason.OUT_OF_RANGE))
    return Column(item=item, number=nw.when(on_scale & ~missing).then(raw), gaps=tuple(gaps))


def _all_on(reader: AnswerReader, seen: Summary) -> bool:
    scale = reader.scale
    if seen.lowest is None or seen.highest is None:
        return True
    if scale.kind is ScaleKind.POINTS_WITHOUT_ZERO:
        return False
    whole = scale.kind is ScaleKind.VISUAL_ANALOGUE or not seen.broken
    return whole and seen.lowest >= scale.minimum and seen.highest <= scale.maximum


def _worded(item: int, name: str, frame: Frame, reader: AnswerReader) -> Column:
    text = nw.col(name).cast(nw.String)
    unique = frame.select(text).unique()
    distinct = unique.collect() if isinstance(unique, nw.LazyFrame) else unique
    words = _few(name, [word for word in distinct[name].to_list() if isinstance(word, str)])
    numbers = (number_in(word, comma=reader.comma) for word in words if folded(word) not in reader.words)
    column = _spelled(item, text, {word: reader.read(word) for word in words})
    return evolve(column, numbers=tuple(n for n in numbers if n is not None and n not in reader.codes))


def _few(name: str, words: Collection[str]) -> list[str]:
    if len(words) > _MOST_WORDS:
        raise InvalidValueError(
            "a column of answers holds few different words",
            where=f"column {shown(name)}",
            value=f"{len(words)} different texts",
            bound=f"at most {_MOST_WORDS}",
        )
    return sorted(words)


def _spelled(item: int, text: nw.Expr, answers: Mapping[str, Answer]) -> Column:
    """A column of texts, each the wording of an answer; null where none was given."""
    numbers: dict[float, list[str]] = {}
    reasons: dict[MissingReason, list[str]] = {}
    for word, answer in answers.items():
        if isinstance(answer, MissingReason):
            reasons.setdefault(answer, []).append(word)
        else:
            numbers.setdefault(answer, []).append(word)
    # No number anywhere, as a column and not as a constant, which some engines cannot fill up.
    number: nw.Expr = nw.when(text.is_null()).then(nw.lit(None, dtype=nw.Float64))
    for value, spelled in sorted(numbers.items()):
        number = nw.when(text.is_in(spelled)).then(nw.lit(value, dtype=nw.Float64)).otherwise(number)
    gaps = [(text.is_in(spelled), reason) for reason, spelled in sorted(reasons.items())]
    return Column(item=item, number=number, gaps=((text.is_null(), MissingReason.NOT_ANSWERED), *gaps))


def with_objects_read(
    frame: nw.DataFrame[IntoDataFrame], name: str, reader: AnswerReader
) -> tuple[nw.DataFrame[IntoDataFrame], Mapping[str, Answer]]:
    """A column of Python objects, such as pandas makes of numbers beside words, read one by one.

    Args:
        frame: The table.
        name: The column.
        reader: Reads each value as it would in a single response.

    Returns:
        The table with a further column of texts, one per different answer, and the answer of each text.

    Raises:
        InvalidValueError: if there are too many different answers.

    Examples:
        >>> import pandas as pd
        >>> from therarel.measures import AnswerReader, instrument
        >>> table = nw.from_native(pd.DataFrame({"item1": [3, None, "often"]}, dtype=object), eager_only=True)
        >>> sorted(with_objects_read(table, "item1", AnswerReader.of(instrument("wai-sr")))[1])
        ['3.0', 'unreadable']
    """
    column = frame[name]
    is_missing = column.is_null().to_list()
    answers = [
        None if absent else reader.read(value) for value, absent in zip(column.to_list(), is_missing, strict=True)
    ]
    texts = [None if answer is None else str(answer) for answer in answers]
    by_text = {str(answer): answer for answer in answers if answer is not None}
    _few(name, by_text)
    as_text = nw.new_series(_beside(name), texts, nw.String, backend=frame.implementation)
    return frame.with_columns(as_text), by_text


def column_of_objects(item: int, name: str, answers: Mapping[str, Answer]) -> Column:
    """One item's column of Python objects as expressions, once `with_objects_read` has read it.

    Examples:
        >>> column_of_objects(1, "item1", {"3.0": 3.0}).item
        1
    """
    return _spelled(item, nw.col(_beside(name)), dict(sorted(answers.items())))


def _beside(name: str) -> str:
    return f"{name} as read"
