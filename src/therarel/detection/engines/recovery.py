"""Recovery as expressions: for each flagged session whether, and when, the level was regained within the window."""

from __future__ import annotations

import narwhals as nw

from therarel.detection.context import PanelContext
from therarel.detection.engines.names import column, later
from therarel.detection.episodes import RecoveryStatus
from therarel.detection.rules.base import Change, Rule

__all__ = ["recovery_of"]


def recovery_of(rule: Rule, context: PanelContext, flagged: nw.Expr, reference: nw.Expr) -> tuple[nw.Expr, nw.Expr]:
    """What became of the drop at each flagged session, and the session at which it recovered; null elsewhere.

    Args:
        rule: The rule, with its recovery condition; the window is given.
        context: Tolerance and largest gap.
        flagged: Where the rule fired.
        reference: The level that the score fell from, as the table's helper columns have it.
    """
    within = rule.recovery.within
    assert within is not None  # detect_lazy has refused this with a hint
    sign = 1.0 if rule.change is Change.DROP else -1.0
    score = sign * column("score")
    level = score + rule.recovery.share * (sign * reference - score)
    status = nw.when(~flagged).then(nw.lit(None, dtype=nw.String))
    at = nw.when(~flagged).then(nw.lit(None, dtype=nw.Float64))
    for ahead in range(1, within + 1):
        value, session = sign * column(later("score", ahead)), column(later("session", ahead))
        before = column(later("session", ahead - 1)) if ahead > 1 else column("session")
        unseen = ~((session - before <= context.max_gap).fill_null(False))
        back = value > level + context.tolerance if rule.recovery.strictly else value >= level - context.tolerance
        status = status.when(unseen).then(nw.lit(RecoveryStatus.NOT_KNOWN.value))
        status = status.when(back).then(nw.lit(RecoveryStatus.RECOVERED.value))
        at = at.when(unseen).then(nw.lit(None, dtype=nw.Float64)).when(back).then(session)
    return status.otherwise(nw.lit(RecoveryStatus.OPEN.value)), at.otherwise(nw.lit(None, dtype=nw.Float64))
