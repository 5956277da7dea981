"""What was answered to each item that asks about risk has a column of its own in tables and files."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no annotations
import pytest
from attrs import evolve

from therarel.domain import RiskState
from therarel.measures import RiskItem, instrument, instruments, score, score_file

RISKY = [form.id for form in instruments() if form.risk_items]
MAKERS = {
    "polars": lambda data: pl.DataFrame(data, strict=False),
    "polars lazy": lambda data: pl.LazyFrame(data, strict=False),
    "pandas": pd.DataFrame,
    "pandas nullable": lambda data: pd.DataFrame(data).convert_dtypes(),
    "pandas objects": lambda data: pd.DataFrame(data, dtype=object),
    "pyarrow": pa.table,
    "duckdb": lambda data: duckdb.from_arrow(pl.DataFrame(data, strict=False).to_arrow()),
}


def rows_of(name: str) -> list[list[int | None]]:
    """Responses with every kind of answer to the risk items, impossible ones among them."""
    form, chance = instrument(name), random.Random(5)
    top = int(form.item_scale.maximum)
    rows: list[list[int | None]] = [[chance.choice([0, top]) for _ in range(form.n_items)] for _ in range(6)]
    for risky in form.risk_items:
        for row, said in zip(rows, chance.sample([0, 1, None, top + 5, top, 0], 6), strict=True):
            row[risky.item - 1] = said
    rows[1][0] = None
    return rows


def columns_of(rows: list[list[int | None]]) -> dict[str, list[int | None]]:
    """Rows as columns."""
    return {f"item{place}": [row[place - 1] for row in rows] for place in range(1, len(rows[0]) + 1)}


def expected_in(name: str, rows: list[list[int | None]]) -> dict[str, list[RiskState]]:
    """Each column of risk answers as single responses give it."""
    answered = [score(name, row).risk or () for row in rows]
    prefix = name.replace("-", "_")
    return {
        f"{prefix}_risk_{one.item}": [answers[place].state for answers in answered]
        for place, one in enumerate(instrument(name).risk_items)
    }


@pytest.mark.filterwarnings("ignore::therarel.measures.ScoringWarning")
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", RISKY)
def test_a_table_says_what_a_single_response_says(name: str, kind: str) -> None:
    """The columns agree with the risk answers of each row, with and without detail, whatever became of the total."""
    rows = rows_of(name)
    expected = expected_in(name, rows)
    assert all(set(states) == set(RiskState) for states in expected.values())
    for detail in (True, False):
        scored = nw.from_native(score(name, MAKERS[kind](columns_of(rows)), detail=detail))
        held = scored.collect() if isinstance(scored, nw.LazyFrame) else scored
        assert {column: held[column].to_list() for column in held.columns if "_risk_" in column} == expected


@pytest.mark.parametrize("items", [{1: "item1"}, {9: "item9", 1: "item1"}])
def test_an_item_without_a_column_was_not_asked(items: dict[int, str]) -> None:
    """A table without the risk item says so in every row; words and codes count as they do for one response."""
    table = pl.DataFrame({"item1": [1, 2], "item9": ["endless", "refused"]})
    said = score("phq-9", table, items=items, detail=True, words={"endless": 2})["phq_9_risk_9"].to_list()
    unknown = RiskState.NOT_ANSWERED_OR_NOT_ASKED
    assert said == ([RiskState.ENDORSED, unknown] if 9 in items else [unknown] * 2)


def test_only_instruments_that_ask_about_risk_have_the_columns() -> None:
    """There are none where no item asks about risk."""
    gad = pl.DataFrame({f"item{n}": [1] for n in range(1, 8)})
    assert not [name for name in score("gad-7", gad, detail=True).columns if "risk" in name]


def test_a_reversed_item_is_endorsed_from_the_other_end_in_a_table() -> None:
    """An item that the key turns, or that the form prints the other way round, counts as it does for one response."""
    form = evolve(instrument("wai-sr"), risk_items=[RiskItem(item=n, kinds=["other"], status="V") for n in (1, 2)])
    assert form.key is not None
    turned = evolve(form, key=evolve(form.key, reversed_items=(1,)))
    rows: list[list[int | None]] = [[5, 1, *[3] * 10], [4, 2, *[3] * 10], [5, 5, *[3] * 10], [1, 4, *[3] * 10]]
    for how in ("anchor", "position"):
        found = score(turned, pl.DataFrame(columns_of(rows)), recorded_as=how)
        singly = [[answer.state for answer in score(turned, row, recorded_as=how).risk or ()] for row in rows]
        assert [list(row) for row in found.select("wai_sr_risk_1", "wai_sr_risk_2").iter_rows()] == singly


@pytest.mark.parametrize("name", RISKY)
def test_a_file_always_has_the_columns(tmp_path: Path, name: str) -> None:
    """A scored file has the columns, and a sentence that asks for a look."""
    rows = rows_of(name)
    lines = [",".join(columns_of(rows)), *(",".join("" if a is None else str(a) for a in row) for row in rows)]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    scored = score_file(path, name)
    expected = expected_in(name, rows)
    assert scored.header[-len(expected) :] == tuple(expected)
    assert {column: [row[column] for row in scored.records] for column in expected} == expected
    assert scored.risk_note is not None
    for column, states in expected.items():
        counts = [states.count(state) for state in (RiskState.ENDORSED, RiskState.NOT_ANSWERED_OR_NOT_ASKED)]
        assert f"item {column.rpartition('_')[2]}" in scored.risk_note
        assert f": {counts[0]} endorsed, {counts[1]} not answered or not asked" in scored.risk_note
    assert "prompt for a person to look, not an assessment" in scored.risk_note
