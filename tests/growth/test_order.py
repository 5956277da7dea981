"""The order of a table's rows changes nothing: not a fit, not what is made of it, not a comparison."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.growth import GrowthFit, compare, fit_growth
from therarel.panels import Panel

from .asking.test_time_column import serial
from .models import clinic, column

TWO = pl.concat(
    [clinic(seed=seed, dyads=16).with_columns(rater=pl.lit(rater)) for seed, rater in ((3, "client"), (5, "therapist"))]
).with_columns(mood=(pl.col("score") * 7.3) % 1)
ONE = TWO.filter(pl.col("rater") == "client")
MODELS: list[tuple[pl.DataFrame, str, dict[str, str], dict[str, Any]]] = [
    (ONE, "score ~ session * arm", {"dyad": "1 + session"}, {}),
    (ONE, "score ~ session + I(session**2)", {"therapist": "1", "dyad": "1"}, {}),
    (ONE, "score ~ center(session) + mood", {"dyad": "1"}, {"time": "session", "residual": "ar1"}),
    (TWO, "score ~ 0 + rater + rater:session", {"dyad": "1"}, {"residual": ("ar1", "rater"), "time": "session"}),
    (TWO, "score ~ session", {"dyad": "1"}, {"residual": "rater"}),
    (TWO, "score ~ session + rater", {"dyad": "1"}, {}),
]


def fitted(table: Any, formula: str, random: Mapping[str, str], **options: Any) -> GrowthFit:
    """A fit that may be at a boundary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_growth(table, formula, random, **options)


def numbers(table: object) -> Any:
    """The numbers of a result table by its labels."""
    frame = nw.from_native(table, eager_only=True)  # type: ignore[call-overload]
    return {name: frame.get_column(name).to_list() for name in frame.columns}


