"""Numbers that a caller gives: a refusal in words where something else was given."""

from __future__ import annotations

from therarel.errors import InvalidValueError, is_number, shown


def given_number(value: object, where: str, *, bound: str = "a number", hint: str | None = None) -> float:
    """A number as a float; ``True`` and text are refused.

    Args:
        value: What was given.
        where: Name of the argument, for the message.
        bound: What is accepted, for the message.
        hint: What to do instead, for the message.

    Raises:
        InvalidValueError: if it is not a number.

    Examples:
        >>> given_number(3, "sd")
        3.0
        >>> given_number("0.9", "reliability")
        Traceback (most recent call last):
            ...
        therarel.errors.InvalidValueError: reliability: not a number, got '0.9' (expected a number)
    """
    if not is_number(value):
        raise InvalidValueError("not a number", where=where, value=shown(value), bound=bound, hint=hint)
    return float(value.as_py() if hasattr(value, "as_py") else value)
