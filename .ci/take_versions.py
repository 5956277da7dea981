#!/usr/bin/env python3
"""Takes newer versions on purpose: writes constraints.txt, and the build requirements in pyproject.toml.

python3 .ci/take_versions.py              # the newest versions of everything that fit together
python3 .ci/take_versions.py pyyaml ruff  # the newest of these, and of others only what they need

Versions are resolved for every Python that the project allows, by uv, in an environment of its own. Run `.ci/run`
afterwards, and commit both files with what had to change.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
PROJECT = ROOT / "pyproject.toml"
EXTRAS = ("dev", "benchmarks", "spark")  # all that a command of the project installs
BUILD = ("hatchling", "editables")  # what builds the package, and what installs it in place
SOURCES = ("setuptools",)  # what builds pyspark, the one dependency that comes as source
OLDEST = "3.11"
HEADER = "# The versions that all tests pass with, taken on purpose by .ci/take_versions.py; see CONTRIBUTING.md.\n"
OPTIONS = ("--quiet", "--universal", "--python-version", OLDEST, "--no-annotate", "--no-header")


def resolved(uv: Path, *arguments: str, given: str = "") -> list[str]:
    """The lines of ``uv pip compile``: a name, a version and where it is needed."""
    command = [uv, "pip", "compile", *OPTIONS, *arguments, "-"]
    done = subprocess.run(command, input=given, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True)
    return done.stdout.splitlines()


def plain(lines: list[str]) -> list[str]:
    """Names and versions; a Python version is named only where a package has two.

    Where else a package is not needed, such as on one machine or another, its line constrains nothing.
    """
    times = Counter(line.split("==")[0] for line in lines)
    return [line if times[line.split("==")[0]] > 1 else line.split(" ;")[0] for line in lines]


def main() -> None:
    """Resolve, and write both files."""
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        programs = Path(scratch) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        uv = programs / "uv"
        kept = Path(scratch) / "constraints.txt"
        kept.write_text(CONSTRAINTS.read_text("utf-8") if CONSTRAINTS.exists() else "", "utf-8")
        upgrades = [f"--upgrade-package={name}" for name in wanted] or ["--upgrade"]
        extras = [f"--extra={name}" for name in EXTRAS]
        resolved(uv, *upgrades, *extras, "--output-file", str(kept), str(PROJECT), given="\n".join([*BUILD, *SOURCES]))
        lines = plain(kept.read_text("utf-8").splitlines())
        CONSTRAINTS.write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
        build = resolved(uv, "--constraint", str(CONSTRAINTS), given="\n".join(BUILD))
    pins = "".join(f'    "{line}",\n' for line in plain(build))
    text = PROJECT.read_text("utf-8")
    new, found = re.subn(r"(?ms)^(\[build-system\]\n.*?^requires = \[\n).*?^\]", rf"\g<1>{pins}]", text, count=1)
    if not found:
        sys.exit("pyproject.toml has no list of build requirements where it was looked for")
    PROJECT.write_text(new, "utf-8")
    subprocess.run(["git", "diff", "--stat", "--", CONSTRAINTS, PROJECT], cwd=ROOT, check=False)


if __name__ == "__main__":
    main()
