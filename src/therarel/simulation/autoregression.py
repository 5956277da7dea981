"""First-order autoregressions of many series of different lengths, one step of time for all of them at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def autoregression(chance: np.random.Generator, phi: float, starts: Whole, sizes: Whole) -> Floats:
    """Noise with variance 1 and autocorrelation ``phi`` within each series.

    Args:
        chance: Where it is drawn from.
        phi: Autocorrelation, above -1 and below 1.
        starts: Row at which each series begins, and the number of rows; shape ``(g + 1,)``.
        sizes: Number of rows of each series, at least 1; shape ``(g,)``.
    """
    noise = chance.standard_normal(int(starts[-1]))
    if phi == 0:
        return noise
    noise *= np.sqrt(1 - phi**2)
    noise[starts[:-1]] /= np.sqrt(1 - phi**2)
    return carried_on(noise, phi, starts, sizes)


def carried_on(steps: Floats, phi: float, starts: Whole, sizes: Whole) -> Floats:
    """Series whose every value is its own step and ``phi`` times the value before, computed in place.

    Args:
        steps: What is new at each row; the first of a series is its first value.
        phi: Share of the value before.
        starts: As for `autoregression`.
        sizes: As for `autoregression`.

    Examples:
        >>> carried_on(np.ones(3), 0.5, np.array([0, 3]), np.array([3])).tolist()
        [1.0, 1.5, 1.75]
    """
    order = np.argsort(-sizes, kind="stable")
    starts_by_length = starts[:-1][order]
    active = np.searchsorted(-sizes[order], -np.arange(1, int(sizes.max()) + 1), side="right")
    for step in range(1, int(sizes.max())):
        rows = starts_by_length[: active[step]] + step
        steps[rows] += phi * steps[rows - 1]
    return steps
