"""Fitting growth models: against statsmodels at 1,000 dyads, and against a polars group-by mean of the same table.

Each side does what its users would do, from a dataframe to estimates with standard errors. The rounds alternate, so
that a busy moment of the machine meets all; the figures are medians. The goals: 200 times as fast as statsmodels; cost
at most linear in dyads; 100,000 dyads within 25 times a polars group-by mean with whole-number times and within 150
times with continuous ones; three levels within 4 times two; at most 3 GB at a million dyads.

    python benchmarks/bench_growth.py [--rounds 5] [--largest 1000000] [--save results.json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from therarel.growth import fit_growth

SESSIONS = 9


def clinic(dyads: int, *, whole: bool, seed: int = 1) -> pl.DataFrame:
    """Scores of about nine sessions per dyad, ten dyads per therapist, some dyads ending early."""
    chance = np.random.default_rng(seed)
    sizes = np.where(chance.random(dyads) < 0.3, chance.integers(4, SESSIONS, dyads), SESSIONS)
    dyad = np.repeat(np.arange(dyads), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    session = (np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)).astype(np.float64)
    if not whole:
        session += chance.uniform(-0.3, 0.3, len(session))
    arm = (dyad % 2).astype(np.float64)
    therapist = dyad // 10
    effects = chance.normal(size=(dyads, 2)) * [0.6, 0.05]
    above = chance.normal(size=therapist.max() + 1) * 0.2
    score = 3.9 + 0.02 * session + 0.03 * arm * session + above[therapist] + effects[dyad, 0]
    score += effects[dyad, 1] * session + 0.35 * chance.normal(size=len(dyad))
    return pl.DataFrame({"dyad": dyad, "therapist": therapist, "session": session, "arm": arm, "score": score})


def two(table: pl.DataFrame) -> dict[str, float]:
    """Two levels."""
    return fit_growth(table, "score ~ session * arm", {"dyad": "1 + session"}).standard_errors


def three(table: pl.DataFrame) -> dict[str, float]:
    """Three levels."""
    return fit_growth(table, "score ~ session * arm", {"therapist": "1", "dyad": "1 + session"}).standard_errors


def mean(table: pl.DataFrame) -> pl.DataFrame:
    """The floor: a mean per dyad."""
    return table.group_by("dyad").agg(pl.col("score").mean())


def timed(work: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each, the rounds alternating: by the clock, and of the processor (``name cpu``)."""
    taken: dict[str, list[float]] = {key: [] for name in work for key in (name, f"{name} cpu")}
    for _ in range(rounds):
        for name, run in work.items():
            begin, worked = time.perf_counter(), time.process_time()
            run()
            taken[name].append(time.perf_counter() - begin)
            taken[f"{name} cpu"].append(time.process_time() - worked)
    return {name: statistics.median(values) for name, values in taken.items()}


def against_statsmodels(rounds: int) -> dict[str, float]:
    """The same model at 1,000 dyads by statsmodels, and how far below the best likelihood it stops."""
    import statsmodels.formula.api as smf

    table = clinic(1000, whole=True)
    frame = table.to_pandas()
    mine = fit_growth(table, "score ~ session * arm", {"dyad": "1 + session"})
    found: dict[str, float] = {}

    def theirs() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = smf.mixedlm("score ~ session * arm", frame, groups=frame["dyad"], re_formula="~session").fit()
        found["statsmodels_below"] = mine.log_likelihood - float(model.llf)

    taken = timed({"therarel": lambda: two(table), "statsmodels": theirs}, rounds)
    ratio, worked = (taken[f"statsmodels{part}"] / taken[f"therarel{part}"] for part in ("", " cpu"))
    return {**taken, "ratio": ratio, "ratio cpu": worked, **found}


def against_polars(rounds: int, dyads: int) -> dict[str, float]:
    """Two and three levels, whole and continuous times, beside a polars group-by mean."""
    whole, free = clinic(dyads, whole=True), clinic(dyads, whole=False)
    taken = timed(
        {
            "polars_mean": lambda: mean(whole),
            "two_whole": lambda: two(whole),
            "two_continuous": lambda: two(free),
            "three_whole": lambda: three(whole),
            "three_continuous": lambda: three(free),
        },
        rounds,
    )
    floor = taken["polars_mean"]
    return {
        **taken,
        "ratio_whole": taken["two_whole"] / floor,
        "ratio_continuous": taken["two_continuous"] / floor,
        "three_by_two_whole": taken["three_whole"] / taken["two_whole"],
        "three_by_two_continuous": taken["three_continuous"] / taken["two_continuous"],
        "ratio_whole cpu": taken["two_whole cpu"] / taken["polars_mean cpu"],
        "ratio_continuous cpu": taken["two_continuous cpu"] / taken["polars_mean cpu"],
        "three_by_two_whole cpu": taken["three_whole cpu"] / taken["two_whole cpu"],
        "three_by_two_continuous cpu": taken["three_continuous cpu"] / taken["two_continuous cpu"],
    }


def scaling(largest: int) -> dict[str, dict[str, float]]:
    """Seconds and peak memory by number of dyads, each in a process of its own."""
    found = {}
    for dyads in (1_000, 10_000, 100_000, 1_000_000):
        if dyads > largest:
            continue
        for times in ("whole", "continuous"):
            command = [sys.executable, __file__, "--one", str(dyads), "--times", times]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[f"{dyads}_{times}"] = json.loads(said)
    return found


def one(dyads: int, times: str) -> dict[str, float]:
    """One fit in a new process: seconds, and peak memory with the table in it.

    Of the processor's seconds those of the system are mostly for memory that the process touches for the first time.
    """
    table = clinic(dyads, whole=times == "whole")
    two(clinic(50, whole=True))  # imports are not what is measured
    begin, worked = time.perf_counter(), os.times()
    two(table)
    seconds, done = time.perf_counter() - begin, os.times()
    user, system = done.user - worked.user, done.system - worked.system
    status = Path("/proc/self/status").read_text("utf-8")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return {"seconds": seconds, "user_seconds": user, "system_seconds": system, "peak_gb": peak * 1024 / 1e9}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--one", type=int)
    parser.add_argument("--times", default="whole")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one, chosen.times)))
        return
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": {
            name: version(name) for name in ("numpy", "scipy", "polars", "pandas", "formulaic", "statsmodels")
        },
        "against_statsmodels": against_statsmodels(2 * chosen.rounds),
        "against_polars": against_polars(chosen.rounds, min(chosen.largest, 100_000)),
        "scaling": scaling(chosen.largest),
    }
    print(json.dumps(result, indent=2))
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
