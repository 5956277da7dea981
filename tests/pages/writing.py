"""Copies the pages that are written by hand, completes them, and adds those that the library makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from tests.pages import (
    bibliography,
    concept_vocabulary,
    gallery,
    instruments,
    names,
    notebooks,
    reference,
    rule_pictures,
    statement_homes,
    whole_texts,
)

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SITE = ROOT / "build" / "docs"

Filled: TypeAlias = Callable[[str, str], str]
"""Takes the path of a page below ``docs`` and its text, and gives the text with what belongs in it."""
Pages: TypeAlias = Callable[[], Iterable[tuple[str, str]]]
"""Gives paths below ``docs`` and what is to be written there."""

COMPLETED_BY: tuple[Filled, ...] = (bibliography.filled, gallery.filled, reference.filled, whole_texts.filled)
MADE_BY: tuple[Pages, ...] = (
    concept_vocabulary.pages,
    gallery.pages,
    instruments.pages,
    names.pages,
    notebooks.pages,
    reference.pages,
    rule_pictures.pages,
    statement_homes.pages,
)


def write(folder: Path = SITE, made_by: Iterable[Pages] = MADE_BY) -> None:
    """Write all pages anew.

    Args:
        folder: Where they go; what is there already is removed.
        made_by: The makers of pages and pictures to ask.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DOCS, folder, ignore=shutil.ignore_patterns("*.ipynb"))  # they come with what they show
    for path in folder.rglob("*.md"):
        path.write_text(completed(path.relative_to(folder).as_posix(), path.read_text("utf-8")), "utf-8")
    for pages in made_by:
        for name, text in pages():
            put(folder / name, text)


def completed(name: str, text: str) -> str:
    """A page that is written by hand with everything that belongs in it."""
    for filled in COMPLETED_BY:
        text = filled(name, text)
    return text


def put(path: Path, text: str) -> None:
    """Write a page that nobody has written by hand."""
    if path.exists():
        raise FileExistsError(f"{path} is made, and written by hand too")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
