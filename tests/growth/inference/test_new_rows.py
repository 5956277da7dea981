"""What a fit is asked: rows it has not seen, models it is compared with, formulas, levels and terms."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from therarel.errors import InvalidValueError, TherarelError
from therarel.growth import GrowthFit, RankDeficiencyWarning, fit_growth
from therarel.simulation import simulate_clinic


def made(dyads: int = 40) -> pl.DataFrame:
    """Dyads of eight sessions in two arms, five to a therapist."""
    chance = np.random.default_rng(3)
    dyad, session = np.repeat(np.arange(dyads), 8), np.tile(np.arange(8.0), dyads)
    effects = chance.normal(size=(dyads, 2)) * [0.6, 0.05]
    score = 3.6 + 0.03 * session + effects[dyad, 0] + effects[dyad, 1] * session + 0.3 * chance.normal(size=8 * dyads)
    other = chance.normal(size=(2, 8 * dyads))
    columns = {"dyad": dyad, "therapist": dyad // 5, "arm": np.where(dyad % 2, "b", "a"), "session": session}
    return pl.DataFrame({**columns, "x": other[0], "z": other[1], "score": score})


TABLE = made()


@pytest.fixture(scope="module")
def fit() -> GrowthFit:
    """Growth in two arms."""
    return fit_growth(TABLE, "score ~ session * arm", {"dyad": "1 + session"})


def test_an_arm_that_was_never_seen_is_refused(fit: GrowthFit) -> None:
    """A category without an effect is named with those that have one, and never taken for the first of them."""
    with pytest.raises(InvalidValueError, match=r"not seen, got 'c' \(expected 'a', 'b'\)"):
        fit.predict(TABLE.with_columns(arm=pl.lit("c")))
    with pytest.raises(InvalidValueError, match="not seen"):
        fit.expected_trajectory([0], {"arm": "c"})


def test_a_row_with_a_missing_value_has_no_prediction(fit: GrowthFit) -> None:
    """Its neighbours are predicted as without it."""
    holed = TABLE.with_columns(session=pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise("session"))
    found, whole = (np.array(fit.predict(each)["predicted"]) for each in (holed, TABLE))  # type: ignore[index]
    assert np.isnan(found[3])
    np.testing.assert_allclose(np.delete(found, 3), np.delete(whole, 3))


def test_a_panel_is_predicted_as_it_was_fitted() -> None:
    """What goes into a fit goes into its predictions."""
    panel = simulate_clinic(30, seed=1).panel()
    found = fit_growth(panel, "score ~ session", {"dyad": "1"})
    assert len(found.predict(panel)) == panel.n_sessions  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (("score ~ session + x", {"dyad": "1"}), ("score ~ z + arm + session:arm", {"dyad": "1"})),
        (("score ~ session", {"dyad": "0 + session"}), ("score ~ session", {"dyad": "1 + z"})),
        (("score ~ session", {"therapist": "1"}), ("score ~ session", {"dyad": "1 + session"})),
    ],
)
@pytest.mark.filterwarnings("ignore::therarel.growth.BoundaryWarning")
def test_models_that_are_not_nested_are_not_tested(smaller: Any, larger: Any) -> None:
    """A likelihood ratio means something only where one model is a special case of the other."""
    one, other = (fit_growth(TABLE, formula, random, method="ml") for formula, random in (smaller, larger))
    with pytest.raises(InvalidValueError, match="not a special case"):
        one.compare(other)


def test_nested_models_are_tested_in_either_order() -> None:
    """More effects of the same groups, written differently, hold the smaller model."""
    one = fit_growth(TABLE, "score ~ session", {"dyad": "1"}, method="ml")
    other = fit_growth(TABLE, "score ~ I(2 * session) * arm", {"dyad": "1 + session"}, method="ml")
    assert one.compare(other).p == other.compare(one).p
    assert one.compare(other).df == 4


@pytest.mark.parametrize("term", ["center(session)", "scale(session)", "poly(session, 2)", "bs(session, df=4)"])
def test_transforms_that_remember_their_data_are_formulas_too(term: str) -> None:
    """Their state comes from the fit: a few rows are predicted as among all."""
    found = fit_growth(TABLE, f"score ~ {term}", {"dyad": "1"})
    few, every = (np.array(found.predict(each)["expected"]) for each in (TABLE.head(3), TABLE))  # type: ignore[index]
    np.testing.assert_allclose(few, every[:3])


def test_a_category_that_is_left_alone_is_named() -> None:
    """Where the rows that are used hold one arm only, the arm is left out with a warning."""
    with pytest.warns(RankDeficiencyWarning, match="arm"):
        fit_growth(TABLE.filter(pl.col("arm") == "b"), "score ~ session * arm", {"therapist": "1", "dyad": "1"})


def test_effects_on_growth_have_time_in_them(fit: GrowthFit) -> None:
    """Feingold's effect is of a slope: a difference of levels has none."""
    assert fit.standardised_growth("session:arm[T.b]").sd > 0
    with pytest.raises(InvalidValueError, match="contains time once"):
        fit.standardised_growth("arm[T.b]")


def test_the_standard_deviation_of_two_raters_is_not_pooled() -> None:
    """With two scores at each first session the standard deviation has to be given."""
    both = pl.concat([TABLE.with_columns(rater=pl.lit(name)) for name in ("client", "therapist")])
    both = both.with_columns(score=pl.col("score") + 0.1 * pl.col("z").shuffle(seed=1))
    found = fit_growth(both, "score ~ 0 + rater + rater:session", {"dyad": "1"}, time="session")
    term = next(name for name in found.fixed if "session" in name)
    with pytest.raises(InvalidValueError, match="several scores"):
        found.standardised_growth(term)
    assert found.standardised_growth(term, sd=0.7).sd == 0.7


WRONG: Any = {"formula": {"dyad": 1}, "name": "dyad", "model": "another"}


@pytest.mark.parametrize(
    "ask",
    [
        lambda fit: fit.variance_components(level=95),
        lambda fit: fit.random_effects("dyad", level=95),
        lambda fit: fit.expected_trajectory([0], {"arm": "a"}, level=95),
        lambda fit: fit.expected_trajectory([0], {"arm": "a"}, observed={0: float("nan")}),
        lambda fit: fit.test([[0, 0, 0, 0]]),
        lambda fit: fit.test([]),
        lambda fit: fit.compare(WRONG["model"]),
        lambda fit: fit_growth(TABLE, "score ~ session", WRONG["formula"]),
        lambda fit: fit_growth(TABLE, "score ~ session", WRONG["name"]),
        lambda fit: fit_growth(TABLE, "score ~ sqrt(session)", {"dyad": "1"}),
        lambda fit: fit_growth(TABLE, "score ~ session", {"dyad": "1"}, residual="ar2"),
    ],
)
def test_what_means_nothing_is_refused_with_the_reason(fit: GrowthFit, ask: Any) -> None:
    """Levels that are no share, contrasts of nothing and words in place of models never end in a bare error."""
    with pytest.raises(TherarelError):
        ask(fit)
