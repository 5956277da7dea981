"""Change points against a search through every way to divide a short series."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.detection.rules import ChangePoint
from therarel.detection.verdicts import CODES, Reason, Verdict
from therarel.noise.context import PanelContext
from therarel.noise.series import scored

CONTEXT = PanelContext.of_scale(1, 5)


def divisions(size: int, shortest: int) -> Iterator[list[int]]:
    """Every list of ends of stretches that are long enough."""
    if size >= shortest:
        yield [size]
    for first in range(shortest, size - shortest + 1):
        for rest in divisions(size - first, shortest):
            yield [first, *(first + end for end in rest)]


def best(scores: np.ndarray, rule: ChangePoint) -> list[int]:
    """The ends that cost least: squared deviations from the mean of each stretch, and a price for each further one."""
    noise = float(np.abs(np.diff(scores)).mean()) / 1.128
    price = rule.penalty * math.log(scores.size) * max(noise, CONTEXT.least_difference) ** 2

    def cost(ends: list[int]) -> float:
        parts = np.split(scores, ends[:-1])
        return sum(float(((part - part.mean()) ** 2).sum()) for part in parts) + price * len(ends)

    return min(divisions(scores.size, rule.shortest), key=cost)


@pytest.mark.parametrize(("penalty", "shortest"), [(0.2, 1), (1.0, 1), (2.0, 1), (2.0, 2), (3.0, 2), (2.0, 3)])
@settings(max_examples=40)
@given(dyads=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 8)), min_size=1, max_size=3))
def test_a_session_is_flagged_where_the_best_division_falls(
    penalty: float, shortest: int, dyads: list[tuple[int, int]]
) -> None:
    """The first session of a lower stretch, with the means on both sides; too near the ends nothing could be found."""
    rule = ChangePoint(penalty=penalty, shortest=shortest)
    scores = [np.random.default_rng(seed).uniform(1, 5, size) for seed, size in dyads]
    places = [float(at) for each in scores for at in range(each.size)]
    series, _, _ = scored(np.cumsum([0, *(each.size for each in scores)]), places, np.concatenate(scores))
    code: list[int] = []
    levels: list[tuple[float, float]] = []
    for each in scores:
        able = each.size >= 2 * shortest
        ends = [0, *best(each, rule)] if able else [0, each.size]
        seen = {
            at: (each[before:at].mean(), each[at:stop].mean())
            for before, at, stop in zip(ends, ends[1:], ends[2:], strict=False)
        }
        for at in range(each.size):
            before, after = seen.get(at, (math.nan, math.nan))
            levels.append((before, after))
            near = at < shortest or each.size - at < shortest
            code.append(
                CODES[Reason.TOO_FEW_SESSIONS if near else Verdict.FLAGGED if before > after else Verdict.NOT_FLAGGED]
            )
    found = rule.verdicts(series, CONTEXT, values=True)
    assert found.code.tolist() == code
    np.testing.assert_allclose(found.values["reference"], [before for before, _ in levels])
    np.testing.assert_allclose(found.values["mean_after"], [after for _, after in levels])
    np.testing.assert_allclose(found.values["change"], [before - after for before, after in levels], atol=1e-12)


def test_a_fall_of_the_mean_has_to_reach_the_smallest_drop() -> None:
    """Exactly at it, and a tie before, it does; a twelfth less does not."""
    scores = np.array([4.0] * 5 + [3.0] * 5)
    series, _, _ = scored([0, 10], range(10), scores)
    for least, flagged in ((1.0, [5]), (11 / 12, [5]), (13 / 12, [])):
        found = ChangePoint(minimal_drop=least).verdicts(series, CONTEXT)
        assert np.flatnonzero(found.flagged).tolist() == flagged
