"""What speaks against the findings: what could not have been seen, and how often rules fire on noise."""

from __future__ import annotations

from typing import Final

from therarel.panels.counting import counted
from therarel.reports.comparisons import false_alarm_picture
from therarel.reports.data import blind
from therarel.reports.markup import Content, Markup, joined, table, tag
from therarel.reports.phrases import FALSE_ALARM_NAMES, REASONS
from therarel.reports.subject import Subject
from therarel.trajectories.false_alarms import GENERATOR, FalseAlarms, embedded_false_alarms
from therarel.trajectories.tabled import TABLED

__all__ = ["noise_section", "undetectable_section"]

_LENGTHS: Final = (8, 16, 30)
# What is shown for comparison, whether or not it was used: the rules as they are mostly published.
_COMPARED: Final = frozenset(
    {"drop_1_person", "drop_2_larger", "below_own_mean_2", "individuals_chart_3", "reliable_drop", "sudden_loss_1"}
)


def undetectable_section(subject: Subject) -> Markup:
    """The sessions at which a rule could not have fired, by reason."""
    detection = subject.detection
    heading = tag("h2", "What could not have been seen")
    told = tag(
        "p",
        "A session at which no score could have made a rule fire is undetectable. It is neither a finding nor the"
        " absence of one, and counts as neither.",
    )
    rows: list[list[Content]] = [
        [label, reason.label, f"{sessions:,}", f"{dyads:,}", REASONS[reason]]
        for label, reason, sessions, dyads in blind(detection)
    ]
    if not rows:
        return tag(
            "section", heading, told, tag("p", "There is none: every session with a score could have been flagged.")
        )
    head = ["rule", "reason", "sessions", "dyads", "what it means"]
    listed = table("Undetectable sessions, by rule and reason", head, rows, numbers=[2, 3], class_="wide")
    whole = "; ".join(f"{count.undetectable_dyads:,} for the rule {count.rule.label}" for count in detection.counts)
    unscored = detection.panel.n_dyads - detection.counts[0].dyads
    note = f"Dyads none of whose sessions could have been flagged: {whole}."
    if unscored:
        note += f" {counted(unscored, 'dyad')} {'has' if unscored == 1 else 'have'} no score at all."
    if detection.panel.n_missing:
        note += f" {counted(detection.panel.n_missing, 'session')} without a score could not be judged either."
    return tag("section", heading, told, listed, tag("p", note))


def _shown(subject: Subject) -> list[tuple[str, FalseAlarms, bool]]:
    """The rules of the embedded table that are shown: name, shares, and whether it is a rule of this report."""
    rates = [count.false_alarms for count in subject.detection.counts]
    used = {name for name, each in embedded_false_alarms().items() if any(each is rate for rate in rates)}
    return [
        (FALSE_ALARM_NAMES.get(name, TABLED[name].label), each, name in used)
        for name, each in embedded_false_alarms().items()
        if name in used or name in _COMPARED
    ]


def noise_section(subject: Subject) -> Markup:
    """The false alarms of the rules, and, for simulated scores, the truth."""
    detection = subject.detection
    entries = _shown(subject)
    picture = false_alarm_picture(entries, subject.courses.lengths)
    rows: list[list[Content]] = [
        [name + (" (used here)" if used else ""), *(f"{100 * each.share(length):.1f} %" for length in _LENGTHS)]
        for name, each, used in entries
    ]
    known = embedded_false_alarms().values()
    own = [count for count in detection.counts if count.false_alarms is not None and count.false_alarms not in known]
    return tag(
        "section",
        tag("h2", "How often rules fire on noise"),
        tag(
            "p",
            "No rule knows an event from a bad day. These are the shares of simulated clients in whose scores nothing"
            " happened and whom a rule flags all the same, by the number of sessions. Mostly, the longer"
            " series, the more false alarms.",
        ),
        tag(
            "figure",
            tag("div", Markup(picture.to_svg()), class_="scroll narrow"),
            tag(
                "figcaption",
                ("In colour the rules of this report; the" if any(used for *_, used in entries) else "The")
                + " bars count its dyads by their number of scored sessions.",
            ),
        ),
        table(
            "Share of clients flagged although nothing happened, by number of sessions",
            ["rule", *(f"{each} sessions" for each in _LENGTHS)],
            rows,
            numbers=range(1, 4),
        ),
        tag(
            "p",
            f"Simulated: {GENERATOR}. Illustrative, and no norm of any instrument:"
            " scores of another scale, spread, trend or autocorrelation give other rates. Between the lengths that were"
            " simulated a straight line is drawn.",
            class_="note",
        ),
        *(
            tag("p", f"For the rule {count.rule.label} the expected count rests on: {count.false_alarms.source}.")
            for count in own
            if count.false_alarms
        ),
        _truth(subject),
    )


def _truth(subject: Subject) -> Markup | None:
    truth = subject.truth
    if truth is None:
        return None
    rows: list[list[Content]] = [
        ["with a rupture", f"{truth.hits:,}", f"{truth.misses:,}"],
        ["without one", f"{truth.false_alarms:,}", f"{truth.rest:,}"],
    ]
    share = (
        "none was flagged"
        if not truth.flagged
        else f"{truth.hits:,} of the {truth.flagged:,} flagged dyads had a rupture"
    )
    told = (
        f"Because these data are simulated, the truth is known: {truth.dyads_with:,} of {truth.dyads:,} dyads have a"
        f" rupture in their scores. Of these the primary rule flagged {truth.hits:,}, and of the others"
        f" {truth.false_alarms:,}; so {share}. With real data nobody can fill in this table."
    )
    return joined(
        tag("h3", "The truth, which only a simulation knows"),
        tag("p", told),
        table(
            "Simulated dyads by what was in them and what the primary rule said",
            ["dyads", "flagged", "not flagged"],
            rows,
            numbers=[1, 2],
        ),
    )
