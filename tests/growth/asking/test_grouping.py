"""Who belongs to whom: labels of any kind, rows without one, and therapists that dyads determine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from therarel.errors import InvalidValueError
from therarel.growth import GrowthFit, MissingGroupWarning, fit_growth

from ..models import clinic, column

TABLE = clinic(seed=3, dyads=48).with_columns(
    treated=(pl.col("therapist").str.slice(1).cast(pl.Int64) < 6).cast(pl.Int64)
)
NESTED = {"therapist": "1", "dyad": "1 + session"}


def without(column: str, rows: pl.Expr) -> pl.DataFrame:
    """The table without the labels of some rows."""
    return TABLE.with_columns(pl.when(~rows).then(pl.col(column)).alias(column))


def alike(one: GrowthFit, other: GrowthFit) -> bool:
    """Whether two fits say the same."""
    return bool(abs(one.log_likelihood - other.log_likelihood) < 1e-6) and one.groups == other.groups


def test_a_whole_arm_without_therapists_is_refused() -> None:
    """Dyads are never left out for want of a therapist: the column is named, and the partially nested form offered."""
    with pytest.raises(InvalidValueError) as caught:
        fit_growth(without("therapist", pl.col("treated") == 0), "score ~ session", NESTED)
    assert "24 of 48 groups of 'dyad' have no 'therapist'" in str(caught.value)
    assert caught.value.hint is not None
    assert '{"therapist": "0 + treated", ...}' in caught.value.hint


def test_one_dyad_without_a_therapist_is_refused_alike() -> None:
    """It is the same for one dyad as for an arm."""
    with pytest.raises(InvalidValueError, match="1 of 48 groups of 'dyad' have no 'therapist'"):
        fit_growth(without("therapist", pl.col("dyad") == "C003"), "score ~ session", NESTED)


def test_the_partially_nested_form_keeps_every_row() -> None:
    """Where the therapists' effects are for the treated alone, nobody else needs a therapist."""
    random = {"therapist": "0 + treated", "dyad": "1 + session"}
    whole = fit_growth(TABLE, "score ~ session + treated", random)
    partly = fit_growth(without("therapist", pl.col("treated") == 0), "score ~ session + treated", random)
    assert partly.n_scores == TABLE.height
    assert partly.groups == {"dyad": 48, "therapist": 6}
    assert partly.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)
    with pytest.raises(InvalidValueError, match="2 of 48 groups"):
        fit_growth(
            without("therapist", (pl.col("treated") == 0) | pl.col("dyad").is_in(["C001", "C002"])), "score ~ session",
            random,
        )  # fmt: skip


def test_a_dyad_determines_its_therapist() -> None:
    """Rows that lack the therapist take that of the dyad's other rows, and the summary says so."""
    holed = fit_growth(without("therapist", pl.col("session") == 1), "score ~ session", NESTED)
    assert alike(holed, fit_growth(TABLE, "score ~ session", NESTED))
    assert "without 'therapist'" in str(holed)


def test_rows_without_a_dyad_are_left_out_with_a_warning() -> None:
    """Nobody knows whose they are: the warning names the column and counts the rows."""
    for random in ({"dyad": "1"}, NESTED):
        with pytest.warns(MissingGroupWarning, match="'dyad' is missing.*: 2 rows"):
            fit = fit_growth(without("dyad", pl.int_range(pl.len()).is_in([7, 30])), "score ~ session", random)
        kept = TABLE.filter(~pl.int_range(pl.len()).is_in([7, 30]))
        assert alike(fit, fit_growth(kept, "score ~ session", random))
        assert "'dyad' is missing" in str(fit)


@pytest.mark.filterwarnings("ignore::therarel.growth.MissingGroupWarning")
@pytest.mark.parametrize("missing", [0, 1])
@pytest.mark.parametrize("kind", ["polars", "pyarrow", "pandas", "pandas objects"])
def test_large_whole_numbers_are_labels_of_their_own(kind: str, missing: int) -> None:
    """Neighbours above 2**53 stay apart although some labels are missing, in fitting and in prediction."""
    number = pl.col("dyad").str.slice(1).cast(pl.Int64) + 2**53
    table = TABLE.with_columns(dyad=pl.when(pl.int_range(pl.len()) >= missing).then(number))
    labels = table["dyad"].to_list()
    made: dict[str, Any] = {
        "polars": table, "pyarrow": table.to_arrow(),
        "pandas": TABLE.to_pandas().assign(dyad=pd.array(labels, dtype="Int64")),
        "pandas objects": TABLE.to_pandas().assign(dyad=pd.Series(labels, dtype=object)),
    }  # fmt: skip
    fit = fit_growth(made[kind], "score ~ session", {"dyad": "1"})
    assert fit.groups["dyad"] == 48
    known: Any = fit.predict(made[kind])
    assert np.sum(~np.array(column(known, "dyad_is_known"))) == missing


def test_labels_that_lost_their_digits_are_refused() -> None:
    """Floating-point labels above 2**53 may be several people in one; fractions are no labels."""
    for label, words in ((pl.col("dyad").str.slice(1).cast(pl.Float64) + 2.0**53, "become one"),
                         (pl.col("dyad").str.slice(1).cast(pl.Float64) + 0.5, "fractions")):  # fmt: skip
        table = TABLE.with_columns(dyad=label)
        with pytest.raises(InvalidValueError, match=words):
            fit_growth(table, "score ~ session", {"dyad": "1"})


