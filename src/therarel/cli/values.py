"""Values of options that hold several things: lists of codes, and names with numbers."""

from __future__ import annotations

from typing import Any, Final

import click

__all__ = ["CODES", "NAMED", "NUMBERED", "Codes", "Named", "Numbered"]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


class Codes(click.ParamType):  # type: ignore[type-arg]  # generic in later versions of click alone
    """Numbers and words with commas between them; a list in a settings file."""

    name = "codes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Numbers as numbers, the rest as text."""
        parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
        return tuple(_number(part.strip()) if isinstance(part, str) else part for part in parts)


class Named(click.ParamType):  # type: ignore[type-arg]  # generic in later versions of click alone
    """Values with what each means, ``completed=as_planned,dropout=earlier``; a table in a settings file."""

    name = "named"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The meanings by value."""
        named = _pairs(value)
        if named is None:
            self.fail("a value is missing or is given twice; write VALUE=MEANING,VALUE=MEANING", param, ctx)
        return named


class Numbered(click.ParamType):  # type: ignore[type-arg]  # generic in later versions of click alone
    """Names with a number each, ``s1=1,s2=2``; a table in a settings file."""

    name = "numbered"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The numbers by name."""
        named = _pairs(value)
        if named is None:
            self.fail("a name is missing or is given twice; write NAME=NUMBER,NAME=NUMBER", param, ctx)
        numbers = {str(name): _number(str(number)) for name, number in named.items()}
        if "" in numbers or any(isinstance(number, str) for number in numbers.values()):
            self.fail("each name needs its number; write NAME=NUMBER,NAME=NUMBER", param, ctx)
        return numbers


def _pairs(value: Any) -> dict[str, Any] | None:
    """What is given for each name, as typed or as a table of a settings file; ``None`` where a name is not clear."""
    if isinstance(value, dict):
        return value
    parts = [part.rpartition("=") for part in str(value).split(",")]
    named = {name.strip(): meaning.strip() for name, _, meaning in parts}
    return None if len(named) < len(parts) or "" in named else named


CODES: Final = Codes()
"""Codes for missing values."""

NAMED: Final = Named()
"""Values with what each of them means."""

NUMBERED: Final = Numbered()
"""Names of columns or sessions with their numbers."""
