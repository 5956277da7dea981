"""How far scores that only wander take the scan: its ``log_ratio`` on series simulated on the panel's own skeleton."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.noise.falls.joint import TwoRaterNull
from therarel.noise.falls.looking import dyad_ratios
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.noise import Noise
from therarel.noise.falls.pulses import Pulses
from therarel.noise.null import NullModel
from therarel.noise.series import Series, stacked
from therarel.noise.skeleton import Skeleton

__all__ = ["Tail", "Way", "highest", "tail_of"]

Floats = npt.NDArray[np.float64]
Way = Callable[[int, np.random.Generator], Series]
"""Draws some panels in which scores only wander, one after the other in one series."""

_DRAWS: Final = 40_000
"""Simulated dyads, at least: the smallest p-value is one in this number."""
_POINTS: Final = 121
"""Probabilities at which the tail is kept."""


@frozen
class Tail:
    """How often scores that only wander take the scan so far.

    Args:
        probabilities: Falling from 1; the last is the smallest p-value there is.
        log_ratios: The ``log_ratio`` that is exceeded with each probability, rising.
    """

    probabilities: tuple[float, ...]
    log_ratios: tuple[float, ...]

    def limit(self, rate: float) -> float:
        """The ``log_ratio`` that scores that only wander exceed at some rate, per dyad."""
        return float(np.interp(-np.log(rate), -np.log(self.probabilities), self.log_ratios))

    def p(self, log_ratio: Floats) -> Floats:
        """How often scores that only wander go as far as this or further; NaN where nothing is known."""
        told = np.exp(np.interp(log_ratio, self.log_ratios, np.log(self.probabilities)))
        return np.where(np.isnan(log_ratio), np.nan, told)


def tail_of(
    skeleton: Skeleton, null: NullModel, pulses: Pulses, mixing: Mixing, noise: Noise | None, *, seed: int
) -> Tail:
    """Simulate how far scores that only wander take the scan.

    Where the panel's noise is known it is drawn twice, from the model and from the panel's own errors, and the larger
    of the two limits is taken at every rate.

    Args:
        skeleton: Where the scores stand.
        null: The null model.
        pulses: The falls that are looked for.
        mixing: How noise differs between dyads and between sessions.
        noise: The panel's own errors; ``None`` where the null model was stated.
        seed: Seed.
    """
    g, n = skeleton.n_dyads, skeleton.n_scores

    def drawn(numbers: Floats) -> Series:
        return stacked(skeleton.series, skeleton.drawn([null] * len(numbers), numbers).score)

    def by_model(runs: int, chance: np.random.Generator) -> Series:
        return drawn(mixing.widened(skeleton, chance.standard_normal((runs, mixing.numbers(skeleton)))))

    def by_panel(runs: int, chance: np.random.Generator) -> Series:
        normal = chance.standard_normal((runs, mixing.numbers(skeleton)))
        if noise is not None:
            normal[:, 2 * g : 2 * g + n] = noise.draw((runs, n), chance)
        return drawn(Mixing(mixing.dyads, 0.0).widened(skeleton, normal))

    return highest(skeleton, null, pulses, (by_model,) if noise is None else (by_model, by_panel), seed=seed)


def highest(
    skeleton: Skeleton, model: NullModel | TwoRaterNull, pulses: Pulses, ways: Sequence[Way], *, seed: int
) -> Tail:
    """How far scores that only wander take the scan: at every rate the largest limit of some ways to draw them.

    Args:
        skeleton: Where the scores stand.
        model: The model that the scan compares them with.
        pulses: The falls that are looked for.
        ways: The ways to draw them.
        seed: Seed.
    """
    probabilities = np.geomspace(1.0, 1.0 / _DRAWS, _POINTS)
    limits = [_limits(skeleton, model, pulses, way, seed + place, probabilities) for place, way in enumerate(ways)]
    most = np.maximum.accumulate(np.max(limits, axis=0))
    return Tail(tuple(probabilities.tolist()), tuple(most.tolist()))


def _limits(
    skeleton: Skeleton,
    model: NullModel | TwoRaterNull,
    pulses: Pulses,
    way: Way,
    seed: int,
    probabilities: Floats,
) -> Floats:
    """The ``log_ratio`` exceeded with each probability; of dyads with two scores or more."""
    chance = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(8,))))
    parts = skeleton.parts(-(-_DRAWS // skeleton.n_dyads))
    ratios = np.concatenate([dyad_ratios(way(len(part), chance), model, pulses) for part in parts])
    return np.asarray(np.quantile(ratios[~np.isnan(ratios)], 1 - probabilities, method="higher"))
