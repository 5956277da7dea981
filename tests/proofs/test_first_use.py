"""A program with many threads works from its first request: nothing that is used for the first time is half loaded.

python -m tests.proofs.test_first_use --save    # many rounds

Each round is a fresh interpreter in which eight threads, let go at once, use the library for the first time, with
threads switched a thousand times as often as usual.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

THREADS = 8
RESULT = Path(__file__).parent / "results" / "first_use.json"
ROUND = """
import faulthandler, os, random, sys, threading, traceback
from importlib import import_module

import therarel as tr

WAY, SEED, THREADS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ROOMS = [f"therarel.{name}" for name, home in tr._homes().items() if home == "therarel"]


def panel():
    return tr.Panel.from_arrays(
        dyad=["S-07"] * 6, session=range(6), score=[4, 4, 4, 2, 3, 4], scale=(1, 5), higher_is_better=True
    )


def begin():
    course = tr.Course.begin(client="C-014", therapist="T-03")
    course.record(tr.events.SessionHeld(session=1))
    return course


REQUESTS = {
    "score": lambda: tr.score("gad-7", [1] * 7),
    "begin": begin,
    "may": lambda: begin().may(tr.events.AdvanceRequested()).explain(),
    "concepts": lambda: tr.concept_graph().why("clinical_supervision", "trust"),
    "record": lambda: tr.records.loads(tr.records.dumps(tr.events.SessionHeld(session=1))),
    "detect": lambda: tr.detect(panel(), primary=tr.rules.Drop(k=2)),
    "report": lambda: tr.report(tr.detect(panel(), primary=tr.rules.Drop(k=2))),
    "simulate": lambda: tr.simulate_courses(2, seed=1),
    "grow": lambda: tr.fit_growth(tr.simulate_clinic(12, seed=1).panel(), "score ~ session", {"dyad": "1"}),
    "instruments": lambda: tr.instruments(),
    "citations": lambda: tr.citations.bibliography(),
}
WAYS = {
    "two requests": {name: REQUESTS[name] for name in ("score", "begin")},
    "all requests": REQUESTS,
    "all names": {name: lambda name=name: getattr(tr, name) for name in tr.__all__},
    "names and rooms": {
        **{name: lambda name=name: getattr(tr, name) for name in tr.__all__[::5]},
        **{room: lambda room=room: import_module(room) for room in ROOMS},
    },
}
together, failures = threading.Barrier(THREADS), []


def thread(number):
    order = list(WAYS[WAY].items())
    random.Random(f"{SEED} {number}").shuffle(order)
    together.wait()
    for name, use in order:
        try:
            use()
        except BaseException:
            failures.append(f"{name}: {traceback.format_exc()}")


sys.setswitchinterval(5e-6)
threads = [threading.Thread(target=thread, args=(number,), daemon=True) for number in range(THREADS)]
for each in threads:
    each.start()
for each in threads:
    each.join(120)
if any(each.is_alive() for each in threads):
    faulthandler.dump_traceback()
    print("threads wait for each other", file=sys.stderr, flush=True)
    os._exit(2)
if failures:
    print(failures[0], file=sys.stderr)
sys.exit(bool(failures))
"""
WAYS = ("two requests", "all requests", "all names", "names and rooms")


def failure(way: str, seed: int) -> str:
    """What went wrong in one round; empty where nothing did."""
    arguments = [sys.executable, "-c", ROUND, way, str(seed), str(THREADS)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    ("way", "rounds"), [("two requests", 4), ("all requests", 1), ("all names", 1), ("names and rooms", 1)]
)
def test_eight_threads_may_be_the_first_to_use_anything(way: str, rounds: int) -> None:
    """Every public name, every room and the usual first requests work from eight threads at once in a fresh process."""
    assert [failure(way, seed) for seed in range(rounds)] == [""] * rounds


def main() -> None:
    """Run many rounds and say how many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="rounds of each way")
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    began = time.monotonic()
    failed: dict[str, int] = {}
    for way in WAYS:
        found = [text for seed in range(chosen.rounds) if (text := failure(way, seed))]
        failed[way] = len(found)
        print(way, f"{chosen.rounds} rounds, {len(found)} failed", *found[:1], sep="\n")  # noqa: T201
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "rounds": chosen.rounds,
        "threads": THREADS,
        "failed": failed,
        "seconds": round(time.monotonic() - began),
        "python": platform.python_version(),
    }
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    sys.exit(any(failed.values()))


if __name__ == "__main__":
    main()
