"""One session judged in plain Python: the same comparisons as the rules in arrays, on what a state remembers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from therarel.detection.context import PanelContext
from therarel.detection.engines.sudden import AFTER, BEFORE, CRITICAL
from therarel.detection.monitors.earlier import BaselineChart, CausalRule, EarlierChart, EarlierDrop
from therarel.detection.monitors.state import MonitorState, Seen
from therarel.detection.rules.base import Change, Rule
from therarel.detection.rules.chart import ChartSigma
from therarel.detection.rules.levels import Reference
from therarel.detection.rules.reliable import ReliableDrop
from therarel.detection.rules.sudden import Stability, SuddenLoss
from therarel.detection.verdicts import CODES, Reason
from therarel.errors import InvalidValueError, shown

__all__ = ["COMPARES", "Judge", "causal_rule", "judge_for", "sudden_verdict"]

Judged = tuple[int, tuple[float, ...]]
Judge = Callable[[MonitorState, float, bool], Judged]
"""Judges a session: the state before it, its oriented score, and whether the previous one is near enough."""

_NO_REFERENCE: Final = CODES[Reason.NO_REFERENCE]
_TOO_FEW: Final = CODES[Reason.TOO_FEW_SESSIONS]
_NO_VARIATION: Final = CODES[Reason.NO_VARIATION_KNOWN]
_NO_ROOM: Final = CODES[Reason.NO_ROOM]
_FEW_AROUND: Final = CODES[Reason.FEW_AROUND]
_NONE: Final = (math.nan, math.nan, math.nan, math.nan)

COMPARES: Final[dict[type, tuple[str, ...]]] = {
    EarlierChart: ("reference", "limit", "drop", "sigma"),
    BaselineChart: ("reference", "limit", "drop", "sigma"),
    EarlierDrop: ("reference", "limit", "drop", "spread"),
    ReliableDrop: ("reference", "limit", "drop", "standard_error"),
    SuddenLoss: ("reference", "drop", "mean_before", "mean_after", "critical"),
}
"""What each rule compares, in the order in which an answer holds it."""


def causal_rule(rule: object, where: str) -> CausalRule | ReliableDrop | SuddenLoss:
    """The rule itself if it never looks ahead, or only as far as it says.

    Args:
        rule: What was given as a rule.
        where: What it was given to.

    Raises:
        InvalidValueError: if it does; the hint names a rule that does not.
    """
    if isinstance(rule, CausalRule | SuddenLoss) and type(rule) is not CausalRule:
        return rule
    if isinstance(rule, ReliableDrop):
        if rule.sd is not None:
            return rule
        raise InvalidValueError(
            "a monitor sees one course of therapy",
            where=f"{where}.sd",
            value="None",
            hint="give the standard deviation between clients, ReliableDrop(..., sd=...)",
        )
    instead = {"drop": "EarlierDrop", "below_own_mean": "EarlierChart(sigma='sd', k=2)"}
    name = rule.name if isinstance(rule, Rule) else ""
    raise InvalidValueError(
        "a monitor needs a rule that looks back only",
        where=where,
        value=f"'{name}'" if name else shown(rule),
        hint=f"use {instead.get(name, 'EarlierChart or BaselineChart')}",
    )


def judge_for(rule: CausalRule | ReliableDrop, context: PanelContext) -> Judge:
    """The function that judges a session from the state before it, its oriented score, and whether no gap lies between.

    Args:
        rule: The rule.
        context: Scale and tolerance.
    """
    if isinstance(rule, EarlierDrop):
        return _drop(rule, context)
    if isinstance(rule, ReliableDrop):
        return _reliable(rule, context)
    return _chart(rule, context)


def _chart(rule: CausalRule, context: PanelContext) -> Judge:
    k, fewest, floor, tolerance = rule.k, rule.earlier, rule.least_sigma, context.tolerance
    fixed, minimum = rule.least(context), context.minimum
    by_sd = getattr(rule, "sigma", None) is ChartSigma.SD
    frozen_after = fewest if isinstance(rule, BaselineChart) else 0

    def judge(state: MonitorState, score: float, near: bool) -> Judged:
        seen = state.earlier
        if seen < fewest:
            return _TOO_FEW, _NONE
        if by_sd:
            sigma = math.sqrt(state.squares / ((frozen_after or seen) - 1))
        elif state.pairs:
            sigma = state.ranges / state.pairs / 1.128
        else:
            return _NO_VARIATION, (state.mean, math.nan, state.mean - score, math.nan)
        if sigma < floor:
            sigma = floor
        centre = state.mean
        least = k * sigma + tolerance
        if least < fixed:
            least = fixed
        drop = centre - score
        compared = (centre, centre - least, drop, sigma)
        if centre - minimum <= least:
            return _NO_ROOM, compared
        return (1 if drop > least else 0), compared

    return judge


def _drop(rule: EarlierDrop, context: PanelContext) -> Judge:
    k, fewest, floor, tolerance = rule.k, rule.earlier, rule.least_sigma, context.tolerance
    fixed, minimum = rule.least(context), context.minimum

    def judge(state: MonitorState, score: float, near: bool) -> Judged:
        level = state.last
        if level is None or not near:
            return _NO_REFERENCE, _NONE
        seen = state.earlier
        if seen < fewest:
            return _TOO_FEW, (level, math.nan, level - score, math.nan)
        spread = math.sqrt(state.squares / (seen - 1))
        if spread < floor:
            spread = floor
        least = k * spread - tolerance
        if least < fixed:
            least = fixed
        compared = (level, level - least, level - score, spread)
        if level - minimum < least:
            return _NO_ROOM, compared
        return (1 if level - score >= least else 0), compared

    return judge


def _reliable(rule: ReliableDrop, context: PanelContext) -> Judge:
    reference, baseline = rule.reference, rule.baseline
    error = rule.least_drop(rule.sd or math.nan)
    least = max(error + context.tolerance, rule.least(context))
    error /= rule.critical
    end = context.minimum + least

    def judge(state: MonitorState, score: float, near: bool) -> Judged:
        level: float | None
        if reference is Reference.BASELINE:
            level = state.mean if state.earlier >= baseline else None
        elif not near:
            level = None
        else:
            level = state.last if reference is Reference.PREVIOUS else state.best
        if level is None:
            return _NO_REFERENCE, (math.nan, math.nan, math.nan, error)
        compared = (level, level - least, level - score, error)
        if level - score > least:
            return 1, compared
        return (_NO_ROOM if level <= end else 0), compared

    return judge


def sudden_verdict(rule: SuddenLoss, context: PanelContext, gap: float, window: tuple[Seen, ...], at: int) -> Judged:
    """The verdict on the session at one place of a window, as the one after a sudden change.

    Args:
        rule: The rule; a gain is a loss turned round.
        context: Scale and tolerance.
        gap: Largest distance of neighbours on the axis of places.
        window: Scored sessions in order.
        at: Place in the window; three sessions before it and two after are looked at, as far as they are there.
    """
    sign = 1.0 if rule.change is Change.DROP else -1.0
    end = context.minimum if rule.change is Change.DROP else -context.maximum
    tolerance, here, least = context.tolerance, window[at], rule.least(context)
    linked = at > 0 and here.place - window[at - 1].place <= gap
    before = sign * window[at - 1].score if linked else math.nan
    change = before - sign * here.score
    unable = 0
    if rule.cutoff is not None:
        least = max(least, rule.cutoff - tolerance)
    if rule.share is not None:
        room = before - end
        least = max(least, rule.share * room - tolerance)
        if linked and not room >= max(2 * context.step, 2 * tolerance) - tolerance:
            unable = _NO_ROOM
    fired = change >= least
    mean_before = mean_after = critical = math.nan
    if rule.criterion3 is not None:
        early = [
            sign * each.score for each in window[max(at - BEFORE, 0) : at] if here.place - each.place <= BEFORE * gap
        ]
        late = [sign * each.score for each in window[at : at + AFTER] if each.place - here.place <= (AFTER - 1) * gap]
        mean_before = sum(early) / len(early) if early else math.nan
        mean_after = sum(late) / len(late)
        if len(early) < 2 or len(late) < 2:
            fired, unable = False, _FEW_AROUND
        else:
            freedom = len(early) + len(late) - 2
            squares = sum((each - mean_before) ** 2 for each in early) + sum((each - mean_after) ** 2 for each in late)
            spread = math.sqrt(squares / freedom)
            if rule.criterion3 is Stability.T_TEST:
                spread *= math.sqrt(1 / len(early) + 1 / len(late))
            critical = CRITICAL[freedom] * spread
            fired = fired and mean_before - mean_after > critical + tolerance
    compared = (sign * before, change, sign * mean_before, sign * mean_after, critical)
    if not linked:
        return _NO_REFERENCE, compared
    if not unable and not fired and before - end < least:
        unable = _NO_ROOM
    return unable or (1 if fired else 0), compared
