"""Whatever engine feeds the rules, the verdicts are those of a panel in memory, row for row."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import Detection, detect, rules
from therarel.detection.engine import series_of
from therarel.detection.episodes import ending_of, episodes_of
from therarel.detection.feeding import detect_lazy
from therarel.detection.rules import Recovery, Rule
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

Same = Callable[[Sequence[object], Sequence[object]], bool]

SOON = Recovery(share=0.5, within=2, strictly=True)
RULES: tuple[Rule, ...] = (
    rules.Drop(k=1),
    rules.Drop(k=2, recovery=Recovery(within=1)),
    rules.Drop(k=1.5, reference="person_mean", minimal_drop=0.5),
    *(rules.Drop(k=1, scale=scale, reference=level) for scale in rules.Scale for level in ("previous", "person_mean")),
    rules.BelowOwnMean(k=2),
    rules.BelowOwnMean(k=1, recovery=SOON),
    rules.IndividualsChart(),
    rules.IndividualsChart(k=1.5, minimal_drop=0.25),
    rules.ReliableDrop(reliability=0.9),
    rules.ReliableDrop(reliability=0.5, sd=0.3, minimal_drop=0.5),
    rules.Drop(k=1, reference="running_maximum"),
    rules.Drop(k=1, reference="regression"),
    rules.IndividualsChart(rules={1, 2, 3}, screened=True),
    rules.IndividualsChart(sigma="sd", detrended=True, k=1),
    rules.IndividualsChart(autocorrelation=True),
    rules.ReliableDrop(reliability=0.9, reference="baseline"),
    rules.ChangePoint(),
    rules.EarlierChart(earlier=2),
    rules.SuddenLoss(),
    rules.SuddenLoss(recovery=SOON),
    rules.SuddenLoss(cutoff=0.5, criterion3=None, recovery=SOON),
    rules.SuddenGain(cutoff=0.5, share=None, criterion3="t_test", recovery=SOON),
    rules.SuddenGain(cutoff=0.25, criterion3="pooled_sd", minimal_drop=0.5, recovery=Recovery(within=3)),
)

# Grids make ties, 9 lies outside the scale, and the rest is anything.
SCORES = st.one_of(
    st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0]),
    st.integers(4, 20).map(lambda quarter: quarter / 4),
    st.floats(1, 5),
    st.sampled_from([None, None, math.nan, 9.0]),
)


def verdicts_of(found: Detection) -> pl.DataFrame:
    """The verdicts of the core as a table."""
    table: Any = found.verdicts
    return pl.DataFrame(table)


def frame_of(panel: Panel) -> pl.DataFrame:
    """The rows of a panel as a table."""
    table: Any = panel.to_frame("polars")
    return pl.DataFrame(table)


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Rows of a few dyads, with gaps, missing scores and single sessions, in any order."""
    rows: list[tuple[str, int, float | None]] = [("Z", 1, 3.0)]  # a panel needs a score
    for dyad in range(draw(st.integers(1, 4))):
        session = 0
        for score in draw(st.lists(SCORES, min_size=1, max_size=11)):
            session += draw(st.sampled_from([1, 1, 1, 1, 2, 4]))
            rows.append((f"D-{dyad}", session, score))
    schema = {"client": pl.String, "week": pl.Int64, "wai": pl.Float64}
    return pl.DataFrame(draw(st.permutations(rows)), schema=schema, orient="row")


def panel_of(table: pl.DataFrame, scale: RatingScale, **settings: Any) -> Panel:
    """The same rows as a panel."""
    return Panel.from_frame(table, dyad="client", session="week", score="wai", scale=scale, **settings)


