"""The picture of one client: scores, the expected course with its band, what was flagged and what could not be seen."""

from __future__ import annotations

from therarel.detection.candidate import found_marks
from therarel.detection.dyad_figure import dyad_marks
from therarel.detection.wording import number, session_words
from therarel.drawing import Chart, Colour, Plot, Ribbon, Trace, describe_series
from therarel.growth import ExpectedTrajectory
from therarel.panels.figures import score_axis, session_axis
from therarel.reports.client_scores import ClientScores

__all__ = ["client_chart"]


def client_chart(client: ClientScores, expected: ExpectedTrajectory | None) -> Chart:
    """The scores of one client over its own sessions, better scores up, whichever way the scale runs.

    Args:
        client: The client.
        expected: The course to lay behind the scores; ``None`` for none.
    """
    session, score, code = client.session, client.score, client.codes[0]
    y, x = score_axis(client.panel), session_axis(session, dated=client.dated, about=12)
    candidates = client.findings[0]
    behind, over = found_marks(candidates) if candidates else ([], [])
    sentences = [describe_series("The scores", session.tolist(), score.tolist(), x=x.title)]
    if expected is not None:
        times = expected.times.tolist()
        band = f"{expected.level:.0%} of single scores"
        behind = [
            Ribbon(times, expected.low.tolist(), expected.high.tolist(), Colour.GREEN, 0.14, name=band),
            Trace(times, expected.expected.tolist(), Colour.GREEN, dashes="5 3", name="expected course"),
            *([] if candidates and candidates[0].expected else behind),
        ]
        last = session_words(times[-1], dated=client.dated)
        sentences.append(
            f"The expected course goes to {number(float(expected.expected[-1]))} at {last}, and its band from"
            f" {number(float(expected.low[-1]))} to {number(float(expected.high[-1]))}."
        )
    sentences += [candidate.sentence for candidate in candidates] or ["No session is flagged."]
    return Chart(
        [Plot(x, y, [*dyad_marks(session, score, code, y, behind), *over])],
        title=f"The scores of {client.name}",
        description=" ".join(sentences),
        width=760,
        height=380,
        ground=False,
    )
