"""Checks of arguments: a relationship, a policy, a number of entries, a day."""

from __future__ import annotations

from datetime import date, datetime

from therarel.domain import Relationship
from therarel.errors import InvalidValueError, is_whole, shown
from therarel.machine.policy import Policy


def require_relationship(given: object) -> None:
    """Refuse what is not a relationship.

    Raises:
        InvalidValueError: if it is not one.
    """
    if isinstance(given, Relationship):
        return
    name = type(given).__name__
    held = isinstance(getattr(given, "relationship", None), Relationship)
    raise InvalidValueError(
        "a relationship is needed",
        value=f"an object of type {name}",
        bound="a Relationship",
        hint=f"pass {name.lower()}.relationship" if held else "Relationship.between(client, therapist) begins one",
    )


def require_policy(given: object) -> None:
    """Refuse what is not a policy.

    Raises:
        InvalidValueError: if it is not one.
    """
    if not isinstance(given, Policy):
        raise InvalidValueError(
            "a policy is needed",
            value=shown(given),
            bound="a Policy",
            hint="write Policy(...), or Policy.read(path) for one in a file",
        )


def require_count(given: int, most: int) -> int:
    """Refuse what is not a number of entries from 0 to ``most``.

    Raises:
        InvalidValueError: if it is not one.
    """
    if not is_whole(given) or not 0 <= given <= most:
        raise InvalidValueError(
            "there are not that many entries", where="recorded", value=shown(given), bound=f"0 to {most}"
        )
    return int(given)


def require_day(given: object, where: str = "on") -> None:
    """Refuse what is neither a calendar date nor ``None``.

    Raises:
        InvalidValueError: if it is neither.
    """
    if given is not None and (not isinstance(given, date) or isinstance(given, datetime)):
        raise InvalidValueError(
            "a day is needed",
            where=where,
            value=shown(given),
            bound="a datetime.date",
            hint="drop the time of day with .date()" if isinstance(given, datetime) else None,
        )
