"""Numbers to pictures: scales, marks, axes, words and colours that make a self-contained, accessible SVG.

Marks speak pixels, scales speak data, and frames hand out the scales:

Examples:
    >>> from therarel import drawing
    >>> picture = drawing.Drawing(320, 160, title="Alliance of C-014", description="Rising from 3.2 to 4.1.")
    >>> panel = picture.frame.inset(top=24, right=16, bottom=32, left=32)
    >>> x, y = panel.x((1, 4)), panel.y((1, 5))
    >>> picture.add(
    ...     drawing.left_axis(y, panel, title="alliance, 1 to 5"),
    ...     drawing.bottom_axis(x, panel, ticks=[1, 2, 3, 4]),
    ...     drawing.line(x.map([1, 2, 3, 4]), y.map([3.2, None, 3.6, 4.1]), colour=drawing.Colour.BLUE),
    ... )
    <Drawing 320 x 160, 3 marks>

A `Chart` is made of marks that speak data, and is drawn by matplotlib and Altair as well.
"""

from therarel.drawing.alternatives import describe_series
from therarel.drawing.axes import bottom_axis, key, left_axis
from therarel.drawing.charts.chart import Chart
from therarel.drawing.charts.plots import Axis, Dots, Plot, Ribbon, Span, Trace
from therarel.drawing.colours import SERIES, Colour, Theme
from therarel.drawing.diagrams import Arrow, Box, arrows
from therarel.drawing.elements import Element, group
from therarel.drawing.frames import Frame, small_multiples
from therarel.drawing.lettering import shorten, text, text_frame, text_width, wrap
from therarel.drawing.marks import Shape, area, line, points, rectangle, rule
from therarel.drawing.scales import LinearScale, spread, tick_labels
from therarel.drawing.svg import Drawing

__all__ = [
    "SERIES", "Arrow", "Axis", "Box", "Chart", "Colour", "Dots", "Drawing", "Element", "Frame",
    "LinearScale", "Plot", "Ribbon", "Shape", "Span", "Theme", "Trace", "area", "arrows", "bottom_axis",
    "describe_series", "group", "key", "left_axis", "line", "points", "rectangle", "rule", "shorten",
    "small_multiples", "spread", "text", "text_frame", "text_width", "tick_labels", "wrap",
]  # fmt: skip
