"""What was said to the risk item has a column of its own in tables and files."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no annotations
import pytest

from therarel.measures import RiskState, instrument, instruments, risk_answer, score, score_file

RISKY = [form.id for form in instruments() if form.risk_item]
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
    """Responses with every kind of answer to the risk item, impossible ones among them."""
    form, chance = instrument(name), random.Random(5)
    top = int(form.item_scale.maximum)
    rows: list[list[int | None]] = [[chance.choice([0, top]) for _ in range(form.n_items)] for _ in range(6)]
    assert form.risk_item is not None
    for row, said in zip(rows, (0, 1, None, top + 5, top, 0), strict=True):
        row[form.risk_item.item - 1] = said
    rows[1][0] = None
    return rows


def columns_of(rows: list[list[int | None]]) -> dict[str, list[int | None]]:
    """Rows as columns."""
    return {f"item{place}": [row[place - 1] for row in rows] for place in range(1, len(rows[0]) + 1)}


@pytest.mark.filterwarnings("ignore::therarel.measures.ScoringWarning")
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("name", RISKY)
def test_a_table_says_what_a_single_response_says(name: str, kind: str) -> None:
    """The column agrees with the risk item of each row, whatever became of the total."""
    rows = rows_of(name)
    expected = [risk_answer(name, row).state for row in rows]
    assert set(expected) == set(RiskState)
    scored = nw.from_native(score(name, MAKERS[kind](columns_of(rows)), detail=True))
    held = scored.collect() if isinstance(scored, nw.LazyFrame) else scored
    assert held[f"{name.replace('-', '_')}_risk"].to_list() == expected


@pytest.mark.parametrize("items", [{1: "item1"}, {9: "item9", 1: "item1"}])
def test_an_item_without_a_column_was_not_asked(items: dict[int, str]) -> None:
    """A table without the risk item says so in every row; words and codes count as they do for one response."""
    table = pl.DataFrame({"item1": [1, 2], "item9": ["endless", "refused"]})
    said = score("phq-9", table, items=items, detail=True, words={"endless": 2})["phq_9_risk"].to_list()
    unknown = RiskState.NOT_ANSWERED_OR_NOT_ASKED
    assert said == ([RiskState.ENDORSED, unknown] if 9 in items else [unknown] * 2)


def test_only_instruments_with_a_risk_item_have_the_column() -> None:
    """There is none without a risk item, and in tables none without detail."""
    gad = pl.DataFrame({f"item{n}": [1] for n in range(1, 8)})
    assert "gad_7_risk" not in score("gad-7", gad, detail=True).columns
    phq = pl.DataFrame({f"item{n}": [1] for n in range(1, 10)})
    assert "phq_9_risk" not in score("phq-9", phq).columns


@pytest.mark.parametrize("name", RISKY)
def test_a_file_always_has_the_column(tmp_path: Path, name: str) -> None:
    """A scored file has the column, also where its items are not scored, and a sentence that asks for a look."""
    rows = rows_of(name)
    lines = [",".join(columns_of(rows)), *(",".join("" if a is None else str(a) for a in row) for row in rows)]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    scored = score_file(path, name)
    expected = [risk_answer(name, row).state for row in rows]
    assert scored.header[-1] == f"{name.replace('-', '_')}_risk"
    assert [row.risk for row in scored.rows] == expected
    assert [cells[-1] for cells in scored.cells] == expected
    assert scored.risk_note is not None
    counted = [expected.count(state) for state in (RiskState.ENDORSED, RiskState.NOT_ANSWERED_OR_NOT_ASKED)]
    assert f"of 6 responses: {counted[0]} endorsed, {counted[1]} not answered or not asked." in scored.risk_note
    assert "prompt for a person to look, not an assessment" in scored.risk_note
