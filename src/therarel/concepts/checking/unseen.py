"""Characters in the texts of concepts that no page, picture or export can hold, or that turn the words after them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

from therarel.characters import DIRECTING
from therarel.concepts.checking.scope import Scope
from therarel.concepts.faults import Fault
from therarel.concepts.terms import FaultLevel
from therarel.reading import Path

__all__ = ["unseen_faults"]

# What XML cannot hold, the controls of Latin-1, and what turns the direction of words.
_UNSEEN: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{DIRECTING}\ud800-\udfff\ufffe\uffff]")


def unseen_faults(scope: Scope) -> Iterator[Fault]:
    """Every text of the document that holds such a character."""
    for path, text in _texts(scope.document, ()):
        found = _UNSEEN.search(text)
        if found is not None:
            yield Fault(
                level=FaultLevel.ERROR,
                what=f"an invisible character in the text, U+{ord(found[0]):04X}",
                path=path,
                hint="take it out",
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
