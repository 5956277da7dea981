"""The parametric bootstrap behind every count that is compared with what noise gives.

Panels are drawn on the skeleton of the panel from a null model, stated or fitted to it; each is judged as a panel of
its own; and the dyads with a flagged session are counted, panel by panel. Where the model was fitted, its parameters
are drawn anew for each panel within the uncertainty of the fit: that widens the interval, and shows by how much the fit
has moved the mean, which is then taken out of it. Whether the count could show falls is simulated
likewise (`therarel.detection.fall_counts`).

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

from therarel.detection.fall_counts import FallStudy
from therarel.detection.learning import needs_of, pool
from therarel.detection.noise_counts import NoiseCount
from therarel.detection.rules.base import Rule
from therarel.detection.simulated import Falls, Progress, Tally, tally
from therarel.noise.falls.mixing import MixedNull
from therarel.noise.falls.refitting import MixtureRefit
from therarel.noise.matching import Fit, PlainRefit, match
from therarel.noise.null import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.simulation import ClinicParameters
from therarel.tables.arrays import Floats

_FALLEN: Final = 0.25
"""Share of dyads with a fall that a count is asked whether it would show; the lower end of published prevalences."""
_DEEP: Final = 0.25
"""How deep such falls are, as a share of the scale's range: 1 point of a scale from 1 to 5."""
_DYADS: Final = 600_000
_RUNS: Final = (200, 1000)
"""Simulated panels: as many as make this many dyads, within these limits."""
_LARGEST: Final = 10_000
_LARGEST_SLOW: Final = 100
"""Dyads of a simulated panel at most; of a larger panel this many are simulated, evenly taken, and counts raised."""
_LARGEST_WITH_FALLS: Final = 1000
"""Dyads of a simulated panel with falls at most."""
_ENDS: Final = (0.025, 0.975)
_NOISE, _LIKELY = 1, 5
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
    whole = asked.thinned(_LARGEST_WITH_FALLS)
    refit: PlainRefit | MixtureRefit | None = None
    if beside_falls is not None:
        refit = MixtureRefit.of(whole, beside_falls, seed=seed)
    elif fit is not None:
        refit = PlainRefit.of(whole, null, seed=seed)
    steps = _Steps(progress, 3 * (bool(quick) + bool(slow)))
    for some, most in ((quick, _LARGEST), (slow, _LARGEST_SLOW)):
        if some:
            like, dyads = asked.thinned(most), skeleton.n_dyads
            study = _Study(like, whole, dyads, null, fit, beside_falls, refit, pooled, seed, threads, steps)
            found |= study.counts(some, _falls_like(asked))
    return tuple(found[rule] for rule in rules)


def _falls_like(skeleton: Skeleton) -> Falls:
    """Falls of a quarter of the scale's range in a quarter of the dyads, in the shapes of the simulator's defaults."""
    depth = _DEEP * (skeleton.context.maximum - skeleton.context.minimum)
    return Falls(shape=ClinicParameters(rupture_share=_FALLEN, depth=(depth, depth, depth)))


def _between(figures: Sequence[float]) -> tuple[float, float] | None:
    """The ends of the middle 95 of 100 figures; ``None`` where there are none."""
    if not figures:
        return None
    low, high = np.quantile(figures, _ENDS).tolist()
    return low, high


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
        whole: The skeleton of those in which the noise without falls is found.
        dyads: Dyads of the panel.
        null: Its null model.
        fit: How that was fitted; ``None`` where it was stated, or fitted beside falls.
        beside_falls: The null model with noise that may differ, where it was fitted beside falls.
        refit: What would be fitted to other panels; ``None`` where the null model was stated.
        pooled: What was pooled over the dyads of the panel, falls and all; ``None`` where simulated panels pool theirs.
        seed: Seed of the simulation.
        threads: Number of threads.
        steps: Called with how far the work is.
    """

    skeleton: Skeleton
    whole: Skeleton
    dyads: int
    null: NullModel
    fit: Fit | None
    beside_falls: MixedNull | None
    refit: PlainRefit | MixtureRefit | None
    pooled: Mapping[str, float] | None
    seed: int
    threads: int
    steps: _Steps

    def counts(self, rules: Sequence[Rule], falls: Falls) -> dict[Rule, NoiseCount]:
        """What noise gives for each rule, and what falls do."""
        runs = int(np.clip(math.ceil(_DYADS / self.skeleton.n_dyads), *_RUNS))
        plain = self._tally(rules, [self.null] * runs, _NOISE, pooled=self.pooled)
        nulls = self._likely_nulls(runs)
        likely = plain if nulls is None else self._tally(rules, nulls, _NOISE, pooled=self.pooled)
        widths = {rule: float(self._about_mean(each.flagged)[1]) for rule, each in zip(rules, likely, strict=True)}
        shown = self._with_falls().counts(rules, falls, widths)
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
                within_sd=_between([each.within_sd for each in nulls or ()]),
                phi=_between([each.phi for each in nulls or ()]),
            )
        return found

    def _likely_nulls(self, number: int) -> list[NullModel] | None:
        """Null models within the uncertainty of the fit; ``None`` where the null model was stated."""
        if self.fit is not None:
            return self._likely(self.fit, number)
        if self.beside_falls is None or not self.beside_falls.likely:
            return None
        return list(islice(cycle(self.beside_falls.likely), number))

    def _with_falls(self) -> FallStudy:
        """The same panels with falls in them."""
        return FallStudy(
            self.skeleton.thinned(_LARGEST_WITH_FALLS),
            self.whole,
            self.dyads,
            (self.null, None if self.beside_falls is None else self.beside_falls.mixing),
            self.refit,
            self.pooled,
            self.seed,
            self.threads,
            self.steps.next(),
        )

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
        pooled: Mapping[str, float] | None = None,
    ) -> list[Tally]:
        return tally(
            self.skeleton,
            rules,
            nulls,
            self._seeds(stream, len(nulls)),
            mixing=None if self.beside_falls is None else self.beside_falls.mixing,
            pooled=pooled,
            threads=self.threads,
            progress=self.steps.next(),
        )

    def _likely(self, fit: Fit, number: int) -> list[NullModel]:
        """Null models that the panel might have come from."""
        chance = np.random.Generator(np.random.Philox(self._seeds(_LIKELY, 1)[0]))
        return fit.likely(self.skeleton, number, chance)

    def _seeds(self, stream: int, number: int) -> list[np.random.SeedSequence]:
        return [np.random.SeedSequence(self.seed, spawn_key=(stream, run)) for run in range(number)]
