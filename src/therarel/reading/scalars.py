"""Numbers, truth values, text, times and terms, read without coercion: hooks of a cattrs converter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final, get_args

from therarel.confidential import Confidential
from therarel.errors import InvalidValueError, shown
from therarel.reading.declared import terms, union_members
from therarel.reading.problems import Problem
from therarel.reading.refusals import kind_of, refusal

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


DATE: Final = r"\d{4}-\d{2}-\d{2}"
"""How a date is spelt."""

MOMENT: Final = DATE + r"T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
"""How a moment is spelt."""

DURATION: Final = r"(-)?P(?=.)(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,6}))?S)?)?"
"""How a duration is spelt."""

_MOMENT: Final = re.compile(MOMENT, re.ASCII)
_DURATION: Final = re.compile(DURATION, re.ASCII)


def read_date(value: object, _: object = None) -> date:
    """A calendar date from ``YYYY-MM-DD``; the other spellings of ISO 8601 are refused."""
    try:
        if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
            return date.fromisoformat(value)
    except ValueError:
        pass
    hint = "leave the time of day out" if isinstance(value, str) and "T" in value else None
    raise refusal("a date is needed", value, bound="YYYY-MM-DD", hint=hint)


def read_moment(value: object, _: object = None) -> datetime:
    """A moment with its offset from UTC, ``2024-03-05T14:30:00+01:00``."""
    try:
        if type(value) is str and _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    naive = isinstance(value, str) and _MOMENT.fullmatch(value + "Z")
    hint = "add the offset from UTC, such as Z or +01:00" if naive else None
    raise refusal("a moment is needed", value, bound="YYYY-MM-DDTHH:MM:SS with Z or an offset", hint=hint)


def moment_text(value: datetime) -> str:
    """A moment as text.

    Raises:
        ValueError: if it has no offset from UTC: such a time cannot be ordered.
    """
    if value.tzinfo is None:
        raise ValueError("a moment without its offset from UTC")
    return value.isoformat()


def read_duration(value: object, _: object = None) -> timedelta:
    """A duration from days, hours, minutes and seconds of ISO 8601, ``PT50M``."""
    match = _DURATION.fullmatch(value) if type(value) is str else None
    try:
        if match is not None:
            sign, days, hours, minutes, seconds, fraction = match.groups()
            length = timedelta(
                days=int(days or 0),
                hours=int(hours or 0),
                minutes=int(minutes or 0),
                seconds=int(seconds or 0),
                microseconds=int((fraction or "").ljust(6, "0")),
            )
            return -length if sign else length
    except OverflowError:
        pass
    raise refusal("a duration is needed", value, bound="ISO 8601 such as PT50M or P1DT2H")


def duration_text(value: timedelta) -> str:
    """A duration as ISO 8601 writes it.

    Examples:
        >>> duration_text(timedelta(days=1, minutes=50)), duration_text(timedelta(seconds=-1.5))
        ('P1DT3000S', '-PT1.5S')
    """
    sign, length = ("-", -value) if value < timedelta() else ("", value)
    fraction = f".{length.microseconds:06}".rstrip("0").rstrip(".")
    days = f"{length.days}D" if length.days else ""
    seconds = f"T{length.seconds}{fraction}S" if length.seconds or length.microseconds or not days else ""
    return f"{sign}P{days}{seconds}"
