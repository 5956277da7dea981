"""Rectangles of the picture: where a panel, a bar, a span or a label stands.

A `Frame` is measured in pixels from the upper left corner. It hands out the scales that map data into it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from therarel.drawing.elements import coordinate
from therarel.drawing.scales import LinearScale
from therarel.errors import InvalidValueError, shown


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle: its upper left corner and its size, in pixels.

    Attributes:
        left: Distance from the left edge of the picture.
        top: Distance from the upper edge; larger is lower.
        width: At least 0.
        height: At least 0.

    Raises:
        InvalidValueError: on a coordinate that is not finite, or a size below 0.

    Examples:
        >>> frame = Frame(0, 0, 300, 200).inset(left=40, bottom=30)
        >>> frame.right, frame.bottom
        (300.0, 170.0)
        >>> frame.y((1, 5))(5)
        0.0
    """

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        for name in ("left", "top", "width", "height"):
            object.__setattr__(self, name, coordinate(getattr(self, name), f"frame {name}"))
        if min(self.width, self.height) < 0:
            raise InvalidValueError(
                "a frame has no negative size", value=shown(min(self.width, self.height)), bound="0 or more"
            )

    @classmethod
    def between(cls, one: tuple[float, float], other: tuple[float, float]) -> Self:
        """The frame with these two opposite corners, in whatever order they are given."""
        (x1, y1), (x2, y2) = one, other
        return cls(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.top + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The point in the middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    def inset(self, *, top: float = 0, right: float = 0, bottom: float = 0, left: float = 0) -> Frame:
        """The frame that is left when margins are taken off; negative margins widen it."""
        return Frame(self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)

    def overlaps(self, other: Frame) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Frame) -> bool:
        """Whether the other lies wholly within this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def x(self, domain: tuple[float, float]) -> LinearScale:
        """The scale that maps the domain from the left to the right edge."""
        return LinearScale(domain, (self.left, self.right))

    def y(self, domain: tuple[float, float]) -> LinearScale:
        """The scale that maps the domain from the lower to the upper edge: higher values stand higher."""
        return LinearScale(domain, (self.bottom, self.top))


def small_multiples(
    within: Frame, count: int, *, columns: int | None = None, gap: tuple[float, float] = (16.0, 16.0)
) -> tuple[Frame, ...]:
    """Equal panels in rows, left to right and top to bottom, so that many dyads are compared at a glance.

    Args:
        within: Where the panels go.
        count: How many; at least 1.
        columns: Panels in a row; ``None`` takes as many as make the grid about square.
        gap: Pixels between columns and between rows.

    Raises:
        InvalidValueError: on a count or a number of columns below 1, or gaps that leave no room.

    Examples:
        >>> [panel.left for panel in small_multiples(Frame(0, 0, 316, 100), 4, columns=2)]
        [0.0, 166.0, 0.0, 166.0]
    """
    across = math.ceil(math.sqrt(max(count, 1))) if columns is None else columns
    if min(count, across) < 1:
        raise InvalidValueError("there is at least one panel", value=shown(min(count, across)), bound="1 or more")
    down = math.ceil(count / across)
    wide, high = (within.width + gap[0]) / across, (within.height + gap[1]) / down
    if wide <= gap[0] or high <= gap[1]:
        raise InvalidValueError(
            "the gaps leave no room for the panels",
            value=f"{count} panels in {across} columns",
            bound=f"{within.width:g} x {within.height:g} pixels",
            hint="take a larger drawing, fewer columns or smaller gaps",
        )
    return tuple(
        Frame(
            within.left + (index % across) * wide,
            within.top + (index // across) * high,
            wide - gap[0],
            high - gap[1],
        )
        for index in range(count)
    )
