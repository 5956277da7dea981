"""The likelihood ratio of a fall: what a dense evaluation of the two densities gives, whichever way it is asked."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from therarel.noise.falls.likelihood import Whitened, falls_of, scanned
from therarel.noise.falls.posterior import depths_of, weighed
from therarel.noise.falls.pulses import Pulses
from therarel.noise.null import NullModel, Trend

Floats = npt.NDArray[np.float64]

NULLS = st.builds(
    NullModel,
    between_sd=st.sampled_from([0.0, 0.65, 3.0]),
    slope_sd=st.sampled_from([0.0, 0.02, 0.3]),
    within_sd=st.sampled_from([0.1, 0.35, 1.0]),
    phi=st.sampled_from([-0.4, 0.0, 0.3, 0.9]),
    distance=st.sampled_from([1.0, 0.5]),
    trend=st.sampled_from(Trend),
)


@st.composite
def series(draw: st.DrawFn, least: int = 2, most: int = 9) -> tuple[Floats, Floats]:
    """Times with gaps, from 0 on, and scores in twelfths."""
    n = draw(st.integers(least, most))
    gaps = draw(st.lists(st.integers(1, 4), min_size=n - 1, max_size=n - 1))
    scores = draw(st.lists(st.integers(12, 60), min_size=n, max_size=n))
    return np.cumsum([0.0, *gaps]), np.array(scores) / 12


def dense(null: NullModel, time: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance of a dyad's scores."""
    change = time if null.trend is Trend.LINE else null.distance * np.log(1 + time / null.distance)
    x = np.stack([np.ones_like(time), change], axis=1)
    apart = np.abs(time[:, None] - time)
    covariance = x @ np.diag([null.between_sd**2, null.slope_sd**2]) @ x.T
    return x @ [null.intercept, null.slope], covariance + null.within_sd**2 * null.correlation(apart)


def by_density(null: NullModel, pulses: Pulses, time: Floats, score: Floats) -> Floats:
    """The log ratio of each onset from the densities with and without each fall."""
    mean, covariance = dense(null, time)
    density = multivariate_normal(mean, covariance)
    n, found = time.size, []
    for onset in range(1, n):
        terms = []
        for length, share in zip((*range(1, len(pulses.lengths) + 1), n), pulses.share, strict=True):
            pulse = ((np.arange(n) >= onset) & (np.arange(n) < onset + length)).astype(float)
            for depth in pulses.depths:
                fallen = score + depth * null.within_sd * pulse
                terms.append(math.log(share / len(pulses.depths)) + density.logpdf(fallen) - density.logpdf(score))
        found.append(np.logaddexp.reduce(terms))
    return np.array(found)


@given(null=NULLS, given_=series())
def test_it_is_the_ratio_of_the_two_densities(null: NullModel, given_: tuple[Floats, Floats]) -> None:
    """Each onset's log ratio, and the dyad's, is that of dense multivariate normal densities."""
    time, score = given_
    found = scanned(Whitened(null, time[:, None]), score[:, None], Pulses())
    wanted = by_density(null, Pulses(), time, score)
    tolerance = 1e-9 * max(1.0, np.abs(wanted).max())
    assert np.abs(found.session[:, 0] - wanted).max() < tolerance
    assert abs(found.dyad[0] - (np.logaddexp.reduce(wanted) - math.log(wanted.size))) < tolerance


@given(null=NULLS, given_=series(), at=st.integers(1, 8), by=st.floats(-2, 2))
def test_it_is_known_how_it_changes_with_the_score_of_the_onset(
    null: NullModel, given_: tuple[Floats, Floats], at: int, by: float
) -> None:
    """A score that is lower by 1 at the onset raises x by what is told, for falls of every length."""
    time, score = given_
    at = min(at, time.size - 1)
    white = Whitened(null, time[:, None])
    lower = score.copy()
    lower[at] -= by
    before, after = (falls_of(white, each[:, None], 6).x[:, at - 1, 0] for each in (score, lower))
    for length, one, other in zip((*range(1, 7), time.size), before, after, strict=True):
        assert other == pytest.approx(one + by * white.steep(length)[at - 1, 0], rel=1e-9, abs=1e-8)


