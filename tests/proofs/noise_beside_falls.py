"""What noise is said to give beside what it gives, in clinics with falls: a scan fitted to the panel serves all rules.

    nice python -m tests.proofs.noise_beside_falls [--panels 30] [--powers 200] [--only powers] [--design NAME ...] [--save [FILE]]

Panels of 200 dyads with 16 sessions, made by the loop of `tests.proofs.scan_roc`: normal noise, dyads whose SD differs,
t noise with 5 degrees of freedom, and a mean near the ceiling; none, a quarter or a half of the dyads with a fall .7 to 1.5
points deep, of 1 to 6 sessions or to the end; and a quarter with a fall of 1 point in the shapes of the simulator's
defaults, which decline and are made good over some sessions, as the counts of falls beside noise have them. In each panel the scan, the drop, the reliable drop, the individuals
chart and the fall from the best score so far, in points, say how many dyads noise alone would make them flag. Compared
is the share that they flag of 2,000 fresh dyads of the same kind without a fall, by what they have learnt from the panel
with its falls; the share among the panel's own dyads without a fall has the same mean, and more chance in it.

Power is compared where a quarter have a fall in the simulator's shapes, which are those that it is said for, in more
panels: said is the mean of what is said of these panels, true is the share of them whose own count lies above what noise
is said to give of that very panel. ``error`` is the standard error of a difference, of powers and of shares. ``said, none fallen`` is the mean
of what is said of panels of the same kind in which nobody has a fall; it is listed and not judged, for noise there is
what is fitted, and power is said of a panel whose noise has a part of falls in it.

``--only powers`` leaves the shares as they are in the kept result, and simulates what powers need.

A rule holds where the mean difference of the shares is at most .03 under normal noise and .05 under the others, with
none, a quarter and a half fallen, and where the powers differ by at most .07. With falls in the simulator's shapes the
shares are listed as well: such falls are unlike those that the scan looks for, so that a part of them stays in its noise.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from tests.proofs.scan_roc import NOISES, Design, Drawn, draw

from therarel.detection import detect, rules
from therarel.simulation import ClinicParameters
from therarel.simulation.ruptures import draw_ruptures

RESULT = Path(__file__).with_name("results") / "noise_beside_falls.json"
Row = Mapping[str, Mapping[str, float]]
"""What each rule flagged in a panel and what it said, by name."""
CASES = {
    "none fallen": (0.0, False),
    "a quarter fallen": (0.25, False),
    "a half fallen": (0.5, False),
    "a quarter fallen, simulator's shapes": (0.25, True),
}
"""Share of dyads with a fall, and whether it has the shapes of the simulator."""
OTHERWISE = "a quarter fallen, simulator's shapes"
FRESH_DYADS = 2000
DEPTH = 1.0
MOST_APART = 0.03
MOST_APART_OTHERWISE = 0.05
MOST_POWER_APART = 0.07

ALSO = {
    "drop, 2 SD (own or pooled)": rules.Drop(k=2),
    "reliable drop": rules.ReliableDrop(reliability=0.9),
    "individuals chart": rules.IndividualsChart(),
    "1.25 points below the best": rules.Drop(k=1.25, scale="points", reference="running_maximum"),
}
NAMES = ("scan", *ALSO)


def fallen(design: Design, chance: np.random.Generator, share: float, *, simulator: bool) -> Drawn:
    """Dyads of a design, some with a fall; in the simulator's shapes it is counted from the score that the scale shows."""
    if not simulator:
        return draw(design, chance, design.dyads, share)
    drawn = draw(design, chance, design.dyads, 0.0)
    sizes = np.full(design.dyads, design.sessions)
    starts = np.arange(design.dyads + 1) * design.sessions
    falls = ClinicParameters(rupture_share=share, depth=(DEPTH, DEPTH, DEPTH))
    truth, rows, by = draw_ruptures(chance, falls, sizes, starts)
    score = drawn.score.ravel().copy()
    score[rows] = np.clip(1 + np.rint((score[rows] - by - 1) * 12) / 12, 1, 5)
    has = np.zeros(design.dyads, dtype=np.bool_)
    has[truth.dyad] = True
    return attrs.evolve(drawn, score=score.reshape(drawn.score.shape), fallen=has)


def flagged(codes: npt.NDArray[np.uint8], design: Design) -> npt.NDArray[np.bool_]:
    """Which dyads have a flagged session."""
    return np.asarray((codes == 1).reshape(design.dyads, -1).any(axis=1))


