"""Frames and small multiples: panels are equal, apart and inside; axes label what they mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.drawing import Drawing, Frame, bottom_axis, key, left_axis, points, small_multiples
from therarel.errors import InvalidValueError


@given(st.integers(1, 60), st.none() | st.integers(1, 12))
def test_small_multiples_are_equal_apart_and_inside(count: int, columns: int | None) -> None:
    """As many panels as asked for, of one size, none over another."""
    page = Frame(10, 20, 2000, 2000)
    panels = small_multiples(page, count, columns=columns, gap=(6, 8))
    assert len(panels) == count
    assert len({(round(panel.width, 6), round(panel.height, 6)) for panel in panels}) == 1
    widened = page.inset(top=-1e-6, right=-1e-6, bottom=-1e-6, left=-1e-6)
    for index, panel in enumerate(panels):
        assert widened.holds(panel)
        assert not any(panel.overlaps(other) for other in panels[:index])


def test_panels_without_room_are_refused() -> None:
    """No panel, no column and gaps wider than the page are errors."""
    page = Frame(0, 0, 100, 100)
    for count, columns, gap in ((0, None, 4.0), (3, 0, 4.0), (9, 3, 80.0)):
        with pytest.raises(InvalidValueError):
            small_multiples(page, count, columns=columns, gap=(gap, gap))


def test_a_frame_has_no_negative_size() -> None:
    """Margins wider than the frame are an error, and corners may be given in any order."""
    with pytest.raises(InvalidValueError, match="negative size"):
        Frame(0, 0, 10, 10).inset(left=20)
    assert Frame.between((10, 30), (20, 5)) == Frame(10, 5, 10, 25)


def test_frames_that_share_an_edge_do_not_overlap() -> None:
    """Panels may touch."""
    assert not Frame(0, 0, 10, 10).overlaps(Frame(10, 0, 10, 10))
    assert Frame(0, 0, 10, 10).overlaps(Frame(9, 9, 10, 10))


def test_an_axis_writes_each_tick_once() -> None:
    """Values or names stand at their ticks, and the title names the measure."""
    picture = Drawing(200, 100, title="Axes", description="Two axes.")
    panel = picture.frame.inset(top=20, bottom=40, left=60)
    picture.add(
        bottom_axis(panel.x((1, 12)), panel, ticks=[1, 6, 12], title="session", grid=True),
        left_axis(panel.y((0, 1)), panel, ticks=[0, 1], labels=["client", "therapist"], grid=False, title="rater"),
        key(0, 8, [(points([8], [0]), "score")]),
    )
    markup = picture.to_svg()
    for words in ("1", "6", "12", "session", "client", "therapist", "rater", "score"):
        assert markup.count(f">{words}</text>") == 1


def test_an_axis_has_one_label_per_tick() -> None:
    """Too few or too many labels would stand at the wrong values."""
    panel = Frame(0, 0, 10, 10)
    with pytest.raises(InvalidValueError, match="one label per tick"):
        left_axis(panel.y((1, 5)), panel, ticks=[1, 3, 5], labels=["low", "high"])
