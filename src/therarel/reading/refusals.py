"""How a problem speaks of a value: shown where it may be, described by its kind where it may be somebody's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from therarel.errors import TherarelError, shown
from therarel.reading.problems import Problem

__all__ = ["kind_of", "refusal", "rule_refusal"]

_LARGE: Final = 10**30
_KINDS: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


def kind_of(value: object) -> str:
    """What a value is, without showing it.

    Examples:
        >>> kind_of({"a": 1}), kind_of(None), kind_of(2.5)
        ('an object', 'null', 'a number')
    """
    return _KINDS.get(type(value), f"an object of type {type(value).__name__}")


def _told(value: object) -> str:
    if value is None:
        return "null"
    if type(value) is dict:
        return f"an object of {len(value)}"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int and abs(value) >= _LARGE:
        return "a very large number"
    return shown(value)


def refusal(
    what: str, value: object, *, bound: str | None = None, hint: str | None = None, hide: bool = False
) -> Problem:
    """The problem with a value, to be raised where the value is read; its path is found on the way up.

    Args:
        what: What is wrong.
        value: The value.
        bound: What would have been accepted.
        hint: What to do about it.
        hide: Whether the value may be confidential, so that only its kind is told.

    Examples:
        >>> print(refusal("a list is needed", 10**50))
        $: a list is needed, got a very large number
    """
    return Problem(what, value=kind_of(value) if hide else _told(value), bound=bound, hint=hint)


def rule_refusal(error: Exception, value: object, *, hide: bool = False, of: str = "field") -> Problem:
    """The problem that a constructor, converter or validator raised.

    Errors of this library keep their parts. Those of others may quote the value, so that their words are passed on
    only where the value is no text.
    """
    if isinstance(error, TherarelError):
        told = kind_of(value) if hide else error.value
        return Problem(error.what, value=told, bound=error.bound, hint=error.hint)
    speaks = not hide and (value is None or type(value) in {int, float, bool})
    words = str(error.args[0]) if speaks and error.args and isinstance(error.args[0], str) else None
    return refusal(f"refused by a rule of its {of}", value, hint=words, hide=hide)
