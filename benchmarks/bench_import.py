"""How much `import therarel` costs, against `import attrs`.

Each round starts two fresh interpreters, one per package, and reads the cumulative time of the package from
``-X importtime``: the start of the interpreter itself is not part of that figure. The rounds alternate, so that
a busy moment of the machine meets both. The figure is the median of the rounds; the goal is a ratio of at most
0.1.

    python benchmarks/bench_import.py [--rounds 40] [--save results.json]
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

GOAL = 0.1
FLOOR = "attrs"
LIGHT = ("therarel",)
FOR_COMPARISON = ("therarel.citations",)


def microseconds(module: str) -> int:
    """Cumulative time of importing a module, in microseconds, in a fresh interpreter."""
    answer = subprocess.run(
        [sys.executable, "-I", "-X", "importtime", "-c", f"import {module}"],
        capture_output=True,
        text=True,
        check=True,
    )
    # Lines read "import time: self | cumulative | name"; a package imported on the way is counted beside it.
    total = 0
    for line in answer.stderr.splitlines():
        _, _, figures = line.partition("import time:")
        columns = figures.split("|")
        name = columns[-1]
        depth = (len(name) - len(name.lstrip()) - 1) // 2
        root = module.partition(".")[0]
        if len(columns) == 3 and depth == 0 and name.strip().partition(".")[0] == root:
            total += int(columns[1])
    return total


def main() -> int:
    """Measure, print the table, and say whether the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--save", type=Path, help="write the figures to this JSON file")
    arguments = parser.parse_args()

    modules = (FLOOR, *LIGHT, *FOR_COMPARISON)
    figures: dict[str, list[int]] = {module: [] for module in modules}
    for _ in range(arguments.rounds):
        for module in modules:
            figures[module].append(microseconds(module))

    medians = {module: statistics.median(values) for module, values in figures.items()}
    print(f"{'module':<22}{'median':>12}{'least':>12}{'ratio to ' + FLOOR:>18}")
    for module in modules:
        ratio = medians[module] / medians[FLOOR]
        print(f"{module:<22}{medians[module]:>9.0f} us{min(figures[module]):>9} us{ratio:>18.3f}")

    ratio = medians["therarel"] / medians[FLOOR]
    met = ratio <= GOAL
    print(f"goal: at most {GOAL} of {FLOOR}: {'met' if met else 'missed'} ({ratio:.3f})")
    if arguments.save:
        record = {
            "benchmark": "import",
            "date": date.today().isoformat(),
            "python": platform.python_version(),
            "machine": f"{platform.machine()}, {platform.system()}",
            "versions": {name: version(name) for name in ("therarel", FLOOR)},
            "rounds": arguments.rounds,
            "median_microseconds": medians,
            "ratio": round(ratio, 4),
            "goal": GOAL,
            "met": met,
        }
        arguments.save.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
