"""How a report begins: what it is, the counts beside what noise alone gives, and the data."""

from __future__ import annotations

from therarel.counting import counted
from therarel.detection.rules import Change
from therarel.detection.wording import number
from therarel.drawing import Colour, Drawing, Frame, rectangle, text, text_width
from therarel.panels import ScaleSource, SessionIndex
from therarel.reports.comparisons import observed_beside_expected
from therarel.reports.markup import Content, Markup, joined, scrolling, section, table, tag
from therarel.reports.noise import falls_sentence, noise_sentence, verdict_sentence
from therarel.reports.subject import Subject, capital
from therarel.reports.truth import TruthCount


def opening(subject: Subject) -> Markup:
    """The heading, what this is in two sentences, and whether it is simulated."""
    panel = subject.detection.panel
    drops = subject.terms.change is Change.DROP
    sought = "worse and for recovery from them" if drops else "better and for their reversal"
    lead = (
        f"Session-by-session scores of {counted(panel.n_dyads, 'dyad')}, searched for sudden changes for the {sought}."
        f" What is listed are {subject.findings}: patterns in numbers that may deserve a look, and no judgement about"
        " anybody."
    )
    direction = (
        None
        if panel.scale.higher_is_better
        else tag(
            "p",
            "Lower scores are better here: in a change for the worse the number itself rises. In the pictures better is"
            " up, and a change for the worse goes down.",
            class_="note",
        )
    )
    banner = (
        None
        if subject.simulated is None
        else tag(
            "p", tag("strong", "Simulated data. "), f"{subject.simulated} No real person is in it.", class_="caution"
        )
    )
    note = panel.risk_note
    risk = None if note is None else tag("p", tag("strong", "Risk. "), note, class_="caution")
    return tag("header", tag("h1", subject.title), tag("p", lead, class_="lead"), banner, risk, direction)


def glance(subject: Subject) -> Markup:
    """The counts, and what was flagged beside what noise alone would give."""
    detection = subject.detection
    panel = detection.panel
    cells = [
        ("dyads", panel.n_dyads),
        ("therapists", panel.n_therapists or "not stated"),
        ("sessions", panel.n_sessions),
        ("with a score", panel.n_scored),
        ("without a score", panel.n_missing),
        (f"{subject.findings}", len(detection.candidates)),
    ]
    counts = tag(
        "dl",
        *(
            tag("div", tag("dt", name), tag("dd", f"{value:,}" if isinstance(value, int) else value))
            for name, value in cells
        ),
        class_="counts",
    )
    figure = tag(
        "figure",
        scrolling(
            Markup(observed_beside_expected(detection.counts).to_svg()), "Observed and expected", "scroll narrow"
        ),
        tag(
            "figcaption",
            "Filled: the share of dyads that each rule flagged here. Open: the share that it flags in simulated panels"
            " with the same sessions, gaps and missing scores in which nothing happened; the line is the range of 95 of"
            " 100 such panels.",
        ),
    )
    return section(
        "At a glance",
        counts,
        *(tag("p", sentence) for sentence in _result(subject)),
        _truth_beside_findings(subject),
        figure,
        _counts_table(subject),
    )


def headline(subject: Subject) -> list[str]:
    """The result in a few sentences: observed beside expected, what that allows one to say, and the truth if known."""
    flagged, compared, caution = _result(subject)
    truth = [] if subject.truth is None else [_truth_sentence(subject.truth)]
    return [f"{flagged} {compared}", *truth, caution]


def _result(subject: Subject) -> tuple[str, str, str]:
    """What was flagged, what noise alone would give, and what neither of them says."""
    count = subject.detection.counts[0]
    share = f"{count.flagged_dyads:,} of {counted(count.dyads, 'dyad')} with a score ({count.flagged_share:.0%})"
    flagged = [f"The primary rule, {count.rule.label}, flagged {share}."]
    if count.beside:
        flagged.append(f"{capital(count.beside)}.")
    flagged.append(count.rule.rate_in_words)
    compared = [noise_sentence(count)]
    if count.expected is not None:
        compared.append(falls_sentence(count.expected, subject.terms))
    compared.append(verdict_sentence(count, subject.terms))
    return (
        " ".join(filter(None, flagged)),
        " ".join(filter(None, compared)),
        f"A {subject.terms.move} in a score has many reasons, most of them ordinary. Whether something happened between"
        " two people, and what, is for those who were there to say.",
    )


def _counts_table(subject: Subject) -> Markup:
    rows: list[list[Content]] = [
        [
            count.rule.label + (" (primary)" if count.rule is subject.detection.primary else ""),
            f"{count.flagged_dyads:,}",
            count.expected_in_words(),
            f"{count.undetectable_dyads:,}",
            f"{count.dyads:,}",
            f"{count.flagged_sessions:,}",
            f"{count.undetectable_sessions:,}",
            f"{count.sessions:,}",
        ]
        for count in subject.detection.counts
    ]
    head = [
        "rule",
        "dyads flagged",
        "expected from noise",
        "undetectable throughout",
        "dyads with a score",
        "sessions flagged",
        "sessions undetectable",
        "sessions with a score",
    ]
    beside = [f"{capital(count.rule.label)}: {count.beside}." for count in subject.detection.counts if count.beside]
    return joined(
        table("Counts of each rule, beside the count that noise alone would give", head, rows, numbers=range(1, 8)),
        tag("p", " ".join(beside), class_="note") if beside else None,
    )


