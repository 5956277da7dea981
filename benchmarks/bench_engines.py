"""Three rules fed from DuckDB, polars, a folder and Spark, beside sorting in DuckDB and judging the panel in memory.

Every contender reads the same Parquet files of simulated sessions; the floor is DuckDB's own ``ORDER BY`` streamed to
Arrow and, on a panel of the same rows, ``detect``. Rounds are interleaved, each run in a process of its own. Growth:
the same for several numbers of rows; the cost per row should not rise.

Run it: ``python benchmarks/bench_engines.py [--rows 1000000,2000000,4000000] [--rounds 3] [--only duckdb,polars]``.
Spark in local mode is a contender where it is named: ``--only spark``; it needs PySpark and Java. Its peak memory is
not told: the work is done by Java, in a process of its own, and what can be seen from Python is Python's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SESSIONS = 16
CONTENDERS = ("floor", "duckdb", "polars", "folder")
ELSEWHERE = frozenset({"spark"})
"""Contenders whose work is done in another process, so that the memory of this one says nothing."""


def write_clinic(path: Path, rows: int) -> None:
    """Rows of simulated clients, sorted, a million at a time."""
    import numpy as np
    import polars as pl

    from therarel.detection.monitors import NoiseModel

    path.mkdir()
    done = part = 0
    while done < rows:
        clients = min(1_000_000, rows - done) // SESSIONS
        scores = NoiseModel().scores(clients=clients, sessions=SESSIONS, seed=part)
        first = done // SESSIONS
        pl.DataFrame(
            {
                "dyad": pl.Series(np.repeat(np.arange(first, first + clients), SESSIONS)).cast(pl.String).str.zfill(9),
                "session": np.tile(np.arange(1, SESSIONS + 1), clients),
                "score": scores.reshape(-1),
            }
        ).write_parquet(path / f"{part:05d}.parquet")
        done += clients * SESSIONS
        part += 1


def run(contender: str, source: Path, out: Path) -> float:
    """Seconds of one contender, its imports not counted."""
    from therarel.detection import rules
    from therarel.detection.feeding import detect_folder, detect_lazy

    settings: dict[str, Any] = {
        "dyad": "dyad",
        "session": "session",
        "score": "score",
        "scale": (1, 5),
        "higher_is_better": True,
        "primary": rules.Drop(k=2),
        "also": [rules.IndividualsChart(), rules.ReliableDrop(reliability=0.9)],
    }
    if contender == "folder":
        import duckdb  # imported before the clock starts

        begin = time.perf_counter()
        detect_folder(source, out, **settings)
        return time.perf_counter() - begin
    if contender == "spark":
        os.environ["PYSPARK_PYTHON"] = sys.executable  # the rules run there
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "16")
            .config("spark.driver.memory", "4g")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        session.range(1).count()
        begin = time.perf_counter()
        table = session.read.parquet(str(source))
        detect_lazy(table, **settings).write.parquet(str(out))
        return time.perf_counter() - begin
    import duckdb

    few: Any = duckdb.sql("SELECT 'A' AS dyad, i AS session, 4.0::DOUBLE AS score FROM range(9) AS t(i)")
    detect_lazy(few, **settings)  # what is loaded when it is first used is loaded before the clock
    connection = duckdb.connect(config={"threads": 2})
    table = connection.read_parquet(f"{source}/*.parquet")
    if contender == "floor":
        from therarel.detection import detect
        from therarel.panels import Panel

        begin = time.perf_counter()
        rows = sum(batch.num_rows for batch in table.order("dyad, session").to_arrow_reader(1 << 20))
        seconds = time.perf_counter() - begin
        frame = table.to_arrow_table()
        panel = Panel.from_frame(frame, **{name: settings[name] for name in ("dyad", "session", "score")},
                                 scale=(1, 5), higher_is_better=True)  # fmt: skip
        begin = time.perf_counter()
        detect(panel, primary=settings["primary"], also=settings["also"], expected="none")
        assert rows == panel.n_sessions
        return seconds + time.perf_counter() - begin
    if contender == "duckdb":
        begin = time.perf_counter()
        detect_lazy(table, **settings)
        return time.perf_counter() - begin
    import polars as pl

    begin = time.perf_counter()
    detect_lazy(pl.scan_parquet(source / "*.parquet"), **settings).collect()
    return time.perf_counter() - begin


def timed(contender: str, source: Path, out: Path) -> tuple[float, float]:
    """Seconds and peak memory in gigabytes of one contender, in a process of its own."""
    command = [sys.executable, __file__, "--run", contender, str(source), str(out)]
    environment = {**os.environ, "POLARS_MAX_THREADS": "2"}
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    seconds, memory = told.split()[-2:]
    return float(seconds), float(memory)


def main() -> None:
    """Time everything, interleaved."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rows", default="1000000,2000000,4000000")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--only", default=",".join(CONTENDERS))
    ask.add_argument("--run", nargs=3, metavar=("CONTENDER", "SOURCE", "OUT"), help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.run:
        seconds = run(asked.run[0], Path(asked.run[1]), Path(asked.run[2]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"{seconds:.4f} {peak:.3f}")
        return
    names = list(dict.fromkeys(["floor", *asked.only.split(",")]))
    found: dict[str, dict[str, dict[str, float]]] = {}
    for rows in (int(each) for each in asked.rows.split(",")):
        with tempfile.TemporaryDirectory() as scratch:
            source = Path(scratch, "clinic")
            write_clinic(source, rows)
            runs: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
            for number in range(asked.rounds):
                for name in names:
                    runs[name].append(timed(name, source, Path(scratch, f"{name}-{number}")))
        floor = [seconds for seconds, _ in runs["floor"]]
        found[f"{rows} rows"] = {
            name: {
                "seconds_median": round(statistics.median(seconds for seconds, _ in each), 3),
                "ratio_to_floor_median": round(
                    statistics.median(one / other for (one, _), other in zip(each, floor, strict=True)), 2
                ),
                "microseconds_per_row": round(statistics.median(seconds for seconds, _ in each) / rows * 1e6, 4),
                **({} if name in ELSEWHERE else {"peak_memory_gb": round(max(peak for _, peak in each), 3)}),
            }
            for name, each in runs.items()
        }
    from importlib.metadata import version

    told = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        **{name: version(name) for name in ("duckdb", "polars", "narwhals", "numpy")},
        **({"pyspark": version("pyspark")} if "spark" in names else {}),
        "rounds": asked.rounds,
        "found": found,
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
