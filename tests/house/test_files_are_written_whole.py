"""Files are written in one place, which writes them whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# What makes or changes a file; polars and pandas write files under names that begin so.
WRITING = frozenset({"write_text", "write_bytes", "touch", "to_csv", "to_parquet", "mkstemp", "NamedTemporaryFile"})
BY_NAME = ("write_", "sink_")
OUR_OWN = frozenset({"write_whole", "write_log", "to_csv"})  # the last without an argument, or of a table for a paper

# Path of a module: why it writes by itself.
EXCEPTIONS = {"tables/spool.py": "a copy of what comes through a pipe, which is read once and thrown away"}


def complaints(text: str) -> Iterator[str]:
    """Every place of a module that writes a file by itself."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name == "open":
            modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if any(set(mode) & set("wax+") and set(mode) <= set("rwaxbt+") for mode in modes):
                yield f"line {node.lineno}: open for writing"
        elif name not in OUR_OWN and given and (name in WRITING or name.startswith(BY_NAME)):
            yield f"line {node.lineno}: {name}"


def test_no_other_room_writes_a_file(source: Path) -> None:
    """Whatever is written for a user goes through the room for files."""
    found = {
        str(path.relative_to(source)): list(complaints(path.read_text("utf-8")))
        for path in source.rglob("*.py")
        if path.relative_to(source).parts[0] != "files"
    }
    assert {path for path, places in found.items() if places} == set(EXCEPTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "path.write_text(text)",
        "path.open('w')",
        "open(path, mode='ab')",
        "with path.open('r+') as file: pass",
        "frame.write_csv(path)",
        "frame.sink_parquet(path)",
        "frame.write_parquet(file=path)",
    ],
)
def test_a_planted_place_is_found(text: str) -> None:
    """Every way of writing a file by oneself is seen, and reading is not."""
    assert len(list(complaints(text))) == 1
    assert list(complaints("path.open('rb'); open(path); frame.write_csv(); write_whole(path, text)")) == []
