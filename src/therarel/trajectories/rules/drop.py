"""The drop rule: a score falls by so many standard deviations below a reference level."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.trajectories.context import PanelContext
from therarel.trajectories.limits import near_the_end, range_reach, spread_reach, straight_reach
from therarel.trajectories.rules.base import NO_DROP, Rule, positive
from therarel.trajectories.rules.levels import (
    Reference,
    Scale,
    own_weight,
    reference_level,
    scale_of,
)
from therarel.trajectories.series import Series
from therarel.trajectories.verdicts import Reason, Verdicts, code_of

__all__ = ["Drop"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


@frozen(kw_only=True)
class Drop(Rule):
    """A score at least ``k`` standard deviations below a reference level.

    With the default scale, the larger of the dyad's own and the pooled within-person standard deviation, one steady
    client does not fire on a hair. Gumz and colleagues took the stricter of the variability within and between
    persons, and 1 and 2 as ``k``; that is ``scale="larger_person_between"``. Their exact formula was not available
    to us, so no setting is called by their name.

    Args:
        k: Number of standard deviations, above 0.
        reference: Level from which the drop is counted.
        scale: Variation in which it is measured.
        baseline: Number of first sessions that make the baseline, where that is the reference.
        minimal_drop: Score points below which nothing fires.
        recovery: When a drop counts as recovered.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Source: gumz2012.

    Examples:
        >>> from therarel.trajectories import judge
        >>> rule = Drop(k=2, scale="person_sd")
        >>> judge(rule, [5, 5, 5, 5, 5, 5, 3, 5], scale=(1, 7)).code.tolist()
        [16, 0, 0, 0, 0, 0, 1, 20]

        The 20 says that the scale leaves no room: from 3 no score could fall by two standard deviations, which that
        score would itself have widened.
    """

    name: ClassVar[str] = "drop"

    k: float = field(default=2.0, validator=positive, converter=as_float)
    reference: Reference = field(default=Reference.PREVIOUS, converter=Reference)
    scale: Scale = field(default=Scale.LARGER_PERSON_POOLED, converter=Scale)
    baseline: int = field(default=3, validator=checks.whole(1))

    @property
    def needs(self) -> frozenset[str]:
        """The pooled figure that the scale takes, if it takes one."""
        return frozenset({self.scale.pooled} if self.scale.pooled else ())

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session; a session without a reference is undetectable."""
        spread = scale_of(series, context, self.scale)
        least = np.maximum(self.k * spread - context.tolerance, self._least(context))
        level = None
        if self.reference is not Reference.PREVIOUS or values:
            level = reference_level(series, context, self.reference, baseline=self.baseline)
        dropped = -series.change if level is None else level - series.score
        code = (dropped >= least[series.owner]).view(np.uint8)
        self._mark_limits(series, context, spread, code)
        unknown = np.isnan(spread)
        if unknown.any():
            code[unknown[series.owner]] = code_of(Reason.NO_VARIATION_KNOWN)
        far = series.breaks(context.max_gap) if level is None else np.isnan(level)
        code[series.first if far is None else far] = code_of(Reason.NO_REFERENCE)
        if level is None or not values:
            return Verdicts(code)
        limit = level - least[series.owner]
        compared = {"reference": level, "limit": limit, "drop": dropped, "spread": spread[series.owner]}
        return Verdicts(code, compared)

    def _least(self, context: PanelContext) -> float:
        """The drop that is needed whatever the spread; a tie is no drop."""
        return max(self.minimal_drop - context.tolerance, NO_DROP * context.tolerance)

    def _mark_limits(self, series: Series, context: PanelContext, spread: Floats, code: npt.NDArray[np.uint8]) -> None:
        """Mark the sessions at which no score could be far enough below, because of few sessions or of the scale."""
        asked = self._short(series, context) | self._near(series, context, spread)
        if not asked.any():
            return
        few, rows = (series, slice(None)) if asked.all() else series.select(asked)
        level = reference_level(few, context, self.reference, baseline=self.baseline)
        weight = own_weight(few, self.reference)
        alpha, beta = level - weight * few.score, 1 - weight
        tie = -context.tolerance
        constant = getattr(context, self.scale.pooled) if self.scale.pooled else 0.0
        least = max(self.k * constant + tie, self._least(context))
        if self.scale is Scale.MOVING_RANGE:
            far = few.breaks(context.max_gap)
            reach = range_reach(few, context, alpha, beta, self.k / 1.128, least, tie, breaks=far)
        elif self.scale.of_person:
            reach = spread_reach(few, context, alpha, beta, self.k, least, tie)
        else:
            reach = straight_reach(context, alpha, beta, least)
        told = code[rows]
        reach.mark(told)
        code[rows] = told

    def _short(self, series: Series, context: PanelContext) -> Truths:
        """Dyads of so few sessions that some of them might be out of reach."""
        if self.reference is Reference.REGRESSION:
            return np.ones(series.sizes.size, dtype=np.bool_)  # leverage may be high in a series of any length
        if not (self.scale.of_person or self.scale is Scale.MOVING_RANGE):
            return np.zeros(series.sizes.size, dtype=np.bool_)
        if self.scale is Scale.MOVING_RANGE:
            far = series.breaks(context.max_gap)
            gaps = 1.0 if far is None else series.total(far.astype(np.float64))
            return np.asarray(2 * self.k / 1.128 >= (series.sizes - gaps) * (1 - 1 / series.sizes))
        return np.asarray(self.k**2 >= (series.sizes - 1) ** 2 / series.sizes)

    def _near(self, series: Series, context: PanelContext, spread: Floats) -> Truths:
        """Dyads so near the end of the scale that some session might have no room for a drop."""
        if not context.stated:
            return np.zeros(series.sizes.size, dtype=np.bool_)
        if self.reference is Reference.REGRESSION:
            return np.ones(series.sizes.size, dtype=np.bool_)
        needed = self.k * spread
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.scale.of_person:
                n = series.sizes
                others = (n * series.mean - series.lowest) / (n - 1)
                needed = np.maximum(needed, self.k * np.sqrt(series.sd**2 + (others - context.minimum) ** 2 / n))
            elif self.scale is Scale.MOVING_RANGE:
                far = series.breaks(context.max_gap)
                number = series.sizes - (1.0 if far is None else series.total(far.astype(np.float64)))
                needed = needed + self.k / 1.128 * 2 * (series.highest - context.minimum) / number
        limit = np.maximum(needed, self._least(context))
        return near_the_end(series, context, limit, own_mean=self.reference is Reference.PERSON_MEAN)
