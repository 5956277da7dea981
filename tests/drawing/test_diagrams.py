"""Arrows begin and end at the borders of their boxes, and their labels can be read."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from therarel.drawing import Arrow, Box, Colour, Drawing, Frame, arrows
from therarel.drawing.elements import Element
from therarel.errors import InvalidValueError

spots = st.tuples(st.floats(0, 800), st.floats(0, 600))


def place_of(mark: Element) -> Frame:
    """The rectangle that a mark draws."""
    given = dict(mark.attributes)
    return Frame(*(float(str(given[name])) for name in ("x", "y", "width", "height")))


def shrunk(box: Box) -> Frame:
    """The box without a hair's breadth of its border."""
    return box.frame.inset(top=1e-6, right=1e-6, bottom=1e-6, left=1e-6)


@given(spots, spots, st.floats(-0.4, 0.4))
def test_an_arrow_touches_its_boxes_from_outside(
    one: tuple[float, float], other: tuple[float, float], bend: float
) -> None:
    """Neither end lies within a box, and each is within a few pixels of its border."""
    start, end = Box("strained", *one), Box("repairing", *other)
    assume(math.dist(one, other) > 250)
    arrow = Arrow.between(start, end, bend=bend)
    for box, tip, reach in ((start, arrow.start, 2), (end, arrow.end, 5)):
        assert not shrunk(box).overlaps(Frame(*tip, 0, 0))
        assert box.frame.inset(top=-reach, right=-reach, bottom=-reach, left=-reach).holds(Frame(*tip, 0, 0))
    assert arrow.at(0) == pytest.approx(arrow.start)
    assert arrow.at(1) == pytest.approx(arrow.end)


def test_an_arrow_there_and_one_back_pass_each_other() -> None:
    """The same bend swings each to its own left."""
    left, right = Box("intact", 100, 100), Box("strained", 400, 100)
    there, back = Arrow.between(left, right), Arrow.between(right, left)
    assert there.at(0.5)[1] < 100 < back.at(0.5)[1]


@pytest.mark.parametrize(("bend", "above"), [(0.2, True), (-0.2, False)])
def test_a_step_to_the_same_box_is_a_loop(bend: float, above: bool) -> None:
    """The loop stands above the box, or below it for a negative bend."""
    box = Box("ruptured", 200, 200)
    assert (Arrow.between(box, box, bend=bend).at(0.5)[1] < box.frame.top) is above


def test_labels_keep_off_boxes_strokes_and_each_other() -> None:
    """Two steps between the same boxes, there and back, can both be read."""
    one, other = Box("maturation", 200, 60), Box("ending", 200, 300)
    steps = [
        Arrow.between(one, other, label="ending planned", bend=-0.1),
        Arrow.between(other, one, label="ending rescinded", bend=-0.1),
    ]
    drawn = arrows(steps, around=[one, other])
    plates = [place_of(child) for child in drawn.children if isinstance(child, Element) and child.tag == "rect"]
    assert len(plates) == 2
    assert not plates[0].overlaps(plates[1])
    for index, plate in enumerate(plates):
        assert not any(plate.overlaps(box.frame) for box in (one, other))
        assert not any(plate.overlaps(Frame(*steps[1 - index].at(n / 50), 0, 0)) for n in range(51))


def test_labels_stay_on_the_page_where_they_can() -> None:
    """A label beside an arrow at the edge turns to the inner side."""
    page = Frame(0, 0, 260, 360)
    one, other = Box("maturation", 200, 60), Box("ending", 200, 300)
    steps = [Arrow.between(other, one, label="ending rescinded", bend=-0.1), Arrow.between(one, other, bend=-0.1)]
    drawn = arrows(steps, around=[one, other], within=page)
    plate = next(child for child in drawn.children if isinstance(child, Element) and child.tag == "rect")
    assert page.inset(left=-2, right=-2).holds(place_of(plate))


def test_a_declined_step_is_marked_by_form_as_well_as_colour() -> None:
    """Its stroke is dashed and a cross stands on it."""
    one, other = Box("working phase", 100, 100), Box("maturation", 400, 100)
    plain, declined = (Arrow.between(one, other, declined=declined).mark() for declined in (False, True))
    assert len(declined.children) == len(plain.children) + 2
    stroke = declined.children[0]
    assert isinstance(stroke, Element)
    assert dict(stroke.attributes)["stroke-dasharray"] == "5 4"


@given(st.text(max_size=30))
def test_a_box_is_as_large_as_its_name_needs(name: str) -> None:
    """The name fits, and a stated size is kept."""
    box = Box(name, 50, 50)
    assert box.frame.width >= 24
    assert Box(name, 50, 50, width=10, height=8).frame == Frame(45, 46, 10, 8)
    drawing = Drawing(100, 100, title="Box", description="A box.")
    drawing.add(box.mark(), box.mark(colour=Colour.BLUE, filled=True, bold=True)).to_svg()


def test_an_arrow_with_no_finite_place_is_refused() -> None:
    """A bend or a control point that is not a number is an error."""
    box, other = Box("intact", 0, 0), Box("strained", 300, 0)
    with pytest.raises(InvalidValueError):
        Arrow.between(box, other, bend=math.nan)
    with pytest.raises(InvalidValueError):
        Arrow((0, 0), ((math.inf, 0), (1, 1)), (5, 5)).mark()
