"""What a label, a definition and a place in the outline look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from therarel.concepts.faults import Fault
from therarel.concepts.terms import FaultLevel
from therarel.errors import nearest, shown, without_words
from therarel.reading import Path

__all__ = ["IDENTIFIER", "id_faults", "named", "near_hint", "outline_faults", "repeated", "text_faults"]

IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
"""What an id looks like."""
_PLACE: Final = re.compile(r"[a-z]+(?:-[a-z]+)*(?:/[a-z]+(?:-[a-z]+)*)?(?:/[1-9][0-9]?)?")


def named(value: str, choices: Iterable[str] = ()) -> str:
    """An id, or a word that should be one, as a message shows it: of other words, only those that are nearly known.

    Args:
        value: The value.
        choices: What could have been meant.

    Examples:
        >>> named("active_listening"), named("Empathie", ["empathy"]), named("Jane")
        ("'active_listening'", "'Empathie'", 'text of 4 characters')
    """
    return shown(value) if IDENTIFIER.fullmatch(value) else without_words(value, choices)


def text_faults(text: str | None, path: Path, name: str) -> Iterator[Fault]:
    """An empty text, and white space where none belongs."""
    if text is None:
        return
    if not text.strip():
        yield Fault(level=FaultLevel.ERROR, what=f"the {name} is empty", path=path)
    elif text != " ".join(text.split()):
        yield Fault(
            level=FaultLevel.WARN,
            what=f"stray white space in the {name}",
            path=path,
            hint="one space between words, none around them",
        )


def id_faults(identifier: str, path: Path) -> Iterator[Fault]:
    """An id that is not in lower snake case."""
    if not IDENTIFIER.fullmatch(identifier):
        yield Fault(
            level=FaultLevel.ERROR,
            what="an id is in lower snake case",
            path=path,
            value=named(identifier),
            bound="such as 'active_listening'",
        )


def outline_faults(places: Iterable[str], path: Path) -> Iterator[Fault]:
    """A place in the outline that cannot be one, or that occurs twice."""
    seen = set()
    for position, place in enumerate(places):
        here = (*path, position)
        if not _PLACE.fullmatch(place):
            yield Fault(
                level=FaultLevel.ERROR,
                what="no place in an outline",
                path=here,
                value=named(place),
                bound="section/subsection/position",
            )
        elif place in seen:
            yield repeated("place", place, here)
        seen.add(place)


def near_hint(name: str, choices: Iterable[str]) -> str | None:
    """The nearest of many names, where one is near; too many are known to list them.

    Examples:
        >>> near_hint("empthy", ["empathy", "trust"])
        "did you mean 'empathy'?"
    """
    near = nearest(name, choices)
    return None if near is None else f"did you mean '{near}'?"


def repeated(name: str, value: str, path: Path) -> Fault:
    """Something that occurs twice in one list."""
    return Fault(level=FaultLevel.WARN, what=f"the {name} occurs twice", path=path, value=named(value))
