"""Fits beside those of lme4 and nlme to the same data."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
import pytest

from therarel.growth import GrowthFit, fit_growth

from .models import dense_deviance

ORACLES = Path(__file__).parent / "oracles"
METHODS: tuple[Literal["reml", "ml"], ...] = ("reml", "ml")
MODELS: dict[str, tuple[str, dict[str, str]]] = {
    "two_level__slope": ("wai ~ session * arm", {"client": "1 + session"}),
    "two_level__intercept": ("wai ~ session", {"client": "1"}),
    "two_level__quad": ("wai ~ session + I(session**2)", {"client": "1 + session"}),
    "three_level__int": ("wai ~ session", {"therapist": "1", "client": "1"}),
    "three_level__slope": ("wai ~ session", {"therapist": "1 + session", "client": "1 + session"}),
    "dyad__two_intercepts": (
        "wai ~ 0 + client + therapist + client:session + therapist:session",
        {"dyad": "0 + client + therapist"},
    ),
}


def table(name: str) -> pl.DataFrame:
    """The data of an oracle, with an indicator for each rater."""
    found = pl.read_csv(ORACLES / f"{name}.csv", null_values=["NA", ""])
    if name == "dyad":
        found = found.with_columns(
            client=(pl.col("role") == "client").cast(pl.Int64), therapist=(pl.col("role") == "therapist").cast(pl.Int64)
        )
    return found


def fitted(name: str, method: Literal["reml", "ml"]) -> tuple[GrowthFit, dict[str, Any]]:
    """Our fit, and what the other program says."""
    oracle = json.loads((ORACLES / f"{name}.json").read_text("utf-8"))[method.upper()]
    formula, random = MODELS[name]
    return fit_growth(table(name.partition("__")[0]), formula, random, method=method), oracle


def ours(fit: GrowthFit, group: str) -> str:
    """Our name of an lme4 group: the column of nested groups that has as many values."""
    return group if group in fit.groups else next(name for name in group.split(":") if name == "client")


def term(name: str) -> str:
    """Our name of an lme4 term."""
    return "Intercept" if name == "(Intercept)" else name


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_fixed_effects_and_their_errors_are_those_of_lme4(name: str, method: Literal["reml", "ml"]) -> None:
    """Estimates and standard errors agree to five digits, and there are as many scores."""
    fit, oracle = fitted(name, method)
    np.testing.assert_allclose(list(fit.fixed.values()), list(oracle["fixef"].values()), rtol=1e-5, atol=1e-12)
    np.testing.assert_allclose(list(fit.standard_errors.values()), list(oracle["se"].values()), rtol=1e-5)
    assert fit.n_scores == oracle["n_obs"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_variances_are_those_of_lme4(name: str, method: Literal["reml", "ml"]) -> None:
    """Each variance and covariance agrees to four digits."""
    fit, oracle = fitted(name, method)
    terms = {level.grouping.name: level.terms for level in fit.design.levels}
    for row in oracle["varcomp"]:
        if row["grp"] == "Residual":
            found = fit.residual_sds[""] ** 2
        else:
            group = ours(fit, row["grp"])
            first = terms[group].index(term(row["var1"]))
            second = terms[group].index(term(row.get("var2", row["var1"])))
            found = float(fit.covariance(group)[first, second])
        assert found == pytest.approx(row["vcov"], rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_the_likelihood_is_as_high_as_that_of_lme4_and_true(name: str, method: Literal["reml", "ml"]) -> None:
    """The log-likelihood is not below lme4's, equals a dense evaluation, and gives the same AIC and BIC."""
    fit, oracle = fitted(name, method)
    assert fit.log_likelihood >= oracle["logLik"] - 1e-6
    point = fit.optimum.point
    assert point.deviance == pytest.approx(dense_deviance(fit.model, point.parameters), abs=1e-6)
    assert fit.log_likelihood == pytest.approx(oracle["logLik"], abs=1e-6)
    assert (fit.aic, fit.bic) == pytest.approx((oracle["AIC"], oracle["BIC"]), abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", MODELS)
def test_random_effects_are_those_of_lme4(name: str, method: Literal["reml", "ml"]) -> None:
    """The predicted effects of every dyad and therapist agree."""
    fit, oracle = fitted(name, method)
    for group, rows in oracle["blups"].items():
        own = ours(fit, group)
        table_of_effects = fit.random_effects(own)
        assert isinstance(table_of_effects, pl.DataFrame)
        effects = table_of_effects.select(own, "term", "effect").rows()
        found = {(label, name): effect for label, name, effect in effects}
        for row in rows:
            parts = str(row["group"]).split(":")
            label = parts[group.split(":").index(own)] if ":" in group else parts[0]
            for key, value in row.items():
                if key not in ("group", "_row"):
                    assert found[label, term(key)] == pytest.approx(value, abs=5e-6)


def test_autocorrelation_is_that_of_nlme() -> None:
    """With a continuous-time AR(1) the fit is nlme's, which finds no autocorrelation here."""
    oracle = json.loads((ORACLES / "nlme_extras.json").read_text("utf-8"))["own_2level_lme_corCAR1"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(table("two_level"), "wai ~ session * arm", {"client": "1 + session"}, residual="ar1")
    assert fit.log_likelihood >= oracle["logLik"] - 1e-6
    assert fit.log_likelihood == pytest.approx(oracle["logLik"], abs=1e-5)
    assert fit.phi == pytest.approx(oracle["corr"]["Phi"], abs=1e-6)
    np.testing.assert_allclose(list(fit.fixed.values()), list(oracle["fixef"].values()), rtol=1e-5)
    np.testing.assert_allclose(list(fit.standard_errors.values()), list(oracle["se"].values()), rtol=1e-5)


def test_unequal_variances_are_those_of_nlme() -> None:
    """A residual variance per rater gives nlme's fit, at a likelihood not below its own."""
    oracle = json.loads((ORACLES / "nlme_extras.json").read_text("utf-8"))["own_dyad_lme_varIdent"]
    fit = fit_growth(table("dyad"), "wai ~ 0 + role + role:session", {"dyad": "0 + role"}, residual="role")
    assert fit.log_likelihood >= oracle["logLik"] - 1e-6
    assert fit.log_likelihood == pytest.approx(oracle["logLik"], abs=1e-5)
    np.testing.assert_allclose(list(fit.fixed.values()), list(oracle["fixef"].values()), rtol=1e-5)
    np.testing.assert_allclose(list(fit.standard_errors.values()), list(oracle["se"].values()), rtol=1e-5)
    ratio = fit.residual_sds["therapist"] / fit.residual_sds["client"]
    assert ratio == pytest.approx(oracle["varIdent"]["therapist"], rel=1e-4)


STATSMODELS: dict[str, Any] = json.loads((ORACLES / "statsmodels.json").read_text("utf-8"))["models"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", STATSMODELS)
def test_a_fit_is_that_of_statsmodels_where_it_converges(name: str, method: Literal["reml", "ml"]) -> None:
    """The log-likelihood is not below that of statsmodels, and effects, errors and variances are its own."""
    random = {
        "intercept": {"dyad": "1"},
        "intercept and slope": {"dyad": "1 + session"},
        "therapists and dyads": {"therapist": "1", "dyad": "1"},
    }[name]
    fit = fit_growth(pl.read_csv(ORACLES / "statsmodels.csv"), "score ~ session * arm", random, method=method)
    other = STATSMODELS[name][method]
    assert other["converged"]
    assert fit.log_likelihood >= other["log_likelihood"] - 1e-6
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=1e-6)
    errors = np.array(list(fit.standard_errors.values()))
    assert list(fit.fixed) == list(other["fixed"])
    assert np.abs(np.array(list(fit.fixed.values())) - list(other["fixed"].values())).max() < 1e-4 * errors.min()
    np.testing.assert_allclose(errors, other["standard_errors"], rtol=6e-3)
    assert fit.residual_sds[""] ** 2 == pytest.approx(other["residual_variance"], rel=1e-4)
    matrices = [fit.level_covariance(level) for level in range(len(fit.groups))]
    own = [matrix[row, column] for matrix in matrices for row in range(len(matrix)) for column in range(row + 1)]
    np.testing.assert_allclose(own, other["variances"], rtol=1e-3, atol=1e-5)
