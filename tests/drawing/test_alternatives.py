"""What a series says in words is what was drawn."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.drawing import describe_series
from therarel.errors import InvalidValueError


def test_a_series_is_told_in_one_sentence() -> None:
    """Beginning, end, lowest, highest and what is missing."""
    assert describe_series("C-014", [1, 2, 3, 4], [3.5, None, 2.0, 4.255], decimals=1) == (
        "C-014: from 3.5 at session 1 to 4.3 at session 4; lowest 2 at session 3, highest 4.3 at session 4; 1 missing."
    )


@given(st.lists(st.none() | st.just(math.nan) | st.floats(-100, 100)))
def test_missing_values_are_counted(ys: list[float | None]) -> None:
    """The sentence names how many values are missing, or that there are none at all."""
    missing = sum(value is None or math.isnan(value) for value in ys)
    told = describe_series("C-014", range(len(ys)), ys)
    if missing == len(ys):
        assert told == "C-014: no values."
    else:
        assert (f"{missing} missing" in told) == (missing > 0)


def test_short_and_flat_series_are_told_briefly() -> None:
    """One value is one value, and a flat series has no lowest."""
    assert describe_series("C-014", [3], [2]) == "C-014: 2 at session 3."
    assert describe_series("C-014", [1, 2], [2, 2], x="week") == "C-014: from 2 at week 1 to 2 at week 2."


def test_unequal_and_infinite_series_are_refused() -> None:
    """Every value has its session, and infinity is a mistake."""
    with pytest.raises(InvalidValueError, match="differ in length"):
        describe_series("C-014", [1], [])
    with pytest.raises(InvalidValueError, match="finite"):
        describe_series("C-014", [1], [math.inf])
