"""Falls of the scan's own kind, put into simulated panels."""

from __future__ import annotations

import numpy as np

from therarel.noise.falls.pulses import Pulses
from therarel.noise.series import Series
from therarel.tables.arrays import Floats


def fallen_by(series: Series, pulses: Pulses, within_sd: float, chance: np.random.Generator) -> Floats:
    """By how many points the scores of each dyad are lowered, if every dyad has one fall; shape ``(n,)``.

    Onset, length and depth are drawn with the weights that the scan gives them; the depth from the whole range.

    Args:
        series: Where the scores stand.
        pulses: The falls and their weights.
        within_sd: Standard deviation of a dyad's noise.
        chance: Source of randomness.
    """
    sizes = series.sizes
    onset = 1 + np.floor(chance.random(sizes.size) * (sizes - 1)).astype(np.intp)
    length = 1 + np.searchsorted(np.cumsum(pulses.share)[:-1], chance.random(sizes.size), side="right")
    length = np.where(length > len(pulses.lengths), sizes, length)
    depth = within_sd * chance.uniform(min(pulses.depths), max(pulses.depths), sizes.size)
    within = (series.scores_before >= series.per_session(onset)) & (
        series.scores_before < series.per_session(onset + length)
    )
    return np.where(within, series.per_session(depth), 0.0)
