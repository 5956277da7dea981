"""What is put into words only when the texts are at hand: phrases, and lists of things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from attrs import field, frozen

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Speaker(Protocol):
    """Whoever has the texts: it says a phrase by its key, and a value in words."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The phrase of that key with its values filled in."""
        ...

    def said(self, value: object) -> str:
        """A value in words."""
        ...


@frozen(init=False)
class Phrase:
    """A phrase of the texts with its values, said once the texts are at hand.

    Args:
        key: Its group and name in the texts.
        values: What is filled in.

    Examples:
        >>> from therarel.texts import standard_texts
        >>> standard_texts().said(Phrase("occurrence.session", session=3))
        'session 3'
    """

    key: str
    values: Mapping[str, object]

    def __init__(self, key: str, /, **values: object) -> None:
        self.__attrs_init__(key, values)

    def worded(self, texts: Speaker) -> str:
        """The phrase in these texts."""
        return texts(self.key, **self.values)


AND: Final = Phrase("value.and")
"""Joins the last things of a list."""


def _tuple(items: Iterable[object]) -> tuple[object, ...]:
    return tuple(items)


@frozen
class Listed:
    """Things in a row, said once the texts are at hand; nothing where there are none.

    Args:
        items: The things.
        by: What is written between them.

    Examples:
        >>> from therarel.texts import standard_texts
        >>> standard_texts().said(Listed([3, True], AND))
        '3 and yes'
    """

    items: tuple[object, ...] = field(converter=_tuple)
    by: str | Phrase = "; "

    def worded(self, texts: Speaker) -> str:
        """The things in these texts."""
        return texts.said(self.by).join(map(texts.said, self.items))


def words_of(name: str) -> str:
    """A name of a class, a state or a group in words.

    Examples:
        >>> words_of("AdvanceRequested"), words_of("initial_formation"), words_of("re_engagement")
        ('advance requested', 'initial formation', 're-engagement')
    """
    words = _HUMP.sub(" ", name).replace("_", " ").lower()
    return f"re-{words[3:]}" if words.startswith("re ") else words