@pytest.mark.parametrize("empty", ["", "  ", "\u200b"])
def test_a_text_with_nothing_in_it_is_no_label(empty: str) -> None:
    """It is left out, or refused, as an empty cell is, and as panels do; nobody is called nothing."""
    for wanted in ({"dyad": "1 + session"}, NESTED):
        blank = TABLE.with_columns(dyad=pl.col("dyad").replace("C003", empty))
        with pytest.warns(MissingGroupWarning, match="'dyad' is missing"):
            fit = fit_growth(blank, "score ~ session", wanted)
        with pytest.warns(MissingGroupWarning, match="'dyad' is missing"):
            plain = fit_growth(without("dyad", pl.col("dyad") == "C003"), "score ~ session", wanted)
        assert fit.groups["dyad"] == 47
        assert alike(fit, plain)
    with pytest.raises(InvalidValueError, match="groups of 'dyad' have no 'therapist'"):
        fit_growth(TABLE.with_columns(therapist=pl.col("therapist").replace("T5", empty)), "score ~ session", NESTED)


def test_a_label_is_the_same_as_a_number_and_as_text() -> None:
    """7, 7.0 and "7" in one column of objects are one dyad."""
    frame = TABLE.with_columns(dyad=pl.col("dyad").str.slice(1).cast(pl.Int64)).to_pandas()
    mixed = [str(k) if row % 3 == 0 else float(k) if row % 3 == 1 else int(k) for row, k in enumerate(frame["dyad"])]
    one = fit_growth(frame.assign(dyad=pd.Series(mixed, dtype=object)), "score ~ session", {"dyad": "1"})
    assert alike(one, fit_growth(frame, "score ~ session", {"dyad": "1"}))


def test_a_label_has_one_spelling() -> None:
    """Composed and decomposed letters, spaces around it and a whole number with a zero make no further dyads."""
    for plain, *others in (("M\u00fcller-1", "Mu\u0308ller-1", " M\u00fcller-1 "), ("7", "7.0", '"7"')):
        spelt = [plain, *others]
        rows = pl.col("dyad") == "C003"
        odd = pl.Series([spelt[k % len(spelt)] for k in range(TABLE.height)])
        table = TABLE.with_columns(dyad=pl.when(rows).then(odd).otherwise("dyad"))
        assert alike(fit_growth(table, "score ~ session", NESTED), fit_growth(TABLE, "score ~ session", NESTED))


FIT = fit_growth(TABLE, "score ~ session", NESTED)
FITTED = np.array(column(FIT.fitted(), "fitted"))


@pytest.mark.parametrize(
    "rows",
    [TABLE.drop("therapist"), TABLE.with_columns(therapist=pl.lit(None, pl.String)),
     without("therapist", pl.col("session") > 1)],
)  # fmt: skip
def test_a_known_dyad_is_predicted_with_its_therapist(rows: pl.DataFrame) -> None:
    """Without the therapist's column, or with holes in it, known dyads keep their therapist's effect."""
    np.testing.assert_allclose(column(FIT.predict(rows), "predicted"), FITTED, atol=1e-8)


@pytest.mark.parametrize("label", ["T0", "unheard of"])
def test_another_therapist_of_a_known_dyad_is_refused(label: str) -> None:
    """A contradiction is named by its rows, and neither label is shown."""
    rows = TABLE.with_columns(therapist=pl.when(pl.col("dyad") == "C009").then(pl.lit(label)).otherwise("therapist"))
    first = TABLE["dyad"].to_list().index("C009") + 1
    with pytest.raises(InvalidValueError, match=rf"rows {first}, .*another 'therapist'") as caught:
        FIT.predict(rows)
    assert label not in str(caught.value)


def test_new_dyads_have_the_effect_of_a_known_therapist() -> None:
    """Whoever is new is predicted with the therapist, if that one is known, and otherwise by the fixed effects."""
    new = TABLE.with_columns(dyad=pl.lit("new"))
    effects = {label: effect for label, _, effect, *_ in FIT.random_effects("therapist").rows()}  # type: ignore[union-attr]
    found = FIT.predict(new)
    own = np.array([effects[label] for label in new["therapist"]])
    np.testing.assert_allclose(
        np.array(column(found, "predicted")) - np.array(column(found, "expected")), own, atol=1e-8
    )
    nobody = FIT.predict(new.drop("therapist"))
    np.testing.assert_array_equal(column(nobody, "predicted"), column(nobody, "expected"))


def test_dyads_without_a_therapist_do_not_gain_one_in_prediction() -> None:
    """In a partially nested model a dyad of the other arm has nobody, and somebody in its place contradicts the fit."""
    partly = without("therapist", pl.col("treated") == 0)
    fit = fit_growth(partly, "score ~ session", {"therapist": "0 + treated", "dyad": "1 + session"})
    np.testing.assert_allclose(column(fit.predict(partly), "predicted"), column(fit.fitted(), "fitted"), atol=1e-8)
    with pytest.raises(InvalidValueError, match="another 'therapist'"):
        fit.predict(TABLE)


@pytest.mark.parametrize("infinite", [float("inf"), float("-inf"), float("nan")])
def test_infinite_values_are_left_out_everywhere(infinite: float) -> None:
    """A row with an infinite value is left out, and is counted."""
    table = TABLE.with_columns(
        pl.when(pl.int_range(pl.len()) == 4).then(infinite).otherwise(pl.col("session")).alias("session")
    )
    fit = fit_growth(table, "score ~ session", NESTED)
    assert "1 row with a missing value was left out." in str(fit)
    assert fit.incomplete == (5,)
