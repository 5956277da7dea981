"""The short ways of a search end where the long ones do."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl
import pytest
from attrs import evolve

from therarel.growth import GrowthFit, fit_growth
from therarel.growth.likelihood.sufficient_statistics import reduce_rows
from therarel.growth.search.newton import hessian
from therarel.growth.search.optimum import inverse_expected_hessian, optimise

from ..models import clinic

METHODS: tuple[Literal["reml", "ml"], ...] = ("reml", "ml")
NESTED = {"therapist": "1", "dyad": "1 + session"}


@pytest.mark.parametrize("random", [{"dyad": "1 + session"}, NESTED])
@pytest.mark.parametrize("whole", [True, False])
def test_one_start_is_enough_for_many_dyads(random: dict[str, str], whole: bool) -> None:
    """With many dyads the search begins at one place; from elsewhere, and by each dyad's own design, it ends at the same."""
    table = clinic(dyads=400, seed=2)
    if not whole:
        table = table.with_columns(session=pl.col("session") + pl.int_range(pl.len()) % 7 / 70)
    fit = fit_growth(table, "score ~ session * arm", random)
    assert fit.optimum.predicted_decrease < 1e-8
    alone = evolve(fit.model, statistics=reduce_rows(fit.model.rows, fit.model.layout, patterns=False))
    other = optimise(alone, (np.full(alone.count, 0.3),))
    assert fit.optimum.point.deviance == pytest.approx(other.point.deviance, abs=1e-6)
    np.testing.assert_allclose(fit.optimum.point.parameters, other.point.parameters, atol=1e-4)


@pytest.mark.parametrize("random", [{"dyad": "1"}, {"therapist": "1", "dyad": "1"}])
def test_a_model_may_have_no_fixed_effects(random: dict[str, str]) -> None:
    """Without fixed effects there is nothing to restrict: REML is ML, and nothing is expected of anybody."""
    table = clinic(dyads=400, seed=2)
    restricted, full = (fit_growth(table, "score ~ 0", random, method=method) for method in METHODS)
    assert restricted.fixed == {}
    assert restricted.log_likelihood == pytest.approx(full.log_likelihood, abs=1e-8)


def shouting(size: float) -> GrowthFit:
    """A fit to therapists who differ by this much where sessions differ by about one."""
    table = clinic(dyads=400, seed=2)
    own = np.random.default_rng(5).normal(size=100) * size
    score = pl.col("score") + pl.Series(own)[table["dyad"].str.slice(1).cast(pl.Int64).to_numpy() // 4]
    return fit_growth(table.with_columns(score=score), "score ~ session", NESTED)


@pytest.mark.parametrize("size", [1e3, 1e5])
def test_enormous_differences_between_therapists_lose_no_digits(size: float) -> None:
    """Nothing is subtracted that large effects could drown: the residual variance stays what it was."""
    quiet, loud = shouting(1.0), shouting(size)
    assert loud.optimum.predicted_decrease <= max(1e-6, 2e-11 * abs(loud.optimum.point.deviance))
    assert loud.residual_sds[""] == pytest.approx(quiet.residual_sds[""], rel=2e-3)
    assert loud.fixed["session"] == pytest.approx(quiet.fixed["session"], abs=1e-3)


def test_the_expected_curvature_is_near_the_observed_one() -> None:
    """With many dyads of two levels, the guess of how parameters spread is the inverse of the second derivatives."""
    fit = fit_growth(clinic(dyads=400, seed=2), "score ~ session", {"dyad": "1 + session"})
    point = fit.optimum.point
    spread = inverse_expected_hessian(point.statistics, point.factors, point.evaluation)
    bend = hessian(lambda x: (0.0, fit.model.at(x).gradient), point.parameters)
    np.testing.assert_allclose(spread @ bend, np.eye(len(bend)), atol=0.25)
