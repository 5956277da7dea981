"""The likelihood and its gradient against their definitions, computed the long way."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.growth.likelihood.mixed_model import posterior
from therarel.growth.likelihood.sufficient_statistics import design_patterns, reduce_rows

from ..models import dense_covariance, dense_deviance, small_problem

SHAPES = list(product((False, True), ("", "a", "c", "ac"), (False, True), ((2, 2), (1, 2), (2, 1))))


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("three", "residual", "patterns", "sizes"), SHAPES)
def test_the_likelihood_is_that_of_a_dense_normal_distribution(
    three: bool, residual: str, patterns: bool, sizes: tuple[int, int], reml: bool
) -> None:
    """From sufficient statistics comes the same number as from the whole covariance matrix."""
    problem = small_problem(
        3, three=three, residual=residual, patterns=patterns, inner=sizes[0], outer=sizes[1], reml=reml
    )
    parameters = np.random.default_rng(5).normal(size=problem.count) * 0.7
    assert problem.at(parameters).deviance == pytest.approx(dense_deviance(problem, parameters), abs=1e-8)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(("three", "residual", "patterns", "sizes"), SHAPES)
def test_the_gradient_is_that_of_finite_differences(
    three: bool, residual: str, patterns: bool, sizes: tuple[int, int], reml: bool
) -> None:
    """Every derivative is the slope of the likelihood, with the residual variance profiled out or held."""
    problem = small_problem(
        4, three=three, residual=residual, patterns=patterns, inner=sizes[0], outer=sizes[1], reml=reml
    )
    parameters = np.random.default_rng(6).normal(size=problem.count) * 0.7
    for variance in (None, 0.8):
        found = problem.at(parameters, variance=variance).gradient
        for k in range(problem.count):
            step = np.zeros(problem.count)
            step[k] = 1e-5
            above = problem.at(parameters + step, variance=variance).deviance
            below = problem.at(parameters - step, variance=variance).deviance
            assert found[k] == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-5)


@given(st.integers(0, 10_000))
def test_dyads_with_equal_designs_may_be_put_together(seed: int) -> None:
    """The likelihood is the same whether dyads with identical sessions share their statistics or not."""
    problem = small_problem(seed, three=bool(seed % 2), residual="", patterns=True)
    assert problem.statistics.cells < problem.layout.groups
    parameters = np.random.default_rng(seed).normal(size=problem.count)
    from attrs import evolve

    alone = evolve(problem, statistics=reduce_rows(problem.rows, problem.layout, patterns=False))
    assert problem.at(parameters).deviance == pytest.approx(alone.at(parameters).deviance, abs=1e-8)
    np.testing.assert_allclose(problem.at(parameters).gradient, alone.at(parameters).gradient, atol=1e-7)


def test_designs_are_equal_only_if_each_number_is() -> None:
    """Two dyads share a pattern if and only if their rows are identical, number for number."""
    design = np.array([[1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0, 1.0, 0.0]])
    pattern, _ = design_patterns(design, np.array([0, 2, 4, 6]))
    assert pattern[0] == pattern[1]
    assert pattern[2] != pattern[0]


@pytest.mark.parametrize("three", [False, True])
@pytest.mark.parametrize("patterns", [False, True])
def test_random_effects_are_the_conditional_means(three: bool, patterns: bool) -> None:
    """Predicted effects and their covariance are those of the joint normal distribution."""
    problem = small_problem(8, three=three, residual="", patterns=patterns)
    parameters = np.random.default_rng(2).normal(size=problem.count) * 0.7
    point = problem.at(parameters)
    given_scores = posterior(point.statistics, point.factors, point.evaluation)
    known = np.linalg.inv(dense_covariance(problem, parameters))
    lead = sum(problem.sizes)
    left = problem.rows[-1] - point.evaluation.beta @ problem.rows[lead:-1]
    found = given_scores.inner_effects(point.evaluation.beta)
    relative = point.factors[0] @ point.factors[0].T
    for dyad in (0, 7, 23):
        inside = np.zeros(problem.layout.rows)
        inside[problem.layout.starts[dyad] : problem.layout.starts[dyad + 1]] = 1.0
        reach = relative @ (problem.rows[:2] * inside)
        np.testing.assert_allclose(found[:, dyad], reach @ known @ left, atol=1e-9)
        spread = relative - reach @ known @ reach.T
        np.testing.assert_allclose(given_scores.covariance[:2, :2, dyad], spread, atol=1e-9)
