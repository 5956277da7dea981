"""How far the expected counts rest on the figures of the noise: what rules would flag if it were a little other."""

from __future__ import annotations

from therarel.detection import Detection
from therarel.detection.other_noise import OtherNoise, other_noise
from therarel.reports.markup import Content, Markup, joined, table, tag
from therarel.reports.subject import Subject

__all__ = ["noise_changed", "sensitivity_table"]


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


def sensitivity_table(subject: Subject) -> Markup | None:
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
