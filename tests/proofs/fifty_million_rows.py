"""Fifty million sessions, unsorted, in a folder of Parquet files, are judged by three rules within 2 GB.

    python tests/proofs/fifty_million_rows.py                # 50 million rows
    python tests/proofs/fifty_million_rows.py --rows 2000000 # a smaller run

It writes the rows, judges them in a process of its own, takes that process's peak memory, checks the counts against
the core on the dyads of one file, and keeps the result with date and versions in ``tests/proofs/results``.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

SESSIONS = 16
LIMIT = 2.0
SETTINGS = {"dyad": "dyad", "session": "session", "score": "score", "scale": (1, 5), "higher_is_better": True}


def chosen() -> list[object]:
    """The three rules, one of them with a pooled figure, so that the rows are read twice."""
    from therarel.detection import rules

    return [rules.Drop(k=2), rules.IndividualsChart(), rules.ReliableDrop(reliability=0.9, sd=0.8)]


def write(folder: Path, rows: int) -> None:
    """Rows of simulated clients in files of a million, each file shuffled and each client split over two files."""
    import numpy as np
    import polars as pl

    from therarel.detection.monitors import NoiseModel

    folder.mkdir()
    done = part = 0
    while done < rows:
        clients = min(1_000_000, rows - done) // SESSIONS
        label = pl.Series(np.repeat(np.arange(clients) + done // SESSIONS, SESSIONS)).cast(pl.String).str.zfill(9)
        table = pl.DataFrame(
            {
                "dyad": label,
                "session": np.tile(np.arange(1, SESSIONS + 1), clients),
                "score": NoiseModel().scores(clients=clients, sessions=SESSIONS, seed=part).reshape(-1),
            }
        ).sample(fraction=1, shuffle=True, seed=part)
        half = table.height // 2
        table[:half].write_parquet(folder / f"{part:05d}-a.parquet")
        table[half:].write_parquet(folder / f"{part:05d}-b.parquet")
        done += clients * SESSIONS
        part += 1


def judge(source: str, out: str) -> None:
    """Judge the folder, and tell how long it took and how much memory."""
    from therarel.detection.feeding import detect_folder

    primary, *also = chosen()
    begin = time.perf_counter()
    found = detect_folder(source, out, primary=primary, also=also, memory="1GB", **SETTINGS)  # type: ignore[arg-type]
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    counts = {name: dict(each) for name, each in found.counts.items()}
    told = {"seconds": seconds, "peak_gb": peak, "rows": found.rows, "dyads": found.n_dyads, "counts": counts}
    print(json.dumps(told))  # noqa: T201


def agrees(source: Path, out: Path) -> bool:
    """Whether the verdicts on the clients of the first file are those of the core."""
    import polars as pl

    from therarel.detection import detect
    from therarel.panels import Panel

    part = pl.concat([pl.read_parquet(source / f"00000-{half}.parquet") for half in "ab"]).sort("dyad", "session")
    _, *fixed = chosen()  # the two rules that pool nothing over clients
    panel = Panel.from_frame(part, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=True)
    core = pl.DataFrame(detect(panel, primary=fixed[0], also=fixed[1:]).verdicts)  # type: ignore[arg-type]
    last = part["dyad"].max()
    names = [name for rule in fixed for name in (rule.name, f"{rule.name}_reason")]  # type: ignore[attr-defined]
    there = pl.scan_parquet(out / "*.parquet").filter(pl.col("dyad") <= last).select("dyad", "session", *names)
    words = pl.col(names).cast(pl.String)
    return there.collect().sort("dyad", "session").select(words).equals(core.select(words))


def main() -> int:
    """Run the proof."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rows", type=int, default=50_000_000)
    ask.add_argument("--judge", nargs=2, help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.judge:
        judge(*asked.judge)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        source, out = Path(scratch, "in"), Path(scratch, "out")
        write(source, asked.rows)
        command = [sys.executable, __file__, "--judge", str(source), str(out)]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        same = agrees(source, out)
    passed = same and told["peak_gb"] <= LIMIT and told["rows"] == asked.rows // SESSIONS * SESSIONS
    result = {
        "proof": "a folder of Parquet files is judged in bounded memory",
        "date": datetime.now(UTC).date().isoformat(),
        "passed": passed,
        "verdicts_equal_the_core": same,
        "limit_gb": LIMIT,
        **told,
        "python": platform.python_version(),
        **{name: version(name) for name in ("therarel", "duckdb", "numpy", "polars")},
    }
    results = Path(__file__).with_name("results")
    results.mkdir(exist_ok=True)
    name = f"fifty_million_rows-{result['date']}.json" if asked.rows == 50_000_000 else None
    if name:
        (results / name).write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))  # noqa: T201
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
