"""Pictures: a candidate on its series with the limits, and the rates of a calibration by length of series."""

from __future__ import annotations

import math
from collections.abc import Sequence

import therarel.drawing as drawing
from therarel.counting import counted
from therarel.detection.change import Change
from therarel.detection.rates import Rates
from therarel.detection.wording import Terms, number, session_words
from therarel.domain.ratings import RatingScale
from therarel.drawing import Colour, Drawing

__all__ = ["calibration_figure", "candidate_figure"]

_WIDTH, _HEIGHT = 560, 260


def candidate_figure(
    title: str,
    words: str,
    *,
    sessions: Sequence[float],
    scores: Sequence[float],
    limits: Sequence[float],
    reference: float,
    shaded: tuple[float, float],
    extreme: tuple[float, float],
    terms: Terms,
    scale: RatingScale,
    dated: bool,
) -> Drawing:
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
        extreme: Session and score of the worst point; of a gain, of the best.
        terms: The words for what this is.
        scale: Range and direction of the scores.
        dated: Whether sessions are days.
    """
    what = "day" if dated else "session"
    description = f"{drawing.describe_series('Scores', sessions, scores, x=what)} {words}"
    picture = Drawing(_WIDTH, _HEIGHT, title=title, description=description)
    panel = picture.frame.inset(top=46, right=24, bottom=62, left=48)
    first, last = min(sessions), max(sessions)
    spread = 0.5 if first == last else 0.0
    x = panel.x((first - spread, last + spread))
    ends = (scale.minimum, scale.maximum)
    y = panel.y(ends if scale.higher_is_better else ends[::-1])

    def inside(score: float) -> float:
        """A level on the scale: a limit beyond its end is drawn at the edge."""
        return min(max(score, scale.minimum), scale.maximum)

    picture.add(drawing.text(16, 20, picture.title, size=13, bold=True))
    picture.add(
        drawing.left_axis(y, panel, title=f"score, {scale}{'' if scale.higher_is_better else ' (better is up)'}")
    )
    picture.add(drawing.bottom_axis(x, panel, title=what))
    begin, end = shaded
    picture.add(
        drawing.rectangle(
            drawing.Frame.between((x(begin), panel.top), (x(end), panel.bottom)), fill=Colour.ORANGE, opacity=0.12
        )
    )
    heights = [None if math.isnan(each) else y(inside(each)) for each in limits]
    picture.add(drawing.line(x.map(sessions), heights, colour=Colour.MUTED, dashes="4 3"))
    level = y(inside(reference))
    picture.add(drawing.rule((panel.left, level), (panel.right, level), colour=Colour.GREEN, dashes="1 3"))
    picture.add(drawing.line(x.map(sessions), y.map(scores), colour=Colour.BLUE))
    picture.add(drawing.points(x.map(sessions), y.map(scores), colour=Colour.BLUE))
    shape: drawing.Shape = "down" if terms.change is Change.DROP else "up"
    colour = Colour.VERMILLION if terms.change is Change.DROP else Colour.GREEN
    at, score = extreme
    picture.add(drawing.points([x(at)], [y(score)], shape=shape, colour=colour, radius=5))
    picture.add(
        drawing.key(
            panel.left,
            picture.frame.bottom - 12,
            [
                (drawing.line([0, 16], [0, 0], colour=Colour.BLUE), "score"),
                (drawing.line([0, 16], [0, 0], colour=Colour.MUTED, dashes="4 3"), "limit of the rule"),
                (drawing.line([0, 16], [0, 0], colour=Colour.GREEN, dashes="1 3"), "reference level"),
                (
                    drawing.points([8], [0], shape=shape, colour=colour, radius=4),
                    f"{terms.extreme}: {number(score)} at {session_words(at, dated=dated)}",
                ),
            ],
        )
    )
    return picture


def calibration_figure(calibration: Rates, words: str) -> Drawing:
    """False alarms and hits of one rule by length of series, with their intervals.

    Args:
        calibration: The rates.
        words: The same in words, for those who cannot see it.
    """
    sizes = [each.sessions or 0 for each in calibration.false_alarms]
    kinds = list(dict.fromkeys((hit.depth, hit.length) for hit in calibration.hits))
    told = "; ".join(f"{each.series}: {each.clients.share:.2f}" for each in calibration.false_alarms)
    picture = Drawing(
        _WIDTH,
        _HEIGHT,
        title=f"Rates of the rule: {calibration.rule.label}",
        description=f"Share of clients flagged by noise alone, by number of sessions: {told}."
        f" Null model: {calibration.null.source}. {words}",
    )
    panel = picture.frame.inset(top=46, right=150, bottom=44, left=48)
    low, high = min(sizes), max(sizes)
    spread = 1 if low == high else 0
    x, y = panel.x((low - spread, high + spread)), panel.y((0, 1))
    picture.add(drawing.text(16, 20, picture.title, size=13, bold=True))
    picture.add(drawing.left_axis(y, panel, title="share of clients"))
    own = "as in the panel" if sizes == [0] else None
    picture.add(drawing.bottom_axis(x, panel, ticks=sizes, labels=None if own is None else [own], title="sessions"))
    lines = [("false alarms", Colour.VERMILLION, [each.clients for each in calibration.false_alarms])]
    hues = (Colour.BLUE, Colour.GREEN, Colour.PURPLE, Colour.SKY)
    for at, (depth, length) in enumerate(kinds):
        found = [hit.found for hit in calibration.hits if (hit.depth, hit.length) == (depth, length)]
        lines.append(
            (
                f"{depth:g} {'point' if depth == 1 else 'points'}, {counted(length, 'session')}",
                hues[at % len(hues)],
                found,
            )
        )
    lines.sort(key=lambda entry: -entry[2][-1].share)
    ends = drawing.spread([y(rates[-1].share) for _, _, rates in lines], 14, low=panel.top, high=panel.bottom)
    for (name, colour, rates), end in zip(lines, ends, strict=True):
        across = x.map(sizes)
        picture.add(
            drawing.area(
                across, y.map([each.low for each in rates]), y.map([each.high for each in rates]), colour=colour
            )
        )
        picture.add(drawing.line(across, y.map([each.share for each in rates]), colour=colour))
        picture.add(drawing.points(across, y.map([each.share for each in rates]), colour=colour))
        picture.add(drawing.text(panel.right + 8, end, name, size=11, middle=True))
    return picture
