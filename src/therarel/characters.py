r"""Characters that are not seen and do something: they steer a terminal, end a line, or turn the words after them.

A name of a file, a label or a cell may hold them. Where people read, they are written out, such as ``\x1b`` or
``\u202e``; data that programs read stay as they are.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DIRECTING", "in_json", "upright", "visible"]

DIRECTING: Final = "\u202a-\u202e\u2066-\u2069"
"""Characters that turn the direction of what follows, as a class of a regular expression holds them."""

_LINES: Final = "\t\n"
_DIRECTING: Final = re.compile(f"[{DIRECTING}]")
# Controls of ASCII and of Latin-1, marks of direction, separators of lines, halves of surrogate pairs.
_UNSEEN: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029{DIRECTING}\ud800-\udfff\ufffe\uffff]")


def visible(text: str, *, lines: bool = False) -> str:
    r"""Text in which nothing acts unseen.

    Args:
        text: The text.
        lines: Whether line breaks and tabulators stay what they are.

    Examples:
        >>> print(visible("clinic\x1b[2J.csv"), visible("a\nb"), visible("abc\u202edef"))
        clinic\x1b[2J.csv a\x0ab abc\u202edef
    """
    if text.isprintable() and not _UNSEEN.search(text):
        return text
    return _UNSEEN.sub(lambda found: found[0] if lines and found[0] in _LINES else _written(found[0]), text)


def upright(text: str) -> str:
    r"""Text whose direction nothing turns; the rest of it stays.

    Examples:
        >>> print(upright("abc\u202edef"))
        abc\u202edef
    """
    return _DIRECTING.sub(lambda found: _written(found[0]), text)


def in_json(document: str) -> str:
    r"""A JSON document, of the same meaning, that shows what JSON itself leaves as it is.

    Examples:
        >>> print(in_json('["\x9b", "\u202e"]'))
        ["\u009b", "\u202e"]
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in "\t\n\r" else f"\\u{ord(found[0]):04x}", document)


def _written(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
