"""A table is scored by the same rule as a row, and comes back as the kind it was."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Callable, Sequence

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no annotations
import pytest
from attrs import evolve
from narwhals.typing import IntoFrame

from therarel.domain import MissingReason
from therarel.errors import InvalidValueError, MissingExtraError, UnknownNameError
from therarel.measures import (
    Instrument,
    ItemScale,
    Metric,
    Prorate,
    Published,
    Recording,
    ScaleKind,
    ScoringWarning,
    Strict,
    instrument,
    instruments,
    score,
)
from therarel.measures.columns import _true
from therarel.measures.missing import MissingPolicy

Rows = list[list[object]]
Make = Callable[[dict[str, list[object]]], IntoFrame]
MARK = "id"


def in_duckdb(data: dict[str, list[object]]) -> duckdb.DuckDBPyRelation:
    """A relation that stays in the database."""
    held = pl.DataFrame(data, strict=False).to_arrow()
    return duckdb.from_arrow(held)


MAKERS: dict[str, Make] = {
    "polars": lambda data: pl.DataFrame(data, strict=False),
    "polars lazy": lambda data: pl.LazyFrame(data, strict=False),
    "pandas": pd.DataFrame,
    "pandas nullable": lambda data: pd.DataFrame(data).convert_dtypes(),
    "pyarrow": pa.table,
    "duckdb": in_duckdb,
}


def table_of(rows: Rows) -> dict[str, list[object]]:
    """Rows as columns, with a column that is no item."""
    columns: dict[str, list[object]] = {MARK: list(range(len(rows)))}
    for place in range(len(rows[0])):
        columns[f"item{place + 1}"] = [row[place] for row in rows]
    return columns


def responses(form: Instrument, *, gaps: float = 0.1, odd: Sequence[object] = (), seed: int = 3) -> Rows:
    """Forty simulated responses with gaps and, here and there, an odd value of each column's own kind."""
    chance = random.Random(seed)
    scale = form.item_scale

    def answer() -> object:
        draw = chance.random()
        if draw < gaps:
            return None
        if odd and draw < gaps + 0.03:
            return chance.choice(odd)
        if scale.kind is ScaleKind.VISUAL_ANALOGUE:
            return round(chance.uniform(scale.minimum, scale.maximum), 1)
        return chance.choice(scale.points)

    return [[answer() for _ in range(form.n_items)] for _ in range(40)]


def rows_of(table: IntoFrame) -> list[dict[str, object]]:
    """The rows of any table, in the order of their marks, NaN as None."""
    frame = nw.from_native(table)
    held = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    found = []
    for row in held.iter_rows(named=True):
        found.append({name: None if isinstance(v, float) and v != v else v for name, v in row.items()})
        found[-1] = {name: None if v is pd.NA else v for name, v in found[-1].items()}
    return sorted(found, key=lambda row: row[MARK])  # type: ignore[arg-type, return-value]


