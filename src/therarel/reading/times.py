"""Dates, moments and durations, in the one spelling of ISO 8601 that reads back the same."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from therarel.reading.refusals import refusal

__all__ = [
    "DATE",
    "DURATION",
    "MOMENT",
    "duration_text",
    "moment_text",
    "read_date",
    "read_duration",
    "read_moment",
]

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
