"""Charts on the axes of matplotlib."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from therarel.drawing.charts.plots import Axis, Dots, Mark, Plot, Ribbon, Span, Values, first_of_each, lone_points
from therarel.drawing.colours import Colour, paint
from therarel.drawing.lettering import wrap
from therarel.drawing.marks import Shape
from therarel.errors import InvalidValueError

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_MARKERS: dict[Shape, str] = {
    "dot": "o", "ring": "o", "up": "^", "down": "v", "square": "s", "diamond": "D", "cross": "x",
}  # fmt: skip
_POINTS = 0.75  # points of a pixel
_LETTER, _SIGN = 0.068, 0.6  # inches of a letter of a key, and of its sign with the space about it; rather too wide
_PANEL = 0.62  # share of the height of a figure that is left to its panels beside title, key and the axes below


def draw_on_axes(
    plots: Sequence[Plot],
    ax: Axes | Sequence[Axes] | None,
    title: str,
    description: str,
    size: tuple[float, float],
    columns: int | None,
) -> Axes:
    """Draw panels on axes, and return the first.

    Args:
        plots: The panels.
        ax: One or as many axes; ``None`` makes a figure.
        title: Title of the whole.
        description: Description of the whole; the label of the axes.
        size: Size of the picture in pixels, where a figure is made.
        columns: Panels in a row.

    Raises:
        InvalidValueError: if there are more or fewer axes than panels.
    """
    from matplotlib.axes import Axes

    own = ax is None
    across = math.ceil(math.sqrt(len(plots))) if columns is None else min(columns, len(plots))
    axes = _new_axes(plots, across, title, size) if ax is None else [ax] if isinstance(ax, Axes) else list(ax)
    if len(axes) != len(plots):
        raise InvalidValueError(
            "a chart needs as many axes as it has panels", where="ax", value=str(len(axes)), bound=str(len(plots))
        )
    for plot, one in zip(plots, axes, strict=True):
        high = size[1] * _PANEL if own else one.get_window_extent().height / one.figure.dpi * 96
        one.set_label(description)
        one.set_title(plot.title if len(plots) > 1 else title, loc="left", fontsize="medium", parse_math=False)
        for mark in plot.marks:
            _draw(mark, one)
        _scale(plot.x, one, plot.x.title, across=True)
        _scale(plot.y, one, "" if own and plot.title else wrap(plot.y.title, high, size=11), across=False)
        one.spines[["top", "right"]].set_visible(False)
    if first_of_each(mark for plot in plots for mark in plot.marks):
        _key(axes, own=own)
    return axes[0]


def _new_axes(plots: Sequence[Plot], across: int, title: str, size: tuple[float, float]) -> list[Axes]:
    """The axes of a new figure, row by row."""
    from matplotlib import pyplot

    count = len(plots)
    figure, grid = pyplot.subplots(
        math.ceil(count / across), across, squeeze=False, figsize=(size[0] / 96, size[1] / 96), layout="constrained"
    )
    every = list(grid.flat)
    for left_over in every[count:]:
        left_over.remove()
    if count > 1:
        figure.suptitle(title, x=0.01, ha="left", fontsize="medium", fontweight="bold", parse_math=False)
        shared = ", ".join(dict.fromkeys(plot.y.title for plot in plots if plot.title))
        figure.supylabel(wrap(shared, size[1] * _PANEL, size=11), fontsize="small", parse_math=False)
    return every[:count]


def _key(axes: Sequence[Axes], *, own: bool) -> None:
    """The key: below the panels of a figure of our own, and within the last of the axes that were given."""
    from matplotlib.figure import Figure

    named: dict[str, Artist] = {}
    for one in axes:
        for artist, name in zip(*one.get_legend_handles_labels(), strict=True):
            named.setdefault(name, artist)
    if own and isinstance(axes[0].figure, Figure):
        place: dict[str, Any] = {
            "loc": "outside lower left",
            "ncols": _columns(list(named), axes[0].figure.get_figwidth()),
        }
        key = axes[0].figure.legend(named.values(), named.keys(), fontsize="small", frameon=False, **place)
    else:
        key = axes[-1].legend(named.values(), named.keys(), fontsize="small", frameon=False)
    for words in key.get_texts():
        words.set_parse_math(False)


def _columns(names: Sequence[str], width: float) -> int:
    """The most columns of a key for which a figure, this wide in inches, has room; they are filled one by one."""
    for columns in range(min(len(names), 4), 1, -1):
        rows, more = divmod(len(names), columns)
        ends = [0, *accumulate(rows + (place < more) for place in range(columns))]
        longest = [max(map(len, names[begin:end])) for begin, end in pairwise(ends)]
        if sum(_SIGN + letters * _LETTER for letters in longest) <= width:
            return columns
    return 1


def _draw(mark: Mark, ax: Axes) -> None:
    colour, label = paint(mark.colour, "light"), mark.name or None
    if isinstance(mark, Span):
        ax.axvspan(mark.start, mark.end, color=colour, alpha=mark.opacity, linewidth=0, label=label)
        return
    xs = _numbers(mark.xs)
    if isinstance(mark, Ribbon):
        lows, highs = _numbers(mark.lows), _numbers(mark.highs)
        ax.fill_between(xs, lows, highs, color=colour, alpha=mark.opacity, linewidth=0, label=label)
    elif isinstance(mark, Dots):
        hollow = mark.shape == "ring"
        ax.plot(
            xs, _numbers(mark.ys), linestyle="none", marker=_MARKERS[mark.shape], markersize=2 * mark.radius * _POINTS,
            markerfacecolor=paint(Colour.PAPER, "light") if hollow else colour, markeredgecolor=colour,
            markeredgewidth=1.1 if mark.shape in {"ring", "cross"} else 0, alpha=mark.opacity, label=label,
            clip_on=False,
        )  # fmt: skip
    else:
        dashes = mark.dashes and (0, tuple(float(each) for each in mark.dashes.split()))
        ax.plot(
            xs, _numbers(mark.ys), color=colour, linewidth=mark.width * _POINTS, linestyle=dashes or "-",
            alpha=mark.opacity, label=label,
        )  # fmt: skip
        lone = lone_points(mark)
        if lone is not None:
            _draw(lone, ax)


def _scale(axis: Axis, ax: Axes, title: str, *, across: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    one = ax.xaxis if across else ax.yaxis
    one.set_label_text(title, fontsize="small", parse_math=False)
    if axis.ticks is not None:
        one.set_ticks(axis.ticks, labels=axis.labels, **({} if axis.labels is None else {"parse_math": False}))
    else:
        one.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    (ax.set_xlim if across else ax.set_ylim)(*axis.domain)


def _numbers(values: object) -> list[float]:
    assert isinstance(values, tuple)
    given: Values = values
    return [math.nan if value is None else value for value in given]