def tried(design: Design, case: str, panels: int) -> list[Row]:
    """What each rule flagged and what it said, panel by panel."""
    share, simulator = CASES[case]
    chance = np.random.default_rng([20261201, *case.encode(), *str(design).encode()])
    rows: list[Row] = []
    for seed in range(panels):
        drawn = fallen(design, chance, share, simulator=simulator)
        found = detect(drawn.panel(dated=False), primary=rules.Scan(), also=list(ALSO.values()), seed=seed)
        row = {}
        fresh = draw(design, chance, FRESH_DYADS, 0.0).series
        for name, rule, count, codes in zip(NAMES, found.rules, found.counts, found.codes, strict=True):
            noise = count.expected
            assert noise is not None, count.unknown
            code = rule.verdicts(fresh, found.context).code
            row[name] = {
                "flagged": float(np.logical_or.reduceat(code == 1, fresh.first).mean()),
                "flagged in the panel": float(flagged(codes, design)[~drawn.fallen].mean()),
                "said": noise.share,
                "above": float(flagged(codes, design).sum() > noise.high),
                "power": noise.falls.power,
            }
        rows.append(row)
    return rows


def powers(rows: Sequence[Row], rule: str, none: Sequence[Row] = ()) -> dict[str, Any]:
    """The power that is said of a rule and the true one, over panels with falls in the simulator's shapes."""
    said, above = (np.array([row[rule][figure] for row in rows]) for figure in ("power", "above"))
    apart = float(said.mean() - above.mean())
    return {
        "said": round(float(said.mean()), 3),
        "true": round(float(above.mean()), 3),
        "error": round(float((said - above).std(ddof=1) / np.sqrt(len(rows))), 3),
        "holds": abs(apart) <= MOST_POWER_APART,
        "panels": len(rows),
        **({"said, none fallen": round(float(np.mean([row[rule]["power"] for row in none])), 3)} if none else {}),
    }


def summarised(design: Design, by_case: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, Any]]:
    """Shares said and flagged by share of dyads with a fall, and powers said and true, rule by rule."""
    most = MOST_APART if (design.noise, design.mean) == ("normal", 3.9) else MOST_APART_OTHERWISE
    table: dict[str, dict[str, Any]] = {}
    for name in NAMES:
        table[name] = {"holds": True}
        for case, rows in by_case.items():
            of_panels = [[row[name][figure] for row in rows] for figure in ("flagged", "said")]
            was, said = (float(np.mean(each)) for each in of_panels)
            apart = np.subtract(of_panels[1], of_panels[0])
            holds = abs(said - was) <= most
            table[name][case] = {
                "flagged": round(was, 3),
                "said": round(said, 3),
                "flagged in the panels": round(float(np.mean([row[name]["flagged in the panel"] for row in rows])), 3),
                "error": round(float(apart.std() / np.sqrt(len(rows))), 3),
                "holds": holds,
            }
            table[name]["holds"] &= holds or case == OTHERWISE
        table[name]["power"] = powers(by_case[OTHERWISE], name, by_case["none fallen"])
        table[name]["holds"] &= table[name]["power"]["holds"]
    return table


def with_powers(design: Design, kept: Mapping[str, Mapping[str, Any]], panels: int) -> dict[str, dict[str, Any]]:
    """The shares of a kept result with powers taken anew."""
    rows, table = tried(design, OTHERWISE, panels), {}
    for name in NAMES:
        shares = {case: kept[name][case] for case in CASES}
        power = powers(rows, name)
        holds = power["holds"] and all(figures["holds"] for case, figures in shares.items() if case != OTHERWISE)
        table[name] = {"holds": holds, **shares, "power": power}
    return table


def main(arguments: Sequence[str]) -> int:
    """Try all designs, print what each rule said and did, and keep it where that is asked for."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--panels", type=int, default=30)
    reader.add_argument("--powers", type=int, default=200)
    reader.add_argument("--only", choices=["powers"])
    reader.add_argument("--design", nargs="*", default=list(NOISES), choices=list(NOISES))
    reader.add_argument("--save", nargs="?", const=RESULT, type=Path)
    asked = reader.parse_args(arguments)
    kept = json.loads(RESULT.read_text("utf-8")) if asked.only else {}
    result: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("therarel", "numpy")},
        "panels": kept["panels"] if asked.only else asked.panels,
        "panels for power": asked.powers,
        "found": dict(kept.get("found", {})),
    }
    for name in asked.design:
        design = NOISES[name]
        if asked.only:
            found = with_powers(design, kept["found"][name], asked.powers)
        else:
            panels = {case: asked.powers if case == OTHERWISE else asked.panels for case in CASES}
            found = summarised(design, {case: tried(design, case, number) for case, number in panels.items()})
        result["found"][name] = found
        for rule, figures in found.items():
            sys.stdout.write(f"{name}; {rule}: {json.dumps(figures)}\n")
        sys.stdout.flush()
        if asked.save:
            asked.save.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    failing = [
        f"{name}; {rule}" for name, each in result["found"].items() for rule, what in each.items() if not what["holds"]
    ]
    sys.stdout.write("all hold\n" if not failing else f"not holding: {failing}\n")
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
