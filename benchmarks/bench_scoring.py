"""Scoring 1 million WAI-SR responses against hand-written polars sums, interleaved.

Each rule for unanswered items is timed against a total by hand with the same rule: every item needed, or prorated
from three quarters of the items. The total with its three subscales by hand stands beside it. The hand-written sums
check nothing: no range, no status, no signs of confusion.

Run it: ``python benchmarks/bench_scoring.py [rows] [rounds]``.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import narwhals
import numpy as np
import polars as pl

from therarel.measures import Prorate, score

ITEMS = [f"item{number}" for number in range(1, 13)]
LEAST = 0.75
KEY = {"task": (1, 2, 10, 12), "goal": (4, 6, 8, 11), "bond": (3, 5, 7, 9)}


def answers(rows: int, missing: float, seed: int = 20) -> pl.DataFrame:
    """Simulated answers: one mood per row, noise per item, 1 to 5, each missing with a probability."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(3.9, 0.65, rows)
    table = {}
    for item in ITEMS:
        column = pl.Series(np.clip(np.rint(mood + rng.normal(0, 0.8, rows)), 1, 5).astype(np.int64))
        gone = pl.Series(rng.random(rows) < missing)
        table[item] = pl.select(pl.when(~gone).then(column))[:, 0]
    return pl.DataFrame(table)


def total_by_hand(table: pl.DataFrame) -> pl.DataFrame:
    """The total, null where an item is."""
    return table.with_columns(total=pl.sum_horizontal(ITEMS, ignore_nulls=False))


def subscales_by_hand(table: pl.DataFrame) -> pl.DataFrame:
    """The total and the subscales, null where an item is."""
    sums = {
        name: pl.sum_horizontal([f"item{item}" for item in items], ignore_nulls=False) for name, items in KEY.items()
    }
    return table.with_columns(total=pl.sum_horizontal(ITEMS, ignore_nulls=False), **sums)


def prorated_by_hand(table: pl.DataFrame) -> pl.DataFrame:
    """The total, with the mean of the answered items in place of the missing ones, null where too few are answered."""
    held = table.with_columns(
        total=pl.sum_horizontal(ITEMS), answered=pl.sum_horizontal(pl.col(item).is_not_null() for item in ITEMS)
    )
    enough = pl.col("answered") >= LEAST * len(ITEMS)
    return held.with_columns(total=pl.when(enough).then(pl.col("total") / pl.col("answered") * len(ITEMS)))


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def main(rows: int = 1_000_000, rounds: int = 25) -> None:
    for missing in (0.0, 0.01):
        table = answers(rows, missing)
        works: dict[str, Callable[[], object]] = {
            "total by hand": partial(total_by_hand, table),
            "subscales by hand": partial(subscales_by_hand, table),
            "prorated by hand": partial(prorated_by_hand, table),
            "score": partial(score, "wai-sr", table),
            "score, prorated": partial(score, "wai-sr", table, missing=Prorate(LEAST)),
        }
        for work in works.values():
            work()
        taken: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(rounds):
            for name, work in works.items():
                taken[name].append(milliseconds(work))
        medians = {name: statistics.median(times) for name, times in taken.items()}
        floors = dict.fromkeys(works, "total by hand") | {"score, prorated": "prorated by hand"}
        ratios = {
            f"{name} / {floor}": statistics.median(a / b for a, b in zip(taken[name], taken[floor], strict=True))
            for name, floor in floors.items()
            if name != floor
        }
        print(
            json.dumps(
                {
                    "rows": rows,
                    "missing per item": missing,
                    "milliseconds": {name: round(value, 2) for name, value in medians.items()},
                    "times by hand": {name: round(value, 2) for name, value in ratios.items()},
                    "versions": {
                        "python": platform.python_version(),
                        "polars": pl.__version__,
                        "narwhals": narwhals.__version__,
                    },
                }
            )
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
