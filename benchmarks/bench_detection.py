"""Three rules over sorted scores through the public ``detect``, against the floor: scan parquet and sum by dyad.

The floor reads the same file and adds up one column per dyad; nothing is judged. Both use two threads and take turns,
and the ratio is of the medians. Timed are ``detect`` on a panel in memory, which writes one byte per session and rule,
and ``detect`` with the table of verdicts made from them (one word per session and rule); reading the file into a panel
is shown beside them. The same rows in no order are read and judged in turn with the sorted ones, beside a plain sort
of them by dyad and session: the whole should take no longer than the sort and the sorted rows together. Memory is the
highest resident size of a process of its own: with the libraries alone, with the panel, with the detection, and with
the verdict table.

Run it: ``python benchmarks/bench_detection.py [rows] [rounds]``.
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
os.environ["POLARS_MAX_THREADS"] = str(THREADS)  # read when polars is first imported

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402

from therarel.detection import Detection, detect, rules  # noqa: E402
from therarel.domain import RatingScale  # noqa: E402
from therarel.panels import Panel  # noqa: E402
from therarel.simulation import simulate_clinic  # noqa: E402

PRIMARY = rules.ReliableDrop(reliability=0.9)
ALSO = (rules.Drop(k=2), rules.IndividualsChart())


def write(path: Path, rows: int) -> int:
    """Write simulated, sorted scores, and say how many rows they are."""
    clinic = simulate_clinic(round(rows / 17), seed=6)
    labels = np.array(clinic.labels(), dtype=object)
    table = pl.DataFrame(
        {"dyad": pl.Series(labels).gather(clinic.dyad), "session": clinic.session, "score": clinic.score}
    )
    table.write_parquet(path)
    table.sample(fraction=1.0, shuffle=True, seed=6).write_parquet(path.with_suffix(".shuffled"))
    return clinic.n_sessions


def floor(path: Path) -> pl.DataFrame:
    """The least that anybody could do: read the file and add up by dyad."""
    return pl.scan_parquet(path).group_by("dyad").agg(pl.col("score").sum()).collect()


def read(path: Path) -> Panel:
    """The file as a panel."""
    return Panel.read(
        path, dyad="dyad", session="session", score="score", scale=RatingScale(1, 5), construct="alliance"
    )


def judged(panel: Panel) -> Detection:
    """Three rules over a panel."""
    return detect(panel, primary=PRIMARY, also=ALSO, threads=THREADS)


def from_file(path: Path) -> object:
    """From a file to the table of verdicts."""
    return judged(read(path)).verdicts


def sort(path: Path) -> pl.DataFrame:
    """The least that unordered rows take: read them and sort them by dyad and session."""
    return pl.read_parquet(path).sort("dyad", "session")


def seconds(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def peak() -> float:
    """Highest resident size of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory(path: Path) -> None:
    """Print the highest resident size before the panel, with it, with the detection, and with the verdict table."""
    found = {"libraries": peak()}
    panel = read(path)
    found["panel"] = peak()
    detection = judged(panel)
    found["detection"] = peak()
    assert detection.verdicts is not None
    found["verdict_table"] = peak()
    print(json.dumps(found))


def child(*arguments: str) -> str:
    """What this file prints when it is run with some arguments, in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(rows: int = 10_000_000, rounds: int = 5) -> None:
    """Time and measure, and print one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scores.parquet")
        # Linux hands a process the high mark of the one that started it: this one has to stay small until then.
        written = int(child("--write", str(path), str(rows)))
        measured = json.loads(child("--memory", str(path)))
        panel = read(path)
        times: dict[str, list[float]] = {"floor": [], "detect": [], "detect_and_table": [], "read": []}
        for _ in range(rounds):
            times["floor"].append(seconds(lambda: floor(path)))
            times["detect"].append(seconds(lambda: judged(panel)))
            times["floor"].append(seconds(lambda: floor(path)))
            times["detect_and_table"].append(seconds(lambda: judged(panel).verdicts))
        times["read"].append(seconds(lambda: read(path)))
        shuffled = path.with_suffix(".shuffled")
        whole: dict[str, list[float]] = {"sorted": [], "sort": [], "unsorted": []}
        for _ in range(rounds):
            whole["sorted"].append(seconds(lambda: from_file(path)))
            whole["sort"].append(seconds(lambda: sort(shuffled)))
            whole["unsorted"].append(seconds(lambda: from_file(shuffled)))
    middle = {name: statistics.median(each) for name, each in times.items()}
    total = {name: statistics.median(each) for name, each in whole.items()}
    print(
        json.dumps(
            {
                "rows": written,
                "seconds": {name: round(each, 3) for name, each in middle.items()},
                "ratio_to_floor": {
                    name: round(middle[name] / middle["floor"], 2) for name in ("detect", "detect_and_table")
                },
                "from_file_seconds": {name: round(each, 3) for name, each in total.items()},
                "unsorted_to_sort_plus_sorted": round(total["unsorted"] / (total["sort"] + total["sorted"]), 2),
                "peak_megabytes": {name: round(each) for name, each in measured.items()},
                "versions": {"python": platform.python_version(), "numpy": np.__version__, "polars": pl.__version__},
                "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        memory(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--write"]:
        print(write(Path(sys.argv[2]), int(sys.argv[3])))
    else:
        main(*(int(argument) for argument in sys.argv[1:]))
