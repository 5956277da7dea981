"""The scan against every other rule: simulated falls found at equal false alarms, and the false alarms of its own limit.

    python -m tests.proofs.scan_roc [--panels 40] [--only known|learnt] [--design NAME ...] [--save [FILE]]

The scores are made by a loop of its own here, not by the simulator of the library: 3.9 + b0 + (.02 + b1) t + e on a
scale of 1 to 5 in twelfths, b0 with SD .65, b1 with SD .02, e autocorrelated with phi .3 and SD .35, falls taken from
the course before it is clipped and rounded. The statistics of the other rules are written out here as well.

``known`` compares rules where the noise is known: the share of dyads with a fall that pass the limit which 5 % of
dyads without one pass, for falls of several kinds and lengths of series. ``learnt`` learns everything from panels of
200 dyads (50, 1,000) of which 0, 25 and 50 % have a fall, and looks at fresh dyads of the same kind: false alarms at
the limit that the rule has set itself, falls found at equal true false alarms and at that limit, the share of noise
among dyads with q up to .2, and how often intervals of depth hold the truth.
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
import numpy.typing as npt

from therarel.detection import detect, rules
from therarel.noise import NullModel
from therarel.noise.context import PanelContext
from therarel.noise.falls.limits import share_at_best
from therarel.noise.falls.wandering import Wandering, stated
from therarel.noise.series import Series
from therarel.panels import Panel

Floats = npt.NDArray[np.float64]

RESULT = Path(__file__).with_name("results") / "scan_roc.json"
LENGTHS = np.array([0.30, 0.12, 0.07, 0.05, 0.03, 0.03]) / 0.60
LASTING = 0.42
ALARMS = (0.05, 0.10, 0.33)
SCALE = PanelContext.of_scale(1, 5, step=1 / 12)
FRESH = 3000


@attrs.frozen(kw_only=True)
class Design:
    """Panels of one kind.

    Args:
        noise: ``normal``, ``varying`` (dyads whose SD differ, log-normal with .35), ``t5``, ``down`` or ``up``
            (chi-square of 8 degrees of freedom, skewness -1 or 1).
        mean: Mean at the first session.
        sessions: Number of sessions.
        missing: Share of sessions without a score.
        dated: Whether sessions are 3 to 14 days apart; phi and slopes are then those of a week.
        dyads: Dyads of a panel.
        fallen: Share of them with a fall.
    """

    noise: str = "normal"
    mean: float = 3.9
    sessions: int = 16
    missing: float = 0.0
    dated: bool = False
    dyads: int = 200
    fallen: float = 0.25


NOISES = {
    "normal": Design(),
    "varying SD": Design(noise="varying"),
    "t5": Design(noise="t5"),
    "near the ceiling": Design(mean=4.6),
}
LEARNT = {
    **{
        f"{name}, {share:.0%} fallen": attrs.evolve(design, fallen=share)
        for name, design in NOISES.items()
        for share in (0.0, 0.25, 0.5)
    },
    "dated, 25% fallen": Design(dated=True),
    "30% missing, 25% fallen": Design(missing=0.3),
    "skewed down, 0% fallen": Design(noise="down", fallen=0.0),
    "skewed up, 0% fallen": Design(noise="up", fallen=0.0),
    "50 dyads, 25% fallen": Design(dyads=50),
    "1,000 dyads, 25% fallen": Design(dyads=1000),
}
"""What everything is learnt from."""


@attrs.frozen(eq=False)
class Drawn:
    """Simulated dyads: times and scores with NaN where one is missing, ``(g, n)``; who has a fall, and how deep."""

    time: Floats
    score: Floats
    fallen: npt.NDArray[np.bool_]
    depth: Floats

    @property
    def series(self) -> Series:
        """The scored sessions; every dyad has one."""
        there = ~np.isnan(self.score)
        starts = np.concatenate(([0], np.cumsum(there.sum(axis=1))))
        return Series(starts, self.time[there], self.score[there])

    def panel(self, *, dated: bool) -> Panel:
        """The panel that a user would have."""
        g, n = self.score.shape
        first = date(2026, 1, 5)
        at = self.time.ravel().tolist()
        return Panel.from_arrays(
            np.repeat([f"D-{dyad:05}" for dyad in range(g)], n).tolist(),
            [first + timedelta(days=int(each)) for each in at] if dated else [int(each) for each in at],
            [None if np.isnan(each) else each for each in self.score.ravel().tolist()],
            scale=(1, 5),
            higher_is_better=True,
            index="dated" if dated else "attended",
        )


def fall(kind: str, chance: np.random.Generator, g: int, n: int) -> tuple[Floats, Floats]:
    """By how much each score is lower, ``(g, n)``, and the depth of each fall."""
    place = np.arange(n)
    onset, depth = chance.integers(1, n, g)[:, None], chance.uniform(0.7, 1.5, g)[:, None]
    length = chance.choice(np.arange(1, 7), g, p=LENGTHS)[:, None]
    length = np.where(chance.random((g, 1)) < LASTING, n, length)
    match kind:
        case "single":
            depth, length = np.ones((g, 1)), np.ones((g, 1))
        case "two" | "four":
            whole = 2 if kind == "two" else 4  # the last of them lies within the series
            depth, length, onset = np.ones((g, 1)), np.full((g, 1), whole), chance.integers(1, n - whole + 1, (g, 1))
        case "shallow":
            depth, length = chance.uniform(0.4, 0.7, (g, 1)), np.full((g, 1), 3)
        case "last":
            onset, length = np.full((g, 1), n - 1), np.ones((g, 1))
        case "ramp":
            onset = chance.integers(1, max(n - 5, 2), g)[:, None]
            return depth * np.clip(1 - np.abs(place - onset - 2) / 3, 0, 1), depth[:, 0]
        case "slow":
            onset = chance.integers(1, max(n // 2, 2), g)[:, None]
            return depth * np.clip((place - onset) / np.maximum(n - 1 - onset, 1), 0, 1), depth[:, 0]
        case _:
            pass
    return depth * ((place >= onset) & (place < onset + length)), depth[:, 0]


def draw(design: Design, chance: np.random.Generator, g: int, share: float, kind: str = "mixed") -> Drawn:
    """Simulated dyads of one kind; after falls of the kind ``dropout`` there are two more scores at most."""
    n = design.sessions
    apart = chance.integers(3, 15, (g, n)) if design.dated else np.ones((g, n))
    apart[:, 0] = 0
    time = np.cumsum(apart, axis=1).astype(np.float64)
    unit = 7.0 if design.dated else 1.0
    match design.noise:
        case "t5":
            new = chance.standard_t(5, (g, n)) / np.sqrt(5 / 3)
        case "down" | "up":
            new = (chance.chisquare(8, (g, n)) - 8) / 4 * (1 if design.noise == "up" else -1)
        case _:
            new = chance.standard_normal((g, n))
    noise = new.copy()
    for at in range(1, n):
        carried = 0.3 ** (apart[:, at] / unit)
        noise[:, at] = carried * noise[:, at - 1] + np.sqrt(1 - carried**2) * new[:, at]
    if design.noise == "varying":
        noise *= np.exp(0.35 * chance.standard_normal((g, 1)) - 0.35**2)
    level, slope = 0.65 * chance.standard_normal((g, 1)), 0.02 + 0.02 * chance.standard_normal((g, 1))
    by, depth = fall(kind, chance, g, n)
    fallen = chance.random(g) < share
    score = design.mean + level + slope * time / unit + 0.35 * noise - np.where(fallen[:, None], by, 0.0)
    score = np.clip(1 + np.rint((score - 1) * 12) / 12, 1, 5)
    gone = chance.random((g, n)) < design.missing
    if kind == "dropout":
        gone |= np.arange(n) > (by > 0).argmax(axis=1)[:, None] + 2
    gone[:, :2] = False
    return Drawn(time + 1, np.where(gone, np.nan, score), fallen, depth)


def statistics(drawn: Drawn, wandering: Wandering, pooled: float) -> dict[str, Floats]:
    """How far each rule goes in each dyad: the largest of what it compares with its limit.

    Args:
        drawn: The dyads.
        wandering: How scores wander, for the scan.
        pooled: Standard deviation within dyads of quiet panels, for the drop.
    """
    score = drawn.score
    n = (~np.isnan(score)).sum(axis=1)
    drop = score[:, :-1] - score[:, 1:]
    best = np.fmax.accumulate(score, axis=1)
    mean, sd = np.nanmean(score, axis=1), np.maximum(np.nanstd(score, axis=1) * np.sqrt(n / (n - 1)), 1e-9)
    moving = np.maximum(np.nanmean(np.abs(drop), axis=1) / 1.128, 1e-9)
    furthest, below = np.nanmax(drop, axis=1), mean - np.nanmin(score, axis=1)
    return {
        "drop in own SDs": furthest / sd,
        "drop, larger of own and pooled SD": furthest / np.maximum(sd, pooled),
        "drop in points (reliable drop)": furthest,
        "below own mean": below / sd,
        "individuals chart": below / moving,
        "fall from the best so far, in points": np.nanmax(best[:, :-1] - score[:, 1:], axis=1),
        "scan, one session at a time": earlier(drawn.series, wandering.null),
        "scan": scanned(drawn.series, wandering),
    }


def scanned(series: Series, wandering: Wandering) -> Floats:
    """How far the scan goes in each dyad beyond the limit of its like; not at all where changes go the other way."""
    context = attrs.evolve(SCALE, limits=False)
    seen = attrs.evolve(rules.Scan(), wandering=wandering).verdicts(series, context).dyads
    beyond = seen["log_ratio"] - wandering.tail.limits(ALARMS[0], share_at_best(series, context))
    return np.where(seen["p"] < 1, beyond, -np.inf)


def earlier(series: Series, null: NullModel) -> Floats:
    """The largest number of standard errors by which a score of each dyad lies below its prediction."""
    seen = rules.EarlierScan(null=null).verdicts(series, SCALE, values=True).values
    below = seen["change"] / seen["standard_error"]
    below[series.first] = -np.inf
    return np.maximum.reduceat(below, series.first)


def spread(drawn: Drawn) -> float:
    """Standard deviation within dyads, pooled over them."""
    n = (~np.isnan(drawn.score)).sum(axis=1)
    return float(np.sqrt((np.nanvar(drawn.score, axis=1) * n).sum() / (n - 1).sum()))


def passed(quiet: Floats, fallen: Floats, rate: float, chance: np.random.Generator) -> float:
    """Share of dyads with a fall beyond the limit that this share of quiet ones passes; ties are broken by chance."""
    one, two = (np.nan_to_num(each) + 1e-9 * chance.random(each.size) for each in (quiet, fallen))
    return float((two > np.quantile(one, 1 - rate)).mean())


def known(g: int = 8000, kinds: Sequence[str] = ()) -> dict[str, Any]:
    """Falls found at equal false alarms where the noise is known."""
    chance = np.random.default_rng(20261130)
    table: dict[str, Any] = {}
    cases = {
        **{f"mixed, {n} sessions": (Design(sessions=n), "mixed") for n in (8, 16, 30)},
        **{f"mixed, {name}": (design, "mixed") for name, design in NOISES.items() if name != "normal"},
        **{
            f"{kind}, 16 sessions": (Design(), kind)
            for kind in ("single", "two", "four", "shallow", "ramp", "slow", "last", "dropout")
        },
    }
    for name, (design, kind) in cases.items():
        if kinds and name not in kinds:
            continue
        null = NullModel(intercept=design.mean)
        still, some = (draw(design, chance, size, share, kind) for size, share in ((2 * g, 0.0), (g, 1.0)))
        few = draw(design, np.random.default_rng(1), 50, 0.0, kind)
        wandering = stated(null, few.series, SCALE, rules.Pulses(), seed=1)
        quiet, fallen = (statistics(each, wandering, spread(still)) for each in (still, some))
        table[name] = {
            rule: [round(passed(quiet[rule], fallen[rule], rate, chance), 3) for rate in ALARMS] for rule in quiet
        }
    return table


def learnt(design: Design, panels: int) -> dict[str, Any]:
    """What a scan that has learnt everything from panels of a design does with fresh dyads of the same kind."""
    chance = np.random.default_rng([20261130, *str(design).encode()])
    rows = []
    for _ in range(panels):
        drawn = draw(design, chance, design.dyads, design.fallen)
        found = detect(drawn.panel(dated=design.dated), primary=rules.Scan(), expected="none")
        rule = found.primary
        assert isinstance(rule, rules.Scan)
        if rule.wandering is None:
            rows.append({"nothing fitted": 1.0})
            continue
        null = rule.wandering.null
        quiet, fallen = (draw(design, chance, FRESH, share) for share in (0.0, 1.0))
        without, with_fall = (statistics(each, rule.wandering, spread(quiet)) for each in (quiet, fallen))
        of_dyads = found.of_dyads[0]
        listed = of_dyads["q"] <= 0.2
        hit = (of_dyads["p"] < rule.rate) & drawn.fallen
        depth = drawn.depth[hit]
        inside = (of_dyads["depth_low"][hit] <= depth) & (depth <= of_dyads["depth_high"][hit])
        rows.append(
            {
                "nothing fitted": 0.0,
                "false alarms": float((without["scan"] > 0).mean()),
                "found at the limit": float((with_fall["scan"] > 0).mean()),
                **{f"found, {each}": passed(without[each], with_fall[each], 0.05, chance) for each in without},
                "noise among q up to .2": float(1 - drawn.fallen[listed].mean()) if listed.any() else 0.0,
                "intervals that hold the depth": float(inside.mean()) if depth.size else np.nan,
                "flagged": float((of_dyads["p"] < rule.rate).mean()),
                "flagged upside down": float((of_dyads["mirrored_p"] < rule.rate).mean()),
                "skewness": rule.wandering.skewness,
                "within SD": null.within_sd,
                "phi": null.phi,
            }
        )
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}
    return {
        name: [round(float(np.nanmean(values)), 3), round(float(np.nanstd(values)), 3)]
        for name, values in columns.items()
        if not np.isnan(values).all()
    }


def main(arguments: Sequence[str]) -> int:
    """Run the study, print it, and keep it where that is asked for."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--panels", type=int, default=40)
    reader.add_argument("--only", choices=("known", "learnt"))
    reader.add_argument("--design", nargs="*", default=list(LEARNT))
    reader.add_argument("--save", nargs="?", const=RESULT, type=Path)
    asked = reader.parse_args(arguments)
    result: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("therarel", "numpy")},
        "panels": asked.panels,
        "fresh dyads": FRESH,
    }

    def keep(part: str, name: str, what: object) -> None:
        result.setdefault(part, {})[name] = what
        sys.stdout.write(f"{part} {name} {json.dumps(what)}\n")
        sys.stdout.flush()
        if asked.save:
            asked.save.write_text(json.dumps(result, indent=1) + "\n", "utf-8")

    if asked.only != "learnt":
        for name, what in known().items():
            keep("known", name, what)
    if asked.only != "known":
        for name in asked.design:
            keep("learnt", name, learnt(LEARNT[name], asked.panels))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
