"""Two raters of the same sessions: what they share, fitted to a panel; and panels of pairs in which scores only wander.

Each rater's scores have a model of their own, fitted beside falls. What the raters share are three correlations, of
levels, of slopes, and of what is new in the noise of a session. They are matched: the correlations of the two raters'
estimates of these, dyads weighted by the probability that neither had a fall, are those of simulated pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from therarel.noise.falls.joint import TwoRaterNull
from therarel.noise.falls.lengths import of_equal_length
from therarel.noise.falls.likelihood import Whitened, scanned
from therarel.noise.falls.limits import Tail, Way, highest
from therarel.noise.falls.matching import MixtureFit, without_fall
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.noise import Noise, prediction_errors
from therarel.noise.falls.pulses import Pulses
from therarel.noise.series import Series, stacked
from therarel.noise.skeleton import Skeleton
from therarel.tables.arrays import Floats

_DYADS: Final = 8_000
_FEWEST_RUNS: Final = 4
_ROUNDS: Final = 8
_NEAR: Final = 0.005
"""Differences of correlations that are small enough."""
_MOST: Final = 0.95
_GAIN: Final = (0.3, 1.0)
"""By how much a correlation of estimates is thought to follow the one that is fitted, at least and at most."""


@frozen
class Pairs:
    """How two raters' scores wander together, and how the noise of each differs between dyads and sessions.

    Dyads in which one rater's scores vary more are those in which the other's do, and so are sessions: that makes large
    values of both meet more often, and limits no smaller.

    Args:
        null: The model of both.
        first: How the first rater's noise differs.
        second: How the second rater's noise differs.
    """

    null: TwoRaterNull
    first: Mixing
    second: Mixing

    @staticmethod
    def numbers(skeleton: Skeleton) -> int:
        """How many random numbers a simulated panel takes."""
        return 5 * skeleton.n_dyads + 3 * skeleton.n_scores

    def drawn(self, skeleton: Skeleton, normal: Floats, noise: Floats | None = None) -> Series:
        """Panels of pairs, one after the other in one series; the second rater misses the scores that the panel misses.

        Args:
            skeleton: Where the first rater's scores stand, with the second's beside them.
            normal: Standard normal numbers; shape ``(r, numbers)``.
            noise: Pairs in the place of what is new in the noise; shape ``(r, n, 2)``.
        """
        g, n = skeleton.n_dyads, skeleton.n_scores
        one, two, widths = np.split(normal, [2 * g + n, 2 * (2 * g + n)], axis=1)
        shared = np.repeat(
            [self.null.level_correlation, self.null.slope_correlation, self.null.noise_correlation], [g, g, n]
        )
        two = shared * one + np.sqrt(1 - shared**2) * two
        first, second = self.first, self.second
        if noise is not None:  # drawn errors have long tails of their own
            one, two = one.copy(), two.copy()
            one[:, 2 * g :], two[:, 2 * g :] = noise[..., 0], noise[..., 1]
            first, second = Mixing(first.dyads, 0.0), Mixing(second.dyads, 0.0)
        scores = [
            skeleton.drawn([null] * len(normal), mixing.widened(skeleton, np.concatenate([each, widths], axis=1))).score
            for null, mixing, each in zip(self.null.both, (first, second), (one, two), strict=True)
        ]
        found = stacked(skeleton.series, scores[0])
        beside = np.where(np.tile(_given(skeleton.series), len(normal)), scores[1].ravel(), np.nan)
        return evolve(found, beside=beside[:, np.newaxis])


def _given(series: Series) -> npt.NDArray[np.bool_]:
    """Where the second rater gave a score, shape ``(n,)``."""
    if series.beside is None:
        return np.zeros(series.score.size, dtype=np.bool_)
    return ~np.isnan(series.beside[:, 0])


def second_of(series: Series) -> Series:
    """The second rater's scores as a series of their own; a dyad without any has no rows in it."""
    there = _given(series)
    ends = np.concatenate(([0], np.cumsum(there)))[series.starts]
    kept = np.append(True, np.diff(ends) > 0)
    beside = np.empty(0) if series.beside is None else series.beside[there, 0]
    return Series(ends[kept], series.session[there], beside)


