"""The scan over sorted scores through the public ``detect``, against the floor of the detection benchmark.

The floor reads the same Parquet file and adds up one column per dyad; nothing is judged. Both use two threads and take
turns, beside the scan on one thread, and the ratio is of the medians. What the scan learns before it judges is learnt
once, from 2,000 of the dyads with 16 sessions each, and timed by itself: the model and its limits, and limits alone
under a stated model. Judged are whole series of 16 sessions, once all of them scored and once with 30 % of the scores
missing; every figure of the dyads is asked for, depth and length of falls with their intervals among them. Processor
seconds are those of all threads. Memory is the highest resident size of a process of its own, with the panel and with
the verdicts. The load is that of the machine at the end.

Run it: ``python benchmarks/bench_scan.py [rows] [rounds]``.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

THREADS = 2
SESSIONS = 16
LEARNT_FROM = 2000
MISSING = 0.3
os.environ["POLARS_MAX_THREADS"] = str(THREADS)  # read when polars is first imported

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from bench_detection import floor, peak, read, seconds  # noqa: E402

from therarel.detection import detect, rules  # noqa: E402
from therarel.noise import NullModel  # noqa: E402
from therarel.panels import Panel  # noqa: E402
from therarel.simulation import simulate_clinic  # noqa: E402


def write(path: Path, rows: int, missing: float) -> int:
    """Write simulated, sorted scores, and say how many rows they are."""
    clinic = simulate_clinic(rows // SESSIONS, seed=6, sessions=(SESSIONS, SESSIONS))
    score = clinic.score.copy()
    score[np.random.default_rng(6).random(score.size) < missing] = np.nan
    labels = pl.Series(np.array(clinic.labels(), dtype=object))
    table = pl.DataFrame({"dyad": labels.gather(clinic.dyad), "session": clinic.session, "score": score})
    table.with_columns(pl.col("score").fill_nan(None)).write_parquet(path)
    return clinic.n_sessions


def scanned(panel: Panel, rule: rules.Rule, threads: int = THREADS) -> object:
    """Verdicts of the scan, one byte per session, and the figures of each dyad."""
    return detect(panel, primary=rule, expected="none", threads=threads).of_dyads


def learnt() -> tuple[rules.Rule, dict[str, float]]:
    """The scan with what it has learnt, and how long learning takes."""
    panel = simulate_clinic(LEARNT_FROM, seed=7, sessions=(SESSIONS, SESSIONS)).panel()
    begin = time.perf_counter()
    fitted = detect(panel, primary=rules.Scan(), expected="none").primary
    between = time.perf_counter()
    detect(panel, primary=rules.Scan(null=NullModel()), expected="none")
    end = time.perf_counter()
    return fitted, {"model and limits": round(between - begin, 2), "limits alone": round(end - between, 2)}


def memory(path: Path) -> None:
    """Print the highest resident size with the panel and with the verdicts."""
    rule, _ = learnt()
    panel = read(path)
    found = {"panel": peak()}
    assert scanned(panel, rule)
    print(json.dumps({**found, "verdicts": peak()}))


def child(*arguments: str) -> str:
    """What this file prints when it is run with some arguments, in a process of its own."""
    return subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True).stdout


def processor(work: Callable[[], object]) -> float:
    """Processor seconds that a piece of work takes on all threads."""
    begin = resource.getrusage(resource.RUSAGE_SELF)
    work()
    end = resource.getrusage(resource.RUSAGE_SELF)
    return end.ru_utime - begin.ru_utime + end.ru_stime - begin.ru_stime


def measured(path: Path, rule: rules.Rule, rounds: int) -> dict[str, object]:
    """Scan and floor in turns over one file."""
    panel = read(path)
    works = {
        "floor": lambda: floor(path),
        "scan": lambda: scanned(panel, rule),
        "scan_on_one_thread": lambda: scanned(panel, rule, 1),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    used: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            used[name].append(processor(lambda: times[name].append(seconds(work))))  # noqa: B023  # called at once
    middle = {name: statistics.median(each) for name, each in times.items()}
    busy = {name: statistics.median(each) for name, each in used.items()}
    return {
        "seconds": {name: round(each, 3) for name, each in middle.items()},
        "processor_seconds": {name: round(each, 3) for name, each in busy.items()},
        "ratio_to_floor": round(middle["scan"] / middle["floor"], 1),
        "ratio_of_one_thread": round(middle["scan_on_one_thread"] / middle["floor"], 1),
        "processor_ratio": round(busy["scan"] / busy["floor"], 1),
        "peak_megabytes": {name: round(each) for name, each in json.loads(child("--memory", str(path))).items()},
    }


def main(rows: int = 10_000_000, rounds: int = 5) -> None:
    """Time and measure, and print one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {"whole series": Path(folder, "whole.parquet"), "30 % missing": Path(folder, "missing.parquet")}
        written = [
            int(child("--write", str(path), str(rows), str(missing)))
            for path, missing in zip(paths.values(), (0.0, MISSING), strict=True)
        ]
        rule, learning = learnt()
        found = {name: measured(path, rule, rounds) for name, path in paths.items()}
    print(
        json.dumps(
            {
                "rows": written[0],
                "learnt_from_dyads": LEARNT_FROM,
                "learning_seconds": learning,
                **found,
                "versions": {"python": platform.python_version(), "numpy": np.__version__, "polars": pl.__version__},
                "machine": f"{platform.machine()}, {os.cpu_count()} cores",
                "load": [round(each, 1) for each in os.getloadavg()],
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        memory(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--write"]:
        print(write(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
    else:
        main(*(int(argument) for argument in sys.argv[1:]))
