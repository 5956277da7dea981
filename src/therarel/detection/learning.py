"""What rules learn from the whole panel before they judge: pooled figures, sums of their own, a sample of dyads.

One pass over the blocks, wherever they come from. Sums are exact whatever the order of the blocks, so that scores give
the same answer on one machine and on a cluster; the sample takes the dyads whose labels have the smallest hashes.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np
from attrs import field, frozen

from therarel.detection.rules.base import Rule
from therarel.noise.context import PanelContext, autocorrelation
from therarel.noise.series import Series
from therarel.tables.arrays import Floats

Figures = Mapping[str, Floats]
"""Figures of dyads by name, each of shape ``(g,)``."""
Totals = dict[str, int]
"""Exact sums by name, as whole numbers of 2 to the power of -`_POINT`."""

_POINT: Final = 1200  # no float has a digit below 2^-1074
_LOW: Final = (1 << 27) - 1


def needs_of(rules: Iterable[Rule]) -> frozenset[str]:
    """Names of the pooled figures that some rules read."""
    return frozenset[str]().union(*(rule.needs for rule in rules))


def figures(block: Series, needs: AbstractSet[str], *, max_gap: float = math.inf) -> dict[str, Floats]:
    """The figures of each dyad of a block that pooling some quantities takes, each of shape ``(g,)``."""
    found: dict[str, Floats] = {}
    if "between_sd" in needs or "pooled_sd" in needs:
        found["mean"] = block.mean
    if "pooled_sd" in needs:
        found["squares"] = block.squares
        found["freedom"] = np.asarray(block.sizes - 1.0, dtype=np.float64)
    if "first_sd" in needs:
        found["first"] = block.score[block.first]
    if "phi" in needs:
        before = block.stretch(max_gap)
        for lag, changes, number in ((1, "one", "ones"), (2, "two", "twos")):
            there = before >= lag
            squared = np.zeros(block.score.size)
            squared[lag:] = (block.score[lag:] - block.score[:-lag]) ** 2
            found[changes] = block.total(np.where(there, squared, 0.0))
            found[number] = block.total(there.astype(np.float64))
    return found


def total(values: Floats) -> int:
    """The exact sum of finite numbers, in units of 2 to the power of -1200.

    Examples:
        >>> total(np.array([1e16, 1.0, -1e16])) == total(np.array([1.0]))
        True
    """
    if not values.size:
        return 0
    mantissa, exponent = np.frexp(values)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    lowest = int(exponent.min())
    at = exponent - lowest
    # Both halves of a number are below 2^27, so that sums of up to 2^26 of them are exact.
    high, low = (np.bincount(at, weights=half) for half in (whole >> 27, whole & _LOW))
    return sum(
        ((int(high[power]) << 27) + int(low[power])) << (power + lowest - 53 + _POINT)
        for power in np.flatnonzero((high != 0) | (low != 0)).tolist()
    )


def _number(whole: int) -> float:
    return whole / (1 << _POINT)  # a quotient of whole numbers is rounded once


@frozen(eq=False)
class Learning:
    """What was learnt from some blocks of a panel; two of them can be joined, in any order.

    Args:
        rules: The rules that learn.
        context: What is known before.
        needs: The pooled figures that are wanted; those that the rules read if not given.
        totals: Exact sums by name.
        samples: For each rule that asks for dyads, those with the smallest hashes so far.
    """

    rules: Sequence[Rule]
    context: PanelContext
    needs: frozenset[str] = field()
    totals: Totals = field(factory=dict, init=False)
    samples: list[list[tuple[int, Floats, Floats, Floats | None]]] = field(init=False)

    @needs.default
    def _needs(self) -> frozenset[str]:
        return needs_of(self.rules)

    @samples.default
    def _samples(self) -> list[list[tuple[int, Floats, Floats, Floats | None]]]:
        return [[] for _ in self.rules]

    @property
    def needed(self) -> bool:
        """Whether any of the rules learns anything."""
        return bool(self.needs) or any(rule.learns for rule in self.rules)

    def take(self, series: Series, labels: Sequence[object] = ()) -> Figures:
        """Learn from a block; the pooled figures of its dyads are given back.

        Args:
            series: The scored sessions.
            labels: Labels of its dyads; needed where a rule asks for a sample.
        """
        found = figures(series, self.needs, max_gap=self.context.max_gap)
        self._add("", found)
        if "between_sd" in self.needs:
            self._add("", {"dyads": np.ones(series.sizes.size), "mean_squared": self._moved(found["mean"]) ** 2})
        if "first_sd" in self.needs:
            self._add("", {"firsts": np.ones(series.sizes.size), "first_squared": self._moved(found["first"]) ** 2})
        for place, rule in enumerate(self.rules):
            self._add(f"{place}:", rule.sums(series, self.context))
            if rule.sample and rule.learns:
                self._draw(place, rule.sample, series, labels)
        return found

    def _moved(self, values: Floats) -> Floats:
        return values - self.context.minimum  # little is lost in the squares of numbers that begin at 0

    def _add(self, prefix: str, found: Figures) -> None:
        for name, values in found.items():
            key = prefix + name
            moved = self._moved(values) if key in ("mean", "first") else values
            self.totals[key] = self.totals.get(key, 0) + total(moved)

    def _draw(self, place: int, wanted: int, series: Series, labels: Sequence[object]) -> None:
        drawn = self.samples[place]
        for dyad, label in enumerate(labels):
            hashed = int.from_bytes(hashlib.blake2b(str(label).encode(), digest_size=8).digest(), "big")
            if len(drawn) == wanted and hashed >= -drawn[0][0]:
                continue
            rows = slice(int(series.starts[dyad]), int(series.starts[dyad + 1]))
            beside = None if series.beside is None else series.beside[rows]
            item = (-hashed, series.session[rows], series.score[rows], beside)
            (heapq.heappush if len(drawn) < wanted else heapq.heapreplace)(drawn, item)

    def join(self, other: Learning) -> None:
        """Take over what another one has learnt from other dyads."""
        for key, whole in other.totals.items():
            self.totals[key] = self.totals.get(key, 0) + whole
        for place, rule in enumerate(self.rules):
            self.samples[place] = heapq.nlargest(rule.sample, [*self.samples[place], *other.samples[place]])
            heapq.heapify(self.samples[place])

    def learnt(self) -> tuple[list[Rule], PanelContext]:
        """The rules that have learnt, and what is known about the whole panel."""
        context = self.context.knowing(self.pooled())
        known = []
        for place, rule in enumerate(self.rules):
            prefix = f"{place}:"
            own = {
                key.removeprefix(prefix): _number(whole) for key, whole in self.totals.items() if key.startswith(prefix)
            }
            known.append(rule.learnt(own, self._sample(place), context))
        return known, context

    def _sample(self, place: int) -> Series | None:
        if not self.rules[place].sample:
            return None
        drawn = sorted(self.samples[place], key=lambda each: each[0], reverse=True)
        starts = np.cumsum([0, *(each[2].size for each in drawn)])
        session = np.concatenate([np.empty(0), *(each[1] for each in drawn)])
        score = np.concatenate([np.empty(0), *(each[2] for each in drawn)])
        beside = [each[3] for each in drawn if each[3] is not None]
        return Series(starts, session, score, beside=np.concatenate(beside) if beside else None)

    def pooled(self) -> dict[str, float]:
        """The pooled figures; NaN where the panel cannot give one."""

        def of(name: str) -> float:
            return _number(self.totals.get(name, 0))

        found: dict[str, float] = {}
        if "pooled_sd" in self.needs:
            found["pooled_sd"] = math.sqrt(of("squares") / of("freedom")) if of("freedom") > 0 else math.nan
        if "between_sd" in self.needs:
            found["between_sd"] = self._sd("mean", "mean_squared", "dyads")
        if "first_sd" in self.needs:
            found["first_sd"] = self._sd("first", "first_squared", "firsts")
        if "phi" in self.needs:
            found["phi"] = autocorrelation(*(of(name) for name in ("one", "ones", "two", "twos")))
        return found

    def _sd(self, name: str, squared: str, number: str) -> float:
        """Standard deviation (divisor g - 1) from exact sums of the values and of their squares."""
        dyads = self.totals.get(number, 0) >> _POINT
        if dyads < 2:
            return math.nan
        # (g sum x^2 - (sum x)^2) / g / (g - 1), in whole numbers up to the last division
        over = ((dyads * self.totals[squared]) << _POINT) - self.totals[name] ** 2
        return math.sqrt(max(over, 0) / ((dyads * (dyads - 1)) << (2 * _POINT)))


def pool(series: Iterable[Series], needs: AbstractSet[str], context: PanelContext) -> dict[str, float]:
    """The pooled figures that some rules need, from one pass over the blocks of a panel, in any order.

    Args:
        series: The blocks.
        needs: Which of ``pooled_sd``, ``between_sd``, ``first_sd`` and ``phi`` are wanted.
        context: The scale and the largest gap.

    Returns:
        Each wanted figure by name, NaN where the panel cannot give it.

    Examples:
        >>> block = Series(np.array([0, 2, 4]), np.array([1., 2, 1, 2]), np.array([3., 5, 4, 4]))
        >>> pool([block], {"pooled_sd"}, PanelContext.of_scale(1, 5))
        {'pooled_sd': 1.0}
    """
    learning = Learning((), context, frozenset(needs))
    for block in series:
        if block.score.size:
            learning.take(block)
    return learning.pooled()