def alike(one: object, other: object) -> None:
    """Two results are the same up to rounding."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        assert list(one) == list(other)
        for name in one:
            alike(one[name], other[name])
    elif isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            alike(first, second)
    elif isinstance(one, float) and isinstance(other, float):
        assert one == pytest.approx(other, rel=1e-5, abs=1e-6, nan_ok=True)
    else:
        assert one == other


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 1000))
def test_shuffled_rows_change_nothing(model: Any, seed: int) -> None:
    """Estimates, tests, residual checks, effects by label, predictions, draws, words and figures are the same."""
    table, formula, random, options = model
    mixed = np.random.default_rng(seed).permutation(table.height)
    one, other = fitted(table, formula, random, **options), fitted(table[mixed], formula, random, **options)
    alike(one.fixed, other.fixed)
    alike([[part.value, part.low, part.high] for part in one.variance_components()],
          [[part.value, part.low, part.high] for part in other.variance_components()])  # fmt: skip
    first, second = one.diagnose(), other.diagnose()
    assert str(first) == str(second)
    for name in ("skewness", "excess_kurtosis", "lag_correlation", "at_ceiling"):
        alike(getattr(first, name), getattr(second, name))
    for group in one.groups:
        alike(numbers(one.random_effects(group)), numbers(other.random_effects(group)))
    np.testing.assert_allclose(column(one.fitted(), "fitted")[mixed], column(other.fitted(), "fitted"), atol=1e-5)
    np.testing.assert_allclose(
        column(one.predict(table), "predicted"), column(other.predict(table), "predicted"), atol=1e-5
    )
    np.testing.assert_allclose(one.simulate(2, seed=4)[:, mixed], other.simulate(2, seed=4), atol=1e-4)
    assert one.methods_paragraph() == other.methods_paragraph()
    assert [line.split()[0] for line in str(one).splitlines() if line] == [
        line.split()[0] for line in str(other).splitlines() if line
    ]
    assert len(one.draw_residuals().to_svg()) == pytest.approx(len(other.draw_residuals().to_svg()), rel=0.01)
    if one.design.time is not None:
        assert one.draw(most=3).description == other.draw(most=3).description


def test_lags_of_residuals_are_in_time() -> None:
    """Autocorrelated residuals are remarked on, however the rows come."""
    table = serial()
    for rows in (table, table.sample(fraction=1.0, shuffle=True, seed=2), table.reverse()):
        found = fitted(rows, "score ~ session", {"dyad": "1"}).diagnose()
        assert found.lag_correlation == pytest.approx(0.44, abs=0.1)
        assert "try residual='ar1'" in str(found)


def test_lags_are_not_made_up_where_time_does_not_say_what_follows() -> None:
    """With two scores at one time, or without a time, there is no next one, and the check says that it was not made."""
    twice = fitted(TWO, "score ~ session + rater", {"dyad": "1"}).diagnose()
    unsaid = fitted(ONE, "score ~ session + mood", {"dyad": "1"}).diagnose()
    for found, why in ((twice, "the same time"), (unsaid, "several columns could be the time")):
        assert np.isnan(found.lag_correlation)
        assert f"was not looked at: {why}" in str(found).replace("some scores of a dyad have ", "")
    assert not np.isnan(fitted(TWO, "score ~ session", {"dyad": "1"}, residual="rater").diagnose().lag_correlation)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), ties=st.booleans())
def test_the_same_rows_in_another_order_are_compared(seed: int, ties: bool) -> None:
    """A likelihood-ratio test does not ask in which order each table came, scores in twelfths included."""
    table = ONE.with_columns(score=(pl.col("score") * (1 if ties else 12)).round(0) / (1 if ties else 12))
    mixed = table[np.random.default_rng(seed).permutation(table.height)]
    small = fitted(table, "score ~ session", {"dyad": "1"}, method="ml")
    large = ("score ~ session * arm", {"therapist": "1", "dyad": "1 + session"})
    expected = compare(small, fitted(table, *large, method="ml"))
    found = compare(small, fitted(mixed, *large, method="ml"))
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-6)
    assert found.mixture == expected.mixture
    bare = fitted(mixed, "score ~ 1", {"dyad": "1"}, method="ml")  # its tied rows can change places
    assert compare(bare, small).df == 1


def test_rows_that_cannot_be_told_apart_are_not_compared() -> None:
    """Where each model has columns of its own and scores are equal, nobody knows which row is which."""
    flat = ONE.with_columns(score=pl.col("score").round(0), week=pl.col("session"))
    one = fitted(flat, "score ~ session", {"dyad": "1"}, method="ml")
    other = fitted(flat.reverse(), "score ~ week + mood", {"dyad": "1"}, method="ml")
    with pytest.raises(InvalidValueError, match="nothing says which row is which"):
        compare(one, other)


def test_other_scores_in_another_order_are_still_other_scores() -> None:
    """The same number of rows is not the same rows."""
    one = fitted(ONE, "score ~ session", {"dyad": "1"})
    moved = ONE.with_columns(score=pl.when(pl.int_range(pl.len()) == 3).then(0.0).otherwise("score")).reverse()
    for table in (moved, ONE.with_columns(dyad=pl.col("dyad").reverse()).reverse()):
        with pytest.raises(InvalidValueError, match="not fitted to the same scores"):
            compare(one, fitted(table, "score ~ session", {"dyad": "1 + session"}))


def test_many_scores_at_an_end_are_a_notice() -> None:
    """A table without a known scale is told of scores that pile up at the highest there is; a panel by its scale."""
    table = ONE.with_columns(score=pl.col("score").clip(None, 4.0))
    share = float((table["score"] == 4.0).mean())  # type: ignore[arg-type]
    assert share > 0.3
    fit = fitted(table, "score ~ session", {"dyad": "1"})
    for said in (str(fit), str(fit.diagnose())):
        assert f"{share:.0%} of scores are the highest one in these data, 4." in said
    roles: Any = {"dyad": "dyad", "session": "session", "score": "score"}
    observed = fitted(Panel.from_frame(table, **roles, higher_is_better=True), "score ~ session", {"dyad": "1"})
    assert "highest one in these data" in str(observed)
    scaled = Panel.from_frame(table, **roles, scale=(-20, 4), higher_is_better=True)
    assert f"{share:.0%} of scores are the highest possible one." in str(
        fitted(scaled, "score ~ session", {"dyad": "1"})
    )
    assert "of scores are the" not in str(fitted(ONE, "score ~ session", {"dyad": "1"}))
