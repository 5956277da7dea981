"""What a fit tells: tests, intervals, sizes, predictions, comparisons, words and figures."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from scipy import stats

from therarel.errors import InvalidValueError, UnknownNameError
from therarel.growth import compare, fit_growth

from ..models import clinic

TABLE = clinic(seed=3, dyads=48)
SLOPES = {"dyad": "1 + session"}
FIT = fit_growth(TABLE, "score ~ session * arm", SLOPES)
NESTED = fit_growth(TABLE, "score ~ session", {"therapist": "1", "dyad": "1 + session"})


def columns(table: Any) -> dict[str, list[Any]]:
    """A result table as lists."""
    found: dict[str, list[Any]] = nw.from_native(table, eager_only=True).to_dict(as_series=False)
    return found


def test_an_ordinary_regression_is_the_limit_of_no_differences() -> None:
    """Without differences between dyads, fixed effects and errors are those of least squares."""
    chance = np.random.default_rng(6)
    dyad = np.repeat(np.arange(30), 5)
    noise = chance.normal(size=150)
    noise -= np.repeat(noise.reshape(30, 5).mean(axis=1), 5)
    session = np.tile(np.arange(5.0), 30)
    table = pl.DataFrame({"dyad": dyad, "session": session, "score": 0.3 * session + noise})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(table, "score ~ session", {"dyad": "1"})
    line = stats.linregress(session, table["score"].to_numpy())
    assert fit.fixed["session"] == pytest.approx(line.slope, rel=1e-8)
    assert fit.standard_errors["session"] == pytest.approx(line.stderr, rel=1e-6)


def test_t_and_f_tests_of_one_effect_agree() -> None:
    """F of a single effect is the square of its t, with the same p, in every approximation."""
    for df in ("satterthwaite", "kenward_roger", "normal"):
        effect = FIT.fixed_effects(df)[1]
        test = FIT.test("session", df)
        assert test.statistic == pytest.approx(effect.t**2, rel=1e-6)
        assert test.p == pytest.approx(effect.p, rel=1e-5)


def test_a_joint_test_counts_its_independent_combinations() -> None:
    """A combination that says the same again adds nothing to a test."""
    weights = [[0, 1, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]]
    found = FIT.test(weights)
    assert found.numerator_df == 2
    assert found.statistic == pytest.approx(FIT.test(["session", "session:arm[T.usual]"]).statistic, rel=1e-6)


def test_profile_intervals_end_where_the_likelihood_ratio_says() -> None:
    """A profile interval is near the Wald interval, holds the estimate, and widens with its level."""
    effect = FIT.fixed_effects("normal")[1]
    profile = FIT.profile("session")
    assert profile.low == pytest.approx(effect.low, abs=0.2 * effect.standard_error)
    assert profile.high == pytest.approx(effect.high, abs=0.2 * effect.standard_error)
    assert FIT.profile("session", level=0.99).high > profile.high
    held = NESTED.profile("session", group="dyad")
    part = next(one for one in NESTED.variance_components() if (one.group, one.term) == ("dyad", "session"))
    assert held.low < part.value < held.high
    assert (held.low, held.high) == pytest.approx((part.low, part.high), rel=0.1)
    assert FIT.profile("", group="residual").estimate == FIT.residual_sds[""]


def test_the_profile_of_a_zero_variance_begins_at_zero() -> None:
    """Where the data allow no difference at all, the interval of the standard deviation begins at zero."""
    fit = fit_growth(clinic(seed=3, dyads=48, therapist_sd=0.05), "score ~ session", {"therapist": "1", "dyad": "1"})
    assert fit.profile("Intercept", group="therapist").low == 0.0


def test_shares_of_variance_add_up() -> None:
    """The shares of therapists, dyads and sessions sum to one, and fixed and random parts explain more than one."""
    assert sum(NESTED.icc().values()) == pytest.approx(1.0)
    assert list(NESTED.icc()) == ["therapist", "dyad", "session"]
    explained = NESTED.r_squared()
    assert 0 <= explained.marginal < explained.conditional < 1


def test_the_share_of_variance_of_intercepts_is_the_textbook_one() -> None:
    """With a random intercept alone the share is tau squared by tau squared plus sigma squared."""
    fit = fit_growth(TABLE, "score ~ session", {"dyad": "1"})
    between, within = float(fit.covariance("dyad")[0, 0]), fit.residual_sds[""] ** 2
    assert fit.icc()["dyad"] == pytest.approx(between / (between + within), rel=1e-8)


def test_standardised_growth_is_the_coefficient_times_duration_by_sd() -> None:
    """Feingold's effect is arithmetic on the coefficient, with its interval."""
    found = FIT.standardised_growth("session:arm[T.usual]", duration=10, sd=0.5)
    assert found.effect == pytest.approx(FIT.fixed["session:arm[T.usual]"] * 20)
    assert found.low < found.effect < found.high
    assert FIT.standardised_growth("session").sd_from != "given"
    with pytest.raises(UnknownNameError, match="did you mean"):
        FIT.standardised_growth("sesion")


