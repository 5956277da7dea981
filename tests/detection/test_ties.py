"""Ties: series whose scores are equal, or lie in a line, as whole items make them, and limits that are just reached."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from therarel.detection import Reason, judge
from therarel.detection.rules import (
    ChartSigma,
    Drop,
    IndividualsChart,
    Reference,
    Rule,
    Scale,
    SuddenGain,
    SuddenLoss,
)
from therarel.detection.verdicts import CODES
from therarel.noise.context import PanelContext
from therarel.noise.series import Series

from .brute_force import context_of, mistakes, settings

TWELFTHS = np.array([12, 13, 14, 15, 21, 36, 60]) / 12
QUARTERS = np.array([0.0, 0.25, 1.75, 2.0, 9.75, 10.0])


@pytest.mark.parametrize("name", sorted({rule.name for rule in settings()}))
def test_a_session_of_a_short_series_is_undetectable_exactly_where_no_score_could_fire(name: str) -> None:
    """In series of up to four twelfths no score of the scale would fire at an undetectable session, and one elsewhere."""
    context = context_of(1, 5)
    for rule in settings():
        if rule.name == name:
            assert list(mistakes(rule, context, TWELFTHS)) == [], rule.label


@pytest.mark.parametrize("name", sorted({rule.name for rule in settings()}))
def test_a_gap_and_quarter_points_change_nothing_of_that(name: str) -> None:
    """The same holds of quarter points on a wider scale, with a gap and unequal distances."""
    context = context_of(0, 10, max_gap=2)
    for rule in settings():
        if rule.name == name:
            assert list(mistakes(rule, context, QUARTERS, sessions=(1, 2, 4, 9))) == [], rule.label


@pytest.mark.parametrize("sigma", ChartSigma)
@pytest.mark.parametrize("rules", [{2}, {3}, {5}, {6}, {1, 5}, {2, 3, 5, 6}], ids=str)
def test_nothing_but_the_limit_fires_in_four_sessions(sigma: ChartSigma, rules: set[int]) -> None:
    """The rules of several scores cannot signal in so short a series, and a chart of them says that it could not."""
    context = context_of(1, 5)
    for detrended in (False, True):
        rule = IndividualsChart(sigma=sigma, rules=rules, detrended=detrended)
        assert list(mistakes(rule, context, TWELFTHS[[0, 1, 4, 6]])) == []


@pytest.mark.parametrize("detrended", [False, True])
@pytest.mark.parametrize("sigma", ChartSigma)
@pytest.mark.parametrize("pattern", [2, 5, 6])
def test_a_pattern_is_undetectable_where_no_two_levels_make_it(
    sigma: ChartSigma, pattern: int, detrended: bool
) -> None:
    """A series of two levels lies furthest below its own mean; where none of them signals, no series could."""
    rule = IndividualsChart(sigma=sigma, rules={pattern}, detrended=detrended)
    for n in range(1, 14):
        every = np.array(list(itertools.product((2.0, 4.0), repeat=n)))
        series = Series(np.arange(len(every) + 1) * n, np.tile(np.arange(1.0, n + 1), len(every)), every.ravel())
        code = rule.verdicts(series, PanelContext.of_scale(1, 5)).code.reshape(-1, n)
        flagged, able = np.atleast_1d((code == 1).any(axis=0)), np.atleast_1d((code < 16).any(axis=0))
        assert able[flagged].all()
        if not detrended:
            assert flagged[-1] == able[-1], n


@pytest.mark.parametrize("pattern", [2, 3, 5, 6])
def test_a_pattern_needs_room_below_the_centre(pattern: int) -> None:
    """A client at the end of the scale cannot fall, by one score or by nine."""
    rule = IndividualsChart(rules={pattern})
    scores = [5.0, *[1.0] * 15]
    assert judge(rule, scores, scale=(0, 5)).code[-1] < 16
    assert judge(IndividualsChart(rules={3}), scores, scale=(1, 5)).code[-1] == CODES[Reason.NO_ROOM]
    deep = IndividualsChart(rules={pattern}, minimal_drop=2)
    assert set(judge(deep, scores, scale=(1, 5)).code[-5:].tolist()) == {CODES[Reason.NO_ROOM]}


def exactly(scores: tuple[Fraction, ...], at: int, k: Fraction, low: Fraction) -> tuple[bool, bool]:
    """Whether a drop from the previous score reaches ``k`` own SDs, and whether one could; in exact arithmetic."""
    n, before = len(scores), scores[at - 1]
    others = [score for place, score in enumerate(scores) if place != at]
    mean = sum(others, Fraction()) / (n - 1)
    rest = sum(((score - mean) ** 2 for score in others), Fraction())

    def beyond(value: Fraction) -> bool:
        squares = rest + (value - mean) ** 2 * (n - 1) / n
        return value < before and (n - 1) * (before - value) ** 2 >= k**2 * squares

    # What is compared is a quadratic in the score: it is looked at where it is flat, and at the end of the scale.
    tried = [low]
    if k**2 != n:
        tried.append(max((n * before - k**2 * mean) / (n - k**2), low))
    return beyond(scores[at]), any(beyond(value) for value in tried)


@pytest.mark.parametrize("k", [Fraction(1), Fraction(3, 2), Fraction(17, 10), Fraction(2)])
def test_verdicts_are_those_of_exact_arithmetic(k: Fraction) -> None:
    """Drops in own standard deviations are flagged, or called undetectable, as rational numbers say."""
    rule = Drop(k=float(k), scale="person_sd")
    lattice = [Fraction(each, 12) for each in (12, 13, 14, 15, 21, 60)]
    for n in (2, 3, 4):
        for scores in itertools.product(lattice, repeat=n):
            code = judge(rule, [float(score) for score in scores], scale=(1, 5)).code
            for at in range(1, n):
                fires, could = exactly(scores, at, k, Fraction(1))
                assert (code[at] == 1, code[at] < 16) == (fires, could), (scores, at)


def test_any_drop_from_three_equal_scores_fires() -> None:
    """Of four sessions the fourth lies two own standard deviations below three equal ones, however little it falls."""
    rule = Drop(k=2, scale="person_sd")
    for level, fall in itertools.product(range(13, 61), range(1, 48)):
        if level - fall >= 12:
            assert judge(rule, np.array([level, level, level, level - fall]) / 12, scale=(1, 5)).flagged[3]
    found = judge(rule, [13 / 12, 13 / 12, 13 / 12, 21 / 12], scale=(1, 5))
    assert found.code.tolist() == [CODES[Reason.NO_REFERENCE], *found.code[1:3].tolist(), 0]


def at_ties(n: int) -> Iterator[Rule]:
    """Rules whose threshold is just reached, or just not, in a series of ``n`` sessions whose other scores are equal."""
    c4 = math.sqrt(2 / (n - 1)) * math.gamma(n / 2) / math.gamma((n - 1) / 2)
    ranges = [1.128 * m for m in (n - 1, (n - 1) / 2, (n - 1) ** 2 / n, (n - 1) ** 2 / n / 2)]
    for reference in Reference:
        for k in (math.sqrt(n), (n - 1) / math.sqrt(n)):
            yield Drop(k=k, reference=reference, scale=Scale.PERSON_SD, baseline=2)
            yield Drop(k=k, reference=reference, scale=Scale.LARGER_PERSON_POOLED, baseline=2)
        for k in ranges:
            yield Drop(k=k, reference=reference, scale=Scale.MOVING_RANGE, baseline=2)
    for detrended in (False, True):
        yield IndividualsChart(k=c4 * (n - 1) / math.sqrt(n), sigma="sd", detrended=detrended)
        yield from (IndividualsChart(k=k, detrended=detrended) for k in ranges)


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_the_last_digit_of_a_threshold_decides_nothing(n: int, stated: bool) -> None:
    """Thresholds that differ by rounding alone give the same verdicts with the same reasons."""
    lattice = TWELFTHS if n < 5 else TWELFTHS[[0, 1, 5]]
    scores = np.array(list(itertools.product(lattice, repeat=n)))
    sessions = np.tile(np.arange(1.0, n + 1), len(scores))
    series = Series(np.arange(len(scores) + 1) * n, sessions, scores.ravel())
    context = context_of(1, 5, stated=stated)
    for rule in at_ties(n):
        k = float(rule.settings["k"] or 0.0)
        below, above = (float(np.nextafter(k, end)) for end in (0.0, np.inf))
        codes = [rule.with_threshold(each).verdicts(series, context).code for each in (below, k, above)]
        assert (codes[0] == codes[1]).all(), rule.label
        assert (codes[2] == codes[1]).all(), rule.label


def test_a_single_session_is_never_below_its_own_mean_or_line() -> None:
    """Where the only score is its own level no score could be below it, whether or not the ends are stated."""
    single = Series(np.array([0, 1]), np.array([1.0]), np.array([4.0]))
    for reference, scale in itertools.product(("person_mean", "regression"), Scale):
        rule = Drop(reference=reference, scale=scale)
        for stated in (True, False):
            found = rule.verdicts(single, context_of(1, 5, stated=stated))
            assert found.undetectable.all(), (reference, scale, stated)


def test_screening_keeps_a_range_that_just_reaches_its_limit() -> None:
    """A moving range of exactly 3.267 mean ranges counts, in whatever unit the scores are: 297 of 1000 in eleven."""
    ranges = np.array([0, 297, 70, 70, 70, 70, 70, 70, 71, 71, 141])
    points = np.cumsum(np.where(np.arange(11) % 2, ranges, -ranges))
    rule = IndividualsChart(screened=True)
    for unit in range(1, 60):
        scores = np.concatenate(([500], 500 + points)) / unit
        found = judge(rule, scores, scale=(0, 1000 / unit))
        assert found.values["sigma"] == pytest.approx(1000 / 11 / 1.128 / unit)


@pytest.mark.parametrize("kind", [SuddenLoss, SuddenGain])
def test_a_sudden_change_that_need_only_last_needs_room_as_well(kind: type[SuddenLoss]) -> None:
    """At the end of the scale nothing can change for the worse, or better, whatever follows."""
    end = 1.0 if kind is SuddenLoss else 5.0
    found = judge(kind(share=None), [3, end, end, end], scale=(1, 5))
    assert found.code[3] == CODES[Reason.FEW_AROUND]
    assert found.code[2] == CODES[Reason.NO_ROOM]


@pytest.mark.parametrize("unit", [5, 7, 9, 10, 11])
def test_a_largest_gap_that_is_just_reached_is_no_gap(unit: int) -> None:
    """Sessions in another unit, days divided by ten, are judged as the days are, whatever their last digits."""
    days = np.cumsum([2, 14, 14, 15, 14, 14, 13, 14, 28, 14, 7, 14])
    scores = np.array([48, 47, 50, 20, 49, 44, 45, 21, 47, 20, 50, 46]) / 12
    for rule in (
        Drop(k=1),
        IndividualsChart(),
        SuddenLoss(cutoff=1, criterion3=None),
        Drop(reference="running_maximum"),
    ):
        whole = judge(rule, scores, days, scale=(1, 5), max_gap=14).code
        assert judge(rule, scores, days / unit, scale=(1, 5), max_gap=14 / unit).code.tolist() == whole.tolist()
