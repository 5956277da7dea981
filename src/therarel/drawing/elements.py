"""The pieces a picture is made of: numbers, escaped text, and elements that marks return and groups hold.

A mark is a function that returns an `Element`; a `group` moves several as one. Nothing here knows about
scales. Every number is written with two decimals at most and never as ``-0``, so that equal input
gives equal bytes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from therarel.characters import upright
from therarel.drawing.colours import Lettering
from therarel.errors import InvalidValueError, shown

# What XML 1.0 cannot hold: most control characters, lone surrogates, two non-characters.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def coordinate(value: object, where: str) -> float:
    """A finite number, as a float; any numeric type is taken.

    Args:
        value: The number: int, float, or what converts to a float without being text.
        where: What the number is, for the message.

    Raises:
        InvalidValueError: if the value is missing, not a number, or not finite.

    Examples:
        >>> coordinate(3, "x")
        3.0
    """
    if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        raise InvalidValueError("a coordinate is a number", where=where, value=shown(value))
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidValueError(
            "a coordinate must be finite",
            where=where,
            value=shown(value),
            hint="leave missing values out, or draw them with line, points or area, which leave gaps",
        )
    return number


def is_missing(value: object) -> bool:
    """Whether a value is a gap: ``None`` or not-a-number.

    Examples:
        >>> is_missing(None), is_missing(float("nan")), is_missing(0.0)
        (True, True, False)
    """
    return value is None or value != value


def numeral(value: float) -> str:
    """A number as the picture writes it: at most two decimals, no trailing zeros, no ``-0``.

    Examples:
        >>> numeral(2.50), numeral(-0.001), numeral(7.0)
        ('2.5', '0', '7')
    """
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def escaped(text: str) -> str:
    """Text as XML can hold it: markup and white space escaped, what XML forbids replaced by U+FFFD.

    Characters that turn the direction of the words after them are written out.

    Raises:
        InvalidValueError: if the text is not a string.

    Examples:
        >>> escaped("trust < 3 & falling")
        'trust &lt; 3 &amp; falling'
    """
    if not isinstance(text, str):
        raise InvalidValueError("words in a picture are a string", value=shown(text))
    return upright(_UNWRITABLE.sub("\ufffd", str(text))).translate(_ENTITIES)


@dataclass(frozen=True, slots=True)
class Element:
    """One piece of a picture: a tag, its attributes in order, and what is inside it.

    Attributes:
        tag: The SVG element name.
        attributes: Names and values; numbers are written by `numeral`, colours by the theme.
        children: Elements, or text that is escaped when written.

    Examples:
        >>> element("circle", {"cx": 1.0, "r": 2.0}).tag
        'circle'
    """

    tag: str
    attributes: tuple[tuple[str, str | float | Lettering], ...]
    children: tuple[Element | str, ...]


def element(
    tag: str, attributes: Mapping[str, object] | None = None, children: Iterable[Element | str] = ()
) -> Element:
    """An `Element`; attributes that are ``None`` are left out.

    Raises:
        InvalidValueError: on a number that is not finite.

    Examples:
        >>> element("path", {"d": "M0,0", "opacity": None}).attributes
        (('d', 'M0,0'),)
    """
    kept = tuple(
        (name, value if isinstance(value, str | Lettering) else coordinate(value, f"{tag} {name}"))
        for name, value in (attributes or {}).items()
        if value is not None
    )
    return Element(tag, kept, tuple(children))


def group(
    *marks: Element,
    at: tuple[float, float] = (0.0, 0.0),
    opacity: float | None = None,
    tooltip: str | None = None,
) -> Element:
    """Several marks as one: moved together, faded together, or explained together on hover.

    Args:
        *marks: The marks, drawn in order.
        at: How far right and down to move them, in pixels.
        opacity: 0 (not seen) to 1; ``None`` leaves them as they are.
        tooltip: Text that a pointing device shows; it must not be the only place where the fact stands.

    Raises:
        InvalidValueError: on a coordinate that is not finite.

    Examples:
        >>> group(element("path"), at=(4, 0)).attributes
        (('transform', 'translate(4,0)'),)
    """
    dx, dy = coordinate(at[0], "group at"), coordinate(at[1], "group at")
    moved = f"translate({numeral(dx)},{numeral(dy)})" if (dx, dy) != (0.0, 0.0) else None
    faded = None if opacity is None else coordinate(opacity, "group opacity")
    told = () if tooltip is None else (element("title", children=(tooltip,)),)
    return element("g", {"transform": moved, "opacity": faded}, (*told, *marks))
