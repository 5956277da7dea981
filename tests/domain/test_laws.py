"""Laws that hold for every public value."""

import copy
import pickle
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.confidential import Confidential, Pseudonym
from therarel.errors import ConfidentialityError, TherarelError
from therarel.testing import PUBLIC_CLASSES, strategy_for
from therarel.texts import standard_texts

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


@classes
@settings(max_examples=5)
@given(data=st.data())
def test_a_value_says_itself(cls: type[Any], data: st.DataObject) -> None:
    """What a value is shows in words and in code, in the words of the texts where it is said with them."""
    value = data.draw(strategy_for(cls))
    assert str(value)
    assert repr(value)
    if hasattr(value, "worded") and "__str__" in vars(cls):
        assert value.worded(standard_texts()) == str(value)


class Stranger:
    """Something that no field means."""


@classes
@settings(max_examples=2)
@given(data=st.data())
def test_no_field_takes_what_it_does_not_mean(cls: type[Any], data: st.DataObject) -> None:
    """A thing of no known kind, alone or as a member, is refused by every field, and the error names the field."""
    value = data.draw(strategy_for(cls))
    for each in attrs.fields(cls):
        for strange in (Stranger(), (Stranger(),), [[Stranger()]]):
            with pytest.raises(TherarelError) as refused:
                attrs.evolve(value, **{each.alias: strange})
            assert refused.value.where in (f"{cls.__name__}.{each.name}", *OF_PEOPLE)


OF_PEOPLE = ("Client.pseudonym", "Therapist.pseudonym")


@classes
@settings(max_examples=2)
@given(data=st.data())
def test_text_is_neither_a_collection_nor_a_pseudonym(cls: type[Any], data: st.DataObject) -> None:
    """Words in the place of several things or of a code are refused by an error that names the field and not them."""
    value = data.draw(strategy_for(cls))
    for each in attrs.fields(cls):
        if not str(each.type).startswith(("frozenset", "tuple", "Pseudonym", "Client", "Therapist ")):
            continue
        with pytest.raises(TherarelError, match=r"^[^:]*: ") as refused:
            attrs.evolve(value, **{each.alias: "words of somebody"})
        assert refused.value.where in (f"{cls.__name__}.{each.name}", *OF_PEOPLE)
        assert "words of" not in str(refused.value)


def plain(value: object) -> object:
    """A field's value as one would write it without the classes that hold it."""
    if isinstance(value, frozenset | tuple):
        return list(value)
    if isinstance(value, Confidential):
        return value.reveal()
    if type(value) is int:
        return np.int64(value)
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return str(value) if isinstance(value, Pseudonym) else value


@classes
@settings(max_examples=20)
@given(data=st.data())
def test_a_field_takes_any_collection_any_number_and_plain_text(cls: type[Any], data: st.DataObject) -> None:
    """Lists, whole numbers of any library, texts and codes become what the value holds, and mean the same."""
    value = data.draw(strategy_for(cls))
    written = {each.alias: plain(getattr(value, each.name)) for each in attrs.fields(cls)}
    again = cls(**written)
    assert again == value
    for each in attrs.fields(cls):
        assert type(getattr(again, each.name)) is type(getattr(value, each.name)), each.name


def refusal(value: Any, field: str, given: object) -> str:
    """What is said against a field's other value; nothing where it is taken."""
    try:
        attrs.evolve(value, **{field: given})
    except TherarelError as error:
        return str(error)
    return ""


@classes
@settings(max_examples=2)
@given(data=st.data())
def test_a_field_that_takes_codes_alone_says_their_form(cls: type[Any], data: st.DataObject) -> None:
    """Whatever refuses two words as no code carries the pattern of a code, which schemas and pages read."""
    value = data.draw(strategy_for(cls))
    for each in attrs.fields(cls):
        coded = "a code is needed" in refusal(value, each.alias, "two words")
        assert not coded or "pattern" in each.metadata, each.name
