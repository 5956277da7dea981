"""Choosing a rule's threshold for a false-alarm rate that one is ready to bear."""

from __future__ import annotations

import math
from typing import Final

from attrs import frozen

from therarel.errors import InvalidValueError, shown
from therarel.panels import Panel
from therarel.trajectories.calibration import Calibration, calibrate
from therarel.trajectories.null import NullModel
from therarel.trajectories.rules.base import Rule, a_rule

__all__ = ["ChosenThreshold", "choose_threshold"]

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
    """

    rule: Rule
    parameter: str
    value: float
    false_alarm: float
    calibration: Calibration


def choose_threshold(
    rule: Rule,
    *,
    false_alarm: float = 0.05,
    sessions: int = 16,
    like: Panel | NullModel | None = None,
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
        sessions: Number of sessions of the series it is chosen for; longer ones give more false alarms.
        like: Whose noise; see `calibrate`.
        clients: Number of simulated clients.
        seed: Seed.
        threads: Number of threads; never changes the answer.

    Raises:
        InvalidValueError: if the share is out of bounds or no threshold reaches it.

    Examples:
        >>> from therarel.trajectories import rules
        >>> chosen = choose_threshold(rules.Drop(), false_alarm=0.05, clients=1000, seed=2)
        >>> 2.3 < chosen.value < 3.3
        True
    """
    a_rule(rule, "choose_threshold")
    if type(false_alarm) is not float or not 0 < false_alarm < 1:
        raise InvalidValueError(
            "not accepted", where="false_alarm", value=shown(false_alarm), bound="above 0 and below 1"
        )
    null = NullModel.of(like)

    def with_value(steps: int) -> Rule:
        return rule.with_threshold(steps * _FINEST)

    def too_often(steps: int) -> bool:
        found = calibrate(
            with_value(steps), like=null, lengths=(sessions,), depths=(), clients=clients, seed=seed, threads=threads
        )
        return found.false_alarms[0].clients.share > false_alarm

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
    proof = calibrate(chosen, like=null, lengths=(sessions,), clients=clients, seed=seed + 1, threads=threads)
    return ChosenThreshold(chosen, rule.threshold, high * _FINEST, false_alarm, proof)
