"""From a table as it stands to helper columns: what counts as a score, and what stands before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
from attrs import frozen

from therarel.detection.context import PanelContext
from therarel.detection.engines.names import column, earlier, later, own, when
from therarel.vocabulary import Vocabulary

__all__ = ["LeftOut", "Windows", "prepared", "with_windows"]


class LeftOut(Vocabulary, links={}):
    """Why a row that holds a score is judged as if it had none."""

    NO_DYAD = "no_dyad"
    """The row does not say whose session it is."""
    NO_SESSION = "no_session"
    """The row does not say which session it is."""
    OUTSIDE_SCALE = "outside_scale"
    """The score lies outside the scale."""
    REPEATED_SESSION = "repeated_session"
    """The dyad has another row for the same session."""


@frozen
class Windows:
    """What rules look at beyond a row itself, so that an engine computes nothing that nobody asked for.

    Args:
        back: How many scored sessions before.
        ahead: How many scored sessions after.
        spread: Whether the dyad's own mean and standard deviation are needed.
        ranges: Whether the moving ranges are needed.
        position: Whether the place among all sessions, scored or not, is needed.
    """

    back: int = 0
    ahead: int = 0
    spread: bool = False
    ranges: bool = False
    position: bool = False

    def joined(self, other: Windows) -> Windows:
        """What either of two asks for."""
        return Windows(
            max(self.back, other.back),
            max(self.ahead, other.ahead),
            self.spread or other.spread,
            self.ranges or other.ranges,
            self.position or other.position,
        )


def prepared(
    frame: nw.LazyFrame[Any],
    *,
    dyad: str,
    session: str,
    score: str,
    context: PanelContext,
    higher_is_better: bool,
    position: bool,
) -> nw.LazyFrame[Any]:
    """The table with its scores oriented, and with whether each row counts as scored and why not.

    Args:
        frame: The table.
        dyad: Column of the dyad's label.
        session: Column of the session.
        score: Column of the score.
        context: The scale.
        higher_is_better: Direction of the scores.
        position: Whether the place among all sessions is needed.
    """
    sign = 1.0 if higher_is_better else -1.0
    number, value = nw.col(session).cast(nw.Float64), nw.col(score).cast(nw.Float64)
    frame = frame.with_columns(
        nw.when(~number.is_nan()).then(number).alias(own("session")),
        nw.when(~value.is_nan()).then(sign * value).alias(own("value")),
    )
    held = column("value")
    outside = (held < context.minimum - context.tolerance) | (held > context.maximum + context.tolerance)
    before = column("session").shift(1).over(dyad, order_by=own("session"))
    after = column("session").shift(-1).over(dyad, order_by=own("session"))
    frame = frame.with_columns(before.alias(own("before")), after.alias(own("after")))
    again = (column("session") == column("before")).fill_null(False) | (column("session") == column("after")).fill_null(
        False
    )
    nobody, nowhere = nw.col(dyad).is_null(), column("session").is_null()
    frame = frame.with_columns(
        nw.when(held.is_null())
        .then(nw.lit(None, dtype=nw.String))
        .when(nobody)
        .then(nw.lit(LeftOut.NO_DYAD.value))
        .when(nowhere)
        .then(nw.lit(LeftOut.NO_SESSION.value))
        .when(again)
        .then(nw.lit(LeftOut.REPEATED_SESSION.value))
        .when(outside)
        .then(nw.lit(LeftOut.OUTSIDE_SCALE.value))
        .otherwise(nw.lit(None, dtype=nw.String))
        .alias(own("left_out")),
        (~again & ~nowhere).alias(own("counted")),
    )
    frame = frame.with_columns((~held.is_null() & column("left_out").is_null()).alias(own("there")))
    if position:
        counted = when(column("counted"), 1.0).fill_null(0.0)
        frame = frame.with_columns(counted.alias(own("one")))
        frame = frame.with_columns(column("one").cum_sum().over(dyad, order_by=own("session")).alias(own("position")))
    return frame.with_columns(when(column("there"), held).alias(own("score")))


def with_windows(frame: nw.LazyFrame[Any], dyad: str, windows: Windows, context: PanelContext) -> nw.LazyFrame[Any]:
    """The table with what stands before and after each scored session of the dyad, and the dyad's own figures.

    Rows without a score are set apart by the column ``there``: they are a partition of their own.

    Args:
        frame: The table, prepared.
        dyad: Column of the dyad's label.
        windows: What is needed.
        context: The largest gap.
    """
    parts, order = (dyad, own("there")), own("session")
    made: list[nw.Expr] = []
    moved: Sequence[str] = ("session", "score", "position") if windows.position else ("session", "score")
    for name in moved:
        shifts = [(back, earlier(name, back)) for back in range(1, windows.back + 1)]
        shifts += [(-ahead, later(name, ahead)) for ahead in range(1, windows.ahead + 1)]
        made += [column(name).shift(by).over(*parts, order_by=order).alias(own(told)) for by, told in shifts]
    if windows.spread:
        made.append(column("score").count().over(*parts).alias(own("count")))
        made.append(column("score").mean().over(*parts).alias(own("mean")))
        made.append(column("score").std().over(*parts).alias(own("std")))
    frame = frame.with_columns(*made)
    made = []
    if windows.back:
        near = column("session") - column(earlier("session", 1)) <= context.max_gap
        made.append((near & column("there")).fill_null(False).alias(own("linked")))
    if windows.ahead:
        near = column(later("session", 1)) - column("session") <= context.max_gap
        made.append((near & column("there")).fill_null(False).alias(own("linked_on")))
    if windows.spread:
        count = column("count").cast(nw.Float64)
        made.append(when(column("there"), count).alias(own("n")))
        made.append(when(column("there") & (count > 1), column("std")).alias(own("sd")))
        sd = when(count > 1, column("std")).fill_null(0.0)
        made.append(when(column("there"), sd * sd * (count - 1)).alias(own("squares")))
    if made:
        frame = frame.with_columns(*made)
    if windows.ranges:
        change = (column("score") - column(earlier("score", 1))).abs()
        frame = frame.with_columns(when(column("linked"), change).alias(own("range")))
        frame = frame.with_columns(
            column("range").count().over(*parts).cast(nw.Float64).alias(own("ranges")),
            column("range").sum().over(*parts).fill_null(0.0).alias(own("range_sum")),
        )
    return frame
