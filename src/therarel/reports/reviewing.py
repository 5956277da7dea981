"""What a reviewer asks for: a paragraph on the methods, what it takes to make the page again, and the data as files."""

from __future__ import annotations

from importlib.metadata import version

from therarel.citations import citation
from therarel.counting import counted
from therarel.detection import Detection
from therarel.detection.other_noise import OtherNoise, other_noise
from therarel.detection.wording import in_points
from therarel.panels import Panel
from therarel.reports.attachments import attachments
from therarel.reports.markup import Content, Markup, joined, section, table, tag
from therarel.reports.noise import between, origin
from therarel.reports.references import in_brackets, instrument_of, rule_sources
from therarel.reports.reproducing import citing, reproducing
from therarel.reports.subject import Subject, capital


def noise_changed(detection: Detection) -> tuple[OtherNoise, ...]:
    """What the rules of a detection flag under its null model and under others; empty where that is not known."""
    noise = detection.counts[0].expected
    if noise is None:
        return ()
    return other_noise(
        detection.panel,
        detection.rules,
        noise.null,
        dyads=noise.dyads,
        seed=detection.seed,
        threads=detection.threads,
    )


def _sensitivity_table(subject: Subject) -> Markup | None:
    """The counts that noise would give under each change of its model; nothing where they were not asked for."""
    if not subject.sensitivity:
        return None
    rows: list[list[Content]] = [
        [
            noise.change or "as fitted or stated",
            *(f"{mean:.1f} ({error:.1f})" for mean, error in zip(noise.means, noise.errors, strict=True)),
        ]
        for noise in subject.sensitivity
    ]
    rules = [count.rule.label for count in subject.detection.counts]
    observed: list[Content] = ["flagged here", *(f"{count.flagged_dyads:,}" for count in subject.detection.counts)]
    return joined(
        tag("h3", "If the noise were other"),
        table(
            "Dyads that noise alone would make each rule flag, if one figure of its model were another",
            ["noise", *rules],
            [*rows, observed],
            numbers=range(1, len(rules) + 1),
        ),
        tag(
            "p",
            "In brackets the Monte Carlo standard error. Every line is simulated from the same random numbers. A scan"
            " keeps the limit that it has learnt from the panel; what rules pool over dyads is pooled anew. If a change"
            " moves the count to the one that was flagged, the noise may explain it.",
            class_="note",
        ),
    )


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
    sentences = [
        f"Session scores of {counted(panel.n_dyads, 'dyad')} ({panel.n_scored:,} scored sessions){_measure(panel)}"
        f" were judged by one primary rule, {count.rule.label}{in_brackets(rule_sources([detection.primary]))}."
        f" {detection.primary.method}",
        f"It flagged {count.flagged_dyads:,} of {counted(count.dyads, 'dyad')} with a score;"
        f" {count.undetectable_dyads:,} could not have been flagged.",
    ]
    if panel.n_missing:
        sentences.append(
            f"{counted(panel.n_missing, 'session')} without a score could not be judged; no score was filled in."
        )
    if count.beside:
        sentences.append(f"{capital(count.beside)}.")
    noise = count.expected
    if noise is None:
        sentences.append(f"The number expected from noise alone is not known: {count.unknown}.")
    else:
        sentences.append(
            f"The number expected from noise alone is {noise.mean:.1f} (95% of simulated panels {noise.low} to"
            f" {noise.high}), by a parametric bootstrap of the panel's own sessions, gaps and missing scores under a"
            f" null model {origin(noise)} (within-dyad SD {noise.null.within_sd:.2f}{between(noise.within_sd)},"
            f" autocorrelation {noise.null.phi:.2f}{between(noise.phi)};"
            f" {counted(noise.runs, 'panel')}, seed {noise.seed}). Were there a"
            f" {detection.terms.move} of {in_points(noise.falls.depth)} in {noise.falls.share:.0%} of the dyads, the"
            f" power to count more than noise gives would be {noise.falls.power:.2f}."
        )
    if detection.rules[1:]:
        *most, last = (f"{rule.label}{in_brackets(rule_sources([rule]))}" for rule in detection.rules[1:])
        others = f"{', '.join(most)} and {last}" if most else last
        sentences.append(f"As a sensitivity analysis the scores were also judged by {others}.")
    sentences.append(f"The analysis was made with therarel {version('therarel')} for Python.")
    return " ".join(sentences)


def _measure(panel: Panel) -> str:
    """What the scores are scores of, for the first sentence."""
    instrument = instrument_of(panel)
    if instrument is None:
        what = panel.instrument or (panel.construct.label if panel.construct else "")
    else:
        what = instrument.name + in_brackets(citation(key) for key in instrument.citations)
    rated = f", rated by the {panel.rater.label}" if panel.rater else ""
    return f"{f' of {what}' if what else ''}, {panel.scale}{rated},"


def reviewing_section(subject: Subject) -> Markup:
    """The paragraph, what it takes to make the report again, the data as files, and how to cite."""
    return section(
        "For a reviewer",
        tag("p", methods_paragraph(subject.detection)),
        _sensitivity_table(subject),
        reproducing(subject),
        attachments(subject),
        citing(),
    )
