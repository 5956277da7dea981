"""The pages of the site are written whole before it is built, as plain Markdown and pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.pages import notebooks, rule_pictures
from tests.pages.writing import DOCS, MADE_BY, put, write


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages but the notebooks and the pictures of the rules, which take their time."""
    folder = tmp_path_factory.mktemp("docs")
    write(folder, [pages for pages in MADE_BY if pages not in (notebooks.pages, rule_pictures.pages)])
    return folder


def test_no_mark_is_left_in_a_page(written: Path) -> None:
    """What a page written by hand leaves to the library is in it."""
    marks = {path.name: re.findall(r"<!-- [\w ]+ -->", path.read_text("utf-8")) for path in written.rglob("*.md")}
    assert {name: found for name, found in marks.items() if found} == {}


def test_every_page_that_is_written_by_hand_is_among_them(written: Path) -> None:
    """Nothing of the folder of pages is lost, and much is added."""
    by_hand = {path.relative_to(DOCS) for path in DOCS.rglob("*") if path.is_file()}
    there = {path.relative_to(written) for path in written.rglob("*") if path.is_file()}
    assert {path for path in by_hand - there if path.suffix != ".ipynb"} == set()
    assert len(there) > len(by_hand) + 100


def test_a_page_is_made_or_written_by_hand_but_never_both(tmp_path: Path) -> None:
    """A page of the library cannot replace one that somebody wrote."""
    put(tmp_path / "a" / "page.md", "made")
    with pytest.raises(FileExistsError):
        put(tmp_path / "a" / "page.md", "made again")


def test_the_site_needs_no_hooks() -> None:
    """Any builder of sites takes the pages: none is made while the site is built."""
    assert "hooks:" not in (DOCS.parent / "mkdocs.yml").read_text("utf-8")
