"""The picture of one client: scores, the expected course with its band, what was flagged and what could not be seen."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from therarel.detection import Reason, Verdict
from therarel.detection.figures import flag_of
from therarel.detection.judged import terms_of
from therarel.detection.rules import Rule
from therarel.detection.verdicts import CODES
from therarel.detection.wording import number, session_words
from therarel.drawing import Chart, Colour, Dots, Plot, Ribbon, Shape, Trace, describe_series
from therarel.growth import ExpectedTrajectory
from therarel.panels.figures import score_axis, session_axis
from therarel.reports.client_scores import ClientScores

__all__ = ["client_chart"]

Floats = npt.NDArray[np.float64]

_BLIND: Final = min(CODES[reason] for reason in Reason)


def client_chart(client: ClientScores, primary: Rule, expected: ExpectedTrajectory | None) -> Chart:
    """The scores of one client over its own sessions, better scores up, whichever way the scale runs.

    Args:
        client: The client.
        primary: The rule whose findings are marked.
        expected: The course to lay behind the scores; ``None`` for none.
    """
    session, score, code = client.session, client.score, client.codes[0]
    terms = terms_of(primary, client.panel)
    y, x = score_axis(client.panel), session_axis(session, dated=client.dated, about=12)
    marks: list[Ribbon | Trace | Dots] = []
    sentences = [describe_series("The scores", session.tolist(), score.tolist(), x=x.title)]
    if expected is not None:
        times = expected.times.tolist()
        band = f"{expected.level:.0%} of single scores"
        marks += [
            Ribbon(times, expected.low.tolist(), expected.high.tolist(), Colour.GREEN, 0.14, name=band),
            Trace(times, expected.expected.tolist(), Colour.GREEN, dashes="5 3", name="expected course"),
        ]
        last = session_words(times[-1], dated=client.dated)
        sentences.append(
            f"The expected course goes to {number(float(expected.expected[-1]))} at {last}, and its band from"
            f" {number(float(expected.low[-1]))} to {number(float(expected.high[-1]))}."
        )
    blind, flagged = client.scored & (code >= _BLIND), code == CODES[Verdict.FLAGGED]
    shape, colour = flag_of(primary.change)
    limits = client.findings[0][0] if client.findings[0] else None
    if limits is not None and np.isfinite(limits.limits).any():
        marks.append(Trace(limits.sessions, limits.limits, Colour.MUTED, dashes="2 3", name="limit of the rule"))
    seen = client.scored & ~blind
    marks += [
        Trace(session.tolist(), score.tolist(), Colour.BLUE, name="score"),
        Dots(session[seen].tolist(), score[seen].tolist(), Colour.BLUE, radius=2.6),
        *_dots(session[blind], score[blind], Colour.BLUE, "ring", 2.8, "undetectable"),
        *_dots(session[flagged], score[flagged], colour, shape, 4.4, f"flagged: {terms.finding}"),
    ]
    missing = session[~client.scored]
    foot = np.full(missing.size, y.domain[0])
    marks += _dots(missing, foot, Colour.MUTED, "cross", 3, "no score")
    at = ", ".join(session_words(flag, dated=client.dated) for flag in session[flagged].tolist())
    sentences.append(f"Flagged: {at}." if at else "No session is flagged.")
    return Chart(
        [Plot(x, y, marks)],
        title=f"The scores of {client.name}",
        description=" ".join(sentences),
        width=760,
        height=380,
        ground=False,
    )


def _dots(session: Floats, score: Floats, colour: Colour, shape: Shape, radius: float, name: str) -> list[Dots]:
    """Points, if there are any: what does not occur is not in the key."""
    return [Dots(session.tolist(), score.tolist(), colour, shape, radius, name=name)] if session.size else []
