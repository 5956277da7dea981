"""A number is a number, whichever library made it: a mean of numpy or pandas goes where a plain float goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest

from therarel.detection import detect, rules
from therarel.domain import RatingScale
from therarel.errors import TherarelError, as_number
from therarel.measures import Prorate, reliable_change
from therarel.panels import Panel

CANDIDATES = (0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
FLOATS: tuple[Callable[[float], object], ...] = (np.float64, np.float32, Decimal, Fraction, np.asarray)
INTS: tuple[Callable[[int], object], ...] = (np.int64, np.int8, np.uint16)


def numeric_fields(public_classes: Sequence[type]) -> Iterator[tuple[type, Any, type]]:
    """Every field of a public value that takes a number and judges it."""
    for cls in public_classes:
        if attrs.has(cls):
            for field in attrs.fields(cls):
                kind = str(field.type).replace(" ", "").removesuffix("|None")
                if field.init and field.validator is not None and kind in ("float", "int"):
                    yield cls, field, float if kind == "float" else int


def taken(cls: type, field: Any, value: object) -> object:
    """What a field makes of a value; the error where it refuses it."""
    try:
        converted = field.converter(value) if field.converter is not None else value
        field.validator(SimpleNamespace(), field, converted)
    except (TherarelError, TypeError, AttributeError) as error:
        return type(error)
    return converted


def test_every_field_that_takes_a_number_takes_that_of_any_library(public_classes: Sequence[type]) -> None:
    """A field that accepts 0.5 accepts numpy's 0.5, and keeps a plain float."""
    fields = list(numeric_fields(public_classes))
    assert len(fields) > 40
    wrong = []
    for cls, field, kind in fields:
        for candidate in CANDIDATES:
            plain = taken(cls, field, kind(candidate))
            if isinstance(plain, type):
                continue
            for maker in FLOATS if kind is float else INTS:
                found = taken(cls, field, maker(kind(candidate)))
                if type(found) is not kind or not np.isclose(found, plain):  # type: ignore[call-overload]  # numbers
                    wrong.append(f"{cls.__name__}.{field.name}: {maker.__name__}({candidate}) gave {found!r}")
    assert wrong == []


def test_truth_values_and_text_are_no_numbers(public_classes: Sequence[type]) -> None:
    """``True`` is not 1, ``numpy.True_`` neither, and "1" is text."""
    for cls, field, _ in numeric_fields(public_classes):
        for odd in (True, np.True_, "1"):
            assert isinstance(taken(cls, field, odd), type), (cls, field.name, odd)


@pytest.mark.parametrize("number", [np.float64, np.float32, Decimal, Fraction])
def test_functions_take_numbers_of_any_library(number: Callable[[float], Any]) -> None:
    """A standard deviation of a column is an argument as it stands."""
    panel = Panel.from_arrays(
        ["A"] * 4, [1, 2, 3, 4], [4.0, 4.5, 3.0, 4.25], scale=(number(1.0), number(5.0)), higher_is_better=True,
        max_gap=number(2.0), missing_codes=[number(9.0)],
    )  # fmt: skip
    found = detect(panel, primary=rules.ReliableDrop(sd=number(0.5), reliability=number(0.75)))
    assert len(found.candidates) == 1
    change = reliable_change([10.0], [4.0], sd=number(2.0), reliability=number(0.75), higher_is_better=False)
    assert (change.after - change.before).tolist() == [-6.0]
    assert Prorate(number(0.75)).min_fraction == 0.75
    assert RatingScale(number(1.0), number(5.0)).range == 4.0
    assert as_number(number(0.5), where="k") == 0.5
