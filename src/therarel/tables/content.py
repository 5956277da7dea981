"""What the bytes of a text file are like as a whole, found in one pass; it decides how rows are split into cells."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attrs import frozen

__all__ = ["Content", "content_of"]

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
