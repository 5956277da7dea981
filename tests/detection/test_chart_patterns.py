"""Charts in closed form: what autocorrelation does to sigma, and from how many sessions on a row of scores can signal."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from therarel.detection import judge
from therarel.detection.rules import IndividualsChart
from therarel.detection.rules.nelson import LENGTHS
from therarel.noise.context import PanelContext
from therarel.noise.series import Series

SCORES = st.lists(st.integers(12, 60).map(lambda twelfth: twelfth / 12), min_size=4, max_size=14)
AT_ONCE = {2: 9, 5: 2, 6: 4}
"""How many scores of a row have to lie low for Nelson's rules."""


@given(scores=SCORES, sigma=st.sampled_from(["moving_range", "sd"]), detrended=st.booleans())
def test_autocorrelation_widens_sigma_by_its_factor(scores: list[float], sigma: str, detrended: bool) -> None:
    """Sigma is divided by the root of one minus phi, which changes over one and over two sessions give."""
    change = np.diff(scores)
    two = np.array(scores[2:]) - np.array(scores[:-2])
    assume(np.abs(change).max() > 0)
    phi = float(np.clip((two**2).mean() / (change**2).mean() - 1, -0.95, 0.95))
    chart = IndividualsChart(sigma=sigma, detrended=detrended)
    plain = judge(chart, scores, scale=(1, 5)).values["sigma"]
    wide = judge(IndividualsChart(sigma=sigma, detrended=detrended, autocorrelation=True), scores, scale=(1, 5)).values[
        "sigma"
    ]
    np.testing.assert_allclose(wide, plain / math.sqrt(1 - phi), rtol=1e-9)


@given(scores=SCORES)
def test_sigma_is_what_textbooks_say(scores: list[float]) -> None:
    """The mean change divided by 1.128; or the standard deviation divided by its bias factor, a freedom less by a line."""
    n, session = len(scores), np.arange(len(scores))
    values = np.array(scores)
    line = np.polynomial.Polynomial.fit(session, values, 1)(session)
    for detrended, centre, freedom in ((False, np.full(n, values.mean()), n - 1), (True, line, n - 2)):
        away = values - centre
        c4 = math.sqrt(2 / freedom) * math.gamma((freedom + 1) / 2) / math.gamma(freedom / 2)
        expected = {
            "moving_range": np.abs(np.diff(away)).mean() / 1.128,
            "sd": math.sqrt((away**2).sum() / freedom) / c4,
        }
        for sigma, told in expected.items():
            found = judge(IndividualsChart(sigma=sigma, detrended=detrended), scores, scale=(1, 5)).values
            np.testing.assert_allclose(found["sigma"], told, atol=1e-9)
            np.testing.assert_allclose(found["reference"], centre, atol=1e-9)


@pytest.mark.parametrize("sigma", ["moving_range", "sd"])
@pytest.mark.parametrize("rule", AT_ONCE)
def test_a_row_of_scores_can_signal_where_the_lowest_row_does(rule: int, sigma: str) -> None:
    """No row lies further down than scores at the bottom after all others at the top; where that is silent, all are."""
    low = AT_ONCE[rule]
    needed = {2: 9, 5: 3, 6: 5}[rule]
    for n in range(2, 40):
        scores = [5.0] * (n - low) + [1.0] * min(low, n)
        found = judge(IndividualsChart(rules={rule}, sigma=sigma), scores, scale=(1, 5))
        assert found.undetectable[: needed - 1].all()
        assert bool(found.undetectable[-1]) is not bool(found.flagged[-1])


@pytest.mark.parametrize("screened", [True, False])
@pytest.mark.parametrize("sigma", ["moving_range", "sd"])
def test_nine_of_nine_scores_are_never_below_their_own_mean(sigma: str, screened: bool) -> None:
    """In nine sessions rule 2 cannot signal, in ten it can at the last two."""
    chart = IndividualsChart(rules={2}, sigma=sigma, screened=screened)
    scores = [4, 3, 4, 2, 3, 4, 3, 2, 4, 3]
    assert judge(chart, scores[:9], scale=(1, 5)).undetectable.all()
    assert judge(chart, scores, scale=(1, 5)).undetectable.tolist() == [True] * 8 + [False] * 2


