"""What a fit beside falls would be for other panels, as far as one step leads from what was fitted."""

from __future__ import annotations

import numpy as np
from attrs import evolve, frozen

from therarel.noise.falls.matching import At, Study, bounds_of, fewer, seeds_of, stepped
from therarel.noise.falls.mixing import MixedNull, Mixing
from therarel.noise.falls.wandering import turned, upside_down
from therarel.noise.matching import null_of, parameters_of
from therarel.noise.null import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.tables.arrays import Floats


@frozen(eq=False)
class MixtureRefit:
    """What would be fitted to other panels beside falls, as far as one step leads from what was fitted.

    Args:
        skeleton: Where the scores of the panels stand, turned if rises were fitted.
        fitted: What was fitted.
        at: Its figures, in the direction in which a fall goes down.
        said: What panels without other falls than those of the fit say there, for each dyad; shape ``(9,)``.
        error: Standard deviation of what dyads say; shape ``(9,)``.
        slope: How it changes with the figures; shape ``(9, 9)``.
    """

    skeleton: Skeleton
    fitted: MixedNull
    at: At
    said: Floats
    error: Floats
    slope: Floats

    @classmethod
    def of(cls, skeleton: Skeleton, fitted: MixedNull, *, seed: int) -> MixtureRefit:
        """A refit of panels on a skeleton.

        Args:
            skeleton: Where the scores of the panels stand.
            fitted: What was fitted.
            seed: Seed of the simulated panels.
        """
        down = _fitted_to(skeleton, fitted)
        null = turned(fitted.null) if fitted.rising else fitted.null
        at = At(parameters_of(null, down), fitted.share, fitted.mixing)
        study = Study(down, fewer(fitted.pulses), seeds_of(down, seed), at.parameters)
        said, covariance = study.simulated(at)
        slope = evolve(study, seeds=study.seeds[: len(study.seeds) // 2]).slope(at)
        return cls(down, fitted, at, said, np.sqrt(np.diag(covariance)), slope)

    @property
    def centre(self) -> Floats:
        """The figures that were fitted; shape ``(9,)``."""
        return self.at.vector

    def moved(self, skeleton: Skeleton, panels: Floats, said: Floats | None = None) -> Floats:
        """Figures of each panel, shape ``(r, 9)``.

        Args:
            skeleton: Where their scores stand: those of the same panels or of a part of them.
            panels: Scores, shape ``(r, n)``.
            said: What panels say to which the centre is fitted; what these say on average if not given.
        """
        down, scores = _fitted_to(skeleton, self.fitted), -panels if self.fitted.rising else panels
        study = Study(down, fewer(self.fitted.pulses), [], self.at.parameters)
        every = np.concatenate(
            [study.said(scores[part.start : part.stop]).mean(axis=1) for part in down.parts(len(scores))]
        )
        missing = every - (every.mean(axis=0) if said is None else said)
        low, high = bounds_of(down)
        return np.stack([stepped(self.centre, each, self.error, self.slope, 0.0, low, high) for each in missing])

    def noise(self, vector: Floats) -> tuple[NullModel, Mixing]:
        """The null model of some figures, and how its noise differs."""
        low, high = bounds_of(self.skeleton)
        low[4] = self.centre[4] / 4
        at = At.of(np.clip(vector, low, high))
        null = null_of(at.parameters, self.skeleton, self.fitted.null.source)
        return turned(null) if self.fitted.rising else null, at.mixing


def _fitted_to(skeleton: Skeleton, fitted: MixedNull) -> Skeleton:
    """The skeleton with the trend of what was fitted, of scores whose sign is turned if that were rises."""
    if not fitted.rising:
        return evolve(skeleton, trend=fitted.null.trend)
    series, context = upside_down(skeleton.series, skeleton.context)
    return evolve(skeleton, trend=fitted.null.trend, series=series, context=context)