def test_comparisons_at_the_edge_use_the_mixture() -> None:
    """One more random effect is tested against half and half of two chi-squared distributions."""
    small = fit_growth(TABLE, "score ~ session * arm", {"dyad": "1"})
    found = small.compare(FIT)
    assert found.mixture == {1: 0.5, 2: 0.5}
    assert found.statistic == pytest.approx(2 * (FIT.log_likelihood - small.log_likelihood))
    tails = 0.5 * stats.chi2.sf(found.statistic, 1) + 0.5 * stats.chi2.sf(found.statistic, 2)
    assert found.p == pytest.approx(float(tails))


def test_fixed_effects_are_compared_by_ml_only() -> None:
    """REML fits with different fixed effects are refused; ML fits are compared by chi-squared."""
    other = fit_growth(TABLE, "score ~ session", SLOPES)
    with pytest.raises(InvalidValueError, match="method='ml'"):
        compare(other, FIT)
    small = fit_growth(TABLE, "score ~ session", SLOPES, method="ml")
    large = fit_growth(TABLE, "score ~ session * arm", SLOPES, method="ml")
    assert compare(large, small).mixture == {2: 1.0}


def test_models_of_other_scores_or_methods_are_not_compared() -> None:
    """A likelihood says nothing about a likelihood of other data or of another kind."""
    small = fit_growth(TABLE, "score ~ session * arm", {"dyad": "1"})
    fewer = fit_growth(TABLE.head(TABLE.height - 5), "score ~ session * arm", SLOPES)
    with pytest.raises(InvalidValueError, match="same scores"):
        compare(small, fewer)
    with pytest.raises(InvalidValueError, match="REML"):
        compare(small, fit_growth(TABLE, "score ~ session * arm", SLOPES, method="ml"))
    with pytest.raises(InvalidValueError, match="equally many"):
        compare(FIT, FIT)


def test_another_coding_of_the_same_fixed_effects_is_the_same_model() -> None:
    """REML likelihoods are comparable where the fixed effects span the same space."""
    moved = TABLE.with_columns(week=pl.col("session") - 3)
    one = fit_growth(moved, "score ~ session", {"dyad": "1"})
    other = fit_growth(moved, "score ~ I(session - 3)", {"dyad": "1 + week"})
    assert compare(one, other).df == 2


def test_predictions_of_known_dyads_are_their_fitted_values() -> None:
    """Known dyads are predicted with their own random effects, new ones without."""
    fitted, predicted = columns(NESTED.fitted()), columns(NESTED.predict(TABLE))
    assert predicted["predicted"] == pytest.approx(fitted["fitted"], abs=1e-8)
    assert predicted["expected"] == pytest.approx(fitted["expected"], abs=1e-8)
    new = columns(NESTED.predict(TABLE.with_columns(dyad=pl.lit("new"), therapist=pl.lit("new"))))
    assert new["predicted"] == new["expected"]
    assert not any(new["dyad_is_known"])


def test_fitted_scores_come_in_the_order_of_the_table() -> None:
    """Shuffled rows keep their numbers, and score less residual is the fitted value."""
    shuffled = TABLE.sample(fraction=1.0, shuffle=True, seed=1)
    found = columns(fit_growth(shuffled, "score ~ session", SLOPES).fitted())
    assert found["row"] == list(range(1, TABLE.height + 1))
    assert found["score"] == shuffled["score"].to_list()
    np.testing.assert_allclose(np.array(found["score"]) - found["residual"], found["fitted"])


