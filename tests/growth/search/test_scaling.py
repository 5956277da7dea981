"""Columns of a common size span what the given ones span."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from therarel.growth.search.scaling import scaled


def test_columns_that_were_scaled_are_not_scaled_again() -> None:
    """The first columns of a design are scaled like the columns alone; other columns are not taken for them."""
    chance = np.random.default_rng(1)
    given_columns = np.concatenate([np.ones((1, 30)), chance.normal(size=(3, 30)) + 100])
    whole = scaled(given_columns)
    found = whole.first(given_columns[:2], given_columns, np.empty((2, 30)))
    assert found is not None
    np.testing.assert_array_equal(found.rows, scaled(given_columns[:2]).rows)
    np.testing.assert_array_equal(found.r, scaled(given_columns[:2]).r)
    assert whole.first(given_columns[1:3], given_columns, np.empty((2, 30))) is None


@given(st.integers(0, 10_000), st.floats(-6, 6))
def test_scaled_columns_are_orthogonal_however_far_they_are_from_zero(seed: int, power: float) -> None:
    """Columns of any offset become orthogonal with mean square one, and the given ones are made of them again."""
    columns = np.random.default_rng(seed).normal(size=(3, 40)) + 10.0**power
    found = scaled(np.concatenate([np.ones((1, 40)), columns]))
    np.testing.assert_allclose(found.rows @ found.rows.T / 40, np.eye(4), atol=1e-10)
    np.testing.assert_allclose(found.r.T @ found.rows, [np.ones(40), *columns], rtol=1e-12, atol=1e-10 * 10**power)
