"""The parametric bootstrap behind every count that is compared with what noise gives.

Panels are drawn on the skeleton of the panel from a null model, stated or fitted to it; each is judged as a panel of
its own; and the dyads with a flagged session are counted, panel by panel. Where the model was fitted, its parameters
are drawn anew for each panel within the uncertainty of the fit: that widens the interval, and shows by how much the fit
has moved the mean, which is then taken out of it. The same is done with panels in which a quarter of the dyads have a
fall, and with the null model that would be fitted to such panels, so that it is known whether the count could show
them.

Where the model was fitted beside falls, the panel has falls that the simulated ones do not have. What rules pool over
its dyads, such as a standard deviation, is then taken from the panel as it is, and simulated panels are judged by it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import define, frozen
from scipy.special import ndtr

from therarel.detection.learning import needs_of, pool
from therarel.detection.matching import Fit, match
from therarel.detection.noise_counts import FallCount, NoiseCount
from therarel.detection.null import NullModel
from therarel.detection.rules.base import Change, Rule
from therarel.detection.scan.mixing import MixedNull
from therarel.detection.simulated import Falls, Progress, Tally, tally
from therarel.detection.skeleton import Skeleton
from therarel.errors import InvalidValueError
from therarel.simulation import ClinicParameters

__all__ = ["noise_counts"]

Floats = npt.NDArray[np.float64]

FALLEN: Final = 0.25
"""Share of dyads with a fall that a count is asked whether it would show; the lower end of published prevalences."""
DEEP: Final = 0.25
"""How deep such falls are, as a share of the scale's range: 1 point of a scale from 1 to 5."""
_DYADS: Final = 600_000
_RUNS: Final = (200, 1000)
_RUNS_OF_FALLS: Final = 200
"""Simulated panels: as many as make this many dyads, within these limits; with falls always the last number."""
_LARGEST: Final = 10_000
_LARGEST_SLOW: Final = 100
"""Dyads of a simulated panel at most; of a larger panel this many are simulated, evenly taken, and counts raised."""
_PANELS_OF_FALLS: Final = 20
"""Simulated panels with falls to which a null model is fitted."""
_ENDS: Final = (0.025, 0.975)
_NOISE, _FALLS, _FITTED_FALLS, _NOISE_OF_FALLS, _LIKELY = range(1, 6)
"""What each stream of random numbers is for."""


def noise_counts(
    skeleton: Skeleton,
    rules: Sequence[Rule],
    *,
    null: NullModel | None = None,
    beside_falls: MixedNull | None = None,
    seed: int,
    threads: int = 2,
    progress: Progress | None = None,
) -> tuple[NoiseCount, ...]:
    """Simulate what noise alone makes rules flag in panels like one.

    Args:
        skeleton: The skeleton of the panel, with its scores.
        rules: The rules.
        null: The null model; fitted to the panel if not given.
        beside_falls: The null model that is given, if it was fitted to the panel beside falls; its noise may differ
            between dyads and sessions.
        seed: Seed; the same seed gives the same counts.
        threads: Number of threads; never changes the answer.
        progress: Called with how far the work is.

    Returns:
        One count for each rule, in their order.

    Raises:
        InvalidValueError: if no null model can be fitted.
    """
    asked = skeleton.thinned(_LARGEST)
    fit = None
    if null is None:
        fit = match(asked, seed=seed)
        null = fit.null
    pooled = None if beside_falls is None else pool([skeleton.series], needs_of(rules), skeleton.context)
    found: dict[Rule, NoiseCount] = {}
    quick, slow = ([rule for rule in rules if rule.slow is which] for which in (False, True))
    steps = _Steps(progress, 4 * (bool(quick) + bool(slow)))
    for some, most in ((quick, _LARGEST), (slow, _LARGEST_SLOW)):
        if some:
            study = _Study(asked.thinned(most), skeleton.n_dyads, null, fit, beside_falls, pooled, seed, threads, steps)
            found |= study.counts(some, _falls_like(asked), asked)
    return tuple(found[rule] for rule in rules)


def _falls_like(skeleton: Skeleton) -> Falls:
    """Falls of a quarter of the scale's range in a quarter of the dyads, in the shapes of the simulator's defaults."""
    depth = DEEP * (skeleton.context.maximum - skeleton.context.minimum)
    return Falls(shape=ClinicParameters(rupture_share=FALLEN, depth=(depth, depth, depth)))


