"""Profile intervals of correlations, autocorrelation and variance ratios end where the likelihood ratio says."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from therarel.errors import InvalidValueError, UnknownNameError
from therarel.growth import GrowthFit, ProfileInterval, fit_growth
from therarel.growth.inference.profile_likelihood import ProfileDistance, profile_interval

from ..models import Floats, clinic
from ..test_oracles import fitted, table

SLOPES = {"dyad": "1 + session"}


def quietly(data: pl.DataFrame, formula: str, random: dict[str, str], residual: str | tuple[str, ...]) -> GrowthFit:
    """A fit that may be at a boundary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_growth(data, formula, random, residual=residual)


def serial(*, phi: float = 0.5, dyads: int = 30, uneven: bool = False, seed: int = 8) -> pl.DataFrame:
    """Scores of two raters with autocorrelated residuals, the second rater's larger."""
    chance = np.random.default_rng(seed)
    gaps = chance.uniform(0.3, 2.5, (dyads, 9)) if uneven else np.ones((dyads, 9))
    time = np.concatenate([np.zeros((dyads, 1)), np.cumsum(gaps, axis=1)], axis=1)
    noise = chance.normal(size=(2, dyads, 10))
    for step in range(1, 10):
        pull = phi ** gaps[:, step - 1]
        noise[:, :, step] = pull * noise[:, :, step - 1] + np.sqrt(1 - pull**2) * noise[:, :, step]
    noise[1] *= 1.5
    score = chance.normal(size=(1, dyads, 1)) + noise
    rater, dyad, _ = np.meshgrid(["client", "therapist"], np.arange(dyads), np.arange(10), indexing="ij")
    return pl.DataFrame(
        {
            "rater": rater.ravel(), "dyad": dyad.ravel(), "session": np.tile(time.ravel(), 2), "score": score.ravel(),
        }
    )  # fmt: skip


def rise(fit: GrowthFit, of: Callable[[Floats], float], held: float) -> float:
    """How much the deviance rises with a function of the parameters held, by another program's constrained search."""
    best = fit.optimum.point

    def value(parameters: Floats) -> tuple[float, Floats]:
        seen = fit.model.at(parameters)
        return seen.deviance - best.deviance, seen.gradient

    held_there: Any = {"type": "eq", "fun": lambda x: of(x) - held}
    found = [
        minimize(
            value, best.parameters * scale, jac=True, method="SLSQP", constraints=[held_there],
            options={"ftol": 1e-12, "maxiter": 500},
        )
        for scale in (1.0, 1.1)
    ]  # fmt: skip
    return float(min(one.fun for one in found if abs(of(one.x) - held) < 1e-6))


def correlation(fit: GrowthFit, level: int, first: int, second: int) -> Callable[[Floats], float]:
    """A correlation of random effects as a function of the parameters."""

    def of(parameters: Floats) -> float:
        factor = fit.model.factors(parameters)[level]
        matrix = fit.units.covariance(factor @ factor.T, level)
        return float(matrix[first, second] / np.sqrt(matrix[first, first] * matrix[second, second]))

    return of


def bent() -> GrowthFit:
    """A fit with three random effects per dyad."""
    chance = np.random.default_rng(2)
    dyad, session = np.repeat(np.arange(50), 8), np.tile(np.arange(8.0), 50)
    effects = chance.normal(size=(50, 3)) * [0.8, 0.3, 0.06]
    score = effects[dyad, 0] + effects[dyad, 1] * session + effects[dyad, 2] * session**2
    data = pl.DataFrame({"dyad": dyad, "session": session, "score": score + 0.5 * chance.normal(size=400)})
    return fit_growth(data, "score ~ session", {"dyad": "1 + session + I(session**2)"})


@pytest.mark.parametrize(
    ("name", "group", "names"),
    [
        ("two_level__slope", "client", ("Intercept", "session")),
        ("two_level__quad", "client", ("session", "Intercept")),
        ("three_level__slope", "client", ("Intercept", "session")),
        ("dyad__two_intercepts", "dyad", ("client", "therapist")),
        ("bent", "dyad", ("Intercept", "I(session ** 2)")),
        ("bent", "dyad", ("session", "I(session ** 2)")),
    ],
)
def test_the_ends_of_a_correlation_are_where_the_likelihood_ratio_says(
    name: str, group: str, names: tuple[str, str]
) -> None:
    """With the correlation held at an end, the deviance is worse by the quantile of chi-squared, or less at a limit."""
    fit = bent() if name == "bent" else fitted(name, "reml")[0]
    index, terms = fit.level_terms(group)
    of = correlation(fit, index, terms.index(names[0]), terms.index(names[1]))
    found = fit.profile(names[0], group, other=names[1])
    assert found.low < found.estimate < found.high
    assert found.estimate == pytest.approx(of(fit.optimum.point.parameters), abs=1e-8)
    for end in (found.low, found.high):
        if abs(end) < 1.0:
            assert rise(fit, of, end) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-3)
        else:
            assert "limit" in found.remark
            assert rise(fit, of, end * 0.9999) < stats.chi2.ppf(0.95, 1)


