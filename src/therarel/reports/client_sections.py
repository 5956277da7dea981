"""The sections of the page of one client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from therarel.confidential import taken_for
from therarel.counting import counted
from therarel.detection import Detection, Reason, Verdict
from therarel.detection.judged import terms_of
from therarel.detection.verdicts import CODES, reason_of, verdict_of
from therarel.detection.wording import may_say_rupture, number, session_words
from therarel.drawing import Chart
from therarel.growth import ExpectedTrajectory
from therarel.panels import Action, ProblemKind
from therarel.panels.naming import is_personal, is_text
from therarel.panels.problems import code_or_none, problem_words
from therarel.reports.client_scores import ClientScores
from therarel.reports.courses import Courses
from therarel.reports.findings import grounds_of
from therarel.reports.markup import Content, Markup, joined, scrolling, section, table, tag
from therarel.reports.paired import change_names, paired_scores
from therarel.reports.phrases import REASONS, score_name
from therarel.reports.references import instrument_of, judged_in_words
from therarel.reports.subject import capital

_FEW: Final = 12


def client_opening(title: str, detection: Detection, client: ClientScores, simulated: str | None) -> Markup:
    """The heading, what this is, and what has to be known before anything else."""
    panel = client.panel
    scored, sessions = int(client.scored.sum()), counted(client.session.size, "session")
    name = score_name(panel.construct, panel.instrument, panel.columns.get("score"), panel.scale)
    lead = f"The scores of one client, for supervision: {name}; {scored:,} of {sessions} scored."
    rater = [f"rated by the {panel.rater.label}"] if panel.rater else []
    therapists = _therapists(client)
    if therapists:
        rater.append(f"therapist {' and '.join(therapists)}")
    facts = tag("p", tag("bdi", capital("; ".join(rater)) + "."), class_="note") if rater else None
    cautions: list[Content] = []
    if simulated is not None:
        cautions.append(joined(tag("strong", "Simulated data. "), f"{simulated} No real person is in it."))
    if panel.risk_note is not None:
        cautions.append(joined(tag("strong", "Risk. "), panel.risk_note))
    if len(therapists) > 1:
        cautions.append(
            "The therapist changed. A new therapist is a new relationship, and a series that runs across the change"
            " mixes two."
        )
    if taken_for(client.label) is not None:
        cautions.append("The label reads like something personal. Replace it by a code before you share this page.")
    return tag(
        "header",
        tag("h1", title),
        tag("p", lead, class_="lead"),
        facts,
        *(tag("p", words, class_="caution") for words in cautions),
    )


def client_scores_section(
    detection: Detection, client: ClientScores, chart: Chart, expected: ExpectedTrajectory | None, unknown: str
) -> Markup:
    """The picture, the change from the first score to the last, and how the scores lie to the expected course."""
    return section(
        "Scores and expected course",
        tag(
            "figure",
            scrolling(Markup(chart.to_svg()), "Scores and expected course"),
            tag("figcaption", "Better scores are up. Every session is listed below."),
        ),
        *(tag("p", words) for words in _change(detection, client)),
        *(tag("p", words) for words in _beside(client, expected, unknown)),
    )


def _change(detection: Detection, client: ClientScores) -> list[str]:
    """From the first score to the last, and whether that is more than error of measurement."""
    scores = client.score[client.scored]
    if scores.size < 2:
        return ["There is one score, and a change takes two." if scores.size else "No session has a score."]
    first, last = float(scores[0]), float(scores[-1])
    change = f"From the first score to the last: {number(first)} to {number(last)}"
    pairs = paired_scores(Courses.of(detection), detection.panel)
    if pairs.change is None:
        return [f"{change}. Whether that is more than error of measurement is not said: {pairs.unjudged}."]
    direction = pairs.directions[detection.panel.dyads.index(client.label)]
    named = change_names(detection.panel.construct).get(direction, direction.label)
    return [f"{change}; by reliable change ({judged_in_words(pairs.change, instrument_of(detection.panel))}): {named}."]


def _beside(client: ClientScores, expected: ExpectedTrajectory | None, unknown: str) -> list[str]:
    if expected is None:
        return [f"Which course would be expected is not known: {unknown}."]
    at = dict(zip(expected.times.tolist(), range(expected.times.size), strict=True))
    higher = client.panel.scale.higher_is_better
    outside: dict[bool, list[float]] = {True: [], False: []}
    compared = 0
    for session, score in zip(client.session.tolist(), client.score.tolist(), strict=True):
        if session not in at or np.isnan(score):
            continue
        compared += 1
        low, high = float(expected.low[at[session]]), float(expected.high[at[session]])
        if not low <= score <= high:
            outside[(score > high) is higher].append(session)
    if not compared:
        return [expected.sentence]
    parts = [
        f"{side} than the band: {_listed(client, sessions)}"
        for side, sessions in (("worse", outside[False]), ("better", outside[True]))
        if sessions
    ]
    where = "; ".join(parts) if parts else "all of them lie within the band"
    return [
        f"Of the {counted(compared, 'score')} that the expected course is compared with, {where}."
        f" One in {round(1 / (1 - expected.level))} would lie outside by chance alone.",
        expected.sentence,
    ]


def client_findings(detection: Detection, client: ClientScores) -> Markup:
    """Each finding of the primary rule with its grounds, how often noise alone gives one, and the rules beside it."""
    terms = terms_of(detection.primary, client.panel)
    parts: list[Content] = []
    for candidate in client.findings[0]:
        seen = candidate.rule.candidate_in_words(candidate.values)
        parts.append(
            tag(
                "li",
                tag("strong", candidate.sentence),
                f" {grounds_of(candidate)}{f' {seen}' if seen else ''}",
            )
        )
    if parts:
        body: Markup = tag("ul", joined(*parts, by="\n"))
    else:
        body = tag(
            "p",
            f"The primary rule, {detection.primary.label}, flagged no session. That does not prove that nothing"
            " happened: see what it could not have seen.",
        )
    return section(
        capital(terms.findings),
        tag("p", f"By the rule {detection.primary.label}.") if parts else None,
        body,
        tag("p", _noise(detection)),
        *_rules_beside(detection, client),
    )


def _noise(detection: Detection) -> str:
    count = detection.counts[0]
    if count.expected is None:
        return f"How often noise alone would make the rule flag a client is not known: {count.unknown}."
    return (
        f"Noise alone makes the rule flag about {round(100 * count.expected.share)} of 100 clients of a panel like this"
        " one, so that a single finding is a reason to ask, and not an answer."
    )


def _rules_beside(detection: Detection, client: ClientScores) -> list[Markup]:
    rows: list[list[Content]] = []
    for rule, code in zip(detection.also, client.codes[1:], strict=True):
        flagged = client.session[code == CODES[Verdict.FLAGGED]].tolist()
        rows.append([rule.label, _listed(client, flagged) or "none"])
    if not rows:
        return []
    caption = "What the rules beside it flagged, as a sensitivity analysis"
    return [table(caption, ["rule", "flagged sessions"], rows, class_="wide")]


def client_undetectable(detection: Detection, client: ClientScores) -> Markup:
    """The sessions at which a rule could not have fired or that have no score, and rows that needed a decision."""
    rows = [
        [rule.label, reason.label, _listed(client, sessions), REASONS[reason]]
        for rule, code in zip(detection.rules, client.codes, strict=True)
        for reason in Reason
        if (sessions := client.session[code == CODES[reason]].tolist())
    ]
    parts: list[Content] = []
    if rows:
        head = ["rule", "reason", "sessions", "what it means"]
        parts.append(table("Sessions at which a rule could not have flagged anything", head, rows, class_="wide"))
    else:
        parts.append(tag("p", "Every session with a score could have been flagged."))
    if missing := client.session[~client.scored].tolist():
        parts.append(tag("p", f"Without a score: {_listed(client, missing)}. Nothing was filled in."))
    if problems := _own_problems(detection, client):
        parts.append(_problem_table(client, problems))
    if code_or_none(client.label) is None:
        without = (
            "Rows that were left out are not listed: labels that are long, or read like a text, are not kept of them."
        )
        parts.append(tag("p", without, class_="note"))
    return section("What could not be seen", *parts)


def _problem_table(client: ClientScores, problems: Sequence[Mapping[str, Any]]) -> Markup:
    rows: list[list[Content]] = [
        [
            problem_words()[ProblemKind(row["kind"])].heading,
            Action(row["action"]).label,
            "" if row["session"] is None else session_words(row["session"], dated=client.dated),
            f"{row['row']}",
        ]
        for row in problems
    ]
    head = ["what", "what was done", "where", "row"]
    return table("Rows of this client that needed a decision", head, rows, numbers=[3])


def client_sessions(detection: Detection, client: ClientScores, expected: ExpectedTrajectory | None) -> Markup:
    """Every session with its score, the expected one, and what the primary rule says."""
    at = {} if expected is None else dict(zip(expected.times.tolist(), range(expected.times.size), strict=True))
    rows: list[list[Content]] = []
    for session, score, code in zip(client.session.tolist(), client.score.tolist(), client.codes[0], strict=True):
        cells: list[Content] = [
            session_words(session, dated=client.dated),
            "none" if np.isnan(score) else number(score),
        ]
        if expected is not None:
            index = at.get(session)
            cells.append("" if index is None else number(round(float(expected.expected[index]), 2)))
            cells.append("" if index is None else _band(client, expected, index))
        reason = reason_of(code)
        cells.append(verdict_of(code).label + ("" if reason is None else f": {reason.label}"))
        rows.append(cells)
    head = ["when", "score", *(["expected", "band"] if expected is not None else []), detection.primary.label]
    caption = "Each session, its score and what the primary rule says of it"
    return section("Session by session", table(caption, head, rows, numbers=range(1, 2 if expected is None else 4)))


def _band(client: ClientScores, expected: ExpectedTrajectory, index: int) -> str:
    """Both ends of the band, or those of the scale where it reaches beyond."""
    scale = client.panel.scale
    ends = np.clip([expected.low[index], expected.high[index]], scale.minimum, scale.maximum)
    return " to ".join(number(round(float(end), 2)) for end in ends)


def keep_in_mind(detection: Detection) -> Markup:
    """What the page cannot say."""
    terms = terms_of(detection.primary, detection.panel)
    limits = [
        f"A {terms.finding} is neither an event nor a diagnosis, and its absence does not prove that all is well. What"
        " happened, the two people who were there can say.",
        "The page looks back. It is not a monitor and watches over nobody's safety.",
        "The expected course describes other clients. It is not a target for this one and not a forecast.",
        "It is for the conversation in supervision, and not for judging a therapist.",
    ]
    if not may_say_rupture(detection.panel.construct):
        limits.append("These scores say nothing about the relationship of client and therapist.")
    rule = detection.primary
    method = tag("p", tag("strong", f"{capital(rule.label)}. "), f"{rule.method} {rule.blind_spots}")
    return section("What to keep in mind", tag("ul", *(tag("li", words) for words in limits)), method)


def _own_problems(detection: Detection, client: ClientScores) -> list[dict[str, Any]]:
    """Rows of the list of problems that are about this dyad, those without a score apart."""
    label, unscored = code_or_none(client.label), ProblemKind.MISSING_SCORE.value
    rows = detection.panel.problem_rows("polars").iter_rows(named=True)
    return [row for row in rows if label is not None and row["dyad"] == label and row["kind"] != unscored]


def _therapists(client: ClientScores) -> list[str]:
    frame = client.panel.to_frame("polars")
    if "therapist" not in frame.columns:
        return []
    labels = map(str, frame["therapist"].drop_nulls().unique(maintain_order=True).to_list())
    return ["(label not shown)" if is_personal(label) or is_text(label) else label for label in labels]


def _listed(client: ClientScores, sessions: Sequence[float]) -> str:
    """Sessions in words, of many the first ones; empty where there is none."""
    if not sessions:
        return ""
    more = len(sessions) - _FEW
    shown = ", ".join(number(session) for session in sessions[:_FEW]) + (f" and {more} more" if more > 0 else "")
    return f"{'day' if client.dated else 'session'}{'s' if len(sessions) > 1 else ''} {shown}"
