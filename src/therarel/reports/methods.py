"""How a report was made: the rules and their settings, what it cannot say, and the references."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from therarel.citations import citation
from therarel.counting import counted
from therarel.detection.wording import may_say_rupture
from therarel.panels import ScaleSource
from therarel.reports.markup import Content, Markup, linked, section, table, tag
from therarel.reports.paired import paired_scores
from therarel.reports.references import change_sources, instrument_of, reference_lines, rule_sources
from therarel.reports.subject import Subject, capital

_TURNED: Final = (
    "Lower scores are better here. Rules turn scores round, so that a level or a slope among their settings has the"
    " other sign."
)


def making_section(subject: Subject) -> Markup:
    """The method, the settings, what the report cannot say, and the references."""
    detection = subject.detection
    paragraphs: list[Content] = []
    for rule in detection.rules:
        which = " (primary)" if rule is detection.primary else " (beside it, as a sensitivity analysis)"
        paragraphs.append(
            tag("p", tag("strong", capital(rule.label) + which + ". "), f"{rule.method} {rule.blind_spots}")
        )
    settings: list[list[Content]] = [
        [rule.label, "; ".join(f"{rule.setting_name(name)} {_setting(value)}" for name, value in rule.settings.items())]
        for rule in detection.rules
    ]
    agreement = [
        tag(
            "p",
            f"{capital(pair.first.label)} and {pair.second.label} agree on {counted(pair.both, 'flagged session')};"
            f" {pair.only_first:,} were flagged by the first alone, {pair.only_second:,} by the second alone and"
            f" {pair.neither:,} by neither, of the sessions at which both could have fired.",
        )
        for pair in detection.agreement
    ]
    instrument = instrument_of(detection.panel)
    behind = (
        *rule_sources(detection.rules),
        *(citation(key) for key in (instrument.citations if instrument is not None else ())),
        *change_sources(paired_scores(subject.courses, detection.panel).change, instrument),
    )
    lines = reference_lines(dict.fromkeys(behind), detection.panel.construct)
    references = tag("ul", *(tag("li", linked(line)) for line in lines), class_="references") if lines else None
    return section(
        "How it was made",
        *((tag("p", subject.detection.why),) if subject.detection.why else ()),
        *paragraphs,
        tag("p", detection.primary.recovery_method),
        tag(
            "p",
            "Missing scores are left out, never filled in: a rule goes from one score to the next. Scores that differ"
            " by less than a billionth of the scale's range are equal.",
        ),
        *agreement,
        table("Settings of the rules", ["rule", "settings"], settings, class_="wide"),
        *([] if detection.panel.scale.higher_is_better else [tag("p", _TURNED, class_="note")]),
        tag("h3", "What this report cannot say"),
        tag("ul", *(tag("li", limit) for limit in _limits(subject))),
        *((tag("h3", "References"), references) if references else ()),
    )


def _limits(subject: Subject) -> list[str]:
    panel = subject.detection.panel
    limits = [
        f"A {subject.finding} is neither an event nor a diagnosis, and its absence does not prove that all is well.",
        "The report looks back. It is not a monitor and watches over nobody's safety.",
        "Expected counts come from simulated scores: a level and a straight line of each dyad, and noise that is alike"
        " in all of them. How far they hold here depends on how far these scores resemble that.",
        "Rules were applied to many sessions of many dyads. Some findings are there because there was much to look at.",
    ]
    if panel.construct is None:
        limits.append("What the scores are scores of was not stated, so that nothing can be said beyond the numbers.")
    elif not may_say_rupture(panel.construct):
        limits.append(
            "The scores are of an outcome. A change for the worse in it says nothing about the relationship of client"
            " and therapist."
        )
    if panel.scale_source is ScaleSource.OBSERVED:
        limits.append("The range of the scale was taken from the data, so that no score could be out of range.")
    if panel.n_therapists:
        limits.append("Therapists are counted, never compared: their numbers of findings depend on whom they see.")
    return limits


def footer(subject: Subject) -> Markup:
    """With what the report was made."""
    when = f", {subject.when}" if subject.when else ""
    simulated = " Simulated data." if subject.simulated is not None else ""
    return tag(
        "footer",
        f"Made with therarel {version('therarel')}{when}.{simulated} The same data and settings give the same page.",
    )


def _setting(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value + 0.0:g}" if isinstance(value, float) else str(value).replace("_", " ")
