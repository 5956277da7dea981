"""How often intervals hold the truth, over clinics simulated from a known growth model.

    python -m tests.proofs.growth_coverage [--clinics 400] [--bands 1000] [--save [FILE]]

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
from numpy.typing import NDArray
from scipy import stats

from therarel.growth import ExpectedTrajectory, fit_growth

Floats = NDArray[np.float64]

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


BANDS = {"intercepts": ({"dyad": "1"}, 0.0), "slopes": ({"dyad": "1 + session"}, SPREADS["session"])}
TIMES = np.array([0.0, 3.0, 7.0])


def inside(found: ExpectedTrajectory, mean: Floats, errors: Floats) -> Floats:
    """How probable it is that a single score lies in the band."""
    return np.asarray(stats.norm.cdf(found.high, mean, errors) - stats.norm.cdf(found.low, mean, errors))


def banded(seed: int, dyads: int, kind: str) -> dict[str, Floats]:
    """How surely the bands of one clinic hold what they are of, by time."""
    random, slope_sd = BANDS[kind]
    chance = np.random.default_rng([seed, dyads])
    sizes = chance.integers(3, 7, dyads)
    dyad = np.repeat(np.arange(dyads), sizes)
    session = np.concatenate([np.arange(size) for size in sizes]).astype(np.float64)
    spread = np.diag([SPREADS["Intercept"] ** 2, slope_sd**2])
    effects = chance.normal(size=(dyads, 2)) * np.sqrt(np.diag(spread))
    score = 4.0 + 0.1 * session + effects[dyad, 0] + effects[dyad, 1] * session
    score += SPREADS[""] * chance.normal(size=len(dyad))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(pl.DataFrame({"dyad": dyad, "session": session, "score": score}), "score ~ session", random)
    every = np.concatenate([np.arange(3.0), TIMES])
    columns = np.stack([np.ones(len(every)), every], axis=1)
    mean = columns @ [4.0, 0.1]
    joint = columns @ spread @ columns.T + SPREADS[""] ** 2 * np.eye(len(every))
    found = fit.expected_trajectory(TIMES.tolist())
    errors = np.sqrt(np.diag(joint)[3:])
    held = {"mean": ((found.mean_low <= mean[3:]) & (mean[3:] <= found.mean_high)).astype(np.float64)}
    held["score"] = inside(found, mean[3:], errors)
    so_far = chance.multivariate_normal(mean[:3], joint[:3, :3], 5)
    pull = np.linalg.solve(joint[:3, :3], joint[:3, 4:]).T
    errors = np.sqrt(np.diag(joint[4:, 4:] - pull @ joint[:3, 4:]))
    shares = []
    for own in so_far:
        after = fit.expected_trajectory(TIMES[1:].tolist(), observed=dict(enumerate(own.tolist())))
        middle = mean[4:] + pull @ (own - mean[:3])
        shares.append(inside(after, middle, errors))
    held["score given three"] = np.mean(shares, axis=0)
    return held


def band_coverage(clinics: int, dyads: int, kind: str) -> dict[str, list[float]]:
    """Shares over many clinics, by time."""
    found = [banded(seed, dyads, kind) for seed in range(clinics)]
    return {name: np.mean([one[name] for one in found], axis=0).round(4).tolist() for name in found[0]}


def main() -> None:
    """Fit all clinics and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clinics", type=int, default=400)
    parser.add_argument("--bands", type=int, default=1000, help="clinics of each size for the bands of new dyads")
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
        "band_clinics": chosen.bands,
        "bands": {
            f"{dyads} dyads, {kind}": band_coverage(chosen.bands, dyads, kind)
            for dyads in (8, 20, 50)
            for kind in BANDS
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "scipy")}},
    }
    print(json.dumps(result, indent=2))  # noqa: T201  # a script's answer
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
