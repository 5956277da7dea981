"""Null models by matching: gradients from dense matrices, parameters that come back, units of time, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from attrs import astuple, evolve

from therarel.errors import InvalidValueError, UnknownNameError
from therarel.noise import NullModel, fit_null
from therarel.noise.gradients import Gradients, Parameters
from therarel.noise.matching import match
from therarel.noise.null import Trend, correlation
from therarel.noise.skeleton import Skeleton
from therarel.panels import Panel
from therarel.simulation import ClinicParameters, simulate_clinic

AT = Parameters(3.8, 0.03, 0.4, 0.001, 0.1, 0.35)
FIGURES = ("intercept", "between_sd", "slope", "slope_sd", "within_sd", "phi")


def irregular(dyads: int = 5) -> Skeleton:
    """A few short series at irregular times, single sessions among them."""
    chance = np.random.default_rng(3)
    sizes = [1, 2, *chance.integers(3, 8, dyads - 2).tolist()]
    places = np.concatenate([np.cumsum(chance.choice([1.0, 1.5, 2.0, 4.0], size)) for size in sizes])
    score = np.clip(chance.normal(3.8, 0.6, places.size), 1, 5)
    labels = np.repeat(np.arange(dyads), sizes)
    return Skeleton.of(Panel.from_arrays(labels, places, score, scale=(1, 5), higher_is_better=True, index="scheduled"))


def log_likelihoods(skeleton: Skeleton, values: npt.NDArray[np.float64], at: Parameters) -> npt.NDArray[np.float64]:
    """Log likelihood of each dyad from its whole covariance matrix."""
    found = []
    for begin, end in zip(skeleton.series.starts, skeleton.series.starts[1:], strict=False):
        time = skeleton.time[begin:end]
        design = np.stack([np.ones_like(time), time], axis=1)
        noise = correlation(at.phi, np.abs(time[:, None] - time[None]))
        covariance = at.noise_variance * noise + design @ np.diag([at.level_variance, at.slope_variance]) @ design.T
        residual = values[begin:end] - design @ [at.intercept, at.slope]
        _, log_determinant = np.linalg.slogdet(covariance)
        found.append(-(log_determinant + residual @ np.linalg.solve(covariance, residual)) / 2)
    return np.array(found)


@pytest.mark.parametrize("at", [AT, evolve(AT, phi=0.9), evolve(AT, slope_variance=1e-9, level_variance=2.0)])
def test_gradients_are_those_of_the_likelihood_with_its_whole_covariance_matrix(at: Parameters) -> None:
    """For every dyad and parameter the gradient is the slope of the log likelihood from dense matrices."""
    skeleton = irregular()
    values = skeleton.series.score
    (found,) = Gradients(skeleton, at).of(values[np.newaxis])
    for which, value in enumerate(astuple(at)):
        step = 1e-5 * max(abs(value), 1e-4)
        name = list(Parameters.__annotations__)[which]
        up, down = (log_likelihoods(skeleton, values, evolve(at, **{name: value + side})) for side in (step, -step))
        slope = (up - down) / (2 * step)
        assert found[:, which] == pytest.approx(slope, rel=2e-3, abs=2e-4 * max(np.abs(slope).max(), 1)), name


def test_a_dyad_that_varies_more_than_noise_counts_less() -> None:
    """Weights lie between 0 and 1: quiet dyads count in full, one that jumps about counts for nothing."""
    skeleton = Skeleton.regular(3, 10, NullModel())
    quiet = np.full(10, 4.0)
    wild = np.where(np.arange(10) % 2, 5.0, 1.0)
    noise = 4 + 0.3 * np.random.default_rng(1).normal(size=10)
    (weights,) = Gradients(skeleton, AT).weights(np.concatenate([quiet, wild, noise])[np.newaxis])
    assert weights[0] == 1
    assert weights[1] == 0
    assert 0 < weights[2] <= 1


def drawn(null: NullModel, dyads: int, sessions: int, seed: int = 0) -> Skeleton:
    """One panel from a null model."""
    skeleton = Skeleton.regular(dyads, sessions, null)
    score = skeleton.draw([null], [np.random.SeedSequence(seed)]).score[0]
    return evolve(skeleton, series=skeleton.with_scores(score))


@pytest.mark.parametrize(
    "null",
    [
        NullModel(),
        NullModel(intercept=4.7, slope=0.01, slope_sd=0.01),
        NullModel(phi=0.0, step=1.0, within_sd=0.6),
        NullModel(phi=0.8, slope=0.003, slope_sd=0.005, distance=7),
        NullModel(intercept=3.0, slope=0.3, slope_sd=0.1, trend="log"),
        NullModel(intercept=3.0, slope=0.04, slope_sd=0.01, distance=7, trend="log"),
        NullModel(
            intercept=-4, between_sd=5, slope=0.3, slope_sd=0.3, within_sd=2.5, phi=0.4, minimum=-27, maximum=0, step=1
        ),
    ],
    ids=[
        "defaults",
        "ceiling",
        "whole numbers, phi 0",
        "phi .8, per day",
        "slowing down",
        "slowing down, per day",
        "floor of a symptom scale",
    ],
)
def test_the_null_of_a_panel_comes_back(null: NullModel) -> None:
    """Level, slope, noise and their spreads are found within four standard errors, clipped and rounded as scores are."""
    skeleton = evolve(drawn(null, 500, 12), trend=null.trend)
    fit = match(skeleton, seed=1)
    unit = skeleton.distance
    truth = [null.intercept, null.slope * unit, null.between_sd**2, (null.slope_sd * unit) ** 2]
    truth += [null.within_sd**2 * (1 - null.phi**2), null.phi]
    errors = np.sqrt(np.diag(fit.covariance))
    assert (np.abs(np.array(astuple(fit.at)) - truth) < 4 * errors).all()
    assert errors[5] < 0.06


def test_the_spread_of_slopes_is_right_on_average_where_series_are_short() -> None:
    """Over eight panels of eight sessions a spread of .08 is found within an eighth, and one of 0 is hardly made up."""
    found = [match(drawn(NullModel(slope_sd=0.08), 100, 8, seed), seed=seed).at.slope_variance for seed in range(8)]
    assert np.sqrt(np.mean(found)) == pytest.approx(0.08, rel=0.12)
    none = [match(drawn(NullModel(slope_sd=0.0), 100, 8, seed), seed=seed).at.slope_variance for seed in range(8)]
    assert np.sqrt(np.mean(none)) < 0.03


def test_the_uncertainty_of_a_fit_is_that_of_fits_to_other_panels() -> None:
    """Fits to twenty panels from one null scatter as each of them says it would."""
    fits = [match(drawn(NullModel(), 60, 10, seed), seed=seed) for seed in range(20)]
    spread = np.std([astuple(fit.at) for fit in fits], axis=0, ddof=1)
    told = np.sqrt(np.mean([np.diag(fit.covariance) for fit in fits], axis=0))
    assert spread / told == pytest.approx(np.ones(6), abs=0.5)


def panel_of(clinic: Any, **known: Any) -> Panel:
    """The scores of a simulated clinic as another panel."""
    labels = np.array(clinic.labels(), dtype=object)[clinic.dyad]
    settings = {"scale": (1, 5), "higher_is_better": True, **known}
    score = clinic.score if settings["higher_is_better"] else 6 - clinic.score
    return Panel.from_arrays(labels, settings.pop("session", clinic.session), score, **settings)


def test_time_is_that_of_the_session_column() -> None:
    """Sessions relabelled to weekly ones have the same noise, its autocorrelation over 7, and a slope per day."""
    clinic = simulate_clinic(100, seed=2, sessions=8)
    one = fit_null(panel_of(clinic))
    two = fit_null(panel_of(clinic, session=7 * clinic.session, index="scheduled"))
    assert (one.distance, two.distance) == (1, 7)
    for name in ("intercept", "between_sd", "within_sd", "phi"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), rel=1e-9)
    for name in ("slope", "slope_sd"):
        assert 7 * getattr(two, name) == pytest.approx(getattr(one, name), rel=1e-9)


def test_a_null_is_fitted_in_the_direction_of_the_panel() -> None:
    """A symptom scale gives the mirror image of the model."""
    clinic = simulate_clinic(200, seed=2, sessions=10)
    one, two = fit_null(panel_of(clinic)), fit_null(panel_of(clinic, higher_is_better=False))
    assert (two.minimum, two.maximum) == (-5, -1)
    assert two.intercept == pytest.approx(one.intercept - 6, abs=0.01)
    assert two.within_sd == pytest.approx(one.within_sd, rel=0.01)


def test_the_same_seed_gives_the_same_null() -> None:
    """A fit can be repeated to the last digit."""
    panel = simulate_clinic(60, seed=2).panel()
    assert fit_null(panel, seed=5) == fit_null(panel, seed=5)


@pytest.mark.parametrize(("share", "most"), [(0.0, 1.05), (0.25, 1.15)])
def test_falls_in_a_quarter_of_the_dyads_inflate_the_noise_by_a_tenth(share: float, most: float) -> None:
    """The noise of a clinic with ruptures is overstated, by no more than is said."""
    clinic = simulate_clinic(1000, seed=2, parameters=ClinicParameters(rupture_share=share))
    assert 0.95 < fit_null(clinic.panel()).within_sd / 0.35 < most


@pytest.mark.parametrize(
    ("dyads", "score", "told"),
    [
        (1, [3.0, 4.0], "needs more scores"),
        (30, [3.0, 4.0, 3.5], "needs more scores"),
        (30, [3.0] * 6, "all of them the same"),
    ],
)
def test_scores_that_give_no_null_are_refused_with_a_hint(dyads: int, score: list[float], told: str) -> None:
    """Too few scores, or scores that never change, are no ground for a null model."""
    panel = Panel.from_arrays(
        np.repeat(np.arange(dyads), len(score)), np.tile(np.arange(len(score)), dyads), np.tile(score, dyads),
        scale=(1, 5), higher_is_better=True,
    )  # fmt: skip
    with pytest.raises(InvalidValueError, match=told) as refused:
        fit_null(panel)
    assert "NullModel(within_sd=" in str(refused.value)


def test_scores_whose_steps_hide_the_noise_give_no_null() -> None:
    """Where noise is a small part of a step, nothing tells how large it is, and the fit says so."""
    skeleton = drawn(NullModel(within_sd=0.02, between_sd=0.0), 30, 12)
    with pytest.raises(InvalidValueError, match="no null model"):
        match(skeleton, seed=1)


@pytest.mark.parametrize("phi", [0.4, 0.0, -0.4])
def test_autocorrelation_is_a_power_of_the_distance(phi: float) -> None:
    """Over whole distances the correlation is the power, over an infinite one it is 0."""
    apart = np.array([1.0, 2.0, 3.0, np.inf])
    assert correlation(phi, apart) == pytest.approx([phi, phi**2, phi**3, 0.0])


def test_a_trend_that_slows_down_is_fitted_where_it_is_asked_for() -> None:
    """Fitted as a line, improvement that slows down looks like noise; an unknown trend is refused."""
    truth = NullModel(intercept=3.0, slope=0.45, slope_sd=0.05, trend="log")
    skeleton = drawn(truth, 300, 16)
    panel = Panel.from_arrays(
        np.repeat(np.arange(300), 16), np.tile(np.arange(1, 17), 300), skeleton.series.score, scale=(1, 5),
        higher_is_better=True,
    )  # fmt: skip
    line, log = fit_null(panel), fit_null(panel, trend="log")
    assert log.trend is Trend.LOG
    assert log.within_sd == pytest.approx(0.35, abs=0.02)
    assert line.within_sd > log.within_sd + 0.01
    assert "slowing down" in str(log)
    with pytest.raises(UnknownNameError, match="Trend has no such term"):
        fit_null(panel, trend="cubic")
