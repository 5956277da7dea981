"""A relationship that follows is what its constructor would make of it, and nothing that it would refuse."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import AllianceStatus, Relationship, Stage
from therarel.errors import InvalidValueError
from therarel.machine.changes import with_changes
from therarel.testing import relationships

NAMES = sorted({field.name for field in attrs.fields(Relationship)} - {"dyad", "predecessor"})


@given(relationships(), relationships(), st.sets(st.sampled_from(NAMES), max_size=4))
def test_it_is_what_the_constructor_makes(now: Relationship, other: Relationship, changed: set[str]) -> None:
    """Any fields of another relationship give the same value, or the same refusal."""
    changes: Any = {name: getattr(other, name) for name in changed}
    expected, refused = None, None
    try:
        expected = attrs.evolve(now, **changes)
    except InvalidValueError as error:
        refused = str(error)
    if refused is None:
        made = with_changes(now, changes)
        assert made == expected
        assert hash(made) == hash(expected)
        assert repr(made) == repr(expected)
        return
    with pytest.raises(InvalidValueError) as raised:
        with_changes(now, changes)
    assert str(raised.value) == refused


@pytest.mark.parametrize(
    "changes",
    [
        {"stage": "maturation"},
        {"paused": 1},
        {"breaches": "x"},
        {"stage": Stage.CLOSED},
        {"client_misses_in_a_row": -1},
    ],
)
def test_what_changes_is_checked(changes: Any) -> None:
    """An effect that gives what a field cannot hold, or what contradicts the rest, is refused as by the constructor."""
    now = Relationship.between("C-1", "T-1")
    with pytest.raises(InvalidValueError) as expected:
        attrs.evolve(now, **changes)
    with pytest.raises(InvalidValueError) as raised:
        with_changes(now, changes)
    assert str(raised.value) == str(expected.value)


def test_the_one_before_stays_as_it_was() -> None:
    """Nothing is written into what was given."""
    now = Relationship.between("C-1", "T-1")
    after = with_changes(now, {"client_misses_in_a_row": 2})
    assert (now.client_misses_in_a_row, after.client_misses_in_a_row) == (0, 2)
    assert now.alliance_status is AllianceStatus.INTACT