def rise_of_sd(fit: GrowthFit, level: int | None, term: int, held: float) -> float:
    """How much the deviance rises with a standard deviation held, over all parameters and the residual variance."""
    best = fit.optimum.point

    def value(free: Floats) -> tuple[float, Floats]:
        seen = fit.model.at(free[:-1], variance=float(np.exp(free[-1])))
        by_log = seen.evaluation.df - seen.evaluation.rss / np.exp(free[-1])
        return seen.deviance - best.deviance, np.append(seen.gradient, by_log)

    def of(free: Floats) -> float:
        if level is None:
            return float(0.5 * free[-1] + np.log(fit.units.score_scale))
        factor = fit.model.factors(free[:-1])[level]
        return float(0.5 * np.log(np.exp(free[-1]) * fit.units.covariance(factor @ factor.T, level)[term, term]))

    same: Any = {"type": "eq", "fun": lambda free: of(free) - np.log(held)}
    start = np.append(best.parameters, np.log(best.evaluation.variance))
    found = minimize(
        value, start, jac=True, method="SLSQP", constraints=[same], options={"ftol": 1e-12, "maxiter": 500}
    )
    assert abs(of(found.x) - np.log(held)) < 1e-6
    return float(found.fun)


@pytest.mark.parametrize("name", ["two_level__slope", "three_level__slope"])
def test_the_ends_of_a_standard_deviation_are_where_the_likelihood_ratio_says(name: str) -> None:
    """Of random effects and of residuals, at every end that is no limit the deviance is worse by the quantile."""
    fit = fitted(name, "reml")[0]
    wanted = [(group, term) for group in fit.groups for term in fit.level_terms(group)[1]]
    for group, term in [*wanted, ("residual", "")]:
        found = fit.profile(term, group)
        level, place = (None, 0) if group == "residual" else (fit.level_terms(group)[0], 0)
        if level is not None:
            place = fit.level_terms(group)[1].index(term)
        assert found.low < found.estimate < found.high
        assert (found.low == 0.0) == ("0 is not rejected" in found.remark)
        for end in (found.low, found.high):
            if end > 0.0:
                assert rise_of_sd(fit, level, place, end) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-3)


@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize("residual", ["ar1", ("ar1", "rater")])
def test_the_ends_of_the_autocorrelation_are_where_the_likelihood_ratio_says(
    uneven: bool, residual: str | tuple[str, ...]
) -> None:
    """At the ends of the interval of phi the deviance is worse by the quantile of chi-squared."""
    data = serial(uneven=uneven)
    if residual == "ar1":
        data = data.filter(pl.col("rater") == "client")
    fit = fit_growth(data, "score ~ session", {"dyad": "1"}, residual=residual)
    found = fit.profile("phi", "residual", level=0.9)
    assert fit.phi is not None
    assert 0.0 < found.low < fit.phi < found.high < 1.0

    def of(parameters: Floats) -> float:
        return fit.model.residuals.phi(fit.model.residual_parameters(parameters)) or 0.0

    for end in (found.low, found.high):
        assert rise(fit, of, end) == pytest.approx(stats.chi2.ppf(0.9, 1), abs=1e-3)


def test_the_unit_of_time_changes_the_interval_of_phi_as_it_changes_phi() -> None:
    """Over seven days there is as much autocorrelation as over a week, at the ends of the interval too."""
    data = serial().filter(pl.col("rater") == "client")
    weeks = fit_growth(data, "score ~ session", {"dyad": "1"}, residual="ar1").profile("phi", "residual")
    days = fit_growth(
        data.with_columns(session=7 * pl.col("session")), "score ~ session", {"dyad": "1"}, residual="ar1"
    ).profile("phi", "residual")
    assert (days.low**7, days.high**7) == pytest.approx((weeks.low, weeks.high), rel=1e-3)


def test_an_autocorrelation_of_zero_is_the_limit_of_its_interval() -> None:
    """Where no autocorrelation is found the interval begins at zero and says that this is a limit."""
    fit = quietly(table("two_level"), "wai ~ session * arm", {"client": "1 + session"}, "ar1")
    found = fit.profile("phi", "residual")
    assert found.estimate == found.low == 0.0
    assert 0.0 < found.high < 0.2
    assert found.remark == "The lower end is the limit of what is possible: 0 is not rejected."


def test_the_ends_of_a_variance_ratio_are_where_the_likelihood_ratio_says() -> None:
    """At the ends the deviance is worse by the quantile of chi-squared, and the other way round is one by the ratio."""
    fit = fit_growth(table("dyad"), "wai ~ 0 + role + role:session", {"dyad": "0 + role"}, residual="role")
    found = fit.profile("therapist", "residual", other="client")
    assert found.estimate == pytest.approx((fit.residual_sds["therapist"] / fit.residual_sds["client"]) ** 2)
    for end in (found.low, found.high):
        height = rise(fit, lambda x: float(2 * x[-1]), float(np.log(end)))
        assert height == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-3)
    turned = fit.profile("client", "residual", other="therapist")
    assert (1 / turned.high, 1 / turned.low) == pytest.approx((found.low, found.high), rel=1e-5)