def agree(
    form: Instrument,
    rows: Rows,
    make: Make,
    *,
    missing: MissingPolicy = Strict(),  # noqa: B008 -- a frozen value
    metric: Metric | None = None,
    recorded_as: Recording = Recording.ANCHOR,
    missing_codes: dict[float, MissingReason] | None = None,
) -> None:
    """Assert that a table gives what its rows give, in every column."""
    rater = form.respondents[0]
    given = make(table_of(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScoringWarning)
        scored = score(
            form,
            given,
            rater=rater,
            missing=missing,
            metric=metric,
            recorded_as=recorded_as,
            missing_codes=missing_codes,
            detail=True,
            name="s",
        )
    assert type(scored) is type(given)
    found = rows_of(scored)
    assert len(found) == len(rows)
    for row, answers in zip(found, rows, strict=True):
        expected = score(
            form,
            answers,
            rater=rater,
            missing=missing,
            metric=metric,
            recorded_as=recorded_as,
            missing_codes=missing_codes,
        )
        approximate = form.item_scale.kind is ScaleKind.VISUAL_ANALOGUE
        assert row["s"] == (pytest.approx(expected.value, abs=1e-9) if approximate else expected.value)
        assert row["s_status"] == expected.status.value
        assert row["s_answered"] == expected.answered
        assert row["s_missing"] == ", ".join(f"{gap.item} {gap.reason}" for gap in expected.missing)
        assert (row["s_rule"], row["s_rater"], row["s_timing"]) == (expected.rule, rater.value, None)
        assert (row["s_version"], row["s_scorer"]) == (expected.instrument_version, expected.scorer_version)
        for part in expected.subscales:
            assert row[f"s_{part.name}"] == part.value


SCORED = [form for form in instruments() if form.id in {"wai-sr", "wai-s", "srs-3", "arm-5", "core-10", "wai-srt"}]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("form", SCORED, ids=lambda form: form.id)
def test_table_scoring_equals_row_scoring(form: Instrument, make: Make) -> None:
    """Every policy and metric gives in a table exactly what it gives row by row."""
    agree(form, responses(form), make)
    agree(form, responses(form), make, metric=Metric.MEAN)
    agree(form, responses(form), make, missing=Prorate(0.5), metric=Metric.MEAN)
    agree(form, responses(form), make, missing=Prorate(0.9), metric=Metric.SUM)
    agree(form, responses(form, gaps=0), make)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_impossible_values_are_told_apart_in_tables_as_in_rows(make: Make) -> None:
    """Values off the scale make a row invalid, under every policy; codes are reasons."""
    form = instrument("wai-sr")
    agree(form, responses(form, odd=(9, 0, -3)), make, missing=Prorate(0.5))
    codes = {-9.0: MissingReason.REFUSED, -8.0: MissingReason.NOT_APPLICABLE}
    agree(form, responses(form, odd=(-9, -8, 7)), make, missing=Prorate(0.5), missing_codes=codes)
    agree(form, responses(form, gaps=0, odd=(-9,)), make, missing=Strict(), missing_codes=codes)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_half_points_are_impossible_in_tables_as_in_rows(make: Make) -> None:
    """On a scale of points a fraction is out of range, also in columns of floating numbers."""
    form = instrument("gad-7")
    rows: Rows = [[1.0] * 7, [1.5, *[1.0] * 6], [float("nan"), *[2.0] * 6], [3.0] * 7]
    agree(form, rows, make, missing=Prorate(0.5))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_columns_of_fractions_alone_are_impossible_too(make: Make) -> None:
    """Where not one answer of a column is whole, none is taken for a point of the scale."""
    form = instrument("gad-7")
    agree(form, [[1.5] * 7, [2.5] * 7], make, missing=Prorate(0.5))


KINDS: dict[ScaleKind, float] = {ScaleKind.POINTS: 0, ScaleKind.POINTS_WITHOUT_ZERO: -3, ScaleKind.VISUAL_ANALOGUE: 0}
WHOLE = [[0, 1, -1, 3, -3, 2, 1], [1] * 7, [-4, 1, 1, 1, 1, 1, 1], [4, 1, 1, 1, 1, 1, 1], [-3] * 7, [3] * 7]
CODED: Rows = [[9.0, *[1.0] * 6], [1.0] * 7, [8.0, *[1.0] * 6], [None, *[1.0] * 6]]
ODD: dict[str, Rows] = {
    "whole": [list(row) for row in WHOLE],
    "floating": [list(map(float, row)) for row in WHOLE],
    "on the scale": [[3] * 7, [0] * 7, [1] * 7],
    "fractions": [[0.5, *[1.0] * 6], [3.0] * 7, [0.0] * 7],
    "NaN": [[float("nan"), *[1.0] * 6], [2.0] * 7],
    "coded": [list(row) for row in CODED],
    "coded twice": [[-9, *[1] * 6], [9, *[1] * 6], [1] * 7, [8, *[1] * 6]],
}


@pytest.mark.parametrize("make", ["polars", "polars lazy"])
@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_scale_is_read_in_tables_as_in_rows(kind: ScaleKind, rows: Rows, make: str) -> None:
    """Zero where there is none, values off either end, codes, NaN and the ends themselves, in whole and floating columns."""
    form = evolve(instrument("gad-7"), item_scale=ItemScale(minimum=KINDS[kind], maximum=3, kind=kind))
    codes = {-9.0: MissingReason.REFUSED, 9.0: MissingReason.NOT_APPLICABLE}
    agree(form, rows, MAKERS[make], missing=Prorate(0.5), missing_codes=codes)
    agree(form, rows, MAKERS[make], missing=Prorate(0.5))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_words_that_are_no_answers_leave_no_score(make: Make) -> None:
    """A column in which every word is a reason gives none of its rows a score, and the score keeps its type."""
    form = instrument("gad-7")
    rows: Rows = [["NA", *["1"] * 6], ["refused", *["2"] * 6]]
    agree(form, rows, make)
    agree(form, rows, make, missing=Prorate(0.5))
    agree(form, [["NA"] * 7, ["refused"] * 7], make, missing=Prorate(0.5))


def test_as_many_words_as_there_may_be_are_read() -> None:
    """Two hundred different texts in a column are read, most of them as unreadable."""
    table = pl.DataFrame({f"item{n}": [f"w{k}" for k in range(199)] + ["1"] for n in range(1, 8)})
    assert score("gad-7", table)["gad_7"].to_list() == [None] * 199 + [7.0]


@pytest.mark.parametrize("kind", [pl.Float32, pl.Decimal(5, 2)])
def test_fractions_survive_in_narrow_columns(kind: pl.DataType) -> None:
    """Marks on a line keep their fractions, whatever holds them."""
    table = pl.DataFrame({f"item{n}": [9.5, 0.25] for n in range(1, 5)}).cast(kind)
    assert score("srs-3", table)["srs_3"].to_list() == [38.0, 1.0]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_column_without_a_single_answer_is_read_as_in_rows(make: Make) -> None:
    """Whatever type a library gives to a column of nothing, nobody answered the item."""
    form = instrument("gad-7")
    agree(form, [[None, *[1] * 6], [None, 2, None, *[2] * 4]], make, missing=Prorate(0.5))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_an_item_that_has_no_column_was_not_asked(make: Make) -> None:
    """An item that the mapping leaves out counts as missing in every kind of table."""
    given = make(table_of([[1, 2, 3, 0, 1, 2, 99], [3, None, 3, 3, 3, 3, 99]]))
    for missing, values in ((Prorate(0.5), [10.5, 21.0]), (Strict(), [None, None])):
        found = rows_of(score("gad-7", given, items={n: f"item{n}" for n in range(1, 7)}, missing=missing, detail=True))
        assert [row["gad_7"] for row in found] == values
        assert [row["gad_7_missing"] for row in found] == ["7 not_asked", "2 not_answered, 7 not_asked"]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_subscale_of_which_nothing_was_asked_has_no_score(make: Make) -> None:
    """Where no item of a subscale has a column, the other items may still make a total, if enough are asked for."""
    form = instrument("wai-sr")
    bond = form.subscale("bond").items
    asked = {n: f"item{n}" for n in range(1, 13) if n not in bond}
    (found,) = rows_of(score(form, make(table_of([[4] * 12])), items=asked, missing=Prorate(0.5)))
    assert (found["wai_sr"], found["wai_sr_status"]) == (48.0, "prorated")
    assert (found["wai_sr_task"], found["wai_sr_goal"], found["wai_sr_bond"]) == (16.0, 16.0, None)


def test_what_stands_for_a_missing_value_has_its_check_kept() -> None:
    """A scalar that is neither true nor false is taken for true, so that what it speaks of is looked at."""
    assert [_true(value) for value in (pd.NA, True, False, np.bool_(0))] == [True, True, False, False]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_words_in_tables_are_read_as_in_rows(make: Make) -> None:
    """Columns of words, numbers as text and reasons are read like single answers."""
    form = instrument("wai-sr")
    words: list[object] = ["Seldom", "FAIRLY often", "4", " 5 ", "refused", "NA", None, "never", "6", "always"]
    chance = random.Random(8)
    rows: Rows = [[chance.choice(words) for _ in range(12)] for _ in range(40)]
    rows += [["always"] * 12, ["2"] * 12]
    agree(form, rows, make, missing=Prorate(0.25))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_positions_are_turned_in_tables_as_in_rows(make: Make) -> None:
    """Positions on the printed form are turned in every kind of table."""
    form = instrument("wai-sr")
    agree(form, responses(form), make, missing=Prorate(0.5), recorded_as=Recording.POSITION)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_unverified_keys_are_not_scored_in_tables(make: Make) -> None:
    """A table of the SAI comes back with a status and no value."""
    form = instrument("sai")
    scored = rows_of(score(form, make(table_of(responses(form)))))
    assert {row["sai"] for row in scored} == {None}
    assert {row["sai_status"] for row in scored} == {"not_scorable"}


def test_published_rules_hold_in_tables() -> None:
    """CARE is prorated in a table as row by row."""
    form = instrument("care")
    agree(form, responses(form, gaps=0.2), MAKERS["polars"], missing=Published())


@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt8, pl.Int16, pl.UInt32, pl.Float32, pl.Decimal(5, 2)])
def test_small_and_unsigned_columns_do_not_overflow(kind: pl.DataType) -> None:
    """The 36 items of the WAI-36 at 7 make 252 and their reversals stay right, whatever holds the answers."""
    form = instrument("wai-36")
    best = [1 if item in form.reversed_items else 7 for item in range(1, 37)]
    table = pl.DataFrame({f"item{n}": [a, 1] for n, a in enumerate(best, start=1)}).cast(kind)
    found = score(form, table, rater="client")
    assert found["wai_36"].to_list() == [252.0, score(form, [1] * 36, rater="client").value]


