"""Pictures: a candidate on its series with the limits, and the rates of a calibration by length of series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import therarel.drawing as drawing
from therarel.counting import counted
from therarel.detection.change import Change
from therarel.detection.rates import Rates
from therarel.detection.wording import Terms, number, session_words
from therarel.domain.ratings import RatingScale
from therarel.drawing import Axis, Chart, Colour, Dots, Plot, Ribbon, Shape, Span, Trace
from therarel.panels.figures import scores_axis, session_axis

__all__ = ["calibration_figure", "candidate_figure", "flag_of"]


def flag_of(change: Change) -> tuple[Shape, Colour]:
    """The mark of a flagged session: it points where the scores went, and worse has another colour than better."""
    return ("down", Colour.VERMILLION) if change is Change.DROP else ("up", Colour.GREEN)


def candidate_figure(
    title: str,
    words: str,
    *,
    sessions: Sequence[float],
    scores: Sequence[float],
    limits: Sequence[float],
    reference: float,
    shaded: tuple[float, float],
    expected: Sequence[float],
    band: tuple[Sequence[float], Sequence[float]],
    shortfall: tuple[Sequence[float], Sequence[float], Sequence[float]],
    extreme: tuple[float, float],
    terms: Terms,
    scale: RatingScale,
    dated: bool,
) -> Chart:
    """One candidate on the scores of its dyad: the limit of the rule, the reference level, the worst or best score.

    Better scores stand higher up, whichever way the scale runs, as in the pictures of a report.

    Args:
        title: What the picture is headed by.
        words: The candidate in words, for those who cannot see it.
        sessions: The scored sessions of the dyad.
        scores: Their scores.
        limits: The limit of the rule at each of them, NaN where there is none.
        reference: The reference level.
        shaded: First and last session of the stretch that is shaded.
        expected: The score that was to be expected at each of them; empty where the rule expects none, and otherwise
            drawn in the place of limit and reference level.
        band: Ends between which scores would be then.
        shortfall: The shaded area then: sessions, scores, and what was expected.
        extreme: Session and score of the worst point; of a gain, of the best.
        terms: The words for what this is.
        scale: Range and direction of the scores.
        dated: Whether sessions are days.
    """
    x = session_axis(np.asarray(sessions, dtype=np.float64), dated=dated)
    shape, colour = flag_of(terms.change)
    at, score = extreme
    named = f"{terms.extreme}: {number(score)} at {session_words(at, dated=dated)}"
    marks: list[Span | Trace | Dots | Ribbon]
    if expected:
        marks = [
            Ribbon(sessions, *band, Colour.BLUE, name="95 of 100 scores that only wander"),
            Trace(sessions, expected, Colour.BLUE, dashes="4 3", name="expected from the other scores"),
            Ribbon(*shortfall, colour, 0.3, name=f"the {terms.move}"),
        ]
    else:
        marks = [
            Span(*shaded),
            Trace(sessions, limits, Colour.MUTED, dashes="4 3", name="limit of the rule"),
            Trace(x.domain, (reference, reference), Colour.GREEN, dashes="1 3", name="reference level"),
        ]
    marks += [
        Trace(sessions, scores, name="score"),
        Dots(sessions, scores),
        Dots([at], [score], colour, shape, 5, name=named),
    ]
    return Chart(
        [Plot(x, scores_axis("score", scale), marks)],
        title=title,
        description=f"{drawing.describe_series('Scores', sessions, scores, x=x.title)} {words}",
    )


def calibration_figure(calibration: Rates, words: str) -> Chart:
    """False alarms and hits of one rule by length of series, with their intervals.

    Args:
        calibration: The rates.
        words: The same in words, for those who cannot see it.
    """
    sizes = [each.sessions or 0 for each in calibration.false_alarms]
    kinds = list(dict.fromkeys((hit.depth, hit.length) for hit in calibration.hits))
    told = "; ".join(f"{each.series}: {each.clients.share:.2f}" for each in calibration.false_alarms)
    spread = 1 if min(sizes) == max(sizes) else 0
    lines = [("false alarms", Colour.VERMILLION, [each.clients for each in calibration.false_alarms])]
    hues = (Colour.BLUE, Colour.GREEN, Colour.PURPLE, Colour.SKY)
    for at, (depth, length) in enumerate(kinds):
        found = [hit.found for hit in calibration.hits if (hit.depth, hit.length) == (depth, length)]
        name = f"{depth:g} {'point' if depth == 1 else 'points'}, {counted(length, 'session')}"
        lines.append((name, hues[at % len(hues)], found))
    marks: list[Trace | Dots | Ribbon] = []
    for at, (name, colour, rates) in enumerate(lines):
        shares, lows, highs = ([getattr(each, end) for each in rates] for end in ("share", "low", "high"))
        if spread:  # side by side, each with its interval as a stroke
            place = sizes[0] + 0.1 * (at - (len(lines) - 1) / 2)
            marks += [Trace([place] * 2, [*lows, *highs], colour), Dots([place], shares, colour, radius=3.5, name=name)]
            continue
        marks.append(Ribbon(sizes, lows, highs, colour))
        marks += [Trace(sizes, shares, colour, name=name), Dots(sizes, shares, colour)]
    x = Axis(
        "sessions",
        (min(sizes) - spread, max(sizes) + spread),
        tuple(sizes),
        ("as in the panel",) if sizes == [0] else None,
    )
    return Chart(
        [Plot(x, Axis("share of clients", (0, 1)), marks)],
        title=f"Rates of the rule: {calibration.rule.label}",
        description=f"Share of clients flagged by noise alone, by number of sessions: {told}."
        f" Null model: {calibration.null.source}. {words}",
    )
