"""What a reviewer asks for: a paragraph on the methods, what it takes to make the page again, and a codebook."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Final

from therarel.counting import counted
from therarel.detection import Detection
from therarel.detection.wording import in_points
from therarel.reports.markup import Content, Markup, section, table, tag
from therarel.reports.noise import origin
from therarel.reports.phrases import sources
from therarel.reports.subject import Subject

__all__ = ["CODEBOOK", "methods_paragraph", "reviewing_section"]

_PACKAGES: Final = ("therarel", "numpy", "scipy", "polars", "narwhals")
CODEBOOK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dyad": "label of the dyad as in the data, or its number where the label reads like a text",
        "rule": "the rule that flagged it",
        "flagged_at": "session (or day) that was flagged first",
        "onset": "last session at the reference level; empty if there is none",
        "extreme_at": "session of the score that is farthest from the reference level",
        "extreme": "that score",
        "reference": "level that the rule compares with, in score points",
        "distance": "how far the extreme lies from the reference level, in score points",
        "length": "scored sessions from the flagged one to the last before the level was reached, or that was seen",
        "recovery": "recovered, open, or not_known where the series ends first",
        "recovered_at": "session at which the score was back",
        "magnitude": "of a gain, distance from the reference level to the flagged score, in score points",
        "reversal": "lost_again, held, or not_known where the series ends first",
        "lost_again_at": "session at which the gain was lost again",
        "also": "other rules that flagged one of its sessions, separated by semicolons",
        "p": "share of simulated series whose scores only wander that go as far",
        "q": "Benjamini and Hochberg's: of the dyads with this value or less, the share that is noise, on average over"
        " panels, if the model of the noise holds",
        "log_ratio": "logarithm of the mean likelihood ratio of the falls that begin at the flagged session",
        "depth": "depth of the fall, averaged over all falls with their weights, in score points",
        "depth_low": "lower end of its 95 % interval",
        "depth_high": "upper end of its 95 % interval",
        "fall_length": "scored sessions that the fall lasts, averaged over all falls with their weights",
        "fall_length_low": "lower end of its 95 % interval",
        "fall_length_high": "upper end of its 95 % interval",
        "regained": "probability that the fall ended within the series, by the weights of the scan",
        "limit": "score at which the rule fires, at the flagged session",
        "change": "change that the rule measured there, in score points",
        "spread": "standard deviation that the rule measured it in, in score points",
        "row": "row of the file, counted from 1 without the header",
        "line": "line of the file, where it is known",
        "kind": "what the problem is",
        "action": "what was done about it",
        "column": "column in which it is",
        "value": "the value, where it may be shown",
        "session": "session of the row, where it is known",
        "message": "the problem in words",
    }
)
"""What each column of the CSV files of a report holds."""


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
    """The paragraph, the versions and the file, and what the columns of the CSV files hold."""
    detection = subject.detection
    noise = detection.counts[0].expected
    facts: list[list[Content]] = [
        [
            "versions",
            ", ".join(f"{name} {version(name)}" for name in _PACKAGES) + f", Python {platform.python_version()}",
        ],
        ["seed of the simulated noise", "none was simulated" if noise is None else f"{noise.seed}"],
        ["file", _file(subject)],
    ]
    named = dict.fromkeys([*(detection.candidates.columns or ("dyad",)), *detection.panel.problem_rows.columns])
    book: list[list[Content]] = [
        [name, CODEBOOK.get(name, "what the rule measured at the flagged session: see its formula")] for name in named
    ]
    return section(
        "For a reviewer",
        tag("p", methods_paragraph(detection)),
        table("To make this report again", ["what", "value"], facts, class_="wide"),
        tag(
            "details",
            tag("summary", "What the columns of the CSV files hold"),
            table("Codebook of the findings and the problems", ["column", "meaning"], book, class_="wide"),
        ),
        tag(
            "p",
            "To cite: The therarel authors (2026). therarel (version ",
            version("therarel"),
            ") [computer software].",
        ),
    )


def _file(subject: Subject) -> str:
    """The digest of the file that was read, so that another reader knows whether it is the same."""
    if subject.simulated is not None:
        return "none: " + subject.simulated
    path: Path | None = subject.detection.panel.file
    if path is None or not path.is_file():
        return "none: the scores came from memory, or from a file that is not there any more"
    with path.open("rb") as opened:
        return f"sha256 {hashlib.file_digest(opened, 'sha256').hexdigest()}"
