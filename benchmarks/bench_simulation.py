"""Simulated session scores a second, beside one normal draw per row; and sudden gains per person, beside R's figure.

The simulator draws trajectories, autocorrelated noise, ruptures with their truth, dropout and missing sessions; the
draw beside it is one array of normal numbers of the same length, the least that any simulator of scores needs. Both
run in this process and take turns. Persons of 12 sessions are judged by the rule for sudden gains through the public
``detect``, candidates included.

Run it: ``python benchmarks/bench_simulation.py [rows] [rounds]``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from therarel.detection import detect, rules
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

PERSONS = 100_000
SESSIONS = 12


def seconds(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def persons() -> Panel:
    """Persons of twelve sessions each, with scores of a symptom measure."""
    draws = np.random.default_rng(6).normal(20.0, 6.0, (PERSONS, SESSIONS)).clip(0, 63)
    return Panel.from_arrays(
        np.repeat(np.arange(PERSONS), SESSIONS),
        np.tile(np.arange(1.0, SESSIONS + 1), PERSONS),
        draws.ravel(),
        scale=(0, 63),
        higher_is_better=False,
    )


def main(rows: int = 10_000_000, rounds: int = 5) -> None:
    """Time both in turn, and print one line of JSON."""
    dyads = round(rows / 17)
    made = simulate_clinic(dyads, seed=6).n_sessions
    times: dict[str, list[float]] = {"simulator": [], "one_draw": [], "sudden_gains": []}
    panel, rule = persons(), rules.SuddenGain(cutoff=6.0)
    for _ in range(rounds):
        times["simulator"].append(seconds(lambda: simulate_clinic(dyads, seed=6)))
        times["one_draw"].append(seconds(lambda: np.random.default_rng(6).standard_normal(made)))
        times["sudden_gains"].append(seconds(lambda: detect(panel, primary=rule).candidates))
    middle = {name: statistics.median(each) for name, each in times.items()}
    print(
        json.dumps(
            {
                "rows": made,
                "million_rows_a_second": {
                    name: round(made / middle[name] / 1e6, 1) for name in ("simulator", "one_draw")
                },
                "simulator_to_one_draw": round(middle["simulator"] / middle["one_draw"], 2),
                "sudden_gains_microseconds_per_person": round(middle["sudden_gains"] / PERSONS * 1e6, 1),
                "versions": {"python": platform.python_version(), "numpy": np.__version__},
                "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            }
        )
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
