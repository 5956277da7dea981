"""What a model is fitted to: complete rows, nested groups, time, and what is refused with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from therarel.errors import InvalidValueError, OutOfScopeError, UnknownNameError
from therarel.growth import RankDeficiencyWarning, fit_growth
from therarel.growth.asking.model_matrix import as_products
from therarel.panels import Panel

from ..models import clinic

TABLE = clinic(seed=3, dyads=48)
SLOPES = {"dyad": "1 + session"}


def same(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two sets of fixed effects are equal up to rounding."""
    return bool(np.allclose(list(one.values()), list(other.values()), rtol=1e-6))


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "duckdb", "lazy"])
def test_any_dataframe_gives_the_same_fit(kind: str) -> None:
    """The kind of table does not matter, and results come as that kind."""
    arrow = TABLE.to_arrow()
    tables = {
        "pandas": TABLE.to_pandas(), "pyarrow": arrow, "duckdb": duckdb.from_arrow(arrow), "lazy": TABLE.lazy(),
    }  # fmt: skip
    fit = fit_growth(tables[kind], "score ~ session * arm", SLOPES)
    assert same(fit.fixed, fit_growth(TABLE, "score ~ session * arm", SLOPES).fixed)
    table = fit.summary().to_frame()
    expected: dict[str, type] = {
        "pandas": pd.DataFrame,
        "pyarrow": type(arrow),
        "duckdb": duckdb.DuckDBPyRelation,
        "lazy": pl.DataFrame,
    }
    assert isinstance(table, expected[kind])


def test_a_panel_is_fitted_by_its_own_columns() -> None:
    """A panel's dyads, sessions, scores and covariates are there under the panel's names."""
    panel = Panel.from_frame(
        TABLE, dyad="dyad", session="session", score="score", therapist="therapist", covariates=["arm"],
        scale=(-20, 20), higher_is_better=True,
    )  # fmt: skip
    fit = fit_growth(panel, "score ~ session * arm", {"therapist": "1", "dyad": "1 + session"})
    assert fit.groups == {"dyad": 48, "therapist": 12}
    assert fit.diagnose().at_ceiling == 0.0


def test_incomplete_rows_are_left_out_and_listed() -> None:
    """A row with a missing value is not used, and its number in the table is told."""
    holes = TABLE.with_columns(
        score=pl.when(pl.int_range(pl.len()) == 4).then(None).otherwise(pl.col("score")),
        session=pl.when(pl.int_range(pl.len()) == 9).then(float("nan")).otherwise(pl.col("session")),
    )
    fit = fit_growth(holes, "score ~ session", SLOPES)
    assert fit.incomplete == (5, 10)
    assert fit.n_scores == TABLE.height - 2
    assert "2 rows" in str(fit.summary())


def test_dates_count_days_since_the_first_one_of_the_dyad() -> None:
    """With dates as time, the slope is per day and each dyad begins at zero."""
    start = date(2024, 1, 8)
    dated = TABLE.with_columns(
        session=pl.Series([start + timedelta(weeks=int(week)) for week in TABLE["session"]], dtype=pl.Date)
    )
    by_week, by_day = fit_growth(TABLE, "score ~ session", SLOPES), fit_growth(dated, "score ~ session", SLOPES)
    assert by_day.fixed["session"] * 7 == pytest.approx(by_week.fixed["session"], rel=1e-6)
    assert by_day.fixed["Intercept"] == pytest.approx(by_week.fixed["Intercept"], rel=1e-6)
    assert "days" in str(by_day.summary())


def test_a_dyad_with_two_therapists_is_refused() -> None:
    """Crossed groups are not averaged: the reason and what to do instead are told."""
    crossed = TABLE.with_columns(
        therapist=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("T9")).otherwise(pl.col("therapist"))
    )
    with pytest.raises(OutOfScopeError, match=r"cross.*new therapist begins a new course"):
        fit_growth(crossed, "score ~ session", {"therapist": "1", "dyad": "1"})


