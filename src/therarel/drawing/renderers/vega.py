"""Charts for Altair: layers of Vega-Lite with their data inside."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from therarel.drawing.charts.plots import Axis, Dots, Mark, Plot, Ribbon, Span, Trace, first_of_each, lone_points
from therarel.drawing.colours import paint
from therarel.drawing.lettering import wrap
from therarel.drawing.marks import Shape

if TYPE_CHECKING:
    import altair

_SHAPES: dict[Shape, str] = {
    "dot": "circle", "ring": "circle", "up": "triangle-up", "down": "triangle-down", "square": "square",
    "diamond": "diamond", "cross": "M-1,-1L1,1M1,-1L-1,1",
}  # fmt: skip
_LINE, _DASHED, _BAND = (
    "M-1.5,0L1.5,0",
    "M-1.5,0L-0.6,0M-0.3,0L0.3,0M0.6,0L1.5,0",
    "M-1.3,-0.7L1.3,-0.7L1.3,0.7L-1.3,0.7Z",
)
_NONE = "transparent"


def altair_chart(
    plots: Sequence[Plot], title: str, description: str, size: tuple[float, float], columns: int | None
) -> altair.TopLevelMixin:
    """Panels as layered charts, side by side where there are several.

    Args:
        plots: The panels.
        title: Title of the whole.
        description: Description of the whole.
        size: Size of the picture in pixels.
        columns: Panels in a row.
    """
    import altair

    across = math.ceil(math.sqrt(len(plots))) if columns is None else min(columns, len(plots))
    down = math.ceil(len(plots) / across)
    named = first_of_each(mark for plot in plots for mark in plot.marks)
    wide, high = max((size[0] - 60) / across - 40, 60), max((size[1] - 60) / down - 40, 60)
    layers = [
        _layered(plot, named if place == 0 else (), high, titled=not plot.title or place % across == 0).properties(
            width=wide, height=high
        )
        for place, plot in enumerate(plots)
    ]
    words = {"title": title, "description": description}
    if len(layers) == 1:
        one: altair.TopLevelMixin = layers[0].properties(**words)
        return one
    headed = [each.properties(title=plot.title) for each, plot in zip(layers, plots, strict=True)]
    several: altair.TopLevelMixin = altair.concat(*headed, columns=across).properties(**words)
    return several


def _layered(plot: Plot, named: Sequence[Mark], high: float, *, titled: bool) -> Any:
    import altair

    x = _channel(altair.X, "x", plot.x, plot.x.title)
    y = _channel(altair.Y, "y", plot.y, wrap(plot.y.title, high, size=11, bold=True).split("\n") if titled else "")
    marks = [each for mark in plot.marks for each in (mark, isinstance(mark, Trace) and lone_points(mark)) if each]
    return altair.layer(
        *(_layer(each, x, y) for each in _gathered(marks)), *([_key(plot, named, x, y)] if named else [])
    )


def _key(plot: Plot, named: Sequence[Mark], x: Any, y: Any) -> Any:
    """A layer that is not seen, for its key: lines as lines, dashes as dashes, bands as bands, dots by their shape."""
    import altair

    def shown(channel: Any, values: Sequence[str]) -> Any:
        scale = altair.Scale(domain=[mark.name for mark in named], range=list(values))
        legend = altair.Legend(title=None, labelLimit=0, symbolOpacity=1, symbolSize=120)
        return channel("key:N", scale=scale, legend=legend)

    fills, strokes, shapes = zip(*map(_sample, named), strict=True)
    corner = {"x": plot.x.domain[0], "y": plot.y.domain[0]}
    chart: Any = altair.Chart(altair.InlineData([corner | {"key": mark.name} for mark in named]))
    return chart.mark_point(filled=True, opacity=0).encode(
        x=x,
        y=y,
        fill=shown(altair.Fill, fills),
        stroke=shown(altair.Stroke, strokes),
        shape=shown(altair.Shape, shapes),
    )


def _sample(mark: Mark) -> tuple[str, str, str]:
    """Fill, stroke and shape of a mark in the key."""
    colour = paint(mark.colour, "light")
    if isinstance(mark, Ribbon | Span):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgba({red},{green},{blue},{max(mark.opacity, 0.18):g})", _NONE, _BAND
    if isinstance(mark, Trace):
        return _NONE, colour, _DASHED if mark.dashes else _LINE
    return _NONE if mark.shape in {"ring", "cross"} else colour, colour, _SHAPES[mark.shape]


def _gathered(marks: Iterable[Mark]) -> Iterable[list[Mark]]:
    """Marks that differ in their data alone, together: many series are one layer."""
    last: list[Mark] = []
    for mark in marks:
        if last and isinstance(mark, Trace) and _looks(mark) == _looks(last[-1]):
            last.append(mark)
            continue
        if last:
            yield last
        last = [mark]
    if last:
        yield last


def _looks(mark: Mark) -> tuple[object, ...]:
    own = (mark.width, mark.dashes) if isinstance(mark, Trace) else ()
    return (type(mark), mark.colour, mark.opacity, mark.name, *own)


def _layer(marks: list[Mark], x: Any, y: Any) -> Any:
    import altair

    mark = marks[0]
    colour, called = altair.value(paint(mark.colour, "light")), {"called": mark.name} if mark.name else {}
    rows = [row | called for at, each in enumerate(marks) for row in _rows(each, at)]
    chart: Any = altair.Chart(altair.InlineData(rows))
    if isinstance(mark, Span):
        return chart.mark_rect(opacity=mark.opacity).encode(x=x, x2="x2", color=colour)
    if isinstance(mark, Ribbon):
        return chart.mark_area(opacity=mark.opacity).encode(x=x, y=y, y2="y2", detail="part:N", color=colour)
    if isinstance(mark, Dots):
        filled = mark.shape not in {"ring", "cross"}
        size = math.pi * mark.radius**2
        drawn = chart.mark_point(shape=_SHAPES[mark.shape], filled=filled, opacity=mark.opacity, size=size)
        return drawn.encode(x=x, y=y, color=colour)
    dash: dict[str, Any] = {"strokeDash": [float(each) for each in mark.dashes.split()]} if mark.dashes else {}
    drawn = chart.mark_line(strokeWidth=mark.width, opacity=mark.opacity, **dash)
    return drawn.encode(x=x, y=y, detail="part:N", order="x:Q", color=colour)


def _channel(kind: Any, name: str, axis: Axis, title: str | list[str]) -> Any:
    import altair

    ticks: dict[str, Any] = {} if axis.ticks is None else {"values": list(axis.ticks)}
    if axis.ticks is not None and axis.labels is not None:
        words = {f"{tick:g}": label for tick, label in zip(axis.ticks, axis.labels, strict=True)}
        ticks["labelExpr"] = f"{json.dumps(words)}[toString(datum.value)] || datum.label"
    scale = altair.Scale(domain=sorted(axis.domain), reverse=axis.turned, nice=False, zero=False)
    return kind(f"{name}:Q", title=title, scale=scale, axis=altair.Axis(**ticks))


def _rows(mark: Mark, at: int) -> Iterable[dict[str, object]]:
    """The data of a mark; a gap ends one part of a line and begins another."""
    if isinstance(mark, Span):
        yield {"x": mark.start, "x2": mark.end}
        return
    columns = (mark.xs, mark.lows, mark.highs) if isinstance(mark, Ribbon) else (mark.xs, mark.ys)
    part = 0
    for row in zip(*columns, strict=True):
        if None in row:
            part += 1
            continue
        yield {"part": f"{at}.{part}", **dict(zip(("x", "y", "y2"), row, strict=False))}
