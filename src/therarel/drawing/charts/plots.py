"""What a chart shows, in the units of the data: marks on two axes, for every renderer to draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from therarel.drawing.colours import Colour
from therarel.drawing.elements import coordinate, is_missing
from therarel.drawing.marks import Numbers, Shape
from therarel.errors import InvalidValueError, shown

Values: TypeAlias = tuple[float | None, ...]
"""Values within an axis; ``None`` where one is missing."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What one direction of a chart measures, and from where to where.

    Attributes:
        title: What it measures, in its unit.
        domain: The values at its two ends, the left or lower one first; where lower scores are better the larger one
            comes first, so that better is up.
        ticks: The values to mark; ``None`` leaves the choice to the renderer.
        labels: The words at them; ``None`` writes the values.

    Raises:
        InvalidValueError: if an end is not finite, or the two are equal.

    Examples:
        >>> Axis("PHQ-9, 0 to 27 (better is up)", (27, 0)).turned
        True
    """

    title: str
    domain: tuple[float, float]
    ticks: tuple[float, ...] | None = None
    labels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        ends = coordinate(self.domain[0], "axis domain"), coordinate(self.domain[1], "axis domain")
        if ends[0] == ends[1]:
            raise InvalidValueError("an axis needs two different ends", where="axis domain", value=shown(ends[0]))
        object.__setattr__(self, "domain", ends)

    @property
    def turned(self) -> bool:
        """Whether the values fall from left to right, or upwards."""
        return self.domain[0] > self.domain[1]

    def within(self, values: Numbers) -> Values:
        """Values with what lies beyond the axis put at its end; ``None`` where one is missing."""
        low, high = sorted(self.domain)
        return tuple(
            None if value is None or is_missing(value) else min(max(coordinate(value, "chart"), low), high)
            for value in values
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """A line through points; a missing value (``None`` or nan) is a gap in it.

    Attributes:
        xs: In the units of the axis.
        ys: As many.
        colour: Colour of the stroke.
        width: Width of the stroke, in pixels.
        dashes: Lengths of dash and gap, such as ``"4 3"``; ``None`` is unbroken.
        opacity: 0 (not seen) to 1.
        name: What the key calls it; empty for a mark that is not in the key.
    """

    xs: Numbers
    ys: Numbers
    colour: Colour = Colour.BLUE
    width: float = 1.5
    dashes: str | None = None
    opacity: float = 1.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Dots:
    """One point per pair; where either is missing (``None`` or nan) there is none.

    Attributes:
        xs: In the units of the axis.
        ys: As many.
        colour: Colour of the points.
        shape: Marks differ by form as well as by colour.
        radius: In pixels.
        opacity: 0 (not seen) to 1.
        name: What the key calls them; empty for marks that are not in the key.
    """

    xs: Numbers
    ys: Numbers
    colour: Colour = Colour.BLUE
    shape: Shape = "dot"
    radius: float = 2.5
    opacity: float = 1.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The band between two lines, as of an interval; where either is missing (``None`` or nan) it is broken.

    Attributes:
        xs: In the units of the axis.
        lows: As many.
        highs: As many.
        colour: Colour of the band.
        opacity: 0 (not seen) to 1.
        name: What the key calls it; empty for a mark that is not in the key.
    """

    xs: Numbers
    lows: Numbers
    highs: Numbers
    colour: Colour = Colour.BLUE
    opacity: float = 0.18
    name: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the horizontal axis, shaded over the whole height.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        colour: Colour of the shading.
        opacity: 0 (not seen) to 1.
        name: What the key calls it; empty for a mark that is not in the key.
    """

    start: float
    end: float
    colour: Colour = Colour.ORANGE
    opacity: float = 0.12
    name: str = ""


Mark: TypeAlias = Trace | Dots | Ribbon | Span
"""What can be drawn on axes."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Marks on two axes: one panel of a chart. What lies beyond an axis is drawn at its end.

    Attributes:
        x: The horizontal axis.
        y: The vertical axis.
        marks: Drawn in order.
        title: What this panel shows, where there are several.
        description: What is to be seen in it, in sentences, for those who do not see it.

    Raises:
        InvalidValueError: if the lists of a mark differ in length, or a value is infinite.

    Examples:
        >>> plot = Plot(Axis("session", (1, 8)), Axis("score", (1, 5)), [Trace([1, 2], [4, 6])])
        >>> plot.marks[0].ys
        (4.0, 5.0)
    """

    x: Axis
    y: Axis
    marks: Sequence[Mark] = field(default=())
    title: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", tuple(self._kept(mark) for mark in self.marks))

    @property
    def named(self) -> tuple[Mark, ...]:
        """The marks of the key, each name once."""
        return first_of_each(self.marks)

    def _kept(self, mark: Mark) -> Mark:
        """A mark whose values are numbers within the axes."""
        if isinstance(mark, Span):
            start, end = self.x.within((mark.start, mark.end))
            if start is None or end is None:
                raise InvalidValueError("a span has a beginning and an end", where="span")
            return replace(mark, start=start, end=end)
        xs = self.x.within(mark.xs)
        if isinstance(mark, Ribbon):
            lows, highs = self.y.within(mark.lows), self.y.within(mark.highs)
            _alike(len(xs), len(lows), len(highs))
            return replace(mark, xs=xs, lows=lows, highs=highs)
        ys = self.y.within(mark.ys)
        _alike(len(xs), len(ys))
        return replace(mark, xs=xs, ys=ys)


def first_of_each(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The first mark of each name, without those that have none."""
    found: dict[str, Mark] = {}
    for mark in marks:
        if mark.name:
            found.setdefault(mark.name, mark)
    return tuple(found.values())


def lone_points(trace: Trace) -> Dots | None:
    """The points of a line with a gap on both sides, as dots as wide as the line; ``None`` where there are none."""
    xs, ys = [None, *trace.xs, None], [None, *trace.ys, None]
    there = [x is not None and y is not None for x, y in zip(xs, ys, strict=True)]
    lone = [at for at in range(1, len(xs) - 1) if there[at] and not there[at - 1] and not there[at + 1]]
    if not lone:
        return None
    return Dots(
        tuple(xs[at] for at in lone), tuple(ys[at] for at in lone), trace.colour,
        radius=trace.width / 2, opacity=trace.opacity,
    )  # fmt: skip


def _alike(*lengths: int) -> None:
    if len(set(lengths)) > 1:
        raise InvalidValueError(
            "the lists of a mark differ in length", where="chart", value=" and ".join(map(str, lengths))
        )
