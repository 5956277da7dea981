"""Updates of a monitor per second, in plain Python, and as a ratio to the same rule over all sessions at once.

Both judge the same simulated sessions; rounds are interleaved and the median of the ratios is told.

Run it: ``python benchmarks/bench_monitor.py [clients] [rounds]``.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time

import attrs
import numpy as np

from therarel.detection import rules
from therarel.detection.monitors import Monitor, NoiseModel
from therarel.detection.rules import BaselineChart, EarlierChart, EarlierDrop
from therarel.domain import RatingScale
from therarel.noise.context import context_for
from therarel.noise.series import Series

SESSIONS = 16
RULES = (
    EarlierChart(),
    BaselineChart(),
    EarlierDrop(),
    rules.ReliableDrop(reliability=0.9, sd=0.8),
    rules.SuddenLoss(),
)


def stream(monitor: Monitor, clients: list[list[float]]) -> float:
    """Seconds for every session of every client, one at a time."""
    update = monitor.update
    begin = time.perf_counter()
    for scores in clients:
        state = monitor.start()
        for session, score in enumerate(scores, start=1):
            state, _ = update(state, session, score)
    return time.perf_counter() - begin


def batch(rule: rules.Rule, series: Series) -> float:
    """Seconds for all sessions at once, in blocks as `detect` takes them."""
    context = context_for(RatingScale(1, 5))
    part = 65536 // SESSIONS
    begin = time.perf_counter()
    for first in range(0, series.sizes.size, part):
        last = min(first + part, series.sizes.size)
        rows = slice(first * SESSIONS, last * SESSIONS)
        rule.verdicts(Series(series.starts[: last - first + 1], series.session[rows], series.score[rows]), context)
    return time.perf_counter() - begin


def main(clients: int = 5_000, rounds: int = 7) -> None:
    """Time both, interleaved."""
    scores = NoiseModel().scores(clients=clients, sessions=SESSIONS, seed=1)
    series = Series(
        np.arange(clients + 1) * SESSIONS, np.tile(np.arange(1.0, SESSIONS + 1), clients), scores.reshape(-1)
    )
    rows = scores.size
    lists = scores.tolist()
    found = {}
    for rule in RULES:
        monitor = Monitor(rule, scale=(1, 5), higher_is_better=True)
        batch(rule, series)
        streamed, batched = [], []
        for _ in range(rounds):
            streamed.append(stream(monitor, lists))
            batched.append(batch(rule, series))
        ratios = [one / other for one, other in zip(streamed, batched, strict=True)]
        found[rule.label] = {
            "updates_per_second_best": round(rows / min(streamed)),
            "updates_per_second_median": round(rows / statistics.median(streamed)),
            "batch_rows_per_second_median": round(rows / statistics.median(batched)),
            "stream_to_batch_ratio_median": round(statistics.median(ratios), 1),
        }
    told = {
        "what": f"{clients} clients of {SESSIONS} sessions, {rounds} rounds",
        "python": platform.python_version(),
        "machine": platform.machine(),
        "numpy": np.__version__,
        "attrs": attrs.__version__,
        "found": found,
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