def test_any_two_of_several_classes_have_a_ratio() -> None:
    """The ratio of two classes of which none is the first is found with the others free, and holds the truth."""
    chance = np.random.default_rng(4)
    kind = np.tile(np.repeat(["a", "b", "c"], 6), 30)
    size = np.select([kind == "a", kind == "b"], [0.3, 0.6], 1.2)
    data = pl.DataFrame(
        {
            "dyad": np.repeat(np.arange(30), 18), "session": np.tile(np.arange(6.0), 90), "kind": kind,
            "score": np.repeat(chance.normal(size=30), 18) + size * chance.normal(size=540),
        }
    )  # fmt: skip
    fit = fit_growth(data, "score ~ session", {"dyad": "1"}, residual="kind")
    found = fit.profile("c", "residual", other="b")
    assert found.low < 4.0 < found.high
    assert rise(fit, lambda x: float(2 * (x[-1] - x[-2])), float(np.log(found.low))) == pytest.approx(3.8415, abs=1e-3)
    with pytest.raises(InvalidValueError, match="two classes"):
        fit.profile("c", "residual", other="c")
    with pytest.raises(UnknownNameError):
        fit.profile("d", "residual", other="c")


def test_a_zero_variance_has_no_correlation() -> None:
    """Where a variance is zero there is no interval, and the reason is told."""
    chance = np.random.default_rng(3)
    session = np.arange(5.0)
    own = np.stack([np.ones(5), session - 2.0])
    noise = chance.normal(size=(20, 5))
    noise -= noise @ own.T / np.sum(own**2, axis=1) @ own  # no dyad has a level or a slope of its own by chance
    score = 4.0 + chance.normal(size=(20, 1)) + 0.1 * session + noise
    data = pl.DataFrame({"dyad": np.repeat(np.arange(20), 5), "session": np.tile(session, 20), "score": score.ravel()})
    fit = quietly(data, "score ~ session", SLOPES, "iid")
    assert fit.covariance("dyad")[1, 1] == pytest.approx(0.0, abs=1e-12)
    found = fit.profile("Intercept", "dyad", other="session")
    assert np.isnan([found.estimate, found.low, found.high]).all()
    assert found.remark == "The variance of session is estimated as zero: there is no correlation to estimate."


def test_a_correlation_at_its_boundary_is_the_end_of_its_interval() -> None:
    """Where a correlation is estimated as one, the interval ends there and says so."""
    chance = np.random.default_rng(0)
    dyad, session = np.repeat(np.arange(30), 4), np.tile(np.arange(4.0), 30)
    own = chance.normal(size=30)
    score = own[dyad] * (1 + 0.3 * session) + 0.3 * chance.normal(size=120)
    fit = quietly(pl.DataFrame({"dyad": dyad, "session": session, "score": score}), "score ~ session", SLOPES, "iid")
    found = fit.profile("Intercept", "dyad", other="session")
    assert found.high == 1.0
    assert 0.5 < found.low < 1.0
    assert "1 is not rejected" in found.remark
    of = correlation(fit, 0, 0, 1)
    assert rise(fit, of, found.low) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-3)


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_a_wider_level_gives_a_wider_interval(seed: int) -> None:
    """An interval holds its estimate, and that of a higher level holds it."""
    fit = quietly(clinic(dyads=30, seed=seed), "score ~ session", SLOPES, "iid")
    narrow = fit.profile("Intercept", "dyad", 0.5, other="session")
    wide = fit.profile("Intercept", "dyad", 0.9, other="session")
    if np.isnan(narrow.estimate):
        assert "no correlation" in narrow.remark
    else:
        assert -1 <= wide.low <= narrow.low <= narrow.estimate <= narrow.high <= wide.high <= 1


def test_an_end_that_is_not_found_is_not_a_number_and_says_so() -> None:
    """Where the likelihood with a value held cannot be computed, there is no end rather than a wrong one."""
    lost = ProfileDistance(lambda held: lambda free: (1e300, np.zeros_like(free)), np.zeros(2), -10.0, 0.95)
    found = profile_interval("lost", 0.0, lost, ((0.0, (-1.0,)), (0.0, (1.0,))), (-1.0, 1.0))
    assert np.isnan([found.low, found.high]).all()
    assert found.remark.count("was not found") == 2


def test_what_a_model_does_not_have_has_no_interval() -> None:
    """Unknown effects and classes, the same effect twice, and autocorrelation of an iid model are refused."""
    fit = fitted("two_level__slope", "reml")[0]
    with pytest.raises(UnknownNameError, match="did you mean"):
        fit.profile("Intercept", "client", other="sesion")
    with pytest.raises(InvalidValueError, match="two random effects"):
        fit.profile("session", "client", other="session")
    with pytest.raises(InvalidValueError, match="residual='ar1'"):
        fit.profile("phi", "residual")
    with pytest.raises(InvalidValueError, match="level"):
        fit.profile("session", level=95)


def test_a_plain_interval_has_no_remark() -> None:
    """An interval within its limits says nothing more."""
    assert ProfileInterval("session", 0.1, 0.0, 0.2).remark == ""
