"""A rule of one's own is fed like ours, with all that the interface offers, and gives the same answer everywhere."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import Detection, detect, rules
from therarel.detection.feeding import detect_folder, detect_lazy
from therarel.detection.learning import Learning, total
from therarel.detection.monitors import Monitor
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError
from therarel.noise.context import PanelContext
from therarel.noise.series import Series
from therarel.panels import Panel

from .toy import Apart

SCALE = RatingScale(1, 5)
SCORES = st.one_of(st.integers(12, 60).map(lambda twelfth: twelfth / 12), st.just(None))
NAMES: dict[str, Any] = {"dyad": "client", "session": "week", "score": ("mine", "yours"), "scale": SCALE}


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Rows of a few dyads with scores of two raters, in any order."""
    rows: list[tuple[str, int, float | None, float | None]] = [("Z", 1, 3.0, 3.5)]
    for dyad in range(draw(st.integers(0, 5))):
        scores = draw(st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=6))
        rows += [(f"D-{dyad}", week, *pair) for week, pair in enumerate(scores, start=1)]
    schema = {"client": pl.String, "week": pl.Int64, "mine": pl.Float64, "yours": pl.Float64}
    return pl.DataFrame(draw(st.permutations(rows)), schema=schema, orient="row")


def in_memory(table: pl.DataFrame) -> Detection:
    """The verdicts on the two raters' panels."""
    mine, yours = (
        Panel.from_frame(table, dyad="client", session="week", score=name, scale=SCALE) for name in ("mine", "yours")
    )
    return detect(mine, primary=Apart(), also=[rules.Drop(k=1)], beside=yours, expected="none")


def same(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """Two tables of dyads hold the same, whatever the order of their rows."""
    assert found.columns == wanted.columns
    for name in found.columns:
        values, others = (each.sort(each.columns[0])[name].to_list() for each in (found, wanted))
        if name.endswith(("_distance", "_further")):
            values, others = ([math.nan if value is None else value for value in some] for some in (values, others))
            assert np.array_equal(values, others, equal_nan=True)
        else:
            assert values == others


@given(table=tables())
def test_a_rule_of_ones_own_is_fed_like_ours(engine: Any, table: pl.DataFrame) -> None:
    """Two columns of scores, a sum and a sample learnt, results per session and dyad, a step over all dyads."""
    core = in_memory(table)
    chosen: dict[str, Any] = {**NAMES, "primary": Apart(), "also": [rules.Drop(k=1)]}
    sessions = engine.rows(detect_lazy(engine.table(table), **chosen)).sort("client", "week")
    verdicts: Any = core.verdicts
    assert sessions["apart"].to_list() == pl.DataFrame(verdicts).sort("dyad", "session")["apart"].to_list()
    assert sessions["drop"].to_list() == pl.DataFrame(verdicts).sort("dyad", "session")["drop"].to_list()
    dyads = engine.rows(detect_lazy(engine.table(table), **chosen, per="dyad")).rename({"client": "dyad"})
    wanted: Any = core.dyads
    same(dyads, pl.DataFrame(wanted))


@given(table=tables(), parts=st.integers(1, 3))
def test_a_folder_feeds_it_too(table: pl.DataFrame, parts: int) -> None:
    """From Parquet files the dyads are the same, and so is what is said of them."""
    core = in_memory(table)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place, "in")
        source.mkdir()
        for part in range(parts):
            table[part::parts].write_parquet(source / f"{part}.parquet")
        found = detect_folder(source, Path(place, "out"), **NAMES, primary=Apart(), also=[rules.Drop(k=1)])
        out = pl.read_parquet(Path(place, "out", "*.parquet"))
    verdicts: Any = core.verdicts
    assert out["apart"].to_list() == pl.DataFrame(verdicts)["apart"].to_list()
    dyads, wanted = pl.DataFrame(found.dyads), pl.DataFrame(core.dyads)  # type: ignore[arg-type]  # tables
    same(dyads, wanted)


def test_what_a_rule_needs_of_a_second_rater_is_asked_for() -> None:
    """Without the other rater's scores nothing is judged, and the error says how to give them."""
    panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 3], scale=(1, 5), higher_is_better=True)
    with pytest.raises(InvalidValueError, match=r"two raters.*beside=other|beside=other"):
        detect(panel, primary=Apart())
    other = Panel.from_arrays(["A", "A"], [1, 2], [4, 3], scale=(1, 7), higher_is_better=True)
    with pytest.raises(InvalidValueError, match="different scales"):
        detect(panel, primary=Apart(), beside=other)
    lazy = pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]})
    with pytest.raises(InvalidValueError, match=r"score=\(client, therapist\)"):
        detect_lazy(lazy, dyad="client", session="week", score="wai", scale=SCALE, primary=Apart())


def test_a_rule_of_ones_own_can_follow_a_course() -> None:
    """A rule that looks back only is taken by a monitor; one that knows a single rater cannot fire."""
    monitor = Monitor(Apart(), scale=SCALE)
    _, answers = monitor.update(monitor.start(), 1, 4.0)
    assert [repr(each) for each in answers] == ["<session 1: undetectable>"]


@given(st.lists(st.floats(-1e12, 1e12), max_size=40), st.randoms(use_true_random=False), st.integers(1, 5))
def test_sums_are_exact_in_whatever_order_they_come(values: list[float], random: Any, parts: int) -> None:
    """Whole or in parts, forwards or shuffled, the sum is the correctly rounded one."""
    shuffled = list(values)
    random.shuffle(shuffled)
    whole = sum(total(np.array(shuffled[part::parts])) for part in range(parts))
    assert whole == total(np.array(values))
    assert whole / (1 << 1200) == math.fsum(values)


@given(st.lists(st.lists(st.integers(12, 60), min_size=1, max_size=5), min_size=1, max_size=9), st.integers(1, 4))
def test_what_is_pooled_and_sampled_does_not_depend_on_the_cuts(dyads: list[list[int]], parts: int) -> None:
    """Learnt in parts that are joined the wrong way round, or at once: the same figures and the same sample."""
    context = PanelContext.of_scale(1, 5)
    chosen = [Apart(), rules.Drop(), rules.ReliableDrop(reliability=0.9), rules.IndividualsChart(autocorrelation=True)]

    def learning(some: range) -> Learning:
        found = Learning(chosen, context)
        scores = [np.array(dyads[dyad]) / 12 for dyad in some]
        if scores:
            starts = np.cumsum([0, *(each.size for each in scores)])
            session = np.concatenate([np.arange(1.0, each.size + 1) for each in scores])
            score = np.concatenate(scores)
            found.take(Series(starts, session, score, beside=score[:, None] - 0.25), [f"D{dyad}" for dyad in some])
        return found

    rule, known = learning(range(len(dyads))).learnt()
    joined = Learning(chosen, context)
    for part in reversed(range(parts)):
        joined.join(learning(range(part, len(dyads), parts)))
    other, again = joined.learnt()
    assert other == rule
    for name in ("pooled_sd", "between_sd", "first_sd", "phi"):
        assert np.array_equal(getattr(again, name), getattr(known, name), equal_nan=True)
