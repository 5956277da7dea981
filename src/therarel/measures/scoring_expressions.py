"""The scoring rule of an instrument as expressions over columns: sums, values, status, gaps and risk items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

import narwhals as nw

from therarel.domain.ratings import Rater, ScoreStatus, Timing
from therarel.domain.risk import RiskState
from therarel.measures.columns import Column
from therarel.measures.instrument import Instrument
from therarel.measures.keys import Metric
from therarel.measures.plan import NOT_VERIFIED, Group, Plan, scorer_version

Expressions = dict[str, nw.Expr]
"""Expressions by the names of the columns they give."""


def scoring_steps(columns: Sequence[Column], plan: Plan | None, prefix: str) -> tuple[Expressions, ...]:
    """One step per dictionary, each building on the columns of the ones before.

    Sums and counts of each group come first, then their scores, then the status. Where every item is in one
    subscale, sum and count of the total are those of the subscales together.
    """
    answered = f"{prefix}_answered"
    if plan is None:
        nothing = nw.lit(None, dtype=nw.Float64)
        status = nw.lit(ScoreStatus.NOT_SCORABLE.value)
        return ({prefix: nothing, answered: _present(columns), f"{prefix}_status": status},)
    bad = _any([column.bad for column in columns])
    parts = {f"{prefix}_{group.name}": group for group in plan.subscales}
    covered = sum(len(group.items) for group in plan.subscales) == len(plan.total.items)
    filled = plan.total.needed < len(plan.total.items)
    sums = {f"{name} sum": _sum(plan, group, columns, filled=filled) for name, group in parts.items()}
    total = _added(nw.col(name) for name in sums) if covered else _sum(plan, plan.total, columns, filled=filled)
    counts = {f"{name} count": _present([columns[i - 1] for i in group.items]) for name, group in parts.items()}
    by_parts = filled and covered
    present = _added(nw.col(name) for name in counts) if by_parts else _present(columns)
    groups = {prefix: plan.total} | parts
    values = {
        name: _value(plan, group, f"{name} sum", (answered if name == prefix else f"{name} count") if filled else None)
        for name, group in groups.items()
    }
    if bad is not None:
        values = {name: nw.when(~bad).then(value) for name, value in values.items()}
    gaps = any(column.gaps for column in columns)
    return (
        sums | (counts if filled else {}),
        {f"{prefix} sum": total, answered: present},
        values,
        {f"{prefix}_status": _status(plan, prefix, bad, gaps=gaps)},
    )


def _sum(plan: Plan, group: Group, columns: Sequence[Column], *, filled: bool) -> nw.Expr:
    """Sum of the items; a missing one counts as zero if the mean is to stand for it, otherwise there is no sum."""
    chosen = [columns[item - 1] for item in group.items]
    if not filled:
        return _added(_turned(plan, column) for column in chosen)
    addends = [
        _turned(plan, column).fill_null(0) if column.gaps else _turned(plan, column)
        for column in chosen
        if column.asked
    ]
    return _added(addends or [nw.lit(0)])


def _value(plan: Plan, group: Group, total_name: str, count_name: str | None) -> nw.Expr:
    n = len(group.items)
    total = nw.col(total_name).cast(nw.Float64)
    if count_name is None:
        # Some engines divide by a constant through its reciprocal, which may differ in the last bit; by a column they
        # divide exactly.
        return total / (total * 0 + n) if plan.metric is Metric.MEAN else total
    count = nw.col(count_name)
    mean = total / count.cast(nw.Float64)
    value = mean if plan.metric is Metric.MEAN else nw.when(count == n).then(total).otherwise(mean * n)
    return nw.when(count >= group.needed).then(value)


def _turned(plan: Plan, column: Column) -> nw.Expr:
    scale = plan.instrument.item_scale
    if column.item not in plan.turned:
        return column.number
    ends = scale.minimum + scale.maximum
    # A whole number keeps columns of integers integers, which is faster and exact.
    return nw.lit(int(ends) if ends == int(ends) else ends) - column.number


def _present(columns: Sequence[Column]) -> nw.Expr:
    never = sum(not column.gaps for column in columns)
    counted = [(~column.number.is_null()).cast(nw.Int8) for column in columns if column.gaps]
    return _added([*counted, nw.lit(never, dtype=nw.Int8)]).cast(nw.Int64)


def _status(plan: Plan, prefix: str, bad: nw.Expr | None, *, gaps: bool) -> nw.Expr:
    status = nw.lit(ScoreStatus.COMPLETE.value)
    n_items = len(plan.total.items)
    if gaps:
        if plan.total.needed < n_items:
            some = nw.col(f"{prefix}_answered") < n_items
            status = nw.when(some).then(nw.lit(ScoreStatus.PRORATED.value)).otherwise(status)
        empty = nw.col(prefix).is_null()
        status = nw.when(empty).then(nw.lit(ScoreStatus.INCOMPLETE.value)).otherwise(status)
    return status if bad is None else nw.when(bad).then(nw.lit(ScoreStatus.INVALID.value)).otherwise(status)


def detail_columns(
    instrument: Instrument,
    columns: Sequence[Column],
    plan: Plan | None,
    rater: Rater,
    timing: Timing | None,
    prefix: str,
) -> Expressions:
    """How each score came about: what was answered and missing, the rule, who answered and when, and the versions."""
    reasons = [
        nw.when(condition).then(nw.lit(f"{column.item} {reason}"))
        for column in columns
        for condition, reason in column.gaps
    ]
    gaps = nw.concat_str(*reasons, separator=", ", ignore_nulls=True) if reasons else nw.lit("")
    return {
        f"{prefix}_missing": gaps,
        f"{prefix}_rule": nw.lit(NOT_VERIFIED if plan is None else plan.rule),
        f"{prefix}_rater": nw.lit(rater.value),
        f"{prefix}_timing": nw.lit(None if timing is None else timing.value, dtype=nw.String),
        f"{prefix}_version": nw.lit(instrument.version),
        f"{prefix}_scorer": nw.lit(scorer_version()),
    }


def risk_expressions(instrument: Instrument, columns: Sequence[Column], plan: Plan | None, prefix: str) -> Expressions:
    """What each response says to each item that asks about risk, whatever became of its total."""
    turned = instrument.reversed_items if plan is None else plan.turned
    scale = instrument.item_scale
    unknown = nw.lit(RiskState.NOT_ANSWERED_OR_NOT_ASKED.value)
    endorsed, not_endorsed = nw.lit(RiskState.ENDORSED.value), nw.lit(RiskState.NOT_ENDORSED.value)
    expressions = {}
    for risky in instrument.risk_items:
        column = columns[risky.item - 1]
        state = unknown
        if column.asked:
            # Null is handled separately, since libraries differ in how they compare it.
            number = column.number.fill_null(scale.minimum) if column.gaps else column.number
            above = number < scale.maximum if risky.item in turned else number > scale.minimum
            state = nw.when(above).then(endorsed).otherwise(not_endorsed)
            if column.gaps:
                state = nw.when(column.number.is_null()).then(unknown).otherwise(state)
        expressions[f"{prefix}_risk_{risky.item}"] = state
    return expressions


def _any(conditions: Iterable[nw.Expr | None]) -> nw.Expr | None:
    some = [condition for condition in conditions if condition is not None]
    return nw.any_horizontal(*some, ignore_nulls=True) if some else None


def _added(terms: Iterable[nw.Expr]) -> nw.Expr:
    return reduce(add, terms)
