"""How findings are named: a score drop is a candidate rupture only where the score is of a relationship."""

from __future__ import annotations

import math

from attrs import frozen

from therarel.detection.change import Change
from therarel.domain.ratings import Construct

_OF_THE_RELATIONSHIP = frozenset({Construct.ALLIANCE, Construct.RELATIONSHIP, Construct.PRESENCE})


def may_say_rupture(construct: Construct | None) -> bool:
    """Whether a drop in this construct may be called a candidate rupture; never for outcome or an unknown one.

    Examples:
        >>> may_say_rupture(Construct.ALLIANCE), may_say_rupture(Construct.OUTCOME), may_say_rupture(None)
        (True, False, False)
    """
    return construct in _OF_THE_RELATIONSHIP


@frozen
class Terms:
    """The words for what a rule finds, by the way it looks, what the scores are of, and which way their scale runs.

    Where lower scores are better nothing that is worse is called a drop, for the number rises.

    Args:
        change: Which way the rule looks.
        construct: What the scores are scores of; ``None`` if unknown.
        higher_is_better: Direction of the scale.
        called: What one finding of the rule is called in the field; empty where that follows from the rest.

    Examples:
        >>> Terms(Change.DROP, Construct.ALLIANCE).finding, Terms(Change.DROP).findings
        ('score drop (candidate rupture)', 'score drops')
        >>> Terms(Change.DROP, Construct.OUTCOME, higher_is_better=False).finding
        'change for the worse'
        >>> Terms(Change.GAIN).returned, Terms(Change.GAIN).extreme
        ('lost again', 'best score')
        >>> Terms(Change.GAIN, Construct.OUTCOME, higher_is_better=False, called="sudden gain").findings
        'sudden gains'
    """

    change: Change
    construct: Construct | None = None
    higher_is_better: bool = True
    called: str = ""

    @property
    def _worse(self) -> bool:
        return self.change is Change.DROP

    @property
    def finding(self) -> str:
        """What one finding is called; of a relationship, a change for the worse is a candidate rupture."""
        if self.called:
            return self.called
        called = f"score {self.move}" if self.higher_is_better else self.move
        return f"{called} (candidate rupture)" if self._worse and may_say_rupture(self.construct) else called

    @property
    def findings(self) -> str:
        """What several findings are called."""
        if self.called:
            return f"{self.called}s"
        called = f"score {self.moves}" if self.higher_is_better else self.moves
        return f"{called} (candidate ruptures)" if self._worse and may_say_rupture(self.construct) else called

    @property
    def move(self) -> str:
        """What the scores did, in short."""
        if self.higher_is_better:
            return "drop" if self._worse else "gain"
        return f"change for the {'worse' if self._worse else 'better'}"

    @property
    def moves(self) -> str:
        """What the scores did, several times."""
        if self.higher_is_better:
            return f"{self.move}s"
        return f"changes for the {'worse' if self._worse else 'better'}"

    @property
    def up(self) -> bool:
        """Whether the number rises."""
        return self._worse is not self.higher_is_better

    @property
    def went(self) -> str:
        """What the number did."""
        return "rose" if self.up else "fell"

    @property
    def extreme(self) -> str:
        """The score that is farthest from the reference level."""
        return "worst score" if self._worse else "best score"

    @property
    def distance(self) -> str:
        """How far that score is from the reference level."""
        return "depth" if self._worse else "change from the reference level"

    @property
    def returned(self) -> str:
        """What is said of one that came back to the level."""
        return "recovered" if self._worse else "lost again"

    @property
    def ending(self) -> str:
        """The way back to the level."""
        return self.change.ending


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


def probability(value: float) -> str:
    """A p- or q-value as people read it, no finer than a simulation gives it.

    Examples:
        >>> probability(0.0432), probability(0.00214), probability(0.00002), probability(float("nan"))
        ('0.043', '0.0021', 'below 0.0001', 'not available')
    """
    return number(value) if math.isnan(value) else "below 0.0001" if value < 1e-4 else f"{value:.2g}"


def session_words(session: float, *, dated: bool = False) -> str:
    """Where in the series: session or day.

    Examples:
        >>> session_words(7.0), session_words(21.0, dated=True)
        ('session 7', 'day 21')
    """
    return f"{'day' if dated else 'session'} {number(session)}"
