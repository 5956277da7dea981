"""One response is one response: a table, strange keys and columns of a longer form are never read as answers to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no annotations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.measures import (
    ScoringWarning,
    Sign,
    derived_form,
    instrument,
    parent_columns,
    place,
    score,
    short_responses,
    suspicions,
)

ENDORSED = {f"item{n}": [0] for n in range(1, 9)} | {"item9": [3]}
TABLES: dict[str, object] = {
    "pandas": pd.DataFrame(ENDORSED),
    "polars": pl.DataFrame(ENDORSED),
    "polars, not in memory": pl.LazyFrame(ENDORSED),
    "pyarrow": pa.table(ENDORSED),
    "an array of one row": np.array([[0] * 8 + [3]]),
    "as many rows as items": np.zeros((9, 9)),
    "a frame of as many columns as items": pd.DataFrame(np.zeros((9, 9))),
    "lists in a list": [[0] * 8 + [3]] * 9,
    "arrays in a list": [np.array([0.0] * 9)] * 9,
    "lists in a mapping": ENDORSED,
    "a number": 9,
    "a set": set(range(9)),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_table_is_refused_where_one_response_is_meant(what: str) -> None:
    """A table handed to a placement is refused and never read as unanswered items."""
    with pytest.raises(InvalidValueError, match=r"one response is needed, not a table.*Hint: score\(...\)"):
        place(score("phq-9", [0] * 9), responses=TABLES[what])  # type: ignore[arg-type]  # what is refused


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.integers(0, 8))
def test_keys_with_a_named_prefix_are_those_of_the_items(answers: list[int], start: int) -> None:
    """A prefix that was named stands for ``item``, for the total and for the risk answers."""
    prefix = "phq9_q"[: start + 1]
    keyed = {f"{prefix}{n}" if prefix[-1].isalpha() else f"{prefix}{n:02d}": a for n, a in enumerate(answers, 1)}
    assert score("phq-9", keyed, items=prefix) == score("phq-9", answers)


@pytest.mark.parametrize("keys", [[f"phq{n}" for n in range(1, 8)], [f"item{n}" for n in range(1, 7)] + ["session7"]])
def test_keys_of_something_else_are_refused(keys: list[str]) -> None:
    """A number at the end makes no item: the keys may be those of another form or no items at all."""
    with pytest.raises(InvalidValueError, match=r"gad-7 has no such item.*need items="):
        score("gad-7", dict.fromkeys(keys, 3))


def test_a_list_has_no_prefix() -> None:
    """A prefix belongs to the keys of a mapping, and there is one."""
    with pytest.raises(InvalidValueError, match="a single response has no columns"):
        score("phq-9", [0] * 9, items="q")
    with pytest.raises(InvalidValueError, match="have one prefix"):
        score("phq-9", {"q1": 1}, items=["q1"])  # type: ignore[call-overload]  # what is refused


@given(st.lists(st.integers(1, 7), min_size=36, max_size=36))
def test_the_longer_form_is_taken_however_it_is_held(answers: list[int]) -> None:
    """A list, numbers, names and arrays of the longer form give the same short form."""
    numbered = dict(enumerate(answers, start=1))
    expected = {item: numbered[int(column)] for item, column in parent_columns("wai-sr", "").items()}
    assert short_responses("wai-sr", answers) == expected
    assert short_responses("wai-sr", numbered) == expected
    assert short_responses("wai-sr", {f"item{n}": answer for n, answer in numbered.items()}) == expected
    assert short_responses("wai-sr", np.array(answers)) == expected


def test_a_table_of_the_longer_form_is_no_response() -> None:
    """Tables go through the columns of the longer form."""
    table = pl.DataFrame({f"item{n}": [4] for n in range(1, 37)})
    with pytest.raises(InvalidValueError, match="one response is needed"):
        short_responses("wai-sr", table)  # type: ignore[arg-type]  # what is refused
    like = derived_form("wai-sr")
    assert score(like, table, items=parent_columns("wai-sr"), rater="client")["wai_sr_like_from_wai_36"].item() == 48


@given(st.integers(8, 40))
def test_columns_beyond_the_last_item_are_a_sign(most: int) -> None:
    """A table with more numbered columns than items is scored with a warning, in memory or not."""
    table = pl.DataFrame({f"item{n}": [1] for n in range(1, most + 1)})
    for held in (table, table.lazy()):
        with pytest.warns(ScoringWarning, match="'item8'.*numbered like.*gad-7 has 7 items"):
            score("gad-7", held)
    found = suspicions("gad-7", table)
    assert [suspicion.sign for suspicion in found] == [Sign.SPARE_ITEMS]


def test_columns_that_were_named_one_by_one_are_no_sign() -> None:
    """Whoever names the columns has seen the others; other names and numbers of the instrument are no sign either."""
    table = pl.DataFrame({f"item{n}": [1] for n in range(1, 10)} | {"item": [1], "items8": [1], "session8": [1]})
    assert suspicions("gad-7", table, items=[f"item{n}" for n in range(1, 8)]) == ()
    assert suspicions("phq-9", table) == ()
    assert suspicions("gad-7", table.rename({f"item{n}": f"q{n}" for n in range(1, 8)}), items="q") == ()
    assert instrument("gad-7").n_items == 7
