"""How a panel is made and shown: options in every signature, values made by name, no cell in a repr of an inner part."""

from __future__ import annotations

from inspect import Parameter, signature
from pathlib import Path

import polars as pl
import pytest
from tests.values import classes_of, compared_by_fields, holds_arrays

import therarel.panels
from therarel.errors import InvalidValueError
from therarel.panels import NothingReadableError, Panel, PanelPolicy, PanelSummary
from therarel.panels.building import build
from therarel.panels.options import CellOptions, ColumnOptions, PanelOptions, settled
from therarel.panels.table import RawTable, Roles
from therarel.tables import Limits

CANARY = "Zwitscherling"
WAYS = {
    "read": (ColumnOptions, CellOptions, PanelOptions),
    "from_frame": (ColumnOptions, CellOptions, PanelOptions),
    "from_wide": (PanelOptions,),
    "from_arrays": (PanelOptions,),
    "from_courses": (PanelOptions,),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_option_stands_in_the_signature(way: str) -> None:
    """Help and completion list each option, by name only and not stated unless it is given; none of another way."""
    parameters = signature(getattr(Panel, way)).parameters
    options = [name for kind in WAYS[way] for name in kind.__annotations__]
    assert {*options} <= parameters.keys()
    assert not {Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL} & {each.kind for each in parameters.values()}
    for name in options:
        own = way in ("from_wide", "from_arrays") and name in ColumnOptions.__annotations__
        assert own or (parameters[name].kind, parameters[name].default) == (Parameter.KEYWORD_ONLY, None)
    others = set(CellOptions.__annotations__) if CellOptions not in WAYS[way] else set()
    assert not others & (parameters.keys() - {"sessions"})


def test_the_signature_says_what_each_option_takes() -> None:
    """The annotation of an option is that of the option, as it is written."""
    parameters = signature(Panel.read).parameters
    assert parameters["max_gap"].annotation == "float | None"
    assert parameters["covariates"].annotation == "Sequence[str] | str"


@pytest.mark.parametrize("cls", [PanelPolicy, PanelSummary, Roles, RawTable])
def test_values_of_many_fields_are_made_by_name(cls: type) -> None:
    """Nobody has to count the fields of a value, and none is mistaken for another."""
    assert {each.kind for each in signature(cls).parameters.values()} == {Parameter.KEYWORD_ONLY}


def test_no_part_of_a_panel_shows_its_cells() -> None:
    """Labels and cells stand in no repr, whatever is looked at while a panel is built."""
    frame = pl.DataFrame({"dyad": [CANARY] * 2, "session": [1, 2], "score": ["4", CANARY], "row": [1, 2]})
    roles = Roles(dyad="dyad", session="session", score="score")
    raw = RawTable(frame=frame, roles=roles, height=2)
    _, meaning, policy = settled({"scale": (1, 5), "higher_is_better": True})
    built = build(raw, meaning, policy)
    panel = Panel.from_frame(frame, scale=(1, 5), higher_is_better=True)
    for part in (raw, built.listed, panel, *panel.blocks(), meaning, roles):
        assert CANARY not in repr(part)
        assert "shape" not in repr(part)


def test_limits_hold_for_every_reading_of_a_file(tmp_path: Path) -> None:
    """Rows and bytes beyond what may be read are refused, and only so many problems are kept row by row."""
    file = tmp_path / "clinic.csv"
    file.write_text("client,week,wai\n" + "".join(f"A,{week},{9}\n" for week in range(1, 6)) + "A,6,4\n")
    meant = {"scale": (1, 5), "higher_is_better": True}
    for limits, told in ((Limits(rows=5), "limits=Limits(rows=...)"), (Limits(bytes=20), "limits=Limits(bytes=...)")):
        with pytest.raises(InvalidValueError) as refused:
            Panel.read(file, limits=limits, **meant)  # type: ignore[arg-type]  # one dict for all
        assert told in str(refused.value)
    panel = Panel.read(file, limits=Limits(problems=2), **meant)  # type: ignore[arg-type]  # one dict for all
    assert panel.problem_rows("polars").select("row", "value").rows() == [(1, "9.0"), (2, "9.0")]
    assert str(panel.problems[-1]) == "and 3 more rows: out of range"


def test_a_part_of_a_panel_has_the_blocks_of_its_dyads() -> None:
    """Dyads, sessions, lengths and blocks of some dyads are theirs alone."""
    panel = Panel.from_arrays(
        ["A", "B", "B", "C", "C", "C"], [1, 1, 2, 1, 2, 3], [4, 5, 3, 2, 1, 2], scale=(1, 5), higher_is_better=True
    )
    part = panel.only(["C", "A"])
    assert (part.dyads, part.n_dyads, part.n_sessions) == (["A", "C"], 2, 4)
    assert part.sessions_per_dyad().tolist() == [1, 3]
    (block,) = part.blocks()
    assert (block.dyads, block.starts.tolist(), block.score.tolist()) == (["A", "C"], [0, 1, 4], [4, 2, 1, 2])


def test_a_column_of_nothing_is_read_as_nothing() -> None:
    """Sessions, raters, labels and scores of which every cell is empty are missing, whatever else is stated."""
    meant: dict[str, object] = {"scale": (1, 5), "higher_is_better": True}
    rows = {"dyad": ["A", "A"], "session": ["1", "2"], "score": ["4", "3"]}
    for name in ("session", "score", "dyad"):
        table = pl.DataFrame(rows | {name: ["", ""]})
        with pytest.raises(NothingReadableError):
            Panel.from_frame(table, sessions={"Baseline": 0}, **meant)  # type: ignore[arg-type]  # one dict for all
    table = pl.DataFrame(rows | {"rater": ["", ""]})
    named = {"dyad": "dyad", "session": "session", "score": "score", "rater": "rater", "rater_is": "client"}
    with pytest.raises(NothingReadableError):
        Panel.from_frame(table, **named, **meant)  # type: ignore[arg-type]  # one dict for all
    blank = pl.DataFrame(rows | {"dyad": ["A", None], "session": ["1", None], "score": ["4", None]})
    kept = Panel.from_frame(blank, **meant)  # type: ignore[arg-type]  # one dict for all
    assert [str(each.kind) for each in kept.problems] == ["empty_row", "one_row_dyad"]


def test_values_that_hold_arrays_are_not_compared_field_by_field() -> None:
    """Arrays and tables have no single answer to whether they are equal."""
    holding = [cls for cls in classes_of(therarel.panels) if holds_arrays(cls)]
    assert holding
    assert [cls.__name__ for cls in holding if compared_by_fields(cls)] == []


def test_one_column_to_keep_may_be_named_as_it_is() -> None:
    """One name is one column; a cell of text with nothing in it is empty, from whatever table it came."""
    table = pl.DataFrame({"dyad": ["A", "B", "C"], "session": [1, 1, 1], "score": [4, 5, 3], "arm": ["x", " ", ""]})
    kept = Panel.from_frame(table, scale=(1, 5), higher_is_better=True, covariates="arm")
    assert kept.to_frame("polars")["arm"].to_list() == ["x", None, None]
    wide = table.drop("session", "arm").with_columns(arm=pl.lit("x"))
    one = Panel.from_wide(
        wide, dyad="dyad", sessions={"score": 1}, scale=(1, 5), higher_is_better=True, covariates="arm"
    )
    assert one.to_frame("polars")["arm"].to_list() == ["x"] * 3