def data_section(subject: Subject) -> Markup:
    """What was read, and what is known about the scores."""
    panel = subject.detection.panel
    summary = panel.summary()
    low, middle, high = summary.sessions_per_dyad
    # names are somebody else's, and may be written from right to left
    columns = joined(
        *(
            joined(f"{role}: ", tag("bdi", name), " (guessed from its name)" if role in panel.guessed else "")
            for role, name in panel.columns.items()
        ),
        by="; ",
    )
    read = joined(tag("bdi", panel.source), f", {counted(panel.rows_read, 'row')}")
    observed = panel.scale_source is ScaleSource.OBSERVED
    source = "lowest and highest score read; nothing can be out of range" if observed else panel.scale_source.label
    scale = f"{panel.scale} ({source})"
    index = {
        SessionIndex.ATTENDED: "attended sessions",
        SessionIndex.SCHEDULED: "planned occasions, whether or not a session took place",
        SessionIndex.DATED: "days since the first date of the dyad",
    }[panel.index]
    lines: list[tuple[str, Content]] = [
        ("Read", read if subject.simulated is None else "the simulated clinic"),
        ("Columns", columns),
        ("Construct", panel.construct.label if panel.construct else "not known: the wording stays neutral"),
        ("Instrument", panel.instrument or "not stated"),
        ("Scale", scale),
        (
            "Scores",
            f"{number(summary.score_min)} to {number(summary.score_max)}, mean {number(summary.score_mean)}"
            + (f", SD {number(summary.score_sd)}" if summary.score_sd is not None else ""),
        ),
        ("Rater", panel.rater.label if panel.rater else "not known"),
        (
            "Given",
            f"{panel.timing.label.replace(' session', '')}-session"
            if panel.timing
            else "before or after the session: not known",
        ),
        ("Sessions count", f"{index}; {low} to {high} per dyad, median {number(middle)}"),
        ("Largest gap", "unlimited" if panel.max_gap is None else number(panel.max_gap)),
    ]
    if subject.when is not None:
        lines.append(("Date", subject.when))
    listed = tag("dl", *(joined(tag("dt", name), tag("dd", words)) for name, words in lines), class_="about")
    return section("The data", listed)


def _truth_sentence(truth: TruthCount) -> str:
    """How many simulated ruptures were found and missed, and how many dyads without one were flagged."""
    others = counted(truth.dyads - truth.dyads_with, "dyad")
    return (
        f"Because these data are simulated, the truth is known. Of {counted(truth.dyads_with, 'dyad')} with a rupture"
        f" in the scores the primary rule found {truth.hits:,} and missed {truth.misses:,}; of {others}"
        f" without one it flagged {truth.false_alarms:,} falsely and left {truth.rest:,} alone."
    )


def _truth_beside_findings(subject: Subject) -> Markup | None:
    """The truth beside what the primary rule found; nothing where scores are not simulated."""
    truth = subject.truth
    if truth is None:
        return None
    picture = _truth_picture(truth)
    return joined(
        tag("h3", "The truth, which only a simulation knows"),
        tag("p", f"{_truth_sentence(truth)} With real data nobody knows it."),
        tag(
            "figure",
            scrolling(Markup(picture.to_svg()), "The truth beside what was found", "scroll narrow"),
            tag(
                "figcaption",
                "Above the dyads with a simulated rupture, below those without one, on the same scale. In colour those"
                " that the primary rule flagged.",
            ),
        ),
    )


def _truth_picture(truth: TruthCount) -> Drawing:
    """Two bars on one scale: dyads with a rupture, found and missed; dyads without one, flagged and left alone."""
    bars = (
        ("with a rupture", truth.hits, "found", Colour.GREEN, truth.misses, "missed"),
        ("without one", truth.false_alarms, "false", Colour.VERMILLION, truth.rest, "left alone"),
    )
    picture = Drawing(
        640,
        112,
        title="Simulated dyads: what was in them, and what the primary rule found",
        description=_truth_sentence(truth),
        identifier="figure-truth",
        ground=False,
    )
    left = 118.0
    room = 640 - left - 4
    most = max(truth.dyads_with, truth.dyads - truth.dyads_with, 1)
    for row, (name, flagged, called, colour, rest, rested) in enumerate(bars):
        top = 6.0 + 52 * row
        filled, open_ = (room * number / most for number in (flagged, rest))
        picture.add(
            text(left - 12, top + 12, name, anchor="end", middle=True),
            rectangle(Frame(left, top, filled, 24), fill=colour),
            rectangle(Frame(left + filled, top, open_, 24), fill=Colour.MUTED, opacity=0.25),
        )
        words = f"{flagged:,} {called}", f"{rest:,} {rested}"
        begin = left + max(filled, text_width(words[0], size=12) + 16)
        begin = min(begin, 636 - text_width(words[1], size=12))
        picture.add(
            text(left, top + 38, words[0], size=12, colour=colour, bold=True, middle=True),
            text(begin, top + 38, words[1], size=12, colour=Colour.MUTED, middle=True),
        )
    return picture
