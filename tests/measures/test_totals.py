"""Stated totals are held against the items."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no annotations
import pytest
from hypothesis import given
from hypothesis import strategies as st
from narwhals.typing import IntoFrame

from therarel.errors import InvalidValueError, UnknownNameError
from therarel.measures import contradictions, instrument, score

SEVENS = st.lists(st.integers(1, 7), min_size=12, max_size=12)


@given(st.lists(SEVENS, min_size=1, max_size=5))
def test_true_totals_contradict_nothing(rows: list[list[int]]) -> None:
    """Totals that the items give, and totals that were not stated, are no contradiction."""
    totals: list[float | None] = [score("wai-s", row, rater="client").value for row in rows]
    assert contradictions("wai-s", rows, totals, rater="client") == ()
    assert contradictions("wai-s", rows, [None] * len(rows), rater="client") == ()


@given(st.lists(SEVENS, min_size=1, max_size=5), st.data())
def test_a_changed_total_is_found_in_its_row(rows: list[list[int]], data: st.DataObject) -> None:
    """One wrong total is found, with its row, what was stated and what the items give."""
    totals: list[float | None] = [score("wai-s", row, rater="client").value for row in rows]
    row = data.draw(st.integers(0, len(rows) - 1))
    right = totals[row]
    assert right is not None
    totals[row] = right + data.draw(st.sampled_from([-1, 1, 0.5]))
    found = contradictions("wai-s", rows, totals, rater="client")
    assert [(each.row, each.stated, each.recomputed) for each in found] == [(row, totals[row], right)]


def test_known_mistakes_are_named() -> None:
    """A total that a known mistake would give names that mistake."""
    answers = [1, 7, 2, 1, 7, 6, 5, 7, 6, 2, 7, 6]
    right = score("wai-s", answers, rater="client").value
    assert right is not None
    plain = contradictions("wai-s", [answers], [sum(answers)], rater="client")
    assert "the reversed items were not turned" in plain[0].would_fit
    assert "a mean was stated" in contradictions("wai-s", [answers], [right / 12], rater="client")[0].would_fit
    positions = [5, 1, 5, 4, 1, 1, 4, 1, 5, 2, 1, 5]
    total = score("wai-sr", positions, recorded_as="position").value
    found = contradictions("wai-sr", [positions], [total])
    assert found[0].would_fit == ("the answers are positions on the printed form",)


def test_totals_that_skip_missing_items_are_found() -> None:
    """A PHQ-9 total that left missing items out, or filled them in, is named as such."""
    answers = [3, 3, 3, 3, None, 3, 3, 3, 3]
    left_out, filled = contradictions("phq-9", [answers, answers], [24, 27])
    assert (left_out.recomputed, left_out.would_fit) == (None, ("missing items were left out of the sum",))
    assert filled.would_fit == ("missing items were filled in",)


def test_two_swapped_items_are_found() -> None:
    """A WAI-36 bond score whose items 28 and 29 were swapped is explained by that."""
    whole = instrument("wai-36")
    answers = [4] * 36
    answers[27], answers[28] = 7, 2
    swapped = answers.copy()
    swapped[27], swapped[28] = 2, 7
    stated = {part.name: part.value for part in score(whole, swapped, rater="client").subscales}["bond"]
    found = contradictions(whole, [answers], [stated], rater="client", subscale="bond")
    assert "items 28 and 29 were swapped" in found[0].would_fit


@pytest.mark.parametrize("make", [pl.DataFrame, pl.LazyFrame, pd.DataFrame, pa.table])
def test_tables_are_compared_with_their_column_of_totals(make: Callable[[dict[str, list[object]]], IntoFrame]) -> None:
    """In a table the totals stand in a column; an empty cell states none."""
    columns: dict[str, list[object]] = {f"g{n}": [1, 2, 3, None] for n in range(1, 8)}
    table = make(columns | {"total": [7, 15, None, None]})
    found = contradictions("gad-7", table, "total", items="g")
    assert [(each.row, each.stated, each.recomputed) for each in found] == [(1, 15, 14)]
    with pytest.raises(UnknownNameError, match="did you mean 'total'"):
        contradictions("gad-7", table, "totals", items="g")
    assert contradictions("gad-7", table, [7, 14, 21, None], items="g") == ()


def test_what_cannot_be_compared_is_refused() -> None:
    """Unequal lengths, unknown subscales and items that are not scored are refused."""
    with pytest.raises(InvalidValueError, match="one stated total for each"):
        contradictions("gad-7", [[1] * 7], [7, 7])
    with pytest.raises(UnknownNameError, match="no such subscale"):
        contradictions("wai-sr", [[1] * 12], [4], subscale="task agreement")
    with pytest.raises(InvalidValueError, match="not verified"):
        contradictions("sai", [[1] * 6], [6])