def recoveries(panel: Panel, rule: Rule, found: Any) -> tuple[list[str | None], list[float | None]]:
    """What the core says became of the drop at each flagged row of a panel."""
    statuses: list[str | None] = [None] * panel.n_sessions
    at: list[float | None] = [None] * panel.n_sessions
    for block in panel.blocks():
        series, there, _ = series_of(block, panel)
        if not series.score.size:
            continue
        seen = rule.verdicts(series, found.context, values=True)
        each = episodes_of(rule, series, seen, found.context, merges=False)
        rows = np.arange(block.n_sessions) if there is None else np.flatnonzero(there)
        for row, status, back in zip(each.flagged, each.statuses(), each.recovered, strict=True):
            place = block.first_row + int(rows[row])
            statuses[place] = ending_of(status, rule.change).value
            at[place] = float(series.session[back]) if back >= 0 else None
    return statuses, at


@given(
    table=tables(),
    chosen=st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True),
    better=st.booleans(),
    step=st.sampled_from([None, 0.25]),
    index=st.sampled_from(["attended", "scheduled"]),
    max_gap=st.sampled_from([None, 1.0, 2.0]),
    recovery=st.booleans(),
)
def test_verdicts_and_recoveries_are_those_of_the_core(
    engine: Any,
    same_columns: Same,
    table: pl.DataFrame,
    chosen: list[Rule],
    better: bool,
    step: float | None,
    index: str,
    max_gap: float | None,
    recovery: bool,
) -> None:
    """Missing values, ties, gaps, unsorted rows and one-row dyads get the same verdict wherever they are judged."""
    scale = RatingScale(1, 5, higher_is_better=better, step=step)
    panel = panel_of(table, scale, index=index, max_gap=max_gap)
    found = detect(panel, primary=chosen[0], also=chosen[1:])
    core = verdicts_of(found).sort("dyad", "session")
    lazy = detect_lazy(
        engine.table(table),
        dyad="client",
        session="week",
        score="wai",
        scale=scale,
        index=index,
        max_gap=max_gap,
        primary=chosen[0],
        also=chosen[1:],
        recovery=recovery,
    )
    there = engine.rows(lazy).sort("client", "week")
    assert there["client"].to_list() == core["dyad"].to_list()
    for rule, name in zip(chosen, found.columns, strict=True):
        assert there[name].to_list() == core[name].to_list()
        assert there[f"{name}_reason"].to_list() == core[f"{name}_reason"].to_list()
        if recovery:
            statuses, at = recoveries(panel, rule, found)
            assert there[f"{name}_{rule.change.ending}"].to_list() == statuses
            assert same_columns(there[f"{name}_{rule.change.ended_at}"].to_list(), at)


def test_a_small_clinic_is_judged_alike(engine: Any) -> None:
    """Every rule that an engine knows agrees with the core over hundreds of simulated clients."""
    panel = simulate_clinic(200, seed=8).panel()
    rows = frame_of(panel).select("dyad", "session", "score").sample(fraction=1, seed=2, shuffle=True)
    chosen = (
        rules.Drop(),
        rules.BelowOwnMean(),
        rules.IndividualsChart(),
        rules.ReliableDrop(reliability=0.9),
        rules.SuddenLoss(),
    )
    core = verdicts_of(detect(panel, primary=chosen[0], also=chosen[1:]))
    lazy = detect_lazy(
        engine.table(rows),
        dyad="dyad",
        session="session",
        score="score",
        scale=panel.scale,
        primary=chosen[0],
        also=chosen[1:],
    )
    there = engine.rows(lazy).sort("dyad", "session")
    names = [name for rule in chosen for name in (rule.name, f"{rule.name}_reason")]
    for name in names:
        assert there[name].to_list() == core.sort("dyad", "session")[name].to_list()


