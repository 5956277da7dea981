"""Labels that do not overlap: names round their nodes, and direct labels at the ends of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from therarel.drawing.colours import Colour
from therarel.drawing.elements import Element, coordinate
from therarel.drawing.frames import Frame
from therarel.drawing.lettering import Anchor, text, text_frame
from therarel.errors import InvalidValueError, shown

__all__ = ["Label", "place_labels", "spread"]

# Where a label may stand round its point, best first: right, left, above, below, then the corners.
_SIDES: Final[tuple[tuple[int, int], ...]] = (
    (1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A name for a point.

    Attributes:
        words: The name; line breaks are kept.
        x: The point, pixels from the left.
        y: The point, pixels from the top.
        size: Font size.
        clearance: How far from the point the words keep: the radius of the node and a little more.
        bold: Whether the letters are heavy.

    Examples:
        >>> Label("trust", 50, 50).beside(1, 0).left
        56.0
    """

    words: str
    x: float
    y: float
    size: float = 11
    clearance: float = 6
    bold: bool = False

    def beside(self, across: int, down: int) -> Frame:
        """The rectangle the words cover on that side: -1, 0 or 1 to the right and down."""
        x, y, anchor = self._stand(across, down)
        return text_frame(x, y, self.words, size=self.size, anchor=anchor, middle=True, bold=self.bold)

    def mark(self, side: tuple[int, int] = (1, 0), *, colour: Colour = Colour.INK, halo: bool = True) -> Element:
        """The words on that side of the point."""
        x, y, anchor = self._stand(*side)
        return text(
            x,
            y,
            self.words,
            size=self.size,
            anchor=anchor,
            middle=True,
            bold=self.bold,
            colour=colour,
            halo=halo,
        )

    def _stand(self, across: int, down: int) -> tuple[float, float, Anchor]:
        anchor: Anchor = "start" if across > 0 else "end" if across < 0 else "middle"
        # a corner is nearer than two sides
        share = 0.7 if across and down else 1.0
        high = self.size * (0.65 + 0.625 * self.words.count("\n"))
        x = self.x + across * self.clearance * share
        return x, self.y + down * (self.clearance * share + high), anchor


def place_labels(
    labels: Sequence[Label], *, within: Frame, obstacles: Iterable[Frame] = (), gap: float = 1
) -> tuple[tuple[int, int] | None, ...]:
    """The side of its point on which each label overlaps nothing, or ``None`` where there is no such side.

    Labels are placed in the order given, so the important ones come first. What is placed, and every
    obstacle, is kept free. The answer is for `Label.mark`; a label that found no place is better left out
    than unreadable.

    Args:
        labels: Most important first.
        within: Where labels may stand.
        obstacles: What they must not cover, such as nodes and boxes.
        gap: Pixels kept free round each label.

    Examples:
        >>> page = Frame(0, 0, 100, 100)
        >>> place_labels([Label("trust", 50, 50), Label("bond", 50, 50)], within=page)
        ((1, 0), (-1, 0))
    """
    taken = list(obstacles)
    sides: list[tuple[int, int] | None] = []
    for label in labels:
        for side in _SIDES:
            place = label.beside(*side).inset(top=-gap, right=-gap, bottom=-gap, left=-gap)
            if within.holds(place) and not any(place.overlaps(other) for other in taken):
                taken.append(place)
                sides.append(side)
                break
        else:
            sides.append(None)
    return tuple(sides)


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
