"""Pictures of a panel: all series in one, or a small picture for each dyad; better scores are up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

import therarel.drawing as drawing
from therarel.counting import counted
from therarel.domain.ratings import RatingScale
from therarel.drawing.charts.plots import Mark
from therarel.errors import InvalidValueError, as_whole, shown
from therarel.panels.data import PanelData
from therarel.panels.naming import name_of_label
from therarel.panels.overview import (
    MOST_POINTS,
    evenly,
    evenly_chosen,
    line_opacity,
    quartiles,
    session_ticks,
    stations,
)
from therarel.panels.terms import SessionIndex
from therarel.tables.arrays import Floats

_DESCRIBED: Final = 12


def scores_axis(name: str, scale: RatingScale) -> drawing.Axis:
    """The axis of scores: better ones higher up, and the ends of the scale its ends.

    Args:
        name: What the scores are called.
        scale: Range and direction.
    """
    ends = (scale.minimum, scale.maximum)
    title = f"{name}, {scale}{'' if scale.higher_is_better else ' (better is up)'}"
    return drawing.Axis(title, ends if scale.higher_is_better else ends[::-1])


def score_name(panel: PanelData) -> str:
    """What the scores are called in a picture: the instrument, or what they are scores of."""
    return panel.instrument or (panel.construct.label if panel.construct else "score")


def score_axis(panel: PanelData) -> drawing.Axis:
    """The axis of the scores of a panel."""
    return scores_axis(score_name(panel), panel.scale)


def session_axis(session: Floats, *, dated: bool, about: int = 8) -> drawing.Axis:
    """The axis of the sessions, from the first to the last.

    Args:
        session: The sessions to be shown, at least one.
        dated: Whether they are days.
        about: How many ticks are wanted.
    """
    low, high = float(session.min()), float(session.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    return drawing.Axis(
        "day" if dated else "session", (low, high), session_ticks(drawing.LinearScale((low, high), (0, 1)), about)
    )


@frozen(eq=False)
class DrawnPanel:
    """The series of a panel as arrays.

    Args:
        panel: The panel.
        starts: Row at which each dyad begins, and the number of rows; shape (g + 1,).
        session: Shape (n,).
        score: Shape (n,), NaN where there is none.
    """

    panel: PanelData
    starts: NDArray[np.int64]
    session: Floats
    score: Floats

    @classmethod
    def of(cls, panel: PanelData) -> DrawnPanel:
        """The series of a panel that has a session."""
        blocks = list(panel.blocks(labels=False))
        starts = [np.zeros(1, np.int64), *(block.starts[1:] + block.first_row for block in blocks)]
        sessions, scores = ([getattr(block, name) for block in blocks] for name in ("session", "score"))
        return cls(panel, np.concatenate(starts), np.concatenate(sessions), np.concatenate(scores))

    @property
    def dated(self) -> bool:
        """Whether the sessions are days."""
        return self.panel.index is SessionIndex.DATED

    @property
    def lengths(self) -> NDArray[np.intp]:
        """Number of scored sessions of each dyad, shape (g,)."""
        return np.add.reduceat(~np.isnan(self.score), self.starts[:-1], dtype=np.intp)

    def trace(self, index: int) -> tuple[Floats, Floats]:
        """Scored sessions of one dyad and their scores."""
        rows = slice(int(self.starts[index]), int(self.starts[index + 1]))
        session, score = self.session[rows], self.score[rows]
        there = ~np.isnan(score)
        return session[there], score[there]

    def marks(self, thin: drawing.Colour, middle: drawing.Colour, name: str) -> tuple[list[Mark], int]:
        """Thin lines of the dyads, the middle of the scores over them, and the number of lines.

        Args:
            thin: Colour of the lines.
            middle: Colour of the median and the middle half.
            name: Before the names of the key, such as the rater; empty for none.
        """
        chosen = evenly_chosen(self.lengths)
        opacity, most = line_opacity(len(chosen)), MOST_POINTS // 10
        marks: list[Mark] = []
        for index in chosen:
            session, score = self.trace(index)
            if session.size > most:
                few = evenly(session.size, most)
                session, score = session[few], score[few]
            marks.append(
                drawing.Trace(session.tolist(), score.tolist(), thin, 0.8, opacity=opacity, name=f"{name}a dyad")
            )
        found = quartiles(self.session, self.score)
        if found is not None:
            at, low, half, high = (each.tolist() for each in found)
            marks.append(drawing.Ribbon(at, low, high, middle, 0.16, name=f"{name}middle half"))
            marks.append(drawing.Trace(at, half, middle, 2.2, name=f"{name}median"))
        return marks, len(chosen)

    def described(self, lines: int) -> str:
        """All series in sentences."""
        scored, score = int((self.lengths > 0).sum()), self.score[~np.isnan(self.score)]
        if not score.size:
            return "No session has a score."
        low, middle, high, first, last = (
            drawing.tick_labels([round(float(each), 2)])[0]
            for each in (score.min(), np.median(score), score.max(), self.session.min(), self.session.max())
        )
        of_all = f"each of {lines:,} dyads of {scored:,}" if lines < scored else f"{counted(lines, 'dyad')}, one each"
        return (
            f"One thin line for {of_all}. Scores lie between {low} and {high}, with the median at {middle}, on a scale"
            f" of {self.panel.scale}. {'Days' if self.dated else 'Sessions'} run from {first} to {last}."
        )


def draw_panel(panel: PanelData, beside: PanelData | None, over: Sequence[Mark] = (), words: str = "") -> drawing.Chart:
    """All series in one picture, with the middle of the scores where 8 dyads or more were scored.

    Args:
        panel: The panel.
        beside: The scores of another rater.
        over: Marks over the series, such as flagged sessions.
        words: What they show, for those who do not see them.

    Raises:
        InvalidValueError: if the other rater's scores are on another scale.
    """
    drawn, raters = DrawnPanel.of(panel), _raters_of(panel, beside)
    session = drawn.session
    marks, lines = drawn.marks(
        drawing.Colour.MUTED if beside is None else drawing.Colour.SKY, drawing.Colour.BLUE, raters[0]
    )
    said = f"{raters[0]}{drawn.described(lines)}"
    if beside is not None:
        other = DrawnPanel.of(beside)
        its, its_lines = other.marks(drawing.Colour.ORANGE, drawing.Colour.VERMILLION, raters[1])
        marks, session = [*marks, *its], np.concatenate([session, other.session])
        said += f" {raters[1]}{other.described(its_lines)}"
    return drawing.Chart(
        [drawing.Plot(session_axis(session, dated=drawn.dated, about=12), score_axis(panel), [*marks, *over])],
        title=f"The series of {counted(panel.n_dyads, 'dyad')}: {score_name(panel)}",
        description=f"{said} {words}".strip(),
        width=760,
        height=420,
    )


def scored_chart(panel: PanelData) -> drawing.Chart:
    """How many dyads have a score at each session, to be set below the picture of all series."""
    drawn = DrawnPanel.of(panel)
    at, which = stations(drawn.session)
    counts = np.bincount(which[~np.isnan(drawn.score)], minlength=at.size)
    half = 0.18 * float(np.diff(at).min(initial=np.inf if at.size > 1 else 1))
    xs = [end for place in at.tolist() for end in (place - half, place + half, None)]
    highs = [end for count in counts.tolist() for end in (count, count, None)]
    bars = drawing.Ribbon(xs, [0.0] * len(xs), highs, drawing.Colour.MUTED, 0.45)
    most, x = int(counts.max()), session_axis(drawn.session, dated=drawn.dated, about=12)
    said = drawing.describe_series("Dyads with a score", at.tolist(), counts.tolist(), x=x.title)
    return drawing.Chart(
        [drawing.Plot(x, drawing.Axis("dyads", (0, most), (0, most), ("0", f"{most:,}")), [bars])],
        title=f"Dyads with a score at each {x.title}",
        description=said,
        width=760,
        height=140,
    )


def draw_dyads(
    panel: PanelData, labels: Iterable[str] | None, most: int, beside: PanelData | None = None
) -> drawing.Chart:
    """A small picture for each dyad, all on the same axes.

    Args:
        panel: The panel.
        labels: The dyads; ``None`` takes evenly spaced ones.
        most: Most pictures where no dyads are named.
        beside: The scores of another rater.

    Raises:
        UnknownNameError: if a dyad is not there.
        InvalidValueError: if no dyad is named, or the other rater's scores are on another scale.
    """
    most, raters, every = as_whole(most, where="draw_dyads.most", minimum=1), _raters_of(panel, beside), panel.dyads
    if labels is None:
        labels = [every[at] for at in evenly(len(every), most)]
    chosen = panel.only(labels).dyads
    mine = DrawnPanel.of(panel.only(chosen))
    both = [] if beside is None else sorted({*chosen} & {*beside.dyads}, key=chosen.index)
    its = DrawnPanel.of(beside.only(both)) if beside is not None and both else None
    session = mine.session if its is None else np.concatenate([mine.session, its.session])
    x, y = session_axis(session, dated=mine.dated, about=3), score_axis(panel)
    order = {label: place for place, label in enumerate(every)}
    plots = []
    for index, label in enumerate(chosen):
        at, scores = mine.trace(index)
        name = name_of_label(label, order[label])
        marks = one_series(at, scores, drawing.Colour.BLUE, raters[0].removesuffix(": "))
        if its is not None and label in both:
            marks += one_series(*its.trace(both.index(label)), drawing.Colour.VERMILLION, raters[1].removesuffix(": "))
        plots.append(
            drawing.Plot(x, y, marks, name, drawing.describe_series(name, at.tolist(), scores.tolist(), x=x.title))
        )
    return dyads_chart(panel, plots)


def dyads_chart(panel: PanelData, plots: Sequence[drawing.Plot]) -> drawing.Chart:
    """Small pictures of dyads as one.

    Args:
        panel: The panel that they are of.
        plots: One for each dyad, one or more.
    """
    said = [plot.description for plot in plots[:_DESCRIBED]]
    if len(plots) > _DESCRIBED:
        said.append(f"And {len(plots) - _DESCRIBED} more.")
    columns = min(4, math.ceil(math.sqrt(len(plots))))
    return drawing.Chart(
        plots,
        title=f"{len(plots):,} of {counted(panel.n_dyads, 'dyad')}: {score_name(panel)}",
        description=" ".join(said),
        width=max(360, 60 + 200 * columns),
        height=110 + 150 * math.ceil(len(plots) / columns),
        columns=columns,
    )


def one_series(
    session: Floats, score: Floats, colour: drawing.Colour = drawing.Colour.BLUE, name: str = "score"
) -> list[Mark]:
    """The scores of one dyad as a line with its points."""
    at, scores = session.tolist(), score.tolist()
    return [drawing.Trace(at, scores, colour, name=name), drawing.Dots(at, scores, colour, radius=2.2)]


def _raters_of(panel: PanelData, beside: PanelData | None) -> tuple[str, str]:
    """The two raters as the names of the key begin; empty where there is one panel.

    Raises:
        InvalidValueError: if the other rater's scores are on another scale, or are not a panel.
    """
    if beside is None:
        return "", ""
    if not isinstance(beside, PanelData):
        raise InvalidValueError(
            "the other rater's scores are a panel", where="draw.beside", value=shown(beside), hint="beside=panel"
        )
    if evolve(beside.scale, step=None) != evolve(panel.scale, step=None):  # forms differ in their number of items
        raise InvalidValueError(
            "the two raters' scores are on different scales",
            where="draw.beside",
            value=f"'{beside.scale}'",
            bound=f"'{panel.scale}'",
        )
    mine, its = (each.rater.label if each.rater else "" for each in (panel, beside))
    return (f"{mine}: ", f"{its}: ") if mine and its and mine != its else ("this panel: ", "beside it: ")
