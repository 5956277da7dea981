"""What a rule knows about the whole panel before it looks at a dyad: pooled variation, tolerance, scale, gaps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from attrs import evolve, field, frozen

from therarel.domain import checks
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, is_number, shown
from therarel.panels import SessionIndex
from therarel.panels.terms import farthest

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


def scale_for(scale: RatingScale | Sequence[float], higher_is_better: bool | None = None) -> RatingScale:
    """A scale as it was stated: by its ends and its direction, or as a `RatingScale`.

    Args:
        scale: Lowest and highest possible score, or a `RatingScale`.
        higher_is_better: Direction; needed where the scale is a pair of numbers.

    Raises:
        InvalidValueError: if the scale is not a pair of numbers, has no range, or its direction is not known.
    """
    if isinstance(scale, RatingScale):
        if higher_is_better is not None and higher_is_better is not scale.higher_is_better:
            raise InvalidValueError(
                "scale and higher_is_better disagree", where="higher_is_better", value=shown(higher_is_better)
            )
        return scale
    ends = tuple(scale) if isinstance(scale, tuple | list) else ()
    if len(ends) != 2:
        raise InvalidValueError("a scale is a lowest and a highest score", where="scale", value=shown(scale))
    if higher_is_better is None:
        raise InvalidValueError(
            "the direction of the scores is not known",
            where="higher_is_better",
            hint="say whether a higher score is better; it is never assumed",
        )
    return RatingScale(ends[0], ends[1], higher_is_better)


def context_for(
    scale: RatingScale, index: SessionIndex | str = SessionIndex.ATTENDED, max_gap: float | None = None
) -> PanelContext:
    """What rules may know of scores that nobody has seen as a whole: their scale and what their sessions count.

    Args:
        scale: Ends, direction and step of the scores.
        index: What the sessions count.
        max_gap: Largest distance between sessions that follow each other; ``None`` if any may.

    Raises:
        InvalidValueError: if the largest gap is not a distance, or there is no such index.
    """
    if max_gap is not None and (not is_number(max_gap) or not max_gap > 0):
        raise InvalidValueError("a largest gap is a distance", where="max_gap", value=shown(max_gap), bound="above 0")
    return PanelContext.of_scale(
        scale.minimum,
        scale.maximum,
        higher_is_better=scale.higher_is_better,
        step=scale.step or 0.0,
        max_gap=None if max_gap is None else float(max_gap),
        dated=SessionIndex(index) is not SessionIndex.ATTENDED,
    )
