"""Numbers of things in words: one dyad, two dyads."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, in the singular for one.

    Args:
        number: How many.
        one: The noun for one of them.
        many: The noun for any other number; with an s at the end if not given.

    Examples:
        >>> counted(1, "dyad"), counted(1200, "dyad")
        ('1 dyad', '1,200 dyads')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
