"""Marks leave gaps for what is missing and refuse what is not finite."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.drawing import Colour, Element, Frame, area, group, line, points, rectangle, rule, text
from therarel.drawing.marks import Shape
from therarel.errors import InvalidValueError

maybe = st.none() | st.just(math.nan) | st.floats(-1e4, 1e4)


def path(mark: Element) -> str:
    """The path data of a mark."""
    return str(dict(mark.attributes)["d"])


def present(value: float | None) -> bool:
    """Whether a value is there."""
    return value is not None and not math.isnan(value)


@given(st.lists(st.tuples(maybe, maybe)))
def test_a_line_breaks_at_every_gap_and_nowhere_else(pairs: list[tuple[float | None, float | None]]) -> None:
    """There are as many strokes as unbroken runs, and as many corners as complete pairs."""
    there = [present(x) and present(y) for x, y in pairs]
    runs = sum(here and not before for before, here in zip([False, *there], there, strict=False))
    drawn = path(line([x for x, _ in pairs], [y for _, y in pairs]))
    assert drawn.count("M") == runs
    assert len(re.findall(r"[ML]", drawn)) == sum(there)


@given(st.lists(maybe), st.sampled_from(["dot", "ring", "up", "down", "square", "diamond", "cross"]))
def test_points_are_drawn_for_present_values_alone(ys: list[float | None], shape: Shape) -> None:
    """A missing value has no point, whatever the shape."""
    assert len(points(range(len(ys)), ys, shape=shape).children) == sum(map(present, ys))


def test_an_area_breaks_where_either_bound_is_missing() -> None:
    """A band is closed on each side of a gap."""
    assert path(area([0, 1, 2], [5, None, 5], [4, 4, 4])).count("Z") == 2


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, None, "3", object()])
@pytest.mark.parametrize(
    "draw",
    [
        lambda bad: rule((0, 0), (bad, 1)),
        lambda bad: text(bad, 0, "trust"),
        lambda bad: rectangle(Frame(0, 0, bad, 1)),
        lambda bad: group(at=(0, bad)),
        lambda bad: points([0], [0], radius=bad),
    ],
)
def test_a_coordinate_that_is_not_finite_is_refused(draw: Callable[[object], Element], value: object) -> None:
    """Only line, points and area know gaps; elsewhere a number is asked for."""
    with pytest.raises(InvalidValueError):
        draw(value)


@pytest.mark.parametrize("draw", [line, points])
def test_infinite_values_and_unequal_lists_are_refused(draw: Callable[..., Element]) -> None:
    """Infinity is a mistake and not a gap, and every x has its y."""
    with pytest.raises(InvalidValueError, match="finite"):
        draw([0, 1], [0, math.inf])
    with pytest.raises(InvalidValueError, match="differ in length, got 2 and 1"):
        draw([0, 1], [0])


def test_styles_are_checked_when_a_mark_is_made() -> None:
    """A stroke without a finite width and an unknown shape are told at once, not when the file is written."""
    with pytest.raises(InvalidValueError, match="stroke-width"):
        line([0], [0], width=math.nan)
    with pytest.raises(InvalidValueError, match="unknown shape"):
        points([0], [0], shape="star")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="unknown anchor"):
        text(0, 0, "trust", anchor="left")  # type: ignore[arg-type]


def test_a_group_moves_fades_and_explains() -> None:
    """The tooltip stands first, as browsers ask, and an unmoved group has no transform."""
    mark = group(rule((0, 0), (1, 1), colour=Colour.GRID), opacity=0.5, tooltip="session 7")
    assert [child.tag for child in mark.children if isinstance(child, Element)] == ["title", "line"]
    assert dict(mark.attributes) == {"opacity": 0.5}