@define
class _Steps:
    """Progress over some steps, reported one after the other."""

    told: Progress | None
    number: int
    begun: int = 0

    def next(self) -> Progress:
        """What reports how far the next step is."""
        at, self.begun = self.begun, self.begun + 1
        return lambda share: None if self.told is None else self.told((at + share) / self.number)


@frozen(eq=False)
class _Study:
    """Panels simulated like one panel, and what rules flag in them.

    Args:
        skeleton: The skeleton of the simulated panels.
        dyads: Dyads of the panel.
        null: Its null model.
        fit: How that was fitted; ``None`` where it was stated, or fitted beside falls.
        beside_falls: The null model with noise that may differ, where it was fitted beside falls.
        pooled: What was pooled over the dyads of the panel, falls and all; ``None`` where simulated panels pool theirs.
        seed: Seed of the simulation.
        threads: Number of threads.
        steps: Called with how far the work is.
    """

    skeleton: Skeleton
    dyads: int
    null: NullModel
    fit: Fit | None
    beside_falls: MixedNull | None
    pooled: Mapping[str, float] | None
    seed: int
    threads: int
    steps: _Steps

    def counts(self, rules: Sequence[Rule], falls: Falls, whole: Skeleton) -> dict[Rule, NoiseCount]:
        """What noise gives for each rule; ``whole`` is the skeleton that null models are fitted on."""
        runs = int(np.clip(math.ceil(_DYADS / self.skeleton.n_dyads), *_RUNS))
        plain = self._tally(rules, [self.null] * runs, _NOISE, pooled=self.pooled)
        nulls = self._likely_nulls(runs)
        likely = plain if nulls is None else self._tally(rules, nulls, _NOISE, pooled=self.pooled)
        by_fit = {
            rule: math.sqrt(max(float(two.flagged.var() - one.flagged.var()), 0.0))
            for rule, one, two in zip(rules, plain, likely, strict=True)
        }
        shown = self._shown(rules, falls, whole, by_fit)
        found = {}
        for rule, one, two in zip(rules, plain, likely, strict=True):
            # What drawing the parameters anew does to the mean, fitting them has done to it once already; a fit beside
            # falls was corrected for that.
            unbiased = one.flagged if self.fit is None else 2 * one.flagged - two.flagged
            mean = max(self.raised * float(unbiased.mean()), 0.0)
            low, high = mean + self._about_mean(two.flagged)
            found[rule] = NoiseCount(
                rule=rule,
                null=self.null,
                fitted=self.fit is not None or self.beside_falls is not None,
                beside_falls=self.beside_falls is not None,
                dyads=self.dyads,
                mean=mean,
                low=max(round(low), 0),
                high=min(round(high), self.dyads),
                error=self.raised * float(unbiased.std()) / math.sqrt(runs),
                runs=runs,
                simulated=self.skeleton.n_dyads,
                seed=self.seed,
                falls=shown[rule],
            )
        return found

    def _likely_nulls(self, number: int) -> list[NullModel] | None:
        """Null models within the uncertainty of the fit; ``None`` where the null model was stated."""
        if self.fit is not None:
            return self._likely(self.fit, number)
        if self.beside_falls is None or not self.beside_falls.likely:
            return None
        return list(islice(cycle(self.beside_falls.likely), number))

    def _shown(
        self, rules: Sequence[Rule], falls: Falls, whole: Skeleton, by_fit: Mapping[Rule, float]
    ) -> dict[Rule, FallCount]:
        """What the rules flag where dyads have falls, and what noise would then be said to give.

        What is said differs from panel to panel as the fit beside falls does, by ``by_fit`` (a standard deviation, in
        dyads of a simulated panel), and with it whether a count lies above.
        """
        nulls = [self.null] * _RUNS_OF_FALLS
        flagged = dict(zip(rules, self._tally(rules, nulls, _FALLS, falls), strict=True))
        told = self.steps.next()
        found = {}
        for change in Change:
            some = [rule for rule in rules if rule.change is change]
            if not some:
                continue
            fit = self._fitted_to_falls(falls, whole, rising=change is Change.GAIN)
            nulls = [self.null] * _RUNS_OF_FALLS
            if fit is not None:
                nulls = self._likely(fit, _RUNS_OF_FALLS)
            elif self.beside_falls is not None:
                nulls = self._likely_nulls(_RUNS_OF_FALLS) or nulls
            pooled = self._pooled_with_falls(some, falls, rising=change is Change.GAIN)
            noises = self._tally(some, nulls, _NOISE_OF_FALLS, progress=told, pooled=pooled)
            for rule, noise in zip(some, noises, strict=True):
                counts, expected = flagged[rule].flagged, self.raised * float(noise.flagged.mean())
                most = expected + self._about_mean(noise.flagged)[1]
                mean = self.raised * float(counts.mean())
                above = mean + math.sqrt(self.raised) * (counts - counts.mean()) - most
                apart = 0.0 if self.beside_falls is None else math.sqrt(self.raised) * by_fit[rule]
                found[rule] = FallCount(
                    share=falls.shape.rupture_share,
                    depth=falls.shape.depth[0],
                    mean=mean,
                    found=float(flagged[rule].flagged_fallen.sum() / max(flagged[rule].fallen.sum(), 1)),
                    expected=expected,
                    power=float((above > 0).mean() if apart == 0 else ndtr(above / apart).mean()),
                    null=self.null if fit is None else fit.null,
                )
        return found

    def _fitted_to_falls(self, falls: Falls, whole: Skeleton, *, rising: bool) -> Fit | None:
        """The fit to panels with falls; ``None`` where the null model was stated, and so would not move with them."""
        if self.fit is None:
            return None
        seeds = self._seeds(_FITTED_FALLS, _PANELS_OF_FALLS)
        quiet = whole.draw([self.null] * len(seeds), seeds)
        panels = whole.with_falls(quiet, falls.shape, [seed.spawn(1)[0] for seed in seeds], rising=rising)
        try:
            return match(whole, panels.score, seed=self.seed, source="fitted to panels with falls")
        except InvalidValueError:
            return self.fit

    def _pooled_with_falls(self, rules: Sequence[Rule], falls: Falls, *, rising: bool) -> Mapping[str, float] | None:
        """What rules pool over panels with falls, on average; ``None`` where each panel is judged by its own."""
        if self.pooled is None or self.beside_falls is None:
            return None
        seeds = self._seeds(_FALLS, _PANELS_OF_FALLS)
        normal = self.beside_falls.mixing.draw(self.skeleton, seeds)
        quiet = self.skeleton.drawn([self.null] * len(seeds), normal)
        drawn = self.skeleton.with_falls(quiet, falls.shape, [seed.spawn(1)[0] for seed in seeds], rising=rising)
        found = [
            pool([self.skeleton.with_scores(score)], needs_of(rules), self.skeleton.context) for score in drawn.score
        ]
        return {name: float(np.mean([each[name] for each in found])) for name in self.pooled if name in found[0]}

    @property
    def raised(self) -> float:
        """Dyads of the panel for each simulated one."""
        return self.dyads / self.skeleton.n_dyads

    def _about_mean(self, counts: npt.NDArray[np.int64]) -> Floats:
        """How far below and above their mean counts may lie; those of a larger panel vary by the root of its size."""
        ends = np.quantile(counts, _ENDS, method="inverted_cdf")
        return np.asarray(math.sqrt(self.raised) * (ends - counts.mean()))

    def _tally(
        self,
        rules: Sequence[Rule],
        nulls: Sequence[NullModel],
        stream: int,
        falls: Falls | None = None,
        progress: Progress | None = None,
        pooled: Mapping[str, float] | None = None,
    ) -> list[Tally]:
        return tally(
            self.skeleton,
            rules,
            nulls,
            self._seeds(stream, len(nulls)),
            falls=falls,
            mixing=None if self.beside_falls is None else self.beside_falls.mixing,
            pooled=pooled,
            threads=self.threads,
            progress=progress or self.steps.next(),
        )

    def _likely(self, fit: Fit, number: int) -> list[NullModel]:
        """Null models that the panel might have come from."""
        chance = np.random.Generator(np.random.Philox(self._seeds(_LIKELY, 1)[0]))
        return fit.likely(self.skeleton, number, chance)

    def _seeds(self, stream: int, number: int) -> list[np.random.SeedSequence]:
        return [np.random.SeedSequence(self.seed, spawn_key=(stream, run)) for run in range(number)]
