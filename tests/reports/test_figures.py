"""Pictures: better scores are up, sizes are bounded, and every picture says in words what is to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain.ratings import RatingScale
from therarel.drawing import Frame
from therarel.panels import Panel
from therarel.reports import Report
from therarel.reports.comparisons import observed_beside_expected
from therarel.reports.courses import Courses, dyad_name
from therarel.reports.figures import MOST_LINES, MOST_POINTS, better_up, drawn_dyads, session_ticks


@given(
    low=st.floats(-100, 100),
    wide=st.floats(0.5, 100),
    better=st.booleans(),
    share=st.floats(0, 1),
    other=st.floats(0, 1),
)
def test_better_scores_stand_higher(low: float, wide: float, better: bool, share: float, other: float) -> None:
    """In every picture the better of two scores is the upper one, whichever direction the scale reads."""
    scale = RatingScale(low, low + wide, better)
    y = better_up(Frame(0, 0, 100, 100), scale)
    one, two = low + share * wide, low + other * wide
    if (one > two) is better and one != two:
        assert y(one) <= y(two)


@given(dyads=st.integers(1, 3000), sessions=st.integers(1, 400))
def test_the_number_of_lines_is_bounded(dyads: int, sessions: int) -> None:
    """However many dyads and sessions there are, so many lines and points are drawn and no more."""
    rows = dyads * sessions
    if rows > 200_000:
        return
    starts = np.arange(0, rows + 1, sessions)
    courses = Courses(
        [str(at) for at in range(dyads)],
        starts,
        np.tile(np.arange(sessions, dtype=np.float64), dyads),
        np.zeros(rows),
        np.zeros(rows, np.uint8),
    )
    drawn = drawn_dyads(courses)
    assert 1 <= len(drawn) <= MOST_LINES
    assert len(drawn) == 1 or len(drawn) * sessions <= MOST_POINTS
    assert sorted(set(drawn)) == drawn
    assert drawn[0] == 0


@given(low=st.integers(-5, 30), wide=st.integers(1, 60), about=st.integers(2, 12))
def test_session_ticks_are_whole_and_rise(low: int, wide: int, about: int) -> None:
    """No tick falls between two sessions, and the first session has one."""
    ticks = session_ticks(Frame(0, 0, 100, 10).x((low, low + wide)), about)
    assert all(tick == round(tick) for tick in ticks)
    assert list(ticks) == sorted(set(ticks))
    assert ticks[0] == low


@given(st.text(max_size=80))
def test_names_of_dyads_are_short(label: str) -> None:
    """A label is shown if it is short, and described by its length if it is not."""
    name = dyad_name(label, 0)
    assert name == label or re.fullmatch(r"no\. 1 \(label of \d+ characters\)", name)
    assert len(name) <= 40


def test_the_comparison_says_in_words_what_it_shows(
    reported: Callable[..., Report], panel_of: Callable[..., Panel]
) -> None:
    """The text alternative names each rule with both shares."""
    picture = observed_beside_expected(reported(panel_of(None)).detection.counts)
    assert "drop: 100% flagged; the share expected from noise is" in picture.description
    assert "individuals chart: 100% flagged" in picture.description


def test_every_picture_has_a_title_and_a_description(simulated: Report) -> None:
    """Those who do not see a picture are told what is in it."""
    pictures = re.findall(r"<svg .*?</svg>", simulated.html, re.DOTALL)
    assert len(pictures) > 5
    for picture in pictures:
        assert re.search(r"<title[^>]*>[^<]+</title>\s*<desc[^>]*>[^<]{10,}</desc>", picture)
