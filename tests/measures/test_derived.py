"""Forms derived from a longer one are like the short form, and say that they are derived."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError
from therarel.measures import derived_form, instrument, parent_columns, score, short_responses

WHOLE = st.lists(st.integers(1, 7), min_size=36, max_size=36)


@given(WHOLE, st.sampled_from(["wai-sr", "wai-s"]))
def test_a_derived_total_is_the_sum_of_the_parent_items(answers: list[int], name: str) -> None:
    """The total is made of the twelve parent items, turned where the longer form turns them."""
    whole, form = instrument("wai-36"), derived_form(name)
    parents = instrument(name).parents
    assert parents is not None
    expected = sum(8 - answers[p - 1] if p in whole.reversed_items else answers[p - 1] for p in parents.items)
    numbered = dict(enumerate(answers, start=1))
    found = score(form, short_responses(name, numbered), rater="client")
    assert found.value == expected
    assert found.instrument == f"{name}-like-from-wai-36"
    table = pl.DataFrame({f"item{n}": [a] for n, a in numbered.items()})
    scored = score(form, table, rater="client", items=parent_columns(name), name="like")
    assert scored["like"].to_list() == [expected]


def test_a_derived_form_keeps_the_scale_of_the_longer_one() -> None:
    """Scale and respondents are those of the WAI-36, subscales those of the WAI-SR, figures none."""
    like, short = derived_form("wai-sr"), instrument("wai-sr")
    assert like.item_scale == instrument("wai-36").item_scale
    assert like.respondents == instrument("wai-36").respondents
    assert like.subscales == short.subscales
    assert (like.reversed_items, like.print_order_flipped) == ((), ())
    assert (like.cutoffs, like.norms, like.reliability, like.verified_reliability) == ((), (), (), None)
    assert "Derived" in like.notes[0]
    assert derived_form("wai-s").reversed_items == (4, 10)


def test_items_that_were_not_asked_stay_missing() -> None:
    """A parent item without an answer is not asked in the derived form."""
    partial = dict.fromkeys(range(1, 36), 4)
    found = score(derived_form("wai-sr"), short_responses("wai-sr", partial), rater="client")
    assert [gap.item for gap in found.missing] == [9]


def test_forms_without_known_parents_are_refused() -> None:
    """Nothing is derived without a map, and items of the longer form must exist."""
    with pytest.raises(InvalidValueError, match="not known which longer form wai-srt"):
        derived_form("wai-srt")
    with pytest.raises(InvalidValueError, match="wai-36 has no such item"):
        short_responses("wai-sr", {37: 1})
    assert parent_columns("wai-s", "w")[10] == "w27"
