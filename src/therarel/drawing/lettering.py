"""Words in a picture: how wide they will be, breaking and shortening them, and the mark that sets them.

The reader's own font is used, so a width is an estimate; it leans to the wide side, taking for each character
the broader of two common sans-serif faces, so that what fits by estimate fits on the screen.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from therarel.drawing.colours import Colour, Lettering
from therarel.drawing.elements import Element, coordinate, element, escaped
from therarel.drawing.frames import Frame
from therarel.errors import InvalidValueError, shown

Anchor: TypeAlias = Literal["start", "middle", "end"]
"""Which part of a line of words is at the point given."""

_LINE_HEIGHT: Final = 1.25
# From the baseline, in font sizes: the top of the tallest letters, and half of the height of a lower-case x.
_ASCENT: Final = 0.92
_MIDDLE: Final = 0.35
_BOLD: Final = 1.12

# Advance widths in hundredths of the font size: the wider of DejaVu Sans and Liberation Sans, as measured.
_WIDTHS: Final = {
    character: hundredths / 100
    for hundredths, characters in {
        28: "'ijl",
        32: " ,.\N{MIDDLE DOT}\N{RIGHT SINGLE QUOTATION MARK}",
        34: "/:;\\|",
        36: "-f",
        40: "!()[]t",
        42: "r",
        46: '"',
        50: "*IJ_`",
        52: "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}",
        53: "sz",
        56: "?Lc\N{EN DASH}",
        58: "k",
        60: "vxy",
        62: "FTYaeo",
        64: "$0123456789bdghnpqu{}",
        67: "EPS",
        69: "AKVXZB",
        72: "CR",
        76: "DHNU",
        79: "&GOQ",
        82: "w",
        84: "#+<=>^~\N{MINUS SIGN}\N{MULTIPLICATION SIGN}\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}",
        87: "M",
        96: "%",
        98: "m",
        99: "W",
        102: "@\N{EM DASH}\N{HORIZONTAL ELLIPSIS}\N{LEFTWARDS ARROW}\N{RIGHTWARDS ARROW}",
    }.items()
    for character in characters
}


@lru_cache(maxsize=2048)
def _advance(character: str) -> float:
    """The width of one character as a share of the font size."""
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.0 if category.startswith("L") else 1.3
    base = unicodedata.normalize("NFKD", character)[0]
    if base != character and base in _WIDTHS:
        return _WIDTHS[base]
    return 0.68 if category == "Ll" else 0.85 if category.startswith(("L", "N")) else 1.0


def text_width(words: str, *, size: float = 12, bold: bool = False) -> float:
    """How many pixels wide the words will be, rather too many than too few; the widest line counts.

    Examples:
        >>> text_width("will") < text_width("warm")
        True
        >>> text_width("")
        0.0
    """
    widest = max(sum(map(_advance, line)) for line in words.split("\n"))
    return widest * coordinate(size, "text size") * (_BOLD if bold else 1.0)


def wrap(words: str, width: float, *, size: float = 12, bold: bool = False) -> str:
    r"""The words with line breaks so that lines fit the width; a single word longer than it stays whole.

    Examples:
        >>> wrap("working through challenges", 100)
        'working through\nchallenges'
    """
    lines: list[str] = []
    for word in words.split():
        if lines and text_width(f"{lines[-1]} {word}", size=size, bold=bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def shorten(words: str, width: float, *, size: float = 12, bold: bool = False) -> str:
    """One line that fits the width, its end replaced by an ellipsis where it must be.

    Examples:
        >>> shorten("establishing trust", 80), shorten("trust", 80)
        ('establishin…', 'trust')
    """
    if text_width(words, size=size, bold=bold) <= width:
        return words
    kept = words
    while kept and text_width(kept.rstrip() + "\N{HORIZONTAL ELLIPSIS}", size=size, bold=bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def text_frame(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12,
    anchor: Anchor = "start",
    middle: bool = False,
) -> Frame:
    """The rectangle that `text` with the same arguments will cover, by estimate.

    Examples:
        >>> text_frame(100, 50, "trust", anchor="end").right
        100.0
    """
    wide, lines = text_width(words, size=size), words.count("\n") + 1
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    high = lines * size * _LINE_HEIGHT
    return Frame(left, _first_baseline(y, lines, size, middle) - _ASCENT * size, wide, high)


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12,
    colour: Colour = Colour.INK,
    anchor: Anchor = "start",
    middle: bool = False,
    bold: bool = False,
) -> Element:
    r"""Words at a point; a line break in them begins a new line below.

    Args:
        x: Where the words start, have their middle or end, after ``anchor``.
        y: The baseline of the first line or, with ``middle``, the middle of the whole.
        words: Any text; what XML cannot hold is replaced.
        size: Font size in pixels.
        colour: The hue; letters wear a variant of it that is legible on the ground.
        anchor: Which part of each line is at ``x``.
        middle: Whether ``y`` is the middle of the text rather than its first baseline.
        bold: Whether the letters are heavy.

    Raises:
        InvalidValueError: on a coordinate that is not finite, an unknown anchor, or words that are not text.

    Examples:
        >>> text(10, 20, "bond").children
        ('bond',)
    """
    x, y, size = coordinate(x, "text x"), coordinate(y, "text y"), coordinate(size, "text size")
    if anchor not in {"start", "middle", "end"}:
        raise InvalidValueError("unknown anchor", value=shown(anchor), bound="start, middle or end")
    escaped(words)
    lines = words.split("\n")
    first = _first_baseline(y, len(lines), size, middle)
    attributes: dict[str, object] = {
        "x": x,
        "y": first,
        "font-size": size,
        "fill": Lettering(colour),
        "text-anchor": None if anchor == "start" else anchor,
        "font-weight": "600" if bold else None,
    }
    if len(lines) == 1:
        return element("text", attributes, (words,))
    spans = (
        element("tspan", {"x": x, "y": first + index * size * _LINE_HEIGHT}, (line,))
        for index, line in enumerate(lines)
    )
    return element("text", attributes, spans)


def _first_baseline(y: float, lines: int, size: float, middle: bool) -> float:
    return y + _MIDDLE * size - (lines - 1) * size * _LINE_HEIGHT / 2 if middle else y
