"""The colours of every picture: eleven named roles, each with a light and a dark value.

The six hues are those of Okabe and Ito, which people with the common forms of colour blindness can tell
apart; yellow and black are left out, since the one vanishes on white and the other is the ink. The values for
dark ground and for letters are our own: letters reach a contrast of at least 4.5 to 1 on the ground, in both
themes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

Theme: TypeAlias = Literal["auto", "light", "dark"]
"""``auto`` follows the reader's screen and is light on paper; ``light`` and ``dark`` are pinned."""


class Colour(StrEnum):
    """What a colour is for; the theme decides what it looks like."""

    INK = "ink"
    MUTED = "muted"
    GRID = "grid"
    WASH = "wash"
    PAPER = "paper"
    BLUE = "blue"
    VERMILLION = "vermillion"
    GREEN = "green"
    PURPLE = "purple"
    ORANGE = "orange"
    SKY = "sky"


SERIES: Final = (
    Colour.BLUE,
    Colour.VERMILLION,
    Colour.GREEN,
    Colour.PURPLE,
    Colour.ORANGE,
    Colour.SKY,
)
"""The hues in the order in which series should take them."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A colour as letters wear it: deeper on light ground, brighter on dark than the mark of that colour."""

    colour: Colour


# okabe_ito: the light values of the six hues are the published palette.
_MARKS: Final[dict[Colour, tuple[str, str]]] = {
    Colour.INK: ("#1F2328", "#E6E8EB"),
    Colour.MUTED: ("#5B636D", "#A3ABB5"),
    Colour.GRID: ("#E1E5EA", "#2F353D"),
    Colour.WASH: ("#EEF1F5", "#232931"),
    Colour.PAPER: ("#FFFFFF", "#14171C"),
    Colour.BLUE: ("#0072B2", "#4BA3E3"),
    Colour.VERMILLION: ("#D55E00", "#F0793A"),
    Colour.GREEN: ("#009E73", "#22B98C"),
    Colour.PURPLE: ("#CC79A7", "#DC93BB"),
    Colour.ORANGE: ("#E69F00", "#EDB13A"),
    Colour.SKY: ("#56B4E9", "#8CD0F5"),
}
_LETTERS: Final[dict[Colour, tuple[str, str]]] = {
    **_MARKS,
    Colour.BLUE: ("#0069A6", "#6CB8EE"),
    Colour.VERMILLION: ("#B34F00", "#F58F58"),
    Colour.GREEN: ("#00795A", "#3CC79C"),
    Colour.PURPLE: ("#A04C7C", "#E3A5C7"),
    Colour.ORANGE: ("#8A6000", "#EDB13A"),
    Colour.SKY: ("#1D739F", "#8CD0F5"),
}


def paint(colour: Colour | Lettering, theme: Theme) -> str:
    """A colour as an attribute value: a custom property under ``auto``, the plain value under a pinned theme.

    Examples:
        >>> paint(Colour.BLUE, "auto"), paint(Colour.BLUE, "light"), paint(Lettering(Colour.BLUE), "dark")
        ('var(--blue)', '#0072B2', '#6CB8EE')
    """
    if theme == "auto":
        return f"var(--{_property(colour)})"
    return _pair(colour)[theme == "dark"]


def declared(scope: str, used: set[Colour | Lettering]) -> str:
    """The style rules that give the used colours their values inside the element with the id ``scope``.

    Examples:
        >>> print(declared("p1", {Colour.GRID}))
        #p1{--grid:#E1E5EA}
        @media screen and (prefers-color-scheme:dark){#p1{--grid:#2F353D}}
    """
    known = [paint for colour in Colour for paint in (colour, Lettering(colour)) if paint in used]
    light, dark = (";".join(f"--{_property(one)}:{_pair(one)[index]}" for one in known) for index in (0, 1))
    return f"#{scope}{{{light}}}\n@media screen and (prefers-color-scheme:dark){{#{scope}{{{dark}}}}}"


def _property(colour: Colour | Lettering) -> str:
    return f"{colour.colour}-letters" if isinstance(colour, Lettering) else colour.value


def _pair(colour: Colour | Lettering) -> tuple[str, str]:
    return _LETTERS[colour.colour] if isinstance(colour, Lettering) else _MARKS[colour]