def test_a_new_dyads_band_narrows_with_its_scores() -> None:
    """Scores observed so far move the expectation towards them and narrow the band; the words stay modest."""
    plain = FIT.expected_trajectory([4, 5], {"arm": "care"})
    high = float(plain.expected[0]) + 2
    told = FIT.expected_trajectory([4, 5], {"arm": "care"}, observed={0: high, 1: high, 2: high})
    assert np.all(told.high - told.low < plain.high - plain.low)
    assert np.all(told.expected > plain.expected)
    assert np.all(plain.mean_high - plain.mean_low < plain.high - plain.low)
    assert "Compared with this sample" in str(told)
    assert "not a forecast" in str(told)
    assert "outside" in str(FIT.expected_trajectory([50], {"arm": "care"}))


def test_the_band_is_that_of_the_joint_normal_distribution() -> None:
    """Without scores so far the band is x'Cx + z'Sz + the residual variance."""
    found = NESTED.expected_trajectory([2.0])
    x = np.array([1.0, 2.0])
    square = x @ NESTED.fixed_covariance() @ x + x @ NESTED.covariance("dyad") @ x
    square += float(NESTED.covariance("therapist")[0, 0]) + NESTED.residual_sds[""] ** 2
    reach = stats.t.ppf(0.975, found.df[0])
    assert found.high[0] - found.expected[0] == pytest.approx(reach * np.sqrt(square), rel=1e-5)


@pytest.mark.parametrize("residual", ["iid", "ar1"])
def test_simulated_scores_have_the_models_covariance(residual: str) -> None:
    """Scores drawn from the model vary and covary within dyads as the model says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(TABLE, "score ~ session", SLOPES, residual=residual)
    drawn = fit.simulate(3000, seed=1)
    assert drawn.shape == (3000, TABLE.height)
    design = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    expected = design @ fit.covariance("dyad") @ design.T
    lags = np.abs(np.arange(3)[:, None] - np.arange(3))
    phi = fit.phi or 0.0
    expected = expected + fit.residual_sds[""] ** 2 * np.where(lags == 0, 1.0, phi**lags)
    np.testing.assert_allclose(np.cov(drawn[:, :3].T), expected, atol=0.15 * float(expected.max()))
    np.testing.assert_array_equal(drawn, fit.simulate(3000, seed=1))


def test_autocorrelation_that_is_there_is_found() -> None:
    """From scores with AR(1) residuals the autocorrelation comes back, whatever the unit of time."""
    chance = np.random.default_rng(8)
    noise = chance.normal(size=(80, 12))
    for step in range(1, 12):
        noise[:, step] = 0.5 * noise[:, step - 1] + np.sqrt(0.75) * noise[:, step]
    score = noise + chance.normal(size=(80, 1))
    table = pl.DataFrame(
        {"dyad": np.repeat(np.arange(80), 12), "session": np.tile(np.arange(12.0), 80), "score": score.ravel()}
    )
    fit = fit_growth(table, "score ~ session", {"dyad": "1"}, residual="ar1")
    assert fit.phi == pytest.approx(0.5, abs=0.08)
    days = fit_growth(
        table.with_columns(session=7 * pl.col("session")), "score ~ session", {"dyad": "1"}, residual="ar1"
    )
    assert days.phi is not None
    assert days.phi**7 == pytest.approx(fit.phi, rel=1e-3)
    assert days.log_likelihood == pytest.approx(fit.log_likelihood + np.log(7) * 0 - np.log(7), abs=1e-4)


def test_kenward_roger_is_refused_where_it_is_not_defined() -> None:
    """The adjustment is for REML with independent residuals; elsewhere the hint names Satterthwaite."""
    fit = fit_growth(TABLE, "score ~ session", SLOPES, method="ml")
    with pytest.raises(InvalidValueError, match="Satterthwaite"):
        fit.fixed_effects("kenward_roger")
