"""Results as a person has approved them: all that a detection says in words and tables, beside this file.

    python -m tests.detection.results

writes them anew. Look at the difference before you keep it: every line of it is something that readers will see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
from tests.made_up import expecting, of_series, readable, rounded

from therarel.detection import Detection, RuptureCandidate, detect, rules
from therarel.domain.ratings import Construct
from therarel.panels import Panel

FOLDER = Path(__file__).with_name("approved")


def whole(found: Detection) -> str:
    """All that a detection says: itself, its candidates one by one, its tables."""
    lines = [str(found), found._repr_html_(), str(found.candidates), found.candidates._repr_html_()]
    for rule in found.rules:
        lines += [line for each in found.candidates_of(rule) for line in told(each)]
    lines += [str(found.table()), found.table().to_csv(), found.table().to_latex(), str(found.agreement)]
    lines += [f"{name}: {values}" for name, values in found.agreement.columns().items()]
    for frame in (found.candidates.to_frame(), found.verdicts, found.undetectable):
        assert isinstance(frame, pl.DataFrame)
        lines += ["; ".join(frame.columns), *("; ".join(str(cell) for cell in row) for row in frame.iter_rows())]
    drawn = [readable(each.draw().to_svg()) for each in found.candidates[:2]]
    return rounded("\n".join([*lines, *drawn]) + "\n")


def told(candidate: RuptureCandidate) -> list[str]:
    """All that a candidate says."""
    return [
        str(candidate),
        candidate.explain(),
        str(candidate.grounds),
        f"{candidate.rule.label}; also {candidate.also}; length {candidate.length}; {candidate.recovery or candidate.reversal}",
        f"{candidate.sessions}; {candidate.scores}; {candidate.limits}",
    ]


def alliance() -> Detection:
    """Drops that recover, stay open and are not known, one of a dyad whose series begins low, a dyad without scores."""
    series: dict[str, list[float | None]] = {
        **{f"S-{at}": [4.0 - 0.1 * at, 4.1, 4.0, 3.9, 4.0, 4.1, 4.0 - 0.1 * at] for at in range(3)},
        "recovers": [4.0, 4.1, 4.0, 2.0, 1.8, 4.0, 4.1, 4.0, 4.2],
        "twice": [4.0, 4.1, 2.5, 4.0, 4.1, 4.0, 2.0, 4.0, 4.1],
        "stays low": [4.0, 4.1, 4.0, 2.0, 2.1, 2.0, 2.1, 2.0, 2.2],
        "ends low": [4.0, None, 4.1, 4.0, 4.1, None, 4.0, 4.1, 2.0],
        "begins low": [1.5, 4.0, 4.1, 4.0, 4.1, 4.0, 4.1, 4.0, 4.1],
        "short": [4.0, 3.0],
        "unscored": [None, None, None],
    }
    panel = of_series(series, construct=Construct.ALLIANCE)
    also = [
        rules.IndividualsChart(k=2),
        rules.Drop(k=3, minimal_drop=1, recovery=rules.Recovery(share=0.5, within=None)),
        rules.BelowOwnMean(),
        rules.ReliableDrop(reliability=0.9, sd=0.6, reference="running_maximum"),
    ]
    return expecting(detect(panel, primary=rules.Drop(k=1.5), also=also))


def outcome() -> Detection:
    """Gains on a symptom scale, dated, with a largest gap, and therapists."""
    start = [
        date(2024, 1, 8),
        date(2024, 1, 15),
        date(2024, 1, 22),
        date(2024, 2, 26),
        date(2024, 3, 4),
        date(2024, 3, 11),
    ]
    totals = {"P1": [20, 21, 20, 9, 8, 9], "P2": [15, 15, 16, 5, 14, 15], "P3": [12, 12, 12, 12, 12, 12]}
    rows = [(dyad, day, total, "T1") for dyad, each in totals.items() for day, total in zip(start, each, strict=True)]
    dyad, day, total, therapist = (list(column) for column in zip(*rows, strict=True))
    panel = Panel.from_arrays(dyad, day, total, therapist=therapist, instrument="phq-9", index="dated", max_gap=40)
    gain = rules.SuddenGain(cutoff=7, criterion3=None)
    chart = rules.IndividualsChart(rules={1, 2, 5}, sigma="sd")
    return expecting(detect(panel, primary=gain, also=[rules.SuddenLoss(share=0.1), chart]), fitted=False)


def unknown() -> Detection:
    """Scores that nobody knows the meaning or the scale of, too few for an expected count."""
    scores = [3.0, 3.5, 3.25, 3.0, 3.5, 3.25, 3.0, 3.5, 3.25, 3.0, 1.25, 1.0, 1.25, 1.0, 1.25]
    panel = of_series({"A": [*scores], "B": [2.0]}, scale=None, first=0)
    charts = [
        rules.IndividualsChart(k=2, rules={1, 2, 3, 5, 6}, detrended=True, screened=True),
        rules.IndividualsChart(autocorrelation=True),
    ]
    return detect(panel, primary=rules.ChangePoint(), also=charts)


def days() -> Detection:
    """A dated series that begins low, and another that falls and comes back."""
    days = [f"2024-03-{day:02}" for day in (1, 8, 15, 22, 29)]
    panel = Panel.from_arrays(
        ["A"] * 5 + ["B"] * 5, days * 2, [1, 4, 5, 4, 5, 4, 5, 4, 1, 4],
        scale=(1, 5), higher_is_better=True, construct="presence", index="dated",
    )  # fmt: skip
    return detect(panel, primary=rules.IndividualsChart(k=1), also=[rules.BelowOwnMean(k=1)], expected="none")


RESULTS: Mapping[str, Callable[[], Detection]] = {made.__name__: made for made in (alliance, outcome, unknown, days)}


def main() -> None:
    """Write all results."""
    FOLDER.mkdir(exist_ok=True)
    for name, made in RESULTS.items():
        (FOLDER / f"{name}.txt").write_text(whole(made()), "utf-8")


if __name__ == "__main__":
    main()
