"""One dyad in one picture: its scores, what was expected of them, what was found, and where nothing could be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from attrs import evolve

from therarel.detection.candidate import RuptureCandidate, found_marks
from therarel.detection.verdicts import CODES, Reason
from therarel.drawing import Axis, Colour, Dots, Plot, Span, Trace, describe_series
from therarel.drawing.charts.plots import Mark
from therarel.panels import SessionIndex
from therarel.panels.data import PanelData
from therarel.panels.figures import one_series, score_axis, session_axis
from therarel.tables.arrays import Codes, Floats

MOST_SESSIONS: Final = 120
"""Most sessions of one dyad that are drawn."""
_DESCRIBED: Final = 6
_BLIND: Final = min(CODES[reason] for reason in Reason)


def dyad_plot(
    panel: PanelData,
    name: str,
    session: Floats,
    score: Floats,
    code: Codes,
    candidates: Sequence[RuptureCandidate],
    simulated: tuple[float, float] | None = None,
) -> Plot:
    """One dyad over its own sessions, of a very long series the part around its first candidate.

    Args:
        panel: The panel that it is of.
        name: What it is called.
        session: Its sessions, shape ``(n,)``.
        score: Its scores, NaN where there is none; shape ``(n,)``.
        code: What the rule said of each; shape ``(n,)``.
        candidates: Its candidates, in the order of sessions.
        simulated: First and last session of the rupture that was put into simulated scores; ``None`` for none.
    """
    if session.size > MOST_SESSIONS:
        about = int(np.searchsorted(session, candidates[0].flagged_at)) if candidates else 0
        first = min(max(0, about - MOST_SESSIONS // 2), session.size - MOST_SESSIONS)
        part = slice(first, first + MOST_SESSIONS)
        session, score, code = session[part], score[part], code[part]
        candidates = [
            _within(each, *session[[0, -1]]) for each in candidates if session[0] <= each.flagged_at <= session[-1]
        ]
    x = session_axis(session, dated=panel.index is SessionIndex.DATED, about=5)
    y = score_axis(panel)
    behind, over = found_marks(candidates) if candidates else ([], [])
    if simulated is not None and simulated[0] <= session[-1] and session[0] <= simulated[1]:
        behind.append(Trace(simulated, (y.domain[0],) * 2, Colour.PURPLE, 4, name="simulated rupture"))
    series = describe_series("The series", session.tolist(), score.tolist(), x=x.title)
    words = " ".join([series, *(candidate.sentence for candidate in candidates[:_DESCRIBED])])
    return Plot(x, y, [*dyad_marks(session, score, code, y, behind), *over], name, words)


def dyad_marks(session: Floats, score: Floats, code: Codes, y: Axis, behind: Iterable[Mark]) -> list[Mark]:
    """The scores of one dyad, with what is behind them, where there is none, and where the rule could not have fired.

    Args:
        session: Its sessions, shape ``(n,)``.
        score: Its scores, NaN where there is none; shape ``(n,)``.
        code: What the rule said of each; shape ``(n,)``.
        y: The axis of the scores.
        behind: Marks between the shaded stretches and the scores.
    """
    missing = session[np.isnan(score)].tolist()
    crosses = [Dots(missing, [y.domain[0]] * len(missing), Colour.MUTED, "cross", 2.6, name="no score")]
    return [*_blind(session, code), *behind, *one_series(session, score), *(crosses if missing else ())]


def _blind(session: Floats, code: Codes) -> list[Span]:
    """The stretches of sessions at which the rule could not have fired, each to half way to the next session."""
    edges = [session[0], *(session[1:] + session[:-1]) / 2, session[-1]]
    turns = np.flatnonzero(np.diff(code >= _BLIND, prepend=False, append=False)).tolist()
    return [
        Span(edges[first], edges[end], Colour.GRID, 0.6, name="undetectable")
        for first, end in zip(turns[::2], turns[1::2], strict=True)
    ]


def _within(candidate: RuptureCandidate, first: float, last: float) -> RuptureCandidate:
    """A candidate with no more of its series than lies between two sessions."""
    inside = [at for at, session in enumerate(candidate.sessions) if first <= session <= last]
    part = slice(inside[0], inside[-1] + 1)
    return evolve(
        candidate,
        sessions=candidate.sessions[part],
        scores=candidate.scores[part],
        limits=candidate.limits[part],
        expected=candidate.expected[part],
        expected_sd=candidate.expected_sd[part],
    )