def test_therapists_in_one_arm_only_are_partially_nested() -> None:
    """Rows of the other arm need no therapist where the therapist's effect does not reach."""
    table = TABLE.with_columns(treated=(pl.col("therapist").str.slice(1).cast(pl.Int64) < 6).cast(pl.Int64))
    partly = table.with_columns(therapist=pl.when(pl.col("treated") == 1).then(pl.col("therapist")))
    random = {"therapist": "0 + treated", "dyad": "1 + session"}
    fit, whole = fit_growth(partly, "score ~ session", random), fit_growth(table, "score ~ session", random)
    assert fit.n_scores == TABLE.height
    assert fit.groups["therapist"] == 6
    assert fit.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)


def test_dependent_fixed_effects_are_left_out_with_a_warning() -> None:
    """A column that others determine is named and dropped; the fit is that without it."""
    table = TABLE.with_columns(twice=2 * pl.col("session") + 1)
    with pytest.warns(RankDeficiencyWarning, match="twice"):
        fit = fit_growth(table, "score ~ session + twice", SLOPES)
    assert same(fit.fixed, fit_growth(TABLE, "score ~ session", SLOPES).fixed)


def test_two_raters_have_intercepts_and_slopes_of_their_own() -> None:
    """The dyadic model: effects of client and therapist, correlated, each with a residual variance and a series."""
    chance = np.random.default_rng(4)
    dyad, session, role = (part.ravel() for part in np.meshgrid(np.arange(40), np.arange(6.0), [0, 1], indexing="ij"))
    shared = chance.normal(size=(40, 1)) + 0.7 * chance.normal(size=(40, 2))
    score = 5 + shared[dyad, role] + 0.1 * session + np.where(role == 0, 0.3, 0.6) * chance.normal(size=len(dyad))
    table = pl.DataFrame(
        {"dyad": dyad, "session": session, "rater": np.where(role == 0, "client", "therapist"), "score": score}
    )
    fit = fit_growth(table, "score ~ 0 + rater + rater:session", {"dyad": "0 + rater"}, residual=("ar1", "rater"))
    assert fit.residual_sds["therapist"] > 1.5 * fit.residual_sds["client"]
    covariance = fit.covariance("dyad")
    assert 0.2 < covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]) < 0.95
    with pytest.raises(InvalidValueError, match=r"\('ar1', 'rater'\)"):
        fit_growth(table, "score ~ 0 + rater", {"dyad": "1"}, residual="ar1", time="session")


