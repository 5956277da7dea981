"""Do the tests of a room notice small slips in its code? A sample of them, drawn by a seed, is tried one by one.

    python -m tests.proofs.sampled_mutants panels [--seed 1] [--number 200] [--again FILE] [--save [FILE]]

Nothing of the repository is touched: the tree is copied to a scratch folder, and each mutant is written there. First the
tests of the room run once and note which lines each of them runs. Then, for each mutant, a process is forked and runs the
tests that reach the changed lines, the quickest first, until one fails. A mutant that no test notices has survived; one
whose tests run ten times as long as they should counts as noticed, and the result lists it. ``--again`` tries only the
survivors of an earlier result and those counted by their time. In the results that are kept a person has written beside
each survivor why it lives.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from tests.proofs.mutations import Mutation, mutations

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).with_name("results")
PACKAGE = Path("src") / "therarel"
SLOWER = 10.0
"""A mutant may run so many times as long as its tests did, and half a minute more."""
QUICK = 0.1
"""Seconds of a test that is asked about every line that an import runs."""


@frozen
class Room:
    """What is changed, and which tests should notice.

    Args:
        files: Patterns of the files, below the package.
        tests: Paths of the tests; those that begin with ``!`` are left out.
        examples: Whether the examples in the docstrings of the files are tests, too.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    examples: bool = False

    def sources(self, root: Path) -> list[str]:
        """The files of the room, relative to the root."""
        every = {path for pattern in self.files for path in (root / PACKAGE).glob(pattern)}
        return sorted(path.relative_to(root).as_posix() for path in every)

    def paths(self, root: Path) -> list[str]:
        """What pytest is asked to run."""
        paths = [f"--ignore={each[1:]}" if each.startswith("!") else each for each in self.tests]
        modules = [each.removeprefix("src/").removesuffix(".py").replace("/", ".") for each in self.sources(root)]
        return paths + [_EXAMPLES.format(each.removesuffix(".__init__")) for each in modules if self.examples]


_EXAMPLES = "tests/house/test_doctests.py::test_the_examples_of_a_module_give_what_they_show[{}]"
_DETECTION = [
    "agreement",
    "candidates",
    "collecting",
    "detection",
    "engine",
    "episodes",
    "frames",
    "groups",
    "learning",
    "limits",
    "line_limits",
    "tables",
    "verdicts",
    "wording",
]
_OF_DOMAIN = ("concerns", "effects", "guards", "handovers", "remarks", "risk_notices", "upkeep", "views", "ways_on")
_ELSEWHERE = ("feeding/test_folder.py", "feeding/test_lazy.py")

ROOMS: Mapping[str, Room] = {
    "domain": Room(
        ("domain/*.py", "domain/events/*.py"),
        ("tests/domain", *(f"tests/machine/test_{name}.py" for name in _OF_DOMAIN)),
        examples=True,
    ),
    "machine": Room(
        ("machine/*.py", "machine/*/*.py"),
        ("tests/machine", "!tests/machine/test_words.py", "tests/cli/test_course_command.py"),
        examples=True,
    ),
    "records": Room(("records/*.py",), ("tests/records",), examples=True),
    "panels": Room(("panels/*.py",), ("tests/panels",)),
    "reports": Room(("reports/*.py",), ("tests/reports", "tests/cli/test_report_command.py")),
    "detection": Room(
        ("detection/rules/*.py", *(f"detection/{name}.py" for name in _DETECTION)),
        ("tests/detection", "tests/noise", *(f"!tests/detection/{name}" for name in _ELSEWHERE)),
    ),
    "noise": Room(
        ("noise/*.py", "noise/falls/*.py"),
        ("tests/noise", *(f"tests/detection/{name}" for name in ("scan", "test_simulated.py", "test_ties.py"))),
    ),
    "rules": Room(
        ("detection/rules/*.py",),
        ("tests/detection", "tests/noise", *(f"!tests/detection/{name}" for name in _ELSEWHERE)),
    ),
}


class Recorder:
    """Notes the lines that each test runs, and how long it takes."""

    def __init__(self, root: Path, sources: list[str]) -> None:
        import coverage

        self.coverage = coverage.Coverage(
            data_file=None, include=[str(root / each) for each in sources], config_file=False
        )
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.coverage.start()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Each test is a context of its own."""
        self.coverage.switch_context(item.nodeid)
        begin = time.perf_counter()
        yield
        self.seconds[item.nodeid] = time.perf_counter() - begin
        self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails without any change is no test of a change."""
        if report.failed:
            self.failed.append(report.nodeid)

    def written(self, root: Path) -> dict[str, Any]:
        """By file and line the tests that run it; the empty name stands for what runs when the file is imported."""
        self.coverage.stop()
        data = self.coverage.get_data()
        lines = {
            str(Path(name).relative_to(root)): {
                str(line): tests for line, tests in data.contexts_by_lineno(name).items()
            }
            for name in data.measured_files()
        }
        return {"lines": lines, "seconds": self.seconds, "failed": self.failed}


