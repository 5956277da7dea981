"""Pictures of a detection: all series with what was flagged, each dyad with it, and one dyad on a control chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from therarel.counting import counted
from therarel.detection.engine import series_of
from therarel.detection.figures import flag_of
from therarel.detection.judged import JudgedPanel
from therarel.detection.rules.base import Rule
from therarel.detection.rules.chart import IndividualsChart
from therarel.detection.verdicts import Verdict, Verdicts, code_of
from therarel.detection.wording import number
from therarel.drawing import Axis, Chart, Colour, Dots, Plot, Trace, describe_series
from therarel.errors import InvalidValueError, as_whole, shown
from therarel.panels import SessionIndex
from therarel.panels.figures import draw_dyads, draw_panel, score_axis, session_axis
from therarel.panels.naming import dyad_name

__all__ = ["control_chart", "draw_detection", "draw_found_dyads"]

MOST_MARKS: Final = 400
Floats = npt.NDArray[np.float64]


def draw_detection(judged: JudgedPanel) -> Chart:
    """All series of the panel, with the sessions that the primary rule flagged.

    Args:
        judged: The panel and what the rules said.
    """
    rows = judged.panel.frame.select("session", "score")
    at = np.flatnonzero(judged.codes[0] == code_of(Verdict.FLAGGED))
    every = at.size
    if every > MOST_MARKS:
        at = at[np.linspace(0, every - 1, MOST_MARKS).round().astype(np.intp)]
    session, score = (rows[name].cast(float).to_numpy()[at] for name in ("session", "score"))
    marked = f"{at.size:,} of them are marked, evenly chosen." if at.size < every else "They are marked."
    words = f"{counted(every, 'session')} flagged by the rule: {judged.primary.label}. {marked if every else ''}"
    return draw_panel(judged.panel, None, [_flags(judged, session, score)] if every else [], words.strip())


def draw_found_dyads(judged: JudgedPanel, labels: Iterable[str] | None, most: int) -> Chart:
    """A small picture for each dyad, with the sessions that the primary rule flagged.

    Args:
        judged: The panel and what the rules said.
        labels: The dyads; ``None`` takes evenly spaced ones of those with a flagged session.
        most: Most pictures where no dyads are named.

    Raises:
        UnknownNameError: if a dyad is not there.
        InvalidValueError: if no dyad is left.
    """
    most = as_whole(most, where="draw_dyads.most", minimum=1)
    rows = judged.panel.frame.select("dyad", "session", "score")[
        np.flatnonzero(judged.codes[0] == code_of(Verdict.FLAGGED))
    ]
    flagged = rows["dyad"].unique(maintain_order=True).to_list()
    if labels is None and flagged:
        evenly = np.linspace(0, len(flagged) - 1, min(most, len(flagged))).round().astype(np.intp)
        labels = [flagged[each] for each in evenly.tolist()]
    over: Mapping[str, list[Dots]] = {
        str(dyad): [_flags(judged, part["session"].cast(float).to_numpy(), part["score"].to_numpy())]
        for (dyad,), part in rows.group_by("dyad")
    }
    return draw_dyads(judged.panel, labels, most, None, over)


def _flags(judged: JudgedPanel, session: Floats, score: Floats) -> Dots:
    shape, colour = flag_of(judged.primary.change)
    return Dots(session.tolist(), score.tolist(), colour, shape, 3.4, 0.85, name=f"flagged: {judged.terms.finding}")


def control_chart(judged: JudgedPanel, dyad: str, rule: Rule | None) -> Chart:
    """One dyad on a control chart: its scores, the centre, the limits and what the chart flags.

    Args:
        judged: The panel and what the rules said.
        dyad: Its label.
        rule: A control chart; ``None`` takes the first among the rules, and an individuals chart if there is none.

    Raises:
        UnknownNameError: if the dyad is not there.
        InvalidValueError: if the rule has no centre and no sigma, or the dyad has no score.
    """
    rule = next((each for each in judged.rules if each.charted), IndividualsChart()) if rule is None else rule
    if not getattr(rule, "charted", ""):
        raise InvalidValueError(
            "a control chart is drawn of a chart",
            where="control_chart.rule",
            value=shown(getattr(rule, "name", rule)),
            hint="such as therarel.rules.IndividualsChart()",
        )
    panel = judged.panel.only([dyad])
    series, _, _ = series_of(next(panel.blocks()), panel)
    if not series.score.size:
        raise InvalidValueError("the dyad has no score", where="control_chart.dyad", value=shown(dyad))
    seen = rule.verdicts(series, judged.context, values=True)
    sign = 1.0 if panel.scale.higher_is_better else -1.0
    x = session_axis(series.session, dated=panel.index is SessionIndex.DATED)
    at, score, flagged = series.session.tolist(), sign * series.score, seen.flagged
    shape, colour = flag_of(rule.change)
    centre = sign * seen.values["reference"]
    marked = Dots(series.session[flagged].tolist(), score[flagged].tolist(), colour, shape, 5, name="flagged")
    scores: list[Trace | Dots] = [
        Trace(at, centre.tolist(), Colour.GREEN, 1.2, name="centre"),
        Trace(at, score.tolist(), name="score"),
        Dots(at, score.tolist()),
        marked,
    ]
    plots = [Plot(x, score_axis(panel), [*_limits(rule, seen, at, sign, centre), *scores])]
    if rule.charted == "cusum":
        plots = [Plot(x, score_axis(panel), scores, "scores"), _cusum(x, seen, at, "sum of shortfalls, worse is down")]
    name = dyad_name(dyad, judged.panel.dyads.index(dyad))
    centred = f"Centre {number(float(centre[0]))}, sigma {number(float(seen.values['sigma'][0]))}"
    return Chart(
        plots,
        height=300 if len(plots) == 1 else 460,
        columns=1,
        title=f"Dyad {name}: {rule.label}",
        description=f"{describe_series(name, at, score.tolist(), x=x.title)} {centred}; "
        f"{counted(int(flagged.sum()), 'session')} flagged. {rule.method}",
    )


def _limits(rule: Rule, seen: Verdicts, at: list[float], sign: float, centre: Floats) -> list[Trace | Dots]:
    """The limits on both sides of the centre, and of an average the average."""
    average = rule.charted == "ewma"
    limit = sign * seen.values["ewma_limit" if average else "limit"]
    lines: list[Trace | Dots] = [
        Trace(at, (2 * centre - limit).tolist(), Colour.MUTED, 1.2, "4 3"),
        Trace(at, limit.tolist(), Colour.MUTED, 1.2, "4 3", name="limits of the average" if average else "limits"),
    ]
    if average:
        lines.append(Trace(at, (sign * seen.values["ewma"]).tolist(), Colour.PURPLE, 2.2, name="average"))
    return lines


def _cusum(x: Axis, seen: Verdicts, at: list[float], title: str) -> Plot:
    """The cumulative sum of shortfalls with its decision interval, in score points."""
    total, limit = seen.values["cusum"], seen.values["cusum_limit"]
    most = float(np.nanmax([*total, *limit, 0.0]))
    return Plot(
        x,
        Axis("score points", (1.05 * most or 1.0, 0)),
        [
            Trace(at, limit.tolist(), Colour.MUTED, 1.2, "4 3", name="decision interval"),
            Trace(at, total.tolist(), Colour.PURPLE, name="sum of shortfalls"),
            Dots(at, total.tolist(), Colour.PURPLE),
        ],
        title,
    )
