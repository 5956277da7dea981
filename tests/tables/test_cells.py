"""Cells and labels: one meaning and one spelling each, however a table stores them."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.tables.cells import moments, numbers
from therarel.tables.frames import of_arrays
from therarel.tables.labels import label_of, labels, look_alikes
from therarel.tables.missing import WORDS, Missing
from therarel.tables.numbers import number_in
from therarel.tables.showing import shown_values

TWELFTHS = st.integers(12, 60).map(lambda n: n / 12)
ODD = st.sampled_from(
    [
        "NA",
        " 4 ",
        "4,5",
        "1_0",
        "inf",
        "nan",
        "1.017,50",
        "1,017.50",
        "11%",
        "x",
        "",
        "\u0663",
        "\uff14",
        "\u22122",
        "'7",
    ]
)  # digits of other scripts, and a typographic minus


@given(st.lists(st.one_of(TWELFTHS.map(str), ODD, st.text(max_size=4)), max_size=12))
def test_a_column_reads_as_its_cells_read_one_by_one(column: list[str]) -> None:
    """Where no decimal comma occurs, a cell has one meaning, whatever stands beside it."""
    read = numbers(pl.Series("score", column, dtype=pl.String), "score")
    if read.decimal_comma:
        return
    missing = Missing()
    for cell, value, gone, odd in zip(column, read.values, read.missing, read.unreadable, strict=True):
        assert value == number_in(cell)
        assert gone == (value is None and missing.is_word(cell))
        assert odd == (value is None and not gone)


@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=8))
def test_numbers_are_the_same_in_every_storage_type(column: list[int | None]) -> None:
    """Narrow and unsigned integers, decimals, floats and text give the same 64-bit floats."""
    wanted = [None if value is None else float(value) for value in column]
    for kind in (pl.Int8, pl.UInt8, pl.UInt32, pl.Int64, pl.Float32, pl.Decimal(10, 2)):
        read = numbers(pl.Series("x", column).cast(kind), "x")
        assert read.values.to_list() == wanted
        assert read.values.dtype == pl.Float64
    assert numbers(pl.Series("x", [None if v is None else str(v) for v in column], dtype=pl.String), "x").values.to_list() == wanted  # fmt: skip


def test_a_number_that_a_float_cannot_hold_is_unreadable() -> None:
    """Two sessions beyond 2^53 would be one."""
    read = numbers(pl.Series("x", ["9007199254740993", "4"]), "x")
    assert read.unreadable.to_list() == [True, False]


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_for_missing_is_missing_in_any_case(word: str) -> None:
    """One vocabulary, spelt with any case and spaces."""
    cells = [word, word.upper(), f" {word} ", word.capitalize()]
    read = numbers(pl.Series("x", cells), "x")
    assert read.missing.all()
    assert not read.unreadable.any()


def test_codes_for_missing_values_are_numbers_or_words() -> None:
    """A study's own codes stand beside the usual words."""
    missing = Missing.of([-9, Decimal(999), "k.A."])
    read = numbers(pl.Series("x", ["-9", "999.0", "K.A.", "4"]), "x", missing=missing)
    assert read.missing.to_list() == [True, True, True, False]
    for odd in (True, math.nan, None):
        with pytest.raises(InvalidValueError, match="missing_codes"):
            Missing.of([odd])


def test_moments_are_read_in_iso_or_in_the_form_that_is_stated() -> None:
    """An offset keeps the clock time that was written; nothing is guessed between day and month."""
    iso = moments(pl.Series("d", ["2024-01-05", "2024-01-05 10:30:00+02:00", "05.01.2024", "NA"]), "session")
    assert iso.values.to_list() == [datetime(2024, 1, 5), datetime(2024, 1, 5, 10, 30), None, None]
    assert iso.unreadable.to_list() == [False, False, True, False]
    stated = moments(pl.Series("d", ["05.01.2024", "2024-01-05"]), "session", form="%d.%m.%Y")
    assert stated.values.to_list() == [datetime(2024, 1, 5), None]


