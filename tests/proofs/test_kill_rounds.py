"""A process is killed again and again while it writes: the old file or the new one stands there, whole, every time.

Each round starts a process that writes without end and tells of each write after it is done. It is killed (SIGKILL)
after a drawn number of writes, in the midst of the next one. Then what is on the disk is read.

- `records.dump` over the same file: the course reads back, and is the last one told of or the next.
- `records.write_log(append=True)`: every event told of is there, in order, and after the next append no line is torn.
- `write_whole`, which every room writes with, over a file of four megabytes: one of the two texts, byte for byte.

    python -m tests.proofs.test_kill_rounds --rounds 200 --save
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from therarel import records
from therarel.domain import events
from therarel.machine import Course

RESULTS = Path(__file__).parent / "results"

DUMP = """
import sys
from therarel import records
from therarel.domain import events
from therarel.machine import Course
course = Course.begin("C-014", "T-03")
for number in range(10_000):
    course.record(events.SessionHeld(session=number, note="x" * 2_000))
    records.dump(course, sys.argv[1], confidential="include")
    print(number, flush=True)
"""

APPEND = """
import sys
from therarel import records
from therarel.domain import events
for number in range(int(sys.argv[2]), 1_000_000):
    records.write_log([events.SessionHeld(session=number, note="x" * 1_000_000)], sys.argv[1], confidential="include", append=True)
    print(number, flush=True)
"""

WHOLE = """
import sys
from therarel.files import write_whole
for number in range(1_000_000):
    write_whole(sys.argv[1], ("ab"[number % 2] * 1_000 for _ in range(4_000)))
    print(number, flush=True)
"""


def killed(program: str, after: int, path: Path, *arguments: object, growing: bool = False) -> int:
    """Run a program, kill it once it told of so many writes, and say which was the last it told of; -1 for none.

    Where the file is continued the kill waits until it has begun to grow, so that it falls into the midst of a write.
    """
    command = [sys.executable, "-c", program, str(path), *map(str, arguments)]
    told = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(int(line))
            if len(told) > after:
                size = path.stat().st_size
                while growing and process.poll() is None and path.stat().st_size == size:
                    pass
                process.kill()
    return told[-1] if told else -1


def dump_round(folder: Path, after: int) -> None:
    """The course on the disk is the last one told of, or the one that was being written."""
    path = folder / "course.json"
    records.dump(Course.begin("C-014", "T-03"), path)
    last = killed(DUMP, after, path)
    course = records.load(path, Course)
    assert len(course.history) in (last + 1, last + 2), (len(course.history), last)
    assert path.stat().st_mode & 0o777 == 0o600


def append_round(folder: Path, after: int) -> None:
    """Every event told of stands in the log, in order and once; what is torn is moved aside by the next append."""
    path = folder / "log.jsonl"
    if path.exists() and path.stat().st_size > 20_000_000:
        path.unlink()
    begin = sum(1 for _ in records.read_log(path)) if path.exists() else 0
    last = killed(APPEND, after, path, begin, growing=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", records.TornLineWarning)
        records.write_log([], path, append=True)
    assert path.read_bytes().endswith(b"\n")
    read = [event.session for event in records.read_log(path) if isinstance(event, events.SessionHeld)]
    assert read == list(range(len(read)))
    assert len(read) in (last + 1, last + 2), (len(read), last)


def whole_round(folder: Path, after: int) -> None:
    """One of the two texts stands there to the last byte."""
    path = folder / "page.html"
    killed(WHOLE, after, path)
    text = path.read_text("utf-8")
    assert text in ("a" * 4_000_000, "b" * 4_000_000)


ROUNDS: Mapping[str, Callable[[Path, int], None]] = {
    "records.dump": dump_round,
    "records.write_log, append": append_round,
    "write_whole, 4 MB": whole_round,
}


@pytest.mark.parametrize("kind", ROUNDS)
def test_a_killed_process_leaves_a_whole_file(tmp_path: Path, kind: str) -> None:
    """Killed after the first write and after the fourth, what stands on the disk is all of it."""
    for after in (0, 3):
        ROUNDS[kind](tmp_path, after)


def run(rounds: int, seed: int, most: int) -> dict[str, dict[str, int]]:
    """So many rounds of each kind in a folder of its own; what was left beside the files is counted."""
    draw = random.Random(seed)
    counts = {}
    for name, one in ROUNDS.items():
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(rounds):
                one(Path(folder), draw.randrange(most))
            left = list(Path(folder).iterdir())
            parts = sum(path.suffix == ".part" for path in left)
            torn = sum(path.read_bytes().count(b"\n") for path in left if path.suffix == ".torn")
        counts[name] = {"rounds": rounds, "hidden parts left": parts, "torn lines moved aside": torn}
        print(f"{name}: {rounds} rounds, every file whole; {parts} hidden parts left, {torn} torn lines", flush=True)  # noqa: T201  a command
    return counts


def main() -> None:
    """Run the rounds and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", action="store_true", help="keep the result in tests/proofs/results")
    chosen = parser.parse_args()
    counts = run(chosen.rounds, chosen.seed, most=12)
    if chosen.save:
        result = {"date": date.today().isoformat(), "python": platform.python_version(), "system": platform.system()}
        path = RESULTS / f"kill-rounds-{date.today()}.json"
        path.write_text(json.dumps({**result, "seed": chosen.seed, "kinds": counts}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
