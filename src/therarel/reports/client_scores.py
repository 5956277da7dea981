"""The scores of one client in a panel: what rules said of them, what the others lead one to expect, and a picture."""

from __future__ import annotations

import warnings
from typing import Final

import numpy as np
from attrs import field, frozen

from therarel.counting import counted
from therarel.detection import Detection, RuptureCandidate
from therarel.detection.candidate import found_marks
from therarel.detection.dyad_figure import dyad_marks
from therarel.detection.expectation import ENOUGH
from therarel.detection.wording import number, session_words
from therarel.drawing import Chart, Colour, Plot, Ribbon, Trace, describe_series
from therarel.errors import TherarelError
from therarel.growth import ExpectedTrajectory, GrowthWarning, fit_growth
from therarel.noise.matching import FEWEST_SCORES
from therarel.panels import Panel, SessionIndex
from therarel.panels.figures import score_axis, session_axis
from therarel.reports.courses import Courses
from therarel.tables.arrays import Codes, Floats, Truths

_FORMULA: Final = "score ~ session"
_RANDOM: Final = {"dyad": "1 + session"}


@frozen(eq=False, kw_only=True)
class ClientScores:
    """One dyad of a detection, and nothing of the others.

    Args:
        label: Its label in the panel.
        name: What it is called where people read it.
        panel: The panel of this dyad alone.
        session: Session numbers, or days; shape ``(n,)``.
        score: Scores, NaN where there is none; shape ``(n,)``.
        codes: Verdict codes of each rule, one row per rule; shape ``(r, n)``.
        findings: The candidates of each rule.
    """

    label: str
    name: str
    panel: Panel
    session: Floats
    score: Floats
    codes: Codes
    findings: tuple[tuple[RuptureCandidate, ...], ...] = field(repr=False)

    @classmethod
    def of(cls, detection: Detection, label: str) -> ClientScores:
        """The dyad with this label.

        Raises:
            UnknownNameError: if there is no such dyad.
        """
        panel = detection.panel.only([label])
        courses = Courses.of(detection)
        label = panel.dyads[0]
        rows = courses.rows(courses.indices[label])
        return cls(
            label=label,
            name=courses.shared_key(label),
            panel=panel,
            session=courses.session[rows],
            score=courses.score[rows],
            codes=np.array([code[rows] for code in detection.codes]),
            findings=tuple(
                tuple(candidates[at] for at, dyad in enumerate(candidates.columns.get("dyad", ())) if dyad == label)
                for candidates in map(detection.candidates_of, detection.rules)
            ),
        )

    @property
    def dated(self) -> bool:
        """Whether sessions are days."""
        return self.panel.index is SessionIndex.DATED

    @property
    def scored(self) -> Truths:
        """Which sessions have a score; shape ``(n,)``."""
        return np.isfinite(self.score)


def expected_course(detection: Detection, client: ClientScores) -> tuple[ExpectedTrajectory | None, str]:
    """The course that the other dyads of a panel lead one to expect after the first score of one of them.

    A straight line of each of the others, with levels and slopes that differ between them, is fitted to their scores.

    Args:
        detection: All dyads.
        client: The one that is left out of the fit.

    Returns:
        The expected scores at the sessions after the first scored one; or ``None``, with the reason.
    """
    session, score = client.session[client.scored], client.score[client.scored]
    if session.size < 2:
        return None, "it takes a first score and another one after it"
    others = [dyad for dyad in detection.panel.dyads if dyad != client.label]
    lengths = dict(zip(detection.panel.dyads, Courses.of(detection).lengths.tolist(), strict=True))
    enough = sum(lengths[dyad] >= FEWEST_SCORES for dyad in others)
    if enough < ENOUGH:
        return None, (
            f"it takes {ENOUGH} other dyads with {FEWEST_SCORES} or more scores, and there"
            f" {'is' if enough == 1 else 'are'} {counted(enough, 'dyad')}"
        )
    times = client.session[client.session > session[0]].tolist()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GrowthWarning)
            fit = fit_growth(detection.panel.only(others), _FORMULA, _RANDOM)
        return fit.expected_trajectory(times, observed={float(session[0]): float(score[0])}), ""
    except TherarelError:
        return None, "a straight line could not be fitted to the scores of the others"


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