@given(st.text(max_size=12))
def test_a_label_in_its_one_spelling_stays_as_it_is(text: str) -> None:
    """Spelling a label twice changes nothing more."""
    once = label_of(text)
    assert once is None or label_of(once) == once


@pytest.mark.parametrize("spellings", [("7", "7.0", " 7 ", "7.00"), ("Zoe\u0308", "Zo\u00eb"), ("C-014", '"C-014"', "C-014\u200b", "\ufeffC-014")])  # fmt: skip
def test_spellings_of_one_label_are_one_label(spellings: tuple[str, ...]) -> None:
    """Numbers kept as fractions, composed letters, quotes and invisible characters make no new people."""
    assert labels(pl.Series("dyad", spellings), "dyad").n_unique() == 1


def test_words_for_missing_are_labels() -> None:
    """A therapist whose code is NA is a therapist; only an empty cell is none."""
    assert labels(pl.Series("therapist", ["NA", "", None, "None"]), "therapist").to_list() == ["NA", None, None, "None"]


def test_labels_that_were_rounded_are_refused() -> None:
    """Two long ids kept as fractions may have become one."""
    with pytest.raises(InvalidValueError, match="rounded"):
        labels(pl.Series("dyad", [9007199254740993.0, None]), "dyad")


def test_labels_that_look_alike_are_found() -> None:
    """Case, punctuation, leading zeros and letters of other scripts."""
    assert look_alikes(["C-014", "c 14", "\u0421-14", "C-15", "10", "1", "100"]) == (("C-014", "c 14", "\u0421-14"),)


CODES = st.text("aAzZ019-_.: \u0421\u00e9", max_size=7)


@given(st.lists(CODES, max_size=6), CODES)
def test_a_column_of_labels_is_spelt_as_each_label_is(column: list[str], label: str) -> None:
    """What stands beside a label changes nothing in it."""
    column = [*column, label]
    assert labels(pl.Series("dyad", column), "dyad").to_list() == [label_of(each) for each in column]


@given(CODES, CODES)
def test_alike_are_labels_that_differ_in_case_marks_and_leading_zeros(one: str, other: str) -> None:
    """Two labels are alike where letters in one case and numbers as numbers are the same, whatever stands between."""

    def bare(label: str) -> list[str]:
        plain = label.casefold().replace("\u0441", "c").replace("\u00e9", "e")
        kept = "".join(each for each in plain if each.isalnum())
        return [str(int(run)) if run.isdigit() else run for run in re.findall(r"\d+|\D+", kept)]

    alike = one != other and bare(one) == bare(other) != []
    assert look_alikes([one, other]) == (((one, other),) if alike else ())


def test_columns_of_different_indexes_are_not_paired_by_position() -> None:
    """Two pandas Series whose rows do not belong together are refused."""
    pandas = pytest.importorskip("pandas")
    scores = pandas.Series([4, 5, 3], index=[2, 0, 1])
    with pytest.raises(InvalidValueError, match="different indexes"):
        of_arrays({"dyad": pandas.Series(["A", "A", "B"]), "score": scores})
    assert of_arrays({"dyad": ["A", "A", "B"], "score": scores})["score"].to_list() == [4, 5, 3]


def test_numbers_of_any_library_are_numbers() -> None:
    """Decimals and fractions in a list are numbers; a truth value among them is not."""
    made = of_arrays({"score": [Decimal("4.5"), Fraction(1, 2), 3, None]})["score"]
    assert numbers(made, "score").values.to_list() == [4.5, 0.5, 3.0, None]


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=9), min_size=1, max_size=4, unique=True))
def test_no_word_that_stands_in_fewer_than_five_rows_is_shown(words: list[str]) -> None:
    """What could be somebody's words is described by its length alone; what is common is a word of the table."""
    odd = [word for word in words if word.casefold() not in WORDS]
    shown = shown_values(pl.Series([*odd, "Post-Rx"], dtype=pl.String), within=pl.Series([*odd, *["Post-Rx"] * 5]))
    assert shown.to_list()[-1] == "'Post-Rx'"
    assert all(said.startswith("text of") for said in shown.to_list()[:-1])
