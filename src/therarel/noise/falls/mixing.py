"""Noise that differs: dyads that vary more than others, and sessions at which scores jump further than at others."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from attrs import field, frozen

from therarel.noise.falls.pulses import Pulses
from therarel.noise.null import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.tables.arrays import Floats


@frozen
class Mixing:
    """How noise differs between dyads and between sessions; log-normal, with the mean of squares held at 1.

    Args:
        dyads: Variance, between dyads, of the logarithm of the standard deviation of their noise.
        sessions: The same between sessions of a dyad: it gives noise long tails.
    """

    dyads: float
    sessions: float

    def draw(self, skeleton: Skeleton, seeds: Sequence[np.random.SeedSequence]) -> Floats:
        """Random numbers for `Skeleton.drawn`; shape ``(r, 2 g + n)``. The same seed gives the same ones, widened."""
        normal = np.empty((len(seeds), self.numbers(skeleton)))
        for seed, row in zip(seeds, normal, strict=True):
            np.random.Generator(np.random.Philox(seed)).standard_normal(out=row)
        return self.widened(skeleton, normal)

    @staticmethod
    def numbers(skeleton: Skeleton) -> int:
        """How many random numbers a simulated panel takes."""
        return 3 * skeleton.n_dyads + 2 * skeleton.n_scores

    def widened(self, skeleton: Skeleton, normal: Floats) -> Floats:
        """Random numbers for `Skeleton.drawn` out of normal ones, ``(r, 3 g + 2 n)`` to ``(r, 2 g + n)``."""
        g, n = skeleton.n_dyads, skeleton.n_scores
        levels, noise, of_dyads, of_sessions = np.split(normal, [2 * g, 2 * g + n, 3 * g + n], axis=1)
        widths = math.sqrt(self.dyads) * of_dyads[:, skeleton.news_of] + math.sqrt(self.sessions) * of_sessions
        return np.concatenate([levels, noise * np.exp(widths - self.dyads - self.sessions)], axis=1)


@frozen
class MixedNull:
    """A null model whose noise differs between dyads and between sessions.

    Args:
        null: The null model.
        mixing: How its noise differs.
        likely: Other null models that the panel might have come from, drawn within the uncertainty of a fit; empty if
            there is none.
        share: Share of dyads with a fall that was fitted beside it; not a prevalence.
        pulses: The falls that it was fitted beside.
        rising: Whether they are rises.
    """

    null: NullModel
    mixing: Mixing
    likely: tuple[NullModel, ...] = field(default=(), repr=False)
    share: float = 0.0
    pulses: Pulses = field(factory=Pulses)
    rising: bool = False