def test_columns_and_order() -> None:
    """What was there stays in its place; the score comes first of what is added."""
    table = pl.DataFrame({MARK: [1]} | {f"item{n}": [3] for n in range(1, 13)})
    scored = score("wai-sr", table)
    assert scored.columns[:13] == table.columns
    assert scored.columns[13:] == [
        "wai_sr", "wai_sr_task", "wai_sr_goal", "wai_sr_bond", "wai_sr_status"
    ]  # fmt: skip
    assert scored.schema["wai_sr"] == pl.Float64
    with_detail = score("wai-sr", table, detail=True, name="a", timing="post_session")
    assert with_detail.columns[-7:] == [
        "a_answered",
        "a_missing",
        "a_rule",
        "a_rater",
        "a_timing",
        "a_version",
        "a_scorer",
    ]
    assert with_detail["a_timing"].to_list() == ["post_session"]


def test_item_columns_can_be_named_in_three_ways() -> None:
    """A prefix, a list and a mapping name the same columns; an item that a mapping leaves out was not asked."""
    table = pl.DataFrame({f"g{n}": [n % 4] for n in range(1, 8)})
    names = {n: f"g{n}" for n in range(1, 8)}
    expected = score("gad-7", table, items="g")
    assert score("gad-7", table, items=list(names.values())).equals(expected)
    assert score("gad-7", table, items=names).equals(expected)
    fewer = score("gad-7", table, items={n: f"g{n}" for n in range(1, 7)}, detail=True, missing=Prorate(0.5))
    assert fewer["gad_7_missing"].to_list() == ["7 not_asked"]
    assert fewer["gad_7_status"].to_list() == ["prorated"]


