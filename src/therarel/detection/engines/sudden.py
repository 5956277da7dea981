"""Sudden gains and losses as expressions over helper columns."""

from __future__ import annotations

from functools import reduce
from operator import add

import narwhals as nw

from therarel.detection.context import PanelContext
from therarel.detection.engines.judging import settled
from therarel.detection.engines.names import column, earlier, later, when
from therarel.detection.rules.base import Change
from therarel.detection.rules.sudden import Stability, SuddenLoss
from therarel.detection.verdicts import Reason

__all__ = ["AFTER", "BEFORE", "CRITICAL", "sudden_code"]

BEFORE = 3
"""Scores before a change that are looked at, at most."""
AFTER = 3
"""Scores after a change that are looked at, at most, the first one after it included."""
CRITICAL = {2: 4.302652729911275, 3: 3.182446305284263, 4: 2.7764451051977987}
"""0.975 quantiles of Student's t, by degrees of freedom."""


def sudden_code(rule: SuddenLoss, context: PanelContext, *, by_position: bool) -> tuple[dict[str, nw.Expr], nw.Expr]:
    """Helper columns to compute first, and the code of each scored session as the one after a sudden change.

    Args:
        rule: The rule; a gain is a loss turned round.
        context: Scale and tolerance.
        by_position: Whether neighbours are told by their place among all sessions rather than by session number.
    """
    sign = 1.0 if rule.change is Change.DROP else -1.0
    end = context.minimum if rule.change is Change.DROP else -context.maximum
    gap = 1.0 if by_position else context.adjacent
    place = "position" if by_position else "session"
    score = sign * column("score")
    before = sign * column(earlier("score", 1))
    linked = (column(place) - column(earlier(place, 1)) <= gap).fill_null(False)
    first = {
        "change_linked": linked,
        "change": when(linked, before - score),
        "level": when(linked, column(earlier("score", 1))),
    }
    change = column("change")
    fired = change >= rule.least(context)
    unable: list[tuple[nw.Expr, Reason]] = [(~column("change_linked"), Reason.NO_REFERENCE)]
    if rule.criterion3 is not None:
        for side, offsets, reach in (
            ("before", [earlier("{}", back) for back in range(BEFORE, 0, -1)], BEFORE),
            ("after", ["{}", *(later("{}", ahead) for ahead in range(1, AFTER))], AFTER - 1),
        ):
            held = [
                when((column(at.format(place)) - column(place)).abs() <= reach * gap, sign * column(at.format("score")))
                for at in offsets
            ]
            first[f"n_{side}"] = reduce(add, (when(~each.is_null(), 1.0).fill_null(0.0) for each in held))
            total = reduce(add, (each.fill_null(0.0) for each in held))
            first[f"mean_{side}"] = total / when(column(f"n_{side}") > 0, column(f"n_{side}"))
            mean = column(f"mean_{side}")
            first[f"squares_{side}"] = reduce(add, (((each - mean) * (each - mean)).fill_null(0.0) for each in held))
        enough = (column("n_before") >= 2) & (column("n_after") >= 2)
        first["freedom"] = when(enough, column("n_before") + column("n_after") - 2)
        freedom = column("freedom")
        spread = ((column("squares_before") + column("squares_after")) / freedom).sqrt()
        if rule.criterion3 is Stability.T_TEST:
            widened = 1 / when(enough, column("n_before")) + 1 / when(enough, column("n_after"))
            spread = spread * widened.sqrt()
        quantile = nw.when(freedom == 2).then(nw.lit(CRITICAL[2])).when(freedom == 3).then(nw.lit(CRITICAL[3]))
        first["critical"] = quantile.otherwise(nw.lit(CRITICAL[4])) * spread
        three = column("mean_before") - column("mean_after") > column("critical") + context.tolerance
        fired = fired & three
        unable.append((freedom.is_null(), Reason.FEW_AROUND))
    if rule.cutoff is not None:
        fired = fired & (change >= rule.cutoff - context.tolerance)
    if rule.share is not None:
        room = before - end
        known = room >= max(2 * context.step, 2 * context.tolerance) - context.tolerance
        fired = fired & (change >= rule.share * room - context.tolerance)
        unable.append(((~known).fill_null(True), Reason.NO_ROOM))
    # No score of the scale would have been enough.
    fixed = nw.lit(max((rule.cutoff or 0.0) - context.tolerance, rule.least(context)))
    least = fixed if rule.share is None else nw.max_horizontal(rule.share * (before - end) - context.tolerance, fixed)
    first["fired"] = fired.fill_null(False)
    unable.append((~column("fired") & (before - end < least).fill_null(False), Reason.NO_ROOM))
    return first, settled(column("fired"), *unable)
