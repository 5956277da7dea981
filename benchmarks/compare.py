"""Run benchmarks again and put their figures beside those that are kept.

    python benchmarks/compare.py machine concepts [--all] [--worse 1.25]

Each name is one of the files ``bench_<name>.py``, whose kept result is ``results/<name>.json``. Ratios to a peer or a
floor can be compared between machines, and are shown; with ``--all`` seconds and the rest are too. Figures that became
larger by the factor of ``--worse`` are marked; whether larger is worse is for the reader to say.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
RATIOS = ("ratio", "times", "_to_", " / ")


def documents(text: str) -> list[object]:
    """The JSON that a benchmark printed, or that was kept: one document, or one in each line."""
    start = text.find("{")
    try:
        return [json.loads(text[start:])]
    except ValueError:
        return [json.loads(line) for line in text[start:].splitlines() if line.startswith("{")]


def figures(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a document by the names that lead to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from figures(inner, f"{name} > {key}" if name else str(key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from figures(inner, f"{name}[{place}]" if len(value) > 1 else name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, float(value)


def main() -> None:
    """Run what was named and print the figures side by side."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    ask.add_argument("names", nargs="+", choices=known, metavar="name", help=", ".join(known))
    ask.add_argument("--all", action="store_true", help="show every figure, not the ratios alone")
    ask.add_argument("--worse", type=float, default=1.25, help="mark what is larger by this factor")
    asked = ask.parse_args()
    for name in asked.names:
        kept = next(iter(HERE.joinpath("results").glob(f"{name}.json*")), None)
        before = dict(figures(documents(kept.read_text("utf-8")))) if kept else {}
        command = [sys.executable, str(HERE / f"bench_{name}.py")]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        print(f"{name}: {'nothing is kept' if kept is None else kept.name}")
        for figure, value in figures(documents(told)):
            if not (asked.all or any(word in figure for word in RATIOS)):
                continue
            old = before.get(figure)
            against = "" if not old else f"{value / old:8.2f} times{'  <' if value / old > asked.worse else ''}"
            print(f"  {figure[-70:]:70} {'-' if old is None else f'{old:g}':>10} {value:>10g} {against}")


if __name__ == "__main__":
    main()
