"""Kenward and Roger's adjustment against dense matrices and textbooks."""

from __future__ import annotations

import numpy as np
import pytest

from therarel.growth.inference.kenward_roger import kenward_roger, second_order_sums

from ..models import clinic, dense_covariance, small_problem


@pytest.mark.parametrize("three", [False, True])
@pytest.mark.parametrize("patterns", [False, True])
@pytest.mark.parametrize("sizes", [(2, 2), (1, 2), (2, 1)])
def test_second_order_sums_are_those_of_the_dense_matrices(three: bool, patterns: bool, sizes: tuple[int, int]) -> None:
    """What Kenward and Roger's adjustment is made of equals the products of the whole matrices."""
    problem = small_problem(9, three=three, residual="", patterns=patterns, inner=sizes[0], outer=sizes[1])
    parameters = np.random.default_rng(3).normal(size=problem.count) * 0.7
    point = problem.at(parameters)
    found = second_order_sums(problem.statistics, point.factors, point.evaluation)
    layout = problem.layout
    known = np.linalg.inv(point.evaluation.variance * dense_covariance(problem, parameters))
    design = problem.rows[sum(problem.sizes) : -1].T
    dyad = np.repeat(np.arange(layout.groups), np.diff(layout.starts))
    codes, begin, parts = [dyad], 0, []
    if layout.outer is not None:
        codes.append(np.repeat(np.arange(len(layout.outer) - 1), np.diff(layout.outer))[dyad])
    for code, size in zip(codes, problem.sizes, strict=True):
        own = problem.rows[begin : begin + size].T
        begin += size
        for a in range(size):
            for b in range(a + 1):
                entry = np.zeros((size, size))
                entry[a, b] = entry[b, a] = 1.0
                parts.append(np.where(code[:, None] == code, own @ entry @ own.T, 0.0))
    parts.append(np.eye(layout.rows))
    for r, first in enumerate(parts):
        np.testing.assert_allclose(found.p[r], -design.T @ known @ first @ known @ design, rtol=1e-6, atol=1e-7)
        for s, second in enumerate(parts):
            middle = known @ first @ known @ second
            assert found.traces[r, s] == pytest.approx(float(np.trace(middle)), rel=1e-6, abs=1e-7)
            np.testing.assert_allclose(found.q[r, s], design.T @ middle @ known @ design, rtol=1e-6, atol=1e-6)


def test_balanced_data_have_the_degrees_of_freedom_of_textbooks() -> None:
    """In a balanced design the slope's test has the t distribution with dyads minus arms degrees of freedom."""
    from therarel.growth import fit_growth

    chance = np.random.default_rng(1)
    import polars as pl

    table = (
        clinic(dyads=20, seed=2)
        .select("dyad")
        .unique(maintain_order=True)
        .join(pl.DataFrame({"session": [0.0, 1.0, 2.0, 3.0]}), how="cross")
    )
    effects = chance.normal(size=(20, 2))
    dyad = np.repeat(np.arange(20), 4)
    session = table["session"].to_numpy()
    score = effects[dyad, 0] + effects[dyad, 1] * session + 0.3 * chance.normal(size=80)
    table = table.with_columns(score=score, arm=(dyad % 2).astype(float))
    fit = fit_growth(table, "score ~ session * arm", {"dyad": "1 + session"})
    for effect in fit.fixed_effects("kenward_roger"):
        assert effect.df == pytest.approx(18.0, abs=1e-6)
    assert kenward_roger(fit).covariance == pytest.approx(kenward_roger(fit).unadjusted, rel=1e-6)
