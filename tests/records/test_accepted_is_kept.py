"""Whatever a value accepts can be written, and read again as it was: what cannot be kept is refused where it enters."""

from __future__ import annotations

import types
import typing
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel import records
from therarel.confidential import Confidential
from therarel.errors import InvalidValueError, TherarelError, shown
from therarel.records.kinds import kind_of
from therarel.testing.strategies import PUBLIC_CLASSES, strategy_for

ANY_TEXT = st.text(st.characters(categories=["L", "N", "Cs", "Cc", "P"]), max_size=12)
LARGE = (2**53 - 1, 2**53, 10**400, 10**700, -(10**700), 10**5000)


def members(annotation: Any) -> set[Any]:
    """The plain types that an annotation names."""
    inner = typing.get_args(annotation)
    union = isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union
    return {each for part in inner for each in members(part)} if union else {annotation}


def fields_of(*wanted: type) -> list[tuple[type, str]]:
    """Every field of every public class that may hold one of these types."""
    return [
        (cls, field.name)
        for cls in PUBLIC_CLASSES
        for field in attrs.fields(cls)
        if members(typing.get_type_hints(cls)[field.name]) & {*wanted}
    ]


OF_TEXT, OF_NUMBERS = fields_of(str, Confidential), fields_of(int, float)


def kept_or_refused(value: object, field: str, given: object) -> None:
    """A value with one field changed is refused by the name of the field, or written and read again."""
    changed, refused = value, None
    try:
        changed = attrs.evolve(value, **{field: given})  # type: ignore[misc]  # any class of the domain
    except TherarelError as error:
        refused = error
    if refused is None:
        if kind_of(changed) is not None:
            text = records.dumps(changed, confidential="include")
            assert records.loads(text.encode().decode()) == changed
        return
    assert refused.where is None or refused.where.startswith(type(value).__name__)
    if isinstance(given, str) and len(given) > 2 and any(map(str.isalpha, given)):  # dots are in hints as well
        assert given not in str(refused).replace(shown(given), "")


@settings(max_examples=200)
@given(data=st.data())
def test_any_text_is_refused_by_its_field_or_kept(data: st.DataObject) -> None:
    """Half a surrogate pair, a control character or a word of any language: refused now, or kept for good."""
    cls, field = data.draw(st.sampled_from(OF_TEXT))
    kept_or_refused(data.draw(strategy_for(cls)), field, data.draw(ANY_TEXT))


@settings(max_examples=200)
@given(data=st.data())
def test_any_number_is_refused_by_its_field_or_kept(data: st.DataObject) -> None:
    """A number larger than programs can read again is refused where it enters."""
    cls, field = data.draw(st.sampled_from(OF_NUMBERS))
    kept_or_refused(data.draw(strategy_for(cls)), field, LARGE[data.draw(st.sampled_from(range(len(LARGE))))])


@pytest.mark.parametrize(("cls", "field"), fields_of(Confidential), ids=lambda each: getattr(each, "__name__", each))
@settings(max_examples=3)
@given(data=st.data(), broken=st.sampled_from(["\ud800", "so\0", " "]))
def test_confidential_text_that_cannot_be_kept_is_refused_by_its_field(
    cls: type, field: str, broken: str, data: st.DataObject
) -> None:
    """The refusal names class and field, and says what is wrong with the text."""
    value = data.draw(strategy_for(cls))
    with pytest.raises(InvalidValueError, match=r"surrogate pair|NUL character|empty") as caught:
        attrs.evolve(value, **{field: broken})
    assert caught.value.where == f"{cls.__name__}.{field}"
