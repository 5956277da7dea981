"""What rules flag in panels like one in which dyads have falls, and whether the counts would show them.

A fit takes a part of falls for noise. So if the panel has such falls, there is less noise in it than was fitted: so
much less that panels with that noise and such falls give on average, fitted likewise, the model of the panel. Such
panels are drawn and judged. Each has a count, and noise would be said to give some of it, by what would be fitted to
that very panel; both are more where its scores wander further by chance. The power is the share of panels whose count
lies above the range of what noise would be said to give.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from attrs import frozen
from scipy.special import ndtr

from therarel.detection.learning import needs_of, pool
from therarel.detection.noise_counts import FallCount
from therarel.detection.rules.base import Change, Rule
from therarel.detection.simulated import Falls, Progress, Tally, tally
from therarel.noise.falls.mixing import Mixing
from therarel.noise.falls.refitting import MixtureRefit
from therarel.noise.matching import PlainRefit
from therarel.noise.null import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.tables.arrays import Floats

Noise = tuple[NullModel, Mixing | None]
"""A null model, and how its noise differs between dyads and sessions; ``None`` where it does not."""

_ROUNDS: Final = 2
_OF_ROUND: Final = 20
_RUNS: Final = 200
_TIMES: Final = 4
"""Simulated panels with falls: of each round to find the noise without them, to be judged; and for each of these panels
that many with the noise that would be fitted to it."""
_LEAST: Final = 0.1
"""Least variance of the excess over noise, as a share of the variance of the count: an estimate may be below 0."""
_FALLS, _ROUND_OF_FALLS, _NOISE_OF_FALLS = (2,), 3, (4,)
"""What each stream of random numbers is for."""


@frozen(eq=False)
class FallStudy:
    """Panels with falls simulated like one panel, what rules flag in them, and what noise would be said to give.

    Args:
        skeleton: The skeleton of the simulated panels.
        whole: The skeleton of those in which the noise without falls is found.
        dyads: Dyads of the panel.
        noise: Its noise, as it was fitted or stated.
        refit: What would be fitted to other panels; ``None`` where noise was stated.
        pooled: What is pooled over the dyads of the panel, falls and all, by which noise is judged; ``None`` where
            simulated panels pool theirs.
        seed: Seed of the simulation.
        threads: Number of threads.
        progress: Called with how far the work is.
    """

    skeleton: Skeleton
    whole: Skeleton
    dyads: int
    noise: Noise
    refit: PlainRefit | MixtureRefit | None
    pooled: Mapping[str, float] | None
    seed: int
    threads: int
    progress: Progress

    def counts(self, rules: Sequence[Rule], falls: Falls, widths: Mapping[Rule, float]) -> dict[Rule, FallCount]:
        """What rules flag where dyads have falls.

        Args:
            rules: The rules.
            falls: The falls; rules that look for gains get rises.
            widths: For each rule how far the range of what noise may give lies above its mean, in dyads of the panel.
        """
        by_change = {change: [rule for rule in rules if rule.change is change] for change in Change}
        asked = {change: some for change, some in by_change.items() if some}
        found: dict[Rule, FallCount] = {}
        for done, (change, some) in enumerate(asked.items()):
            part = _part(self.progress, done, len(asked))
            with_falls, by_noise = self._judged(some, falls, part, rising=change is Change.GAIN)
            for rule, one, two in zip(some, with_falls[1], by_noise, strict=True):
                found[rule] = self._count(rule, falls, with_falls[0], one, two, widths[rule])
        return found

    def _judged(
        self, rules: Sequence[Rule], falls: Falls, progress: Progress, *, rising: bool
    ) -> tuple[tuple[NullModel, list[Tally]], list[Tally]]:
        """The null model without the falls and what rules flag beside them; and what they flag by noise alone."""
        noise = self._without(falls, rising=rising)
        panels = self._panels(self.skeleton, noise, falls, self._seeds(_FALLS, _RUNS), rising=rising)
        fits: list[Noise] = [self.noise] * _RUNS
        if self.refit is not None:
            fits = [self.refit.noise(each) for each in self.refit.moved(self.skeleton, panels)]
        pooled = self._pooled(rules, panels)
        with_falls = self._tally(
            rules,
            [noise] * _RUNS,
            self._seeds(_FALLS, _RUNS),
            falls=falls,
            pooled=pooled,
            progress=_part(progress, 0, 2),
        )
        by_noise = self._tally(
            rules,
            fits * _TIMES,
            self._seeds(_NOISE_OF_FALLS, _RUNS * _TIMES),
            pooled=None if pooled is None else pooled * _TIMES,
            progress=_part(progress, 1, 2),
        )
        return (noise[0], with_falls), by_noise

    def _pooled(self, rules: Sequence[Rule], panels: Floats) -> list[Mapping[str, float]] | None:
        """What is pooled over each panel, on average what is pooled over the panel that they are like."""
        needs = needs_of(rules)
        if self.pooled is None or not needs:
            return None
        each = [pool([self.skeleton.with_scores(score)], needs, self.skeleton.context) for score in panels]
        more = {name: self.pooled[name] - float(np.mean([one[name] for one in each])) for name in each[0]}
        return [{name: one[name] + more[name] for name in one} for one in each]

    def _count(
        self, rule: Rule, falls: Falls, null: NullModel, with_falls: Tally, by_noise: Tally, width: float
    ) -> FallCount:
        raised = self.dyads / self.skeleton.n_dyads
        counts = with_falls.flagged.astype(np.float64)
        said = by_noise.flagged.reshape(_TIMES, _RUNS).astype(np.float64)
        mean, expected = raised * float(counts.mean()), raised * float(said.mean())
        above = mean - (expected + width + 0.5)  # counts and the ends of ranges are whole numbers
        variance = float(counts.var(ddof=1)) if self.refit is None else _variance(counts, said)
        return FallCount(
            share=falls.shape.rupture_share,
            depth=falls.shape.depth[0],
            mean=mean,
            found=float(with_falls.flagged_fallen.sum() / max(with_falls.fallen.sum(), 1)),
            expected=expected,
            power=float(ndtr(above / math.sqrt(max(raised * variance, 1e-9)))),
            null=null,
        )

    def _without(self, falls: Falls, *, rising: bool) -> Noise:
        """The noise to which panels with falls give what was fitted to the panel."""
        if self.refit is None:
            return self.noise
        at = self.refit.centre
        for number in range(_ROUNDS):
            seeds = [
                np.random.SeedSequence(self.seed, spawn_key=(_ROUND_OF_FALLS, number, run)) for run in range(_OF_ROUND)
            ]
            panels = self._panels(self.whole, self.refit.noise(at), falls, seeds, rising=rising)
            at = at - self.refit.moved(self.whole, panels, self.refit.said).mean(axis=0) + self.refit.centre
        return self.refit.noise(at)

    def _panels(
        self, skeleton: Skeleton, noise: Noise, falls: Falls, seeds: Sequence[np.random.SeedSequence], *, rising: bool
    ) -> Floats:
        """Scores of panels with falls, the same ones that rules judge; shape ``(r, n)``."""
        nulls, mixing = [noise[0]] * len(seeds), noise[1]
        quiet = skeleton.draw(nulls, seeds) if mixing is None else skeleton.drawn(nulls, mixing.draw(skeleton, seeds))
        return skeleton.with_falls(quiet, falls.shape, [seed.spawn(1)[0] for seed in seeds], rising=rising).score

    def _tally(
        self,
        rules: Sequence[Rule],
        noises: Sequence[Noise],
        seeds: Sequence[np.random.SeedSequence],
        *,
        falls: Falls | None = None,
        pooled: Sequence[Mapping[str, float]] | None = None,
        progress: Progress,
    ) -> list[Tally]:
        mixing = [mixing for _, mixing in noises if mixing is not None]
        return tally(
            self.skeleton,
            rules,
            [null for null, _ in noises],
            seeds,
            falls=falls,
            mixing=mixing or None,
            pooled=pooled,
            threads=self.threads,
            progress=progress,
        )

    def _seeds(self, stream: tuple[int, ...], number: int) -> list[np.random.SeedSequence]:
        return [np.random.SeedSequence(self.seed, spawn_key=(*stream, run)) for run in range(number)]


def _variance(counts: Floats, said: Floats) -> float:
    """Variance of counts less what noise is said to give of the same panels.

    Args:
        counts: Counts of panels with falls, shape ``(r,)``.
        said: Counts of panels drawn from the noise that would be fitted to each, shape ``(t, r)``; by chance they
            differ from what is said, which is their mean over many.
    """
    mean = said.mean(axis=0)
    own = float(counts.var(ddof=1))
    of_said = max(float(mean.var(ddof=1) - said.var(axis=0, ddof=1).mean() / len(said)), 0.0)
    return max(own + of_said - 2 * float(np.cov(counts, mean)[0, 1]), _LEAST * own)


def _part(progress: Progress, done: int, number: int) -> Progress:
    """Progress of one of some equal parts."""
    return lambda share: progress((done + share) / number)
