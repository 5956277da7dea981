"""What the pages about the house name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .test_architecture import ORDER

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "house").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """A walk that leads past a file which was moved is mended with the move."""
    named = re.findall(r"`((?:src|tests|docs|\.ci)/[\w./-]+)`", page.read_text("utf-8"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_order_of_the_rooms_is_told_as_it_is_held() -> None:
    """The page lists the rooms that there are in the order that the imports keep."""
    text = (ROOT / "docs" / "house" / "index.md").read_text("utf-8")
    told = [set(line.split()) for line in text.split("```text\n")[1].split("```")[0].splitlines()]
    source = ROOT / "src" / "therarel"
    there = {path.stem for path in source.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    held = [{room for room in group if room in there} - {"__main__"} for group in ORDER]
    assert told == [group for group in held if group]
