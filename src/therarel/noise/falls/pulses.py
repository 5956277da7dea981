"""Pulses: the falls that the scan looks for, and how much weight each length and depth has."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from attrs import field, frozen

from therarel.errors import InvalidValueError, is_number, shown
from therarel.tables.arrays import Floats

_MOST_MULTIPLE: Final = 12


def _numbers(given: object) -> tuple[float, ...]:
    if isinstance(given, tuple | list) and given and all(is_number(each) for each in given):
        return tuple(float(each) for each in given)
    raise InvalidValueError("weights and depths are a tuple of numbers", where="Pulses", value=shown(given))


@frozen(kw_only=True)
class Pulses:
    """The falls that the scan looks for: a score is lower by the same depth for some scored sessions, or to the end.

    A fall may begin at any scored session but the first, each with the same weight. Lengths and depths have the
    weights below. They are assumptions of ours, not figures from a study; what they favour is found more often.

    Args:
        lengths: Weights of falls of 1, 2, 3, ... scored sessions; each at least 0.
        lasting: Weight of falls that last to the end of the series; at least 0.
        depths: Depths that are looked for, all with the same weight, in standard deviations of a dyad's noise; above
            0. The default stands for .5 to 1.6 points where that standard deviation is .35.
        raters: Weights of falls in the scores of the first rater alone, of the second alone, and of both at the same
            sessions; each at least 0. They count where a scan reads the scores of both.

    Raises:
        InvalidValueError: if a weight is negative, all are 0, or a depth is not above 0.

    Examples:
        >>> Pulses().share.sum().round(12)
        np.float64(1.0)
        >>> len(Pulses(lengths=(0.5, 0.5), lasting=0).share)
        3
    """

    lengths: tuple[float, ...] = field(default=(0.30, 0.12, 0.07, 0.05, 0.03, 0.03), converter=_numbers)
    lasting: float = field(default=0.40)
    depths: tuple[float, ...] = field(default=(1.5, 2.25, 3.0, 3.75, 4.5), converter=_numbers)
    raters: tuple[float, ...] = field(default=(1.0, 1.0, 1.0), converter=_numbers)

    def __attrs_post_init__(self) -> None:
        weights = (*self.lengths, self.lasting)
        if not all(is_number(each) and 0 <= each < math.inf for each in weights) or not sum(weights) > 0:
            raise InvalidValueError(
                "weights of lengths are at least 0, and one is above 0", where="Pulses", value=shown(weights)
            )
        if len(self.raters) != 3 or not all(0 <= each < math.inf for each in self.raters) or not sum(self.raters) > 0:
            raise InvalidValueError(
                "the first rater alone, the second alone and both have a weight each, and one is above 0",
                where="Pulses.raters",
                value=shown(self.raters),
                bound="3 numbers of at least 0",
            )
        if not all(0 < each < math.inf for each in self.depths):
            raise InvalidValueError("a depth is above 0", where="Pulses.depths", value=shown(self.depths))

    @property
    def share(self) -> Floats:
        """Weights of the lengths 1, 2, 3, ... and, last, to the end; they add up to 1."""
        weights = np.array([*self.lengths, self.lasting], dtype=np.float64)
        return np.asarray(weights / weights.sum())

    @property
    def step(self) -> float | None:
        """The step that all depths are whole multiples of; ``None`` where there is none, or only a small one."""
        return _step(self.depths)

    @property
    def multiples(self) -> tuple[int, ...]:
        """Each depth as a multiple of the step; empty where there is none."""
        step = self.step
        return () if step is None else tuple(round(depth / step) for depth in self.depths)

    @property
    def rater_share(self) -> Floats:
        """Weights of falls in the scores of the first rater alone, of the second alone, and of both, adding up to 1."""
        weights = np.array(self.raters, dtype=np.float64)
        return np.asarray(weights / weights.sum())

    def __str__(self) -> str:
        low, high = min(self.depths), max(self.depths)
        return f"changes of 1 to {len(self.lengths)} sessions or to the end, by {low:g} to {high:g} standard deviations"


@lru_cache(maxsize=256)
def shares_by_onset(pulses: Pulses, onsets: int) -> Floats:
    """Weights of lengths by onset, those of falls beyond the end added to those to the end.

    Args:
        pulses: The falls.
        onsets: Number of scored sessions but the first; a fall may begin at each.

    Returns:
        Shape ``(l, onsets, 1)``, in the order of `Pulses.share`.
    """
    found = np.repeat(pulses.share[:, np.newaxis], onsets, axis=1)
    for length, share in enumerate(found[:-1], start=1):
        beyond = slice(max(onsets - length, 0), onsets)
        found[-1, beyond] += share[beyond]
        share[beyond] = 0.0
    found.flags.writeable = False
    return found[:, :, np.newaxis]


@lru_cache
def _step(depths: tuple[float, ...]) -> float | None:
    least = min(depths)
    for parts in range(1, _MOST_MULTIPLE):
        multiples = np.array(depths) * parts / least
        if multiples.max() > _MOST_MULTIPLE:
            return None
        if (np.abs(multiples - np.rint(multiples)) < 1e-12).all():
            return least / parts
    return None
