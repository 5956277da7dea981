"""Draws the pictures of the pages about rules: false alarms and hits of each rule, and each rule on an example."""

from __future__ import annotations

from collections.abc import Iterator

from therarel.detection import calibrate, detect, rules
from therarel.drawing import Drawing
from therarel.panels import Panel

FOLDER = "detection/pictures"
SEED = 20261123
CLIENTS = 4000
SCORES = [4.0, 4.25, 4.0, 4.5, 4.25, 4.5, 4.25, 4.0, 2.0, 3.0, 4.25, 4.5]
LASTING = [4.25, 4.5, 4.25, 4.5, 4.25, 4.5, 2.75, 3.0, 2.75, 3.0, 2.75, 3.0]
RULES: dict[str, rules.Rule] = {
    "drop": rules.Drop(k=2),
    "own_mean": rules.BelowOwnMean(k=2),
    "individuals_chart": rules.IndividualsChart(),
    "reliable_drop": rules.ReliableDrop(sd=0.8, reliability=0.9),
    "sudden_change": rules.SuddenLoss(cutoff=1),
    "change_points": rules.ChangePoint(),
}
"""The rule of each page, with the settings that the page calibrates."""


def pages() -> Iterator[tuple[str, str]]:
    """Two pictures for each rule."""
    for name, rule in RULES.items():
        slow = isinstance(rule, rules.ChangePoint)
        rates = calibrate(
            rule,
            lengths=(8, 12, 16, 24, 30),
            drop_lengths=(1, 3),
            clients=CLIENTS // 10 if slow else CLIENTS,
            seed=SEED,
        )
        yield f"{FOLDER}/{name}_rates.svg", rates.draw().to_svg()
        lasting = isinstance(rule, rules.SuddenLoss | rules.ChangePoint)
        yield f"{FOLDER}/{name}.svg", example(rule, LASTING if lasting else SCORES).to_svg()


def example(rule: rules.Rule, scores: list[float]) -> Drawing:
    """What a rule finds in one made-up series, or the first of it."""
    panel = Panel.from_arrays(
        ["example"] * len(scores),
        range(1, len(scores) + 1),
        scores,
        scale=(1, 5),
        higher_is_better=True,
        construct="alliance",
    )
    return detect(panel, primary=rule).candidates[0].draw()