def test_named_lines_are_found_by_name() -> None:
    """The Session Rating Scale is found by the names of its lines."""
    table = pl.DataFrame({"relationship": [9.0], "goals_topics": [9.0], "approach_method": [9.0], "overall": [8.5]})
    assert score("srs-3", table)["srs_3"].to_list() == [35.5]
    more = table.with_columns(client=pl.lit("C-1"))
    assert score("srs-3", more)["srs_3"].to_list() == [35.5]
    numbered = table.rename({name: f"item{n}" for n, name in enumerate(table.columns, start=1)})
    assert score("srs-3", numbered)["srs_3"].to_list() == [35.5]


def test_columns_that_do_not_fit_are_refused() -> None:
    """Missing, shared, strange and taken columns are refused with what to do."""
    table = pl.DataFrame({f"item{n}": [1] for n in range(1, 8)})
    with pytest.raises(UnknownNameError, match="no column for 3 of 10 items of care"):
        score("care", table)
    with pytest.raises(InvalidValueError, match="share a column"):
        score("gad-7", table, items=["item1"] * 7)
    with pytest.raises(InvalidValueError, match="another number of items"):
        score("gad-7", table, items=["item1"])
    with pytest.raises(InvalidValueError, match="no such item"):
        score("gad-7", table, items={8: "item1"})
    with pytest.raises(InvalidValueError, match="already"):
        score("gad-7", table, name="item1")
    with pytest.raises(InvalidValueError, match="already"):
        score("gad-7", table.with_columns(pl.lit(1).alias("gad_7 sum")))
    with pytest.raises(InvalidValueError, match="numbers or words"):
        score("gad-7", table.with_columns(item1=pl.lit(value=True)))
    many = pl.DataFrame({f"item{n}": [f"word {k}" for k in range(300)] for n in range(1, 8)})
    with pytest.raises(InvalidValueError, match="few different words"):
        score("gad-7", many)


