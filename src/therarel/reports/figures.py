"""All series in one picture: thin lines, the middle of the scores, what was flagged, and how many were scored.

Every picture of scores has better scores at the top, whichever direction the scale reads, so that a drop goes down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from therarel.counting import counted
from therarel.detection.rules import Change
from therarel.detection.wording import number
from therarel.domain.ratings import RatingScale
from therarel.drawing import (
    Colour,
    Drawing,
    Element,
    Frame,
    LinearScale,
    Shape,
    area,
    bottom_axis,
    group,
    key,
    left_axis,
    line,
    points,
    rectangle,
    rule,
    text,
    text_width,
)
from therarel.panels.overview import MOST_POINTS, evenly_chosen, line_opacity, quartiles, session_ticks, stations
from therarel.reports.courses import Courses

__all__ = ["MOST_MARKS", "arrow", "better_up", "colours", "drawn_dyads", "overview"]

MOST_MARKS: Final = 400
"""Most flagged sessions that are marked in the picture of all series."""


def colours(change: Change) -> tuple[Colour, Colour]:
    """The colour of what was found, and that of its recovery or reversal: for the worse, and for the better."""
    worse, better = Colour.VERMILLION, Colour.GREEN
    return (worse, better) if change is Change.DROP else (better, worse)


def arrow(change: Change) -> Shape:
    """The mark of a flagged session: it points where the scores went."""
    return "down" if change is Change.DROP else "up"


def better_up(frame: Frame, scale: RatingScale) -> LinearScale:
    """The scale of scores in a frame, better scores higher up."""
    ends = (scale.minimum, scale.maximum)
    return frame.y(ends if scale.higher_is_better else ends[::-1])


def overview(
    courses: Courses,
    scale: RatingScale,
    flagged: Sequence[tuple[float, float]],
    *,
    change: Change,
    score_title: str,
    session_title: str,
) -> Drawing:
    """All series in one picture: thin lines, the middle of the scores, flagged sessions, and how many were scored.

    Args:
        courses: The series.
        scale: Range and direction of the scores.
        flagged: Session and score of each flagged session that is to be marked.
        change: Whether drops or gains were looked for.
        score_title: What the scores are, with range and direction.
        session_title: What the sessions count.
    """
    there = ~np.isnan(courses.score)
    low, high = float(courses.session.min()), float(courses.session.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    shown = drawn_dyads(courses)
    picture = Drawing(
        880,
        440,
        title=f"The series of all dyads: {score_title}",
        description=_overview_description(courses, scale, len(shown), len(flagged)),
        identifier="figure-series",
        ground=False,
    )
    plot = Frame(44, 34, 822, 308)
    x, y = plot.x((low, high)), better_up(plot, scale)
    ticks = session_ticks(x, 12)
    picture.add(left_axis(y, plot, title=score_title), bottom_axis(x, plot, ticks=ticks))
    picture.add(*_thin_lines(courses, shown, x, y))
    middle = quartiles(courses.session, courses.score)
    if middle is not None:
        at, quarter, half, most = middle
        xs = x.map(at.tolist())
        picture.add(
            area(xs, y.map(quarter.tolist()), y.map(most.tolist()), opacity=0.16),
            line(xs, y.map(half.tolist()), colour=Colour.BLUE, width=2.2),
        )
    if flagged:
        picture.add(
            points(
                [x(session) for session, _ in flagged],
                [y(score) for _, score in flagged],
                shape=arrow(change),
                colour=colours(change)[0],
                radius=3.2,
                opacity=0.85,
            )
        )
    picture.add(*_strip(courses, there, x, Frame(plot.left, 378, plot.width, 34), session_title))
    entries = [(line([0, 16], [0, 0], colour=Colour.MUTED, width=1, opacity=0.6), "a dyad")]
    if middle is not None:
        sample = group(
            rectangle(Frame(0, -5, 16, 10), fill=Colour.BLUE, opacity=0.16),
            line([0, 16], [0, 0], colour=Colour.BLUE, width=2.2),
        )
        entries.append((sample, "median and middle half"))
    if flagged:
        entries.append((points([8], [0], shape=arrow(change), colour=colours(change)[0], radius=3.2), "flagged"))
    wide = sum(21 + text_width(name, size=11) + 18 for _, name in entries)
    picture.add(key(plot.right - wide + 18, 14, entries))
    return picture


def drawn_dyads(courses: Courses) -> list[int]:
    """The dyads whose line is drawn: all, or evenly spaced ones where there are too many for a picture."""
    return evenly_chosen(courses.lengths)


def _thin_lines(courses: Courses, shown: Sequence[int], x: LinearScale, y: LinearScale) -> list[Element]:
    opacity = line_opacity(len(shown))
    lines = []
    for dyad in shown:
        rows = courses.rows(dyad)
        session, score = courses.session[rows], courses.score[rows]
        keep = ~np.isnan(score)
        session, score = session[keep], score[keep]
        if session.size > MOST_POINTS // 10:
            few = np.linspace(0, session.size - 1, MOST_POINTS // 10).round().astype(np.intp)
            session, score = session[few], score[few]
        lines.append(
            line(x.map(session.tolist()), y.map(score.tolist()), colour=Colour.MUTED, width=0.8, opacity=opacity)
        )
    return lines


def _strip(
    courses: Courses, there: npt.NDArray[np.bool_], x: LinearScale, frame: Frame, session_title: str
) -> list[Element]:
    """Bars below the series: the number of scores at each station."""
    at, which = stations(courses.session)
    counts = np.bincount(which[there], minlength=at.size)
    most = int(counts.max())
    y = frame.y((0, most))
    gaps = np.diff(np.array([x(session) for session in at.tolist()]))
    wide = max(1.0, min(14.0, 0.62 * float(gaps.min()) if gaps.size else 14.0))
    bars = [
        rectangle(
            Frame.between((x(session) - wide / 2, frame.bottom), (x(session) + wide / 2, y(count))),
            fill=Colour.MUTED,
            opacity=0.45,
        )
        for session, count in zip(at.tolist(), counts.tolist(), strict=True)
        if count
    ]
    size = 11.0
    return [
        rule((frame.left, frame.bottom), (frame.right, frame.bottom), colour=Colour.GRID),
        *bars,
        text(frame.left - 14, frame.top + 5, f"{most:,}", size=size, colour=Colour.MUTED, anchor="end"),
        text(frame.left - 14, frame.bottom + 1, "0", size=size, colour=Colour.MUTED, anchor="end"),
        text(frame.left, frame.bottom + 18, "scores at each", size=size, colour=Colour.MUTED),
        text(frame.right, frame.bottom + 18, session_title, size=size, colour=Colour.MUTED, anchor="end"),
    ]


def _overview_description(courses: Courses, scale: RatingScale, lines: int, marks: int) -> str:
    scored = int((courses.lengths > 0).sum())
    score = courses.score[~np.isnan(courses.score)]
    sentences = [
        "One thin line for "
        + (f"each of {lines:,} dyads of {scored:,}." if lines < scored else f"{counted(lines, 'dyad')}, one each."),
        f"Scores lie between {number(float(score.min()))} and {number(float(score.max()))},"
        f" with the median at {number(float(np.median(score)))}, on a scale of {scale}.",
        f"Sessions run from {number(float(courses.session.min()))} to {number(float(courses.session.max()))}.",
        f"{marks:,} flagged sessions are marked." if marks else "No session is flagged.",
    ]
    return " ".join(sentences)
