"""What data cannot tell apart is said, and has no tight interval; a bound is said to be one."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.growth import BoundaryWarning, FlatLikelihoodWarning, GrowthFit, fit_growth

from ..models import clinic


def two_sessions(seed: int, dyads: int = 40, unit: float = 1.0) -> pl.DataFrame:
    """Two sessions of each dyad: neighbours are alike because of the dyad, or because they are neighbours."""
    chance = np.random.default_rng(seed)
    dyad, session = np.repeat(np.arange(dyads), 2), np.tile([0.0, 1.0], dyads)
    score = chance.normal(size=dyads)[dyad] + 0.1 * session + 0.5 * chance.normal(size=2 * dyads)
    return pl.DataFrame({"dyad": dyad, "session": unit * session, "score": unit * score})


def quietly(table: Any, formula: str, random: dict[str, str], **options: Any) -> GrowthFit:
    """A fit that may warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_growth(table, formula, random, **options)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), unit=st.sampled_from([1.0, 1e-4, 1e5]))
def test_a_flat_likelihood_warns_and_gives_no_tight_interval(seed: int, unit: float) -> None:
    """With two sessions each, the dyads' variance, the autocorrelation and the residual variance are one number."""
    model = ("score ~ session", {"dyad": "1"})
    with pytest.warns(
        FlatLikelihoodWarning, match="cannot tell random effects of 'dyad', autocorrelation and residual"
    ):
        fit = fit_growth(two_sessions(seed, unit=unit), *model, residual="ar1")
    assert all(np.isnan(part.low) and np.isnan(part.high) for part in fit.variance_components())
    assert "The likelihood is flat" in str(fit)
    assert "The likelihood is flat" in fit.methods_paragraph()
    plain = fit_growth(two_sessions(seed, unit=unit), *model)
    assert plain.flat == ()
    for one, other in zip(fit.fixed_effects(), plain.fixed_effects(), strict=True):  # what is determined stays so
        assert (one.estimate, one.standard_error) == pytest.approx((other.estimate, other.standard_error), rel=1e-4)
        assert one.df == pytest.approx(other.df, rel=1e-2)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), slope_sd=st.sampled_from([0.0, 0.2]), therapist_sd=st.sampled_from([0.0, 0.5]))
def test_what_is_determined_is_not_called_flat(seed: int, slope_sd: float, therapist_sd: float) -> None:
    """Ordinary clinics, those with variances of zero among them, warn of no flatness."""
    table = clinic(seed=seed, dyads=16, slope_sd=slope_sd, therapist_sd=therapist_sd)
    for random in ({"dyad": "1 + session"}, {"therapist": "1", "dyad": "1"}):
        assert quietly(table, "score ~ session", random).flat == ()


def alternating(dyads: int = 40, sessions: int = 10) -> pl.DataFrame:
    """Residuals that change sides from session to session."""
    chance = np.random.default_rng(3)
    noise = chance.normal(size=(dyads, sessions))
    for step in range(1, sessions):
        noise[:, step] = -0.5 * noise[:, step - 1] + np.sqrt(0.75) * noise[:, step]
    score = noise + chance.normal(size=(dyads, 1))
    dyad, session = np.repeat(np.arange(dyads), sessions), np.tile(np.arange(float(sessions)), dyads)
    return pl.DataFrame({"dyad": dyad, "session": session, "score": score.ravel()})


def test_a_negative_autocorrelation_is_said_to_be_at_the_bound() -> None:
    """The model estimates none below zero: it says that zero is its bound, and does not call zero an estimate."""
    with pytest.warns(BoundaryWarning, match="at its lower bound, zero.*negatively related.*does not estimate"):
        fit = fit_growth(alternating(), "score ~ session", {"dyad": "1"}, residual="ar1")
    assert fit.phi == 0.0
    assert "at its lower bound" in str(fit)
    assert "estimated as zero" not in str(fit)
    assert fit.diagnose().lag_correlation < -0.3
