"""Formulas as people write them: names in backticks, the manner of lme4, and what is refused."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from therarel.errors import InvalidValueError, TherarelError, UnknownNameError
from therarel.growth import fit_growth

from ..models import clinic

TABLE = clinic(seed=3, dyads=24)
RANDOM = {"dyad": "1"}


def test_backticks_quote_any_name_on_both_sides() -> None:
    """Columns named as R names them are used in formulas, random effects and functions."""
    renamed = TABLE.rename({"session": "session.no", "score": "wai sr ~"})
    fit = fit_growth(renamed, "`wai sr ~` ~ `session.no` + log(`session.no` + 1)", {"dyad": "1 + `session.no`"})
    plain = fit_growth(TABLE, "score ~ session + log(session + 1)", {"dyad": "1 + session"})
    assert list(fit.fixed.values()) == pytest.approx(list(plain.fixed.values()))
    assert fit.design.time == "session.no"


def test_a_quoted_name_is_a_column() -> None:
    """``Q("...")`` quotes a name, too, for those who are used to it."""
    renamed = TABLE.rename({"session": "session no"})
    fit = fit_growth(renamed, "score ~ Q('session no')", RANDOM)
    assert list(fit.fixed.values()) == pytest.approx(list(fit_growth(TABLE, "score ~ session", RANDOM).fixed.values()))


def test_categories_that_a_formula_makes_are_no_values_of_a_column() -> None:
    """With a cut in sessions, later sessions than any in the data are beyond the cut, and are predicted."""
    fit = fit_growth(TABLE, "score ~ C(session > 2)", {"dyad": "1"}, time="session")
    found = fit.expected_trajectory([0, 1, 3, 40]).expected
    assert found[0] == found[1] == pytest.approx(fit.fixed["Intercept"])
    assert found[3] == found[2] == pytest.approx(sum(fit.fixed.values()))


def test_dotted_names_are_names() -> None:
    """Names with dots need no backticks but within a function, and there the hint is not the very column given."""
    renamed = TABLE.rename({"session": "session.no", "score": "wai.sr"})
    fit = fit_growth(renamed, "wai.sr ~ session.no", RANDOM)
    assert list(fit.fixed.values()) == list(fit_growth(TABLE, "score ~ session", RANDOM).fixed.values())
    with pytest.raises(UnknownNameError, match=r"backticks: `session\.no`"):
        fit_growth(renamed, "wai.sr ~ log(session.no + 1)", RANDOM)
    with pytest.raises(InvalidValueError, match="backticks"):
        fit_growth(TABLE.rename({"score": "wai-sr"}), "wai-sr ~ session", RANDOM)


@pytest.mark.parametrize(
    ("formula", "hint"),
    [
        ("score ~ session + (1|dyad)", '"dyad": "1"'),
        ("score ~ session + (1 + session | dyad)", '"dyad": "1 + session"'),
        ("score ~ session + (session || dyad)", '"dyad": "session"'),
        ("score ~ session + (1 | therapist) + (session | dyad)", '"therapist": "1", "dyad": "session"'),
        ("score ~ session + (1 | therapist/dyad)", '"therapist": "1", "dyad": "1"'),
    ],
)
def test_random_effects_in_the_manner_of_lme4_get_the_hint_to_random(formula: str, hint: str) -> None:
    """Bars in a formula are answered with the same model in the words of this library."""
    with pytest.raises(InvalidValueError) as caught:
        fit_growth(TABLE, formula, RANDOM)
    assert caught.value.hint is not None
    assert f"random={{{hint}}}" in caught.value.hint


@pytest.mark.parametrize("random", [{"dyad": "score ~ session"}, {"dyad": "1 | dyad"}, {"dyad": "~ session"}])
def test_random_effects_have_no_left_side(random: dict[str, str]) -> None:
    """A formula with a tilde or a bar is refused for random effects."""
    with pytest.raises(InvalidValueError, match=r"no left side|not part of a formula"):
        fit_growth(TABLE.lazy(), "score ~ session", random)


@pytest.mark.parametrize(
    "formula",
    ["score ~ lag(session)", "score ~ I(session.shift(1))", "score ~ np.cumsum(session)", "score ~ session.rank()",
     "score ~ I(session - session.mean())", "score ~ np.random.normal(size=len(session))"],
)  # fmt: skip
def test_a_row_has_its_value_from_itself_alone(formula: str) -> None:
    """What looks at the row before, or at all rows, would change with the order of rows, and in prediction."""
    with pytest.raises(InvalidValueError, match=r"from other rows|cannot be computed"):
        fit_growth(TABLE, formula, RANDOM)


def test_two_columns_of_one_name_are_refused() -> None:
    """Where two columns have the same name nobody knows which is meant, in fitting and in prediction."""
    frame = TABLE.to_pandas()
    double = frame.set_axis(["dyad", "therapist", "session", "session", "score"], axis=1)
    with pytest.raises(InvalidValueError, match="same name"):
        fit_growth(double, "score ~ session", RANDOM)
    with pytest.raises(InvalidValueError, match="same name"):
        fit_growth(TABLE, "score ~ session", RANDOM).predict(double)


ODD: Any = [None, 5, "", "~", "score ~", "score ~ (", "score ~ score", "score ~ 1 + 'a'", b"score ~ 1"]


@pytest.mark.parametrize("formula", ODD)
def test_what_is_no_formula_is_refused(formula: Any) -> None:
    """Whatever stands in the place of a formula, the error is one of ours."""
    with pytest.raises(TherarelError):
        fit_growth(TABLE, formula, RANDOM)


def test_rows_of_another_kind_are_answered_by_a_sentence() -> None:
    """A list, a series or nothing is no table."""
    tables: list[Any] = [None, [1, 2], {"a": [1]}, pl.Series([1]), "clinic.csv"]
    for table in tables:
        with pytest.raises(InvalidValueError, match="neither a panel nor a dataframe"):
            fit_growth(table, "score ~ session", RANDOM)


@pytest.mark.parametrize(
    "formula",
    [
        "score ~ session**2",
        "score ~ arm + session ^ 2",
        "score ~ arm * (session + `session`**2)",
        "score ~ center(session)**2",
    ],
)
def test_the_power_of_one_term_is_no_curve(formula: str) -> None:
    """A power outside ``I(...)`` would fit a straight line; it is refused with the way to the square."""
    with pytest.raises(InvalidValueError, match=r"write I\("):
        fit_growth(TABLE, formula, RANDOM)
    with pytest.raises(InvalidValueError, match=r"write I\("):
        fit_growth(TABLE, "score ~ session", {"dyad": "1 + session**2"})


def test_powers_of_sums_and_within_functions_are_what_they_were() -> None:
    """The square of a sum is its interactions, and within a function a power is a power."""
    assert list(fit_growth(TABLE, "score ~ (session + arm)**2", RANDOM).fixed)[-1] == "session:arm[T.usual]"
    one = fit_growth(TABLE, "score ~ I((session - 1)**2)", RANDOM)
    other = fit_growth(TABLE.with_columns(square=(pl.col("session") - 1) ** 2), "score ~ square", RANDOM)
    assert list(one.fixed.values()) == pytest.approx(list(other.fixed.values()))
