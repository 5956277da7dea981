"""Onset, depth and length of the fall that a dyad's scores speak for, averaged over all falls with their weights."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from therarel.detection.scan.likelihood import Whitened, pulses_of
from therarel.detection.scan.pulses import Pulses
from therarel.detection.scan.ratios import FAR, Pulse
from therarel.detection.scan.sums import total

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


def falls(white: Whitened, score: Floats, pulses: Pulses, kinds: list[Pulse] | None = None) -> Fall:
    """The falls of dyads of equal length.

    Args:
        white: Model and times of the dyads; at least two sessions.
        score: Scores, shape ``(n, m)``.
        pulses: The falls and their weights.
        kinds: What `pulses_of` gives of these scores, where it is known.
    """
    n, m = score.shape
    kinds = list(pulses_of(white, score, len(pulses.lengths))) if kinds is None else kinds
    if m == 1:  # a sum over one column alone is taken in another order
        twice = np.zeros(2, dtype=np.intp)
        both = falls(white, score[:, twice], pulses, [fall.of(twice) for fall in kinds])
        return Fall({name: each[:1] for name, each in both.figures.items()}, both.course[:, :1])
    used = [(share, fall) for share, fall in zip(pulses.share, kinds, strict=True) if share > 0]
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
    onset = np.arange(1, n)
    lasts = np.stack([np.minimum(fall.length, n - onset) for _, fall in used])  # (lengths, onsets)
    by_pulse, mean_depth, of_depth = _averaged(used, depths)
    m = of_depth.shape[1]
    of_length = np.zeros((n - 1, m))
    lowered = [np.zeros((n, m)) for _ in used]
    for (_, fall), by_session, lengths, weights, parts in zip(used, lowered, lasts, by_pulse, mean_depth, strict=True):
        for first, length, weight, by in zip(onset.tolist(), lengths.tolist(), weights, parts, strict=True):
            of_length[length - 1] += weight
            by_session[first : first + fall.length] += by
    ended = (lasts + onset < n)[:, :, np.newaxis]
    lengths = np.arange(1.0, n)
    return Weighed(
        {
            "depth": _total(of_depth * depths[:, np.newaxis], 0),
            "depth_low": _quantile(depths, of_depth, _ENDS[0]),
            "depth_high": _quantile(depths, of_depth, _ENDS[1]),
            "length": _total(of_length * lengths[:, np.newaxis], 0),
            "length_low": _quantile(lengths, of_length, _ENDS[0]),
            "length_high": _quantile(lengths, of_length, _ENDS[1]),
            "regained": _total(np.where(ended, by_pulse, 0.0), 0, 1),
        },
        list(_total(by_pulse, 1)),
        lowered,
    )


def _averaged(used: list[tuple[float, Pulse]], depths: Floats) -> tuple[Floats, Floats, Floats]:
    """Weight and mean depth of each length and onset, and weight of each depth; ``(l, n - 1, m)`` and ``(k, m)``.

    Depths are evenly spaced, so that each weight is the one before times a factor, which changes by a factor itself.
    """
    x = np.stack([fall.x for _, fall in used])
    i = np.stack([np.broadcast_to(fall.information, (x.shape[1], fall.information.shape[1])) for _, fall in used])
    log_share = np.log([share for share, _ in used])[:, np.newaxis, np.newaxis]
    d, last, h = depths[0], depths[-1], depths[1] - depths[0]
    likeliest = np.clip(np.divide(x, i, out=np.zeros_like(x), where=i > 0), d, last)
    most = (log_share + likeliest * x - likeliest**2 / 2 * i).max(axis=(0, 1))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        weights = np.ascontiguousarray(np.exp(log_share + d * x - d * d / 2 * i - most))
        factor = np.exp(h * x - h * (2 * d + h) / 2 * i)
        slower = np.exp(-h * h * i)
        by_pulse, running_sum = np.zeros((2, *x.shape))
        rows = weights.reshape(-1, weights.shape[-1])  # the same numbers
        of_depth = np.empty((depths.size, x.shape[2]))
        for at in of_depth:
            np.add.reduce(rows, axis=0, out=at)
            by_pulse += weights
            running_sum += by_pulse
            weights *= factor
            factor *= slower
        # sum of k w_k: every weight is in the running sums from its own depth on
        mean_depth = (d + h * depths.size) * by_pulse - h * running_sum
    far = (np.abs(x).max(axis=(0, 1)) * last > FAR) | (i.max(axis=(0, 1)) * last**2 / 2 > FAR)
    if far.any():
        some = np.broadcast_to(i, x.shape)[:, :, far]
        by_pulse[:, :, far], mean_depth[:, :, far], of_depth[:, far] = _all(x[:, :, far], some, log_share, depths)
    whole = _total(of_depth, 0)
    return by_pulse / whole, mean_depth / whole, of_depth / whole


def _all(x: Floats, i: Floats, log_share: Floats, depths: Floats) -> tuple[Floats, Floats, Floats]:
    """The same without a recursion, for numbers that are too large for it."""
    d = depths[:, np.newaxis, np.newaxis, np.newaxis]
    weights = log_share + d * x - d * d / 2 * i  # (depths, lengths, onsets, m)
    with np.errstate(under="ignore"):
        weights = np.exp(weights - weights.max(axis=(0, 1, 2)))
    of_depth = np.stack([total(each.reshape(-1, each.shape[-1])) for each in weights])
    return total(weights), total(weights * d), of_depth


def _total(values: Floats, *axes: int) -> Floats:
    """Sum over some axes, one number after the other, so that a dyad gives the same beside any others."""
    ahead = np.moveaxis(values, axes, range(len(axes)))
    return np.asarray(np.add.reduce(ahead.reshape(-1, *ahead.shape[len(axes) :]), axis=0))


def _quantile(values: Floats, weights: Floats, share: float) -> Floats:
    """The value up to which so much of the weight lies, for each dyad."""
    at = (np.cumsum(weights, axis=0) < share).sum(axis=0)
    return np.asarray(values[np.minimum(at, values.size - 1)])
