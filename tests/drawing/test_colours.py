"""Letters can be read on their ground, and hues can be told apart."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import pytest

from therarel.drawing import SERIES, Colour
from therarel.drawing.colours import Lettering, paint

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def luminance(value: str) -> float:
    """Relative luminance of a colour as the web's accessibility guidelines define it."""
    parts = [int(value[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colour", [*SERIES, Colour.INK, Colour.MUTED])
def test_letters_contrast_with_paper_and_wash(colour: Colour, theme: Literal["light", "dark"]) -> None:
    """Text of any hue has a contrast of at least 4.5 on the ground and in a box."""
    letters = paint(Lettering(colour), theme)
    assert contrast(letters, paint(Colour.PAPER, theme)) >= 4.5
    assert contrast(letters, paint(Colour.WASH, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_no_two_hues_are_the_same(theme: Literal["light", "dark"]) -> None:
    """Every hue of a theme has a value of its own."""
    assert all(paint(one, theme) != paint(other, theme) for one, other in combinations(SERIES, 2))


@pytest.mark.parametrize("theme", THEMES)
def test_the_grid_is_fainter_than_any_mark(theme: Literal["light", "dark"]) -> None:
    """The grid never competes with the data."""
    paper = paint(Colour.PAPER, theme)
    assert contrast(paint(Colour.GRID, theme), paper) < min(contrast(paint(hue, theme), paper) for hue in SERIES)
