"""From data to pixels: linear scales with round ticks, and bands for names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from therarel.drawing.elements import coordinate, is_missing
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown

__all__ = ["BandScale", "LinearScale", "tick_labels"]

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


@dataclass(frozen=True, slots=True)
class BandScale:
    """Equal bands for names, in the order given, with a gap around each.

    Attributes:
        names: Each once.
        range: The two pixels between which the bands lie.
        padding: The share of a band's place that stays empty, from 0 up to but without 1.

    Raises:
        InvalidValueError: if there is no name, a name twice, or a padding out of bounds.

    Examples:
        >>> bands = BandScale(["client", "therapist"], (0, 100), padding=0.5)
        >>> bands.width, bands.left("therapist"), bands.centre("client")
        (25.0, 62.5, 25.0)
    """

    names: Sequence[str]
    range: tuple[float, float]
    padding: float = 0.2

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        ends = tuple(coordinate(end, "scale range") for end in self.range)
        object.__setattr__(self, "range", ends)
        if not self.names or len(set(self.names)) < len(self.names):
            raise InvalidValueError("bands need names, each once", where="band names", value=shown(self.names))
        if not 0 <= coordinate(self.padding, "band padding") < 1:
            raise InvalidValueError(
                "the padding is a share", where="band padding", value=shown(self.padding), bound="0 up to 1"
            )

    @property
    def width(self) -> float:
        """The width of one band in pixels."""
        return abs(self.range[1] - self.range[0]) / len(self.names) * (1 - self.padding)

    def left(self, name: str) -> float:
        """Where the band begins: its lesser pixel."""
        return self.centre(name) - self.width / 2

    def centre(self, name: str) -> float:
        """The middle of the band.

        Raises:
            UnknownNameError: if there is no band of that name.
        """
        if name not in self.names:
            raise UnknownNameError("no such band", value=shown(name), hint=hint_for(name, self.names))
        start, end = self.range
        return start + (self.names.index(name) + 0.5) / len(self.names) * (end - start)


def tick_labels(ticks: Sequence[float]) -> tuple[str, ...]:
    """Ticks as text, all with as many decimals as the finest of them needs.

    Examples:
        >>> tick_labels([0, 0.25, 0.5]), tick_labels([1.0, 2.0])
        (('0.00', '0.25', '0.50'), ('1', '2'))
    """
    decimals = max((len(f"{tick:.9f}".rstrip("0").partition(".")[2]) for tick in ticks), default=0)
    # a true minus sign is as wide as a plus; a hyphen is not
    return tuple(f"{tick + 0.0:.{decimals}f}".replace("-", "\N{MINUS SIGN}") for tick in ticks)
