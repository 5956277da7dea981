"""Pictures of a detection: all series with what was flagged, each dyad with it, and one dyad on a control chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from therarel.counting import counted
from therarel.detection.candidates import Candidates
from therarel.detection.dyad_figure import dyad_plot
from therarel.detection.engine import series_of
from therarel.detection.figures import flags_of
from therarel.detection.judged import JudgedPanel
from therarel.detection.rules.base import Rule
from therarel.detection.rules.chart import IndividualsChart
from therarel.detection.verdicts import Verdict, Verdicts, code_of
from therarel.detection.wording import number
from therarel.drawing import Axis, Chart, Colour, Dots, Plot, Trace, describe_series
from therarel.errors import InvalidValueError, as_whole, shown
from therarel.panels import SessionIndex
from therarel.panels.figures import draw_panel, dyads_chart, score_axis, session_axis
from therarel.panels.naming import name_of_label
from therarel.panels.overview import evenly
from therarel.tables.arrays import Floats

MOST_MARKS: Final = 400


def draw_detection(judged: JudgedPanel) -> Chart:
    """All series of the panel, with the sessions that the primary rule flagged.

    Args:
        judged: The panel and what the rules said.
    """
    rows = judged.panel.to_frame("polars")
    every = np.flatnonzero(judged.codes[0] == code_of(Verdict.FLAGGED))
    at = every[evenly(every.size, MOST_MARKS)]
    session, score = (rows[name].cast(float).to_numpy()[at].tolist() for name in ("session", "score"))
    shape, colour = flags_of(judged.primary.change)[0]
    flags = Dots(session, score, colour, shape, 3.4, 0.85, name=f"flagged: {judged.terms.finding}")
    words = f"{counted(every.size, 'session')} flagged by the rule: {judged.primary.label}."
    if not every.size:
        return draw_panel(judged.panel, None, [], words)
    marked = f"{at.size:,} of them are marked, evenly chosen." if at.size < every.size else "They are marked."
    return draw_panel(judged.panel, None, [flags], f"{words} {marked}")


def draw_found_dyads(
    judged: JudgedPanel,
    candidates: Candidates,
    labels: Iterable[str] | None,
    most: int,
    simulated: Mapping[str, tuple[float, float]] = MappingProxyType({}),
) -> Chart:
    """A small picture for each dyad over its own sessions, with what the primary rule found.

    Args:
        judged: The panel and what the rules said.
        candidates: What the primary rule found.
        labels: The dyads; ``None`` takes evenly spaced ones of those with a candidate.
        most: Most pictures where no dyads are named.
        simulated: First and last session of the rupture that was put into the scores of a dyad, by its label.

    Raises:
        UnknownNameError: if a dyad is not there.
        InvalidValueError: if no dyad is named.
    """
    most = as_whole(most, where="draw_dyads.most", minimum=1)
    every, found = judged.panel.dyads, dict[str, list[int]]()
    for at, label in enumerate(candidates.columns.get("dyad", ())):
        found.setdefault(str(label), []).append(at)
    if labels is None:
        some = list(found) or every
        labels = [some[at] for at in evenly(len(some), most)]
    labels = [labels] if isinstance(labels, str) else list(dict.fromkeys(labels))
    judged.panel.only(labels)
    order, rows = {label: at for at, label in enumerate(every)}, judged.panel.to_frame("polars")
    session, score = (rows[name].cast(float).to_numpy() for name in ("session", "score"))
    plots = []
    for label in labels:
        part = slice(judged.starts[order[label]], judged.starts[order[label] + 1])
        here = [candidates[at] for at in found.get(label, ())]
        name, series = name_of_label(label, order[label]), (session[part], score[part], judged.codes[0][part])
        plots.append(dyad_plot(judged.panel, name, *series, here, simulated.get(label)))
    return dyads_chart(judged.panel, plots)


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
    shape, colour = flags_of(rule.change)[0]
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
    name = name_of_label(dyad, judged.panel.dyads.index(dyad))
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