def test_ties_are_settled_as_the_core_settles_them(engine: Any) -> None:
    """After three equal scores in twelfths the fourth could have fired, wherever the rows are judged."""
    rows = pl.DataFrame(
        [
            (f"{level}-{last}", week, score / 12)
            for level in range(13, 61, 3)
            for last in range(12, 61, 4)
            for week, score in enumerate((level, level, level, last), start=1)
        ],
        schema={"client": pl.String, "week": pl.Int64, "wai": pl.Float64},
        orient="row",
    )
    scale = RatingScale(1, 5)
    for rule in (
        rules.Drop(k=2, scale="person_sd"),
        rules.Drop(k=1.5, scale="person_sd", reference="person_mean"),
        rules.Drop(k=2.256, scale="moving_range"),
        rules.IndividualsChart(k=1.269),
    ):
        core = verdicts_of(detect(panel_of(rows, scale), primary=rule)).sort("dyad", "session")
        lazy = detect_lazy(engine.table(rows), dyad="client", session="week", score="wai", scale=scale, primary=rule)
        there = engine.rows(lazy).sort("client", "week")
        for name in (rule.name, f"{rule.name}_reason"):
            assert there[name].to_list() == core[name].to_list()


@given(table=tables(), again=st.integers(0, 30))
def test_a_repeated_session_is_left_out_and_said_so(engine: Any, table: pl.DataFrame, again: int) -> None:
    """Two rows of one session count as no score, and the other rows are judged as if neither were there."""
    row = table.row(again % table.height)
    twice = pl.concat([table, pl.DataFrame([(row[0], row[1], 2.5)], schema=table.schema, orient="row")])
    scale = RatingScale(1, 5)
    lazy = detect_lazy(
        engine.table(twice), dyad="client", session="week", score="wai", scale=scale, primary=rules.Drop(k=1)
    )
    there = engine.rows(lazy).sort("client", "week")
    of_it = (pl.col("client") == row[0]) & (pl.col("week") == row[1])
    assert set(there.filter(of_it)["drop"]) == {"no_score"}
    assert "repeated_session" in there.filter(of_it)["left_out"].to_list()
    rest = table.filter(~of_it)
    if rest["wai"].is_between(1, 5).any():
        core = verdicts_of(detect(panel_of(rest, scale), primary=rules.Drop(k=1)))
        assert there.filter(~of_it)["drop"].to_list() == core.sort("dyad", "session")["drop"].to_list()


def test_rows_without_dyad_or_session_and_scores_outside_the_scale_are_left_out(engine: Any) -> None:
    """What cannot be used is judged as having no score, with the reason beside it."""
    table = pl.DataFrame(
        {"client": [None, "A", "A", "A"], "week": [1, None, 1, 2], "wai": [4.0, 4.0, 9.0, None]},
        schema={"client": pl.String, "week": pl.Int64, "wai": pl.Float64},
    )
    lazy = detect_lazy(
        engine.table(table),
        dyad="client",
        session="week",
        score="wai",
        scale=(1, 5),
        higher_is_better=True,
        primary=rules.Drop(),
    )
    found = engine.rows(lazy)
    assert set(found["drop"]) == {"no_score"}
    told = {(row["client"], row["week"]): row["left_out"] for row in found.rows(named=True)}
    assert told == {
        (None, 1): "no_dyad",
        ("A", None): "no_session",
        ("A", 1): "outside_scale",
        ("A", 2): None,
    }


def test_a_table_whose_rows_cannot_be_computed_is_not_read_before_the_result_is(engine: Any) -> None:
    """Polars and Spark judge when the result is asked for; DuckDB's rows are judged at once."""
    settings: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True, "primary": rules.Drop()}
    names: dict[str, Any] = {"dyad": "client", "session": "week", "score": "wai"}
    if engine.name == "duckdb":
        rows: Any = duckdb.sql(
            "select 'A' as client, i as week, error('a row was read')::double as wai from range(3) t(i)"
        )
        with pytest.raises(duckdb.Error, match="a row was read"):
            detect_lazy(rows, **names, **settings)
    elif engine.name == "polars":

        def refuse(frame: pl.DataFrame) -> pl.DataFrame:
            raise RuntimeError("a row was read")

        table = pl.LazyFrame(schema={"client": pl.String, "week": pl.Int64, "wai": pl.Float64})
        lazy = detect_lazy(table.map_batches(refuse, schema=table.collect_schema()), **names, **settings)
        with pytest.raises(RuntimeError, match="a row was read"):
            lazy.collect()
    else:
        frame = engine.table(pl.DataFrame({"client": ["A"], "week": [1], "wai": [4.0]}))
        tracker = frame.sparkSession.sparkContext.statusTracker()
        before = tracker.getJobIdsForGroup(None)
        detect_lazy(frame, **names, **{**settings, "primary": rules.SuddenLoss()})
        assert tracker.getJobIdsForGroup(None) == before


