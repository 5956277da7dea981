"""What an internal consistency is: coefficients with intervals, item by item, on the level that it speaks of."""

from __future__ import annotations

from attrs import field, frozen

from therarel.counting import counted
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary

__all__ = ["Consistency", "Estimate", "ItemRest", "Level"]


class Level(Vocabulary, links={}):
    """What the consistency is a consistency of."""

    SINGLE = "single"
    """One row per dyad."""
    WITHIN = "within"
    """Differences between the sessions of a dyad."""
    BETWEEN = "between"
    """Differences between dyads, free of the noise of single sessions."""


@frozen(kw_only=True)
class Estimate:
    """A coefficient with its bootstrap interval; ``None`` where it is not defined.

    Examples:
        >>> Estimate(value=0.9, low=0.85, high=0.93).value
        0.9
    """

    value: float | None
    low: float | None
    high: float | None


@frozen(kw_only=True)
class ItemRest:
    """One item against the sum of the others.

    Args:
        item: Number of the item.
        correlation: Correlation with the sum of the other items; ``None`` where the item or the rest is constant.
        looks_wrongly_keyed: Whether it runs against the others, as an item does whose reversal was forgotten.

    Examples:
        >>> ItemRest(item=4, correlation=-0.6, looks_wrongly_keyed=True).item
        4
    """

    item: int
    correlation: float | None
    looks_wrongly_keyed: bool


@frozen(kw_only=True)
class Consistency:
    """How well the items of a score hang together.

    Args:
        level: What it is the consistency of.
        alpha: Cronbach's alpha.
        omega: McDonald's omega total of a one-factor model, fitted by unweighted least squares.
        items: Item-rest correlations.
        n_dyads: Number of dyads.
        n_rows: Number of complete rows.
        left_out: Number of rows left out because an answer is missing.
        confidence: Coverage of the intervals.
        remarks: What to know when reading it.

    Examples:
        >>> from therarel.measures import internal_consistency
        >>> answers = [[1, 2, 1], [2, 2, 3], [4, 5, 4], [5, 4, 5], [3, 3, 2]]
        >>> found = internal_consistency(answers, dyads="abcde", seed=1, resamples=200)
        >>> round(found.alpha.value, 3), found.n_dyads
        (0.932, 5)
    """

    level: Level
    alpha: Estimate
    omega: Estimate
    items: tuple[ItemRest, ...]
    n_dyads: int
    n_rows: int
    left_out: int
    confidence: float
    remarks: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        both = (self.alpha.value, self.omega.value)
        alpha, omega = ("not defined" if value is None else f"{value:.2f}" for value in both)
        return f"{self.level.label}: alpha {alpha}, omega {omega}; {counted(self.n_dyads, 'dyad')}"
