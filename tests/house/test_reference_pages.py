"""Every room has a page in the reference, and every page of the reference is in the table of contents."""

from __future__ import annotations

import re
from pathlib import Path


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
    assert rooms(source) - {"cli"} - described == set()


def test_every_page_is_in_the_table_of_contents(root: Path) -> None:
    """A page that no menu leads to is a page that nobody reads."""
    menu = (root / "mkdocs.yml").read_text("utf-8")
    pages = [page.relative_to(root / "docs").as_posix() for page in (root / "docs").rglob("*.md")]
    assert [page for page in pages if not re.search(rf"[ :]{re.escape(page)}$", menu, re.MULTILINE)] == []
