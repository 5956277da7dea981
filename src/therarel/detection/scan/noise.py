"""The noise of a panel as it is: tails, skewness, and dyads that differ in how much they vary.

One-step prediction errors in standard errors, dyad by dyad, are what the noise is drawn from. Falls live in their lower
tail, and are kept out twice. Once each dyad is weighted by the probability that it had no fall: that loses
real tails together with the falls. And once the upper half is mirrored, which believes in symmetry.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.detection.null import NullModel
from therarel.detection.scan.lengths import dyad_ratios, of_equal_length
from therarel.detection.scan.likelihood import Whitened
from therarel.detection.scan.matching import without_fall
from therarel.detection.scan.pulses import Pulses
from therarel.detection.skeleton import Skeleton

__all__ = ["Noise", "noise_of"]

Floats = npt.NDArray[np.float64]

_KNOWN: Final = 1.5
"""Errors count where level and slope are known so well that they are at most so much wider than the noise's own."""
_MOST_SCALE: Final = 0.7


@frozen(eq=False)
class Noise:
    """What the noise of simulated panels is drawn from.

    Args:
        errors: Prediction errors with mean 0 and variance 1, sorted; shape ``(k,)``.
        weights: The weight of each, adding up to 1; shape ``(k,)``.
        scale_sd: Standard deviation, between dyads, of the logarithm of the standard deviation of their noise.
        skewness: Skewness of the errors, weighted.
    """

    errors: Floats
    weights: Floats
    scale_sd: float
    skewness: float

    @classmethod
    def normal(cls) -> Noise | None:
        """Normal noise, the same in all dyads."""
        return None

    def draw(self, shape: tuple[int, ...], chance: np.random.Generator) -> Floats:
        """Errors drawn with their weights, with mean 0 and variance 1."""
        at = np.searchsorted(np.cumsum(self.weights)[:-1], chance.random(shape), side="right")
        return np.asarray(self.errors[at])

    def mirrored(self) -> Noise:
        """The same with the lower half the mirror image of the upper one."""
        up = self.errors > 0
        errors, weights = self.errors[up], self.weights[up]
        both = np.concatenate((-errors[::-1], errors))
        share = np.concatenate((weights[::-1], weights)) / (2 * weights.sum())
        return Noise(*_standard(both, share), self.scale_sd, 0.0)

    def scales(self, dyads: int, runs: int, chance: np.random.Generator) -> Floats:
        """How much noise dyads have, 1 in the mean of squares; shape ``(runs, dyads)``."""
        return np.asarray(np.exp(self.scale_sd * chance.standard_normal((runs, dyads)) - self.scale_sd**2))


def _standard(errors: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Errors with mean 0 and variance 1, and weights that add up to 1."""
    share = weights / weights.sum()
    errors = errors - (share * errors).sum()
    return errors / math.sqrt((share * errors**2).sum()), share


def noise_of(skeleton: Skeleton, null: NullModel, pulses: Pulses) -> Noise:
    """The noise of a panel.

    Args:
        skeleton: The skeleton of the panel, with its scores.
        null: The null model fitted to it.
        pulses: The falls that are kept out.
    """
    series = skeleton.series
    none = without_fall(dyad_ratios(series, null, pulses))
    errors, weights = np.zeros(series.score.size), np.zeros(series.score.size)
    for equal in of_equal_length(series):
        found, wider = Whitened(null, equal.time).innovations(series.score[equal.rows])
        errors[equal.rows] = found
        weights[equal.rows] = np.where(wider < _KNOWN, none[equal.dyads], 0.0)
    kept = weights > 0
    counted = series.total(kept.astype(np.float64))
    squares = series.total(np.where(kept, errors**2, 0.0))
    fourth = series.total(np.where(kept, errors**4, 0.0))
    pairs = counted * (counted - 1)
    # Given a dyad's scale c its errors are independent: E(e_j^2 e_k^2) = E(c^4), and E(e_j^2) = E(c^2)
    mean = (none * squares).sum() / (none * counted).sum()
    two = (none * (squares**2 - fourth)).sum() / (none * pairs).sum()
    scale_sd = math.sqrt(max(math.log(max(two / mean**2, 1.0)), 0.0)) / 2
    scale_sd = min(scale_sd, _MOST_SCALE)
    # Errors in units of each dyad's own scale, drawn towards 1 by as many errors as the scale's variance is worth
    prior = 2 / max(math.exp(4 * scale_sd**2) - 1, 1e-9) if scale_sd else math.inf
    own = (prior * mean + squares) / (prior + counted) if math.isfinite(prior) else np.full_like(squares, mean)
    errors = errors / np.sqrt(series.each(own))
    order = np.argsort(errors[kept], kind="stable")
    standard, share = _standard(errors[kept][order], weights[kept][order])
    return Noise(standard, share, scale_sd, float((share * standard**3).sum()))
