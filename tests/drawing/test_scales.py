"""Scales map straight, tick roundly and refuse what they cannot map."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from therarel.drawing import LinearScale, tick_labels
from therarel.errors import InvalidValueError

values = st.floats(-1e9, 1e9)
pixels = st.floats(-1e4, 1e4)


@st.composite
def scales(draw: st.DrawFn) -> LinearScale:
    """Scales whose domain is wide enough for its numbers to be told apart."""
    low, high = draw(values), draw(values)
    assume(abs(high - low) > 1e-6 * max(1.0, abs(low), abs(high)))
    return LinearScale((low, high), (draw(pixels), draw(pixels)))


@given(scales())
def test_the_ends_of_the_domain_are_the_ends_of_the_range(scale: LinearScale) -> None:
    """Either end may be the larger; both are met."""
    assert scale(scale.domain[0]) == pytest.approx(scale.range[0], abs=1e-6)
    assert scale(scale.domain[1]) == pytest.approx(scale.range[1], abs=1e-6)


@given(scales(), st.integers(1, 12), st.booleans())
def test_ticks_are_round_ascending_and_within_the_domain(scale: LinearScale, about: int, whole: bool) -> None:
    """Ticks are whole multiples of one step, about as many as asked for, none outside the domain."""
    ticks = scale.ticks(about, whole=whole)
    low, high = sorted(scale.domain)
    slack = 1e-6 * (high - low)
    assert all(low - slack <= tick <= high + slack for tick in ticks)
    assert all(one < other for one, other in pairwise(ticks))
    assert len(ticks) <= 2 * about + 1
    if whole:
        assert all(tick == int(tick) for tick in ticks)
    else:
        assert len(ticks) >= about // 2
    assert len(set(tick_labels(ticks))) == len(ticks)


@given(st.lists(st.none() | st.just(math.nan) | values))
def test_a_scale_over_values_holds_them_all(found: list[float | None]) -> None:
    """Missing values are left out, equal ones get room, and no values at all are an error."""
    kept = [value for value in found if value is not None and not math.isnan(value)]
    if not kept:
        with pytest.raises(InvalidValueError, match="over no values"):
            LinearScale.over(found, (0, 100))
        return
    scale = LinearScale.over(found, (0, 100))
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in kept)
    assert [place is None for place in scale.map(found)] == [value is None or math.isnan(value) for value in found]


@pytest.mark.parametrize("domain", [(3, 3), (1, math.inf), (math.nan, 5), (None, 5), (-1.7e308, 1.7e308)])
def test_a_domain_without_two_finite_ends_is_refused(domain: tuple[float, float]) -> None:
    """Zero width, no width and endless width cannot be mapped."""
    with pytest.raises(InvalidValueError):
        LinearScale(domain, (0, 100))


def test_a_scale_is_strict_with_a_single_value() -> None:
    """One value that is missing is an error; only whole columns may have gaps."""
    with pytest.raises(InvalidValueError, match="finite"):
        LinearScale((1, 5), (0, 100))(math.nan)
    with pytest.raises(InvalidValueError, match="at least one tick"):
        LinearScale((1, 5), (0, 100)).ticks(0)


def test_tick_labels_share_their_decimals_and_use_a_true_minus() -> None:
    """Labels of one axis line up."""
    assert tick_labels([-0.5, 0, 0.5]) == ("\N{MINUS SIGN}0.5", "0.0", "0.5")
    assert tick_labels([-0.0, 10]) == ("0", "10")
    assert tick_labels([]) == ()
