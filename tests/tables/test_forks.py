"""A process that was forked after tables were used says so; it would wait for ever otherwise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, sys
import pandas, polars
import therarel as tr

BEFORE, *AFTER = sys.argv[1:]
COLUMNS = {"dyad": ["A"] * 6, "session": list(range(6)), "score": [4, 4, 4, 2, 3, 4]}
OPTIONS = {"scale": (1, 5), "higher_is_better": True}
ITEMS = {f"item{n}": [1, 2] for n in range(1, 8)}


def panel():
    return tr.Panel.from_arrays(**COLUMNS, **OPTIONS)


def saved():
    with open("clinic.csv", "w") as file:
        file.write("client,session,score\\nA,1,4\\nA,2,3\\n")
    return tr.Panel.read("clinic.csv", **OPTIONS)


held = panel() if BEFORE == "used" else None
frame = polars.DataFrame(COLUMNS)
USES = {
    "arrays": panel,
    "file": saved,
    "polars": lambda: tr.Panel.from_frame(frame, **OPTIONS),
    "pandas": lambda: tr.Panel.from_frame(pandas.DataFrame(COLUMNS), **OPTIONS),
    "detect": lambda: tr.detect(held or panel(), primary=tr.rules.Drop(k=2)),
    "frame": lambda: (held or panel()).to_frame("pandas"),
    "sessions": lambda: (held or panel()).n_sessions,
    "problems": lambda: (held or panel()).problem_rows(),
    "lazy": lambda: tr.detect_lazy(
        frame.lazy(), primary=tr.rules.Drop(k=2), dyad="dyad", session="session", score="score", **OPTIONS
    ),
    "growth": lambda: tr.fit_growth(frame, "score ~ session", {"dyad": "1"}),
    "score": lambda: tr.score("gad-7", polars.DataFrame(ITEMS), rater="client"),
}
for use in AFTER or USES:
    child = os.fork()
    if child == 0:
        try:
            USES[use]()
        except RuntimeError as refused:
            os._exit(3 if type(refused).__name__ == "ForkedProcessError" else 4)
        os._exit(0)
    print(use, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def answers(folder: Path, before: str, *after: str) -> dict[str, str]:
    """How forked processes end in which tables are used: 0 where it worked, 3 where it was refused."""
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, before, *after]
    done = subprocess.run(command, cwd=folder, timeout=300, check=True, capture_output=True, text=True)
    return dict(line.split() for line in done.stdout.splitlines())


def test_a_fork_after_tables_were_used_is_refused(tmp_path: Path) -> None:
    """Whatever the forked process wants to do with tables, it is told, and does not wait for ever."""
    uses = ["arrays", "file", "polars", "pandas", "detect", "frame", "sessions", "problems", "lazy", "growth", "score"]
    assert answers(tmp_path, "used") == dict.fromkeys(uses, "3")


def test_a_fork_before_tables_are_used_works(tmp_path: Path) -> None:
    """A server that loads the library, forks, and only then reads tables is served."""
    assert answers(tmp_path, "not used", "detect") == {"detect": "0"}
