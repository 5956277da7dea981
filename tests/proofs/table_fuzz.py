"""Damaged tables of every kind go through the gate: they are tables, or errors of ours.

    python -m tests.proofs.table_fuzz [--seconds 600] [--kind NAME] [--seed 1] [--save [FILE]]

Exported files are cut, overwritten, repeated and mixed at random, and read as panels and as answers. Whatever comes out
that is no table and no `TherarelError` is a fault, and so is a table whose rows are not all accounted for. The files are
read in a process of their own: where a reader ends it, which nothing in Python can prevent, that is counted.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import platform
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyreadstat

from therarel.errors import TherarelError
from therarel.measures import score_file
from therarel.panels import Panel
from therarel.tables import Limits

PART = 20.0
"""Seconds for which a process is asked at once; what it found is lost where a reader ends it."""
FILES = Path(__file__).parents[1] / "tables" / "files"
RESULT = Path(__file__).with_name("results") / "table_fuzz.json"
LIMITS = Limits(rows=20_000, bytes=1 << 22)
KINDS: Mapping[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt"),
    "json": (".jsonl",),
    "parquet": (".parquet",),
    "excel": (".xlsx",),
    "stata": (".dta",),
    "spss": (".sav",),
    "gzip": (".gz",),
}
BITS = (
    b'"',
    b"\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b"\0",
    b"\xff",
    b"{",
    b"[",
    b"NaN",
    b"1e999",
    b"\xed\xa0\x80",
    b"sep=;",
    b"#",
)


def samples(kind: str) -> list[bytes]:
    """The whole files that are damaged."""
    found = [path.read_bytes() for path in sorted(FILES.iterdir()) if path.suffix in KINDS[kind]]
    if kind == "gzip":
        found += [gzip.compress(text) for text in samples("csv")]
    if kind == "json":
        found += [b"[" + b",\n".join(lines.strip().splitlines()) + b"]\n" for lines in found]
    if kind == "spss":
        found += _statistics_files()
    return found


@cache
def _statistics_files() -> list[bytes]:
    """Files of SPSS, plain and packed, with numbers, dates, words and gaps."""
    table = pd.DataFrame(
        {
            "client": [f"C-{row // 4:02d}" for row in range(40)],
            "session": [row % 4 + 1 for row in range(40)],
            "held": pd.to_datetime([f"2024-05-{row % 28 + 1:02d}" for row in range(40)]),
            **{
                f"phq9_{item}": [float((row + item) % 4) if row % 7 else None for row in range(40)]
                for item in range(1, 10)
            },
        }
    )
    found = []
    with TemporaryDirectory() as folder:
        for packed in (False, True):
            path = Path(folder) / f"answers-{packed}.sav"
            pyreadstat.write_sav(table, str(path), compress=packed)
            found.append(path.read_bytes())
    return found


def damaged(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """One file with a few damages."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(6):
            case 0:
                del made[at:]
            case 1:
                made[at:at] = chance.choice(BITS) * chance.randint(1, 3)
            case 2:
                made[at : at + chance.randint(1, 40)] = chance.randbytes(chance.randint(0, 40))
            case 3:
                piece = bytes(made[at : at + chance.randint(1, 200)])
                made[at:at] = piece * chance.randint(1, 4)
            case 4:
                other = chance.choice(others)
                made[at:] = other[chance.randrange(len(other) + 1) :]
            case _:
                if made:
                    made[at % len(made)] = chance.randrange(256)
    return bytes(made)


def tried(content: bytes) -> str:
    """How one file ends: read, or refused, or the name of a fault."""
    ends = []
    for read in (_as_panel, _as_answers):
        try:
            ends.append(read(content))
        except TherarelError:
            ends.append("refused")
        except BaseException as fault:
            if isinstance(fault, KeyboardInterrupt):
                raise
            return f"fault: {type(fault).__module__}.{type(fault).__name__}"
    return next((end for end in ends if end not in ("read", "refused")), "read" if "read" in ends else "refused")


def _as_panel(content: bytes) -> str:
    try:
        panel = Panel.read(io.BytesIO(content), instrument="phq-9", limits=LIMITS)
    except TherarelError:
        panel = Panel.read(io.BytesIO(content), instrument="phq-9", limits=LIMITS, index="dated")
    gone = sum(problem.count for problem in panel.problems if problem.action.value in ("left_out", "merged"))
    return "read" if panel.rows_read == panel.n_sessions + gone else "fault: rows that nothing accounts for"


def _as_answers(content: bytes) -> str:
    scored = score_file(io.BytesIO(content), "phq-9", limits=LIMITS)
    return "read" if len(scored.row) <= scored.rows_read else "fault: more rows than were read"


def fuzz(kind: str, seconds: float, seed: int, most: int | None = None) -> tuple[Counter[str], list[bytes]]:
    """Files of one kind for so many seconds, or so many files: how they ended, and those that are faults."""
    chance = random.Random(f"{kind} {seed}")
    whole = samples(kind)
    everything = [content for each in KINDS for content in samples(each)]
    ends: Counter[str] = Counter()
    faults: list[bytes] = []
    begin = time.monotonic()
    while time.monotonic() - begin < seconds and (most is None or ends.total() < most):
        content = damaged(chance.choice(whole), everything, chance)
        end = tried(content)
        ends[end] += 1
        if end.startswith("fault"):
            faults.append(content)
    return ends, faults


def fuzz_apart(kind: str, seconds: float, seed: int) -> tuple[Counter[str], list[bytes]]:
    """As `fuzz`, in a process of its own, which is begun anew where a reader ends it."""
    ends: Counter[str] = Counter()
    faults: list[bytes] = []
    last = time.monotonic() + seconds
    part = 0
    while time.monotonic() < last:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            try:
                while (left := last - time.monotonic()) > 0:
                    part += 1
                    found, wrong = process.submit(fuzz, kind, min(left, PART), seed * 100_000 + part).result()
                    ends += found
                    faults += wrong
            except BrokenProcessPool:
                ends["process ended"] += 1
    return ends, faults


def main() -> int:
    """Run it, print what came out, and keep it if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0, help="for each kind of file")
    parser.add_argument("--kind", choices=[*KINDS], action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=Path, help="a folder for the files that are faults")
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT)
    asked = parser.parse_args()
    found = {}
    for kind in asked.kind or KINDS:
        ends, faults = fuzz_apart(kind, asked.seconds, asked.seed)
        found[kind] = dict(ends)
        sys.stdout.write(f"{kind}: {dict(ends)}\n")
        sys.stdout.flush()
        for number, content in enumerate(faults):
            if asked.faults is not None:
                asked.faults.mkdir(exist_ok=True)
                (asked.faults / f"{kind}-{number}").write_bytes(content)
        if asked.save is not None:  # after each kind, so that nothing is lost
            result = {
                "date": datetime.now(UTC).date().isoformat(),
                "python": platform.python_version(),
                "polars": version("polars"),
                "seconds_per_kind": asked.seconds,
                "seed": asked.seed,
                "files": found,
            }
            asked.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return int(any(end.startswith("fault") for ends in found.values() for end in ends))


if __name__ == "__main__":
    sys.exit(main())
