"""Axes, as light as they can be: a faint grid, small numbers, a title, and no box around the data."""

from __future__ import annotations

from collections.abc import Sequence

from therarel.drawing.colours import Colour
from therarel.drawing.elements import Element, group
from therarel.drawing.frames import Frame
from therarel.drawing.lettering import text, text_width
from therarel.drawing.marks import rule
from therarel.drawing.scales import LinearScale, tick_labels
from therarel.errors import InvalidValueError, shown


def bottom_axis(
    scale: LinearScale,
    frame: Frame,
    *,
    ticks: Sequence[float] | None = None,
    labels: Sequence[str] | None = None,
    title: str | None = None,
    grid: bool = False,
    size: float = 11,
) -> Element:
    """The axis below a panel: labels under short ticks, a title under the labels.

    Args:
        scale: What maps to x.
        frame: The panel.
        ticks: The values to mark; ``None`` takes the scale's own.
        labels: The words at each, ``""`` for nothing; ``None`` writes the values.
        title: What the axis measures, in its unit.
        grid: Whether faint lines run up through the panel.
        size: Font size of the labels.

    Raises:
        InvalidValueError: if there are more or fewer labels than ticks, or a tick is not finite.

    Examples:
        >>> panel = Frame(30, 10, 200, 100)
        >>> bottom_axis(panel.x((1, 12)), panel, ticks=[1, 6, 12]).tag
        'g'
    """
    marks = []
    for x, label in _stations(scale, ticks, labels):
        top = frame.top if grid else frame.bottom + 1
        marks.append(rule((x, top), (x, frame.bottom + 4), colour=Colour.GRID))
        marks.append(text(x, frame.bottom + 5 + size, label, size=size, colour=Colour.MUTED, anchor="middle"))
    if title is not None:
        x, y = frame.centre[0], frame.bottom + 12 + 2 * size
        marks.append(text(x, y, title, size=size, colour=Colour.MUTED, anchor="middle"))
    return group(*marks)


def left_axis(
    scale: LinearScale,
    frame: Frame,
    *,
    ticks: Sequence[float] | None = None,
    labels: Sequence[str] | None = None,
    title: str | None = None,
    grid: bool = True,
    size: float = 11,
) -> Element:
    """The axis left of a panel: labels beside a faint grid, the title above them, where it reads level.

    Args:
        scale: What maps to y.
        frame: The panel.
        ticks: The values to mark; ``None`` takes the scale's own.
        labels: The words at each, ``""`` for nothing; ``None`` writes the values.
        title: What the axis measures, in its unit.
        grid: Whether faint lines run across the panel.
        size: Font size of the labels.

    Raises:
        InvalidValueError: if there are more or fewer labels than ticks, or a tick is not finite.

    Examples:
        >>> panel = Frame(30, 10, 200, 100)
        >>> left_axis(panel.y((1, 5)), panel, title="alliance, 1 to 5").tag
        'g'
    """
    marks, reach = [], 0.0
    for y, label in _stations(scale, ticks, labels):
        if grid:
            marks.append(rule((frame.left, y), (frame.right, y), colour=Colour.GRID))
        marks.append(text(frame.left - 6, y, label, size=size, colour=Colour.MUTED, anchor="end", middle=True))
        reach = max(reach, text_width(label, size=size))
    if title is not None:
        marks.append(text(frame.left - 6 - reach, frame.top - 10, title, size=size, colour=Colour.MUTED))
    return group(*marks)


def key(x: float, y: float, entries: Sequence[tuple[Element, str]], *, size: float = 11) -> Element:
    """A line of samples with their names, for marks that cannot be labelled where they stand.

    Args:
        x: The left end.
        y: The middle.
        entries: A sample drawn between x 0 and 16 at y 0, and its name.
        size: Font size of the names.

    Examples:
        >>> from therarel.drawing import points
        >>> len(key(0, 10, [(points([8], [0], shape="down"), "score drop")]).children)
        2
    """
    marks, reach = [], x
    for sample, name in entries:
        marks.append(group(sample, at=(reach, y)))
        marks.append(text(reach + 21, y, name, size=size, colour=Colour.MUTED, middle=True))
        reach += 21 + text_width(name, size=size) + 18
    return group(*marks)


def _stations(
    scale: LinearScale, ticks: Sequence[float] | None, labels: Sequence[str] | None
) -> list[tuple[float, str]]:
    """Where the ticks are, in pixels, and the words at them."""
    values = scale.ticks() if ticks is None else tuple(ticks)
    places, said = [scale(value) for value in values], tick_labels(values)
    if labels is not None and len(labels) != len(places):
        raise InvalidValueError(
            "an axis has one label per tick", where="axis labels", value=shown(labels), bound=f"{len(places)}"
        )
    return list(zip(places, said if labels is None else labels, strict=True))
