"""Builds the page that shows where every statement of the source document lives."""

import csv
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PAGE = "reference/statements.md"
INTRODUCTION = """# Where every statement lives

The library implements a document about the therapeutic relationship, statement by statement. Each row is one
statement, named by its place in the document's outline (section, sub-section, number), with the classes, fields, terms
and events that carry it, and the nodes of the concept graph. A test resolves every name on this page.

| Statement | Place in the outline | Home in the library | Concept |
|---|---|---|---|
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page to the site."""
    text = Path(config.docs_dir, "statements.csv").read_text("utf-8")
    table = "\n".join(row_of(row) for row in csv.DictReader(text.splitlines()))
    files.append(File.generated(config, PAGE, content=INTRODUCTION + table + "\n"))
    return files


def row_of(row: dict[str, Any]) -> str:
    """One line of the table."""
    homes = ", ".join(f"`{home.removeprefix('therarel.')}`" for home in row["homes"].split())
    nodes = ", ".join(f"`{node}`" for node in row["nodes"].split())
    return f"| {row['id']} | {row['outline']} | {homes} | {nodes} |"
