"""Every room has a page in the reference, and every page of the reference is in the table of contents."""

from __future__ import annotations

import csv
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from tests.pages import names


def rooms(source: Path) -> set[str]:
    """The public rooms of the package: modules and folders without a leading underscore."""
    return {
        path.stem
        for path in source.iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").is_file())
    }


def test_every_room_has_a_page_in_the_reference(root: Path, source: Path) -> None:
    """What a room exports can be looked up: its page names the room or modules of it."""
    pages = "\n".join(page.read_text("utf-8") for page in (root / "docs").rglob("*.md"))
    described = set(re.findall(r"^::: therarel\.(\w+)", pages, re.MULTILINE))
    assert rooms(source) - {"cli", "trajectories"} - described == set()  # the last is an old name of two others


def test_every_page_is_in_the_table_of_contents(root: Path) -> None:
    """A page that no menu leads to is a page that nobody reads."""
    menu = (root / "mkdocs.yml").read_text("utf-8")
    pages = [page.relative_to(root / "docs").as_posix() for page in (root / "docs").rglob("*.md")]
    assert [page for page in pages if not re.search(rf"[ :]{re.escape(page)}$", menu, re.MULTILINE)] == []


def test_every_public_name_is_on_the_page_of_names_once(root: Path, source: Path) -> None:
    """Whatever a room of the reference exports is listed, with who uses it first; nothing else is."""
    pages = "\n".join(page.read_text("utf-8") for page in (root / "docs" / "reference").glob("*.md"))
    described = re.findall(r"^::: therarel\.([\w.]+)$", pages, re.MULTILINE)
    shorter = {home: room for room, home in names.HOMES.items()}
    public = [
        (shorter.get(room, room), name) for room in described for name in import_module(f"therarel.{room}").__all__
    ]
    with (source / "names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = [(row["room"], row["name"]) for row in rows]
    assert set(public) - set(listed) == set(), "these need a line in names.csv"
    assert set(listed) - set(public) == set(), "these have a line in names.csv and are public no more"
    assert listed == sorted(set(listed))
    assert {row["for"] for row in rows} <= {
        "developer", "researcher", "educator", "developer researcher", "developer educator", "researcher educator",
        "developer researcher educator",
    }  # fmt: skip


def test_every_name_of_the_pages_is_said_in_one_line() -> None:
    """A row names what is typed after ``tr.``, at least one kind of user, and what the thing is."""
    import therarel

    text = "\n".join(text for path, text in names.pages() if path != names.PAGE)
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*) \|$", text, re.MULTILINE)
    named = [row for row in rows if "`" in row[0]]
    assert len(named) > 500
    for shown, marks, said in named:
        value: object = therarel
        for part in shown.strip("*`").split("."):
            value = getattr(value, part)
        assert re.fullmatch(r"[dre](?: [dre])*", marks), shown
        assert said[:1].strip(), shown
        assert len(said) < 240, shown


def test_the_first_page_of_names_lists_what_needs_no_room() -> None:
    """What the front door gives is on the first page, in bold, and so is the way to every other page."""
    import therarel

    made = dict(names.pages())
    first = made.pop(names.PAGE)
    bold = set(re.findall(r"^\| \*\*`(\w+)`\*\*", first, re.MULTILINE))
    public = {name for name in dir(therarel) if not name.startswith("_")}
    rooms_at_the_door = {name for name in public if inspect.ismodule(getattr(therarel, name))}
    assert public - rooms_at_the_door <= bold <= public
    assert {f"reference/{link}" for link in re.findall(r"\]\((names/[^)]+)\)", first)} == set(made)


def test_a_name_whose_constant_is_not_documented_stops_the_page() -> None:
    """What a name is cannot be left out."""
    with pytest.raises(StopIteration):
        names.about(import_module("therarel.counting"), "NOTHING", 1)
