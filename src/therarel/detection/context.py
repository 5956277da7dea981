"""What a rule knows about the whole panel before it looks at a dyad: pooled variation, tolerance, scale, gaps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from therarel.detection.series import Series
from therarel.domain import checks
from therarel.errors import InvalidValueError
from therarel.panels.terms import farthest

__all__ = ["TOLERANCE", "PanelContext", "autocorrelation", "pool"]

TOLERANCE: Final = 1e-9
"""Ties are settled within this share of the scale's range: equal in exact arithmetic is equal on every engine."""


@frozen(kw_only=True)
class PanelContext:
    """What is pooled over the dyads of a panel, and what its scale and session index allow.

    All figures are in score points and oriented (higher is better). A figure that no rule asked for, or that the
    panel cannot give, is NaN.

    Args:
        pooled_sd: Within-person standard deviation, pooled over dyads.
        between_sd: Standard deviation of the dyads' own means.
        first_sd: Standard deviation of the dyads' first scores.
        phi: Autocorrelation of successive scores within persons, pooled over dyads, below 1.
        minimum: Worst score of the scale, oriented.
        maximum: Best score of the scale, oriented.
        step: Smallest difference between two possible scores; 0 if unknown.
        tolerance: Differences up to this many points are ties.
        max_gap: Largest distance between two sessions that still follow each other; infinite if any may.
        adjacent: Distance within which the next session is the very next one; infinite where sessions are dated.
        worst: Worst score that a session can have, oriented: the minimum where somebody stated it, minus infinity
            where it is only the lowest score seen.
        best: Best score that a session can have, oriented; infinity where nobody stated it.
        limits: Whether rules find out at which sessions they could not have fired; what they flag is the same.

    Raises:
        InvalidValueError: if the scale has no range.

    Examples:
        >>> PanelContext.of_scale(1, 5).tolerance
        4e-09
    """

    pooled_sd: float = math.nan
    between_sd: float = math.nan
    first_sd: float = math.nan
    phi: float = math.nan
    minimum: float = field(validator=checks.number(), converter=checks.as_float)
    maximum: float = field(validator=checks.number(), converter=checks.as_float)
    step: float = 0.0
    tolerance: float
    max_gap: float = math.inf
    adjacent: float = 1.0
    worst: float = -math.inf
    best: float = math.inf
    limits: bool = True

    @property
    def stated(self) -> bool:
        """Whether the ends of the scale were stated, so that no score can lie beyond them."""
        return math.isfinite(self.worst)

    @property
    def least_difference(self) -> float:
        """Score points from which on two scores differ: a millionth of the scale's range, above all rounding."""
        return 1000 * self.tolerance

    def knowing(self, figures: Mapping[str, float]) -> PanelContext:
        """The context with pooled figures, by name, in the place of those it has."""
        return evolve(
            self,
            pooled_sd=figures.get("pooled_sd", self.pooled_sd),
            between_sd=figures.get("between_sd", self.between_sd),
            first_sd=figures.get("first_sd", self.first_sd),
            phi=figures.get("phi", self.phi),
        )

    @classmethod
    def of_scale(
        cls,
        minimum: float,
        maximum: float,
        *,
        higher_is_better: bool = True,
        step: float = 0.0,
        max_gap: float | None = None,
        dated: bool = False,
        stated: bool = True,
    ) -> PanelContext:
        """A context that knows the scale and the session index and nothing that is pooled.

        Args:
            minimum: Lowest score of the scale, as the instrument counts it.
            maximum: Highest score of the scale.
            higher_is_better: Direction of the scale.
            step: Smallest difference between two possible scores; 0 if unknown.
            max_gap: Largest distance between sessions that follow each other; ``None`` if any may.
            dated: Whether sessions are dates, so that no distance is the distance of neighbours.
            stated: Whether the ends were stated rather than read off the scores.

        Raises:
            InvalidValueError: if the minimum is not below the maximum.
        """
        if not minimum < maximum:
            raise InvalidValueError(
                "a panel needs a scale with a range",
                where="PanelContext",
                value=f"{minimum:g} to {maximum:g}",
                hint="name the scale when every score is the same",
            )
        low, high = (minimum, maximum) if higher_is_better else (-maximum, -minimum)
        return cls(
            minimum=float(low),
            maximum=float(high),
            step=step,
            tolerance=TOLERANCE * (maximum - minimum),
            max_gap=math.inf if max_gap is None else farthest(max_gap),
            adjacent=farthest(math.inf if dated else 1.0) if max_gap is None else farthest(max_gap),
            worst=float(low) if stated else -math.inf,
            best=float(high) if stated else math.inf,
        )


