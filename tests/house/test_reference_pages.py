"""Every room has a page in the reference, and every page of the reference is in the table of contents."""

from __future__ import annotations

import csv
import re
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest


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


def page_of_names(root: Path) -> ModuleType:
    """The part of the site that builds the page of every public name."""
    spec = spec_from_file_location("names", root / "docs" / "_hooks" / "names.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_name_is_on_the_page_of_names_once(root: Path, source: Path) -> None:
    """Whatever a room of the reference exports is listed, with who uses it first; nothing else is."""
    homes = page_of_names(root).HOMES
    pages = "\n".join(page.read_text("utf-8") for page in (root / "docs" / "reference").glob("*.md"))
    described = re.findall(r"^::: therarel\.([\w.]+)$", pages, re.MULTILINE)
    shorter = {home: room for room, home in homes.items()}
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


def test_every_name_of_the_page_is_said_in_one_line(root: Path) -> None:
    """A row names what is typed after ``tr.``, at least one kind of user, and what the thing is."""
    import therarel

    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*) \|$", page_of_names(root).page(), re.MULTILINE)
    named = [row for row in rows if "`" in row[0]]
    assert len(named) > 500
    for shown, marks, said in named:
        value: object = therarel
        for part in shown.strip("*`").split("."):
            value = getattr(value, part)
        assert re.fullmatch(r"[dre](?: [dre])*", marks), shown
        assert said[:1].strip(), shown
        assert len(said) < 240, shown


def test_a_name_whose_constant_is_not_documented_stops_the_page(root: Path) -> None:
    """What a name is cannot be left out."""
    with pytest.raises(StopIteration):
        page_of_names(root).about(import_module("therarel.counting"), "NOTHING", 1)
