"""The number that one cell of text states."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final

EXACT: Final = 2.0**53
"""Beyond this, whole numbers share a 64-bit float with their neighbours."""

_PLAIN: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_COMMA: Final = re.compile(r"[+-]?\d+,\d+")
_POINTS_THEN_COMMA: Final = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_COMMAS_THEN_POINT: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"), "")


def number_in(text: str, *, comma: bool = False) -> float | None:
    """The number that a cell of text states; ``None`` if it states none.

    Digits of any script count, and so do a typographic minus, an apostrophe before the number (as spreadsheets mark
    text) and thousands with a decimal mark that cannot be mistaken. Percent, units and ranges are not numbers.

    Args:
        text: The cell.
        comma: Whether a comma is the decimal mark.

    Examples:
        >>> number_in(" 17 "), number_in("4,5", comma=True), number_in("1.017,50"), number_in("11%")
        (17.0, 4.5, 1017.5, None)
    """
    word = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip().removeprefix("'").strip()
    word = word.replace("\u2212", "-")
    if _POINTS_THEN_COMMA.fullmatch(word):
        word = word.replace(".", "").replace(",", ".")
    elif _COMMAS_THEN_POINT.fullmatch(word):
        word = word.replace(",", "")
    elif comma:
        if not _COMMA.fullmatch(word) and "." in word:
            return None
        word = word.replace(",", ".", 1)
    if not _PLAIN.fullmatch(word):
        return None
    number = float(word)
    return number if math.isfinite(number) else None
