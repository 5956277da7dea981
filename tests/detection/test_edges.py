"""Exactly at the edge: on a scale of a thousand million points a tie is one point, and every sum is exact.

Two numbers are equal up to the tolerance, itself included: what has to be reached is reached one point before, and what
has to be passed is passed from two points on. Differences of less than a thousand points are none on this scale.
"""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from therarel.detection.episodes import Episodes, episodes
from therarel.detection.rules import (
    BelowOwnMean,
    Drop,
    IndividualsChart,
    Recovery,
    ReliableDrop,
    Rule,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.rules.causal import BaselineChart, EarlierChart, EarlierDrop
from therarel.detection.rules.nelson import nelson_signals
from therarel.detection.verdicts import Reason, Verdict, code_of
from therarel.noise.context import PanelContext
from therarel.noise.series import Series, scored

CONTEXT = evolve(
    PanelContext.of_scale(0, 1e9), pooled_sd=5000.0, between_sd=5000.0, first_sd=5000.0, phi=0.0
)  # fmt: skip
NONE, FLAGGED, NO_ROOM = (int(code_of(each)) for each in (Verdict.NOT_FLAGGED, Verdict.FLAGGED, Reason.NO_ROOM))
SMALL = 1e-6
"""A threshold so low that something else decides."""


def series_of(*scores: float) -> Series:
    """One dyad."""
    return scored([0, len(scores)], range(len(scores)), scores)[0]


def last(rule: Rule, *scores: float) -> int:
    """The verdict on the last session; it is the same whether or not values are asked for."""
    found = rule.verdicts(series_of(*scores), CONTEXT)
    assert found.code.tolist() == rule.verdicts(series_of(*scores), CONTEXT, values=True).code.tolist()
    return int(found.code[-1])


def test_a_point_is_a_tie_on_this_scale() -> None:
    """The tolerance is exactly one, and the least difference a thousand."""
    assert (CONTEXT.tolerance, CONTEXT.least_difference) == (1.0, 1000.0)


REACHED: list[tuple[Rule, float]] = [
    (Drop(k=1, scale="pooled_sd"), 5000),
    (Drop(k=2, scale="between_sd"), 10000),
    (Drop(k=1, scale="pooled_sd", reference="running_maximum"), 5000),
    (Drop(k=1, scale="pooled_sd", reference="baseline", baseline=1), 5000),
    (Drop(k=SMALL, scale="pooled_sd", minimal_drop=7000), 7000),
    (SuddenLoss(cutoff=7000, share=None, criterion3=None), 7000),
    (SuddenLoss(share=0.5, criterion3=None), 50000),
    (EarlierDrop(k=1, earlier=2, least_sigma=7000), 7000),
    (EarlierDrop(k=SMALL, earlier=2, minimal_drop=7000), 7000),
]
"""Rules and the drop that they need; the score before is a hundred thousand."""


@pytest.mark.parametrize(("rule", "needed"), REACHED, ids=lambda each: getattr(each, "label", str(each)))
def test_what_has_to_be_reached_is_reached_a_point_before(rule: Rule, needed: float) -> None:
    """A drop that is a tie with what is needed fires; two points less do not."""
    high = 100_000.0
    assert last(rule, high, high, high, high - needed) == FLAGGED
    assert last(rule, high, high, high, high - needed + 1) == FLAGGED
    assert last(rule, high, high, high, high - needed + 2) == NONE


@pytest.mark.parametrize(("rule", "needed"), REACHED, ids=lambda each: getattr(each, "label", str(each)))
def test_there_is_room_where_the_end_of_the_scale_reaches(rule: Rule, needed: float) -> None:
    """The score before lies so far above the end that a drop to it is a tie with what is needed; or two points less."""
    if isinstance(rule, SuddenLoss) and rule.share:
        return  # half of the way to the end is always there
    assert last(rule, *[needed] * 4) == NONE
    assert last(rule, *[needed - 1] * 4) == NONE
    assert last(rule, *[needed - 2] * 4) == NO_ROOM


@pytest.mark.parametrize(
    "rule",
    [
        Drop(k=SMALL, scale="pooled_sd"),
        SuddenLoss(cutoff=SMALL, share=None, criterion3=None),
        EarlierDrop(k=SMALL, earlier=2),
    ],
    ids=lambda rule: rule.label,
)
def test_the_least_difference_is_one(rule: Rule) -> None:
    """A thousand points fire, and nothing less."""
    assert last(rule, 9000, 9000, 9000, 8000) == FLAGGED
    assert last(rule, 9000, 9000, 9000, 8000.5) == NONE


def test_a_gain_is_reached_as_a_loss_is() -> None:
    """Upwards the same, a point before the cutoff."""
    rule = SuddenGain(cutoff=7000, share=None, criterion3=None)
    assert [last(rule, 0, 0, 7000 - less) for less in (0, 1, 2)] == [FLAGGED, FLAGGED, NONE]


def test_what_has_to_be_passed_is_passed_from_two_points_on() -> None:
    """A reliable drop, and charts of earlier sessions, need more than the limit and a tie."""
    reliable = ReliableDrop(reliability=0.5, critical=1)
    limit = reliable.least_drop(5000.0)
    assert last(reliable, limit + 1, 0) == NO_ROOM  # no score lies further down
    assert last(reliable, limit + 2, 0) == FLAGGED
    assert last(reliable, limit + 2, 5000) == NONE
    for rule in (EarlierChart(k=1, earlier=2, least_sigma=7000), BaselineChart(k=1, earlier=2, least_sigma=7000)):
        assert [last(rule, 9000, 9000, 9000 - drop) for drop in (7000, 7001, 7002)] == [NONE, NONE, FLAGGED]
        assert [last(rule, high, high, high) for high in (7001, 7002)] == [NO_ROOM, NONE]


@pytest.mark.parametrize("sigma", ["moving_range", "sd"])
@pytest.mark.parametrize("detrended", [False, True])
def test_a_chart_needs_more_than_its_smallest_drop(sigma: str, detrended: bool) -> None:
    """Less a tie, so that 7000 is passed at 7000 and not at 6999; the series is symmetric, and its line is its mean."""
    chart = IndividualsChart(k=SMALL, sigma=sigma, detrended=detrended, minimal_drop=7000)
    for depth, flagged in ((7000.0, True), (6999.0, False)):
        high = 20000.0
        low = high - depth * 5 / 4  # a fifth of it takes the mean down
        code = chart.verdicts(series_of(high, high, low, high, high), CONTEXT).code
        assert (int(code[2]) == FLAGGED) is flagged


def test_an_own_mean_is_reached_a_point_before() -> None:
    """The smallest drop decides, a tie before it."""
    rule = BelowOwnMean(k=SMALL, minimal_drop=7000)
    for depth, code in ((7000.0, FLAGGED), (6999.0, FLAGGED), (6998.0, NONE)):
        assert last(rule, 20000, 20000, 20000, 20000, 20000 - depth * 5 / 4) == code


def signals(*scores: float, k: float = 3.0) -> int:
    """Nelson's rules that signal on the low side at the last session, a bit each, round 0 with a sigma of 1000."""
    found = nelson_signals(
        series_of(*scores), np.zeros(len(scores)), np.array([1000.0]), k=k, tolerance=1.0, max_gap=np.inf
    )
    return int(found.low[-1])


@pytest.mark.parametrize(
    ("bit", "silent", "signalling"),
    [
        (1, [-3001], [-3002]),
        (2, [-1] * 9, [-2] * 9),
        (2, [-2] * 8, [-2] * 9),
        (4, [0, -1, -2, -3, -4, -5], [0, -2, -4, -6, -8, -10]),
        (4, [0, -2, -4, -6, -8], [0, -2, -4, -6, -8, -10]),
        (8, [0, 1] * 7, [0, 2] * 7),
        (8, [2, 0] * 6 + [2], [0, 2] * 7),
        (16, [-2001, 0, -2001], [-2002, 0, -2002]),
        (16, [-2002, -2002], [-2002, -2002, -2002]),
        (32, [-1001, -1001, 0, -1001, -1001], [-1002, -1002, 0, -1002, -1002]),
        (32, [-1002, -1002, -1002, -1002], [-1002, 0, -1002, -1002, -1002]),
        (64, [999] * 15, [998] * 15),
        (64, [998] * 14, [998] * 15),
        (128, [1001, -1001] * 4, [1002, -1002] * 4),
        (128, [1002, -1002] * 3 + [1002], [1002, -1002] * 4),
        (128, [-1002] * 8, [1002] + [-1002] * 7),
    ],
)
def test_each_of_nelsons_rules_signals_from_its_edge_on(bit: int, silent: list[float], signalling: list[float]) -> None:
    """One score, or one point, less and the rule is silent."""
    assert not signals(*silent) & bit
    assert signals(*signalling) & bit


@pytest.mark.parametrize("sigma", ["moving_range", "sd"])
def test_a_row_of_scores_has_room_where_the_end_of_the_scale_reaches(sigma: str) -> None:
    """The worst score takes a sixteenth of itself off the mean: of 7472 it would lie 7005 below, a tie with 7006."""
    for needed, code in ((7005, NONE), (7006, NONE), (7007, NO_ROOM)):
        rule = IndividualsChart(rules={2}, sigma=sigma, minimal_drop=needed)
        assert last(rule, *[7472.0] * 16) == code


def followed(*scores: float, recovery: Recovery) -> Episodes:
    """The candidate that begins at the second session, from a level of 9000."""
    flagged = np.arange(len(scores)) == 1
    return episodes(
        series_of(*scores), flagged, np.full(len(scores), 9000.0), recovery, tolerance=1.0, max_gap=np.inf, merges=True
    )


def test_a_level_is_regained_a_point_before_and_passed_two_points_behind() -> None:
    """What only has to be reached is reached by a tie; what has to be passed is not passed by one."""
    for strictly, edge in ((False, 8999), (True, 9002)):
        recovery = Recovery(strictly=strictly)
        assert followed(9000, 1000, edge, recovery=recovery).recovered.tolist() == [2]
        assert followed(9000, 1000, edge - 1, recovery=recovery).recovered.tolist() == [-1]
    half = Recovery(share=0.5)
    assert followed(9000, 1000, 4999, recovery=half).recovered.tolist() == [2]
    assert followed(9000, 1000, 4998, recovery=half).recovered.tolist() == [-1]


def test_a_score_is_lower_from_two_points_on_and_at_the_level_up_to_one_below() -> None:
    """The worst score is the first of those that tie, and the onset the last that ties with the level."""
    assert followed(9000, 1000, 999, 999.5, recovery=Recovery()).nadir.tolist() == [1]
    assert followed(9000, 1000, 998, recovery=Recovery()).nadir.tolist() == [2]
    assert followed(8999, 1000, recovery=Recovery()).onset.tolist() == [0]
    assert followed(8998, 1000, recovery=Recovery()).onset.tolist() == [-1]
