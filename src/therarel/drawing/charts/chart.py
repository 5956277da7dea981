"""A chart: a picture of data that other plotting libraries draw as well, on axes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from therarel.drawing.charts.pixels import elements_of, key_rows, panel_elements
from therarel.drawing.charts.plots import Plot, first_of_each
from therarel.drawing.colours import Theme
from therarel.drawing.renderers.axes import draw_on_axes
from therarel.drawing.renderers.vega import altair_chart
from therarel.drawing.svg import Drawing
from therarel.errors import InvalidValueError
from therarel.extras import needs

if TYPE_CHECKING:
    import altair
    from matplotlib.axes import Axes

_PANEL: Final = (300.0, 190.0)
_KEY: Final = 540.0


class Chart(Drawing):
    """A picture of data: an SVG as every drawing, and the same marks for matplotlib and for Altair.

    Args:
        plots: The panels, at least one.
        title: What the picture shows, in a few words.
        description: What is to be seen in it, in sentences, for those who do not see it.
        width: In pixels, above 0.
        height: In pixels, above 0.
        columns: Panels in a row; ``None`` makes the grid about square.
        theme: ``auto`` follows the reader's screen; ``light`` and ``dark`` are pinned.
        identifier: The id of the ``<svg>`` element, as of a `Drawing`.
        ground: Whether the ground is painted; otherwise the page shows through.

    Raises:
        InvalidValueError: if there is no panel, or as for `Drawing`.

    Examples:
        >>> from therarel.drawing import Axis, Plot, Trace
        >>> sessions, scores = [1, 2, 3, 4], [3.2, None, 3.6, 4.1]
        >>> plot = Plot(Axis("session", (1, 4)), Axis("alliance, 1 to 5", (1, 5)), [Trace(sessions, scores)])
        >>> chart = Chart([plot], title="Alliance of C-014", description="Rising from 3.2 to 4.1.")
        >>> chart
        <Chart 560 x 300, 4 marks>
    """

    __slots__ = ("_columns", "plots")

    def __init__(
        self,
        plots: Sequence[Plot],
        *,
        title: str,
        description: str,
        width: float = 560,
        height: float = 300,
        columns: int | None = None,
        theme: Theme = "auto",
        identifier: str | None = None,
        ground: bool = True,
    ) -> None:
        super().__init__(
            width, height, title=title, description=description, theme=theme, identifier=identifier, ground=ground
        )
        if not plots:
            raise InvalidValueError("a chart has at least one panel", where="chart")
        self.plots, self._columns = tuple(plots), columns
        self.add(*elements_of(self.plots, self.frame, title, columns))

    def panels(self) -> tuple[Drawing, ...]:
        """Each panel as a small picture of its own, for a page that sets them out as its width allows.

        They share the key that `key` gives.
        """
        made = []
        for plot in self.plots:
            title, words = plot.title or self.title, plot.description or self.description
            drawn = Drawing(*_PANEL, title=title, description=words, theme=self._theme, ground=False)
            made.append(drawn.add(*panel_elements(plot, drawn.frame)))
        return tuple(made)

    def key(self) -> Drawing:
        """The key to the panels: each mark that has a name, with it.

        Raises:
            InvalidValueError: if none has.
        """
        names = "; ".join(mark.name for mark in first_of_each(mark for plot in self.plots for mark in plot.marks))
        rows = key_rows(self.plots, _KEY)
        size = _KEY, 18.0 * max(1, len(rows))
        drawn = Drawing(*size, title="Key to the pictures", description=names, theme=self._theme, ground=False)
        return drawn.add(*rows)

    def plot(self, ax: Axes | Sequence[Axes] | None = None) -> Axes:
        """Draw the chart with matplotlib, on axes in the units of the data.

        The description is the label of the axes: ``ax.get_label()``.

        Args:
            ax: The axes to draw on, or as many as there are panels; ``None`` makes a figure.

        Returns:
            The axes, of several the first; ``ax.figure`` holds them all.

        Raises:
            InvalidValueError: if there are more or fewer axes than panels.
            MissingExtraError: if matplotlib is not installed.
        """
        size = self.frame.width, self.frame.height
        with needs("drawing with matplotlib"):
            return draw_on_axes(self.plots, ax, self.title, self.description, size, self._columns)

    def to_altair(self) -> altair.TopLevelMixin:
        """The chart for Altair (Vega-Lite), with its data and its description inside.

        Raises:
            MissingExtraError: if Altair is not installed.
        """
        size = self.frame.width, self.frame.height
        with needs("a chart for Altair"):
            return altair_chart(self.plots, self.title, self.description, size, self._columns)
