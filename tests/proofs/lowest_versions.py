"""All tests pass with the lowest versions that pyproject.toml allows.

python -m tests.proofs.lowest_versions --save
python -m tests.proofs.lowest_versions --keep FOLDER tests/reading    # some of the tests, in an environment that stays

An environment is made in which every package that the project names stands at its lower bound; packages that only these
need are what pip resolves. Then the tests run.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULT = Path(__file__).parent / "results" / "lowest_versions.json"
EXTRA = "tests"
_BOUND = re.compile(r"([\w.-]+)(?:\[[\w,]+\])?>=([\w.]+)")
_OWN = re.compile(r"therarel\[([\w,]+)\]")


def requirements(project: dict[str, dict[str, list[str]]], extra: str) -> Iterator[str]:
    """What an extra of the project asks for, with the extras that it names."""
    for line in project["optional-dependencies"][extra]:
        own = _OWN.fullmatch(line)
        if own is None:
            yield line
        else:
            for name in own[1].split(","):
                yield from requirements(project, name)


def lowest(project: dict[str, dict[str, list[str]]]) -> dict[str, str]:
    """The lower bound of every package that the project names.

    Raises:
        ValueError: if a package has none, or two that differ.
    """
    found: dict[str, str] = {}
    for line in [*project["dependencies"], *requirements(project, EXTRA)]:
        bound = _BOUND.match(line)
        if bound is None or found.setdefault(bound[1].lower(), bound[2]) != bound[2]:
            raise ValueError(f"{line} has no lower bound, or another than elsewhere")
    return dict(sorted(found.items()))


def main() -> None:
    """Make the environment, run the tests, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tests", nargs="*", help="some of the tests; all by default")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the environment is made, to stay there")
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    versions = lowest(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])
    with tempfile.TemporaryDirectory() as scratch:
        home = chosen.keep or Path(scratch) / "environment"
        constraints = Path(scratch) / "lowest.txt"
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()), "utf-8")
        venv.create(home, with_pip=True)
        python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        install = ["--quiet", "--constraint", str(constraints), "--editable", f"{ROOT}[{EXTRA}]"]
        subprocess.run([python, "-m", "pip", "install", *install], check=True)
        # Lowest versions ask for packages that the present ones, which are written down, do not ask for.
        written = "tests/house/test_versions.py::test_everything_that_is_installed_has_its_version"
        tests = [python, "-m", "pytest", "-n", "2", "-q", "--deselect", written, *chosen.tests]
        done = subprocess.run(tests, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=False)
    print(done.stdout)  # noqa: T201  a script's answer
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "passed": done.returncode == 0,
        "tests": done.stdout.strip().rpartition("\n")[2],
        "versions": versions,
    }
    if chosen.save:
        chosen.save.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
