"""The marks of a chart, in pixels: lines, points, areas, rules and rectangles.

Marks speak pixels and scales speak data: ``line(x.map(sessions), y.map(scores))``. In `line`, `points` and
`area` a missing value is a gap; nothing is drawn where nothing was measured. Everywhere else a coordinate
that is not finite is an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeAlias, get_args

from therarel.drawing.colours import Colour
from therarel.drawing.elements import Element, coordinate, element, is_missing, numeral
from therarel.drawing.frames import Frame
from therarel.errors import InvalidValueError, shown

Numbers: TypeAlias = Iterable[float | None]
"""Pixels of many values; ``None`` or nan where a value is missing."""

Shape: TypeAlias = Literal["dot", "ring", "up", "down", "square", "diamond", "cross"]
"""How a point looks: distinguished by form as well as by colour."""

# Corners of the filled shapes, in radii, chosen so that all shapes look equally large.
_CORNERS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "up": ((0.0, -1.3), (1.2, 0.8), (-1.2, 0.8)),
    "down": ((0.0, 1.3), (1.2, -0.8), (-1.2, -0.8)),
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "diamond": ((0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)),
}


def line(
    xs: Numbers,
    ys: Numbers,
    *,
    colour: Colour = Colour.INK,
    width: float = 1.5,
    dashes: str | None = None,
    opacity: float | None = None,
) -> Element:
    """A line through the points in the order given; a missing value (``None`` or nan) is a gap in it.

    A value with a gap on both sides is drawn as a dot as wide as the line.

    Args:
        xs: Pixels from the left.
        ys: Pixels from the top, as many.
        colour: Colour of the stroke.
        width: Width of the stroke.
        dashes: Lengths of dash and gap, such as ``"4 3"``; ``None`` is unbroken.
        opacity: 0 (not seen) to 1.

    Raises:
        InvalidValueError: if one list is longer than the other, or a value is infinite.

    Examples:
        >>> dict(line([0, 10, 20, 30], [5, None, 6, 7]).attributes)["d"]
        'M0,5h0M20,6L30,7'
    """
    strokes = []
    for run in _runs("line", xs, ys):
        path = "L".join(f"{numeral(x)},{numeral(y)}" for x, y in run)
        strokes.append(f"M{path}{'h0' if len(run) == 1 else ''}")
    return element(
        "path",
        {
            "d": "".join(strokes),
            "fill": "none",
            "stroke": colour,
            "stroke-width": width,
            "stroke-linejoin": "round",
            "stroke-linecap": "round",
            "stroke-dasharray": dashes,
            "opacity": opacity,
        },
    )


def points(
    xs: Numbers,
    ys: Numbers,
    *,
    shape: Shape = "dot",
    colour: Colour = Colour.INK,
    radius: float = 2.5,
    opacity: float | None = None,
) -> Element:
    """One point per pair; a missing value (``None`` or nan) is a gap: no point is drawn for it.

    Args:
        xs: Pixels from the left.
        ys: Pixels from the top, as many.
        shape: ``dot``, ``ring``, ``up``, ``down``, ``square``, ``diamond`` or ``cross``.
        colour: Colour of the point.
        radius: In pixels.
        opacity: 0 (not seen) to 1.

    Raises:
        InvalidValueError: on lists of unequal length, an infinite value, or an unknown shape.

    Examples:
        >>> len(points([0, 10], [5, None]).children)
        1
    """
    if shape not in get_args(Shape):
        raise InvalidValueError("unknown shape", value=shown(shape), bound=", ".join(get_args(Shape)))
    radius = coordinate(radius, "points radius")
    found = [_point(x, y, shape, radius) for run in _runs("points", xs, ys) for x, y in run]
    outlined = shape in {"ring", "cross"}
    fill = Colour.PAPER if shape == "ring" else "none" if outlined else colour
    drawn: dict[str, object] = {"fill": fill, "opacity": opacity}
    if outlined:
        drawn |= {"stroke": colour, "stroke-width": max(1.5, radius / 2)}
    return element("g", drawn, found)


def area(xs: Numbers, lows: Numbers, highs: Numbers, *, colour: Colour = Colour.BLUE, opacity: float = 0.18) -> Element:
    """The band between two lines, as in a fan chart; where either is missing (``None`` or nan) it is broken.

    Raises:
        InvalidValueError: on lists of unequal length, or an infinite value.

    Examples:
        >>> dict(area([0, 10], [9, 8], [5, 4]).attributes)["d"]
        'M0,5L10,4L10,8L0,9Z'
    """
    bands = []
    for run in _runs("area", xs, lows, highs):
        upper = [f"{numeral(x)},{numeral(high)}" for x, _, high in run]
        lower = [f"{numeral(x)},{numeral(low)}" for x, low, _ in reversed(run)]
        bands.append(f"M{'L'.join(upper + lower)}Z")
    return element("path", {"d": "".join(bands), "fill": colour, "opacity": opacity})


def rule(
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    colour: Colour = Colour.MUTED,
    width: float = 1,
    dashes: str | None = None,
) -> Element:
    """A straight stroke from point to point: a limit, a reference, a leader to a label.

    Raises:
        InvalidValueError: on a coordinate that is not finite.
    """
    x1, y1, x2, y2 = (coordinate(value, "rule") for value in (*start, *end))
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return element("line", {**ends, "stroke": colour, "stroke-width": width, "stroke-dasharray": dashes})


def rectangle(
    frame: Frame,
    *,
    fill: Colour | None = Colour.WASH,
    stroke: Colour | None = None,
    width: float = 1,
    radius: float = 0,
    opacity: float | None = None,
) -> Element:
    """A rectangle: a bar, a span of sessions, the ground of a panel, a box with rounded corners.

    Examples:
        >>> rectangle(Frame.between((10, 30), (20, 5))).tag
        'rect'
    """
    return element(
        "rect",
        {
            "x": frame.left,
            "y": frame.top,
            "width": frame.width,
            "height": frame.height,
            "rx": radius or None,
            "fill": fill or "none",
            "stroke": stroke,
            "stroke-width": width if stroke else None,
            "opacity": opacity,
        },
    )


def _runs(where: str, *columns: Numbers) -> Iterator[list[tuple[float, ...]]]:
    """Unbroken stretches of points: a missing value in any column ends one."""
    lists = [list(column) for column in columns]
    if len({len(column) for column in lists}) > 1:
        raise InvalidValueError(
            "the lists of coordinates differ in length",
            where=where,
            value=" and ".join(str(len(column)) for column in lists),
        )
    run: list[tuple[float, ...]] = []
    for row in zip(*lists, strict=True):
        if any(is_missing(value) for value in row):
            if run:
                yield run
            run = []
        else:
            run.append(tuple(coordinate(value, where) for value in row))
    if run:
        yield run


def _point(x: float, y: float, shape: Shape, radius: float) -> Element:
    if shape in {"dot", "ring"}:
        return element("circle", {"cx": x, "cy": y, "r": radius})
    if shape == "cross":
        arm = radius / math.sqrt(2) * 1.3
        left, right = numeral(x - arm), numeral(x + arm)
        top, bottom = numeral(y - arm), numeral(y + arm)
        return element("path", {"d": f"M{left},{top}L{right},{bottom}M{right},{top}L{left},{bottom}"})
    corners = "L".join(f"{numeral(x + dx * radius)},{numeral(y + dy * radius)}" for dx, dy in _CORNERS[shape])
    return element("path", {"d": f"M{corners}Z"})
