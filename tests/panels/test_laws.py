"""What holds for every table: nothing is lost, order does not matter, and the way in does not matter."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from therarel.errors import TherarelError
from therarel.panels import NothingReadableError, Panel, PanelPolicy

Row = tuple[str, str, str, str]
COLUMNS = ("client", "session", "score", "therapist")

# Cells as people leave them in files: mostly sound, some empty, some unreadable, some outside the scale 1 to 5.
DYADS = st.sampled_from(["A", "B", "C", "C", "D", "", "NA"])
SESSIONS = st.one_of(
    st.integers(0, 6).map(str), st.sampled_from(["", "Post-Rx", "2.5", "-1", "inf", "3.0", " 4", "nan"])
)
SCORES = st.one_of(
    st.integers(4, 20).map(lambda quarter: str(quarter / 4)),
    st.sampled_from(["", "NaN", ".", "null", "x", "9", "0", "-3", "inf", "1e0", "four"]),
)
THERAPISTS = st.sampled_from(["T1", "T1", "T2", ""])
ROWS = st.lists(st.tuples(DYADS, SESSIONS, SCORES, THERAPISTS), min_size=1, max_size=30)
POLICIES = st.builds(
    PanelPolicy,
    missing_score=st.sampled_from(["kept", "left_out"]),
    unreadable_score=st.sampled_from(["score_left_out", "left_out"]),
    out_of_range=st.sampled_from(["score_left_out", "left_out", "kept"]),
    off_step=st.sampled_from(["kept", "score_left_out", "left_out"]),
    duplicates=st.sampled_from(["left_out", "mean"]),
    therapist_change=st.sampled_from(["kept", "left_out"]),
    one_row_dyad=st.sampled_from(["kept", "left_out"]),
    constant_series=st.sampled_from(["kept", "left_out"]),
)


def panel_of(rows: list[Row], policy: PanelPolicy | None = None) -> Panel:
    """A panel of rows of text; examples without any usable row are no example."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    try:
        return Panel.from_frame(
            frame, dyad="client", session="session", score="score", therapist="therapist",
            scale=(1, 5), higher_is_better=True, max_gap=2, policy=policy,
        )  # fmt: skip
    except NothingReadableError:
        assume(False)
        raise


@given(ROWS, POLICIES)
def test_every_row_is_in_the_panel_or_in_exactly_one_problem_that_says_it_is_not(
    rows: list[Row], policy: PanelPolicy
) -> None:
    """No row is lost and none is told of twice: kept rows and rows not kept make up the table."""
    panel = panel_of(rows, policy)
    gone = panel.problem_rows("polars").filter(pl.col("action").is_in(["left_out", "merged"]))["row"].to_list()
    kept = panel.to_frame("polars")["row"].to_list()
    assert Counter(gone + kept) == Counter(range(1, len(rows) + 1))


@given(ROWS, POLICIES)
def test_every_score_that_is_not_there_has_a_reason(rows: list[Row], policy: PanelPolicy) -> None:
    """A session without a score is listed as missing, unreadable, outside the scale, off its steps or repeated."""
    panel = panel_of(rows, policy)
    without = set(panel.to_frame("polars").filter(pl.col("score").is_null())["row"])
    assert without <= set(panel.problem_rows("polars")["row"])


@given(ROWS, POLICIES)
def test_scores_in_use_are_scores_that_were_read(rows: list[Row], policy: PanelPolicy) -> None:
    """Nothing is clipped or invented: each score in use stands in its row, unless a mean was asked for."""
    panel = panel_of(rows, policy)
    merged = set(panel.problem_rows("polars").filter(pl.col("kind") == "conflicting_duplicate")["dyad"])
    for row in panel.to_frame("polars").iter_rows(named=True):
        if row["score"] is not None and row["dyad"] not in merged and row["row"]:
            read = {float(score) for dyad, _, score, _ in rows if dyad == row["dyad"] and readable(score)}
            assert row["score"] in read


def readable(score: str) -> bool:
    """Whether Python reads a finite number."""
    try:
        return math.isfinite(float(score))
    except ValueError:
        return False


@given(ROWS, POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], policy: PanelPolicy, random: np.random.RandomState) -> None:
    """A shuffled table is the same panel, with the same numbers of problems."""
    panel = panel_of(rows, policy)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = panel_of(shuffled, policy)
    assert again == panel
    assert hash(again) == hash(panel)
    assert again.summary().problems == panel.summary().problems


@given(ROWS)
def test_sessions_increase_within_a_dyad_and_dyads_ascend(rows: list[Row]) -> None:
    """Every dyad stands in one place and has each session once."""
    frame = panel_of(rows).to_frame("polars")
    keys = list(zip(frame["dyad"], frame["session"], strict=True))
    assert keys == sorted(set(keys))


