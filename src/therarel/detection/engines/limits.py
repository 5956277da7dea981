"""The arithmetic limits as expressions: could any score at this session, or any on the scale, have made a rule fire?

The same questions as in `therarel.detection.limits`, asked inside an engine. A null stands where numpy has NaN.
What is used more than once is a helper column, because some engines write out an expression wherever it is used, and
roots of roots would double at every step.
"""

from __future__ import annotations

import narwhals as nw
from attrs import frozen

from therarel.detection.context import PanelContext
from therarel.detection.engines.names import column, earlier, later, when
from therarel.detection.limits import ALIKE

__all__ = ["Reach", "range_reach", "spread_reach", "straight_reach"]


@frozen(eq=False)
class Reach:
    """Where a rule could have fired.

    Args:
        first: Helper columns to compute before, in their order.
        ever: Whether some score would be flagged.
        on_scale: Whether some score of the scale would be flagged.
    """

    first: dict[str, nw.Expr]
    ever: nw.Expr
    on_scale: nw.Expr


def straight_reach(context: PanelContext, alpha: nw.Expr, beta: nw.Expr, least: nw.Expr) -> Reach:
    """Whether a drop could reach a limit that does not depend on the score that is judged.

    Args:
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held.
        beta: By how much the drop grows when the score falls by one point.
        least: The drop that is needed.
    """
    return Reach({}, beta > ALIKE, (alpha - beta * context.minimum >= least).fill_null(False))


def spread_reach(context: PanelContext, alpha: nw.Expr, beta: nw.Expr, k: float, least: nw.Expr, tie: float) -> Reach:
    """Whether a drop could reach ``k`` own standard deviations at each session.

    Args:
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held.
        beta: By how much the drop grows when the score falls by one point.
        k: Number of standard deviations.
        least: The drop that is needed whatever the spread.
        tie: By how much the limit must be passed: negative where reaching it is enough.
    """
    n, score = column("n"), column("score")
    deviation, fewer = score - column("mean"), when(n > 1, n - 1)
    first = {
        "alpha": alpha,
        "beta": beta,
        "others": (n * column("mean") - score) / fewer,
        "squares_of_others": (column("squares") - deviation * deviation * n / fewer) / fewer,
        "short": k**2 - beta * beta * n,
    }
    alpha, beta = column("alpha"), column("beta")
    varied = when(column("squares_of_others") > context.least_difference**2, column("squares_of_others"))
    first["rest"] = when(n > 1, varied.fill_null(0.0))
    others, rest, short = column("others"), column("rest"), column("short")
    first["even"] = (short.abs() <= 2 * ALIKE * k**2).fill_null(False)
    even = column("even")
    first["best"] = nw.lit(0.0) - beta * n * (rest / nw.max_horizontal(short, nw.lit(1e-12))).sqrt()
    first["highest"] = (alpha - least) / when(beta > 0, beta) - others
    first["place"] = nw.min_horizontal(column("best"), column("highest"))
    first["room"] = (rest + column("place") * column("place") / n).sqrt()
    first["apart"] = alpha - beta * others
    passed = (column("apart") - beta * column("place") - k * column("room") >= tie).fill_null(False)
    just = nw.when(rest > tie**2).then(column("apart") > abs(tie)).otherwise(column("apart") >= tie)
    first["passed"] = nw.when(even).then(just.fill_null(False)).otherwise(passed)
    able = (beta > 0) & (n > 1)
    ever = able & (((short < 0) & ~even) | column("passed"))
    worst = context.minimum - others
    first["top"] = nw.min_horizontal(column("highest"), context.maximum - others)
    within = nw.max_horizontal(worst, nw.min_horizontal(column("best"), nw.max_horizontal(worst, column("top"))))
    first["spot"] = nw.when(even | (short <= 0)).then(worst).otherwise(within)
    first["width"] = (rest + column("spot") * column("spot") / n).sqrt()
    gained = column("apart") - beta * column("spot") - k * column("width") >= tie
    return Reach(first, ever.fill_null(False), (able & (worst <= column("top")) & gained).fill_null(False))


def range_reach(context: PanelContext, alpha: nw.Expr, beta: nw.Expr, k: float, least: float, tie: float) -> Reach:
    """Whether a drop could reach ``k`` mean moving ranges at each session.

    Args:
        context: The ends of the scale.
        alpha: The drop at a score of 0, the other scores held.
        beta: By how much the drop grows when the score falls by one point.
        k: Number of mean moving ranges.
        least: The drop that is needed whatever the ranges.
        tie: By how much the limit must be passed: negative where reaching it is enough.
    """
    score, number = column("score"), column("ranges")
    first = {
        "alpha": alpha,
        "beta": beta,
        "before_it": when(column("linked"), column(earlier("score", 1))),
        "after_it": when(column("linked_on"), column(later("score", 1))),
        "each": k / when(number > 0, number),
    }
    alpha, beta, each = column("alpha"), column("beta"), column("each")
    before, after = column("before_it"), column("after_it")
    own = (score - before).abs().fill_null(0.0) + (after - score).abs().fill_null(0.0)
    first["rest"] = column("range_sum") - own
    first["highest"] = (alpha - least) / when(beta > 0, beta)
    first["top"] = nw.min_horizontal(column("highest"), nw.lit(context.maximum))

    def passes(value: nw.Expr) -> nw.Expr:
        moved = (value - before).abs().fill_null(0.0) + (after - value).abs().fill_null(0.0)
        return (alpha - beta * value - each * (column("rest") + moved) >= tie).fill_null(False)

    touching = when(~before.is_null(), 1.0).fill_null(0.0) + when(~after.is_null(), 1.0).fill_null(0.0)
    ever = (beta > (1 + ALIKE) * each * touching).fill_null(False)
    end = nw.lit(context.minimum)
    on_scale = passes(end)
    for name, kink in (("before", before), ("after", after)):
        first[f"far_{name}"] = when(~kink.is_null(), nw.min_horizontal(kink, column("highest")))
        clipped = nw.max_horizontal(end, nw.min_horizontal(kink, nw.max_horizontal(end, column("top"))))
        first[f"near_{name}"] = when(~kink.is_null(), clipped)
        ever = ever | passes(column(f"far_{name}"))
        on_scale = on_scale | passes(column(f"near_{name}"))
    inside = (column("top") >= context.minimum).fill_null(False)
    return Reach(first, (number > 0) & ever, (number > 0) & on_scale & inside)
