"""Scoring a whole table: the same rule as for one response, as one expression over columns.

A table of any dataframe kind goes in and the same kind comes out, with these columns added (for ``wai-sr``):

- ``wai_sr``: the score; null where there is none;
- ``wai_sr_task`` and so on: the subscales;
- ``wai_sr_status``: how the score came about or why there is none;
- ``phq_9_risk_9`` and so on, for each item that asks about risk: one of the words of `RiskState`. It is a prompt for
  a person to look, not an assessment of risk and not a monitor of it;
- with ``detail``: ``wai_sr_answered`` (how many items were answered), ``wai_sr_missing`` (the items without a usable
  answer, with reasons), ``wai_sr_rule``, ``wai_sr_rater``, ``wai_sr_timing``, ``wai_sr_version``, ``wai_sr_scorer``.

Tables that are not in memory (lazy frames, DuckDB relations) stay where they are; of the signs of confusion only
those in the names of their columns are looked for, because the others would run the query.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import narwhals as nw
from narwhals.typing import IntoDataFrame, IntoFrame

from therarel.domain.ratings import MissingReason, Rater, Timing
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.measures.answers import Answer, AnswerReader
from therarel.measures.columns import (
    Column,
    Frame,
    Summary,
    column_of,
    column_of_objects,
    known_number,
    summary_of,
    with_objects_read,
)
from therarel.measures.headings import Items, columns_of, spare_columns
from therarel.measures.instrument import Instrument
from therarel.measures.plan import Plan, resolved
from therarel.measures.scoring_expressions import Expressions, detail_columns, risk_expressions, scoring_steps
from therarel.measures.signs import Suspicion, signs_in, spare_items
from therarel.tables.forks import use_polars

FrameT = TypeVar("FrameT", bound=IntoFrame)

_SAMPLE = 200


def scored_table(
    instrument: Instrument,
    table: FrameT,
    *,
    reader: AnswerReader,
    rater: Rater,
    timing: Timing | None,
    plan: Plan | None,
    items: Items | None,
    name: str | None,
    detail: bool,
) -> tuple[FrameT, tuple[Suspicion, ...]]:
    """The table with its scores, and the signs of confusion in it; `score` prepares the arguments.

    Raises:
        InvalidValueError: if it is not a dataframe, or a column to add exists already.
        UnknownNameError: if the table has no column for an item.
    """
    frame = _framed(table)
    prefix = instrument.id.replace("-", "_") if name is None else name
    before = frame.collect_schema().names()
    signs = spare_items(instrument, spare_columns(instrument, before, items))
    frame, columns, seen = _columns(instrument, frame, reader, items)
    if isinstance(frame, nw.DataFrame):
        signs += _signs(instrument, frame, columns, seen)
    steps = scoring_steps(columns, plan, prefix)
    parts = [f"{prefix}_{part.name}" for part in plan.subscales] if plan else []
    risk = risk_expressions(instrument, columns, plan, prefix)
    steps = (*steps, risk)
    added = [prefix, *parts, f"{prefix}_status", *risk]
    if detail:
        details = detail_columns(instrument, columns, plan, rater, timing, prefix)
        steps = (*steps, details)
        added += [f"{prefix}_answered", *details]
    written = {name for step in steps for name in step}
    taken = [name for name in before if name in written]
    if taken:
        raise InvalidValueError(
            "the table has a column of this name already",
            where="name",
            value=", ".join(map(shown, taken)),
            hint="choose another name=",
        )
    result: FrameT = _computed(frame, steps, [*before, *added]).to_native()  # type: ignore[assignment]  # the kind that came in
    return result, signs


def suspicions(
    instrument: str | Instrument,
    table: IntoFrame,
    *,
    items: Items | None = None,
    words: Mapping[str, float | MissingReason] | None = None,
) -> tuple[Suspicion, ...]:
    """Signs in a table that its answers belong to another form or were recorded another way.

    Args:
        instrument: What the answers are taken for.
        table: Any dataframe in memory, a row per response.
        items: The item columns, as for `score`.
        words: Words for answers beyond the anchors known.

    Examples:
        >>> import polars as pl
        >>> table = pl.DataFrame({f"item{n}": [0, 4, 2, 3] for n in range(1, 13)})
        >>> print(suspicions("wai-sr", table)[0].says)
        Answers run from 0 to 4; wai-sr has 1 to 5. They look numbered from 0; if so, add 1 to each.
    """
    chosen = resolved(instrument)
    frame = _framed(table)
    collected = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    spare = spare_items(chosen, spare_columns(chosen, collected.columns, items))
    frame, columns, seen = _columns(chosen, collected, AnswerReader.of(chosen, words=words), items)
    assert isinstance(frame, nw.DataFrame)  # it was collected
    return (*spare, *_signs(chosen, frame, columns, seen))


def rows_and_totals(
    instrument: Instrument, table: IntoFrame, stated: Sequence[float | None] | str, items: Items | None
) -> tuple[list[dict[int, object]], Sequence[float | None]]:
    """The responses of a table by item, and the totals of a column, row by row.

    Raises:
        UnknownNameError: if the table has no column for an item or for the totals.

    Examples:
        >>> import polars as pl
        >>> from therarel.measures import instrument
        >>> table = pl.DataFrame({f"item{n}": [1] for n in range(1, 8)} | {"total": [7]})
        >>> rows_and_totals(instrument("gad-7"), table, "total", None)[1]
        [7.0]
    """
    frame = _framed(table)
    collected = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    names = columns_of(instrument, collected.columns, items)
    rows = [dict(zip(names, row, strict=True)) for row in collected.select(*names.values()).iter_rows()]
    if not isinstance(stated, str):
        return rows, stated
    if stated not in collected.columns:
        raise UnknownNameError(
            "the table has no such column",
            where="stated",
            value=shown(stated),
            hint=hint_for(stated, collected.columns),
        )
    return rows, [known_number(total) for total in collected[stated].to_list()]


def _framed(table: IntoFrame) -> Frame:
    try:
        framed: Frame = nw.from_native(table)
    except TypeError:
        raise InvalidValueError(
            "answers are a list, a mapping or a dataframe", value=shown(table), where="responses"
        ) from None
    if framed.implementation.is_polars():
        use_polars()
    return framed


def _columns(
    instrument: Instrument, frame: Frame, reader: AnswerReader, items: Items | None
) -> tuple[Frame, tuple[Column, ...], dict[str, Summary]]:
    """The frame, the item columns as expressions, and what the numeric ones are like.

    Columns of Python objects are read one by one; what was read is beside them in the frame.
    """
    schema = frame.collect_schema()
    names = columns_of(instrument, schema.names(), items)
    mixed: dict[str, Mapping[str, Answer]] = {}
    if isinstance(frame, nw.DataFrame):
        for column in names.values():
            if isinstance(schema[column], nw.Object):
                frame, mixed[column] = with_objects_read(frame, column, reader)
    numeric = {name: not schema[name].is_integer() for name in names.values() if schema[name].is_numeric()}
    seen = summary_of(frame, numeric) if isinstance(frame, nw.DataFrame) else {}
    columns = []
    for item in range(1, instrument.n_items + 1):
        name = names.get(item)
        dtype = None if name is None else schema[name]
        if name is not None and name in mixed:
            columns.append(column_of_objects(item, name, mixed[name]))
        else:
            columns.append(column_of(item, name, frame, dtype, reader, None if name is None else seen.get(name)))
    return frame, tuple(columns), seen


def _signs(
    instrument: Instrument,
    frame: nw.DataFrame[IntoDataFrame],
    columns: Sequence[Column],
    seen: Mapping[str, Summary],
) -> tuple[Suspicion, ...]:
    numbers = [number for column in columns for number in column.numbers]
    lowest = [*numbers, *(summary.lowest for summary in seen.values() if summary.lowest is not None)]
    highest = [*numbers, *(summary.highest for summary in seen.values() if summary.highest is not None)]
    if not lowest:
        return ()
    return signs_in(instrument, min(lowest), max(highest), len(frame), _sample(frame, columns))


def _sample(frame: nw.DataFrame[IntoDataFrame], columns: Sequence[Column]) -> list[tuple[float, ...]]:
    """The complete responses among the first rows."""
    answers = frame.head(_SAMPLE).select(
        *(column.number.cast(nw.Float64).alias(str(column.item)) for column in columns)
    )
    # What stands for a missing value is not a float in some libraries, and NaN in others.
    return [
        row for row in answers.iter_rows() if all(isinstance(value, float) and not math.isnan(value) for value in row)
    ]


def _computed(frame: Frame, steps: Iterable[Expressions], names: Sequence[str]) -> Frame:
    if isinstance(frame, nw.DataFrame) and frame.implementation.is_polars():
        # One pass in cache-sized pieces instead of one pass per operation.
        lazy = frame.lazy()
        for step in filter(None, steps):
            lazy = lazy.with_columns(**step)
        return lazy.select(*names).collect("polars", engine="streaming")
    for step in filter(None, steps):
        frame = frame.with_columns(**step)
    return frame.select(*names)
