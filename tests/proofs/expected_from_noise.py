"""What noise is said to give beside what it gives: 20 designs of panels in which nothing happens, 20 panels of each.

    python -m tests.proofs.expected_from_noise [--panels 20] [--design NAME] [--save [FILE]]

The scores are made by a loop of its own here, one session after another, and not by the simulator that is tried. The
null model is fitted to each panel. For the drop, the individuals chart and the sudden gain it is shown how many dyads
were flagged, how many noise was said to give, and in how many panels the count lay in the interval that was told. A
design holds where the mean difference is at most 3 of its standard errors and 3 % of the dyads, and the interval held
the count in 18 of 20 panels. The standard error is that of the differences; where fewer than 10 dyads are flagged in all
panels together, at least that of a Poisson count.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from therarel.detection import detect, rules
from therarel.domain import RatingScale
from therarel.panels import Panel

RESULT = Path(__file__).with_name("results") / "expected_from_noise.json"
PANELS = 20
FEWEST_HELD = 0.9
MOST_ERRORS = 3.0
MOST_SHARE = 0.03
RARE = 10


@attrs.frozen(kw_only=True)
class Design:
    """Panels of one kind: noise with a level and a slope of each dyad, all in the instrument's own direction.

    Args:
        dyads: Number of dyads.
        sessions: Number of sessions, or the fewest and the most.
        days: Days from one session to the next, or the fewest and the most; ``None`` where sessions are counted.
        mean: Mean at the first session.
        between_sd: Standard deviation of that level between dyads.
        slope: Mean change per session, or per week where sessions are dates.
        slope_sd: Standard deviation of that change between dyads.
        within_sd: Standard deviation of the noise.
        phi: Autocorrelation of the noise from session to session, or over a week.
        scale: Lowest and highest score.
        step: Smallest difference of two scores.
        missing: Share of sessions without a score.
        max_gap: Largest gap of the panel.
        higher_is_better: Direction of the scale.
        stated: Whether the ends of the scale are stated.
    """

    dyads: int = 200
    sessions: tuple[int, int] = (16, 16)
    days: tuple[int, int] | None = None
    mean: float = 3.9
    between_sd: float = 0.65
    slope: float = 0.02
    slope_sd: float = 0.02
    within_sd: float = 0.35
    phi: float = 0.3
    scale: tuple[float, float] = (1.0, 5.0)
    step: float = 1 / 12
    missing: float = 0.0
    max_gap: float | None = None
    higher_is_better: bool = True
    stated: bool = True

    def panel(self, seed: int) -> Panel:
        """One panel of the design."""
        chance = np.random.default_rng([20261123, seed])
        labels: list[str] = []
        places: list[int] = []
        scores: list[float | None] = []
        for dyad in range(self.dyads):
            sessions = int(chance.integers(self.sessions[0], self.sessions[1] + 1))
            level, slope = chance.normal(self.mean, self.between_sd), chance.normal(self.slope, self.slope_sd)
            noise, place, time = chance.normal(), 0, 0.0
            for number in range(sessions):
                if number:
                    days = None if self.days is None else int(chance.integers(self.days[0], self.days[1] + 1))
                    apart = 1.0 if days is None else days / 7
                    carried = self.phi**apart
                    noise = carried * noise + np.sqrt(1 - carried**2) * chance.normal()
                    place, time = place + (1 if days is None else days), time + apart
                score = min(max(level + slope * time + self.within_sd * noise, self.scale[0]), self.scale[1])
                score = self.scale[0] + round((score - self.scale[0]) / self.step) * self.step
                labels.append(f"D-{dyad:04}")
                places.append(place)
                scores.append(None if chance.random() < self.missing else score)
        first = date(2026, 1, 5)
        return Panel.from_arrays(
            labels,
            places if self.days is None else [first + timedelta(days=place) for place in places],
            scores,
            scale=RatingScale(*self.scale, self.higher_is_better) if self.stated else None,
            higher_is_better=self.higher_is_better if not self.stated else None,
            index="attended" if self.days is None else "dated",
            max_gap=self.max_gap,
        )

    @property
    def rules(self) -> tuple[rules.Rule, ...]:
        """The drop, the chart and the sudden gain of a quarter of the scale."""
        cutoff = (self.scale[1] - self.scale[0]) / 4
        return rules.Drop(k=2), rules.IndividualsChart(), rules.SuddenGain(cutoff=cutoff)


DESIGNS = {
    "sixteen sessions": Design(),
    "five sessions": Design(sessions=(5, 5), dyads=300),
    "six sessions, weaker autocorrelation": Design(sessions=(6, 6), dyads=400, phi=0.2),
    "eight sessions, phi 0": Design(sessions=(8, 8), phi=0.0),
    "thirty sessions, phi .8": Design(sessions=(30, 30), phi=0.8, dyads=150),
    "sixteen sessions, phi .7": Design(phi=0.7, dyads=300),
    "weekly dates, steep improvement": Design(sessions=(10, 10), days=(7, 7), mean=2.5, slope=0.25, dyads=400),
    "irregular dates, phi .5": Design(sessions=(12, 12), days=(3, 14), phi=0.5),
    "40 % missing, largest gap 1": Design(missing=0.4, max_gap=1, dyads=300),
    "40 % missing, phi .5": Design(missing=0.4, phi=0.5, dyads=300),
    "symptoms near the floor, lower is better": Design(
        sessions=(10, 10), scale=(0, 27), step=1, mean=4.5, between_sd=5, slope=-0.3, slope_sd=0.2, within_sd=2.5,
        phi=0.4, higher_is_better=False, dyads=250,
    ),
    "alliance at the ceiling": Design(mean=4.7, slope=0.01, slope_sd=0.01),
    "four to thirty sessions": Design(sessions=(4, 30), dyads=300),
    "mixed lengths, dates, 20 % missing, largest gap 14 days": Design(
        sessions=(5, 25), days=(5, 9), missing=0.2, max_gap=14, dyads=300
    ),
    "symptoms 0 to 180, improvement differs": Design(
        sessions=(10, 10), scale=(0, 180), step=1, mean=75, between_sd=20, slope=-2, slope_sd=1.5, within_sd=9,
        higher_is_better=False,
    ),
    "whole numbers from 1 to 5": Design(sessions=(12, 12), step=1, within_sd=0.6, dyads=250),
    "slopes that differ much": Design(sessions=(12, 12), slope=0.05, slope_sd=0.08, dyads=250),
    "forty dyads": Design(sessions=(10, 10), dyads=40),
    "scale not stated": Design(sessions=(14, 14), within_sd=0.5, phi=0.1, stated=False),
    "1 to 7, phi .8, 30 % missing, ceiling": Design(
        sessions=(20, 20), scale=(1, 7), mean=5.8, between_sd=1, slope=0.05, slope_sd=0.05, within_sd=0.8, phi=0.8,
        missing=0.3,
    ),
}  # fmt: skip


def tried(design: Design, panels: int) -> dict[str, Any]:
    """What was flagged and what was told, over some panels of a design, rule by rule."""
    seen: dict[str, list[tuple[float, float, bool]]] = {}
    for seed in range(panels):
        primary, *also = design.rules
        for count in detect(design.panel(seed), primary=primary, also=also, seed=seed).counts:
            told = count.expected
            assert told is not None, count.unknown
            held = told.low <= count.flagged_dyads <= told.high
            seen.setdefault(count.rule.name, []).append((count.flagged_dyads, told.mean, held))
    return {name: summarised(found, design.dyads) for name, found in seen.items()}


def summarised(found: Sequence[tuple[float, float, bool]], dyads: int) -> dict[str, Any]:
    """The counts of one rule over the panels of a design."""
    flagged, told, held = (np.array(column, dtype=float) for column in zip(*found, strict=True))
    difference = told - flagged
    error = float(difference.std(ddof=1) / np.sqrt(difference.size)) if difference.size > 1 else float("nan")
    if flagged.sum() < RARE:  # hardly any panel has one: what chance does to so few is that of a Poisson count
        error = max(error, float(np.sqrt(told.mean() / difference.size)))
    mean = float(difference.mean())
    return {
        "flagged": round(float(flagged.mean()), 2),
        "told": round(float(told.mean()), 2),
        "difference": round(mean, 2),
        "standard_errors": round(mean / error, 2) if error else 0.0,
        "share_of_dyads": round(mean / dyads, 4),
        "held": int(held.sum()),
        "of": difference.size,
        "holds": bool(
            abs(mean) <= MOST_ERRORS * error + 1e-9
            and abs(mean) <= MOST_SHARE * dyads
            and held.sum() >= FEWEST_HELD * difference.size
        ),
    }


def main() -> None:
    """Try all designs, and say which do not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panels", type=int, default=PANELS)
    parser.add_argument("--design", choices=list(DESIGNS), action="append", help="only this one; may be repeated")
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    found = {}
    for name in chosen.design or DESIGNS:
        found[name] = tried(DESIGNS[name], chosen.panels)
        for rule, figures in found[name].items():
            print(f"{name}; {rule}: {figures}", flush=True)  # noqa: T201  # a script's answer
    failing = [f"{name}; {rule}" for name, each in found.items() for rule, told in each.items() if not told["holds"]]
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "panels": chosen.panels,
        "designs": len(found),
        "not_holding": failing,
        "found": found,
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
    }
    print("all hold" if not failing else f"not holding: {failing}")  # noqa: T201
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if failing else 0)


if __name__ == "__main__":
    main()
