"""Alpha and omega on one row per dyad, or within and between dyads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from therarel.errors import InvalidValueError, UnknownNameError
from therarel.measures import Level, consistency_by_level, instrument, internal_consistency

Matrix = NDArray[np.float64]


def one_factor(loadings: list[float], unique: list[float], rows: int, seed: int = 0) -> Matrix:
    """Answers whose sample covariance is exactly that of a one-factor model."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(rows, len(loadings)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False)).T)
    wanted = np.outer(loadings, loadings) + np.diag(unique)
    return np.asarray(white @ np.linalg.cholesky(wanted).T)


@given(
    st.lists(st.tuples(st.floats(0.3, 2), st.floats(0.2, 2)), min_size=3, max_size=9),
    st.integers(0, 1000),
)
def test_coefficients_have_their_closed_forms(model: list[tuple[float, float]], seed: int) -> None:
    """Where one factor holds exactly, omega and alpha are what its loadings and unique variances give."""
    loadings, unique = [a for a, _ in model], [b for _, b in model]
    answers = one_factor(loadings, unique, 60, seed)
    found = internal_consistency(answers, dyads=range(60), resamples=10)
    common, k = sum(loadings) ** 2, len(loadings)
    total = common + sum(unique)
    single = sum(a * a for a in loadings) + sum(unique)
    assert found.omega.value == pytest.approx(common / total, abs=1e-6)
    assert found.alpha.value == pytest.approx(k / (k - 1) * (1 - single / total), abs=1e-9)
    assert found.omega.value is not None
    assert found.alpha.value is not None
    assert found.omega.value >= found.alpha.value - 1e-6
    assert (found.level, found.n_dyads, found.n_rows, found.left_out) == (Level.SINGLE, 60, 60, 0)


def test_equal_loadings_make_alpha_and_omega_equal() -> None:
    """With equal loadings both are the Spearman-Brown value."""
    found = internal_consistency(one_factor([1.0] * 6, [1.0] * 6, 40), dyads=range(40), resamples=20)
    assert found.alpha.value == pytest.approx(6 * 0.5 / (1 + 5 * 0.5))
    assert found.omega.value == pytest.approx(6 * 0.5 / (1 + 5 * 0.5), abs=1e-8)


def test_item_rest_correlations_are_correlations_with_the_rest() -> None:
    """Each item is correlated with the sum of the others."""
    answers = np.random.default_rng(2).normal(size=(50, 4)) + np.random.default_rng(3).normal(size=(50, 1))
    found = internal_consistency(answers, dyads=range(50), resamples=10)
    for item in found.items:
        rest = np.delete(answers, item.item - 1, axis=1).sum(axis=1)
        assert item.correlation == pytest.approx(np.corrcoef(answers[:, item.item - 1], rest)[0, 1])
        assert not item.looks_wrongly_keyed
    assert found.remarks == ()


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """Of 60 simulated samples, nearly all 95 % intervals hold the true alpha."""
    rng, held = np.random.default_rng(5), 0
    for sample in range(60):
        answers = rng.normal(size=(150, 1)) + rng.normal(size=(150, 5))
        found = internal_consistency(answers, dyads=range(150), resamples=200, seed=sample)
        assert found.alpha.low is not None
        assert found.alpha.high is not None
        held += found.alpha.low <= 5 * 0.5 / (1 + 4 * 0.5) <= found.alpha.high
    assert 52 <= held <= 60


def test_seeds_make_intervals_repeatable() -> None:
    """The same seed gives the same interval; a wider confidence a wider one."""
    answers = one_factor([1.0] * 5, [1.0] * 5, 50)
    first = internal_consistency(answers, dyads=range(50), resamples=100, seed=7)
    assert first == internal_consistency(answers, dyads=range(50), resamples=100, seed=7)
    wide = internal_consistency(answers, dyads=range(50), resamples=100, seed=7, confidence=0.99)
    assert wide.omega.low is not None
    assert first.omega.low is not None
    assert wide.omega.low < first.omega.low


def test_pooled_sessions_are_refused_with_the_reason() -> None:
    """Two rows of one dyad are not two people."""
    with pytest.raises(InvalidValueError, match="mix differences between clients with differences between sessions"):
        internal_consistency(np.ones((4, 3)), dyads=["a", "b", "b", "c"])


def test_reversed_items_are_turned_by_the_key() -> None:
    """With the instrument the reversed items run along; without it they look wrongly keyed."""
    form = instrument("wai-s")
    rng = np.random.default_rng(9)
    answers = np.clip(np.rint(rng.normal(4, 1.2, (80, 1)) + rng.normal(0, 0.8, (80, 12))), 1, 7)
    recorded = answers.copy()
    turned = [item - 1 for item in form.reversed_items]
    recorded[:, turned] = 8 - recorded[:, turned]
    keyed = internal_consistency(recorded, dyads=range(80), instrument="wai-s", resamples=50)
    assert keyed.remarks == ()
    assert keyed == internal_consistency(answers, dyads=range(80), resamples=50)
    plain = internal_consistency(recorded, dyads=range(80), resamples=50)
    assert [item.item for item in plain.items if item.looks_wrongly_keyed] == [4, 10]
    assert "Items 4, 10 run against the others" in plain.remarks[0]


def test_subscales_are_picked_by_the_key() -> None:
    """The bond subscale of the WAI-SR is items 3, 5, 7 and 9."""
    answers = np.random.default_rng(1).integers(1, 6, (40, 12)).astype(float)
    found = internal_consistency(answers, dyads=range(40), instrument="wai-sr", subscale="bond", resamples=10)
    assert [item.item for item in found.items] == [3, 5, 7, 9]
    assert found.alpha == internal_consistency(answers[:, [2, 4, 6, 8]], dyads=range(40), resamples=10).alpha


