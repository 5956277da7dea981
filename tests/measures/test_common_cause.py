"""One mistake that explains every contradiction is said once, and answers in words are compared, too."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from therarel.measures import common_cause, contradictions, score

ANSWERS = st.lists(st.lists(st.integers(1, 7), min_size=12, max_size=12), min_size=2, max_size=5)


@given(ANSWERS)
def test_totals_without_turned_items_have_one_cause(rows: list[list[int]]) -> None:
    """Plain sums of a form with reversed items are explained by that alone, row for row."""
    found = contradictions("wai-s", rows, [sum(row) for row in rows], rater="client")
    cause = common_cause(found)
    assert (cause is None) == (found == ())
    assert all(cause in each.would_fit for each in found)


def test_different_mistakes_have_no_common_cause() -> None:
    """Where nothing explains all of them, nothing is named."""
    rows = [[1, 7, 2, 1, 7, 6, 5, 7, 6, 2, 7, 6]] * 2
    found = contradictions("wai-s", rows, [57, 4], rater="client")
    assert len(found) == 2
    assert common_cause(found) is None


def test_answers_in_words_are_compared_by_what_they_stand_for() -> None:
    """The words that scoring takes, comparing takes."""
    words = {"nie": 0, "immer": 3}
    row = ["nie", "immer", 1, 2, "nie", "nie", "immer"]
    total = score("gad-7", row, words=words).value
    assert contradictions("gad-7", [row], [total], words=words) == ()
    (found,) = contradictions("gad-7", [row], [0], words=words)
    assert found.recomputed == total
