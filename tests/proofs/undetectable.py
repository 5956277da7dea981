"""Every series of one to four scores: a session is undetectable exactly where no score of the scale would fire.

    python -m tests.proofs.undetectable [--first 0] [--number N] [--save [FILE]]

Twelfths on a scale of 1 to 5 (6 million series, each score in turn over the whole scale) and quarter points from 0 to 5,
there with a gap and unequal distances, for every rule in every setting that the small case among the ordinary tests
knows. Quarter points are judged in all settings; twelfths in those without a smallest drop and without a correction for
autocorrelation, which change a limit and no tie. ``--first`` and ``--number`` take a part of the settings; the parts add
up in the file that is saved.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from tests.detection.brute_force import context_of, mistakes, settings

from therarel.detection.rules import Rule

RESULT = Path(__file__).with_name("results") / "undetectable.json"
TWELFTHS = np.arange(12, 61) / 12
QUARTERS = np.arange(21) / 4


def judged(number: int, rule: Rule) -> dict[str, object]:
    """What one setting says wrongly, of all series."""
    begin = time.perf_counter()
    wrong = list(mistakes(rule, context_of(0, 5, max_gap=2), QUARTERS, sessions=(1, 2, 4, 9)))
    wrong += list(mistakes(rule, context_of(0, 5), QUARTERS))
    whole = rule.minimal_drop == 0 and not rule.settings.get("autocorrelation")
    if whole:
        wrong += list(mistakes(rule, context_of(1, 5), TWELFTHS))
    return {
        "setting": number,
        "rule": rule.label,
        "twelfths": whole,
        "wrong": len(wrong),
        "first": [str(each) for each in wrong[:3]],
        "seconds": round(time.perf_counter() - begin),
    }


def main() -> None:
    """Judge all series by the chosen settings, and say what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--number", type=int)
    parser.add_argument("--save", type=Path, nargs="?", const=RESULT, help="where to write the result")
    chosen = parser.parse_args()
    rules = list(settings())
    last = len(rules) if chosen.number is None else chosen.first + chosen.number
    for number in range(chosen.first, last):
        found = judged(number, rules[number])
        print(json.dumps(found), flush=True)  # noqa: T201  # a script's answer
        if chosen.save:
            add(chosen.save, found, len(rules))


def add(path: Path, found: dict[str, object], settings_in_all: int) -> None:
    """Put the answer on one setting into the file."""
    held = json.loads(path.read_text("utf-8")) if path.exists() else {"rules": []}
    every = [each for each in held["rules"] if each["setting"] != found["setting"]] + [found]
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "settings": settings_in_all,
        "judged": len(every),
        "judged_in_twelfths": sum(each["twelfths"] for each in every),
        "wrong": sum(each["wrong"] for each in every),
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        "rules": every,
    }
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
