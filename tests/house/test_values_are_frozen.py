"""Values do not change: every public value class is frozen and slotted, or has a reason not to be."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import attrs
import pytest

# Dotted name of the class: why it is not both frozen and slotted.
EXCEPTIONS: Mapping[str, str] = {}


def flaws(cls: type) -> list[str]:
    """What keeps a class from being a frozen, slotted value; classes of other kinds have none."""
    if attrs.has(cls):
        props = attrs.inspect(cls)
        frozen, slotted = props.is_frozen, props.is_slotted
    elif dataclasses.is_dataclass(cls):
        frozen, slotted = vars(cls)["__dataclass_params__"].frozen, "__slots__" in vars(cls)
    else:
        return []
    return [word for word, holds in (("frozen", frozen), ("slotted", slotted)) if not holds]


def dotted(cls: type) -> str:
    """The full name of a class."""
    return f"{cls.__module__}.{cls.__qualname__}"


def test_public_value_classes_are_frozen_and_slotted(public_classes: Sequence[type]) -> None:
    """Whatever a user holds cannot change under them, and a misspelt attribute cannot be set."""
    found = {dotted(cls): flaws(cls) for cls in public_classes if flaws(cls)}
    assert {name: what for name, what in found.items() if name not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) <= set(found), "an exception is no longer needed"


def test_exceptions_have_reasons() -> None:
    """Each exception says in words why the rule does not fit."""
    assert all(len(reason.split()) >= 3 for reason in EXCEPTIONS.values())


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (attrs.make_class("Frozen", ["x"], frozen=True, slots=True), []),
        (attrs.make_class("Loose", ["x"], frozen=True, slots=False), ["slotted"]),
        (attrs.make_class("Mutable", ["x"], frozen=False, slots=True), ["frozen"]),
        (dataclasses.make_dataclass("Data", ["x"]), ["frozen", "slotted"]),
        (dataclasses.make_dataclass("FrozenData", ["x"], frozen=True, slots=True), []),
        (int, []),
    ],
)
def test_a_mutable_or_open_class_is_found(cls: type, expected: list[str]) -> None:
    """The check sees what is not frozen and what is not slotted."""
    assert flaws(cls) == expected
