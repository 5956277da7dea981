"""How far scores that only wander take the scan: its ``log_ratio`` on series simulated on the panel's own skeleton."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from attrs import frozen

from therarel.noise.context import PanelContext
from therarel.noise.falls.joint import TwoRaterNull
from therarel.noise.falls.looking import dyad_ratios
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.noise import Noise
from therarel.noise.falls.pulses import Pulses
from therarel.noise.null import NullModel
from therarel.noise.series import Series, stacked
from therarel.noise.skeleton import Skeleton
from therarel.tables.arrays import Floats

Way = Callable[[int, np.random.Generator], Series]
"""Draws some panels in which scores only wander, one after the other in one series."""

_DRAWS: Final = 40_000
"""Simulated dyads, at least: the smallest p-value is one in this number."""
_POINTS: Final = 121
"""Probabilities at which the tail is kept."""


_GROUPS: Final = 10
_ALIKE: Final = 0.05
"""Dyads are parted by their share of scores at the best end; the groups exceed their limits alike at this rate."""


@frozen
class Tail:
    """How often scores that only wander take the scan so far.

    A dyad with many scores at the best end of the scale shows only a part of its noise, and wanders less far. So limits
    go by a dyad's share of such scores: those near the ceiling are flagged no more seldom than others.

    Args:
        probabilities: Falling from 1; the last is the smallest p-value there is.
        log_ratios: The ``log_ratio`` that is exceeded with each probability, rising; of dyads with the lowest share.
        shares: Shares of scores at the best end of the scale, rising.
        lower: By how much the limits of dyads with such a share are lower.
    """

    probabilities: tuple[float, ...]
    log_ratios: tuple[float, ...]
    shares: tuple[float, ...] = (0.0,)
    lower: tuple[float, ...] = (0.0,)

    def limit(self, rate: float) -> float:
        """The ``log_ratio`` that scores that only wander exceed at some rate per dyad, none of them at the best end."""
        return float(np.interp(-np.log(rate), -np.log(self.probabilities), self.log_ratios))

    def limits(self, rate: float, at_best: Floats) -> Floats:
        """The limit of dyads by their share of scores at the best end of the scale; shape of the shares."""
        return np.asarray(self.limit(rate) - self._lower(at_best))

    def p(self, log_ratio: Floats, at_best: Floats) -> Floats:
        """How often scores that only wander go as far as this or further; NaN where nothing is known."""
        told = np.exp(np.interp(log_ratio + self._lower(at_best), self.log_ratios, np.log(self.probabilities)))
        return np.where(np.isnan(log_ratio), np.nan, told)

    def _lower(self, at_best: Floats) -> Floats:
        return np.asarray(np.interp(at_best, self.shares, self.lower))


def share_at_best(series: Series, context: PanelContext, *, both: bool = False) -> Floats:
    """Share of each dyad's scores that lie at the best end of a stated scale; shape ``(g,)``.

    Args:
        series: The scores.
        context: What is known about them; where nobody stated the ends of the scale, no score lies at one.
        both: Whether a second rater's scores, beside them, count as well.
    """
    least = context.best - context.least_difference
    given, at_best = np.ones(series.score.size), (series.score >= least).astype(np.float64)
    for beside in series.beside.T[:1] if both and series.beside is not None else ():
        given += ~np.isnan(beside)
        at_best += beside >= least
    return np.asarray(series.total(at_best) / series.total(given))


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
    drawn = [_drawn(skeleton, model, pulses, way, seed + place) for place, way in enumerate(ways)]
    shares, lower = _by_share(drawn)
    probabilities = np.geomspace(1.0, 1.0 / _DRAWS, _POINTS)
    limits = [
        np.quantile(ratio + np.interp(share, shares, lower), 1 - probabilities, method="higher")
        for ratio, share in drawn
    ]
    most = np.maximum.accumulate(np.max(limits, axis=0))
    return Tail(tuple(probabilities.tolist()), tuple(most.tolist()), tuple(shares.tolist()), tuple(lower.tolist()))


def _drawn(
    skeleton: Skeleton, model: NullModel | TwoRaterNull, pulses: Pulses, way: Way, seed: int
) -> tuple[Floats, Floats]:
    """The ``log_ratio`` of simulated dyads with two scores or more, and their shares of scores at the best end."""
    chance = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(8,))))
    ratios, shares = [], []
    for part in skeleton.parts(-(-_DRAWS // skeleton.n_dyads)):
        series = way(len(part), chance)
        ratios.append(dyad_ratios(series, model, pulses))
        shares.append(share_at_best(series, skeleton.context, both=isinstance(model, TwoRaterNull)))
    ratio, share = np.concatenate(ratios), np.concatenate(shares)
    known = ~np.isnan(ratio)
    return ratio[known], share[known]


def _by_share(drawn: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Shares of scores at the best end, and by how much the limits of dyads with such shares are lower."""
    every = np.concatenate([share for _, share in drawn])
    edges = np.unique(np.quantile(every, np.linspace(0, 1, _GROUPS + 1), method="lower"))[:-1]
    groups = [np.searchsorted(edges[1:], share, side="right") for _, share in drawn]
    numbers = range(max(edges.size, 1))
    shares = np.array([every[np.concatenate(groups) == number].mean() for number in numbers])
    limits = np.array(
        [
            max(
                np.quantile(ratio[group == number], 1 - _ALIKE) for (ratio, _), group in zip(drawn, groups, strict=True)
            )
            for number in numbers
        ]
    )
    return shares, limits[0] - limits
