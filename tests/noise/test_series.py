"""Series of scores: every figure of a block against plain numpy, dyad by dyad."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.noise.series import Series, scored

TWELFTHS = st.integers(12, 60).map(lambda twelfth: twelfth / 12)
DYAD = st.lists(st.tuples(st.integers(1, 4), TWELFTHS), min_size=1, max_size=8)
"""Sessions of a dyad: how far from the one before, and the score."""
DYADS = st.lists(DYAD, min_size=1, max_size=5)
Pair = tuple[np.ndarray, np.ndarray]


def parts_of(dyads: list[list[tuple[int, float]]]) -> list[Pair]:
    """Sessions and scores of each dyad."""
    return [
        (np.cumsum([step for step, _ in each], dtype=np.float64), np.array([score for _, score in each]))
        for each in dyads
    ]


def series_of(parts: list[Pair]) -> Series:
    """All of them as one block."""
    return Series(
        np.cumsum([0, *(score.size for _, score in parts)]),
        np.concatenate([session for session, _ in parts]),
        np.concatenate([score for _, score in parts]),
    )


@given(dyads=DYADS)
def test_figures_of_dyads_are_those_of_numpy(dyads: list[list[tuple[int, float]]]) -> None:
    """Number, mean, ends, squares and standard deviation of each dyad; a single score has no standard deviation."""
    parts = parts_of(dyads)
    series = series_of(parts)
    scores = [score for _, score in parts]
    assert series.sizes.tolist() == [each.size for each in scores]
    assert series.lowest.tolist() == [each.min() for each in scores]
    assert series.highest.tolist() == [each.max() for each in scores]
    np.testing.assert_allclose(series.mean, [each.mean() for each in scores])
    np.testing.assert_allclose(series.squares, [((each - each.mean()) ** 2).sum() for each in scores], atol=1e-12)
    sds = [each.std(ddof=1) if each.size > 1 else math.nan for each in scores]
    np.testing.assert_allclose(series.sd, sds, atol=1e-12)
    np.testing.assert_allclose(series.total(series.score), [each.sum() for each in scores])


@given(dyads=DYADS)
def test_figures_of_sessions_are_those_of_numpy(dyads: list[list[tuple[int, float]]]) -> None:
    """Owner, place, change, and the distances from the means of scores and of sessions, at each session."""
    parts = parts_of(dyads)
    series = series_of(parts)
    assert series.owner.tolist() == [at for at, (_, score) in enumerate(parts) for _ in score]
    assert series.scores_before.tolist() == [at for _, score in parts for at in range(score.size)]
    assert series.first.tolist() == np.flatnonzero(series.scores_before == 0).tolist()
    np.testing.assert_array_equal(series.change, np.concatenate([[math.nan, *np.diff(score)] for _, score in parts]))
    away = np.concatenate([score - score.mean() for _, score in parts])
    np.testing.assert_allclose(series.deviation, away, atol=1e-12)
    apart = np.concatenate([session - session.mean() for session, _ in parts])
    np.testing.assert_allclose(series.session_deviation, apart, atol=1e-12)
    np.testing.assert_array_equal(series.per_session(series.sizes), np.repeat(series.sizes, series.sizes))


@given(dyads=DYADS)
def test_a_line_is_the_least_squares_line(dyads: list[list[tuple[int, float]]]) -> None:
    """Its height at the mean session is the mean score; a single session has a slope of 0."""
    parts = parts_of(dyads)
    height, slope = series_of(parts).line
    np.testing.assert_allclose(height, [score.mean() for _, score in parts])
    slopes = [np.polyfit(session, score, 1)[0] if score.size > 1 else 0.0 for session, score in parts]
    np.testing.assert_allclose(slope, slopes, atol=1e-9)


@given(dyads=DYADS, gap=st.sampled_from([1.0, 2.0, 3.0, 4.0, math.inf]))
def test_a_gap_ends_what_goes_on_from_session_to_session(dyads: list[list[tuple[int, float]]], gap: float) -> None:
    """A distance of the largest gap itself is none; every dyad begins anew."""
    parts = parts_of(dyads)
    series = series_of(parts)
    follows = [at > 0 and session[at] - session[at - 1] <= gap for session, _ in parts for at in range(session.size)]
    stretch: list[int] = []
    for each in follows:
        stretch.append(stretch[-1] + 1 if each else 0)
    assert series.stretch(gap).tolist() == stretch
    breaks = series.breaks(gap)
    if breaks is None:
        assert gap == math.inf
    else:
        assert breaks.tolist() == [not each for each in follows]
    number, ranges = series.moved(gap)
    linked = [
        [abs(score[at] - score[at - 1]) for at in range(1, score.size) if session[at] - session[at - 1] <= gap]
        for session, score in parts
    ]
    assert number.tolist() == [len(each) for each in linked]
    np.testing.assert_allclose(ranges, [sum(each) for each in linked], atol=1e-12)
    assert series.moved(gap) is series.moved(gap)


def test_moving_ranges_over_another_gap_are_others() -> None:
    """What is kept for one largest gap is not given for another."""
    series = Series(np.array([0, 3]), np.array([1.0, 2, 5]), np.array([4.0, 3, 1]))
    assert [float(series.moved(gap)[1][0]) for gap in (1.0, 3.0, math.inf, 1.0)] == [1.0, 3.0, 3.0, 1.0]


def test_neighbours_are_told_by_number_or_by_place() -> None:
    """By number within a distance; by place among all sessions, scored or not, where any distance is one of neighbours."""
    series, _, _ = scored([0, 4], [1, 4, 9, 11], [4, math.nan, 3, 2])
    gap, place = series.neighbours(2.0)
    assert (gap, place.tolist()) == (2.0, [1.0, 9.0, 11.0])
    gap, place = series.neighbours(math.inf)
    assert (gap, place.tolist()) == (1.0, [0.0, 2.0, 3.0])
    whole, _, _ = scored([0, 2], [1, 4], [4, 3])
    gap, place = whole.neighbours(math.inf)
    assert (gap, place.tolist()) == (1.0, [0.0, 1.0])


@given(dyads=DYADS, data=st.data())
def test_some_dyads_are_those_dyads(dyads: list[list[tuple[int, float]]], data: st.DataObject) -> None:
    """Scores, sessions, places, what was known and what stands beside go along; the rows are told."""
    parts = parts_of(dyads)
    plain = series_of(parts)
    size = plain.score.size
    known = (np.linspace(1.0, 2.0, len(parts)), np.linspace(3.0, 5.0, len(parts)))
    rows_of = np.arange(size, dtype=np.float64)
    whole = Series(plain.starts, plain.session, plain.score, 2.0 * rows_of, known, rows_of[:, None])
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(parts), max_size=len(parts)).filter(any)))
    kept = [part for part, taken in zip(parts, chosen, strict=True) if taken]
    expected = np.flatnonzero(plain.per_session(chosen))
    part, rows = whole.select(chosen)
    assert rows.tolist() == expected.tolist()
    assert part.starts.tolist() == series_of(kept).starts.tolist()
    assert part.score.tolist() == series_of(kept).score.tolist()
    assert part.session.tolist() == series_of(kept).session.tolist()
    assert part.position is not None
    assert part.beside is not None
    assert part.position.tolist() == (2.0 * expected).tolist()
    assert part.beside[:, 0].tolist() == expected.tolist()
    assert part.mean.tolist() == known[0][chosen].tolist()
    assert part.squares.tolist() == known[1][chosen].tolist()
    empty, _ = plain.select(chosen)
    assert (empty.position, empty.known, empty.beside) == (None, None, None)


@given(
    dyads=st.lists(st.lists(st.none() | TWELFTHS, max_size=5), min_size=1, max_size=5).filter(
        lambda dyads: any(score is not None for each in dyads for score in each)
    ),
    better=st.booleans(),
    beside=st.booleans(),
)
def test_scored_sessions_are_those_with_a_score(dyads: list[list[float | None]], better: bool, beside: bool) -> None:
    """Turned where lower is better; rows and dyads are told where some are left out, and places count them all."""
    cells = [score for each in dyads for score in each]
    sessions = [at + 1 for each in dyads for at in range(len(each))]
    other = np.arange(len(cells), dtype=np.float64)[:, None] if beside else None
    values = [math.nan if score is None else score for score in cells]
    series, rows, filled = scored(
        np.cumsum([0, *map(len, dyads)]), sessions, values, higher_is_better=better, beside=other
    )
    there = [score is not None for score in cells]
    held = [any(score is not None for score in each) for each in dyads]
    sign = 1.0 if better else -1.0
    assert series.score.tolist() == [sign * score for score in cells if score is not None]
    assert series.session.tolist() == [session for session, here in zip(sessions, there, strict=True) if here]
    assert series.sizes.tolist() == [sum(score is not None for score in each) for each in dyads if any(
        score is not None for score in each)]  # fmt: skip
    assert (rows is None) == all(there)
    assert rows is None or rows.tolist() == there
    assert (filled is None) == all(held)
    assert filled is None or filled.tolist() == held
    places = [at for each in dyads for at, score in enumerate(each) if score is not None]
    assert (series.position is None) == all(there)
    assert series.position is None or series.position.tolist() == places
    assert (series.beside is None) is not beside
    assert series.beside is None or series.beside[:, 0].tolist() == [sign * at for at in np.flatnonzero(there)]


@pytest.mark.parametrize("number", [int, float, np.float32])
def test_scores_and_sessions_of_any_number_are_floats(number: type) -> None:
    """Whatever comes in, arithmetic is done in double precision."""
    series, _, _ = scored([0, 2], [number(1), number(2)], [number(4), number(3)])
    dtypes = [series.session.dtype, series.score.dtype, series.starts.dtype]
    assert dtypes == [np.dtype(np.float64), np.dtype(np.float64), np.dtype(np.intp)]
