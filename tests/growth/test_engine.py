"""Models fitted where the table is: only sums per dyad travel."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from therarel.errors import InvalidValueError, OutOfScopeError, UnknownNameError
from therarel.growth import GrowthFit, RankDeficiencyWarning, fit_growth, fit_growth_in_engine

from ..detection.engines.conftest import Engine
from .models import clinic

TABLE = clinic(seed=3, dyads=48).with_columns(usual=(pl.col("arm") == "usual").cast(pl.Int64))
FORMULA = "score ~ session * usual"
MODELS = [
    {"dyad": "1 + session"},
    {"therapist": "1", "dyad": "1 + session"},
    {"therapist": "1 + session", "dyad": "1"},
]


def agree(found: GrowthFit, plain: GrowthFit) -> None:
    """Two fits say the same."""
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(list(found.fixed.values()), list(plain.fixed.values()), rtol=1e-6)
    np.testing.assert_allclose(list(found.standard_errors.values()), list(plain.standard_errors.values()), rtol=1e-6)
    for group in found.groups:
        np.testing.assert_allclose(found.covariance(group), plain.covariance(group), rtol=1e-4, atol=1e-8)
    assert [one.freedom for one in found.fixed_effects()] == pytest.approx(
        [one.freedom for one in plain.fixed_effects()], rel=1e-3
    )
    assert found.icc() == pytest.approx(plain.icc(), rel=1e-4)


@pytest.mark.parametrize("random", MODELS)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_an_engines_sums_give_the_fit_of_the_rows(engine: str, random: dict[str, str]) -> None:
    """Fixed effects, errors, variances and likelihood are those of the fit that saw the rows."""
    lazy = TABLE.lazy() if engine == "polars" else duckdb.from_arrow(TABLE.to_arrow())
    agree(fit_growth_in_engine(lazy, FORMULA, random), fit_growth(TABLE, FORMULA, random))


def test_a_large_offset_loses_no_digits() -> None:
    """Columns are centred in the engine first, so that dates as large numbers do no harm."""
    moved = TABLE.with_columns(session=pl.col("session") / 100 + 1e6, score=pl.col("score") + 1e5)
    additive = "score ~ session + usual"
    found = fit_growth_in_engine(moved.lazy(), additive, {"dyad": "1 + session"})
    plain = fit_growth(TABLE, additive, {"dyad": "1 + session"})
    assert found.fixed["session"] / 100 == pytest.approx(plain.fixed["session"], rel=1e-5)


def test_columns_that_sums_cannot_tell_apart_are_named() -> None:
    """A column that others determine is left out with a warning, as in `fit_growth`."""
    twice = TABLE.with_columns(twice=2 * pl.col("session") + 1)
    with pytest.warns(RankDeficiencyWarning, match="twice"):
        found = fit_growth_in_engine(twice.lazy(), "score ~ session + twice", {"dyad": "1"})
    assert list(found.fixed) == ["Intercept", "session"]


def test_incomplete_rows_stay_out() -> None:
    """Rows with a missing value are filtered by the engine."""
    holes = TABLE.with_columns(score=pl.when(pl.int_range(pl.len()) % 7 > 0).then(pl.col("score")))
    found = fit_growth_in_engine(holes.lazy(), FORMULA, {"dyad": "1"})
    assert found.n_scores == holes["score"].count()
    assert found.log_likelihood == pytest.approx(fit_growth(holes, FORMULA, {"dyad": "1"}).log_likelihood, abs=1e-6)


def test_what_needs_rows_is_refused_with_the_reason() -> None:
    """Residuals, figures and simulation say that the rows stayed in the engine."""
    found = fit_growth_in_engine(TABLE.lazy(), FORMULA, {"dyad": "1"})
    for ask in (found.fitted, found.draw, found.diagnose, lambda: found.simulate(seed=1)):
        with pytest.raises(InvalidValueError, match="rows stayed"):
            ask()
    assert "rows stayed" in str(found.summary())


@pytest.mark.parametrize("formula", ["score ~ session + arm", "score ~ I(session**2)", "score ~ log(session + 1)"])
def test_terms_are_products_of_numeric_columns(formula: str) -> None:
    """What the engine has to compute first is said."""
    with pytest.raises(InvalidValueError, match="products of numeric columns"):
        fit_growth_in_engine(TABLE.lazy(), formula, {"dyad": "1"})


def test_crossed_groups_and_unknown_columns_are_refused_here_too() -> None:
    """The refusals are those of `fit_growth`."""
    crossed = TABLE.with_columns(
        therapist=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("T9")).otherwise("therapist")
    )
    with pytest.raises(OutOfScopeError, match="cross"):
        fit_growth_in_engine(crossed.lazy(), FORMULA, {"therapist": "1", "dyad": "1"})
    with pytest.raises(UnknownNameError):
        fit_growth_in_engine(TABLE.lazy(), "score ~ sesion", {"dyad": "1"})


@pytest.mark.spark
@pytest.mark.parametrize("random", MODELS)
def test_a_small_clinic_is_fitted_where_spark_holds_it(spark: Engine, random: dict[str, str]) -> None:
    """Fixed effects, errors, variances and likelihood are those of the fit that saw the rows."""
    frame: Any = spark.table(TABLE)
    agree(fit_growth_in_engine(frame, FORMULA, random), fit_growth(TABLE, FORMULA, random))


@pytest.mark.spark
def test_only_sums_of_a_small_clinic_leave_spark(spark: Engine) -> None:
    """Each query that is run is an aggregation by Spark's own operators: its answer is sums, and no row goes to Python."""
    frame: Any = spark.table(TABLE)
    store = frame.sparkSession._jsparkSession.sharedState().statusStore()
    before = store.executionsCount()
    fit_growth_in_engine(frame, FORMULA, {"therapist": "1", "dyad": "1 + session"})
    frame.sparkSession.sparkContext._jsc.sc().listenerBus().waitUntilEmpty()
    ran = store.executionsList()
    plans = [ran.apply(k).physicalPlanDescription() for k in range(before, store.executionsCount())]
    assert len(plans) == 4
    for plan in plans:
        assert "HashAggregate" in plan
        assert not any(word in plan for word in ("EvalPython", "InPandas", "InArrow", "PythonUDF"))
