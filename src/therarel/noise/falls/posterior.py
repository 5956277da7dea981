"""Onset, depth and length of the fall that a dyad's scores speak for, averaged over all falls with their weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from attrs import frozen

from therarel.noise.falls.pulses import Pulses, shares_by_onset
from therarel.noise.falls.ratios import FAR, Ways
from therarel.noise.falls.sums import running, total, unbuffered
from therarel.tables.arrays import Floats

FIGURES: Final = ("depth", "depth_low", "depth_high", "length", "length_low", "length_high", "regained")
"""What is said of a fall."""
_ENDS: Final = (0.025, 0.975)
_DEPTHS: Final = 48
_WIDER: Final = (1 / 3, 1.5)
"""Depths that are thought of, from a part of the least that is looked for to more than the largest."""


def depths_of(pulses: Pulses) -> Floats:
    """Depths that are thought of, in standard deviations of the noise; rising."""
    return np.linspace(_WIDER[0] * min(pulses.depths), _WIDER[1] * max(pulses.depths), _DEPTHS)


@frozen(eq=False)
class Weighed:
    """Falls of dyads of equal length, averaged with how far the scores speak for each.

    Args:
        figures: By the names of `FIGURES`, each of shape ``(m,)``: depth in the unit of the depths with the ends of an
            interval, length in scored sessions likewise, and how probable it is that the fall ended within the series.
        ways: The weight of the falls of each way, adding up to 1; shape ``(ways, m)``.
        lowered: By how much each score is lower because of the falls of each way, on average; shape
            ``(ways, n, m)``. Zeros where that was not asked for.
    """

    figures: dict[str, Floats]
    ways: Floats
    lowered: Floats


@unbuffered()
def weighed(ways: Ways, pulses: Pulses, depths: Floats, *, lowered: bool) -> Weighed:
    """Average over falls of all onsets, lengths and depths.

    Args:
        ways: The falls, once for each way in which raters may show them.
        pulses: Their weights before any score was seen.
        depths: Depths that are thought of, rising and evenly spaced.
        lowered: Whether to say by how much each score is lower.
    """
    onsets, m = ways[0][1].lasting.shape
    if m == 1:  # a sum over one column alone is taken in another order
        twice = np.zeros(2, dtype=np.intp)
        both = weighed([(share, falls.of(twice)) for share, falls in ways], pulses, depths, lowered=lowered)
        first = {name: each[:1] for name, each in both.figures.items()}
        return Weighed(first, both.ways[:, :1], both.lowered[..., :1])
    x = np.stack([falls.x for _, falls in ways])
    i = np.stack([falls.information for _, falls in ways])
    shares = np.stack([share * shares_by_onset(pulses, onsets) for share, _ in ways])
    with np.errstate(all="ignore"):  # what leaves the range of numbers is far, and done again
        sums = _summed(_recursively(x, i, shares, depths), depths, x.shape, lowered=lowered)
    far = (np.abs(x).max(axis=(0, 1, 2)) * depths[-1] > FAR) | (i.max(axis=(0, 1, 2)) * depths[-1] ** 2 / 2 > FAR)
    far |= total(sums[0]) < np.exp(-FAR)
    if far.any():
        some = x[..., far], i if i.shape[-1] == 1 else i[..., far], shares
        again = _summed(_one_by_one(*some, depths), depths, some[0].shape, lowered=lowered)
        for values, others in zip(sums, again, strict=True):
            values[..., far] = others
    whole = total(sums[0])
    of_depth, of_length, lasting, depth = (each / whole for each in sums)
    ended = total(of_length)[: min(len(pulses.lengths), onsets - 1)]
    lengths = np.arange(1.0, onsets + 1)
    by_length = total(lasting)[::-1].copy()  # falls to the end last as long as there are sessions from their onset on
    by_length[: len(ended)] += ended
    figures = {
        "depth": total(of_depth * depths[:, np.newaxis]),
        "depth_low": _quantile(depths, of_depth, _ENDS[0]),
        "depth_high": _quantile(depths, of_depth, _ENDS[1]),
        "length": total(by_length * lengths[:, np.newaxis]),
        "length_low": _quantile(lengths, by_length, _ENDS[0]),
        "length_high": _quantile(lengths, by_length, _ENDS[1]),
        "regained": total(ended) if len(ended) else np.zeros(m),
    }
    by_session = np.zeros((len(ways), onsets + 1, m))
    if lowered:
        for into, falls in zip(by_session, depth, strict=True):
            into[1:] = running(falls[-1])
            for length in range(1, len(ended) + 1):
                for later in range(length):
                    into[1 + later : 1 + later + onsets - length] += falls[length - 1, : onsets - length]
    return Weighed(figures, total(np.moveaxis(of_length, 1, 0)), by_session)


def _summed(
    weights: Iterable[Floats], depths: Floats, shape: tuple[int, ...], *, lowered: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """Weights of falls, added up.

    Args:
        weights: For each depth those of all ways, lengths and onsets; shape ``(ways, l, n - 1, m)``.
        depths: The depths.
        shape: That shape.
        lowered: Whether to add up depths.

    Returns:
        Weights by depth, ``(k, m)``; by way and length, ``(ways, l, m)``; of the falls to the end by way and onset,
        ``(ways, n - 1, m)``; and depths times weights, of the shape of the weights, if they were asked for.
    """
    w, kinds, onsets, m = shape
    both, lasting = np.empty((depths.size, w, kinds, m)), np.zeros((w, onsets, m))
    depth = np.zeros(shape if lowered else (w, 0, 0, m))
    for by_length, d, each in zip(both, depths, weights, strict=True):
        np.add.reduce(each, axis=2, out=by_length)
        lasting += each[:, -1]
        if lowered:
            depth += d * each
    of_depth = np.add.reduce(both.reshape(depths.size, -1, m), axis=1)
    return of_depth, np.add.reduce(both, axis=0), lasting, depth


def _recursively(x: Floats, i: Floats, shares: Floats, depths: Floats) -> Iterator[Floats]:
    """Weights of falls of each depth: those of the one before times a factor, which changes by a factor itself."""
    d, h = depths[0], depths[1] - depths[0]
    weights, factor = d * x, h * x
    weights -= d * d / 2 * i
    factor -= h * (2 * d + h) / 2 * i
    np.exp(weights, out=weights)
    np.exp(factor, out=factor)
    weights *= shares
    slower = np.exp(-h * h * i)
    for _ in depths:
        yield weights
        weights *= factor
        factor *= slower


def _one_by_one(x: Floats, i: Floats, shares: Floats, depths: Floats) -> Iterator[Floats]:
    """The same without a recursion, and with the largest weight as the unit, for numbers that are too large for it."""
    with np.errstate(divide="ignore"):  # of falls beyond the end, which are those to the end
        logs = [np.log(shares) + d * x - d * d / 2 * i for d in depths]
    most = np.max([each.max(axis=(0, 1, 2)) for each in logs], axis=0)
    for each in logs:
        with np.errstate(under="ignore"):
            yield np.exp(each - most)


def _quantile(values: Floats, weights: Floats, share: float) -> Floats:
    """The value up to which so much of the weight lies, for each dyad."""
    at = (np.cumsum(weights, axis=0) < share).sum(axis=0)
    return np.asarray(values[np.minimum(at, values.size - 1)])
