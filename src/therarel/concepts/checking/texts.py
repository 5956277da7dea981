"""What a label, a definition and a place in the outline look like, and which characters nobody would see."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

import attrs

from therarel.characters import DIRECTING
from therarel.concepts.document import Scope
from therarel.concepts.faults import Fault
from therarel.concepts.terms import FaultLevel
from therarel.errors import nearest, shown, without_words
from therarel.reading import Path

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
        yield Fault(what=f"the {name} is empty", path=path)
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
            what="an id is in lower snake case", path=path, value=named(identifier), bound="such as 'active_listening'"
        )


def outline_faults(places: Iterable[str], path: Path) -> Iterator[Fault]:
    """A place in the outline that cannot be one, or that occurs twice."""
    seen = set()
    for position, place in enumerate(places):
        here = (*path, position)
        if not _PLACE.fullmatch(place):
            yield Fault(
                what="no place in an outline", path=here, value=named(place), bound="section/subsection/position"
            )
        elif place in seen:
            yield repeated("place", place, here)
        seen.add(place)


def unknown(what: str, value: str, choices: Collection[str], path: Path, *, listed: bool = True) -> Fault:
    """A name that nothing goes by, with the nearest one that something does.

    Args:
        what: What is wrong, in a clause.
        value: The name.
        choices: What could have been meant.
        path: Where it is.
        listed: Whether the choices are listed where none is near; too many of them say nothing.

    Examples:
        >>> unknown("no such concept", "empthy", ["empathy", "trust"], ("edges", 0)).hint
        "did you mean 'empathy'?"
    """
    # what is listed has few choices: a word that cannot be a misspelling of one is better answered with all of them
    near = nearest(value, choices, closely=listed)
    hint = f"did you mean '{near}'?" if near else f"known are {', '.join(choices)}" if listed else None
    return Fault(what=what, path=path, value=named(value, choices), hint=hint)


def repeated(name: str, value: str, path: Path) -> Fault:
    """Something that occurs twice in one list."""
    return Fault(level=FaultLevel.WARN, what=f"the {name} occurs twice", path=path, value=named(value))


# What XML cannot hold, the controls of Latin-1, and what turns the direction of words.
_UNSEEN: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{DIRECTING}\ud800-\udfff\ufffe\uffff]")


def unseen_faults(scope: Scope) -> Iterator[Fault]:
    """Every text of the document that holds such a character."""
    for path, text in _texts(scope.document, ()):
        found = _UNSEEN.search(text)
        if found is not None:
            yield Fault(
                what=f"an invisible character in the text, U+{ord(found[0]):04X}", path=path, hint="take it out"
            )


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text within a value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple | list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*path, position))
    elif attrs.has(kind := type(value)):
        for field in attrs.fields(kind):
            if field.init:
                yield from _texts(getattr(value, field.name), (*path, field.alias or field.name))
