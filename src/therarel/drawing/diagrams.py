"""Boxes joined by arrows: the states of a machine and its steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from therarel.drawing.colours import Colour
from therarel.drawing.elements import Element, coordinate, element, group, numeral
from therarel.drawing.frames import Frame
from therarel.drawing.lettering import text, text_frame, text_width
from therarel.drawing.marks import line, rectangle

_HEAD: Final = 8.0
# Shares of the way at which a label may stand, best first.
_SHARES: Final = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
_LABEL_SIZE: Final = 11.0

_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A named box round a point, such as a stage or a state.

    Attributes:
        name: The words in it; line breaks are kept.
        x: Its middle, pixels from the left.
        y: Its middle, pixels from the top.
        width: ``None`` fits the name, heavy or not.
        height: ``None`` fits the name.
        size: Font size.

    Examples:
        >>> Box("working phase", 100, 40).frame.centre
        (100.0, 40.0)
    """

    name: str
    x: float
    y: float
    width: float | None = None
    height: float | None = None
    size: float = 13

    @property
    def frame(self) -> Frame:
        """The rectangle it covers."""
        lines = self.name.count("\n") + 1
        wide = text_width(self.name, size=self.size, bold=True) + 24 if self.width is None else self.width
        high = lines * self.size * 1.25 + 16 if self.height is None else self.height
        return Frame(self.x - wide / 2, self.y - high / 2, wide, high)

    def mark(self, *, colour: Colour = Colour.MUTED, filled: bool = False, bold: bool = False) -> Element:
        """The box and its name.

        Args:
            colour: Colour of the border and, unless muted, of the name.
            filled: Whether a tint of the colour fills the box, as for the state a course is in.
            bold: Whether border and letters are heavy.
        """
        ground = rectangle(self.frame, fill=Colour.WASH, radius=8)
        tint = [rectangle(self.frame, fill=colour, radius=8, opacity=0.16)] if filled else []
        border = rectangle(self.frame, fill=None, stroke=colour, width=2 if bold else 1, radius=8)
        letters = Colour.INK if colour is Colour.MUTED else colour
        name = text(self.x, self.y, self.name, size=self.size, colour=letters, anchor="middle", middle=True, bold=bold)
        return group(ground, *tint, border, name)

    def border_toward(self, point: _Point, gap: float = 0) -> _Point:
        """Where a straight line from the middle to the point leaves the box, ``gap`` pixels further out."""
        frame = self.frame
        dx, dy = point[0] - self.x, point[1] - self.y
        far = math.hypot(dx, dy)
        if far == 0:
            return self.x, frame.top - gap
        reach = min(frame.width / 2 / abs(dx) if dx else math.inf, frame.height / 2 / abs(dy) if dy else math.inf)
        share = reach + gap / far
        return self.x + dx * share, self.y + dy * share


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curved arrow with a label: a step from one box to another, or back to the same.

    Attributes:
        start: Where the stroke begins.
        control: The two points that it bends towards.
        end: Where the tip stands.
        label: What the step is called; empty for none.
        colour: Colour of stroke, tip and label.
        width: Width of the stroke.
        declined: Whether the step was refused: its stroke is dashed and crossed.
        dashed: Whether the stroke is dashed, and nothing else.

    Examples:
        >>> here, there = Box("strained", 80, 50), Box("repairing", 300, 50)
        >>> Arrow.between(here, there, label="repair begins", bend=0).at(0.5)[1]
        50.0
    """

    start: _Point
    control: tuple[_Point, _Point]
    end: _Point
    label: str = ""
    colour: Colour = Colour.MUTED
    width: float = 1.25
    declined: bool = False
    dashed: bool = False

    @classmethod
    def between(
        cls,
        start: Box,
        end: Box,
        *,
        label: str = "",
        bend: float = 0.18,
        colour: Colour = Colour.MUTED,
        width: float = 1.25,
        declined: bool = False,
        dashed: bool = False,
    ) -> Self:
        """The arrow from box to box; from a box to itself a loop above it, or below for a negative bend.

        Args:
            start: Where it comes from.
            end: Where it goes.
            label: What the step is called.
            bend: How far the curve swings out to its left, as a share of the distance; negative to the right.
                An arrow there and one back with the same bend pass each other.
            colour: Colour of stroke, tip and label.
            width: Width of the stroke.
            declined: Whether the step was refused.
            dashed: Whether the stroke is dashed.

        Raises:
            InvalidValueError: on a coordinate that is not finite.
        """
        bend = coordinate(bend, "arrow bend")
        controls: tuple[_Point, _Point]
        if start == end:
            up = -1.0 if bend >= 0 else 1.0
            half, edge = start.frame.width / 4, start.y + up * start.frame.height / 2
            tail, tip = (start.x - half, edge), (start.x + half, edge + up * 2)
            controls = (start.x - half * 1.6, edge + up * 46), (start.x + half * 1.6, edge + up * 46)
        else:
            dx, dy = end.x - start.x, end.y - start.y
            turn = (start.x + end.x) / 2 + dy * bend, (start.y + end.y) / 2 - dx * bend
            tail, tip = start.border_toward(turn, 1), end.border_toward(turn, 3)
            # the cubic that draws the same curve as one control point would
            controls = _toward(tail, turn, 2 / 3), _toward(tip, turn, 2 / 3)
        return cls(tail, controls, tip, label, colour, width, declined, dashed)

    def at(self, share: float) -> _Point:
        """The point at that share of the way, 0 at the start and 1 at the tip."""
        rest = 1 - share
        weights = rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3
        stations = self.start, *self.control, self.end
        return (
            sum(weight * x for weight, (x, _) in zip(weights, stations, strict=True)),
            sum(weight * y for weight, (_, y) in zip(weights, stations, strict=True)),
        )

    def label_frame(self, share: float, side: int = 0) -> Frame:
        """The rectangle that the label covers at that share of the way.

        Args:
            share: 0 at the start, 1 at the tip.
            side: 0 on the stroke, 1 beside it to the left of the way, -1 to the right.
        """
        x, y = self.at(share)
        frame = text_frame(x, y, self.label, size=_LABEL_SIZE, anchor="middle", middle=True)
        (x1, y1), (x2, y2) = self.at(max(share - 0.05, 0)), self.at(min(share + 0.05, 1))
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        left = (y2 - y1) / length, (x1 - x2) / length
        away = side * (abs(left[0]) * frame.width / 2 + abs(left[1]) * frame.height / 2 + 3)
        return Frame(frame.left + left[0] * away, frame.top + left[1] * away, frame.width, frame.height)

    def mark(self) -> Element:
        """The stroke and its tip, without the label."""
        last = self.control[1] if self.control[1] != self.end else self.start
        far = math.hypot(self.end[0] - last[0], self.end[1] - last[1]) or 1.0
        ux, uy = (self.end[0] - last[0]) / far, (self.end[1] - last[1]) / far
        base = self.end[0] - ux * _HEAD, self.end[1] - uy * _HEAD
        side = -uy * _HEAD * 0.42, ux * _HEAD * 0.42
        corners = self.end, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])
        curve = "M{}C{} {} {}".format(*map(_pair, (self.start, *self.control, base)))
        drawn: dict[str, object] = {"fill": "none", "stroke": self.colour, "stroke-width": self.width}
        dashes = "5 4" if self.declined or self.dashed else None
        stroke = element("path", {"d": curve, **drawn, "stroke-dasharray": dashes})
        tip = element("path", {"d": f"M{'L'.join(map(_pair, corners))}Z", "fill": self.colour})
        return group(stroke, tip, *self._cross())

    def _cross(self) -> Iterable[Element]:
        if not self.declined:
            return ()
        x, y = self.at(0.82)
        xs, ys = (x - 5, x + 5, None, x - 5, x + 5), (y - 5, y + 5, None, y + 5, y - 5)
        return line(xs, ys, colour=Colour.PAPER, width=6), line(xs, ys, colour=self.colour, width=2.5)


def arrows(steps: Sequence[Arrow], *, around: Sequence[Box] = (), within: Frame | None = None) -> Element:
    """Arrows with their labels, each on or beside its stroke, where it covers no box, label or other stroke.

    Labels are placed in the order given. One that finds no such place may cover a stroke, and at last anything.

    Args:
        steps: The arrows, the important ones first.
        around: The boxes, which the labels keep clear of; they are not drawn.
        within: Where labels may stand, such as the frame of the drawing; ``None`` is anywhere.

    Examples:
        >>> here, there = Box("intact", 60, 50), Box("strained", 300, 50)
        >>> step = Arrow.between(here, there, label="strain noticed")
        >>> len(arrows([step], around=[here, there]).children)
        3
    """
    taken = [box.frame.inset(top=-2, right=-2, bottom=-2, left=-2) for box in around]
    ways = [[step.at(share / 32) for share in range(33)] for step in steps]
    letters = []
    for index, step in enumerate(steps):
        if not step.label:
            continue
        crossed = [Frame(*point, 0, 0) for other, way in enumerate(ways) if other != index for point in way]
        places = [step.label_frame(share, side) for side in (0, 1, -1) for share in _SHARES]
        held = [place for place in places if within is None or within.holds(place)] or places
        off_all = (place for place in held if not any(map(place.overlaps, (*taken, *crossed))))
        off_names = (place for place in held if not any(map(place.overlaps, taken)))
        place = next(off_all, None) or next(off_names, held[0])
        taken.append(place)
        x, y = place.centre
        # a plate and not a halo: strokes would show between the words
        letters.append(rectangle(place.inset(top=1, bottom=1, left=-2, right=-2), fill=Colour.PAPER))
        letters.append(text(x, y, step.label, size=_LABEL_SIZE, colour=step.colour, anchor="middle", middle=True))
    return group(*(step.mark() for step in steps), *letters)


def _toward(one: _Point, other: _Point, share: float) -> _Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _pair(point: _Point) -> str:
    return f"{numeral(coordinate(point[0], 'arrow'))},{numeral(coordinate(point[1], 'arrow'))}"
