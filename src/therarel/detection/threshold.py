"""Choosing a rule's threshold for a false-alarm rate that one is ready to bear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from therarel.detection.calibration import Calibration, calibrate
from therarel.detection.designs import designs_of
from therarel.detection.rules.arguments import a_rule
from therarel.detection.rules.base import Rule
from therarel.errors import InvalidValueError, as_whole, is_number, shown
from therarel.noise.null import NullModel
from therarel.panels import Panel
from therarel.representation import one_line

_FINEST: Final = 0.01
_HIGHEST: Final = 1000.0


@frozen
class ChosenThreshold:
    """A rule whose threshold was chosen, with the calibration that it was chosen by.

    Args:
        rule: The rule, with its new threshold.
        parameter: Name of the parameter that was chosen.
        value: Its value.
        false_alarm: The rate that was asked for: share of clients flagged by noise alone.
        calibration: False alarms and hits of the rule as it now is, from clients that played no part in the choice.
        remark: What keeps the rate below the one that was asked for; empty where it comes near.
    """

    rule: Rule
    parameter: str
    value: float
    false_alarm: float
    calibration: Calibration
    remark: str = ""

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return (
            f"{self.rule.label} for false alarms in {self.false_alarm:.1%} of clients"
            + (f"; {self.remark}" if self.remark else "")
            + f"\n{self.calibration}"
        )


def choose_threshold(
    rule: Rule,
    *,
    false_alarm: float = 0.05,
    sessions: int | None = None,
    like: Panel | NullModel | None = None,
    depths: Sequence[float] = (1.0,),
    drop_lengths: Sequence[int] | None = None,
    clients: int = 4000,
    seed: int,
    threads: int = 2,
) -> ChosenThreshold:
    """Find the lowest threshold at which a rule flags no more than a given share of clients by noise alone.

    The threshold is ``k`` of most rules, ``critical`` of the reliable drop, ``cutoff`` of sudden changes and
    ``penalty`` of change points; it is found to two decimals on one simulated sample, and then calibrated on another.

    Args:
        rule: The rule; its other settings stay.
        false_alarm: Share of clients, above 0 and below 1.
        sessions: Number of sessions of the series it is chosen for; longer ones give more false alarms. If not given,
            those of the panel, or 16 without one.
        like: Whose noise; see `calibrate`.
        depths: Depths of the drops, or rises, that the chosen rule is tried with, in score points; see `calibrate`.
        drop_lengths: Their lengths in sessions; see `calibrate`.
        clients: Number of simulated clients.
        seed: Seed.
        threads: Number of threads; never changes the answer.

    Raises:
        InvalidValueError: if the share is out of bounds or no threshold reaches it.

    Examples:
        >>> from therarel.detection import rules
        >>> chosen = choose_threshold(rules.Drop(), false_alarm=0.05, clients=1000, seed=2)
        >>> 2.3 < chosen.value < 3.3
        True
    """
    a_rule(rule, "choose_threshold")
    if not is_number(false_alarm) or not 0 < false_alarm < 1:
        raise InvalidValueError(
            "not accepted", where="false_alarm", value=shown(false_alarm), bound="above 0 and below 1"
        )
    false_alarm, seed = float(false_alarm), as_whole(seed, where="choose_threshold.seed")
    clients = as_whole(clients, where="choose_threshold.clients", minimum=100)
    threads = as_whole(threads, where="threads", minimum=1)
    lengths = (sessions,) if sessions is not None else None if isinstance(like, Panel) else (16,)
    (design,) = designs_of(like, lengths, clients, seed, where="choose_threshold")

    def with_value(steps: int) -> Rule:
        return rule.with_threshold(steps * _FINEST)

    rates: dict[int, float] = {}

    def too_often(steps: int) -> bool:
        rates[steps] = design.noise(with_value(steps), threads=threads).clients.share
        return rates[steps] > false_alarm

    low, high = 0, math.ceil(1 / _FINEST)
    while too_often(high):
        low, high = high, 2 * high
        if high * _FINEST > _HIGHEST:
            raise InvalidValueError(
                "no threshold makes the rule fire so seldom", where="choose_threshold", value=f"{false_alarm:g}"
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if too_often(middle) else (low, middle)
    chosen = with_value(high)
    proof = calibrate(
        chosen, like=like, lengths=lengths, depths=depths, drop_lengths=drop_lengths, clients=clients, seed=seed + 1,
        threads=threads,
    )  # fmt: skip
    return ChosenThreshold(
        chosen,
        rule.threshold,
        high * _FINEST,
        false_alarm,
        proof,
        _remark(rates[high], rates.get(low), false_alarm, low),
    )


def _remark(share: float, below: float | None, asked: float, low: int) -> str:
    """What is to be said where the rate that was asked for is missed by more than half of it."""
    if share > asked / 2:
        return ""
    if below is None:
        return (
            f"Even at the lowest threshold that is tried, {_FINEST:g}, noise alone makes the rule flag {share:.3f} of"
            f" clients, and not {asked:g}."
        )
    return (
        f"No threshold comes near: noise alone makes the rule flag {share:.3f} of clients at this one, and"
        f" {below:.3f} at {low * _FINEST:.2f}."
    )
