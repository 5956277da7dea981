"""Pictures: better scores are up, sizes are bounded, and every picture says in words what is to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import detect, rules
from therarel.detection.dyad_figure import MOST_SESSIONS, dyad_marks
from therarel.drawing import Axis, Dots, Frame, Span, Trace
from therarel.noise import NullModel
from therarel.panels import Panel
from therarel.panels.naming import name_of_label
from therarel.panels.overview import MOST_LINES, MOST_POINTS, evenly_chosen, session_ticks
from therarel.reports import Report, report
from therarel.reports.comparisons import observed_beside_expected
from therarel.simulation import simulate_clinic


@pytest.mark.parametrize("dyads", [7, 8])
def test_the_middle_is_drawn_over_eight_dyads_or_more(dyads: int) -> None:
    """A median over fewer would be drawn through single people."""
    panel = Panel.from_arrays(
        [f"D{at}" for at in range(dyads) for _ in range(3)], [1, 2, 3] * dyads, [4, 3, 4] * dyads,
        scale=(1, 5), higher_is_better=True,
    )  # fmt: skip
    page = report(detect(panel, primary=rules.Drop(k=2), expected="none")).html
    assert (">middle half<" in page) is (dyads == 8)


@given(dyads=st.integers(1, 3000), sessions=st.integers(1, 400))
def test_the_number_of_lines_is_bounded(dyads: int, sessions: int) -> None:
    """However many dyads and sessions there are, so many lines and points are drawn and no more."""
    drawn = evenly_chosen(np.full(dyads, sessions))
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


@pytest.mark.parametrize(
    ("ends", "about", "ticks"),
    [
        ((1, 10), 2, (1, 5, 10)),
        ((4, 10), 2, (4, 6, 8, 10)),
        ((1, 16), 5, (1, 4, 6, 8, 10, 12, 14, 16)),
        ((0, 16), 5, (0, 5, 10, 15)),
        ((2, 60), 5, (2, 10, 20, 30, 40, 50, 60)),
        ((3, 40), 5, (3, 20, 30, 40)),
        ((1, 3), 12, (1, 2, 3)),
        ((0.5, 4.5), 5, (1, 2, 3, 4)),
    ],
)
def test_the_first_session_crowds_no_other_tick(
    ends: tuple[float, float], about: int, ticks: tuple[float, ...]
) -> None:
    """The first session stands for a tick that would be too near to it."""
    assert tuple(session_ticks(Frame(0, 0, 100, 10).x(ends), about)) == ticks


@given(st.text(max_size=80))
def test_names_of_dyads_are_short(label: str) -> None:
    """A label is shown if it is short and names nobody; otherwise a number stands for it."""
    name = name_of_label(label, 0)
    assert name == label or re.fullmatch(r"no\. 1 \(label (of \d+ characters|not shown)\)", name)
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


SERIES = st.lists(st.lists(st.none() | st.integers(4, 20), min_size=2, max_size=14), min_size=1, max_size=12)


@given(series=SERIES, better=st.booleans(), gap=st.integers(1, 9), gain=st.booleans())
def test_nothing_is_drawn_beside_the_picture(
    series: list[list[int | None]], better: bool, gap: int, gain: bool
) -> None:
    """Whatever the scores, every mark, line and word begins within its picture, and all numbers are finite."""
    if all(score is None for scores in series for score in scores):
        return
    panel = Panel.from_arrays(
        [f"D{at}" for at, scores in enumerate(series) for _ in scores],
        [gap * at for scores in series for at in range(len(scores))],
        [None if score is None else score / 4 for scores in series for score in scores],
        scale=(1, 5),
        higher_is_better=better,
    )
    primary = rules.SuddenGain(cutoff=0.5, criterion3=None) if gain else rules.Drop(k=1, scale="person_sd")
    made = report(detect(panel, primary=primary, expected="none"))
    for picture in re.findall(r"<svg .*?</svg>", made.html, re.DOTALL):
        wide, high = (float(re.search(rf' {side}="([\d.]+)"', picture)[1]) for side in ("width", "height"))  # type: ignore[index]  # every picture has them
        assert not re.search(r"\bnan\b|\binf\b", picture.lower())
        for name, end in (("cx|x|x1|x2", wide), ("cy|y|y1|y2", high)):
            for place in re.findall(rf' (?:{name})="(-?[\d.]+)"', re.sub(r"<g transform.*?</g>", "", picture)):
                assert -8 <= float(place) <= end + 8


@given(
    scores=st.lists(st.integers(4, 20), min_size=4, max_size=12),
    better=st.booleans(),
)
def test_a_flag_stands_at_its_session_and_score(scores: list[int], better: bool) -> None:
    """In a close-up the arrows of a dyad lie on its points, at the flagged sessions, and better scores are higher."""
    panel = Panel.from_arrays(
        ["A"] * len(scores), range(len(scores)), [score / 4 for score in scores], scale=(1, 5), higher_is_better=better
    )
    detection = detect(panel, primary=rules.Drop(k=1, scale="person_sd"), expected="none")
    if not len(detection.candidates):
        return
    made = report(detection)
    (plot,) = made.draw_closeups().plots
    (flags,) = [mark for mark in plot.marks if isinstance(mark, Dots) and mark.name == "flagged"]
    seen = [(each.flagged_at, each.seen_at(each.flagged_at)[0]) for each in detection.candidates]
    assert list(zip(flags.xs, flags.ys, strict=True)) == seen
    assert [f"Flagged at session {int(at)}:" in plot.description for at, _ in seen] == [True] * len(seen)
    (drawn,) = made.draw_closeups().panels()
    points = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="2.2"', drawn.to_svg())
    assert [float(x) for x, _ in points] == sorted(float(x) for x, _ in points)
    for (_, one), (_, two), before, after in zip(points, points[1:], scores, scores[1:], strict=False):
        assert (float(one) < float(two)) is ((before > after) is better and before != after)


@pytest.mark.parametrize(
    "primary", [rules.Scan(null=NullModel()), rules.Drop(k=2, scale="person_sd")], ids=["scan", "drop"]
)
def test_a_close_up_shows_what_the_picture_of_its_finding_shows(primary: rules.Rule) -> None:
    """Every mark of `candidate.draw()` is in the close-up of its dyad, and the page holds the panels of one chart."""
    clinic = simulate_clinic(14, seed=7, sessions=10)
    made = report(detect(clinic.panel(), primary=primary, expected="none"), simulated=clinic)
    chart = made.draw_closeups()
    assert all(each.to_svg() in made.html for each in (*chart.panels(), chart.key()))
    for candidate in made.detection.candidates:
        (plot,) = [plot for plot in chart.plots if plot.title == candidate.dyad]
        alone = candidate.draw().plots[0]
        for mark in alone.marks:
            assert mark in plot.marks or mark.name in {"flagged", "recovery"}
        simulated = [mark.name for mark in plot.marks].count("simulated rupture")
        assert simulated == (made.simulated_at(candidate.dyad) is not None)


def test_a_close_up_of_the_scan_shows_what_was_expected() -> None:
    """The band, the expected course and the shaded fall, in the place of the limit."""
    clinic = simulate_clinic(14, seed=7, sessions=10)
    page = report(detect(clinic.panel(), primary=rules.Scan(null=NullModel()), expected="none"), simulated=clinic).html
    for named in (
        "simulated rupture",
        "95 of 100 scores that only wander",
        "expected from the other scores",
        "the drop",
    ):
        assert f">{named}</text>" in page
    assert "dashed limit" not in page


def test_of_a_very_long_series_the_part_around_the_first_finding_is_drawn() -> None:
    """Where the finding is near the end the last sessions are drawn, all that a close-up has room for."""
    scores = [3.0 + (at % 3) / 4 for at in range(200)]
    scores[190] = 1.0
    panel = Panel.from_arrays(["A"] * 200, range(1, 201), scores, scale=(1, 5), higher_is_better=True)
    found = detect(panel, primary=rules.Drop(k=2), expected="none")
    (plot,) = report(found).draw_closeups().plots
    assert "Flagged at session 191:" in plot.description
    (series,) = [mark for mark in plot.marks if isinstance(mark, Trace) and mark.name == "score"]
    assert len(tuple(series.xs)) == MOST_SESSIONS
    assert plot.x.domain == (81, 200)


@given(
    scores=st.lists(st.none() | st.integers(4, 20), min_size=2, max_size=12),
    blind=st.lists(st.booleans(), min_size=2, max_size=12),
)
def test_stretches_where_nothing_could_be_seen_hold_exactly_those_sessions(
    scores: list[int | None], blind: list[bool]
) -> None:
    """A session lies within a shaded stretch if, and only if, the rule could not have fired there."""
    size = min(len(scores), len(blind))
    session = np.arange(size, dtype=np.float64)
    score = np.array([np.nan if each is None else each / 4 for each in scores[:size]])
    code = np.array([16 if each else 0 for each in blind[:size]], dtype=np.uint8)
    marks = dyad_marks(session, score, code, Axis("score", (1, 5)), [])
    spans = [mark for mark in marks if isinstance(mark, Span)]
    assert [any(span.start <= at <= span.end for span in spans) for at in session] == blind[:size]
    assert [mark.name for mark in marks].count("no score") == bool(np.isnan(score).any())


def test_the_overview_says_how_many_of_how_many_dyads_it_draws() -> None:
    """A dyad without a score is none of those that could have been drawn."""
    dyads = [f"D{at:04d}" for at in range(MOST_LINES + 40) for _ in range(3)]
    scores = [None if at % 10 == 9 else 3.0 + at % 3 for at in range(MOST_LINES + 40) for _ in range(3)]
    panel = Panel.from_arrays(dyads, [1, 2, 3] * (MOST_LINES + 40), scores, scale=(1, 5), higher_is_better=True)
    html = report(detect(panel, primary=rules.Drop(k=2), expected="none")).html
    scored = MOST_LINES + 40 - (MOST_LINES + 40) // 10
    drawn = len(evenly_chosen(np.full(scored, 3)))
    assert drawn < scored
    assert f"One thin line for each of {drawn:,} dyads of {scored:,}." in html
