"""The step in which scores were given, found in the scores themselves where nobody has stated it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_MOST: Final = 500
"""Scores that take more different values than this are not in steps."""
_NEAR: Final = 0.2
"""Shares of a step by which rounded digits may miss it: 3.42 stands for 3.41667."""
_FITTING: Final = 0.95
"""Share of the scores that must be in steps; prorated or averaged ones may lie between."""


def step_of(scores: npt.NDArray[np.float64], minimum: float, maximum: float) -> float | None:
    """The smallest difference between two scores, if nearly all of them are multiples of it apart.

    Args:
        scores: Scores, no NaN; shape ``(n,)``.
        minimum: Lowest score of the scale.
        maximum: Highest score of the scale, a whole number of steps above the lowest if it is nearly one.

    Examples:
        >>> 12 * step_of(np.array([3.42, 3.5, 3.58, 3.67, 4.0, 4.08, 3.33]), 1, 5)
        1.0
        >>> step_of(np.random.default_rng(1).normal(size=400), -4, 4) is None
        True
    """
    values, number = np.unique(np.round(scores, 9), return_counts=True)
    if not 2 < values.size <= _MOST:
        return None
    gaps = np.diff(values)
    least = float(np.quantile(gaps, 0.05, method="lower"))
    step = float(gaps[(gaps >= least) & (gaps < 1.5 * least)].mean())
    step = float(values[-1] - values[0]) / max(round(float(values[-1] - values[0]) / step), 1)
    steps = round((maximum - minimum) / step)
    if abs(steps * step / (maximum - minimum) - 1) < _NEAR / steps:
        step = (maximum - minimum) / steps
    away = (values - minimum) / step
    fitting = number[np.abs(away - np.rint(away)) <= _NEAR].sum()
    return step if fitting >= _FITTING * scores.size else None