def match_pairs(
    skeleton: Skeleton, second: Skeleton, one: MixtureFit, two: MixtureFit, pulses: Pulses, *, seed: int
) -> Pairs:
    """Fit what two raters share, each one's own model known.

    Args:
        skeleton: The skeleton of the first rater's scores, with the second's beside them.
        second: That of the second rater's scores.
        one: The first rater's model.
        two: The second rater's model.
        pulses: The falls that are kept out.
        seed: Seed of the simulated panels.
    """
    runs = max(_FEWEST_RUNS, math.ceil(_DYADS / skeleton.n_dyads))
    chance = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(9,))))
    normal = chance.standard_normal((runs, Pairs.numbers(skeleton)))
    wanted = _shared(skeleton.series, one, two, pulses)
    now, gain = np.clip(wanted, -_MOST, _MOST), np.ones(3)
    before: tuple[Floats, Floats] | None = None
    pairs = _with(one, two, now)
    for _ in range(_ROUNDS):
        said = _shared_by(
            [pairs.drawn(skeleton, normal[part.start : part.stop]) for part in skeleton.parts(runs)], one, two, pulses
        )
        missing = wanted - said
        if before is not None:
            step = now - before[0]
            moved = np.abs(step) > _NEAR
            gain[moved] = np.clip((said - before[1])[moved] / step[moved], *_GAIN)
        if (np.abs(missing) < _NEAR).all():
            break
        before = now, said
        now = np.clip(now + missing / gain, -_MOST, _MOST)
        pairs = _with(one, two, now)
    return pairs


def _with(one: MixtureFit, two: MixtureFit, correlations: Floats) -> Pairs:
    level, slope, noise = correlations.tolist()
    null = TwoRaterNull(
        first=one.null, second=two.null, level_correlation=level, slope_correlation=slope, noise_correlation=noise
    )
    return Pairs(null, one.noise, two.noise)


def _shared(series: Series, one: MixtureFit, two: MixtureFit, pulses: Pulses) -> Floats:
    return _shared_by([series], one, two, pulses)


def _shared_by(parts: Sequence[Series], one: MixtureFit, two: MixtureFit, pulses: Pulses) -> Floats:
    """How far the two raters' levels, slopes and residuals go together, in dyads without a fall; shape ``(3,)``."""
    products = np.zeros((3, 3))  # of the one, of the other, and of both
    for series in parts:
        there = _given(series)
        dyads = np.add.reduceat(there, series.first, dtype=np.intp) > 0
        own, residual, none = _estimates(series, one, pulses)
        other, beside, quiet = _estimates(second_of(series), two, pulses)
        weight, at = none[dyads] * quiet, np.repeat(none[dyads] * quiet, series.sizes[dyads])
        at = at[there[np.repeat(dyads, series.sizes)]]
        for place in range(2):
            products[place] += _products(own[place][dyads], other[place], weight)
        products[2] += _products(residual[there], beside, at)
    square = products[:, 0] * products[:, 1]
    return np.asarray(np.divide(products[:, 2], np.sqrt(square), out=np.zeros(3), where=square > 0))


def _products(one: Floats, two: Floats, weight: Floats) -> list[float]:
    return [float((weight * one * one).sum()), float((weight * two * two).sum()), float((weight * one * two).sum())]


def _estimates(series: Series, fit: MixtureFit, pulses: Pulses) -> tuple[Floats, Floats, Floats]:
    """Level and slope of each dyad, what is left of its scores, and the probability that it had no fall."""
    own, residual, none = np.zeros((2, series.sizes.size)), np.zeros(series.score.size), np.ones(series.sizes.size)
    for equal in of_equal_length(series):
        white, score = Whitened(fit.null, equal.time), series.score[equal.rows]
        own[:, equal.dyads] = white.predicted(score)[1]
        residual[equal.rows] = white.inverted(score)
        none[equal.dyads] = without_fall(scanned(white, score, pulses).dyad)
    return own, residual, none


def pair_noise_of(series: Series, second: Series, pairs: Pairs, pulses: Pulses) -> Noise | None:
    """The noise of a panel of pairs, both raters' at one session together; ``None`` where too few can be predicted.

    Args:
        series: The first rater's scores, with the second's beside them.
        second: The second rater's scores.
        pairs: How they wander.
        pulses: The falls that are kept out.
    """
    there = _given(series)
    one, own = prediction_errors(series, pairs.null.first, pairs.first, pulses)
    two, other = prediction_errors(second, pairs.null.second, pairs.second, pulses)
    return Noise.of(np.stack([one[there], two], axis=1), own[there] * other)


def pair_tail_of(skeleton: Skeleton, pairs: Pairs, pulses: Pulses, noise: Noise | None, *, seed: int) -> Tail:
    """Simulate how far pairs of scores that only wander take the scan; see `therarel.noise.falls.limits`."""

    def by_model(runs: int, chance: np.random.Generator) -> Series:
        return pairs.drawn(skeleton, chance.standard_normal((runs, pairs.numbers(skeleton))))

    def by_panel(runs: int, chance: np.random.Generator) -> Series:
        normal = chance.standard_normal((runs, pairs.numbers(skeleton)))
        return pairs.drawn(skeleton, normal, None if noise is None else noise.draw((runs, skeleton.n_scores), chance))

    ways: tuple[Way, ...] = (by_model,) if noise is None else (by_model, by_panel)
    return highest(skeleton, pairs.null, pulses, ways, seed=seed)
