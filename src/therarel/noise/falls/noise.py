"""The noise of a panel as it is: what its scores differ by from what those before them predict.

Falls live in the lower tail, and dyads that may have one count less. That loses real tails together with the falls,
which is why limits are also drawn from a model whose tails are those of the other side.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from attrs import frozen

from therarel.noise.falls.lengths import of_equal_length
from therarel.noise.falls.likelihood import Whitened, scanned
from therarel.noise.falls.matching import without_fall
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.pulses import Pulses
from therarel.noise.null import NullModel
from therarel.noise.series import Series
from therarel.tables.arrays import Floats

_KNOWN: Final = 1.5
"""Errors count where level and slope are known so well that they are at most this much wider than the noise's own."""
_ROOM: Final = 2.0
"""And where a predicted score is this many standard deviations from the ends of the scale, which cut errors off."""


@frozen(eq=False)
class Noise:
    """Prediction errors of a panel in standard errors, with mean 0 and variance 1.

    Args:
        errors: The errors; shape ``(k,)``, or ``(k, 2)`` where those of two raters at one session belong together.
        weights: The weight of each, adding up to 1; shape ``(k,)``.
    """

    errors: Floats
    weights: Floats

    def draw(self, shape: tuple[int, ...], chance: np.random.Generator) -> Floats:
        """Errors drawn with their weights; of two raters, pairs along a last axis."""
        at = np.searchsorted(np.cumsum(self.weights)[:-1], chance.random(shape), side="right")
        return np.asarray(self.errors[at])

    @property
    def skewness(self) -> float:
        """Skewness of the first rater's errors: below 0 where large errors are mostly downwards."""
        first = self.errors if self.errors.ndim == 1 else self.errors[:, 0]
        return float((self.weights * first**3).sum())

    @classmethod
    def of(cls, errors: Floats, weights: Floats) -> Noise | None:
        """The errors that have a weight, with mean 0 and variance 1; ``None`` where they are too few, or all the same.

        Args:
            errors: Errors; shape ``(n,)`` or ``(n, 2)``.
            weights: Their weights, at least 0; shape ``(n,)``.
        """
        kept = weights > 0
        if kept.sum() < 2:
            return None
        share = weights[kept] / weights[kept].sum()
        wide = share.reshape(-1, *[1] * (errors.ndim - 1))
        scaled = errors[kept] - (wide * errors[kept]).sum(axis=0)
        variance = (wide * scaled**2).sum(axis=0)
        return cls(scaled / np.sqrt(variance), share) if (variance > 0).all() else None


def noise_of(series: Series, null: NullModel, mixing: Mixing, pulses: Pulses) -> Noise | None:
    """The noise of a panel; ``None`` where too few scores can be predicted."""
    return Noise.of(*prediction_errors(series, null, mixing, pulses))


def prediction_errors(series: Series, null: NullModel, mixing: Mixing, pulses: Pulses) -> tuple[Floats, Floats]:
    """What scores differ by from what those before them predict, in units of each dyad's own noise, and their weights.

    Args:
        series: The scored sessions.
        null: The null model fitted to them.
        mixing: How far dyads differ in how much they vary.
        pulses: The falls that are kept out.

    Returns:
        Errors, and weights that are 0 where level and slope of the dyad are hardly known; each of shape ``(n,)``.
    """
    errors, weights = np.zeros((2, series.score.size))
    none = np.ones(series.sizes.size)
    for equal in of_equal_length(series):
        white, score = Whitened(null, equal.time), series.score[equal.rows]
        none[equal.dyads] = without_fall(scanned(white, score, pulses).dyad)
        errors[equal.rows], wider = white.innovations(score)
        predicted = score - errors[equal.rows] * wider / white.scale
        room = np.minimum(null.maximum - predicted, predicted - null.minimum)
        whole = (wider < _KNOWN) & (room > _ROOM * null.within_sd)
        weights[equal.rows] = np.where(whole, none[equal.dyads], 0.0)
    kept = weights > 0
    number = series.total(kept.astype(np.float64))
    squares = series.total(np.where(kept, errors**2, 0.0))
    mean = (none * squares).sum() / max((none * number).sum(), 1e-300)
    # A dyad's own scale, drawn towards that of all by as many errors as say as much as the scales are known to differ
    prior = 2 / math.expm1(4 * mixing.dyads) if mixing.dyads > 1e-6 else math.inf
    own = (prior * mean + squares) / (prior + number) if math.isfinite(prior) else np.full_like(squares, mean)
    if not mean > 0:
        return errors, np.zeros_like(weights)
    return errors / np.sqrt(series.per_session(own)), weights
