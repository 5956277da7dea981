"""Numbers, truth values, text and words with a meaning, read without coercion: hooks of a cattrs converter."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, get_args

from therarel.confidential import Confidential
from therarel.errors import InvalidValueError, shown
from therarel.reading.declared import terms, union_members
from therarel.reading.problems import Problem
from therarel.reading.refusals import kind_of, refusal

__all__ = [
    "literal_hook",
    "read_confidential",
    "read_flag",
    "read_null",
    "read_number",
    "read_term",
    "read_text",
    "read_whole",
]

_FLAGS: Final = dict.fromkeys(("yes", "on", "true", "1"), "true") | dict.fromkeys(("no", "off", "false", "0"), "false")


def _quoted(value: object) -> str | None:
    """The hint for a number in quotes."""
    if not isinstance(value, str):
        return None
    try:
        float(value)
    except ValueError:
        return None
    return "write the number without quotes"


def read_whole(value: object, _: object = None) -> int:
    """A whole number: ``3``, also where it is spelt ``3.0``, never ``3.5``, ``"3"`` or ``true``."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)  # JSON Schema counts it as whole, and JavaScript and R write it so
    raise refusal("a whole number is needed", value, hint=_quoted(value))


def read_number(value: object, _: object = None) -> float:
    """A finite number; a whole number becomes a float."""
    if type(value) is float:
        if value - value == 0.0:  # inf - inf and nan - nan are nan: cheaper than a call of isfinite
            return value
        hint = "leave a missing number out, or write null where the field allows it"
        raise refusal("a finite number is needed", value, hint=hint)
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise refusal("the number is too large", value) from None
    raise refusal("a number is needed", value, hint=_quoted(value))


def read_flag(value: object, _: object = None) -> bool:
    """``true`` or ``false``, nothing that merely behaves so."""
    if type(value) is bool:
        return value
    meant = _FLAGS.get(str(value).casefold())
    refused = refusal("true or false is needed", value, hint=f"write {meant}" if meant else None)
    raise refused.but(value=shown(value)) if meant else refused


def read_text(value: object, kind: type[str]) -> str:
    """Plain text, or text of a kind that checks itself when it is made, such as a pseudonym."""
    if type(value) is str:
        return value if kind is str else kind(value)
    if kind is not str:
        raise refusal(f"a {kind.__name__} (text) is needed", value)
    raise refusal("text is needed", value, hint="put it in quotes" if type(value) in {int, float, bool} else None)


def read_null(value: object, _: object = None) -> None:
    """``null``: not stated, not rated, not asked."""
    if value is not None:
        raise refusal("null is needed", value)


def read_confidential(value: object, _: object = None) -> Confidential:
    """Confidential text, which is never shown in a problem."""
    if type(value) is not str:
        raise refusal("confidential text is a string", value, hide=True)
    try:
        return Confidential(value)
    except InvalidValueError as error:
        raise Problem(error.what, value=kind_of(value), hint=error.hint) from None


def read_term(value: object, kind: Any) -> Enum:
    """A term of a closed vocabulary, or of several that share no value, by its value."""
    by_value = terms(kind)
    try:
        return by_value[value]
    except (KeyError, TypeError):
        pass
    kinds = " or ".join(enumeration.__name__ for enumeration in union_members(kind))
    raise refusal(f"a term of {kinds} is needed", value, choices=map(str, by_value))


def literal_hook(kind: object) -> Callable[[object, object], object]:
    """The hook of a few values that the field itself lists."""
    values = get_args(kind)
    listed = {(type(value), value) for value in values}
    kinds = set(map(type, values))  # never lists or objects, which have no hash

    def read(value: object, _: object) -> object:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) in kinds and (type(value), value) in listed:
            return value
        raise refusal("one of the listed values is needed", value, choices=map(str, values))

    return read
