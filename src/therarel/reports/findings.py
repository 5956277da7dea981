"""The findings: all series in one picture, close-ups, the table with the grounds, and the counts by group."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from therarel.counting import counted
from therarel.detection import RecoveryStatus, ReversalStatus, RuptureCandidate, Verdict
from therarel.detection.overview import MOST_MARKS, draw_found_dyads
from therarel.detection.rules import Change
from therarel.detection.verdicts import CODES
from therarel.detection.wording import in_points, number, probability, session_words
from therarel.drawing import Chart
from therarel.panels import SessionIndex
from therarel.panels.figures import scored_chart
from therarel.panels.overview import evenly_chosen
from therarel.reports.courses import far_apart
from therarel.reports.markup import Content, Markup, joined, scrolling, section, table, tag
from therarel.reports.subject import Subject, capital

_MOST_ROWS: Final = 500


def series_section(subject: Subject) -> Markup:
    """All series in one picture."""
    detection, courses = subject.detection, subject.courses
    drawn, scored = len(evenly_chosen(courses.lengths)), int((courses.lengths > 0).sum())
    caption = (
        "Every dyad is a thin line"
        if drawn == scored
        else f"{drawn:,} of {scored:,} dyads, evenly spaced in the order of their labels, are thin lines"
    )
    caption += (
        "; in blue the median and the middle half of the scores at each session, where at least 8 dyads have one."
    )
    flagged = int((courses.code == CODES[Verdict.FLAGGED]).sum())
    if flagged > MOST_MARKS:
        caption += f" {MOST_MARKS:,} of {flagged:,} flagged sessions have a mark."
    caption += " Below, how many dyads have a score at each: a median over fewer dyads is one of those who stay."
    if subject.simulated is not None:
        caption += " All scores are simulated."
    pictures = Markup(detection.draw().to_svg() + scored_chart(detection.panel).to_svg())
    return section("All series", tag("figure", scrolling(pictures, "All series"), tag("figcaption", caption)))


def candidate_section(subject: Subject) -> Markup:
    """The findings: what became of them, close-ups, and the table."""
    detection = subject.detection
    total = len(detection.candidates)
    heading = capital(subject.findings)
    if not total:
        empty = (
            f"The primary rule, {detection.primary.label}, flagged no session. That does not prove that nothing"
            " happened: see what it could not have seen."
        )
        return section(heading, tag("p", empty))
    parts: list[Content] = [tag("p", _became(subject))]
    begins = int(np.isnan(np.asarray(detection.candidates.columns["onset"], dtype=np.float64)).sum())
    if begins:
        parts.append(
            tag(
                "p",
                f"{counted(begins, 'finding')} {'begins' if begins == 1 else 'begin'} with the series: no earlier"
                f" session shows the reference level, so that no {subject.terms.move} was seen, only scores far from"
                " the level that came later. In series that improve, this is what a beginning looks like.",
                class_="caution",
            )
        )
    apart = far_apart(subject.courses)
    if apart and detection.panel.index is not SessionIndex.DATED and detection.panel.max_gap is None:
        parts.append(
            tag(
                "p",
                f"{counted(apart, 'flagged session')} {'comes' if apart == 1 else 'come'} after a break: the score"
                " before is more than one session away, because sessions or scores are missing. What happened in"
                " between is not known. The option --max-gap keeps such sessions from being compared.",
                class_="caution",
            )
        )
    parts.append(_closeups(subject))
    parts.append(_candidate_table(subject))
    return section(heading, *parts)


def _became(subject: Subject) -> str:
    columns, terms = subject.detection.candidates.columns, subject.terms
    endings = [str(ending) for ending in columns[terms.ending]]
    dyads = len(set(columns["dyad"]))
    far = np.asarray(columns["distance"], dtype=np.float64)
    if terms.change is Change.GAIN:
        lost, kept, unknown = (endings.count(status) for status in ReversalStatus)
        became = f"{kept:,} held, {lost:,} {'was' if lost == 1 else 'were'} lost again"
    else:
        recovered, open_, unknown = (endings.count(status) for status in RecoveryStatus)
        became = f"{recovered:,} recovered, {open_:,} stayed open"
    if unknown:
        became += f", and of {unknown:,} it is not known, because the series ends too soon"
    return (
        f"{counted(len(endings), subject.finding, subject.findings)} in {counted(dyads, 'dyad')}: {became}. The median"
        f" {terms.distance} is {in_points(float(np.median(far)))}, the largest {number(float(far.max()))}."
    )


def _closeups(subject: Subject) -> Markup:
    if not _close_up_dyads(subject):
        return Markup("")
    chart = closeups(subject)
    return tag(
        "figure",
        scrolling(Markup(chart.key().to_svg()), "Key to the close-ups", "scroll narrow"),
        tag("ul", *(tag("li", Markup(panel.to_svg())) for panel in chart.panels()), class_="closeups"),
        tag("figcaption", _closeups_caption(subject, len(chart.plots))),
    )


def _closeups_caption(subject: Subject, shown: int) -> str:
    candidates, first = subject.detection.candidates, _ranked(subject)[1]
    more = len(set(candidates.columns["dyad"])) - shown
    if not more:
        which = f"Every dyad with a finding, the {first} first."
    else:
        which = (
            f"The {counted(shown, 'dyad')} with the {first} findings; {counted(more, 'further dyad')} with"
            f" findings {'is' if more == 1 else 'are'} not drawn. The whole table comes with --candidates or --json."
        )
    drawn = f"{which} Each series is drawn over its own sessions, on the whole scale, better scores up."
    if candidates[0].expected:
        return (
            f"{drawn} The dashed line is what a dyad's other scores lead one to expect, and the band holds 95 of 100"
            f" scores that only wander about it; the {subject.terms.move} is shaded."
        )
    return f"{drawn} A score on the {subject.terms.change.towards} side of the dashed limit is what the rule flags."


def _candidate_table(subject: Subject) -> Markup:
    candidates, terms = subject.detection.candidates, subject.terms
    sure, truth = "q" in candidates.columns, subject.simulated is not None
    rows = [_candidate_row(subject, candidates[at]) for at in range(min(_MOST_ROWS, len(candidates)))]
    head = [
        "dyad",
        "after",
        "flagged at",
        f"{terms.extreme} at",
        "depth" if terms.change is Change.DROP else "change",
        "length",
        f"{terms.returned} at",
        *(("q",) if sure else ()),
        *(("simulated at",) if truth else ()),
        "grounds",
    ]
    listed = table(
        f"{capital(subject.findings)} by the rule {subject.detection.primary.label}, in the order of dyads"
        + (" (simulated)" if truth else ""),
        head,
        rows,
        numbers=[1, 2, 3, 4, 5, *((7,) if sure else ())],
        class_="wide",
    )
    note = (
        f"{'Depth' if terms.change is Change.DROP else 'Change'} is the distance from the reference level to the"
        f" {terms.extreme}, in score points. Length counts scored sessions from the flagged one to the last before"
        f" {terms.ending}, or to the last one looked at."
    )
    if sure:
        note += (
            " Of the dyads with q up to .2, at most about one in five is noise, on average over panels, if the model of"
            " the noise holds. It is not the probability of any one of them."
        )
    if truth:
        note += " Sessions of the simulated rupture come before the grounds."
    if len(candidates) > _MOST_ROWS:
        note += (
            f" The first {_MOST_ROWS} of {len(candidates):,} are listed; the whole table comes with --candidates or"
            " --json."
        )
    return joined(listed, tag("p", note, class_="note"))


def _candidate_row(subject: Subject, candidate: RuptureCandidate) -> list[Content]:
    dated = candidate.dated
    unknown = RecoveryStatus.NOT_KNOWN is candidate.recovery or ReversalStatus.NOT_KNOWN is candidate.reversal
    became = "not known" if unknown else candidate.ending
    if candidate.returned_at is not None:
        became = session_words(candidate.returned_at, dated=dated)
    q = candidate.values.get("q")
    fall = subject.falls.get(subject.courses.indices[candidate.dyad])
    return [
        tag("bdi", subject.courses.name(candidate.dyad)),
        "begins so" if candidate.onset is None else number(candidate.onset),
        number(candidate.flagged_at),
        number(candidate.extreme_at),
        number(candidate.distance),
        f"{candidate.length}",
        tag("span", became, class_="tight"),
        *(() if q is None else (probability(q),)),
        *(() if subject.simulated is None else ("none" if fall is None else tag("span", str(fall), class_="tight"),)),
        grounds_of(candidate),
    ]


def grounds_of(candidate: RuptureCandidate) -> str:
    """What the rule compared at the flagged session, and which other rules flagged it, in a sentence or two."""
    score, limit = candidate.seen_at(candidate.flagged_at)
    grounds = f"Score {number(score)}, reference {number(candidate.reference)}"
    if not math.isnan(limit):
        grounds += f", limit {number(limit)}"
    for name, words in (("spread", "SD"), ("sigma", "sigma")):
        value = candidate.values.get(name, math.nan)
        if not math.isnan(value):
            grounds += f", {words} {number(value)}"
    seen = candidate.values
    if "depth_low" in seen:
        depth, low, high = (f"{seen[name]:.1f}" for name in ("depth", "depth_low", "depth_high"))
        grounds += f"; {candidate.rule.change.size} {depth} ({low} to {high}), p {probability(seen['p'])}"
    return grounds + (f". Also flagged by {', '.join(candidate.also)}." if candidate.also else ".")


def closeups(subject: Subject) -> Chart:
    """The close-ups as the panels of a chart; of simulated scores with the ruptures that were put in.

    Raises:
        InvalidValueError: if there is none.
    """
    detection, labels = subject.detection, _close_up_dyads(subject)
    simulated = {label: at for label in labels if (at := subject.simulated_at(label)) is not None}
    return draw_found_dyads(detection, detection.candidates, labels, 1, simulated)


def _ranked(subject: Subject) -> tuple[str, str]:
    """By which column findings are ranked, and what the first of them is called."""
    sure = "log_ratio" in subject.detection.candidates.columns
    return ("log_ratio", "surest") if sure else ("distance", "largest")


def _close_up_dyads(subject: Subject) -> list[str]:
    """The dyads that get a close-up, those with the surest or largest findings first."""
    candidates = subject.detection.candidates
    if not len(candidates):
        return []
    far = np.asarray(candidates.columns[_ranked(subject)[0]], dtype=np.float64)
    labels = [str(candidates.columns["dyad"][at]) for at in np.argsort(-far, kind="stable").tolist()]
    return list(dict.fromkeys(labels))[: subject.most_drawn]


def group_section(subject: Subject) -> Markup:
    """A table for each column that was named; nothing if there is none."""
    if not subject.groups:
        return Markup("")
    parts = []
    for counts in subject.groups:
        caption = f"Dyads with a finding, by {counts.head[0]}"
        parts.append(table(caption, counts.head, counts.rows, numbers=range(1, len(counts.head)), class_="wide"))
        parts += [tag("p", counts.note)] if counts.note else []
    return section("By group", joined(*parts, by="\n"))
