"""The best parameters are found, whatever the data look like."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.growth import fit_growth
from therarel.growth.fitting import BoundaryWarning
from therarel.growth.likelihood.mixed_model import MixedModel
from therarel.growth.search.optimum import NotConvergedError, optimise
from therarel.tables.arrays import Floats

from ..models import best_of_restarts, clinic, many_problem, nasty_problem, small_problem


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 77])
def test_no_random_restart_finds_a_better_fit(seed: int, reml: bool) -> None:
    """On small and nasty data no search from a random place ends at a higher likelihood."""
    problem = nasty_problem(seed, reml=reml)
    found = optimise(problem)
    assert found.point.deviance <= best_of_restarts(problem, 6, seed) + 2e-6
    assert found.predicted_decrease <= 1e-6


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 8, 12])
def test_no_random_restart_finds_a_better_fit_of_many_dyads(seed: int, reml: bool) -> None:
    """The short search that many dyads allow ends where searches from random places end, or better."""
    problem = many_problem(seed, reml=reml)
    found = optimise(problem)
    assert found.point.deviance <= best_of_restarts(problem, 2, seed) + 2e-6
    assert found.predicted_decrease <= 1e-6


def test_a_boundary_that_is_no_optimum_is_left() -> None:
    """Where all variances are zero the gradient is zero too; the boundary conditions lead on from there."""
    problem = small_problem(3, three=False, residual="", patterns=False)
    start = np.zeros(problem.count)
    assert np.all(problem.at(start).gradient == 0)
    found = optimise(problem, (start,))
    assert found.restarts >= 1
    assert found.point.deviance == pytest.approx(optimise(problem).point.deviance, abs=1e-6)
    assert found.point.deviance < problem.at(start).deviance - 1.0


def test_the_boundary_conditions_hold_at_the_optimum() -> None:
    """At a boundary the derivative by the covariance is positive semi-definite: no direction is better."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(
            clinic(seed=4, slope_sd=0.0, therapist_sd=0.0),
            "score ~ session",
            {"therapist": "1 + session", "dyad": "1 + session"},
        )
    assert fit.boundary
    for slope in fit.optimum.point.evaluation.derivatives:
        values = np.linalg.eigvalsh(slope)
        assert values[0] >= -1e-4 * max(1.0, values[-1])


def test_a_zero_variance_is_said_to_be_zero() -> None:
    """The fit warns which variance is zero, and says that this is no evidence of absence."""
    chance = np.random.default_rng(3)
    dyad = np.repeat(np.arange(20), 5)
    noise = chance.normal(size=100)
    noise -= np.repeat(noise.reshape(20, 5).mean(axis=1), 5)
    table = pl.DataFrame({"dyad": dyad, "session": np.tile(np.arange(5.0), 20), "score": noise})
    with pytest.warns(BoundaryWarning, match="estimated as zero"):
        fit = fit_growth(table, "score ~ session", {"dyad": "1"})
    assert fit.covariance("dyad")[0, 0] == 0.0
    assert "not evidence" in fit.boundary[0]


def test_a_search_that_does_not_end_gives_no_fit() -> None:
    """Where the likelihood cannot be computed there is an error and not a result."""

    class Broken(MixedModel):
        def at(self, parameters: Floats, *, variance: float | None = None) -> object:  # type: ignore[override]
            raise np.linalg.LinAlgError

    whole = small_problem(3, three=False, residual="", patterns=False)
    broken = Broken(whole.layout, whole.residuals, whole.reml, whole.statistics, whole.rows)
    with pytest.raises(NotConvergedError):
        optimise(broken)


def fits(table: pl.DataFrame) -> tuple[float, list[float], list[float]]:
    """Log-likelihood by ML, fixed effects and their standard errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(table, "score ~ session", {"therapist": "1", "dyad": "1 + session"}, method="ml")
    return fit.log_likelihood, list(fit.fixed.values()), list(fit.standard_errors.values())


@settings(max_examples=8)
@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_another_unit_of_time_changes_nothing_but_units(unit: float, origin: float) -> None:
    """Rescaling and shifting time leaves the likelihood alone and scales the slope."""
    table = clinic(seed=3, dyads=48)
    likelihood, effects, errors = fits(table)
    moved, other, spread = fits(table.with_columns(session=pl.col("session") * unit + origin))
    assert moved == pytest.approx(likelihood, abs=1e-5)
    assert other[1] * unit == pytest.approx(effects[1], rel=1e-4)
    assert spread[1] * unit == pytest.approx(errors[1], rel=1e-4)


@settings(max_examples=8)
@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_another_unit_of_the_score_changes_nothing_but_units(unit: float, origin: float) -> None:
    """Rescaling and shifting the score moves the likelihood by the log of the unit and scales the effects."""
    table = clinic(seed=3, dyads=48)
    likelihood, effects, errors = fits(table)
    moved, other, spread = fits(table.with_columns(score=pl.col("score") * unit + origin))
    assert moved + table.height * np.log(unit) == pytest.approx(likelihood, abs=1e-5)
    assert other[1] / unit == pytest.approx(effects[1], rel=1e-4)
    assert spread[0] / unit == pytest.approx(errors[0], rel=1e-4)


@settings(max_examples=8)
@given(st.integers(0, 1000))
def test_the_order_of_rows_and_the_labels_do_not_matter(seed: int) -> None:
    """Shuffled rows with other labels give the same fit."""
    table = clinic(seed=3, dyads=48)
    likelihood, effects, _ = fits(table)
    other = table.sample(fraction=1.0, shuffle=True, seed=seed).with_columns(
        dyad=pl.col("dyad").str.replace("C", "X") + str(seed), therapist=pl.col("therapist").hash(seed)
    )
    moved, found, _ = fits(other)
    assert moved == pytest.approx(likelihood, abs=1e-6)
    assert found == pytest.approx(effects, rel=1e-5)
