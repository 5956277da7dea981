"""What a reviewer asks for: a paragraph on the methods, what it takes to make the page again, and the data as files."""

from __future__ import annotations

from importlib.metadata import version

from therarel.counting import counted
from therarel.detection import Detection
from therarel.detection.wording import in_points
from therarel.reports.attachments import attachments
from therarel.reports.markup import Markup, section, tag
from therarel.reports.noise import origin
from therarel.reports.phrases import sources
from therarel.reports.reproducing import citing, reproducing
from therarel.reports.sensitivity import sensitivity_table
from therarel.reports.subject import Subject, capital

__all__ = ["methods_paragraph", "reviewing_section"]


def methods_paragraph(detection: Detection) -> str:
    """The method in a paragraph for a paper: rule, settings, count, what noise gives, power, seed and version.

    Examples:
        >>> from therarel.detection import detect, rules
        >>> from therarel.simulation import simulate_clinic
        >>> found = detect(simulate_clinic(12, seed=1).panel(), primary=rules.Drop(k=2), expected="none")
        >>> methods_paragraph(found).startswith("Session scores of 12 dyads")
        True
    """
    panel, count = detection.panel, detection.counts[0]
    named = ", ".join(source.short for source in sources((detection.primary,)))
    sentences = [
        f"Session scores of {counted(panel.n_dyads, 'dyad')} ({panel.n_scored:,} scored sessions) were judged by one"
        f" primary rule, {count.rule.label}{f' ({named})' if named else ''}. {detection.primary.method}",
        f"It flagged {count.flagged_dyads:,} of {counted(count.dyads, 'dyad')} with a score;"
        f" {count.undetectable_dyads:,} could not have been flagged.",
    ]
    if count.beside:
        sentences.append(f"{capital(count.beside)}.")
    noise = count.expected
    if noise is None:
        sentences.append(f"The number expected from noise alone is not known: {count.unknown}.")
    else:
        sentences.append(
            f"The number expected from noise alone is {noise.mean:.1f} (95 % of simulated panels {noise.low} to"
            f" {noise.high}), by a parametric bootstrap of the panel's own sessions, gaps and missing scores under a"
            f" null model {origin(noise)} (within-dyad SD {noise.null.within_sd:.2f}, autocorrelation"
            f" {noise.null.phi:.2f};"
            f" {counted(noise.runs, 'panel')}, seed {noise.seed}). A {detection.terms.move} of"
            f" {in_points(noise.falls.depth)} in {noise.falls.share:.0%} of the dyads would exceed it with a power of"
            f" {noise.falls.power:.2f}."
        )
    others = ", ".join(rule.label for rule in detection.rules[1:])
    if others:
        sentences.append(f"As a sensitivity analysis the scores were judged by {others}, too.")
    sentences.append(f"The analysis was made with therarel {version('therarel')} for Python.")
    return " ".join(sentences)


def reviewing_section(subject: Subject) -> Markup:
    """The paragraph, what it takes to make the report again, the data as files, and how to cite."""
    return section(
        "For a reviewer",
        tag("p", methods_paragraph(subject.detection)),
        sensitivity_table(subject),
        reproducing(subject),
        attachments(subject),
        citing(),
    )
