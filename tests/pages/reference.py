"""Divides the reference of a large room into pages, one for each of its files, so that no page is too long."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parents[2] / "docs"
FEW = 6
"""A part of the reference with no more names than this stays on one page."""
DIRECTIVE = re.compile(r"^::: (therarel\.[\w.]+)$", re.MULTILINE)
OPTIONS = """
    options:
      show_root_heading: true
      show_root_toc_entry: true
"""


def pages() -> Iterator[tuple[str, str]]:
    """A page for each file of each large room."""
    for path in sorted((DOCS / "reference").glob("*.md")):
        for dotted in DIRECTIVE.findall(path.read_text("utf-8")):
            for name, names in pages_of(dotted).items():
                content = "\n".join([heading(dotted, name), *(f"::: {dotted}.{each}{OPTIONS}" for each in names)])
                yield f"{folder(dotted)}/{name}.md", content


def filled(path: str, text: str) -> str:
    """The page of a large room with links to the pages of its files in place of everything in it."""
    if Path(path).parent.as_posix() != "reference":
        return text
    return DIRECTIVE.sub(lambda found: links(found[1]) or found[0], text)


def pages_of(dotted: str) -> Mapping[str, list[str]]:
    """The public names of a large room by the file that defines them; nothing for a small one."""
    room = import_module(dotted)
    if len(room.__all__) <= FEW:
        return {}
    grouped = defaultdict(list)
    for name in room.__all__:
        if not inspect.ismodule(getattr(room, name)):
            grouped[home(room, name).rpartition(".")[2]].append(name)
    return dict(sorted(grouped.items()))


def home(room: ModuleType, name: str) -> str:
    """The module that defines a name; a constant's is found in the source."""
    value = getattr(room, name)
    if isinstance(value, type) or inspect.isroutine(value):
        return str(value.__module__)
    below = Path(str(room.__file__))
    files = sorted(below.parent.rglob("*.py")) if below.name == "__init__.py" else [below]
    defined = re.compile(rf"^(?:type )?{name}\b[^=\n]*=", re.MULTILINE)
    return next((file.stem for file in files if defined.search(file.read_text("utf-8"))), below.parent.name)


def folder(dotted: str) -> str:
    """Where the pages of a room are."""
    return f"reference/{'/'.join(dotted.split('.')[1:])}"


def heading(dotted: str, name: str) -> str:
    """The head of a page: what is in the file, and the way back."""
    room = dotted.split(".")[1]
    up = "../" * (folder(dotted).count("/") - 1)
    return f"# {name.replace('_', ' ').capitalize()}\n\nIn `{dotted}`. [All of `{room}`]({up}../{room}.md)\n"


def links(dotted: str) -> str:
    """The pages of a room as a list, each with its names; what is said of the room comes first."""
    grouped = pages_of(dotted)
    if not grouped:
        return ""
    said = inspect.cleandoc(import_module(dotted).__doc__ or "").partition("\n\n")[0]
    below = folder(dotted).removeprefix("reference/")
    rows = [
        f"- [{name.replace('_', ' ').capitalize()}]({below}/{name}.md): "
        + ", ".join(f"[`{each}`][{dotted}.{each}]" for each in names)
        for name, names in grouped.items()
    ]
    return "\n".join([said, "", *rows])
