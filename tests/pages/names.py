"""Builds the pages of every public name, with who uses it and what it is, from the rooms and the table of names."""

from __future__ import annotations

import ast
import csv
import inspect
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import therarel

PACKAGE = Path(therarel.__file__).parent
PAGE = "reference/names.md"
READERS = ("developer", "researcher", "educator")
HOMES = {"events": "domain.events", "rules": "detection.rules"}  # what the front door has besides the rooms
INTRODUCTION = """# Every public name

Write `import therarel as tr`, then `tr.` and a name of these pages. Names in bold need no room: `tr.detect` and
`tr.detection.detect` are the same function. The marks say for whom a name is useful first: **d**evelopers of clinical
tools, **r**esearchers, **e**ducators.

## By room

"""
HEAD = "| name | for | what it is |\n|---|---|---|"


def pages() -> Iterator[tuple[str, str]]:
    """The page of the rooms and of the names that need no room, and a page for each room."""
    with (PACKAGE / "names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    about_rooms, at_the_door = [], []
    for room in dict.fromkeys(row["room"] for row in rows):
        module = import_module(f"therarel.{HOMES.get(room, room)}")
        lines = [line(module, room, row["name"], row["for"].split()) for row in rows if row["room"] == room]
        at_the_door += [each for each in lines if each.startswith("| **")]
        about_rooms.append(f"- [{room}](names/{room}.md), {len(lines)}: {first_line(module.__doc__)}")
        link = HOMES.get(room, room).partition(".")[0]
        said = f"{first_line(module.__doc__)} [Reference](../{link}.md), [all rooms](../{PAGE.rpartition('/')[2]})"
        yield f"reference/names/{room}.md", "\n".join([f"# Names of {room}\n\n{said}\n", HEAD, *lines]) + "\n"
    door = "\n".join(["\n## Without a room\n", HEAD, *at_the_door])
    yield PAGE, INTRODUCTION + "\n".join(about_rooms) + f"\n{door}\n"


def line(module: ModuleType, room: str, name: str, readers: list[str]) -> str:
    """One row of a table."""
    value = getattr(module, name)
    at_the_door = name in dir(therarel) and getattr(therarel, name) is value
    shown = f"**`{name}`**" if at_the_door else f"`{room}.{name}`"
    marks = " ".join(reader[0] for reader in READERS if reader in readers)
    return f"| {shown} | {marks} | {about(module, name, value).replace('|', chr(92) + '|')} |"


def about(module: ModuleType, name: str, value: object) -> str:
    """The first line of what a name's docstring says."""
    if isinstance(value, type | ModuleType) or inspect.isroutine(value):
        return first_line(value.__doc__)
    path = Path(module.__file__ or "")
    files = sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    return next(first_line(text) for file in files for text in constants(file, name))


def constants(file: Path, name: str) -> Iterator[str]:
    """The docstrings of a constant or an alias of types, which stand on the line after it."""
    body = ast.parse(file.read_text("utf-8")).body
    for node, following in pairwise(body):
        named = {ast.unparse(each) for each in getattr(node, "targets", [getattr(node, "target", node)])}
        if name in named and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            yield str(following.value.value)


def first_line(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())
