"""Validators of the domain's fields: what is refused is named with its field, its value and its bound."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from sys import float_info
from typing import Any, Final, TypeVar, cast

from attrs import Attribute

from therarel.confidential import Confidential, Pseudonym, unkeepable
from therarel.errors import (
    InvalidValueError,
    hint_for,
    is_number,
    is_whole,
    nearest,
    numbers_within,
    shown,
    without_words,
)
from therarel.vocabulary import Vocabulary

T = TypeVar("T")
Check = Callable[[object, "Attribute[Any]", Any], None]

_CODE: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,62}[A-Za-z0-9])?"
_IS_CODE: Final = re.compile(_CODE).fullmatch
LARGEST: Final = 2**53 - 1
"""The largest whole number that every reader of JSON keeps as it is."""

CODED: Final[Mapping[str, str]] = {"pattern": f"^{_CODE}$"}
"""Field metadata of a `code`, so that schemas and docs can read its form."""


def refuse(instance: object, attribute: Attribute[Any], value: object, bound: str, hint: str | None = None) -> None:
    """Raise for the value of a field, without showing its text."""
    raise InvalidValueError(
        "not accepted",
        where=f"{type(instance).__name__}.{attribute.name}",
        value=without_words(value) if isinstance(value, str) else shown(value),
        bound=bound,
        hint=hint,
    )


def bounds(minimum: float | None = None, maximum: float | None = None) -> Mapping[str, float]:
    """Field metadata that holds the bounds, so that schemas and docs can read them."""
    given = {"minimum": minimum, "maximum": maximum}
    return {name: value for name, value in given.items() if value is not None}


def whole(minimum: int = 0, maximum: int | None = None) -> Check:
    """A whole number within the bounds, both included; ``True`` and ``3.0`` are refused.

    Without a maximum, a number that every reader of JSON keeps as it is: at most `LARGEST`.
    """

    def check(instance: object, attribute: Attribute[Any], value: Any) -> None:
        if type(value) is int and minimum <= value <= (LARGEST if maximum is None else maximum):
            return
        if maximum is not None:
            refuse(instance, attribute, value, f"a whole number from {minimum} to {maximum}")
        large = type(value) is int and value > LARGEST
        refuse(instance, attribute, value, f"a whole number of at {f'most {LARGEST}' if large else f'least {minimum}'}")

    return check


def number(minimum: float = -math.inf, maximum: float = math.inf) -> Check:
    """A finite number within the bounds, both included; ``True`` is refused."""
    # What a float can hold is finite; one comparison is quicker than asking, and a course holds many numbers.
    lowest, highest = max(minimum, -float_info.max), min(maximum, float_info.max)

    def check(instance: object, attribute: Attribute[Any], value: Any) -> None:
        if (type(value) is float or type(value) is int) and lowest <= value <= highest:
            return
        refuse(instance, attribute, value, numbers_within(minimum, maximum))

    return check


def above_zero(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """A finite number above 0; ``True`` is refused."""
    number(0.0)(instance, attribute, value)
    if value == 0:
        refuse(instance, attribute, value, "above 0")


def finite(value: float) -> bool:
    """Whether a float can hold the number."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def a(kind: type | tuple[type, ...], *, hint: str | None = None) -> Check:
    """An instance of a class, or of one of several."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    expected = " or ".join(each.__name__ for each in kinds)
    article = "an" if expected[0] in "AEIOU" else "a"

    def check(instance: object, attribute: Attribute[Any], value: Any) -> None:
        if not isinstance(value, kinds):
            refuse(instance, attribute, value, f"{article} {expected}", hint or _hint_of(kinds, value))

    return check


def _hint_of(kinds: tuple[type, ...], value: object) -> str | None:
    """Which term of a closed list was meant, where text was given in its place."""
    terms = {term.value: f"{term.__class__.__name__}.{term.name}" for kind in kinds for term in _terms(kind)}
    if not terms or not isinstance(value, str):
        return None
    meant = nearest(value, terms)
    return hint_for(value, terms.values()) if meant is None else f"write {terms[meant]}"


def _terms(kind: type) -> Iterable[Vocabulary]:
    return kind if issubclass(kind, Vocabulary) else ()


def truth(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """``True`` or ``False``, nothing that merely behaves so."""
    if value is not True and value is not False:
        refuse(instance, attribute, value, "True or False")


def day(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """A calendar date without a time of day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        hint = "drop the time of day with .date()" if isinstance(value, datetime) else None
        if isinstance(value, str):
            hint = "make one of the text with date.fromisoformat(...)"
        refuse(instance, attribute, value, "a datetime.date", hint)


def text(instance: object, attribute: Attribute[Any], value: str) -> None:
    """Text that a file can hold; what it says is not repeated."""
    found = unkeepable(value)
    if found is not None:
        what, hint = found
        raise InvalidValueError(what, where=f"{type(instance).__name__}.{attribute.name}", hint=hint)


