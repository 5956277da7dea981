"""What noise would make rules flag if it were other than the null model says: how far a count rests on its figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from attrs import evolve, frozen

from therarel.detection.rules.base import Rule
from therarel.detection.simulated import tally
from therarel.noise.null import NullModel
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel

_DYADS: Final = 100
_RUNS: Final = 60
_DF: Final = 5.0
_PHI, _SD = 0.1, 0.1
_MOST_PHI: Final = 0.95


@frozen
class OtherNoise:
    """How many dyads rules flag where noise alone is in the scores, and is other than the null model says.

    Args:
        change: What is changed; empty for the null model as it is.
        means: For each rule dyads flagged, on average over simulated panels, counted as those of the panel.
        errors: For each rule the Monte Carlo standard error of that mean, in dyads.
    """

    change: str
    means: tuple[float, ...]
    errors: tuple[float, ...]


def other_noise(
    panel: Panel, rules: Sequence[Rule], null: NullModel, *, dyads: int, seed: int, threads: int = 2
) -> tuple[OtherNoise, ...]:
    """Simulate what noise alone makes rules flag under a null model and under some that are a little other.

    Rules judge with what they have learnt from the panel, or learn anew from each simulated panel, as they do
    everywhere; a scan keeps its limit, so that its row says what the rate becomes if its model is wrong.

    Args:
        panel: The panel.
        rules: The rules, with what they have learnt from it.
        null: The null model.
        dyads: Dyads of the panel with a score.
        seed: Seed of the simulation, the same for all.
        threads: Number of threads; never changes the answer.
    """
    skeleton = Skeleton.of(panel).thinned(_DYADS)
    raised = dyads / skeleton.n_dyads
    changes: list[tuple[str, NullModel, float | None]] = [
        ("", null, None),
        *(
            (f"autocorrelation {phi:.2f}", evolve(null, phi=phi), None)
            for phi in (max(null.phi - _PHI, -_MOST_PHI), min(null.phi + _PHI, _MOST_PHI))
        ),
        *(
            (f"noise SD {100 * by:+.0f}%", evolve(null, within_sd=null.within_sd * (1 + by)), None)
            for by in (-_SD, _SD)
        ),
        ("no change over sessions", evolve(null, slope=0.0, slope_sd=0.0), None),
        (f"long tails (t with {_DF:.0f} df)", null, _DF),
    ]
    found = []
    for change, model, df in changes:
        seeds = [np.random.SeedSequence(seed, spawn_key=(9, run)) for run in range(_RUNS)]
        counts = [each.flagged for each in tally(skeleton, rules, [model] * _RUNS, seeds, df=df, threads=threads)]
        found.append(
            OtherNoise(
                change,
                tuple(raised * float(flagged.mean()) for flagged in counts),
                tuple(raised * float(flagged.std(ddof=1)) / math.sqrt(_RUNS) for flagged in counts),
            )
        )
    return tuple(found)
