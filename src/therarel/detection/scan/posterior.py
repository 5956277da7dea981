"""Onset, depth and length of the fall that a dyad's scores speak for, averaged over all falls with their weights."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.detection.scan.likelihood import Pulse, Whitened, pulses_of
from therarel.detection.scan.pulses import Pulses

__all__ = ["FIGURES", "Fall", "Weighed", "depths_of", "falls", "weighed"]

Floats = npt.NDArray[np.float64]

FIGURES: Final = ("depth", "depth_low", "depth_high", "length", "length_low", "length_high", "regained")
"""What is said of a fall."""
_ENDS: Final = (0.025, 0.975)
_DEPTHS: Final = 48
_WIDER: Final = (1 / 3, 1.5)
"""Depths that are thought of, from a part of the least that is looked for to more than the largest."""


@frozen(eq=False)
class Fall:
    """The fall of each of some dyads of equal length, each of shape ``(m,)``.

    Args:
        figures: By the names of `FIGURES`: depth in score points with the ends of an interval, length in scored
            sessions likewise, and how probable it is that the fall ended within the series.
        course: The course that the scores lead one to expect, had there been no fall; shape ``(n, m)``.
    """

    figures: dict[str, Floats]
    course: Floats


def falls(white: Whitened, score: Floats, pulses: Pulses) -> Fall:
    """The falls of dyads of equal length.

    Args:
        white: Model and times of the dyads; at least two sessions.
        score: Scores, shape ``(n, m)``.
        pulses: The falls and their weights.
    """
    n, m = score.shape
    if m == 1:  # a sum over one column alone is taken in another order
        both = falls(white, np.repeat(score, 2, axis=1), pulses)
        return Fall({name: each[:1] for name, each in both.figures.items()}, both.course[:, :1])
    used = [
        (share, fall)
        for share, fall in zip(pulses.share, pulses_of(white, score, len(pulses.lengths)), strict=True)
        if share > 0
    ]
    found = weighed(used, white.null.within_sd * depths_of(pulses), n)
    return Fall(found.figures, white.course(score + sum(found.lowered)))


def depths_of(pulses: Pulses) -> Floats:
    """Depths that are thought of, in standard deviations of the noise; rising."""
    return np.linspace(_WIDER[0] * min(pulses.depths), _WIDER[1] * max(pulses.depths), _DEPTHS)


@frozen(eq=False)
class Weighed:
    """Falls of dyads of equal length, averaged with how far the scores speak for each.

    Args:
        figures: By the names of `FIGURES`, each of shape ``(m,)``.
        weights: The weight of each kind of fall, adding up to 1; each of shape ``(m,)``.
        lowered: By how much each score is lower because of the falls of each kind, on average; each ``(n, m)``.
    """

    figures: dict[str, Floats]
    weights: list[Floats]
    lowered: list[Floats]


def weighed(used: list[tuple[float, Pulse]], depths: Floats, n: int) -> Weighed:
    """Average over falls.

    Args:
        used: Kinds of falls, each with its weight before any score was seen; of two dyads or more.
        depths: Depths that are thought of, rising.
        n: Scored sessions of a dyad.
    """
    d = depths[:, np.newaxis, np.newaxis]
    weights = np.stack([np.log(share) + d * fall.x - d * d / 2 * fall.information for share, fall in used])
    weights = np.exp(weights - weights.max(axis=(0, 1, 2)))  # (lengths, depths, onsets, m)
    weights /= _total(weights, 0, 1, 2)
    onset = np.arange(1, n)
    lasts = np.stack([np.minimum(fall.length, n - onset) for _, fall in used])  # (lengths, onsets)
    of_depth = _total(weights, 0, 2)
    by_pulse = _total(weights, 1)
    of_length = np.stack(
        [_total(np.where((lasts == each)[:, :, np.newaxis], by_pulse, 0.0), 0, 1) for each in range(1, n)]
    )
    ends = (lasts + onset < n)[:, :, np.newaxis]
    lengths = np.arange(1.0, n)
    lowered = [np.zeros((n, weights.shape[-1])) for _ in used]
    mean_depth = _total(weights * d, 1)
    for (_, fall), part, by_session in zip(used, mean_depth, lowered, strict=True):
        for first, by in zip(onset.tolist(), part, strict=True):
            by_session[first : first + fall.length] += by
    return Weighed(
        {
            "depth": _total(of_depth * depths[:, np.newaxis], 0),
            "depth_low": _quantile(depths, of_depth, _ENDS[0]),
            "depth_high": _quantile(depths, of_depth, _ENDS[1]),
            "length": _total(of_length * lengths[:, np.newaxis], 0),
            "length_low": _quantile(lengths, of_length, _ENDS[0]),
            "length_high": _quantile(lengths, of_length, _ENDS[1]),
            "regained": _total(np.where(ends, by_pulse, 0.0), 0, 1),
        },
        list(_total(by_pulse, 1)),
        lowered,
    )


def _total(values: Floats, *axes: int) -> Floats:
    """Sum over some axes, one number after the other, so that a dyad gives the same beside any others."""
    ahead = np.moveaxis(values, axes, range(len(axes)))
    return np.asarray(np.add.reduce(ahead.reshape(-1, *ahead.shape[len(axes) :]), axis=0))


def _quantile(values: Floats, weights: Floats, share: float) -> Floats:
    """The value up to which so much of the weight lies, for each dyad."""
    at = (np.cumsum(weights, axis=0) < share).sum(axis=0)
    return np.asarray(values[np.minimum(at, values.size - 1)])
