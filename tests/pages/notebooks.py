"""Runs the notebooks and shows them as pages, with everything that their cells show.

What a cell shows is not kept in the repository: two data sets are of real people, who are shown on the site and in the
notebooks that can be downloaded from it.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from tests.pages.pictures import linked

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MARIMO: Mapping[str, str] = {"detection": "falls_marimo.py", "course": "course_marimo.py"}
"""The notebooks that are there for marimo too, with a file of their own."""
SECONDS = 300
"""The longest that a cell may take."""

Cell: TypeAlias = Mapping[str, Any]


def cells_of(path: Path) -> list[Cell]:
    """The cells of a notebook as the file has them."""
    cells: list[Cell] = json.loads(path.read_text("utf-8"))["cells"]
    return cells


def source(cell: Cell) -> str:
    """The text of a cell, which a file may keep as lines."""
    return "".join(cell["source"])


@cache
def executed(path: Path) -> Mapping[str, Any]:
    """A notebook with what its cells show, after a run from top to bottom in an empty folder.

    Raises:
        nbclient.exceptions.CellExecutionError: if a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        client.execute()
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)  # when it ran
    result: Mapping[str, Any] = notebook
    return result


def pages() -> Iterator[tuple[str, str]]:
    """A page for each notebook, its pictures, and the notebook itself with everything in it."""
    for path in NOTEBOOKS:
        notebook = executed(path)
        yield f"notebooks/{path.name}", json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        yield from page(path.stem, notebook["cells"])


def page(name: str, cells: list[Cell]) -> Iterator[tuple[str, str]]:
    """The page of a notebook, after the pictures that are on it."""
    parts = []
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "markdown":
            parts.append(source(cell))
            continue
        parts.append(f"```python\n{source(cell)}\n```")
        for at, output in enumerate(cell["outputs"]):
            picture = output.get("data", {}).get("image/svg+xml")
            if picture is None:
                parts.append(shown(output))
                continue
            file = f"pictures/{name}-{number + 1:02d}-{at + 1}.svg"
            yield f"notebooks/{file}", "".join(picture)
            parts.append(linked("".join(picture), file))
    title, _, rest = "\n\n".join(part for part in parts if part).partition("\n")
    yield f"notebooks/{name}.md", f"{title}\n\n{downloads(name)}\n{rest}\n"


def downloads(name: str) -> str:
    """Where the notebook itself is."""
    links = [f"[Download the notebook]({name}.ipynb){{ download }}"]
    if name in MARIMO:
        links.append(f"[for marimo]({MARIMO[name]}){{ download }}")
    return ", ".join(links)


def shown(output: Cell) -> str:
    """What a cell shows beside pictures: a table, text that is Markdown, or words as they are."""
    data = output.get("data", {})
    if "text/html" in data:
        table = re.sub(
            r"<style\b.*?</style>\s*|(?<=<table) border=\"1\"", "", "".join(data["text/html"]), flags=re.DOTALL
        )
        return f'<div class="shown">\n{table.strip()}\n</div>'
    if "text/markdown" in data:
        return "".join(data["text/markdown"]).strip()
    words = "".join(data["text/plain"]) if data else "".join(output["text"])
    return f"``` {{ .text .shown }}\n{words.rstrip()}\n```"
