"""From data to pixels: linear scales with round ticks, and positions that keep apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from therarel.drawing.elements import coordinate, is_missing
from therarel.errors import InvalidValueError, shown

_ROUND_STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class LinearScale:
    """A straight map from values to pixels; either end may be the larger one.

    A value outside the domain is mapped beyond the range, not cut off.

    Attributes:
        domain: The two values at the ends; they differ.
        range: The two pixels they are mapped to.

    Raises:
        InvalidValueError: if an end is not finite, or the domain has no width.

    Examples:
        >>> scale = LinearScale((1, 5), (200, 0))
        >>> scale(3), scale.map([1, None, 5])
        (100.0, (200.0, None, 0.0))
        >>> scale.ticks()
        (1.0, 2.0, 3.0, 4.0, 5.0)
    """

    domain: tuple[float, float]
    range: tuple[float, float]

    def __post_init__(self) -> None:
        for name in ("domain", "range"):
            low, high = getattr(self, name)
            ends = coordinate(low, f"scale {name}"), coordinate(high, f"scale {name}")
            object.__setattr__(self, name, ends)
        low, high = self.domain
        if low == high:
            raise InvalidValueError(
                "a scale needs two different ends",
                where="scale domain",
                value=shown(low),
                hint="LinearScale.over(values, pixels) widens a domain of one value",
            )
        if not math.isfinite(high - low):
            raise InvalidValueError("the domain is too wide to be drawn", where="scale domain")

    @classmethod
    def over(cls, values: Iterable[float | None], pixels: tuple[float, float]) -> Self:
        """The scale that reaches from the least to the greatest of the values; missing ones are left out.

        Where all values are equal the domain is widened by a half on either side.

        Raises:
            InvalidValueError: if no value is left, or one is infinite.
        """
        kept = [coordinate(value, "scale values") for value in values if not is_missing(value)]
        if not kept:
            raise InvalidValueError(
                "a scale over no values has no ends",
                where="scale domain",
                hint="name the domain, for instance the range of the instrument",
            )
        low, high = min(kept), max(kept)
        # a half is lost beside a very large number; there the neighbouring floats are the ends
        if low == high:
            low, high = (
                min(low - 0.5, math.nextafter(low, -math.inf)),
                max(high + 0.5, math.nextafter(high, math.inf)),
            )
        return cls((low, high), pixels)

    def __call__(self, value: float) -> float:
        """One value as a pixel; a missing one is an error."""
        (low, high), (start, end) = self.domain, self.range
        share = (coordinate(value, "value on a scale") - low) / (high - low)
        return start + share * (end - start)

    def map(self, values: Iterable[float | None]) -> tuple[float | None, ...]:
        """Many values as pixels; a missing one (``None`` or nan) stays missing."""
        return tuple(None if value is None or is_missing(value) else self(value) for value in values)

    def ticks(self, about: int = 5, *, whole: bool = False) -> tuple[float, ...]:
        """Round values within the domain, ascending, 1, 2 or 5 times a power of ten apart.

        Args:
            about: How many are wanted; the number drawn is close to it.
            whole: Whether the values are counts, such as sessions: no tick then falls between two of them.

        Raises:
            InvalidValueError: if fewer than one tick is wanted.
        """
        if about < 1:
            raise InvalidValueError("at least one tick is wanted", value=shown(about), bound="1 or more")
        low, high = sorted(self.domain)
        rough = (high - low) / about
        power = math.floor(math.log10(rough))
        step, digits = min(
            ((factor * 10.0**power, power) for factor in _ROUND_STEPS),
            key=lambda choice: abs(math.log(choice[0] / rough)),
        )
        if whole and step < 1:
            step, digits = 1.0, 0
        slack = 1e-9 * (high - low)
        first, last = math.ceil((low - slack) / step), math.floor((high + slack) / step)
        return tuple(round((first + index) * step, max(0, -digits)) for index in range(last - first + 1))


def tick_labels(ticks: Sequence[float]) -> tuple[str, ...]:
    """Ticks as text, all with as many decimals as the finest of them needs.

    Examples:
        >>> tick_labels([0, 0.25, 0.5]), tick_labels([1.0, 2.0])
        (('0.00', '0.25', '0.50'), ('1', '2'))
    """
    decimals = max((len(f"{tick:.9f}".rstrip("0").partition(".")[2]) for tick in ticks), default=0)
    # a true minus sign is as wide as a plus; a hyphen is not
    return tuple(f"{tick + 0.0:.{decimals}f}".replace("-", "\N{MINUS SIGN}") for tick in ticks)


def spread(wanted: Sequence[float], gap: float, *, low: float, high: float) -> tuple[float, ...]:
    """Positions as near to the wanted ones as can be, at least ``gap`` apart, between ``low`` and ``high``.

    Order is kept. Where the room does not suffice for all gaps, the positions are spaced evenly.

    Args:
        wanted: Where each would like to stand, as the ends of lines do.
        gap: The least distance between neighbours, 0 or more.
        low: The least position.
        high: The greatest position.

    Raises:
        InvalidValueError: on a coordinate that is not finite, a negative gap, or ``high`` below ``low``.

    Examples:
        >>> spread([10, 11, 50], 14, low=0, high=100)
        (3.5, 17.5, 50.0)
    """
    places = [coordinate(place, "wanted positions") for place in wanted]
    if gap < 0 or high < low:
        raise InvalidValueError("no room to spread", value=shown(gap), bound="a gap of 0 or more, low up to high")
    count = len(places)
    room = high - low
    gap = min(gap, room / (count - 1)) if count > 1 else gap
    order = sorted(range(count), key=lambda index: places[index])
    # Less its own share of the gaps, each need only be no lower than the one before: pool those that are.
    pools: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        total, size = places[index] - rank * gap, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            before, many = pools.pop()
            total, size = total + before, size + many
        pools.append((total, size))
    ceiling = high - max(count - 1, 0) * gap
    base = [min(max(total / size, low), max(ceiling, low)) for total, size in pools for _ in range(size)]
    answer = [0.0] * count
    for rank, index in enumerate(order):
        answer[index] = base[rank] + rank * gap
    return tuple(answer)
