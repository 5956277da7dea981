"""The drop rule: a score falls by a number of standard deviations below a reference level."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import field, frozen

from therarel.citations import Citation
from therarel.detection.limits import range_reach, spread_reach, straight_reach
from therarel.detection.rules.base import Rows, Rule, positive
from therarel.detection.rules.levels import (
    Reference,
    Scale,
    own_weight,
    reference_level,
    scale_of,
)
from therarel.detection.verdicts import Reason, Verdicts, code_of
from therarel.detection.wording import in_points
from therarel.domain import checks
from therarel.domain.checks import as_float
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Codes, Floats, Whole


@frozen(kw_only=True)
class Drop(Rule):
    """A score at least ``k`` standard deviations below a reference level.

    With the default scale, the larger of the dyad's own and the pooled within-person standard deviation, one steady
    client does not fire on a hair. Gumz and colleagues took the stricter of the variability within and between
    persons, and 1 and 2 as ``k``; that is ``scale="larger_person_between"``. Their exact formula was not available
    to us, so no setting is called by their name.

    Args:
        k: Number of standard deviations, above 0; of score points where the scale is ``points``.
        reference: Level from which the drop is counted.
        scale: Variation in which it is measured.
        baseline: Number of first sessions that make the baseline, where that is the reference.
        minimal_drop: Score points below which nothing fires.
        recovery: When a drop counts as recovered.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Source: gumz2012.

    Examples:
        >>> from therarel.detection import judge
        >>> rule = Drop(k=2, scale="person_sd")
        >>> judge(rule, [5, 5, 5, 5, 5, 5, 3, 5], scale=(1, 7)).code.tolist()
        [16, 0, 0, 0, 0, 0, 1, 20]

        The 20 says that the scale leaves no room: from 3 no score could fall by two standard deviations, which that
        score would itself have widened.
    """

    name: ClassVar[str] = "drop"
    causal_instead: ClassVar[str] = "EarlierDrop"
    sources: ClassVar[tuple[str | Citation, ...]] = ("gumz2012",)
    tabled: ClassVar[Rows] = {
        "drop_1_person": {"k": 1, "scale": "person_sd"},
        "drop_2_person": {"k": 2, "scale": "person_sd"},
        "drop_1_larger": {"k": 1},
        "drop_2_larger": {"k": 2},
        "drop_2_between": {"k": 2, "scale": "larger_person_between"},
        "running_maximum_points": {"k": 1.5, "scale": "points", "reference": "running_maximum"},
    }

    k: float = field(default=2.0, validator=positive, converter=as_float)
    reference: Reference = field(default=Reference.PREVIOUS, converter=Reference)
    scale: Scale = field(default=Scale.LARGER_PERSON_POOLED, converter=Scale)
    baseline: int = field(default=3, validator=checks.whole(1), converter=checks.as_int)

    @property
    def sentence(self) -> str:
        """What is compared with what, and the variation in which it is measured."""
        if self.scale is Scale.POINTS:
            return (
                f"A session is flagged where its score is worse than {self.reference.in_words} by at least"
                f" {in_points(self.k)}."
            )
        return (
            f"A session is flagged where its score is worse than {self.reference.in_words} by at least"
            f" {self.k:g} times {self.scale.in_words}."
        )

    @property
    def blind_spots(self) -> str:
        """What a comparison with the previous score misses."""
        if self.reference is Reference.RUNNING_MAXIMUM:
            return (
                "The best earlier score is the best of more and more scores, so that a long series lies further from"
                " it by chance than a short one, and one single good score is remembered to the end."
            )
        if self.reference is not Reference.PREVIOUS:
            return ""
        return (
            "It sees a change for the worse from one score to the next and misses a slow one. The own standard"
            " deviation includes the change itself, so that a short series hides its own changes. Near the worst end of"
            " the scale there is no room for so large a change."
        )

    @property
    def needs(self) -> frozenset[str]:
        """The pooled figure that the scale takes, if it takes one."""
        return frozenset({self.scale.pooled} if self.scale.pooled else ())

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session; a session without a reference is undetectable."""
        spread = scale_of(series, context, self.scale)
        least = np.maximum(self.k * spread - context.tolerance, self.least(context))
        level = None
        if self.reference is not Reference.PREVIOUS or values:
            level = reference_level(series, context, self.reference, baseline=self.baseline)
        if level is None:
            code = (series.change <= series.per_session(-least)).view(np.uint8)
        else:
            code = (level - series.score >= series.per_session(least)).view(np.uint8)
        self._mark_limits(series, context, spread, level, code)
        unknown = np.isnan(spread)
        if unknown.any():
            code[series.per_session(unknown)] = code_of(Reason.NO_VARIATION_KNOWN)
        far = series.breaks(context.max_gap) if level is None else np.isnan(level)
        code[series.first if far is None else far] = code_of(Reason.NO_REFERENCE)
        if level is None or not values:
            return Verdicts(code)
        compared = {
            "reference": level,
            "limit": level - series.per_session(least),
            "change": level - series.score,
            "spread": series.per_session(spread),
        }
        return Verdicts(code, compared)

    def _mark_limits(
        self,
        series: Series,
        context: PanelContext,
        spread: Floats,
        level: Floats | None,
        code: Codes,
    ) -> None:
        """Mark the sessions at which no score could be far enough below, because of few sessions or of the scale."""
        if not context.limits:
            return
        rows = self._asked(series, context, spread)
        if not rows.size:
            return
        compared = series.score[rows - 1] if level is None else level[rows]
        weight = own_weight(series, self.reference, rows)
        alpha, beta = compared - weight * series.score[rows], 1 - weight
        tie = -context.tolerance
        constant = getattr(context, self.scale.pooled) if self.scale.pooled else float(self.scale is Scale.POINTS)
        least = max(self.k * constant + tie, self.least(context))
        if self.scale is Scale.MOVING_RANGE:
            reach = range_reach(series, context, rows, alpha, beta, self.k / 1.128, least, tie)
        elif self.scale.of_person:
            reach = spread_reach(series, context, rows, alpha, beta, self.k, least, tie)
        else:
            reach = straight_reach(context, alpha, beta, least)
        told = code[rows]
        reach.mark(told)
        code[rows] = told

    def _asked(self, series: Series, context: PanelContext, spread: Floats) -> Whole:
        """The sessions that might be out of reach: at all others the worst score of the scale would fire."""
        quick = self.reference in (Reference.PREVIOUS, Reference.PERSON_MEAN) and self.scale is not Scale.MOVING_RANGE
        if not quick or not context.stated:
            return np.arange(series.score.size)
        n, above = series.sizes, series.mean - context.minimum
        needed = np.maximum(self.k * spread, self.least(context)) + 2 * context.tolerance
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.scale.of_person:
                others = n / (n - 1) * above  # at most so far above the end is the mean of the others
                needed = np.maximum(needed, self.k * np.sqrt(series.sd**2 + others**2 / n) + 2 * context.tolerance)
            if self.reference is Reference.PREVIOUS:
                return np.flatnonzero(~(series.score[:-1] > series.per_session(context.minimum + needed)[1:])) + 1
            # The score itself is part of the mean: at the end of the scale it takes a share of its height away.
            return np.flatnonzero(~(series.score < series.per_session(context.minimum + n * (above - needed))))