def name(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """A short name on one line, such as an identifier; free text about a client does not belong here."""
    if not isinstance(value, str) or not 0 < len(value) <= 80 or value != value.strip() or "\n" in value:
        refuse(instance, attribute, value, "a name of 1 to 80 characters on one line")
    text(instance, attribute, value)


def code(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """A code of the form of a pseudonym; it is shown where confidential text is not, so no sentence passes.

    What is refused may be something that was said, and is not repeated.
    """
    if not isinstance(value, str) or not _IS_CODE(value):
        raise InvalidValueError(
            "a code is needed, not a name or a sentence",
            where=f"{type(instance).__name__}.{attribute.name}",
            value=None if isinstance(value, str) else shown(value),
            bound="1 to 64 letters, digits and . _ : - , beginning and ending with a letter or digit",
            hint="use a code such as 'breach-1'; words about what happened belong in the event's note",
        )


def private(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """Confidential text; what `as_private` left as it was is refused here, where the field is known."""
    if isinstance(value, Confidential):
        return
    if isinstance(value, str):
        try:
            Confidential(value)
        except InvalidValueError as error:
            what, hint = error.what, error.hint
            raise InvalidValueError(what, where=f"{type(instance).__name__}.{attribute.name}", hint=hint) from None
    refuse(instance, attribute, value, "Confidential text")


def optional(check: Check) -> Check:
    """``None`` (not stated, not rated, not asked) or what the check accepts."""

    def checked(instance: object, attribute: Attribute[Any], value: Any) -> None:
        if value is not None:
            check(instance, attribute, value)

    return checked


def collection(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """A collection, as `as_set` or `as_tuple` made it; what they left as it was is refused here."""
    if not isinstance(value, (tuple, frozenset)):
        refuse(instance, attribute, value, "a collection", "write it in brackets, such as [...]")


def members(check: Check) -> Check:
    """A collection; every member passes the check."""

    def checked(instance: object, attribute: Attribute[Any], value: Any) -> None:
        if isinstance(value, list):  # what no set can hold is named as a member
            for member in value:
                check(instance, attribute, member)
        collection(instance, attribute, value)
        for member in value:
            check(instance, attribute, member)

    return checked


def pseudonym(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """A pseudonym; what `as_pseudonym` left as it was is refused here, where the field is known."""
    if not isinstance(value, Pseudonym):
        pseudonym_of(value, f"{type(instance).__name__}.{attribute.name}")


def pseudonym_of(code: str, where: str) -> Pseudonym:
    """A code as a `Pseudonym`; what is refused is named with its place, and not repeated."""
    try:
        return Pseudonym(code)
    except InvalidValueError as error:
        refused = InvalidValueError(error.what, where=where, value=error.value, bound=error.bound, hint=error.hint)
    del code
    raise refused


def as_private(text: str | Confidential | None) -> Confidential | None:
    """Text as `Confidential`; what cannot be kept is left for the validator `private`, which names its field."""
    if not isinstance(text, str):
        return text
    try:
        return Confidential(text)
    except InvalidValueError:
        return cast("Confidential", text)


def as_pseudonym(code: str | None) -> Pseudonym | None:
    """A code as `Pseudonym`; what is refused is left for the validator `pseudonym`, which names its field."""
    if code is None or isinstance(code, Pseudonym):
        return code
    try:
        return Pseudonym(code)
    except InvalidValueError:
        return cast("Pseudonym", code)


def as_set(values: Iterable[T]) -> frozenset[T]:
    """Any collection as a frozen set; anything else is left for the validator to refuse, which names its field.

    A single string is left, too, for its characters are not meant.
    """
    if isinstance(values, str):
        return cast("frozenset[T]", values)
    try:
        return frozenset(values)
    except TypeError:
        return cast("frozenset[T]", values)


def as_tuple(values: Iterable[T]) -> tuple[T, ...]:
    """Any collection as a tuple, and the rest as `as_set`."""
    if isinstance(values, str):
        return cast("tuple[T, ...]", values)
    try:
        return tuple(values)
    except TypeError:
        return cast("tuple[T, ...]", values)


def as_tuple_of(kind: Callable[[Any], T], values: Iterable[object]) -> tuple[T, ...]:
    """Any collection as a tuple of values of a kind, and the rest as `as_tuple`."""
    found: Any = as_tuple(values)
    return tuple(map(kind, found)) if isinstance(found, tuple) else found


def as_float(value: float) -> float:
    """A real number of any library as a float; anything else is left for the validator to judge."""
    if type(value) is float:
        return value
    return float(value) if is_number(value) and finite(value) else value


def as_int(value: int) -> int:
    """A whole number of any library as an int; anything else is left for the validator to judge."""
    return int(value) if type(value) is not int and is_whole(value) else value


def as_number(value: float | str | bool | None) -> float | int | str | bool | None:
    """A whole number of any library as an int, any other number as a float; anything else is left."""
    return as_int(value) if is_whole(value) else as_float(value) if is_number(value) else value


def int_or_none(value: int | None) -> int | None:
    """``None``, or as `as_int`."""
    return None if value is None else as_int(value)


def float_or_none(value: float | None) -> float | None:
    """``None``, or as `as_float`."""
    return None if value is None else as_float(value)