@pytest.mark.parametrize(
    ("formula", "random", "words"),
    [
        ("score", {"dyad": "1"}, "tilde"),
        ("score ~ session", {}, "one or two"),
        ("score ~ session", {"dyad": "1 + session + I(session**2) + I(session**3) + arm"}, "as many random effects"),
        ("score ~ log(session)", {"dyad": "1"}, "not finite"),
        ("score ~ session", {"arm": "1 + session", "dyad": "1 + 0"}, "no random effect"),
        ("score ~ session", {"dyad": "1 + session + I(2 * session + 1)"}, "depend on each other"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_reason(formula: str, random: dict[str, str], words: str) -> None:
    """Each refusal says what is wrong."""
    with pytest.raises(InvalidValueError, match=words):
        fit_growth(TABLE, formula, random)


def test_unknown_columns_are_named_with_the_nearest_one() -> None:
    """A misspelt column is met with the one that is probably meant."""
    with pytest.raises(UnknownNameError, match="did you mean 'session'"):
        fit_growth(TABLE, "score ~ sesion", {"dyad": "1"})


def test_scores_that_random_effects_reproduce_are_refused() -> None:
    """Scores carried forward leave no residual variance, and the likelihood would have no maximum."""
    flat = TABLE.with_columns(score=pl.col("score").first().over("dyad"))
    with pytest.raises(InvalidValueError, match=r"no residual variance|nothing is left"):
        fit_growth(flat, "score ~ session", {"dyad": "1"})


def test_a_column_without_values_is_named() -> None:
    """Where no row is complete, the message says which column holds nothing."""
    unknown = TABLE.with_columns(therapist=pl.lit(None, dtype=pl.String))
    with pytest.raises(InvalidValueError, match="nothing is known in therapist"):
        fit_growth(unknown, "score ~ session", {"therapist": "1", "dyad": "1"})


def test_a_panel_of_dates_counts_days() -> None:
    """A panel with dated sessions has days since each dyad's first session as its time."""
    days = [date(2024, 1, 8) + timedelta(weeks=int(week)) for week in TABLE["session"]]
    panel = Panel.from_arrays(
        TABLE["dyad"].to_list(), days, TABLE["score"].to_list(), scale=(-20, 20), higher_is_better=True, index="dated"
    )
    by_day = fit_growth(panel, "score ~ session", SLOPES)
    by_week = fit_growth(TABLE, "score ~ session", SLOPES)
    assert by_day.fixed["session"] * 7 == pytest.approx(by_week.fixed["session"], rel=1e-6)


def test_one_dyad_is_not_a_sample() -> None:
    """Random effects need groups to differ."""
    with pytest.raises(InvalidValueError, match="two groups"):
        fit_growth(TABLE.filter(pl.col("dyad") == "C000"), "score ~ session", {"dyad": "1"})


@pytest.mark.parametrize(
    "formula", ["1", "session", "0 + session", "session * week", "1 + session + session:week:dose"]
)
def test_plain_terms_are_those_of_the_formula_library(formula: str) -> None:
    """Products of numeric columns are made without evaluating a formula, with the same names, order and values."""
    from formulaic import Formula  # type: ignore[import-untyped]  # it ships no types

    frame = pd.DataFrame({"session": [0, 1, 2], "week": [0.5, 1.5, 4.0], "dose": [3, 1, 2]})
    plain = as_products(formula, frame)
    assert plain is not None
    expected = Formula(formula).get_model_matrix(frame)
    assert list(plain.names) == list(expected.columns)
    np.testing.assert_array_equal(plain.columns(frame).T, expected.to_numpy())
    assert as_products(f"{formula} + log(week)", frame) is None


def test_a_column_of_numbers_does_not_become_one_of_words() -> None:
    """New rows with words where the model was fitted to numbers are refused, not coded anew."""
    table = TABLE.with_columns(usual=(pl.col("arm") == "usual").cast(pl.Int64))
    fit = fit_growth(table, "score ~ session * usual", SLOPES)
    with pytest.raises(InvalidValueError, match="cannot be applied"):
        fit.predict(table.with_columns(usual=pl.lit("yes")))


def test_rows_that_nothing_tells_apart_are_named() -> None:
    """Rows that are there twice, and two people's answers in one column, are counted in the summary."""
    twice = pl.concat([TABLE, TABLE.head(7)])
    assert "7 rows have the 'dyad', the time and the predictors" in str(
        fit_growth(twice, "score ~ session", {"dyad": "1"})
    )
    both = pl.concat([TABLE.with_columns(rater=pl.lit(word)) for word in ("client", "therapist")])
    pooled, apart = (
        fit_growth(both, f"score ~ session{more}", {"dyad": "1"}, time="session") for more in ("", " + rater")
    )
    assert f"{len(TABLE)} rows have the 'dyad'" in str(pooled)
    assert "of another row" not in str(apart)
    assert "of another row" not in str(fit_growth(TABLE, "score ~ session", {"dyad": "1"}))


def test_a_column_of_a_panel_is_known_by_its_name_in_the_table() -> None:
    """Who gives a panel's model the name that a column had in the file is told what it is called."""
    panel = Panel.from_frame(TABLE.rename({"score": "wai"}), score="wai", scale=(1, 7), higher_is_better=True)
    with pytest.raises(UnknownNameError, match="in a panel this column is called 'score'"):
        fit_growth(panel, "wai ~ session", {"dyad": "1"})
