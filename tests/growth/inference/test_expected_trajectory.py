"""What is expected of a new dyad: bands that hold what they say, with few dyads too."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats
from tests.proofs.growth_coverage import band_coverage

from therarel.errors import InvalidValueError
from therarel.growth import fit_growth
from therarel.panels import Panel

from ..models import clinic, column

TABLE = clinic(seed=3, dyads=12)


@pytest.mark.parametrize("kind", ["intercepts", "slopes"])
def test_the_bands_of_eight_dyads_hold_what_they_say(kind: str) -> None:
    """Of 80 clinics of eight dyads, 95 % bands hold some 95 % of new scores; normal quantiles would hold 92 or 89."""
    found = band_coverage(80, 8, kind)
    assert all(0.93 <= share <= 0.985 for share in found["score"])
    assert all(0.90 <= share <= 1.0 for share in found["mean"])
    assert all(0.925 <= share <= 0.99 for share in found["score given three"])


def test_the_degrees_of_freedom_of_a_balanced_design_are_those_of_its_mean_squares() -> None:
    """With equal numbers of sessions the variance of a new score is a sum of two mean squares, and so are its df."""
    chance = np.random.default_rng(5)
    dyads, sessions = 9, 5
    score = chance.normal(size=(dyads, 1)) + 0.7 * chance.normal(size=(dyads, sessions))
    table = pl.DataFrame(
        {
            "dyad": np.repeat(np.arange(dyads), sessions),
            "session": np.tile(np.arange(5.0), dyads),
            "score": score.ravel(),
        }
    )
    fit = fit_growth(table, "score ~ 1", {"dyad": "1"}, time="session")
    found = fit.expected_trajectory([3.0])
    between = sessions * float(np.var(score.mean(axis=1), ddof=1)) / sessions * (1 + 1 / dyads)
    within = (
        float(np.sum((score - score.mean(axis=1, keepdims=True)) ** 2)) / (dyads * (sessions - 1)) * (1 - 1 / sessions)
    )
    df = (between + within) ** 2 / (between**2 / (dyads - 1) + within**2 / (dyads * (sessions - 1)))
    assert found.df[0] == pytest.approx(df, rel=1e-3)
    assert found.mean_df[0] == pytest.approx(dyads - 1, rel=1e-3)
    reach = stats.t.ppf(0.975, df) * np.sqrt(between + within)
    assert found.high[0] - found.expected[0] == pytest.approx(reach, rel=1e-4)


def test_the_confidence_band_is_the_interval_of_a_fixed_effect() -> None:
    """At time zero the mean is the intercept, with its interval by Satterthwaite's degrees of freedom."""
    fit = fit_growth(TABLE, "score ~ session", {"dyad": "1"})
    found, effect = fit.expected_trajectory([0.0]), fit.fixed_effects()[0]
    assert (found.mean_low[0], found.mean_high[0]) == pytest.approx((effect.low, effect.high), rel=1e-5)
    assert found.mean_df[0] == pytest.approx(effect.df, rel=1e-4)


def test_scores_so_far_are_counted_no_surer_than_the_dyads_allow() -> None:
    """Given scores so far, the band has at most as many degrees of freedom as dyads less random effects."""
    fit = fit_growth(TABLE, "score ~ session", {"dyad": "1 + session"})
    observed = fit.expected_trajectory([4.0, 5.0], observed={0: 4.0, 1: 4.2})
    assert np.all(observed.df <= 12 - 2)
    wider = fit.expected_trajectory(
        [4.0, 5.0], observed={0: 9.0, 1: 9.9}
    )  # far away: what is taken from it is less sure
    assert np.all(wider.high - wider.low > observed.high - observed.low)


def test_narrow_numbers_of_covariates_do_not_wrap() -> None:
    """A covariate given as a small integer is a number like any other."""
    table = TABLE.with_columns(dose=(pl.col("dyad").str.slice(1).cast(pl.Int64) * 25) % 120)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = fit_growth(table, "score ~ session + I(dose**2)", {"dyad": "1"})
    one, other = (
        fit.expected_trajectory(
            [1],
            {"dose": dose},
        ).expected
        for dose in (np.int8(100), 100.0)
    )
    assert one == pytest.approx(other)


def test_a_band_beyond_the_scale_is_said_to_be_and_not_drawn() -> None:
    """Scores of a panel end where its scale does: bands and curves are drawn up to there, and the words say so."""
    chance = np.random.default_rng(1)
    dyad, session = np.repeat(np.arange(30), 8), np.tile(np.arange(8.0), 30)
    score = np.clip(4.2 + 0.15 * session + 0.4 * chance.normal(size=30)[dyad] + 0.2 * chance.normal(size=240), 1, 5)
    table = pl.DataFrame({"dyad": dyad, "session": session, "score": score})
    scaled = Panel.from_frame(table, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=True)
    fit = fit_growth(scaled, "score ~ session", {"dyad": "1"})
    assert "beyond the scale, 1 to 5" in str(fit.expected_trajectory([7.0]))
    assert "beyond the scale" not in str(fit_growth(table, "score ~ session", {"dyad": "1"}).expected_trajectory([7.0]))
    assert column(fit.fitted(), "fitted").max() > 5
    picture = fit.draw()
    assert "What lies beyond the scale, 1 to 5, is drawn at its end." in picture.description
    heights = [float(end) for end in re.findall(r"[ML ]\d+\.?\d*,(-?\d+\.?\d*)", picture.to_svg())]
    assert min(height for height in heights if height > 0.0) == 50.0  # the top of the panel is the end of the scale
    plain = fit_growth(table, "score ~ session", {"dyad": "1"}).draw()
    assert "beyond" not in plain.description


def test_dates_are_no_covariates_of_a_new_dyad() -> None:
    """A new dyad has no first date to count from."""
    fit = fit_growth(TABLE, "score ~ session", {"dyad": "1"})
    with pytest.raises(InvalidValueError, match="finite numbers"):
        fit.expected_trajectory([float("inf")])


def test_one_time_and_a_table_of_scores_so_far_are_refused_in_words() -> None:
    """Times are several, and scores so far go by their time."""
    fit = fit_growth(TABLE, "score ~ session", {"dyad": "1"})
    asked: list[dict[str, Any]] = [{"times": 3}, {"times": [3], "observed": TABLE}, {"times": [3], "covariates": [1]}]
    for words, given in zip(["one time is needed", "observed: a mapping", "covariates: a mapping"], asked, strict=True):
        with pytest.raises(InvalidValueError, match=words):
            fit.expected_trajectory(**given)
