"""Positions keep apart and inside the page; words fit where they are said to fit."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.drawing import shorten, spread, text_frame, text_width, wrap
from therarel.errors import InvalidValueError

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15)


@given(st.lists(st.floats(0, 100), max_size=30), st.floats(0, 20))
def test_spread_keeps_order_gaps_and_bounds(wanted: list[float], gap: float) -> None:
    """Neighbours are the gap apart, or evenly spaced where there is not room enough."""
    places = spread(wanted, gap, low=0, high=100)
    least = min(gap, 100 / (len(wanted) - 1)) if len(wanted) > 1 else 0
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)
    ordered = sorted(places)
    assert all(other - one >= least - 1e-6 for one, other in pairwise(ordered))
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    assert [places[index] for index in order] == ordered


@given(st.lists(st.integers(0, 20), max_size=10, unique=True))
def test_spread_leaves_alone_what_is_apart_already(slots: list[int]) -> None:
    """Positions with room between them do not move."""
    wanted = [slot * 5.0 for slot in slots]
    assert spread(wanted, 5, low=0, high=100) == pytest.approx(tuple(wanted))


def test_spread_refuses_what_has_no_meaning() -> None:
    """A missing position, a negative gap and crossed bounds are errors."""
    for wanted, gap, high in (([math.nan], 1.0, 9.0), ([1.0], -1.0, 9.0), ([1.0], 1.0, -9.0)):
        with pytest.raises(InvalidValueError):
            spread(wanted, gap, low=0, high=high)


@given(st.text(), st.floats(20, 300))
def test_shortened_words_fit(said: str, width: float) -> None:
    """What comes back is no wider than asked, and untouched where it fitted already."""
    said = said.replace("\n", " ")
    short = shorten(said, width)
    assert text_width(short) <= width
    assert short == said if text_width(said) <= width else short.endswith("…")


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), max_size=12), st.floats(20, 200))
def test_wrapped_words_fit_and_none_is_lost(said: list[str], width: float) -> None:
    """Lines fit unless they are a single long word, and the words are the same."""
    wrapped = wrap(" ".join(said), width)
    assert wrapped.split() == said
    assert all(text_width(row) <= width or " " not in row for row in wrapped.split("\n"))


@given(st.text(), st.text(), st.floats(6, 40))
def test_width_grows_with_words_size_and_weight(one: str, other: str, size: float) -> None:
    """More words, larger letters and heavier letters never take less room."""
    one, other = one.replace("\n", ""), other.replace("\n", "")
    width = text_width(one, size=size)
    assert width <= text_width(one + other, size=size) + 1e-9
    assert width <= text_width(one, size=size + 1)
    assert width <= text_width(one, size=size, bold=True)


def test_other_scripts_have_their_widths() -> None:
    """Combining marks take no room, accents that of their letter, wide scripts a full square."""
    assert text_width("e\N{COMBINING ACUTE ACCENT}") == text_width("é") == text_width("e")
    assert text_width("治") == 12
    assert 0 < text_width("д") < 12


def test_the_frame_of_a_text_follows_its_anchor() -> None:
    """The rectangle lies right of, around or left of the point, and is centred on it when asked."""
    lefts = [text_frame(100, 50, "trust", anchor=anchor).left for anchor in ("start", "middle", "end")]
    assert lefts == sorted(lefts, reverse=True)
    assert text_frame(100, 50, "goal\nagreement", middle=True).centre[1] == pytest.approx(50, abs=2)
