"""The report of 10,000 dyads by the scan, with drop and chart beside it, against the floor: judging the same scores.

Everything that ``therarel report`` does is timed: reading the file, fitting the model of the noise, its limits,
judging, the counts that noise alone and other noise would give, and the page. The floor reads the same file and
judges it by the drop and the chart, without any count of noise and without a page. Measured are seconds of the
processor, both threads together, so that what else the machine does changes little; the two take turns, and the ratio
is of the medians.

Run it: ``python benchmarks/bench_report.py [dyads] [rounds]``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import polars as pl

from therarel.detection import Detection, detect, rules
from therarel.panels import Panel
from therarel.reports import report
from therarel.simulation import simulate_clinic

SESSIONS = 16
LIMIT = 30.0
"""Seconds within which a report of 10,000 dyads is to be made."""


def write(path: Path, dyads: int) -> int:
    """Write simulated scores, and say how many sessions they are."""
    clinic = simulate_clinic(dyads, seed=5, sessions=(SESSIONS, SESSIONS))
    labels = pl.Series(clinic.labels()).gather(clinic.dyad)
    pl.DataFrame({"dyad": labels, "session": clinic.session, "score": clinic.score}).write_csv(path)
    return clinic.n_sessions


def read(path: Path) -> Panel:
    """The file as a panel."""
    return Panel.read(path, dyad="dyad", session="session", score="score", instrument="wai-sr")


def floor(path: Path) -> Detection:
    """The least that a report needs: read the scores and judge them by the drop and the chart."""
    return detect(read(path), primary=rules.Drop(k=2), also=[rules.IndividualsChart()], expected="none")


def whole(path: Path, page: Path) -> Path:
    """From the file to the page."""
    panel = read(path)
    return report(detect(panel), sensitivity=True).save(page)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor that a piece of work takes, and seconds on the clock."""
    begin, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - begin, time.perf_counter() - clock


def main(dyads: int = 10_000, rounds: int = 3) -> None:
    """Time, and print one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path, page = Path(folder, "clinic.csv"), Path(folder, "report.html")
        written = write(path, dyads)
        floor(path)  # what is loaded once is not counted
        times: dict[str, list[float]] = {"floor": [], "report": [], "report_on_the_clock": []}
        for _ in range(rounds):
            times["floor"].append(seconds(lambda: floor(path))[0])
            processor, clock = seconds(lambda: whole(path, page))
            times["report"].append(processor)
            times["report_on_the_clock"].append(clock)
        size = page.stat().st_size
    middle = {name: statistics.median(each) for name, each in times.items()}
    print(
        json.dumps(
            {
                "dyads": dyads,
                "sessions": written,
                "seconds": {name: round(each, 3) for name, each in middle.items()},
                "ratio_to_floor": {"report": round(middle["report"] / middle["floor"], 1)},
                "ratio_to_limit": {"report": round(middle["report"] / LIMIT, 2)},
                "page_kilobytes": round(size / 1024),
                "rounds": rounds,
                "processors": os.cpu_count(),
                "python": platform.python_version(),
                "packages": {name: version(name) for name in ("therarel", "numpy", "scipy", "polars")},
                "machine": platform.machine(),
            }
        )
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
