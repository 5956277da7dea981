"""Writes the definitions of the concept graph into the glossary, and the changelog into its page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from therarel.concepts import concept_graph

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Replace the mark of either page with what it stands for."""
    return markdown.replace("<!-- concepts -->", definitions()).replace("# Changes\n\n<!-- changelog -->", changelog())


def definitions() -> str:
    """Every concept with its kind and its definition, in alphabetical order."""
    graph = concept_graph()
    nodes = sorted((node for node in graph.nodes() if node.definition), key=lambda node: node.label.lower())
    return "\n\n".join(f"{node.label} ({node.kind.replace('_', ' ')})\n:   {node.definition}" for node in nodes)


def changelog() -> str:
    """The changelog of the repository; its links to files of the repository are words here."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