def test_results_in_duckdb_are_told_apart_from_the_tables_that_are_there() -> None:
    """A table of any likely name changes no answer, and an earlier result stays what it was after a later one."""
    connection = duckdb.connect()
    for name in ("judged", "ordered", "feed", "rows", "found"):
        connection.execute(f"create table {name} as select 'not this' as client")
    chosen: dict[str, Any] = {
        "dyad": "client",
        "session": "week",
        "score": "wai",
        "scale": (1, 5),
        "higher_is_better": True,
    }
    first, second = (
        detect_lazy(
            connection.sql(f"select '{client}' as client, i + 1 as week, 4.0 as wai from range({number}) t(i)"),
            **chosen,
            primary=rules.SuddenLoss(),
        )
        for client, number in (("A", 3), ("B", 5))
    )
    assert set(second.select("client").fetchall()) == {("B",)}
    assert first.select("client", "week").fetchall() == [("A", 1), ("A", 2), ("A", 3)]


@pytest.mark.parametrize(
    ("table", "settings", "kind", "words"),
    [
        (pl.DataFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {}, InvalidValueError, "make a panel"),
        (pl.LazyFrame({"client": ["A"], "weak": [1], "wai": [4.0]}), {}, UnknownNameError, "did you mean 'weak'"),
        (pl.LazyFrame({"client": ["A"], "week": ["1"], "wai": [4.0]}), {}, InvalidValueError, "cast it"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0], "drop": [1]}), {}, InvalidValueError, "rename"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"higher_is_better": None}, InvalidValueError, "never assumed"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"scale": 5}, InvalidValueError, "lowest and a highest"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"max_gap": 0}, InvalidValueError, "above 0"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"scale": ("low", 5)}, InvalidValueError, "RatingScale.minimum"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"also": rules.Drop(k=1)}, InvalidValueError, r"also=\[rule\]"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"also": [rules.Drop()]}, InvalidValueError, "given once"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"score": []}, InvalidValueError, "a column of scores is named"),
        (pl.LazyFrame({"client": ["A"], "week": [1], "wai": [4.0]}), {"per": "client"}, InvalidValueError, "'session' or 'dyad'"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused_before_anything_runs(
    table: object, settings: dict[str, object], kind: type[Exception], words: str
) -> None:
    """Tables in memory, wrong columns, text for numbers and unknown directions are refused with a hint."""
    given_: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True, "score": "wai", **settings}
    with pytest.raises(kind, match=words):
        detect_lazy(table, dyad="client", session="week", primary=rules.Drop(), **given_)  # type: ignore[type-var]  # on purpose


def test_a_relation_without_rows_gives_the_columns_of_the_result() -> None:
    """A table of DuckDB in which nothing is left keeps its columns, beside those of the rules."""
    nothing = duckdb.sql("SELECT 'A' AS dyad, 1 AS session, 4.0::DOUBLE AS score WHERE false")
    assert nothing is not None
    judged = detect_lazy(
        nothing, dyad="dyad", session="session", score="score", scale=(1, 5), higher_is_better=True,
        primary=rules.Drop(k=2), also=[rules.ReliableDrop(reliability=0.9)],
    )  # fmt: skip
    assert judged.columns == [
        "dyad",
        "session",
        "score",
        "drop",
        "drop_reason",
        "reliable_drop",
        "reliable_drop_reason",
        "left_out",
    ]
    assert judged.fetchall() == []
