"""Reading tables of text: scoring a file against the same table in memory, and a panel against the parse of its file.

The bare parse by polars stands beside them as the floor: with its own guess of types for the scores (numbers), every
cell as text for the panel, which has to be able to say what stood in a cell. Rounds are interleaved; told are the
least and the median of the times, and the ratio of the least ones.

Run it: ``python benchmarks/bench_tables.py [rows to score] [rows of the panel] [rounds]``.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from therarel.measures import instrument, score, score_file
from therarel.panels import Panel

SESSIONS = 10


def answered(instrument_id: str, rows: int, seed: int = 20) -> pl.DataFrame:
    """Simulated answers with the columns that a clinic has beside them."""
    rng = np.random.default_rng(seed)
    chosen = instrument(instrument_id)
    low, high = int(chosen.item_scale.minimum), int(chosen.item_scale.maximum)
    people = {"client": [f"C-{row // SESSIONS:05d}" for row in range(rows)], "session": np.arange(rows) % SESSIONS + 1}
    return pl.DataFrame(
        people | {f"item{item}": rng.integers(low, high + 1, rows) for item in range(1, chosen.n_items + 1)}
    )


def scored_sessions(rows: int, seed: int = 21) -> pl.DataFrame:
    """Simulated scores, in twelfths, of clients of 500 therapists."""
    rng = np.random.default_rng(seed)
    dyad = np.arange(rows) // SESSIONS
    return pl.DataFrame(
        {
            "client": [f"C-{each:06d}" for each in dyad],
            "therapist": [f"T-{each % 500:03d}" for each in dyad],
            "session": np.arange(rows) % SESSIONS + 1,
            "score": np.rint(rng.uniform(1, 5, rows) * 12) / 12,
        }
    )


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def interleaved(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """The times of each work, one of each after the other, after one round that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            time_taken = milliseconds(work)
            if turn:
                taken[name].append(time_taken)
    return taken


def told(taken: dict[str, list[float]], ratios: dict[str, tuple[str, str]], rows: int) -> None:
    print(
        json.dumps(
            {
                "rows": rows,
                "milliseconds, least and median": {
                    name: [round(min(times), 1), round(statistics.median(times), 1)] for name, times in taken.items()
                },
                "ratios": {
                    name: round(min(taken[one]) / min(taken[other]), 2) for name, (one, other) in ratios.items()
                },
                "threads": pl.thread_pool_size(),
                "versions": {"python": platform.python_version(), "polars": pl.__version__},
            }
        )
    )


def main(rows: int = 100_000, sessions: int = 1_000_000, rounds: int = 15) -> None:
    """Time the scoring of files, then the reading of a panel."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("wai-sr", "phq-9"):
            table, file = answered(name, rows), Path(folder) / f"{name}.csv"
            table.write_csv(file)
            taken = interleaved(
                {
                    "in memory": partial(score, name, table, detail=True),
                    "from a file": partial(score_file, file, name),
                    "parse": partial(pl.read_csv, file),
                },
                rounds,
            )
            ratios = {f"{name}: file / memory": ("from a file", "in memory"), "parse / memory": ("parse", "in memory")}
            told(taken, ratios, rows)
        frame, file = scored_sessions(sessions), Path(folder) / "panel.csv"
        frame.write_csv(file)
        columns: dict[str, Any] = {"dyad": "client", "therapist": "therapist", "session": "session", "score": "score"}
        taken = interleaved(
            {
                "a file": partial(Panel.read, file, **columns, instrument="wai-sr"),
                "a dataframe": partial(Panel.from_frame, frame, **columns, instrument="wai-sr"),
                "parse": partial(pl.read_csv, file, infer_schema=False),
            },
            rounds,
        )
        told(
            taken, {"panel: file / parse": ("a file", "parse"), "dataframe / parse": ("a dataframe", "parse")}, sessions
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
