"""How a problem speaks of a value: shown where it may be, described by its kind where it may be somebody's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from therarel.errors import TherarelError, hint_for, shown, without_words
from therarel.reading.problems import Problem

_LARGE: Final = 10**30
_STAMP: Final = re.compile(r"therarel\.[a-z_]{1,40}/[0-9]{1,6}", re.ASCII)
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


def described(value: object, choices: Iterable[str] = ()) -> str:
    """A value of a document as a problem may show it.

    Of text no words are shown but those that are nearly known, and the stamp of a record.

    Args:
        value: The value.
        choices: What could have been meant.

    Examples:
        >>> described("bilding_rapport", ["building_rapport"]), described("Jane"), described({"a": 1})
        ("'bilding_rapport'", 'text of 4 characters', 'an object of 1')
    """
    if isinstance(value, str):
        return shown(value) if _STAMP.fullmatch(value) else without_words(value, choices)
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
    what: str,
    value: object,
    *,
    bound: str | None = None,
    hint: str | None = None,
    hide: bool = False,
    choices: Iterable[str] = (),
) -> Problem:
    """The problem with a value, to be raised where the value is read; its path is found on the way up.

    Args:
        what: What is wrong.
        value: The value.
        bound: What would have been accepted.
        hint: What to do about it.
        hide: Whether the value may be confidential, so that only its kind is named.
        choices: What could have been meant; the hint names the nearest.

    Examples:
        >>> print(refusal("a list is needed", 10**50))
        $: a list is needed, got a very large number
    """
    names = list(choices)
    hint = hint_for(value, names) if names else hint
    return Problem(what, value=kind_of(value) if hide else described(value, names), bound=bound, hint=hint)


def rule_refusal(error: Exception, value: object, *, hide: bool = False, of: str = "field") -> Problem:
    """The problem that a constructor, converter or validator raised.

    Errors of this library keep their parts. Those of others may quote the value, so that their words are passed on
    only where the value is not text.
    """
    if isinstance(error, TherarelError):
        shown_value = kind_of(value) if hide else _wordless(error.value, value)
        return Problem(error.what, value=shown_value, bound=error.bound, hint=error.hint)
    speaks = not hide and (value is None or type(value) in {int, float, bool})
    words = str(error.args[0]) if speaks and error.args and isinstance(error.args[0], str) else None
    return refusal(f"refused by a rule of its {of}", value, hint=words, hide=hide)


def _wordless(shown_value: str | None, value: object) -> str | None:
    """What an error shows of a value, without words of the document."""
    if shown_value is None or shown_value[:1] not in {"'", '"'}:
        return shown_value
    return described(value) if isinstance(value, str) else None
