"""What columns of a table mean to a formula: numbers in any storage, dates and numbers as text, categories."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.growth import fit_growth
from therarel.panels import Panel

from ..models import clinic, column

TABLE = clinic(seed=3, dyads=24).with_columns(
    session=pl.col("session").cast(pl.Int64), site=pl.col("therapist").str.slice(1).cast(pl.Int64) % 3
)
RANDOM = {"dyad": "1"}
FORMULAS = [
    "score ~ session + I(session**2)",
    "score ~ I(session - 4)",
    "score ~ I(4 - session)",
    "score ~ 0 + session",
]


def same(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two sets of fixed effects have the same names, and values up to rounding."""
    return list(one) == list(other) and bool(np.allclose(list(one.values()), list(other.values()), rtol=1e-6))


def stored(kind: str) -> Any:
    """The table with its sessions stored in a kind of numbers."""
    frame: Any = TABLE.to_pandas()
    if kind.startswith("pandas "):
        return frame.assign(session=frame["session"].astype(kind.removeprefix("pandas ")))
    if kind == "objects":
        return frame.assign(session=frame["session"].astype(object))
    if kind == "decimals":
        return frame.assign(session=[Decimal(int(value)) for value in frame["session"]])
    kinds: dict[str, Any] = {"Decimal": pl.Decimal(6, 2)}
    return TABLE.with_columns(pl.col("session").cast(kinds.get(kind) or getattr(pl, kind)))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(
    "kind",
    ["Int8", "UInt8", "UInt32", "Float32", "Decimal", "pandas Int8", "pandas uint16", "pandas uint8[pyarrow]",
     "objects", "decimals"],
)  # fmt: skip
def test_numbers_are_numbers_in_whatever_they_are_stored(kind: str, formula: str) -> None:
    """Small, unsigned and decimal numbers and numbers kept as objects give the fit and predictions of 64-bit ones."""
    table = stored(kind)
    fit, plain = fit_growth(table, formula, RANDOM), fit_growth(TABLE, formula, RANDOM)
    assert same(fit.fixed, plain.fixed)
    np.testing.assert_allclose(
        column(fit.predict(table), "predicted"), column(plain.predict(TABLE), "predicted"), rtol=1e-6
    )
    np.testing.assert_allclose(
        column(plain.predict(table), "predicted"), column(plain.predict(TABLE), "predicted"), rtol=1e-6
    )


def test_whole_numbers_as_categories_keep_their_names() -> None:
    """In ``C(site)`` a whole number stays one, and new rows are predicted whether it is stored so or not."""
    fit = fit_growth(TABLE, "score ~ session + C(site)", RANDOM)
    assert {"C(site)[T.1]", "C(site)[T.2]"} < set(fit.fixed)
    other = fit.predict(TABLE.with_columns(pl.col("site").cast(pl.Float64)))
    np.testing.assert_allclose(column(other, "predicted"), column(fit.predict(TABLE), "predicted"))
    assert fit.draw().to_svg().startswith("<svg")  # at the most frequent site, for a mean site is none


@pytest.mark.parametrize("words", ["str", "object"])
def test_numbers_written_as_text_count_as_numbers_and_the_summary_says_so(words: str) -> None:
    """A column such as a CSV gives it is no set of categories; ``C(...)`` makes them of it."""
    text: Any = TABLE.with_columns(pl.col("session").cast(pl.String))
    if words == "object":
        text = text.to_pandas().astype({"session": object})
    fit = fit_growth(text, "score ~ session", RANDOM)
    assert same(fit.fixed, fit_growth(TABLE, "score ~ session", RANDOM).fixed)
    assert "'session' holds numbers as text" in str(fit)
    np.testing.assert_allclose(column(fit.predict(text), "predicted"), column(fit.predict(TABLE), "predicted"))
    assert "C(session)[T.1]" in fit_growth(text, "score ~ C(session)", RANDOM).fixed


def test_covariates_of_a_file_are_numbers_where_they_are_numbers(tmp_path: Any) -> None:
    """A panel read from CSV keeps covariates as text; a mood from 0 to 10 has one slope, and no row is lost to NA."""
    mood = pl.Series(np.random.default_rng(2).integers(0, 11, TABLE.height))
    table = TABLE.with_columns(mood=mood.cast(pl.String))
    table = table.with_columns(mood=pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("NA")).otherwise("mood"))
    table.write_csv(tmp_path / "clinic.csv")
    panel = Panel.read(
        tmp_path / "clinic.csv", dyad="dyad", session="session", score="score", covariates=["mood"], scale=(-20, 20),
        higher_is_better=True,
    )  # fmt: skip
    fit = fit_growth(panel, "score ~ session + mood", RANDOM)
    assert list(fit.fixed) == ["Intercept", "session", "mood"]
    assert fit.n_scores == TABLE.height - 1


def test_dates_written_as_text_count_as_dates() -> None:
    """ISO dates as text are days since each dyad's first date, in fitting and in prediction."""
    days = [date(2024, 1, 8) + timedelta(weeks=int(week)) for week in TABLE["session"]]
    dated = TABLE.with_columns(session=pl.Series(days))
    text = dated.with_columns(pl.col("session").cast(pl.String))
    one, other = fit_growth(dated, "score ~ session", RANDOM), fit_growth(text, "score ~ session", RANDOM)
    assert same(one.fixed, other.fixed)
    assert "'session' holds dates as text" in str(other)
    assert "days since the first date of each dyad" in str(other)
    np.testing.assert_allclose(column(other.predict(text), "predicted"), column(one.predict(dated), "predicted"))
    objects = dated.to_pandas().assign(session=np.array(days, dtype=object))
    assert same(fit_growth(objects, "score ~ session", RANDOM).fixed, one.fixed)


