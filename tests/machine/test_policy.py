"""The policy: illustrative defaults, and bounds that make sense of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import RuptureSeverity
from therarel.errors import InvalidValueError
from therarel.machine import Policy

counts = st.integers(1, 4)


def test_the_defaults_are_those_of_the_statechart() -> None:
    """One, two and four steps; contact lost after two misses; a strain blocks nothing; a major rupture costs trust."""
    policy = Policy()
    assert [policy.exploratory_steps(severity) for severity in (None, *RuptureSeverity)] == [1, 1, 2, 4]
    assert policy.client_misses_for_lost_contact == 2
    assert not policy.strain_blocks_formation_advance
    assert policy.major_rupture_reopens_trust


@given(counts, counts, counts)
def test_graver_ruptures_need_no_fewer_steps(minor: int, moderate: int, major: int) -> None:
    """Numbers in rising order are taken as they are, any others refused."""
    asked = {"exploratory_steps_minor": minor, "exploratory_steps_moderate": moderate, "exploratory_steps_major": major}
    if minor <= moderate <= major:
        policy = Policy(**asked)  # type: ignore[arg-type]  # whole numbers alone
        assert [policy.exploratory_steps(severity) for severity in RuptureSeverity] == [minor, moderate, major]
    else:
        with pytest.raises(InvalidValueError, match="graver"):
            Policy(**asked)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exploratory_steps_minor", 0), ("exploratory_steps_moderate", 5), ("exploratory_steps_major", 5),
        ("client_misses_for_lost_contact", 0), ("strain_blocks_formation_advance", 1), ("major_rupture_reopens_trust", None),
    ],
)  # fmt: skip
def test_numbers_out_of_bounds_are_refused(name: str, value: object) -> None:
    """There are four steps of exploration, at least one miss, and truth values are true or false."""
    with pytest.raises(InvalidValueError, match=name):
        Policy(**{name: value})  # type: ignore[arg-type]  # wrong on purpose
