"""Charts as the elements of a picture: frames, axes, marks and a key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from therarel.drawing.axes import bottom_axis, key, left_axis
from therarel.drawing.charts.plots import Axis, Dots, Mark, Plot, Ribbon, Span, Trace, first_of_each
from therarel.drawing.colours import Colour
from therarel.drawing.elements import Element, group
from therarel.drawing.frames import Frame, small_multiples
from therarel.drawing.lettering import shorten, text, text_width
from therarel.drawing.marks import area, line, points, rectangle
from therarel.drawing.scales import LinearScale, tick_labels

_ROW: Final = 18.0
_SMALL: Final = 10.0
_USUAL: Final = 11.0


def elements_of(plots: Sequence[Plot], within: Frame, title: str, columns: int | None) -> list[Element]:
    """The elements of a chart: its title, its panels, and one key below them.

    Args:
        plots: The panels.
        within: The frame of the picture.
        title: Above the panels; shortened to the width.
        columns: Panels in a row; ``None`` makes the grid about square.
    """
    several = len(plots) > 1
    rows = key_rows(plots, within.width - 32)
    left = 48 if several else max(48, 22 + _reach(plots[0].y, within))
    room = within.inset(top=72 if several else 50, right=18, bottom=44 + _ROW * len(rows), left=left)
    drawn = [text(16, 20, shorten(title, within.width - 32, size=13, bold=True), size=13, bold=True)]
    if several:
        shared = ", ".join(dict.fromkeys(plot.y.title for plot in plots if plot.title))
        drawn.append(text(16, 37, shorten(shared, within.width - 32, size=_USUAL), size=_USUAL, colour=Colour.MUTED))
    frames = small_multiples(room, len(plots), columns=columns, gap=(40, 58)) if several else (room,)
    for plot, frame in zip(plots, frames, strict=True):
        drawn += _plot(plot, frame, several=several)
    return [*drawn, group(*rows, at=(16, within.bottom - 1 - _ROW * len(rows)))] if rows else drawn


def panel_elements(plot: Plot, within: Frame) -> list[Element]:
    """One panel of several as a picture of its own, in small letters.

    Args:
        plot: The panel.
        within: The frame of the picture.
    """
    return _plot(plot, within.inset(top=26, right=8, bottom=36, left=30), several=True)


def key_rows(plots: Sequence[Plot], width: float) -> list[Element]:
    """The one key of all panels, in as many rows of 18 pixels as it needs.

    Args:
        plots: The panels.
        width: Width of a row, in pixels.
    """
    rows = _rows(first_of_each(mark for plot in plots for mark in plot.marks), width)
    return [key(0, _ROW * (at + 0.5), entries) for at, entries in enumerate(rows)]


def _plot(plot: Plot, frame: Frame, *, several: bool) -> list[Element]:
    x, y = frame.x(plot.x.domain), frame.y(plot.y.domain)
    size = _SMALL if several else _USUAL
    about = 3 if several else 5
    heading = plot.title or plot.y.title
    drawn = [
        left_axis(
            y, frame, ticks=_ticks(plot.y, y, about), labels=plot.y.labels, size=size,
            title=None if several else plot.y.title,
        ),
        bottom_axis(x, frame, ticks=_ticks(plot.x, x, about), labels=plot.x.labels, title=plot.x.title, size=size),
    ]  # fmt: skip
    if several:
        drawn.append(
            text(frame.left, frame.top - 8, shorten(heading, frame.width, size=11, bold=True), size=11, bold=True)
        )
    return drawn + [_mark(mark, x, y, frame) for mark in plot.marks]


def _reach(axis: Axis, within: Frame) -> float:
    """Width of the widest label of an axis at the left, in pixels."""
    labels = tick_labels(_ticks(axis, within.y(axis.domain), 5)) if axis.labels is None else axis.labels
    return max((text_width(label, size=_USUAL) for label in labels), default=0.0)


def _ticks(axis: Axis, scale: LinearScale, about: int) -> tuple[float, ...]:
    return scale.ticks(about) if axis.ticks is None else axis.ticks


def _mark(mark: Mark, x: LinearScale, y: LinearScale, frame: Frame) -> Element:
    opacity = None if mark.opacity == 1 else mark.opacity
    if isinstance(mark, Span):
        place = Frame.between((x(mark.start), frame.top), (x(mark.end), frame.bottom))
        return rectangle(place, fill=mark.colour, opacity=opacity)
    xs = x.map(mark.xs)
    if isinstance(mark, Ribbon):
        return area(xs, y.map(mark.lows), y.map(mark.highs), colour=mark.colour, opacity=mark.opacity)
    ys = y.map(mark.ys)
    if isinstance(mark, Dots):
        return points(xs, ys, shape=mark.shape, colour=mark.colour, radius=mark.radius, opacity=opacity)
    return line(xs, ys, colour=mark.colour, width=mark.width, dashes=mark.dashes, opacity=opacity)


def _sample(mark: Mark) -> Element:
    """A mark as the key shows it, between x 0 and 16."""
    if isinstance(mark, Dots):
        return points([8], [0], shape=mark.shape, colour=mark.colour, radius=min(mark.radius, 4))
    if isinstance(mark, Trace):
        return line([0, 16], [0, 0], colour=mark.colour, width=mark.width, dashes=mark.dashes)
    return rectangle(Frame(0, -5, 16, 10), fill=mark.colour, opacity=max(mark.opacity, 0.18))


def _rows(marks: Iterable[Mark], width: float) -> Iterable[list[tuple[Element, str]]]:
    """The entries of the key, in as many rows as they need."""
    row: list[tuple[Element, str]] = []
    reach = 0.0
    for mark in marks:
        name = shorten(mark.name, width - 39, size=_USUAL)
        wide = 39 + text_width(name, size=_USUAL)
        if row and reach + wide > width + 18:
            yield row
            row, reach = [], 0.0
        row.append((_sample(mark), name))
        reach += wide
    if row:
        yield row
