"""Every statement of the source document has a living home."""

import csv
from importlib import import_module
from pathlib import Path

import pytest

from therarel.concepts import concept_graph

STATEMENTS = Path(__file__).parents[2] / "docs" / "statements.csv"
with STATEMENTS.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def resolve(dotted: str) -> object:
    """The thing that a dotted name leads to: modules first, attributes after."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(dotted)


HOMES = [(row["id"], home) for row in ROWS for home in row["homes"].split()]


def test_all_statements_are_listed_once_and_have_a_home() -> None:
    """84 statements, each with its place in the outline and at least one home."""
    assert len(ROWS) == len({row["id"] for row in ROWS}) == 84
    assert all(row["outline"] and row["homes"] for row in ROWS)
    assert (ROWS[0]["id"], ROWS[-1]["id"]) == ("S01", "S70d")


@pytest.mark.parametrize(("statement", "home"), HOMES)
def test_a_home_exists(statement: str, home: str) -> None:
    """What a statement names is there under that very name."""
    assert resolve(home) is not None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_the_concepts_of_a_statement_are_nodes_of_the_graph(row: dict[str, str]) -> None:
    """Each node that a statement names exists under that very id."""
    graph = concept_graph()
    nodes = [graph.node(name) for name in row["nodes"].split()]
    assert all(node.id == name for node, name in zip(nodes, row["nodes"].split(), strict=True))


def test_the_test_finds_a_home_that_is_missing() -> None:
    """A name that leads nowhere is found out."""
    with pytest.raises(AttributeError):
        resolve("therarel.domain.WorkingAlliance.moon_phase")
