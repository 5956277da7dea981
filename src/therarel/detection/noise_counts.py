"""What noise alone gives beside a count: how many dyads a rule flags in panels like one in which nothing happened."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from therarel.counting import counted
from therarel.detection.rules.base import Rule
from therarel.noise.null import NullModel

POWER: Final = 0.8
"""Least power at which a count that noise may give speaks against falls."""


@frozen
class FallCount:
    """What a rule flags in panels like one in which a share of the dyads has a fall; for gains, a rise.

    Panels are like the one where what is fitted to them is, on average, what is fitted to it. A fit takes a part of
    falls for noise, so that there is less noise in such panels than was fitted. Where nobody has a fall, power may
    be off by .2 and more; where some have one it is within .07 on average over panels.

    Args:
        share: Share of dyads with a fall.
        depth: Its depth in score points, in the shapes of the simulator's defaults.
        mean: Dyads flagged, with a fall or without, on average over simulated panels.
        found: Share of the dyads with a fall that are flagged, at any session.
        expected: Dyads that noise would be said to give, on average: by what would be fitted to each panel.
        power: Share of such panels whose count lies above the range of what noise would be said to give of that panel.
        null: The null model of their noise, without the falls; the stated one where it was stated.
    """

    share: float
    depth: float
    mean: float
    found: float
    expected: float
    power: float
    null: NullModel = field(repr=False)


@frozen
class NoiseCount:
    """How many dyads a rule flags in panels like one in which nothing happened.

    Args:
        rule: The rule.
        null: The null model that the panels were drawn from.
        fitted: Whether it was fitted to the panel; its uncertainty is then in the interval.
        dyads: Dyads with a score.
        mean: Dyads flagged, on average over simulated panels.
        low: Fewest that noise may give: of 100 panels at most 2 or 3 have fewer.
        high: Most that noise may give: of 100 panels at most 2 or 3 have more.
        error: Monte Carlo standard error of the mean, in dyads.
        runs: Number of simulated panels.
        simulated: Dyads of each of them.
        seed: Seed of the simulation.
        falls: What the rule flags where a quarter of the dyads have a fall.
        beside_falls: Whether it was fitted beside falls, as the scan does, so that they are not in its noise.
        within_sd: Between what the standard deviation of the noise lies, by 95 of 100 models that fit the panel about
            as well; ``None`` where the null model was stated.
        phi: The same of its autocorrelation.
    """

    rule: Rule
    null: NullModel
    fitted: bool
    dyads: int
    mean: float
    low: int
    high: int
    error: float
    runs: int
    simulated: int
    seed: int
    falls: FallCount
    beside_falls: bool = False
    within_sd: tuple[float, float] | None = None
    phi: tuple[float, float] | None = None

    @property
    def share(self) -> float:
        """Share of dyads that noise alone makes the rule flag."""
        return self.mean / self.dyads

    @property
    def could_tell(self) -> bool:
        """Whether a count that noise may give speaks against such falls in a quarter of the dyads."""
        return self.falls.power >= POWER

    @property
    def source(self) -> str:
        """What the count rests on, in words."""
        return (
            f"{counted(self.runs, 'simulated panel')} with the sessions, gaps and missing scores of this one and noise"
            f" alone; null model {self.null.source}; seed {self.seed}"
        )