@pytest.mark.parametrize(
    "odd",
    [["1", "2", "post"], ["1", "2,5", "3,5"], ["2024-01-01", "2024-01-08", "soon"], ["01/02/2024", "08/02/2024"]],
)
def test_text_that_is_only_partly_numbers_or_dates_is_refused(odd: list[str]) -> None:
    """An effect for each value is never made in silence; the hint names C(...), which takes them as categories."""
    table = TABLE.with_columns(when=pl.Series([odd[k % len(odd)] for k in range(TABLE.height)]))
    with pytest.raises(InvalidValueError, match=r"cannot all be read.*C\(when\)"):
        fit_growth(table, "score ~ when", RANDOM)
    assert len(fit_growth(table, "score ~ C(when)", RANDOM).fixed) == len(odd)


@pytest.mark.parametrize("names", [["care", "usual"], ["T1", "T2"], ["007", "008"], ["yes", "no", "1"]])
def test_words_and_codes_stay_categories(names: list[str]) -> None:
    """Text that is no number, and codes that begin with zeros, keep an effect each."""
    table = TABLE.with_columns(arm=pl.Series([names[k % len(names)] for k in range(TABLE.height)]))
    assert len(fit_growth(table, "score ~ arm", RANDOM).fixed) == len(names)


@pytest.mark.parametrize("values", [[1, "two"], [{"a": 1}], [[1, 2]], [b"1"], [1 + 2j]])
def test_what_no_formula_can_take_is_refused(values: list[Any]) -> None:
    """Mixed objects, lists and complex numbers are refused by the column's name, and no value is shown."""
    frame = TABLE.to_pandas()
    frame["odd"] = pd.Series([values[k % len(values)] for k in range(len(frame))], dtype=object)
    with pytest.raises(InvalidValueError, match=r"'odd'.*numbers, dates, truth values or text"):
        fit_growth(frame, "score ~ odd", RANDOM)


def test_durations_count_days() -> None:
    """A column of durations is a number of days."""
    table = TABLE.with_columns(after=pl.duration(weeks=pl.col("session")))
    fit = fit_growth(table, "score ~ after", RANDOM)
    assert fit.fixed["after"] * 7 == pytest.approx(fit_growth(TABLE, "score ~ session", RANDOM).fixed["session"])
    assert "'after' counts days" in str(fit)


def arms(order: list[str], used: list[str]) -> pd.DataFrame:
    """A table with categories of which only some are used."""
    frame = TABLE.to_pandas()
    of_dyads = {label: used[k % len(used)] for k, label in enumerate(frame["dyad"].unique())}
    return frame.assign(arm=pd.Categorical(frame["dyad"].map(of_dyads), categories=order))


@settings(max_examples=20, deadline=None)
@given(st.permutations(["tau", "act", "cbt"]), st.sampled_from([["act", "cbt"], ["tau", "cbt"], ["tau", "act"]]))
def test_effects_are_differences_from_a_category_that_rows_have(order: list[str], used: list[str]) -> None:
    """After filtering, an effect named cbt is cbt less the baseline that the summary names, whatever was unused."""
    frame = arms(order, used)
    fit = fit_growth(frame, "score ~ session + arm", RANDOM)
    first, second = sorted(used, key=order.index)
    indicator = frame.assign(other=(frame["arm"] == second).astype(float))
    expected = fit_growth(indicator, "score ~ session + other", RANDOM).fixed["other"]
    assert fit.fixed[f"arm[T.{second}]"] == pytest.approx(expected)
    assert f"Effects of arm are differences from '{first}'." in str(fit)


def test_a_baseline_without_rows_is_refused() -> None:
    """A level or baseline that the formula names and no row has would make an effect a difference from nobody."""
    frame = arms(["tau", "act", "cbt"], ["act", "cbt"])
    for formula in ("score ~ C(arm, levels=['tau', 'act', 'cbt'])", "score ~ C(arm, contr.treatment('tau'))"):
        with pytest.raises(InvalidValueError, match=r"levels|baseline"):
            fit_growth(frame, formula, RANDOM)
    chosen = fit_growth(frame, "score ~ C(arm, contr.treatment('cbt'))", RANDOM)
    assert re.search(r"Effects of C\(arm, .*\) are differences from 'cbt'", str(chosen))


def test_an_effect_for_each_category_has_no_baseline() -> None:
    """Without an intercept each category has its own level, and no baseline is named."""
    assert "differences from" not in str(fit_growth(TABLE, "score ~ 0 + arm", RANDOM))
    assert "Effects of arm are differences from 'care'." in str(fit_growth(TABLE, "score ~ arm", RANDOM))


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical])
def test_an_empty_category_is_a_missing_value(kind: Any) -> None:
    """A cell of text with nothing in it is nothing: no category, and never the one that others differ from."""
    blank = pl.when(pl.col("dyad") < "C006").then(pl.lit(" ")).otherwise("arm").cast(kind)
    null = pl.when(pl.col("dyad") >= "C006").then("arm")
    one, other = (fit_growth(TABLE.with_columns(arm=arm), "score ~ arm", RANDOM) for arm in (blank, null))
    assert one.fixed == other.fixed
    assert one.incomplete == other.incomplete != ()
