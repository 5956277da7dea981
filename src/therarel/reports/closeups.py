"""Close-ups: one small picture per dyad with findings, the limits, what was blind, and what became of each finding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from attrs import frozen

from therarel.detection import RuptureCandidate
from therarel.detection.verdicts import CODES
from therarel.detection.wording import Terms, in_points, number, session_words
from therarel.domain.ratings import RatingScale
from therarel.drawing import (
    Colour,
    Drawing,
    Element,
    Frame,
    LinearScale,
    area,
    bottom_axis,
    describe_series,
    group,
    left_axis,
    line,
    points,
    rectangle,
    rule,
    shorten,
    text,
    text_width,
)
from therarel.panels.overview import session_ticks
from therarel.reports.courses import Courses
from therarel.reports.figures import arrow, better_up, colours

__all__ = ["CloseUp", "closeup", "closeup_key"]

MOST_SESSIONS: Final = 120
_BLIND: Final = 0.6
_BAND: Final = 0.14
_FALL: Final = 0.22
_WIDTH, _HEIGHT = 280.0, 172.0


@frozen
class CloseUp:
    """A dyad and its candidates, in the order of sessions.

    Args:
        dyad: Its label in the data.
        candidates: At least one.
    """

    dyad: str
    candidates: tuple[RuptureCandidate, ...]

    @property
    def distance(self) -> float:
        """The largest distance of its candidates from the reference level, in score points."""
        return max(candidate.distance for candidate in self.candidates)


def closeup(
    shown: CloseUp, courses: Courses, scale: RatingScale, *, name: str, simulated: tuple[float, float] | None = None
) -> Drawing:
    """The series of one dyad with its candidates.

    Of a very long series the part around the first candidate is drawn.

    Args:
        shown: The dyad and its candidates.
        courses: All series.
        scale: Range and direction of the scores.
        name: Id of the picture.
        simulated: First and last session of the rupture that was put in, of simulated scores with one.
    """
    rows = courses.rows(courses.indices[shown.dyad])
    session, score, code = courses.session[rows], courses.score[rows], courses.code[rows]
    if session.size > MOST_SESSIONS:
        about = int(np.searchsorted(session, shown.candidates[0].flagged_at))
        first = min(max(0, about - MOST_SESSIONS // 2), session.size - MOST_SESSIONS)
        part = slice(first, first + MOST_SESSIONS)
        session, score, code = session[part], score[part], code[part]
    low, high = float(session[0]), float(session[-1])
    called = courses.name(shown.dyad)
    dated = shown.candidates[0].dated
    picture = Drawing(
        _WIDTH,
        _HEIGHT,
        title=f"Dyad {called}",
        description=" ".join(
            [
                describe_series("The series", session.tolist(), score.tolist(), x="day" if dated else "session"),
                *(sentence_of(candidate) for candidate in shown.candidates[:6]),
            ]
        ),
        identifier=name,
        ground=False,
    )
    plot = Frame(30, 30, _WIDTH - 38, _HEIGHT - 54)
    x, y = plot.x((low, high)), better_up(plot, scale)
    picture.add(*_blind(session, code, plot, x))
    picture.add(
        left_axis(y, plot, ticks=y.ticks(3), size=10),
        bottom_axis(x, plot, ticks=session_ticks(x, 5), size=10),
        *_heading(called, shown, plot),
    )
    within = [candidate for candidate in shown.candidates if low <= candidate.flagged_at <= high]
    picture.add(*_limits(shown.candidates[0], x, y, (low, high)), *_expected(within, x, y, (low, high)))
    if simulated is not None and simulated[0] <= high and simulated[1] >= low:
        left, right = x(max(simulated[0], low)), x(min(simulated[1], high))
        under = Frame.between((left - 3, plot.bottom - 3.5), (right + 3, plot.bottom - 0.5))
        picture.add(rectangle(under, fill=Colour.PURPLE))
    picture.add(line(x.map(session.tolist()), y.map(_or_none(score)), width=1, colour=Colour.MUTED))
    for candidate in within:
        picture.add(*_moves(candidate, x, y, (low, high)))
    picture.add(points(x.map(session.tolist()), y.map(_or_none(score)), radius=1.9, colour=Colour.INK))
    missing = session[np.isnan(score)]
    if missing.size:
        foot = [plot.bottom - 4.0] * missing.size
        picture.add(points(x.map(missing.tolist()), foot, shape="cross", radius=2.2, colour=Colour.MUTED))
    for candidate in within:
        picture.add(_marks(candidate, x, y, (low, high)))
    return picture


def sentence_of(candidate: RuptureCandidate) -> str:
    """A candidate in one sentence: where it began, where it was worst or best, what became of it."""
    dated = candidate.dated
    begin = "" if candidate.onset is None else f"after {session_words(candidate.onset, dated=dated)} "
    extreme = f"{number(candidate.extreme)} at {session_words(candidate.extreme_at, dated=dated)}"
    at = session_words(candidate.flagged_at, dated=dated)
    return f"Flagged at {at}: {begin}the scores went to {extreme}; {candidate.ending}."


def closeup_key(
    terms: Terms, *, missing: bool, blind: bool, expected: bool = False, simulated: bool = False
) -> Drawing:
    """The key to the close-ups: its marks, each with its name."""
    there, back = colours(terms.change)
    entries: list[tuple[Element, str]] = [
        (points([8], [0], shape=arrow(terms.change), colour=there, radius=3.4), "flagged"),
        (line([0, 16], [0, 0], colour=there, width=2), f"{terms.move}, to the {terms.extreme}"),
        (line([0, 16], [0, 0], colour=back, width=2), terms.ending),
    ]
    if expected:
        entries += [
            (line([0, 16], [0, 0], colour=Colour.BLUE, width=1.2, dashes="4 3"), "expected"),
            (rectangle(Frame(0, -6, 16, 12), fill=Colour.BLUE, opacity=_BAND), "95 of 100 scores that only wander"),
        ]
    else:
        entries.append((rule((2, 0), (14, 0), colour=Colour.BLUE, width=1.4), "limit of the rule"))
    if simulated:
        entries.append((rectangle(Frame(0, -1.5, 16, 3), fill=Colour.PURPLE), "simulated rupture"))
    if blind:
        entries.append((rectangle(Frame(0, -6, 16, 12), fill=Colour.GRID, opacity=_BLIND), "undetectable"))
    if missing:
        entries.append((points([8], [0], shape="cross", radius=2.6, colour=Colour.MUTED), "no score"))
    picture = Drawing(
        sum(_width(name) for _, name in entries),
        22,
        title="Key to the close-ups",
        description="; ".join(name for _, name in entries),
        identifier="key-closeups",
        ground=False,
    )
    reach = 0.0
    for sample, name in entries:
        picture.add(
            group(sample, at=(reach, 11)), text(reach + 21, 11, name, size=11, colour=Colour.MUTED, middle=True)
        )
        reach += _width(name)
    return picture


def _width(name: str) -> float:
    """How much room an entry of the key takes: its mark, its name, and the distance to the next one."""
    return 21 + text_width(name, size=11) + 18


def _or_none(score: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in score.tolist()]


def _heading(called: str, shown: CloseUp, plot: Frame) -> list[Element]:
    deep = in_points(shown.distance)
    if len(shown.candidates) > 1:
        deep = f"{len(shown.candidates)} findings, up to {deep}"
    room = plot.right - 4 - text_width(deep, size=10.5) - 8
    return [
        text(4, 13, shorten(called, room, size=12, bold=True), size=12, bold=True),
        text(plot.right, 13, deep, size=10.5, colour=Colour.MUTED, anchor="end"),
    ]


def _blind(
    session: np.ndarray[tuple[int], np.dtype[np.float64]],
    code: np.ndarray[tuple[int], np.dtype[np.uint8]],
    plot: Frame,
    x: LinearScale,
) -> list[Element]:
    """Bands behind the sessions at which the rule could not have fired."""
    at = np.array([x(number) for number in session.tolist()])
    edges = np.concatenate(([plot.left], (at[1:] + at[:-1]) / 2, [plot.right]))
    blind = code >= min(value for value in CODES.values() if value >= 16)
    bands = []
    for first in np.flatnonzero(blind & ~np.concatenate(([False], blind[:-1]))).tolist():
        last = first
        while last + 1 < blind.size and blind[last + 1]:
            last += 1
        left, right = max(edges[first], plot.left - 4), min(edges[last + 1], plot.right + 4)
        if first == 0:
            left = plot.left - 4
        if last == blind.size - 1:
            right = plot.right + 4
        bands.append(rectangle(Frame.between((left, plot.top), (right, plot.bottom)), fill=Colour.GRID, opacity=_BLIND))
    return bands


def _limits(candidate: RuptureCandidate, x: LinearScale, y: LinearScale, ends: tuple[float, float]) -> list[Element]:
    """The limit at each session: one line where it is the same throughout, a short stroke at each otherwise."""
    limits = [
        (session, limit)
        for session, limit in zip(candidate.sessions, candidate.limits, strict=True)
        if ends[0] <= session <= ends[1] and not math.isnan(limit)
    ]
    level = len({round(limit, 9) for _, limit in limits}) == 1
    low, high = sorted(y.domain)
    limits = [(session, limit) for session, limit in limits if low <= limit <= high]
    if not limits:
        return []
    if level:
        height = y(limits[0][1])
        return [rule((x(limits[0][0]), height), (x(limits[-1][0]), height), colour=Colour.BLUE, dashes="3 2")]
    centres = [x(session) for session, _ in limits]
    step = min((b - a for a, b in pairwise(centres)), default=8.0)
    half = max(1.0, min(5.0, 0.38 * step))
    return [
        rule((at - half, y(limit)), (at + half, y(limit)), colour=Colour.BLUE, width=1.2)
        for at, (_, limit) in zip(centres, limits, strict=True)
    ]


def _expected(
    candidates: Sequence[RuptureCandidate], x: LinearScale, y: LinearScale, ends: tuple[float, float]
) -> list[Element]:
    """The course that was to be expected with its band, and what is missing to it; nothing where none is known."""
    drawn: list[Element] = []
    low, high = sorted(y.domain)

    def heights(values: Sequence[float]) -> list[float]:
        return [y(min(max(value, low), high)) for value in values]

    for candidate in candidates:
        shown = [at for at, session in enumerate(candidate.sessions) if ends[0] <= session <= ends[1]]
        if not candidate.expected or len(shown) < 2:
            continue
        part = slice(shown[0], shown[-1] + 1)
        across = x.map(candidate.sessions[part])
        sessions, scores, expected = candidate.shortfall
        drawn += [
            area(across, *(heights(end[part]) for end in candidate.band), colour=Colour.BLUE, opacity=_BAND),
            line(across, heights(candidate.expected[part]), colour=Colour.BLUE, width=1.2, dashes="4 3"),
        ]
        if ends[0] <= sessions[0] and sessions[-1] <= ends[1]:
            colour = colours(candidate.rule.change)[0]
            drawn.append(area(x.map(sessions), heights(scores), heights(expected), colour=colour, opacity=_FALL))
    return drawn


def _moves(candidate: RuptureCandidate, x: LinearScale, y: LinearScale, ends: tuple[float, float]) -> list[Element]:
    """The part of the series that is the finding, and the part that is its recovery or reversal."""
    begin = candidate.flagged_at if candidate.onset is None else candidate.onset
    there, back = colours(candidate.rule.change)
    spans: list[tuple[float, float, Colour]] = [(begin, candidate.extreme_at, there)]
    if candidate.returned_at is not None:
        spans.append((candidate.extreme_at, candidate.returned_at, back))
    drawn = []
    for first, last, colour in spans:
        part = [
            (session, score)
            for session, score in zip(candidate.sessions, candidate.scores, strict=True)
            if first <= session <= last and ends[0] <= session <= ends[1]
        ]
        if len(part) > 1:
            drawn.append(line([x(at) for at, _ in part], [y(score) for _, score in part], colour=colour, width=2))
    return drawn


def _marks(candidate: RuptureCandidate, x: LinearScale, y: LinearScale, ends: tuple[float, float]) -> Element:
    """The flagged session and the session of recovery or reversal, which tell their story when pointed at."""
    there, back = colours(candidate.rule.change)
    marks = [
        points(
            [x(candidate.flagged_at)],
            [y(candidate.seen_at(candidate.flagged_at)[0])],
            shape=arrow(candidate.rule.change),
            colour=there,
            radius=3.4,
        )
    ]
    again = candidate.returned_at
    if again is not None and again <= ends[1]:
        marks.append(points([x(again)], [y(candidate.seen_at(again)[0])], colour=back, radius=3.2))
    return group(*marks, tooltip=sentence_of(candidate))


def closeups_of(candidates: Sequence[RuptureCandidate]) -> list[CloseUp]:
    """Candidates gathered by dyad, in the order in which they come."""
    gathered: dict[str, list[RuptureCandidate]] = {}
    for candidate in candidates:
        gathered.setdefault(candidate.dyad, []).append(candidate)
    return [CloseUp(dyad, tuple(group)) for dyad, group in gathered.items()]