def test_a_table_that_is_not_scored_has_a_column_of_numbers_all_the_same() -> None:
    """The empty score of an instrument without a verified key has the type of every score."""
    table = pl.DataFrame({f"item{n}": [1] for n in range(1, 7)})
    assert score("sai", table).schema["sai"] == pl.Float64
    told = score("sai", table, detail=True)
    assert told["sai_rule"].to_list() == ["not scored: key, scale or rule not verified"]
    assert told.schema["sai_timing"] == pl.String
    assert told["sai_timing"].to_list() == [None]


def test_a_line_that_ends_between_points_is_turned_at_its_ends() -> None:
    """Where lowest and highest answer add up to no whole number, reversed items are turned exactly."""
    form = instrument("srs-3")
    assert form.key is not None
    own = evolve(
        form,
        item_names=(),
        parts=(),
        item_scale=evolve(form.item_scale, minimum=0.5),
        key=evolve(form.key, reversed_items=(1, 3)),
    )
    agree(own, responses(own), MAKERS["polars"], missing=Prorate(0.5))


def test_columns_that_only_another_rule_would_use_are_left_alone() -> None:
    """A column may have a name that scoring uses under another policy for missing items."""
    table = pl.DataFrame({f"item{n}": [3] for n in range(1, 13)} | {"wai_sr_task count": [8]})
    assert score("wai-sr", table)["wai_sr_task count"].to_list() == [8]
    with pytest.raises(InvalidValueError, match="already"):
        score("wai-sr", table, missing=Prorate(0.5))


def test_a_table_cannot_be_scored_without_the_packages_of_research(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is told with what needs it and the line that installs it."""
    monkeypatch.delitem(sys.modules, "therarel.measures.tables")
    monkeypatch.setitem(sys.modules, "narwhals", None)  # the import system reads this as: not installed
    table = pl.DataFrame({f"item{n}": [1] for n in range(1, 8)})
    with pytest.raises(MissingExtraError, match=r"scoring a table.*\[research\]") as caught:
        score("gad-7", table)
    assert caught.value.extra == "research"


def test_what_is_no_table_is_refused() -> None:
    """An object that is neither a response nor a table is refused without showing it."""
    with pytest.raises(InvalidValueError, match="list, a mapping or a dataframe"):
        score("gad-7", 7)  # type: ignore[call-overload]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_table_without_rows_stays_without_rows(make: Make) -> None:
    """No rows in, no rows out, with all the columns."""
    whole = table_of([[1] * 7])
    frame = nw.from_native(make(whole)).filter(nw.col(MARK) > 1)
    scored = rows_of(score("gad-7", frame.to_native()))
    assert scored == []
