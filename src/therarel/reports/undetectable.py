"""What speaks against the findings: what could not have been seen."""

from __future__ import annotations

from therarel.counting import counted
from therarel.reports.data import blind
from therarel.reports.markup import Content, Markup, section, table, tag
from therarel.reports.phrases import REASONS
from therarel.reports.subject import Subject

__all__ = ["undetectable_section"]

_HEADING = "What could not have been seen"


def undetectable_section(subject: Subject) -> Markup:
    """The sessions at which a rule could not have fired, by reason."""
    detection = subject.detection
    meaning = tag(
        "p",
        "A session at which no score could have made a rule fire is undetectable. It is neither a finding nor the"
        " absence of one, and counts as neither.",
    )
    rows: list[list[Content]] = [
        [label, reason.label, f"{sessions:,}", f"{dyads:,}", REASONS[reason]]
        for label, reason, sessions, dyads in blind(detection)
    ]
    if not rows:
        return section(
            _HEADING, meaning, tag("p", "There is none: every session with a score could have been flagged.")
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
    return section(_HEADING, meaning, listed, tag("p", note))