def test_rows_with_gaps_are_left_out_and_counted() -> None:
    """A row with a missing answer is not used; the result says how many there were."""
    answers = one_factor([1.0] * 4, [1.0] * 4, 30)
    gappy = np.vstack([answers, [[np.nan, 1, 1, 1], [1, 1, 1, np.nan]]])
    found = internal_consistency(gappy, dyads=range(32), resamples=10)
    assert (found.n_rows, found.left_out) == (30, 2)
    assert found.alpha.value == pytest.approx(internal_consistency(answers, dyads=range(30), resamples=1).alpha.value)


def levels(dyads: int, sessions: int, seed: int = 0) -> tuple[Matrix, list[int]]:
    """Four items; between dyads they share much (loading 2), within dyads little (loading .7)."""
    rng = np.random.default_rng(seed)
    person = 2 * rng.normal(size=(dyads, 1, 1)) + 0.5 * rng.normal(size=(dyads, 1, 4))
    moment = 0.7 * rng.normal(size=(dyads, sessions, 1)) + rng.normal(size=(dyads, sessions, 4))
    return (person + moment).reshape(-1, 4), np.repeat(np.arange(dyads), sessions).tolist()


def test_levels_are_told_apart() -> None:
    """Both levels recover what was simulated: .66 within, .98 between."""
    answers, dyads = levels(600, 6)
    within, between = consistency_by_level(answers, dyads=dyads, resamples=50)
    inside, across = 16 * 0.49 / (16 * 0.49 + 4), 16 * 4 / (16 * 4 + 4 * 0.25)
    assert within.alpha.value == pytest.approx(inside, abs=0.02)
    assert within.omega.value == pytest.approx(inside, abs=0.02)
    assert between.alpha.value == pytest.approx(across, abs=0.02)
    assert between.omega.value == pytest.approx(across, abs=0.02)
    assert (within.level, between.level) == (Level.WITHIN, Level.BETWEEN)
    assert within.alpha.low is not None
    assert within.alpha.high is not None
    assert within.alpha.low < inside < within.alpha.high
    assert (within.n_dyads, within.n_rows) == (600, 3600)


def test_balanced_levels_are_those_of_analysis_of_variance() -> None:
    """With equal numbers of sessions the covariances are the mean squares of each pair of items."""
    answers, dyads = levels(20, 5, seed=3)
    within, between = consistency_by_level(answers, dyads=dyads, resamples=2)
    cube = answers.reshape(20, 5, 4)
    means = cube.mean(axis=1)
    apart = (cube - means[:, None]).reshape(-1, 4)
    inside = apart.T @ apart / (20 * 4)
    across = np.cov(means, rowvar=False) - inside / 5
    for found, matrix in ((within, inside), (between, across)):
        assert found.alpha.value == pytest.approx(4 / 3 * (1 - np.trace(matrix) / matrix.sum()))


def test_no_variance_between_is_said() -> None:
    """Where dyads do not differ beyond the noise of sessions there may be no consistency between them."""
    rng = np.random.default_rng(12)
    answers = rng.normal(size=(30, 2, 4))
    answers -= answers.mean(axis=1, keepdims=True)
    _, between = consistency_by_level(answers.reshape(-1, 4), dyads=np.repeat(np.arange(30), 2).tolist(), resamples=20)
    assert (between.alpha.value, between.omega.value) == (None, None)
    assert "no variance at this level" in between.remarks[0]


def test_two_items_have_no_omega() -> None:
    """A factor needs three items."""
    found = internal_consistency(one_factor([1.0] * 3, [1.0] * 3, 30)[:, :2], dyads=range(30), resamples=10)
    assert found.omega.value is None
    assert "three items" in found.remarks[0]


def test_constant_items_have_no_correlation() -> None:
    """An item that never varies is told without a correlation."""
    answers = one_factor([1.0] * 4, [1.0] * 4, 30)
    answers[:, 0] = 3
    found = internal_consistency(answers, dyads=range(30), resamples=10)
    assert found.items[0].correlation is None
    assert not found.items[0].looks_wrongly_keyed


def test_what_does_not_fit_is_refused() -> None:
    """Shapes, labels, levels, subscales and unverified keys that do not fit are refused."""
    square = np.arange(12.0).reshape(4, 3) % 5
    with pytest.raises(InvalidValueError, match="one column per item"):
        internal_consistency([1, 2, 3], dyads=range(3))
    with pytest.raises(InvalidValueError, match="one column per item"):
        internal_consistency(square, dyads=range(4), instrument="wai-sr")
    with pytest.raises(InvalidValueError, match="one dyad for each row"):
        internal_consistency(square, dyads=range(3))
    with pytest.raises(InvalidValueError, match="three complete rows"):
        internal_consistency(square[:2], dyads=range(2))
    with pytest.raises(InvalidValueError, match="confidence"):
        internal_consistency(square, dyads=range(4), confidence=1.0)
    with pytest.raises(InvalidValueError, match="one of an instrument"):
        internal_consistency(square, dyads=range(4), subscale="bond")
    with pytest.raises(UnknownNameError, match="no such subscale"):
        internal_consistency(np.ones((4, 12)), dyads=range(4), instrument="wai-sr", subscale="bonds")
    with pytest.raises(InvalidValueError, match="not verified"):
        internal_consistency(np.ones((4, 6)), dyads=range(4), instrument="sai")
    with pytest.raises(InvalidValueError, match="no level within"):
        consistency_by_level(square, dyads=range(4))
    with pytest.raises(InvalidValueError, match="three dyads"):
        consistency_by_level(square, dyads=[1, 1, 2, 2])
