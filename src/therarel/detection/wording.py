"""How findings are named: a score drop is a candidate rupture only where the score is of a relationship."""

from __future__ import annotations

import math

from therarel.detection.change import Change
from therarel.domain.ratings import Construct

__all__ = ["finding", "in_points", "may_say_rupture", "number", "place"]

_OF_THE_RELATIONSHIP = frozenset({Construct.ALLIANCE, Construct.RELATIONSHIP, Construct.PRESENCE})


def may_say_rupture(construct: Construct | None) -> bool:
    """Whether a drop in this construct may be called a candidate rupture; never for outcome or an unknown one.

    Examples:
        >>> may_say_rupture(Construct.ALLIANCE), may_say_rupture(Construct.OUTCOME), may_say_rupture(None)
        (True, False, False)
    """
    return construct in _OF_THE_RELATIONSHIP


def finding(construct: Construct | None, change: Change = Change.DROP, *, plural: bool = False) -> str:
    """What a finding is called.

    Examples:
        >>> finding(Construct.ALLIANCE), finding(None, plural=True)
        ('score drop (candidate rupture)', 'score drops')
    """
    end = "s" if plural else ""
    if change is Change.GAIN:
        return f"score gain{end}"
    return f"score drop{end}" + (f" (candidate rupture{end})" if may_say_rupture(construct) else "")


def number(value: float) -> str:
    """A score or a session as people read it.

    Examples:
        >>> number(4.0), number(3.9166666), number(float("nan"))
        ('4', '3.92', 'not available')
    """
    if math.isnan(value):
        return "not available"
    return f"{value:.0f}" if value == round(value) else f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"


def in_points(value: float) -> str:
    """A distance on the scale, in words.

    Examples:
        >>> in_points(1.0), in_points(0.75)
        ('1 point', '0.75 points')
    """
    told = number(value)
    return f"{told} point{'' if told == '1' else 's'}"


def place(session: float, *, dated: bool = False) -> str:
    """Where in the series: session or day.

    Examples:
        >>> place(7.0), place(21.0, dated=True)
        ('session 7', 'day 21')
    """
    return f"{'day' if dated else 'session'} {number(session)}"