class Chosen:
    """Runs some of the collected tests only, in an order of ours."""

    def __init__(self, order: list[str]) -> None:
        self.place = {name: place for place, name in enumerate(order)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the others, and sort."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )


def forked(root: Path, work: Callable[[], int], seconds: float, *, compiled: bool = False) -> int | None:
    """The exit code of some work in a process of its own; ``None`` if it took too long and was ended."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            told = os.open(root / "told.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(told, 1)
            os.dup2(told, 2)
            os.chdir(root)
            os.environ["PYTHONPATH"] = f"{root / 'src'}{os.pathsep}{root}"
            sys.path[:0] = [str(root / "src"), str(root)]
            # What stays the same is compiled once, by the first run; a changed file is newer than what was kept of it.
            sys.dont_write_bytecode = not compiled
            if not compiled:
                os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


QUIET = ["-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def recorded(root: Path, room: Room) -> dict[str, Any]:
    """What the tests of the room run, without any change."""
    answer = root / "recorded.json"

    def work() -> int:
        recorder = Recorder(root, room.sources(root))
        code = pytest.main([*QUIET, *room.paths(root)], plugins=[recorder])
        answer.write_text(json.dumps(recorder.written(root)), "utf-8")
        return int(code)

    code = forked(root, work, 3600, compiled=True)
    found: dict[str, Any] = json.loads(answer.read_text("utf-8")) if answer.exists() else {"failed": "everything"}
    if code or found["failed"]:
        told = (root / "told.txt").read_text("utf-8")[-2000:]
        raise SystemExit(f"the tests fail without any change: {found['failed']} (code {code})\n{told}")
    return found


def tests_of(recorded: Mapping[str, Any], file: str, first: int, last: int) -> list[str]:
    """The tests that reach some lines, the quickest first.

    Where a line is run by importing the file, these are all that enter the file, and all that are quick: a test that makes
    a value of a class may run no line of it.
    """
    lines: Mapping[str, list[str]] = recorded["lines"].get(file, {})
    found = {test for line in range(first, last + 1) for test in lines.get(str(line), ())}
    if "" in found:
        quick = {test for test, seconds in recorded["seconds"].items() if seconds <= QUICK}
        found = {test for tests in lines.values() for test in tests} | quick
    return sorted(found - {""}, key=lambda test: recorded["seconds"].get(test, 0.0))


def noticed(root: Path, file: str, mutation: Mutation, tests: list[str], seconds: float) -> bool | None:
    """Whether a test fails once the change is made; ``None`` if the tests took too long."""
    path = root / file
    source = path.read_text("utf-8")
    path.write_text(mutation.applied(source), "utf-8")
    files = sorted({test.partition("::")[0] for test in tests})
    try:
        code = forked(
            root,
            lambda: int(pytest.main([*QUIET, "-x", *files], plugins=[Chosen(tests)])),
            30 + SLOWER * seconds,
        )
    finally:
        path.write_text(source, "utf-8")
    return None if code is None else code != 0


def sample(root: Path, room: Room, seed: int, number: int) -> list[tuple[str, Mutation]]:
    """Some changes of a room, drawn by a seed."""
    every = [(file, each) for file in room.sources(root) for each in mutations((root / file).read_text("utf-8"))]
    return sorted(random.Random(seed).sample(every, min(number, len(every))))


def copied(to: Path) -> Path:
    """The tree in a scratch folder."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "site", "dist")
    shutil.copytree(ROOT, to, ignore=left_out)
    return to


def preload() -> None:
    """Load what the room's tests import of other people's, once for all forks."""
    for name in ("numpy", "scipy.stats", "polars", "narwhals", "networkx", "cattrs", "yaml", "hypothesis.strategies"):
        with contextlib.suppress(ImportError):
            __import__(name)


def main() -> None:
    """Try a sample of changes and say which ones no test noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--again", type=Path, help="an earlier result, whose survivors alone are tried")
    parser.add_argument("--save", type=Path, nargs="?", const=Path(), help="where to write the result")
    chosen = parser.parse_args()
    preload()
    with tempfile.TemporaryDirectory() as folder:
        root = copied(Path(folder) / "tree")
        result = judged(root, ROOMS[chosen.room], chosen)
    print(f"{result['killed']} of {result['number']} noticed")  # noqa: T201  # a script's answer
    if chosen.save is not None:
        path = chosen.save if chosen.save.name else RESULTS / f"mutants-{chosen.room}.json"
        path.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def _listed(earlier: Path) -> list[dict[str, Any]]:
    result = json.loads(earlier.read_text("utf-8"))
    return [*result["survivors"], *result.get("by their time", ())]


def judged(root: Path, room: Room, chosen: argparse.Namespace) -> dict[str, Any]:
    """The result for a room."""
    drawn = sample(root, room, chosen.seed, chosen.number)
    if chosen.again:
        earlier = {(each["file"], each["change"]) for each in _listed(chosen.again)}
        drawn = [each for each in drawn if (each[0], each[1].shown((root / each[0]).read_text("utf-8"))) in earlier]
    begin = time.monotonic()
    known = recorded(root, room)
    print(f"{len(known['seconds'])} tests in {time.monotonic() - begin:.0f} s", flush=True)  # noqa: T201
    survivors: list[dict[str, Any]] = []
    slow: list[dict[str, Any]] = []
    for place, (file, mutation) in enumerate(drawn, start=1):
        source = (root / file).read_text("utf-8")
        last = source.count("\n", 0, mutation.end) + 1
        tests = tests_of(known, file, mutation.line, last)
        seconds = sum(known["seconds"][test] for test in tests)
        answer = noticed(root, file, mutation, tests, seconds) if tests else False
        if answer:
            continue
        change = mutation.shown(source)
        (slow if answer is None else survivors).append(
            {"file": file, "line": mutation.line, "kind": mutation.kind, "change": change, "tests": len(tests)}
        )
        told = f"{place}/{len(drawn)} {file}:{mutation.line} {mutation.kind}: {change} ({len(tests)} tests)"
        print(told + (", by its time" if answer is None else ""), flush=True)  # noqa: T201
    names = ("pytest", "hypothesis", "coverage", "numpy", "polars")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": chosen.seed,
        "number": len(drawn),
        "killed": len(drawn) - len(survivors),
        "seconds": round(time.monotonic() - begin),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in names}},
        "by their time": slow,
        "survivors": survivors,
    }


if __name__ == "__main__":
    main()
