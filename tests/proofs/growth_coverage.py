"""How often intervals hold the truth, over clinics simulated from a known growth model.

    python -m tests.proofs.growth_coverage [--clinics 400] [--save [FILE]]

Thirty dyads in two arms with three to six sessions each; intervals of 95 %. Fixed effects by Satterthwaite and by
Kenward and Roger, standard deviations and the correlation from the curvature of the likelihood; the residual's and the
correlation by profile in each tenth clinic. Where an interval is not defined, as at a boundary, none is counted.
"""

from __future__ import annotations

import argparse
import json
import platform
import warnings
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from therarel.trajectories.growth import fit_growth

RESULT = Path(__file__).with_name("results") / "growth_coverage.json"
FIXED = {"Intercept": 4.0, "session": 0.1, "arm": 0.2, "session:arm": 0.05}
SPREADS = {"Intercept": 0.8, "session": 0.15, "": 0.4}


def clinic(seed: int) -> pl.DataFrame:
    """One clinic from the model."""
    chance = np.random.default_rng(seed)
    sizes = chance.integers(3, 7, 30)
    dyad = np.repeat(np.arange(30), sizes)
    session = np.concatenate([np.arange(size) for size in sizes]).astype(np.float64)
    arm = (dyad % 2).astype(np.float64)
    effects = chance.normal(size=(30, 2)) * [SPREADS["Intercept"], SPREADS["session"]]
    score = 4.0 + 0.1 * session + 0.2 * arm + 0.05 * session * arm
    score += effects[dyad, 0] + effects[dyad, 1] * session + SPREADS[""] * chance.normal(size=len(dyad))
    return pl.DataFrame({"dyad": dyad, "session": session, "arm": arm, "score": score})


def main() -> None:
    """Fit all clinics and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clinics", type=int, default=400)
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    held: dict[str, list[bool]] = {}
    for seed in range(chosen.clinics):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = fit_growth(clinic(seed), "score ~ session * arm", {"dyad": "1 + session"})
        for name in ("satterthwaite", "kenward_roger"):
            for effect in fit.fixed_effects(name):
                held.setdefault(f"{name} {effect.name}", []).append(effect.low <= FIXED[effect.name] <= effect.high)
        for part in fit.variance_components():
            if part.other is not None and not np.isnan(part.low):
                held.setdefault("correlation", []).append(part.low <= 0.0 <= part.high)
            if part.other is None and not np.isnan(part.low):
                held.setdefault(f"sd {part.group} {part.term}", []).append(part.low <= SPREADS[part.term] <= part.high)
        if seed % 10 == 0:
            interval = fit.profile("", "residual")
            held.setdefault("profile sd residual", []).append(interval.low <= SPREADS[""] <= interval.high)
            interval = fit.profile("Intercept", "dyad", other="session")
            if not np.isnan(interval.low + interval.high):
                held.setdefault("profile correlation", []).append(interval.low <= 0.0 <= interval.high)
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "clinics": chosen.clinics,
        "coverage": {name: {"share": float(np.mean(found)), "of": len(found)} for name, found in held.items()},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "scipy")}},
    }
    print(json.dumps(result, indent=2))  # noqa: T201  # a script's answer
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
