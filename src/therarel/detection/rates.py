"""Rates with their Monte Carlo uncertainty: shares, false alarms, hits, and false alarms under another noise."""

from __future__ import annotations

import math

from attrs import field, frozen

from therarel.counting import counted
from therarel.detection.rules.base import Rule
from therarel.noise.null import NullModel


@frozen
class Rate:
    """A share that was counted, with the interval in which the true one lies with 95% confidence.

    Args:
        count: Number of hits, 0 or more.
        total: Number of trials, at least ``count``.

    Examples:
        >>> Rate(5, 100)
        0.050 [0.022, 0.112]
    """

    count: int
    total: int

    @property
    def share(self) -> float:
        """The share; NaN of nothing."""
        return self.count / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval, 95%."""
        if not self.total:
            return math.nan, math.nan
        z = 1.959963984540054
        p, n = self.share, self.total
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.interval[0]

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.interval[1]

    def __repr__(self) -> str:
        return f"{self.share:.3f} [{self.low:.3f}, {self.high:.3f}]"


def series_in_words(sessions: int | None) -> str:
    """Series of one length, or those of a panel, in words.

    Examples:
        >>> series_in_words(1), series_in_words(None)
        ('1 session', "the panel's own sessions")
    """
    return "the panel's own sessions" if sessions is None else counted(sessions, "session")


@frozen
class FalseAlarmRate:
    """How often a rule fires on noise in series of one length.

    Args:
        sessions: Number of sessions of each series; ``None`` where they are those of a panel.
        clients: Share of clients with at least one flagged session.
        at_sessions: Share of the sessions at which the rule could have fired that it flagged.
        undetectable: Share of sessions at which it could not have fired.
    """

    sessions: int | None
    clients: Rate
    at_sessions: Rate
    undetectable: float

    @property
    def series(self) -> str:
        """The series in words."""
        return series_in_words(self.sessions)


@frozen
class HitRate:
    """How often a rule finds a drop, or a rise, of known depth and length, one in each client.

    Args:
        sessions: Number of sessions of each series; ``None`` where they are those of a panel.
        depth: Depth, or height, in score points.
        length: Number of sessions away from the level before.
        found: Share of clients with a flagged session within it.
        flagged: Share of clients with a flagged session anywhere.
    """

    sessions: int | None
    depth: float
    length: int
    found: Rate
    flagged: Rate


@frozen
class SensitivityRate:
    """The false-alarm rate with one figure of the null model changed.

    Args:
        sessions: Number of sessions of each series; ``None`` where they are those of a panel.
        figure: Which figure: ``phi``, ``within_sd`` or ``slope``.
        value: Its value.
        clients: Share of clients with at least one flagged session.
    """

    sessions: int | None
    figure: str
    value: float
    clients: Rate


@frozen
class Rates:
    """The rates of a rule where nothing happened, and where something did, as plain values.

    Args:
        rule: The rule.
        null: The null model.
        seed: Seed of the simulation.
        false_alarms: One entry per length of series; a single one where the series are those of a panel.
        hits: One entry per length of series, depth and length of the drop.
        sensitivity: One entry per length of series, figure and value; empty if not asked for.
    """

    rule: Rule
    null: NullModel
    seed: int
    false_alarms: tuple[FalseAlarmRate, ...]
    hits: tuple[HitRate, ...] = field(default=())
    sensitivity: tuple[SensitivityRate, ...] = field(default=())
