"""Parquet files larger than memory are judged by the core, dyad by dyad."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.detection import Detection, detect, rules
from therarel.detection.feeding import detect_folder, detect_lazy, feed, folder
from therarel.detection.rules import Rule
from therarel.domain.ratings import RatingScale
from therarel.errors import InvalidValueError, UnknownNameError
from therarel.panels import Panel
from therarel.simulation import simulate_clinic

RULES: tuple[Rule, ...] = (
    rules.Drop(k=1),
    rules.Drop(k=1, scale="larger_person_between", reference="running_maximum"),
    rules.IndividualsChart(autocorrelation=True, rules={1, 2}),
    rules.ReliableDrop(reliability=0.9),
    rules.SuddenLoss(),
)
ROW = st.tuples(
    st.sampled_from(["A", "B", "C", None]),
    st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 7.0, None]),
    st.sampled_from([1.0, 2.0, 2.5, 4.0, 4.5, 9.0, math.nan, None]),
)


def verdicts_of(found: Detection) -> pl.DataFrame:
    """The verdicts of the core as a table."""
    table: Any = found.verdicts
    return pl.DataFrame(table)


def frame_of(panel: Panel) -> pl.DataFrame:
    """The rows of a panel as a table."""
    table: Any = panel.to_frame("polars")
    return pl.DataFrame(table)


def judged(table: pl.DataFrame, parts: int, **settings: Any) -> tuple[pl.DataFrame, Any]:
    """The verdicts that are written for a table in some files, and what is told of them."""
    with tempfile.TemporaryDirectory() as place:
        source, out = Path(place, "in", "year=2026"), Path(place, "out")
        source.mkdir(parents=True)
        for part in range(parts):
            table[part::parts].write_parquet(source / f"{part}.parquet")
        found = detect_folder(source.parent, out, dyad="client", session="week", score="wai", **settings)
        return pl.read_parquet(out / "*.parquet"), found


@given(
    rows=st.lists(ROW, min_size=1, max_size=30),
    parts=st.integers(1, 3),
    chosen=st.lists(st.sampled_from(RULES[3:]), min_size=1, unique=True),
)
def test_any_rows_are_judged_as_in_an_engine(rows: list[Any], parts: int, chosen: list[Rule]) -> None:
    """Repeated sessions, missing labels and scores outside the scale are told and left out, as a lazy table has them."""
    schema = {"client": pl.String, "week": pl.Float64, "wai": pl.Float64}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    settings: dict[str, Any] = {"scale": (1, 5), "higher_is_better": True, "primary": chosen[0], "also": chosen[1:]}
    out, found = judged(table, parts, **settings)
    lazy = detect_lazy(table.lazy(), dyad="client", session="week", score="wai", **settings).collect()
    lazy = lazy.with_columns(pl.col(pl.Enum).cast(pl.String))
    lazy = lazy.rename({"client": "dyad", "week": "session", "wai": "score"}).with_columns(
        pl.col("score").fill_nan(None)
    )
    order = ["dyad", "session", "score", "left_out"]
    assert out.select(lazy.columns).sort(order).equals(lazy.sort(order))
    assert found.rows == table.height
    assert sum(found.left_out.values()) == lazy["left_out"].count()


@given(chunk=st.integers(1, 400), rows=st.integers(1, 100), threads=st.integers(1, 2), seed=st.integers(0, 3))
def test_the_answer_does_not_depend_on_how_the_rows_are_cut(chunk: int, rows: int, threads: int, seed: int) -> None:
    """Whatever is read, judged and written at a time, the verdicts are those of the core over everything."""
    panel = simulate_clinic(20, seed=seed).panel()
    table = frame_of(panel).select(client="dyad", week="session", wai="score")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder, "CHUNK", chunk)
        patch.setattr(feed, "ROWS", rows)
        out, found = judged(
            table.sample(fraction=1, shuffle=True, seed=seed), 2,
            scale=panel.scale, primary=RULES[0], also=RULES[1:], threads=threads,
        )  # fmt: skip
    core = detect(panel, primary=RULES[0], also=RULES[1:])
    verdicts = verdicts_of(core)
    verdicts = verdicts.with_columns(pl.col(pl.Enum).cast(pl.String))
    assert out.drop("left_out").equals(verdicts.select(out.drop("left_out").columns))
    assert found.columns == core.columns
    assert (found.rows, found.n_dyads) == (panel.n_sessions, panel.n_dyads)
    for name in found.columns:
        assert found.counts[name]["flagged"] == (verdicts[name] == "flagged").sum()


def test_a_folder_is_judged_like_the_panel_read_from_it(tmp_path: Path) -> None:
    """A single file will do, and the order of its rows does not matter."""
    table = pl.DataFrame({"client": ["B", "A", "A", "A"], "week": [1, 3, 1, 2], "wai": [4.0, 2.0, 4.0, 4.5]})
    table.write_parquet(tmp_path / "scores.parquet")
    detect_folder(
        tmp_path / "scores.parquet", tmp_path / "out", dyad="client", session="week", score="wai",
        scale=RatingScale(1, 5), primary=rules.ReliableDrop(reliability=0.9, sd=0.8),
    )  # fmt: skip
    out = pl.read_parquet(tmp_path / "out" / "*.parquet")
    panel = Panel.read(tmp_path / "scores.parquet", dyad="client", session="week", score="wai", scale=RatingScale(1, 5))
    core = detect(panel, primary=rules.ReliableDrop(reliability=0.9, sd=0.8))
    assert out["reliable_drop"].to_list() == verdicts_of(core)["reliable_drop"].to_list()


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"source": "none"}, FileNotFoundError, "there is no such file"),
        ({"out": "."}, InvalidValueError, "not empty"),
        ({"score": "way"}, UnknownNameError, "did you mean 'wai'"),
        ({"memory": "plenty"}, InvalidValueError, "such as 1GB"),
        ({"threads": 0}, InvalidValueError, "at least 1"),
        ({"higher_is_better": None}, InvalidValueError, "never assumed"),
    ],
)
def test_what_cannot_be_read_or_written_is_refused(
    settings: dict[str, Any], kind: type[Exception], words: str, tmp_path: Path
) -> None:
    """Nothing is overwritten, and a misspelt column is named with the nearest one."""
    pl.DataFrame({"client": ["A"], "week": [1], "wai": [4.0]}).write_parquet(tmp_path / "scores.parquet")
    given_: dict[str, Any] = {
        "source": tmp_path, "out": tmp_path / "out", "dyad": "client", "session": "week", "score": "wai",
        "scale": (1, 5), "higher_is_better": True, "primary": rules.Drop(),
    }  # fmt: skip
    given_ |= {name: tmp_path / value if name in ("source", "out") else value for name, value in settings.items()}
    with pytest.raises(kind, match=words):
        detect_folder(given_.pop("source"), given_.pop("out"), **given_)


@pytest.mark.parametrize(
    ("name", "written", "words"),
    [
        ("scores.csv", b"client,week,wai\nA,1,4\n", "cannot be read as Parquet, got 'scores.csv'"),
        ("scores.parquet", b"PAR1 and no more", "cannot be read as Parquet, got 'scores.parquet'"),
        ("scores.parquet", b"", "cannot be read as Parquet, got 'scores.parquet'"),
    ],
)
def test_a_file_that_is_no_parquet_is_named(name: str, written: bytes, words: str, tmp_path: Path) -> None:
    """Text and damaged files are refused by their name, with what to do."""
    (tmp_path / name).write_bytes(written)
    with pytest.raises(InvalidValueError, match=words):
        detect_folder(
            tmp_path / name, tmp_path / "out", dyad="client", session="week", score="wai",
            scale=RatingScale(1, 5), primary=rules.Drop(),
        )  # fmt: skip


@given(cut=st.integers(10, 60))
def test_a_file_that_is_damaged_within_is_named_among_others(cut: int) -> None:
    """Where only the data of one file is destroyed, that file is named, however late it is found."""
    with tempfile.TemporaryDirectory() as place:
        for number in (1, 2):
            table = pl.DataFrame(
                {
                    "client": [f"C{at}" for at in range(900)],
                    "week": range(900),
                    "wai": [4 + at / 1e4 for at in range(900)],
                }
            )
            table.write_parquet(Path(place, f"{number}.parquet"))
        held = bytearray(Path(place, "2.parquet").read_bytes())
        held[4 : len(held) * cut // 100] = bytes(len(held) * cut // 100 - 4)
        Path(place, "2.parquet").write_bytes(held)
        with pytest.raises(InvalidValueError, match=r"cannot be read as Parquet, got '2\.parquet'"):
            detect_folder(
                place, Path(place, "out"), dyad="client", session="week", score="wai",
                scale=RatingScale(1, 5), primary=rules.Drop(),
            )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("week", ["1", "afterPostRx", None], "session: .*got 'week'.*look at 1 row$"),
        ("wai", ["x", "4.5", "y"], "score: .*got 'wai'.*look at 2 rows"),
        ("wai", [[1.0], [2.0], [3.0]], "score: .*something else than numbers"),
    ],
)
def test_sessions_and_scores_are_numbers(column: str, values: list[Any], words: str, tmp_path: Path) -> None:
    """The column is named and the rows are counted; no cell is repeated, for it may be what a client said."""
    table = pl.DataFrame({"client": ["A", "B", "C"], "week": ["1", "2", "3"], "wai": ["4", "4", "4"]})
    table.with_columns(pl.Series(column, values)).write_parquet(tmp_path / "scores.parquet")
    with pytest.raises(InvalidValueError, match=words) as refused:
        detect_folder(
            tmp_path / "scores.parquet", tmp_path / "out", dyad="client", session="week", score="wai",
            scale=RatingScale(1, 5), primary=rules.Drop(),
        )  # fmt: skip
    assert "afterPostRx" not in f"{refused.value}{refused.value.__cause__ or ''}"


def test_files_with_other_columns_are_no_one_table(tmp_path: Path) -> None:
    """Two good files that do not belong together are told apart from a damaged one."""
    pl.DataFrame({"client": ["A"], "week": [1], "wai": [4.0]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"client": ["A"], "week": [1]}).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(InvalidValueError, match="the same columns"):
        detect_folder(
            tmp_path, tmp_path / "out", dyad="client", session="week", score="wai",
            scale=RatingScale(1, 5), primary=rules.Drop(),
        )  # fmt: skip


LABELS = st.sampled_from(["7", "7.0", " 7 ", "C-1", '"C-1"', "C\u200b-1", "e\u0301", "\u00e9", "NA", " ", "", None])


@given(rows=st.lists(st.tuples(LABELS, st.integers(12, 60)), min_size=1, max_size=20))
def test_labels_of_a_folder_have_the_one_spelling_of_a_panel(rows: list[tuple[str | None, int]]) -> None:
    """One person with two spellings is one dyad, and a label with nothing in it is none, as wherever tables are read."""
    table = pl.DataFrame(
        [(label, at, score / 12) for at, (label, score) in enumerate(rows, start=1)],
        schema={"client": pl.String, "week": pl.Int64, "wai": pl.Float64},
        orient="row",
    )
    out, found = judged(table, 1, scale=RatingScale(1, 5), primary=rules.Drop(k=1))
    named = table.filter(pl.col("client").str.strip_chars().fill_null("") != "")
    assert sum(found.left_out.values()) == table.height - named.height
    if named.height:
        panel = Panel.from_frame(named, dyad="client", session="week", score="wai", scale=RatingScale(1, 5))
        core = verdicts_of(detect(panel, primary=rules.Drop(k=1), expected="none")).sort("dyad", "session")
        kept = out.filter(pl.col("left_out").is_null()).sort("dyad", "session")
        assert kept["dyad"].to_list() == core["dyad"].to_list()
        assert kept["drop"].to_list() == core["drop"].to_list()


def test_numbers_as_labels_of_a_folder_are_whole_or_refused(tmp_path: Path) -> None:
    """7.0 is 7, nothing is nobody, and fractions or rounded numbers are no labels."""
    whole = pl.DataFrame({"client": [7.0, 7.0, None, float("nan")], "week": [1, 2, 3, 4], "wai": [4.0, 3.0, 4.0, 4.0]})
    out, found = judged(whole, 1, scale=RatingScale(1, 5), primary=rules.Drop(k=1))
    assert out["dyad"].to_list() == ["7", "7", None, None]
    assert found.left_out == {"no_dyad": 2}
    for odd, words in ((7.5, "fractions"), (2.0**53, "rounded")):
        with pytest.raises(InvalidValueError, match=words):
            judged(whole.with_columns(client=pl.lit(odd)), 1, scale=RatingScale(1, 5), primary=rules.Drop(k=1))
