"""What is pooled over the dyads of a table, computed where the table is: one row that is joined to every row."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

import narwhals as nw

from therarel.detection.engines.names import column, own, when

__all__ = ["with_pooled"]


def with_pooled(frame: nw.LazyFrame[Any], dyad: str, needs: AbstractSet[str]) -> nw.LazyFrame[Any]:
    """The table with one more column per pooled figure, the same in every row; null where it cannot be computed.

    Args:
        frame: The table, prepared.
        dyad: Column of the dyad's label.
        needs: Which of ``pooled_sd``, ``between_sd`` and ``first_sd`` are wanted.
    """
    if not needs:
        return frame
    scored = frame.filter(column("there"))
    figures: list[nw.LazyFrame[Any]] = []
    within = needs & {"pooled_sd", "between_sd"}
    if within:
        score = column("score")
        persons = scored.group_by(dyad).agg(
            score.count().alias(own("own_n")), score.mean().alias(own("own_mean")), score.var().alias(own("own_var"))
        )
        freedom = column("own_n").cast(nw.Float64) - 1
        wanted = []
        if "pooled_sd" in within:
            wanted += [
                when(freedom > 0, column("own_var") * freedom).sum().alias(own("all_squares")),
                freedom.sum().alias(own("all_freedom")),
            ]
        if "between_sd" in within:
            wanted += [column("own_mean").std().alias(own("between")), column("own_mean").count().alias(own("persons"))]
        figures.append(persons.select(*wanted))
    if "first_sd" in needs:
        # Sorted within the engine: the first score of each dyad is the one that no other stands before.
        previous = column("session").shift(1).over(dyad, order_by=own("session"))
        first = scored.with_columns(previous.alias(own("before"))).filter(column("before").is_null())
        figures.append(
            first.select(column("score").std().alias(own("first")), column("score").count().alias(own("firsts")))
        )
    for figure in figures:
        frame = frame.join(figure, how="cross")
    made = []
    if "pooled_sd" in needs:
        made.append(
            (column("all_squares") / when(column("all_freedom") > 0, column("all_freedom")))
            .sqrt()
            .alias(own("pooled_sd"))
        )
    if "between_sd" in needs:
        made.append(when(column("persons") > 1, column("between")).alias(own("between_sd")))
    if "first_sd" in needs:
        made.append(when(column("firsts") > 1, column("first")).alias(own("first_sd")))
    return frame.with_columns(*made)
