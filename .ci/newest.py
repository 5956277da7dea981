#!/usr/bin/env python3
"""Says what the newest versions of everything would break: python3 .ci/newest.py PYTHON FOLDER.

PYTHON is the interpreter of the environment that the tests ran in; an environment of the newest versions is made in
FOLDER where there are any newer ones. The tests of the rooms that run quickly are tried within a few minutes. Nothing
here fails a run; how newer versions are taken stands in CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS = 300
WANTED = "dev"
ROOMS = ("reading", "domain", "drawing", "records", "cli", "machine", "concepts", "panels", "measures")
# Takes from the line that closes pytest's output what makes it look like that of the real run.
_CLOSING = re.compile(r"^=*\s*(.*?) in [\d.]+s.*$")

began = time.monotonic()


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command within the time that is left."""
    left = SECONDS - (time.monotonic() - began)
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=max(left, 0.1), check=False
    )


def newer(python: Path, report: Path) -> dict[str, str]:
    """What pip would install in place of what is installed: names and versions."""
    options = ("--quiet", "--dry-run", "--upgrade", "--upgrade-strategy", "eager", "--report", report)
    done = run(python, "-m", "pip", "install", *options, "--editable", f"{ROOT}[{WANTED}]")
    if done.returncode:
        sys.exit(f"pip cannot say what is newest: {done.stderr.strip().splitlines()[-1]}")
    found = [each["metadata"] for each in json.loads(report.read_text("utf-8"))["install"]]
    return {each["name"]: each["version"] for each in found if each["name"] != "therarel"}


def main() -> None:
    """Look for newer versions, and try them."""
    python, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True)
    found = newer(python, folder / "report.json")
    if not found:
        print("nothing is newer than constraints.txt")
        return
    print("newer than constraints.txt:", ", ".join(f"{name} {version}" for name, version in sorted(found.items())))
    run(python, "-m", "venv", folder / "env")
    newest = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    done = run(newest, "-m", "pip", "install", "--quiet", "--editable", f"{ROOT}[{WANTED}]")
    if done.returncode:
        sys.exit(f"they cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    for room in ROOMS:
        done = run(newest, "-m", "pytest", "-n", "2", "-q", "-p", "no:cacheprovider", f"tests/{room}")
        closing = _CLOSING.sub(r"\1", (done.stdout.strip() or done.stderr.strip()).rpartition("\n")[2])
        print(f"  {room}: {'nothing would break' if done.returncode == 0 else f'would break: {closing}'}", flush=True)
        for line in done.stdout.splitlines():
            if line.startswith(("FAILED", "ERROR")):
                print(f"    {line.partition(' ')[2][:200]}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.TimeoutExpired:
        print(f"stopped after {SECONDS} s")