def pool(series: Iterable[Series], needs: AbstractSet[str], *, max_gap: float = math.inf) -> dict[str, float]:
    """The pooled figures that some rules need, from one pass over the blocks of a panel.

    Sums run over the per-dyad figures of the whole panel, so that the answer does not depend on how the panel was
    cut into blocks.

    Args:
        series: The blocks, in order.
        needs: Which of ``pooled_sd``, ``between_sd``, ``first_sd`` and ``phi`` are wanted.
        max_gap: Largest distance between two sessions that still follow each other.

    Returns:
        Each wanted figure by name, NaN where the panel cannot give it.

    Examples:
        >>> block = Series(np.array([0, 2, 4]), np.array([1., 2, 1, 2]), np.array([3., 5, 4, 4]))
        >>> pool([block], {"pooled_sd"})
        {'pooled_sd': 1.0}
    """
    parts = [figures(block, needs, max_gap=max_gap) for block in series if block.score.size]
    return pooled(parts, needs)


Figures = dict[str, npt.NDArray[np.float64]]


def figures(block: Series, needs: AbstractSet[str], *, max_gap: float = math.inf) -> Figures:
    """The figures of each dyad of a block that pooling some quantities takes, each of shape ``(g,)``."""
    found: Figures = {"size": block.sizes.astype(np.float64)}
    if "between_sd" in needs or "pooled_sd" in needs:
        found["mean"] = block.mean
    if "pooled_sd" in needs:
        found["squares"] = block.squares
    if "first_sd" in needs:
        found["first"] = block.score[block.first]
    if "phi" in needs:
        before = block.stretch(max_gap)
        for lag, changes, number in ((1, "one", "ones"), (2, "two", "twos")):
            there = before >= lag
            squared = np.zeros(block.score.size)
            squared[lag:] = (block.score[lag:] - block.score[:-lag]) ** 2
            found[changes] = block.total(np.where(there, squared, 0.0))
            found[number] = block.total(there.astype(np.float64))
    return found


def pooled(parts: Sequence[Figures], needs: AbstractSet[str]) -> dict[str, float]:
    """The pooled quantities from the figures of all dyads, in the order of the panel; NaN where there is nothing."""

    def of(name: str) -> npt.NDArray[np.float64]:
        return np.concatenate([part[name] for part in parts]) if parts else np.empty(0)

    found: dict[str, float] = {}
    if "pooled_sd" in needs:
        sizes = of("size")
        freedom = float(sizes.sum() - sizes.size)
        found["pooled_sd"] = math.sqrt(float(of("squares").sum()) / freedom) if freedom > 0 else math.nan
    if "between_sd" in needs:
        found["between_sd"] = _sd(of("mean"))
    if "first_sd" in needs:
        found["first_sd"] = _sd(of("first"))
    if "phi" in needs:
        sums = {name: float(of(name).sum()) for name in ("one", "ones", "two", "twos")}
        found["phi"] = autocorrelation(sums["one"], sums["ones"], sums["two"], sums["twos"])
    return found


def _sd(values: npt.NDArray[np.float64]) -> float:
    return float(np.std(values, ddof=1)) if values.size > 1 else math.nan


def autocorrelation(one: float, ones: float, two: float, twos: float) -> float:
    """Autocorrelation of successive scores within persons, from changes over one and over two sessions.

    In a first-order autoregression the mean squared change over two sessions is ``1 + phi`` times that over one.
    Levels and slow trends of a person cancel out of changes, so that the figure does not lean downwards in short
    series as the usual one does.

    Args:
        one: Sum of squared changes over one session, over all dyads.
        ones: Their number.
        two: Sum of squared changes over two sessions.
        twos: Their number.

    Returns:
        The autocorrelation, between -0.95 and 0.95; NaN where nothing changes or no dyad has three sessions.

    Examples:
        >>> autocorrelation(10.0, 100, 13.0, 100)
        0.3
    """
    if not (ones and twos and one):
        return math.nan
    return round(float(np.clip((two / twos) / (one / ones) - 1, -0.95, 0.95)), 12)
