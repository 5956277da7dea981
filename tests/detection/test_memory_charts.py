"""The EWMA and the CUSUM chart: as textbooks have them, and undetectable exactly where no score could have fired."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import judge
from therarel.detection.rules import CusumChart, EwmaChart, IndividualsChart, Rule
from therarel.errors import InvalidValueError

SHIFTED = [4.5, 4.4, 4.6, 4.5, 4.4, 4.6, 4.0, 3.9, 4.0, 3.9, 4.0, 3.9]
CHARTS: tuple[Rule, ...] = (
    EwmaChart(),
    EwmaChart(k=1.5, weight=0.4, minimal_drop=0.5),
    CusumChart(),
    CusumChart(interval=2, allowance=0.25),
)


def centre_and_sigma(scores: list[float]) -> tuple[float, float]:
    """The mean, and the mean moving range divided by 1.128."""
    ranges = [abs(later - earlier) for earlier, later in pairwise(scores)]
    return sum(scores) / len(scores), sum(ranges) / len(ranges) / 1.128


def test_the_average_and_its_limits_are_those_of_the_textbook() -> None:
    """Session by session, by the recursion and the exact standard deviation."""
    found = judge(EwmaChart(), SHIFTED, scale=(1, 5))
    centre, sigma = centre_and_sigma(SHIFTED)
    average = centre
    for at, score in enumerate(SHIFTED):
        average = 0.2 * score + 0.8 * average
        limit = centre - 3 * sigma * math.sqrt(0.2 / 1.8 * (1 - 0.8 ** (2 * (at + 1))))
        assert found.values["ewma"][at] == pytest.approx(average)
        assert found.values["ewma_limit"][at] == pytest.approx(limit)
        assert found.flagged[at] == (average < limit)


def test_the_sum_is_that_of_the_textbook() -> None:
    """Session by session, by the tabular recursion."""
    found = judge(CusumChart(), SHIFTED, scale=(1, 5))
    centre, sigma = centre_and_sigma(SHIFTED)
    total = 0.0
    for at, score in enumerate(SHIFTED):
        total = max(0.0, total + centre - 0.5 * sigma - score)
        assert found.values["cusum"][at] == pytest.approx(total)
        assert found.flagged[at] == (total > 5 * sigma)


@given(st.lists(st.integers(12, 60), min_size=1, max_size=14))
def test_with_the_whole_weight_on_the_latest_score_it_is_the_individuals_chart(twelfths: list[int]) -> None:
    """The average is then the score itself, and its limits are those of single scores."""
    scores = [each / 12 for each in twelfths]
    one, other = (judge(rule, scores, scale=(1, 5)) for rule in (EwmaChart(weight=1), IndividualsChart()))
    assert one.flagged.tolist() == other.flagged.tolist()
    assert one.undetectable.tolist() == other.undetectable.tolist()


@given(st.lists(st.integers(0, 8), min_size=1, max_size=9), st.sampled_from(CHARTS))
def test_a_session_is_undetectable_where_no_score_of_the_scale_could_have_fired(halves: list[int], rule: Rule) -> None:
    """Every session is tried with the scores of a grid and those just far enough below the others, which are held."""
    scores = [1 + each / 2 for each in halves]
    size, found = len(scores), judge(rule, scores, scale=(1, 5))
    for at in range(size):
        others = (sum(scores) - scores[at]) / max(size - 1, 1)
        just = others - (rule.minimal_drop + 1e-7) * size / max(size - 1, 1)
        values = [*np.linspace(1, 5, 17).tolist(), min(max(just, 1.0), 5.0)]
        tried = [[*scores[:at], value, *scores[at + 1 :]] for value in values]
        fires = any(judge(rule, one, scale=(1, 5)).flagged[at] for one in tried)
        assert fires is not bool(found.undetectable[at]), (scores, at)


@pytest.mark.parametrize("rule", [EwmaChart(), CusumChart()])
def test_a_scale_that_reads_the_other_way_gives_the_same_verdicts(rule: Rule) -> None:
    """Where lower is better, what rises is what falls elsewhere."""
    risen = [6 - score for score in SHIFTED]
    turned = judge(rule, risen, scale=(1, 5), higher_is_better=False)
    assert turned.flagged.tolist() == judge(rule, SHIFTED, scale=(1, 5)).flagged.tolist()


def test_parameters_out_of_bounds_are_refused() -> None:
    """Weights are shares; intervals and allowances are above 0."""
    for wrong in (lambda: EwmaChart(weight=0), lambda: EwmaChart(weight=1.2), lambda: CusumChart(interval=0)):
        with pytest.raises(InvalidValueError):
            wrong()