@given(null=NULLS, given_=series(), factor=st.sampled_from([0.01, 3.0, 100.0]), shift=st.floats(-50, 50))
def test_other_units_of_scores_give_the_same(
    null: NullModel, given_: tuple[Floats, Floats], factor: float, shift: float
) -> None:
    """Scores and model in another unit have the same log ratios."""
    time, score = given_
    other = evolve(
        null,
        intercept=null.intercept * factor + shift,
        slope=null.slope * factor,
        between_sd=null.between_sd * factor,
        slope_sd=null.slope_sd * factor,
        within_sd=null.within_sd * factor,
        minimum=null.minimum * factor + shift,
        maximum=null.maximum * factor + shift,
    )
    one = scanned(Whitened(null, time[:, None]), score[:, None], Pulses())
    two = scanned(Whitened(other, time[:, None]), score[:, None] * factor + shift, Pulses())
    assert np.allclose(one.session, two.session, rtol=1e-7, atol=1e-7)


@given(null=NULLS, given_=series(), unit=st.sampled_from([7.0, 1 / 7]))
def test_other_units_of_time_give_the_same(null: NullModel, given_: tuple[Floats, Floats], unit: float) -> None:
    """Sessions counted in weeks or in days have the same log ratios."""
    time, score = given_
    other = evolve(null, slope=null.slope / unit, slope_sd=null.slope_sd / unit, distance=null.distance * unit)
    one = scanned(Whitened(null, time[:, None]), score[:, None], Pulses())
    two = scanned(Whitened(other, unit * time[:, None]), score[:, None], Pulses())
    assert np.allclose(one.session, two.session, rtol=1e-9, atol=1e-9)


@given(null=NULLS, first=series(5, 5), second=series(5, 5))
def test_a_dyad_is_the_same_to_the_last_bit_beside_others(
    null: NullModel, first: tuple[Floats, Floats], second: tuple[Floats, Floats]
) -> None:
    """Alone, beside another dyad, and with times that are shared, the numbers are equal."""
    alone = scanned(Whitened(null, first[0][:, None]), first[1][:, None], Pulses())
    scores = np.stack([first[1], second[1], first[1]], axis=1)
    beside = scanned(Whitened(null, np.stack([first[0], second[0], first[0]], axis=1)), scores, Pulses())
    shared = scanned(Whitened(null, first[0][:, None]), scores, Pulses())
    assert np.array_equal(alone.session[:, 0], beside.session[:, 0])
    assert np.array_equal(alone.session[:, 0], shared.session[:, 2])
    assert alone.dyad[0] == beside.dyad[2] == shared.dyad[0]


@given(null=NULLS, given_=series())
def test_mirrored_is_the_ratio_of_scores_turned_upside_down(null: NullModel, given_: tuple[Floats, Floats]) -> None:
    """Scores turned at the mean course have as their ratio what was the mirrored one, and the reverse."""
    time, score = given_
    mean = null.intercept + null.slope * null.change(time)
    white = Whitened(null, time[:, None])
    one, two = (scanned(white, each[:, None], Pulses()) for each in (score, 2 * mean - score))
    assert one.mirrored == pytest.approx(two.dyad, rel=1e-9, abs=1e-9)
    assert one.dyad == pytest.approx(two.mirrored, rel=1e-9, abs=1e-9)


@given(null=NULLS, given_=series())
def test_innovations_are_those_of_the_triangular_root(null: NullModel, given_: tuple[Floats, Floats]) -> None:
    """One-step prediction errors over their standard errors solve the Cholesky root of the covariance."""
    time, score = given_
    mean, covariance = dense(null, time)
    wanted = np.linalg.solve(np.linalg.cholesky(covariance), score - mean)
    errors, wider = Whitened(null, time[:, None]).innovations(score[:, None])
    assert np.allclose(errors[:, 0], wanted, rtol=1e-7, atol=1e-7)
    assert (wider >= 1).all()


