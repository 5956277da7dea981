"""Writes the definitions of the concept graph into the glossary, and the changelog into its page."""

from __future__ import annotations

import re
from pathlib import Path

from therarel.concepts import concept_graph

ROOT = Path(__file__).parents[2]


def filled(path: str, text: str) -> str:
    """Either page with what its mark stands for."""
    match path:
        case "glossary.md":
            return text.replace("<!-- concepts -->", definitions())
        case "changes.md":
            return text.replace("# Changes\n\n<!-- changelog -->", changelog())
        case _:
            return text


def definitions() -> str:
    """Every concept with its kind and its definition, in alphabetical order."""
    graph = concept_graph()
    nodes = sorted((node for node in graph.nodes() if node.definition), key=lambda node: node.label.lower())
    return "\n\n".join(f"{node.label} ({node.kind.replace('_', ' ')})\n:   {node.definition}" for node in nodes)


def changelog() -> str:
    """The changelog of the repository; its links to files of the repository are words here."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