@frozen(kw_only=True)
class BelowOwnMean(Rule):
    """A score at or below the dyad's own mean minus ``k`` of its own standard deviations.

    The score that is judged is part of the mean and of the standard deviation: with ``n`` sessions it can lie at
    most ``(n - 1) / sqrt(n)`` standard deviations below, so that 2 of them cannot be reached in 5 sessions or fewer.
    And every dyad has a lowest score: the more sessions, the likelier it lies that low by chance.

    Args:
        k: Number of standard deviations, above 0.
        minimal_drop: Score points below the mean within which nothing fires.
        recovery: When the drop counts as recovered: the level to regain is the mean.

    Raises:
        InvalidValueError: if a parameter is out of bounds.

    Examples:
        >>> from therarel.detection import judge
        >>> judge(BelowOwnMean(k=2), [4, 4, 4, 4, 4, 2], scale=(1, 5)).flagged.tolist()
        [False, False, False, False, False, True]
        >>> judge(BelowOwnMean(k=2), [4, 4, 4, 4, 2], scale=(1, 5)).undetectable.tolist()
        [True, True, True, True, True]
    """

    name: ClassVar[str] = "below_own_mean"
    causal_instead: ClassVar[str] = "EarlierChart(sigma='sd', k=2)"
    tabled: ClassVar[Rows] = {"below_own_mean_2": {"k": 2}}

    k: float = field(default=2.0, validator=positive, converter=as_float)

    @property
    def sentence(self) -> str:
        """What is compared with what."""
        return (
            f"A session is flagged where its score is worse than the dyad's own mean by at least {self.k:g} of the"
            " dyad's own standard deviations."
        )

    @property
    def blind_spots(self) -> str:
        """Every series has a worst score."""
        return (
            "Every dyad has a worst score, and the more sessions, the likelier it is so bad by chance. Later sessions"
            " enter the mean."
        )

    def verdicts(self, series: Series, context: PanelContext, *, values: bool = False) -> Verdicts:
        """Judge every scored session against the dyad's own mean."""
        same = Drop(
            k=self.k,
            reference=Reference.PERSON_MEAN,
            scale=Scale.PERSON_SD,
            minimal_drop=self.minimal_drop,
        )
        return same.verdicts(series, context, values=values)
