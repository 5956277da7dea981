"""The rules once more, as expressions over helper columns: drops, charts and reliable drops.

Every function gives the code of `therarel.detection.verdicts` for scored sessions. What is compared, in which
order and with which tolerance is that of the rules themselves; tests hold the two equal row for row.
"""

from __future__ import annotations

import math

import narwhals as nw

from therarel.detection.context import PanelContext
from therarel.detection.engines.limits import range_reach, spread_reach, straight_reach
from therarel.detection.engines.names import column, earlier, when
from therarel.detection.rules.chart import IndividualsChart
from therarel.detection.rules.drop import Drop
from therarel.detection.rules.levels import Reference, Scale
from therarel.detection.rules.reliable import ReliableDrop
from therarel.detection.verdicts import CODES, Reason, Verdict

__all__ = ["chart_code", "drop_code", "level_of", "reliable_code"]


def level_of(rule: Drop | ReliableDrop | IndividualsChart) -> nw.Expr:
    """The level a score is compared with: the previous session's score, or the own mean."""
    if isinstance(rule, IndividualsChart) or rule.reference is Reference.PERSON_MEAN:
        return column("mean")
    return when(column("linked"), column(earlier("score", 1)))


def settled(fired: nw.Expr, *unable: tuple[nw.Expr, Reason]) -> nw.Expr:
    """The code of a session: reasons first, in their order, then whether the rule fired."""
    chain = nw.when(nw.lit(False)).then(nw.lit(0))
    for condition, reason in unable:
        chain = chain.when(condition).then(nw.lit(CODES[reason]))
    return chain.when(fired).then(nw.lit(CODES[Verdict.FLAGGED])).otherwise(nw.lit(CODES[Verdict.NOT_FLAGGED]))


def drop_code(rule: Drop, context: PanelContext) -> tuple[dict[str, nw.Expr], nw.Expr]:
    """Helper columns to compute first, and the code of each scored session under the drop rule."""
    tolerance, n = context.tolerance, column("n")
    pooled = column(rule.scale.pooled) if rule.scale.pooled else None
    if rule.scale is Scale.MOVING_RANGE:
        spread = column("range_sum") / when(column("ranges") > 0, column("ranges")) / 1.128
    elif pooled is None:
        spread = column("sd")
    elif not rule.scale.of_person:
        spread = pooled
    else:
        spread = when(~pooled.is_null(), nw.max_horizontal(column("sd").fill_null(0.0), pooled))
    fixed = rule.least(context)
    weight = 1 / n if rule.reference is Reference.PERSON_MEAN else nw.lit(0.0)
    first = {"level": level_of(rule), "spread": spread, "weight": weight}
    level, beta = column("level"), 1 - column("weight")
    alpha = level - column("weight") * column("score")
    least = nw.max_horizontal(rule.k * column("spread") - tolerance, nw.lit(fixed))
    fired = (~column("spread").is_null() & (level - column("score") >= least)).fill_null(False)
    if rule.scale is Scale.MOVING_RANGE:
        reach = range_reach(context, alpha, beta, rule.k / 1.128, fixed, -tolerance)
    else:
        needed = nw.lit(fixed) if pooled is None else nw.max_horizontal(rule.k * pooled - tolerance, nw.lit(fixed))
        if rule.scale.of_person:
            reach = spread_reach(context, alpha, beta, rule.k, needed, -tolerance)
        else:
            reach = straight_reach(context, alpha, beta, needed)
    return first | reach.first, settled(
        fired,
        (level.is_null(), Reason.NO_REFERENCE),
        (column("spread").is_null(), Reason.NO_VARIATION_KNOWN),
        (~reach.ever & ~fired, Reason.TOO_FEW_SESSIONS),
        (~reach.on_scale & ~fired, Reason.NO_ROOM),
    )


def chart_code(rule: IndividualsChart, context: PanelContext) -> tuple[dict[str, nw.Expr], nw.Expr]:
    """Helper columns to compute first, and the code of each scored session under rule 1 of the chart."""
    n, number = column("n"), column("ranges")
    width = rule.k / 1.128
    first = {
        "level": column("mean"),
        "spread": column("range_sum") / when(number > 0, number) / 1.128,
        "weight": 1 / n,
    }
    level, sigma, beta = column("level"), column("spread"), 1 - column("weight")
    fixed = rule.least(context)
    least = nw.max_horizontal(rule.k * sigma + context.tolerance, nw.lit(fixed))
    fired = (~sigma.is_null() & (level - column("score") > least)).fill_null(False)
    alpha = level - column("weight") * column("score")
    reach = range_reach(context, alpha, beta, width, fixed, context.tolerance)
    known = ~sigma.is_null()
    return first | reach.first, settled(
        fired,
        (~(reach.ever & known) & ~fired, Reason.TOO_FEW_SESSIONS),
        (~(reach.on_scale & known) & ~fired, Reason.NO_ROOM),
    )


def reliable_code(rule: ReliableDrop, context: PanelContext) -> tuple[dict[str, nw.Expr], nw.Expr]:
    """Helper columns to compute first, and the code of each scored session under the reliable drop."""
    fixed = rule.least(context)
    first = {"level": level_of(rule)}
    dropped = column("level") - column("score")
    if rule.sd is not None:
        unknown = nw.lit(math.isnan(rule.sd))
        least = nw.lit(max(rule.least_drop(rule.sd) + context.tolerance, fixed))
    else:
        first["spread"] = column("first_sd")
        unknown = column("spread").is_null()
        least = nw.max_horizontal(rule.least_drop(1.0) * column("spread") + context.tolerance, nw.lit(fixed))
    fired = (dropped > least).fill_null(False)
    return first, settled(
        fired,
        (column("level").is_null(), Reason.NO_REFERENCE),
        (unknown, Reason.NO_VARIATION_KNOWN),
        (~fired & (column("level") <= context.minimum + least).fill_null(False), Reason.NO_ROOM),
    )
