"""Bytes of a text file as text: by their mark, by their pattern, or as Latin-1, and what these bytes are like."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from attrs import frozen

from therarel.errors import ReadingError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SAMPLE: Final = 4096


def encoding_of(content: bytes) -> tuple[str, str]:
    """The codec of a text and its name for people.

    Text in UTF-16 or UTF-32 without a mark is known by where its zero bytes stand. What is not UTF-8 is taken for
    Windows' Western code page, which includes Latin-1.

    Examples:
        >>> encoding_of("Zoë".encode()), encoding_of("Zoë".encode("latin-1"))
        (('utf-8', 'UTF-8'), ('cp1252', 'Latin-1'))
    """
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return codec, name
    head = content[:_SAMPLE]
    zeros = [head[offset::4].count(0) for offset in range(4)]
    quarter = max(len(head) // 4, 1)
    first, second, third, fourth = (count > 0.7 * quarter for count in zeros)
    wide = {
        (False, True, True, True): ("utf-32-le", "UTF-32"),
        (True, True, True, False): ("utf-32-be", "UTF-32"),
        (False, True, False, True): ("utf-16-le", "UTF-16"),
        (True, False, True, False): ("utf-16-be", "UTF-16"),
    }.get((first, second, third, fourth))
    if wide is not None:
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", "Latin-1"
    return "utf-8", "UTF-8"


def decoded(content: bytes, name: str) -> tuple[str, str]:
    """The text, and the name of its encoding.

    Raises:
        ReadingError: if the bytes are not what their mark says.
    """
    codec, description = encoding_of(content)
    text: str | None = None
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        if codec == "cp1252":  # five bytes mean nothing there
            text = content.decode("latin-1")
    if text is None:
        raise ReadingError(f"the text is not what its first bytes say, {description}; save it as UTF-8", [], where=name)
    return text, description


_PIECE: Final = 1 << 18
"""Bytes looked at together: this many stay in the processor's cache."""


@frozen(kw_only=True)
class Content:
    """What the bytes of a text file are like.

    Args:
        utf8: Whether all of it is UTF-8.
        simple: Whether it holds something, and no quote, no zero byte, and no line end but that of Unix or of Windows.
    """

    utf8: bool
    simple: bool


def content_of(path: Path) -> Content:
    """Look at every byte of a file once."""
    utf8, plain, returns, unix_first = True, True, False, None
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            piece += file.readline()  # neither a character nor a line end is cut
            utf8 = utf8 and _is_utf8(piece)
            if b"\r" in piece:
                returns = True
                plain = plain and piece.count(b"\r") == piece.count(b"\r\n")
            plain = plain and b'"' not in piece and b"\0" not in piece
            if unix_first is None and (end := piece.find(b"\n")) >= 0:
                unix_first = piece[max(0, end - 1) : end] != b"\r"
        empty = file.tell() == 0
    return Content(utf8=utf8, simple=plain and not empty and not (returns and unix_first))


def _is_utf8(piece: bytes) -> bool:
    if piece.isascii():
        return True
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
