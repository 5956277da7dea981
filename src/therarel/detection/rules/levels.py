"""The levels a score is compared with, and the variation it is measured in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.tables.arrays import Floats, Whole
from therarel.vocabulary import Vocabulary


class Reference(Vocabulary, links={}):
    """The level from which a drop is counted."""

    PREVIOUS = "previous"
    """The previous scored session within the panel's largest gap."""
    RUNNING_MAXIMUM = "running_maximum"
    """The best earlier score since the last gap: a decline over several sessions adds up."""
    PERSON_MEAN = "person_mean"
    """The dyad's own mean over all its sessions, those after the drop included."""
    BASELINE = "baseline"
    """The mean of the dyad's first sessions."""
    REGRESSION = "regression"
    """The dyad's own least-squares line over all its sessions."""

    @property
    def in_words(self) -> str:
        """The level as a part of a sentence."""
        return _LEVELS[self]


class Scale(Vocabulary, links={}):
    """The variation in which a drop is measured."""

    PERSON_SD = "person_sd"
    """The dyad's own standard deviation."""
    POOLED_SD = "pooled_sd"
    """The within-person standard deviation pooled over dyads."""
    BETWEEN_SD = "between_sd"
    """The standard deviation of the dyads' own means."""
    LARGER_PERSON_POOLED = "larger_person_pooled"
    """The larger of the dyad's own and the pooled within-person standard deviation."""
    LARGER_PERSON_BETWEEN = "larger_person_between"
    """The larger of the dyad's own and the between-person standard deviation: the stricter of the two views."""
    MOVING_RANGE = "moving_range"
    """The dyad's mean absolute change from session to session, divided by 1.128."""
    POINTS = "points"
    """Score points: the same for all dyads, whatever they vary."""

    @property
    def in_words(self) -> str:
        """The variation as a part of a sentence."""
        return _VARIATIONS[self]

    @property
    def of_person(self) -> bool:
        """Whether the dyad's own standard deviation enters, and with it the score that is judged."""
        return self in (Scale.PERSON_SD, Scale.LARGER_PERSON_POOLED, Scale.LARGER_PERSON_BETWEEN)

    @property
    def pooled(self) -> str | None:
        """The pooled figure that enters, by its name in `PanelContext`."""
        if self in (Scale.POOLED_SD, Scale.LARGER_PERSON_POOLED):
            return "pooled_sd"
        return "between_sd" if self in (Scale.BETWEEN_SD, Scale.LARGER_PERSON_BETWEEN) else None


_LEVELS: Final[Mapping[Reference, str]] = MappingProxyType(
    {
        Reference.PREVIOUS: "the previous score of the same dyad",
        Reference.RUNNING_MAXIMUM: "the best earlier score of the same dyad",
        Reference.PERSON_MEAN: "the dyad's own mean",
        Reference.BASELINE: "the mean of the dyad's first sessions",
        Reference.REGRESSION: "the dyad's own straight line",
    }
)
_VARIATIONS: Final[Mapping[Scale, str]] = MappingProxyType(
    {
        Scale.PERSON_SD: "the dyad's own standard deviation",
        Scale.POOLED_SD: "the standard deviation within dyads, pooled over all of them",
        Scale.BETWEEN_SD: "the standard deviation of the dyads' means",
        Scale.LARGER_PERSON_POOLED: "the larger of the dyad's own standard deviation and the one pooled over all dyads",
        Scale.LARGER_PERSON_BETWEEN: "the larger of the dyad's own standard deviation and that of the dyads' means",
        Scale.POINTS: "one score point",
        Scale.MOVING_RANGE: "the dyad's mean change from session to session, divided by 1.128",
    }
)


def reference_level(series: Series, context: PanelContext, reference: Reference, *, baseline: int = 3) -> Floats:
    """The level each session is compared with, NaN where there is none; shape ``(n,)``."""
    if reference is Reference.PREVIOUS:
        level = np.empty_like(series.score)
        level[1:] = series.score[:-1]
        far = series.breaks(context.max_gap)
        level[series.first if far is None else far] = np.nan
        return level
    if reference is Reference.RUNNING_MAXIMUM:
        return _running_maximum(series, context)
    if reference is Reference.BASELINE:
        early = series.scores_before < baseline
        total = series.total(np.where(early, series.score, 0.0))
        mean = total / np.minimum(series.sizes, baseline)
        return np.where(early, np.nan, series.per_session(mean))
    if reference is Reference.PERSON_MEAN:
        return series.per_session(series.mean)
    height, slope = series.line
    return series.per_session(height) + series.per_session(slope) * series.session_deviation


def own_weight(series: Series, reference: Reference, rows: Whole) -> Floats:
    """The share of some sessions' own scores in the levels they are compared with, 0 to 1; shape of the rows."""
    if reference is Reference.PERSON_MEAN:
        return (1 / series.sizes)[series.owner[rows]]
    if reference is not Reference.REGRESSION:
        return np.zeros(rows.size)
    distance = series.session_deviation**2
    spread = series.per_session(series.total(distance))
    leverage = np.divide(distance, spread, out=np.zeros_like(spread), where=spread > 0)
    return np.asarray((1 / series.sizes)[series.owner[rows]] + leverage[rows])


def _running_maximum(series: Series, context: PanelContext) -> Floats:
    """Best earlier score of the stretch, by doubling: after step s each row has seen the s rows before it."""
    before = series.stretch(context.max_gap)
    best = np.empty_like(series.score)
    best[1:] = series.score[:-1]
    best[before == 0] = -np.inf
    reach = 1
    longest = int(before.max()) if before.size else 0
    while reach < longest:
        earlier = np.where(before[reach:] > reach, best[:-reach], -np.inf)
        best = np.concatenate((best[:reach], np.maximum(best[reach:], earlier)))
        reach *= 2
    best[before == 0] = np.nan
    return best


def scale_of(series: Series, context: PanelContext, scale: Scale) -> Floats:
    """The variation a drop is measured in, for each dyad; NaN where it cannot be computed; shape ``(g,)``."""
    if scale is Scale.POINTS:
        return np.ones(series.sizes.size)
    constant = getattr(context, scale.pooled) if scale.pooled else None
    if scale is Scale.MOVING_RANGE:
        number, total = series.moved(context.max_gap)
        with np.errstate(invalid="ignore"):
            return np.asarray(total / number / 1.128)  # of a single score 0 / 0
    if constant is None:
        return series.sd
    if not scale.of_person:
        return np.full(series.sizes.size, constant)
    # A dyad with one session has no spread of its own; the pooled one is used alone.
    return np.asarray(np.fmax(series.sd, constant) if constant == constant else series.sd * np.nan)