@given(ROWS, st.integers(1, 12))
def test_blocks_hold_whole_dyads_and_every_row_once(rows: list[Row], size: int) -> None:
    """Blocks of any size, put together, are the panel; none is longer than asked unless it is one dyad."""
    panel = panel_of(rows)
    blocks = list(panel.blocks(rows=size))
    frame = panel.to_frame("polars")
    assert [label for block in blocks for label in block.dyads] == panel.dyads
    assert np.concatenate([block.session for block in blocks]).tolist() == frame["session"].to_list()
    scores = np.concatenate([block.score for block in blocks])
    np.testing.assert_array_equal(scores, frame["score"].fill_null(np.nan).to_numpy())
    assert [block.first_row for block in blocks] == np.cumsum([0, *(b.n_sessions for b in blocks)])[:-1].tolist()
    for block in blocks:
        assert block.n_sessions <= size or block.n_dyads == 1
        assert block.starts[0] == 0
        assert block.starts[-1] == block.n_sessions
        for begin, end in zip(block.starts, block.starts[1:], strict=False):
            assert begin < end
            assert np.all(np.diff(block.session[begin:end]) > 0)


@given(ROWS, st.sampled_from(["polars", "pandas", "pyarrow", "duckdb"]))
def test_a_panel_given_back_as_a_table_is_the_same_panel(rows: list[Row], kind: str) -> None:
    """A panel survives the way out and in again, in any kind of table."""
    panel = panel_of(rows)
    again = Panel.from_frame(
        panel.to_frame(kind), dyad="dyad", session="session", score="score", therapist="therapist",
        scale=(1, 5), higher_is_better=True, max_gap=2,
    )  # fmt: skip
    if panel.n_therapists:
        assert again == panel
    assert again.kind == kind


def as_csv(frame: pl.DataFrame, folder: Path) -> Panel:
    """Through a CSV file."""
    frame.write_csv(folder / "t.csv")
    return Panel.read(folder / "t.csv", **HOW)  # type: ignore[arg-type]  # one mapping for all ways in


def as_semicolons(frame: pl.DataFrame, folder: Path) -> Panel:
    """Through a CSV file with semicolons and decimal commas."""
    comma = frame.with_columns(pl.col("score").cast(pl.String).str.replace(".", ",", literal=True))
    comma.write_csv(folder / "s.csv", separator=";")
    return Panel.read(folder / "s.csv", **HOW)  # type: ignore[arg-type]


def as_parquet(frame: pl.DataFrame, folder: Path) -> Panel:
    """Through a Parquet file."""
    frame.write_parquet(folder / "t.parquet")
    return Panel.read(folder / "t.parquet", **HOW)  # type: ignore[arg-type]


def as_json_lines(frame: pl.DataFrame, folder: Path) -> Panel:
    """Through a JSON Lines file, null where there is no score."""
    lines = [json.dumps(row) for row in frame.to_dicts()]
    (folder / "t.jsonl").write_text("\n".join(lines) + "\n")
    return Panel.read(folder / "t.jsonl", **HOW)  # type: ignore[arg-type]


def as_pandas(frame: pl.DataFrame, _: Path) -> Panel:
    """Through pandas, NaN where there is no score."""
    return Panel.from_frame(frame.to_pandas(), **HOW)  # type: ignore[arg-type]


def as_objects(frame: pl.DataFrame, _: Path) -> Panel:
    """Through pandas columns of Python objects."""
    return Panel.from_frame(frame.to_pandas().astype(object), **HOW)  # type: ignore[arg-type]


def as_arrow(frame: pl.DataFrame, _: Path) -> Panel:
    """Through pyarrow."""
    return Panel.from_frame(frame.to_arrow(), **HOW)  # type: ignore[arg-type]


def as_relation(frame: pl.DataFrame, _: Path) -> Panel:
    """Through a DuckDB relation."""
    return Panel.from_frame(duckdb.from_arrow(frame.to_arrow()), **HOW)  # type: ignore[arg-type]


def as_arrays(frame: pl.DataFrame, _: Path) -> Panel:
    """Through numpy arrays."""
    return Panel.from_arrays(
        frame["client"].to_numpy(), frame["session"].to_numpy(), frame["score"].to_numpy(),
        scale=(1, 5), higher_is_better=True,
    )  # fmt: skip


def as_wide(frame: pl.DataFrame, _: Path) -> Panel:
    """Through a wide table; an empty cell is kept, as in the long tables."""
    wide = frame.pivot("session", index="client", values="score")
    sessions = {name: float(name) for name in wide.columns if name != "client"}
    every = Panel.from_wide(
        wide, dyad="client", sessions=sessions, scale=(1, 5), higher_is_better=True,
        policy=PanelPolicy(missing_score="kept"),
    )  # fmt: skip
    present = frame.select("client", "session")
    sessions_read = every.to_frame("polars").join(
        present.with_columns(pl.col("client").cast(pl.String), pl.col("session").cast(pl.Float64)),
        left_on=["dyad", "session"],
        right_on=["client", "session"],
        how="semi",
    )
    return Panel.from_frame(sessions_read, dyad="dyad", session="session", score="score",
                            scale=(1, 5), higher_is_better=True)  # fmt: skip