def test_a_gap_ends_every_row() -> None:
    """Across a gap no row of scores is counted: what would be nine in a row is five and four."""
    scores = [5.0] * 9 + [1.0] * 9
    sessions = np.arange(1.0, 19)
    for gap, flagged in ((0.0, True), (5.0, False)):
        places = sessions + gap * (sessions > 14)
        found = judge(IndividualsChart(rules={2}), scores, places, scale=(1, 5), max_gap=2)
        assert bool(found.flagged[-1]) is flagged
        assert bool(found.undetectable[-1]) is not flagged


@pytest.mark.parametrize("screened", [False, True])
@pytest.mark.parametrize("sigma", ["moving_range", "sd"])
@pytest.mark.parametrize("pattern", [2, 3, 5, 6])
def test_no_row_signals_where_a_gap_or_screening_was_said_to_forbid_it(
    pattern: int, sigma: str, screened: bool
) -> None:
    """Every series of two levels, or of steady falls, of up to twelve sessions with a gap anywhere."""
    chart = IndividualsChart(rules={pattern}, sigma=sigma, screened=screened)
    context = PanelContext.of_scale(1, 5, max_gap=2)
    for n in range(5, 13):
        levels = np.array(list(itertools.product((2.0, 4.0), repeat=n))) if n < 11 else np.empty((0, n))
        steps = np.array(
            [[4.0] * (at - n) + [4.5 - 0.25 * max(at - n + each, 0) for each in range(n)] for at in range(n + 1)]
        )
        rows = [[*[4.5] * split, *[1.5] * (n - split)] for split in range(n + 1)]
        every = np.concatenate((levels, np.clip(steps, 1, 5), np.array(rows)))
        for gap in range(1, n + 1):
            sessions = np.arange(n) + 5.0 * (np.arange(n) >= gap)
            series = Series(np.arange(len(every) + 1) * n, np.tile(sessions, len(every)), every.ravel())
            code = chart.verdicts(series, context).code.reshape(-1, n)
            flagged, unable = np.atleast_1d((code == 1).any(axis=0)), np.atleast_1d((code >= 16).all(axis=0))
            assert not (flagged & unable).any()
            row = np.where(np.arange(n) >= gap, np.arange(n) - gap, np.arange(n))
            assert unable[row < LENGTHS[pattern] - 1].all()


@pytest.mark.parametrize("sigma", ["moving_range", "sd"])
@pytest.mark.parametrize("rule", AT_ONCE)
def test_a_steady_client_could_have_signalled_where_the_lowest_row_does(rule: int, sigma: str) -> None:
    """The verdict on a series in which nothing happened speaks of what could have: from the same length on."""
    chart = IndividualsChart(rules={rule}, sigma=sigma)
    low = AT_ONCE[rule]
    for n in range(low, 40):
        lowest = judge(chart, [5.0] * (n - low) + [1.0] * low, scale=(1, 5))
        quiet = judge(chart, [3.0] * n, scale=(1, 5))
        assert not quiet.flagged.any()
        assert bool(quiet.undetectable[-1]) is not bool(lowest.flagged[-1])


def test_a_gap_may_hide_the_step_down_to_a_row() -> None:
    """Three equal scores after a gap have no moving range between them and the one before: they signal, and so could."""
    chart = IndividualsChart(rules={5})
    sessions = [1.0, 9, 10, 11]
    assert judge(chart, [5.0, 1, 1, 1], sessions, scale=(1, 5), max_gap=2).flagged.tolist() == [
        False,
        False,
        False,
        True,
    ]
    assert judge(chart, [3.0] * 4, sessions, scale=(1, 5), max_gap=2).undetectable.tolist() == [True, True, True, False]
    assert judge(chart, [3.0] * 4, scale=(1, 5), max_gap=2).undetectable.all()
