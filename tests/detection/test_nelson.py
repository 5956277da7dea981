"""Nelson's eight rules against a reading of them one session at a time, in plain words of Python."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import judge
from therarel.detection.rules import IndividualsChart
from therarel.detection.rules.nelson import LENGTHS, nelson_signals
from therarel.detection.verdicts import CODES, Verdict
from therarel.noise.series import Series


def signals(away: list[float]) -> set[int]:
    """The rules that the last of some sessions completes on the high side, distances from the centre in sigma."""
    found = set()
    if away[-1] > 3:
        found.add(1)
    if len(away) >= 9 and all(each > 0 for each in away[-9:]):
        found.add(2)
    steps = [after - before for before, after in pairwise(away)]
    if len(away) >= 6 and all(step > 0 for step in steps[-5:]):
        found.add(3)
    turns = [one * other < 0 for one, other in pairwise(steps)]
    if len(away) >= 14 and all(turns[-12:]):
        found.add(4)
    if len(away) >= 3 and away[-1] > 2 and sum(each > 2 for each in away[-3:]) >= 2:
        found.add(5)
    if len(away) >= 5 and away[-1] > 1 and sum(each > 1 for each in away[-5:]) >= 4:
        found.add(6)
    if len(away) >= 15 and all(abs(each) < 1 for each in away[-15:]):
        found.add(7)
    if len(away) >= 8 and all(abs(each) > 1 for each in away[-8:]) and len({each > 0 for each in away[-8:]}) == 2:
        found.add(8)
    return found


# Long runs of each kind are drawn often: up or down by little steps, to and fro, near the centre, far from it.
RUNS = st.one_of(
    st.tuples(st.sampled_from([-1, 1]), st.integers(1, 8)).map(
        lambda run: [run[0] * step / 2 for step in range(run[1])]
    ),
    st.tuples(st.sampled_from([0.5, 1.5, 2.5, 3.5]), st.integers(1, 16)).map(
        lambda run: [run[0] * (-1) ** step for step in range(run[1])]
    ),
    st.tuples(st.sampled_from([-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5]), st.integers(1, 10)).map(
        lambda run: [run[0]] * run[1]
    ),
    st.lists(st.integers(-7, 7).map(lambda half: half / 2), min_size=1, max_size=6),
)
SERIES = st.lists(RUNS, min_size=1, max_size=4).map(lambda runs: [each for run in runs for each in run])


@given(st.lists(SERIES, min_size=1, max_size=3), st.sets(st.integers(1, 40)), st.sampled_from([0.25, 1.0, 3.0]))
def test_each_rule_signals_at_the_session_that_completes_it(
    dyads: list[list[float]], gaps: set[int], sigma: float
) -> None:
    """Six in a row rising, not five; nine on one side, not eight; and so on, and no row runs across a gap or a dyad."""
    scores = [each for dyad in dyads for each in dyad]
    starts = np.cumsum([0, *map(len, dyads)])
    sessions: list[float] = []
    expected: list[tuple[set[int], set[int]]] = []
    for dyad in dyads:
        row: list[float] = []
        for place, away in enumerate(dyad):
            far = place > 0 and place in gaps
            sessions.append(1.0 if place == 0 else sessions[-1] + (3 if far else 1))
            row = [away] if far else [*row, away]
            expected.append((signals([-each for each in row]), signals(row)))
    series = Series(starts, np.array(sessions), 3 + sigma * np.array(scores))
    spread = np.full(len(dyads), sigma)
    found = nelson_signals(series, np.full(len(scores), 3.0), spread, tolerance=1e-9, max_gap=2)
    for low, high, wanted in zip(found.low.tolist(), found.high.tolist(), expected, strict=True):
        read = tuple({rule for rule in LENGTHS if bits & 1 << (rule - 1)} for bits in (low, high))
        assert read == wanted


@pytest.mark.parametrize("top", [4.2, 4.6])
@pytest.mark.parametrize("fall", [5, 6])
def test_a_chart_flags_the_sixth_session_of_a_steady_fall(fall: int, top: float) -> None:
    """Five sessions that fall are no signal, and six are; one that ends above the centre fell from where it began."""
    scores = [4.0, 4.1, 4.0, 4.1, *[top - 0.05 * step for step in range(fall)], top, 4.0, 4.1]
    found = judge(IndividualsChart(rules={3}), scores, scale=(1, 5))
    last = 4 + fall - 1
    assert (found.code[last] == CODES[Verdict.FLAGGED]) == (fall == 6)
    assert found.flagged.sum() == (fall == 6)
    if fall == 6:
        assert found.values["reference"][last] == pytest.approx(np.mean(scores) if top < 4.5 else top)
