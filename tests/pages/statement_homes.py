"""Builds the page that shows where every statement of the source document lives, and the story that shows it."""

import ast
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
PAGE = "reference/statements.md"
INTRODUCTION = """# Where every statement lives

The library implements a document about the therapeutic relationship, statement by statement. Each row is one
statement, named by its place in the document's outline (section, sub-section, number), with what a user does and
sees of it, the classes, fields, terms and events that carry it, the nodes of the concept graph, and the test that
tells the story. A test resolves every name on this page, and a [proof](../proofs.md) empties each home once and shows
that its story then fails.

No clinician has reviewed these sentences.

| Statement | Place in the outline | Story | Home in the library | Concept | Told by |
|---|---|---|---|---|---|
"""
SAID_OPENLY: Mapping[str, str] = {
    "S05b": "That the relationship is a container is a picture. No class, state or number represents it, and no effect"
    " is invented for it; what can be rated of a safe environment is rated.",
    "S70d": "That upkeep maintains the effect of the relationship is a claim. The evidence that is known here is about"
    " supervision (r = .21, k = 12), small, mixed and unverified; no effect is invented for it: simulated ratings"
    " drift without upkeep only where somebody states by how much (`simulate_courses(drift=...)`),"
    " by default not at all.",
}


def pages() -> Iterator[tuple[str, str]]:
    """The one page."""
    yield PAGE, page()


def page() -> str:
    """The page, from the table of statements and the stories among the tests."""
    told = stories(DOCS.parent / "tests" / "statements")
    rows = csv.DictReader(DOCS.joinpath("statements.csv").read_text("utf-8").splitlines())
    table = "\n".join(row_of(row, told.get(row["id"], ("", ""))) for row in rows)
    openly = "\n\n".join(f"**{statement}.** {text}" for statement, text in SAID_OPENLY.items())
    return f"{INTRODUCTION}{table}\n\n## What does nothing, said openly\n\n{openly}\n"


def stories(folder: Path) -> dict[str, tuple[str, str]]:
    """What each story says in a sentence and where it is told, by the id of the statement."""
    told = {}
    for path in sorted(folder.glob("test_*.py")):
        for function in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(function, ast.FunctionDef):
                continue
            for mark in function.decorator_list:
                if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "story":
                    sentence = " ".join((ast.get_docstring(function) or "").split())
                    told[ast.literal_eval(mark.args[0])] = (sentence, f"{path.name}::{function.name}")
    return told


def row_of(row: dict[str, Any], story: tuple[str, str]) -> str:
    """One line of the table."""
    sentence, test = story
    homes = ", ".join(f"`{home.removeprefix('therarel.')}`" for home in row["homes"].split())
    nodes = ", ".join(f"`{node}`" for node in row["nodes"].split())
    return f"| {row['id']} | {row['outline']} | {sentence} | {homes} | {nodes} | {test and f'`{test}`'} |"
