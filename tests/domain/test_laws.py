"""Laws that hold for every public value."""

import copy
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.confidential import Confidential
from therarel.errors import ConfidentialityError
from therarel.testing import PUBLIC_CLASSES, strategy_for

classes = pytest.mark.parametrize("cls", PUBLIC_CLASSES, ids=lambda cls: cls.__name__)


def holds_confidential(value: object) -> bool:
    """Whether confidential text stands anywhere inside."""
    if isinstance(value, Confidential):
        return True
    kind = type(value)
    if attrs.has(kind):
        return any(holds_confidential(getattr(value, each.name)) for each in attrs.fields(kind))
    return isinstance(value, tuple | frozenset) and any(holds_confidential(member) for member in value)


@classes
@given(data=st.data())
def test_rebuilding_from_its_fields_gives_an_equal_value_with_an_equal_hash(
    cls: type[Any], data: st.DataObject
) -> None:
    """A value is what its fields are, so evolving nothing changes nothing."""
    value = data.draw(strategy_for(cls))
    again = attrs.evolve(value)
    assert again == value
    assert hash(again) == hash(value)
    assert again is not value


@classes
@given(data=st.data())
def test_a_value_is_frozen(cls: type[Any], data: st.DataObject) -> None:
    """No field of a value can be set or deleted, and no other attribute added."""
    value = data.draw(strategy_for(cls))
    for name in [each.name for each in attrs.fields(cls)] + ["something_new"]:
        with pytest.raises(AttributeError):
            setattr(value, name, None)


@classes
@given(data=st.data())
def test_copies_are_equal_and_pickling_refuses_exactly_confidential_text(cls: type[Any], data: st.DataObject) -> None:
    """Copying works for every value; pickling works unless confidential text is inside."""
    value = data.draw(strategy_for(cls))
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value
    if holds_confidential(value):
        with pytest.raises(ConfidentialityError):
            pickle.dumps(value)
    else:
        assert pickle.loads(pickle.dumps(value)) == value


@classes
@given(data=st.data())
def test_a_value_differs_from_values_of_other_classes(cls: type[Any], data: st.DataObject) -> None:
    """Equality asks for the same class, so two events with the same fields are two things."""
    value = data.draw(strategy_for(cls))
    other = data.draw(st.sampled_from([each for each in PUBLIC_CLASSES if each is not cls]).flatmap(strategy_for))
    assert value != other
