"""The page of the statements links each of them with its story, and the stories name homes that the page lists."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.proofs.statement_homes import STILL_HOLDS, stories, told_without
from tests.statements.telling import HOMES, page

ROOT = Path(__file__).parents[2]
ROWS = {row["id"]: row for row in csv.DictReader((ROOT / "docs" / "statements.csv").read_text("utf-8").splitlines())}
TOLD = stories()


def test_every_statement_has_its_story_and_only_one() -> None:
    """All 84 statements of the table have a story, and no two tell the same one."""
    assert set(TOLD) == set(ROWS)
    assert len(TOLD) == len(HOMES)


@pytest.mark.parametrize("statement", TOLD)
def test_the_page_says_the_story_and_where_it_is_told(statement: str) -> None:
    """The row of a statement has its sentence and the name of its test, and the home that the test fails without."""
    test, home = TOLD[statement]
    (row,) = (line for line in page().splitlines() if line.startswith(f"| {statement} |"))
    assert test.__doc__ is not None
    assert " ".join(test.__doc__.split()) in row
    assert f"::{test.__name__}`" in row
    kind, _, name = home.rpartition(":")
    homes, nodes = ROWS[statement]["homes"].split(), ROWS[statement]["nodes"].split()
    if kind == "concept":
        assert name in nodes
    elif not kind:
        assert any(home == each or home.startswith(f"{each}.") for each in homes)


@pytest.mark.parametrize("statement", ["S33", "S05a", "S03", "S56", "S02c", "S48b"])
def test_a_story_fails_without_its_home(statement: str) -> None:
    """A term, an event, a concept, a condition, a field and a finding that do nothing are noticed; the proof does all."""
    assert told_without(statement) != STILL_HOLDS