HOW: dict[str, object] = {
    "dyad": "client", "session": "session", "score": "score", "scale": (1, 5), "higher_is_better": True,
}  # fmt: skip
NUMBERS = st.dictionaries(
    st.tuples(st.integers(1, 4), st.integers(1, 5)),
    st.none() | st.integers(2, 12).map(lambda half: half / 2),
    min_size=2,
    max_size=15,
).filter(lambda cells: any(score is not None and score <= 5 for score in cells.values()))


@pytest.mark.parametrize(
    "way",
    [as_csv, as_semicolons, as_parquet, as_json_lines, as_pandas, as_objects, as_arrow, as_relation, as_arrays, as_wide],
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(cells=NUMBERS)
def test_the_way_in_does_not_matter(
    way: Callable[[pl.DataFrame, Path], Panel],
    tmp_path: Path,
    cells: dict[tuple[int, int], float | None],
) -> None:
    """The same scores give the same panel from every kind of file and table."""
    frame = pl.DataFrame(
        [(dyad, session, score) for (dyad, session), score in cells.items()],
        schema={"client": pl.Int64, "session": pl.Int64, "score": pl.Float64},
        orient="row",
    )
    assert way(frame, tmp_path) == Panel.from_frame(frame, **HOW)  # type: ignore[arg-type]


CANARY = "he told me that nobody knows"


@given(ROWS, st.integers(0, 3), st.data())
def test_free_text_never_shows(rows: list[Row], column: int, data: st.DataObject) -> None:
    """What a client may have said, in whatever column it was typed, is in no message, summary or repr."""
    place = data.draw(st.integers(0, len(rows) - 1))
    spoiled = [
        tuple(CANARY if (at, c) == (place, column) else cell for c, cell in enumerate(row))
        for at, row in enumerate(rows)
    ]
    frame = pl.DataFrame(spoiled, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    try:
        panel = Panel.from_frame(
            frame, dyad="client", session="session", score="score", therapist="therapist",
            scale=(1, 5), higher_is_better=True,
        )  # fmt: skip
    except TherarelError as fault:
        said = str(fault)
    else:
        said = everything_printed(panel)
    assert CANARY not in said


def everything_printed(panel: Panel) -> str:
    """All that a panel prints without being asked for its rows."""
    printed = [repr(panel), str(panel.summary()), panel._repr_html_(), repr(panel.problems)]
    printed += [
        repr(list(panel.blocks())),
        str(panel.problem_rows("polars").to_dicts()),
        json.dumps(panel.summary().as_dict()),
    ]
    return "\n".join(printed)


PIECES = st.sampled_from(
    [
        "client",
        "session",
        "score",
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        '"',
        "A",
        "1",
        "2",
        "4,5",
        "é",
        "\x00",
        "{",
        "}",
        " ",
        "NaN",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    head=st.sampled_from(
        ["client,session,score\nA,1,4\n", "client;session;score\nA;1;4\n", '{"client": 1, "x": 2}\n', ""]
    ),
    pieces=st.lists(PIECES, max_size=25),
    encoding=st.sampled_from(["utf-8", "latin-1", "utf-16", "utf-8-sig"]),
)
def test_whatever_a_file_holds_the_answer_is_a_panel_or_an_error_of_the_library(
    tmp_path: Path, head: str, pieces: list[str], encoding: str
) -> None:
    """No file makes a panel with rows unaccounted for, and none makes another library's error surface."""
    path = tmp_path / "any.csv"
    path.write_bytes((head + "".join(pieces)).encode(encoding))
    try:
        panel = Panel.read(path, scale=(1, 5), higher_is_better=True)
    except TherarelError:
        return
    gone = panel.problem_rows("polars").filter(pl.col("action").is_in(["left_out", "merged"]))["row"].to_list()
    assert sorted(gone + panel.to_frame("polars")["row"].to_list()) == list(range(1, panel.rows_read + 1))


def test_pandas_and_arrow_come_back_as_they_went_in() -> None:
    """The kind of table that goes in is the kind that comes out."""
    table = {"client": ["A", "A"], "session": [1, 2], "score": [4.0, 5.0]}
    arrow = pl.DataFrame(table).to_arrow()
    frames = [pl.DataFrame(table), pd.DataFrame(table), arrow, duckdb.from_arrow(arrow)]
    for frame in frames:
        assert type(Panel.from_frame(frame, **HOW).to_frame()) is type(frame)  # type: ignore[arg-type]
        assert type(Panel.from_frame(frame, **HOW).dyad("A")) is type(frame)  # type: ignore[arg-type]