@given(null=NULLS, given_=series())
def test_the_expected_course_is_the_best_linear_prediction(null: NullModel, given_: tuple[Floats, Floats]) -> None:
    """Level and slope of a dyad are those that its scores predict, drawn towards the mean of all dyads."""
    time, score = given_
    mean, covariance = dense(null, time)
    x = np.stack([np.ones_like(time), null.change(time)], axis=1)
    own = np.diag([null.between_sd**2, null.slope_sd**2]) @ x.T @ np.linalg.solve(covariance, score - mean)
    found = Whitened(null, time[:, None]).course(score[:, None])
    assert np.allclose(found[:, 0], mean + x @ own, rtol=1e-7, atol=1e-7)


@given(null=NULLS, given_=series())
def test_scores_are_spread_around_the_course_as_noise_and_its_uncertainty_are(
    null: NullModel, given_: tuple[Floats, Floats]
) -> None:
    """Around the expected course: variance of the noise, and conditional variance of the dyad's own line."""
    time, _ = given_
    x = np.stack([np.ones_like(time), null.change(time)], axis=1)
    own = x @ np.diag([null.between_sd**2, null.slope_sd**2]) @ x.T
    _, covariance = dense(null, time)
    left = np.diag(own - own @ np.linalg.solve(covariance, own))
    wanted = np.sqrt(null.within_sd**2 + np.maximum(left, 0))
    assert Whitened(null, time[:, None]).around[:, 0] == pytest.approx(wanted, rel=1e-6)


@settings(max_examples=30)
@given(null=NULLS, given_=series(), depths=st.sampled_from([(1.5, 2.1, 3.14159), (2.0,), (0.5, 7.5), (1.0, 1.5)]))
def test_depths_without_a_common_step_have_the_same_ratio(
    null: NullModel, given_: tuple[Floats, Floats], depths: tuple[float, ...]
) -> None:
    """Whether depths are multiples of one step or not, the log ratio is that of the densities."""
    time, score = given_
    pulses = Pulses(depths=depths)
    found = scanned(Whitened(null, time[:, None]), score[:, None], pulses)
    wanted = by_density(null, pulses, time, score)
    assert np.abs(found.session[:, 0] - wanted).max() < 1e-9 * max(1.0, np.abs(wanted).max())


def test_depths_that_are_multiples_of_one_step_are_known_as_such() -> None:
    """1.5 to 4.5 in steps of .75 are two to six of them; pi and 1.5 have no step that helps."""
    assert Pulses().multiples == (2, 3, 4, 5, 6)
    assert Pulses(depths=(1.0, 1.5)).step == 0.5
    assert Pulses(depths=(1.5, math.pi)).step is None


def test_figures_of_a_fall_do_not_depend_on_how_large_the_numbers_are() -> None:
    """Depth and length beside a dyad whose ratios leave the range of numbers are those that it has alone."""
    null = NullModel(within_sd=0.05, between_sd=0.1, phi=0.0)
    usual, huge = np.array([4.0, 4.1, 4.0, 3.9, 4.0, 3.8]), np.array([4.0, 4, 4, 1, 1, 1])
    white = Whitened(null, np.arange(6.0)[:, None])
    both, alone = (
        weighed([(1.0, falls_of(white, each, 6))], Pulses(), 0.05 * depths_of(Pulses()), lowered=False)
        for each in (np.stack([usual, huge], axis=1), usual[:, None])
    )
    for name, values in both.figures.items():
        assert np.isfinite(values).all()
        assert values[0] == alone.figures[name][0]
    assert both.figures["length"][1] == pytest.approx(3, abs=0.01)


def test_huge_ratios_are_numbers() -> None:
    """A fall of a hundred standard deviations has a log ratio, not an infinite one."""
    null = NullModel(within_sd=0.01)
    score = np.array([4.0, 4, 4, 1, 1, 4, 4])[:, None]
    found = scanned(Whitened(null, np.arange(7.0)[:, None]), score, Pulses())
    assert np.isfinite(found.session).all()
    assert found.dyad[0] > 10
