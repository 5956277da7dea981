"""Nothing reaches out: no page, picture or program of the project asks another host, and no file names one machine."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

# What makes a browser fetch something: a link that a person may click is none of these.
LOADS = re.compile(
    r"""(?:<(?:script|img|iframe|source|video|audio|embed|image|use)\b[^>]*\b(?:src|srcset|href|xlink:href)
        |<link\b[^>]*\bhref|@import\s+(?:url\()?|\burl\(|\bfetch\(|\bnew\s+(?:WebSocket|EventSource)\()
        \s*=?\s*["']?\s*(?:https?:|wss?:)?//\w""",
    re.VERBOSE | re.IGNORECASE,
)
CLIENTS = frozenset({"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "urllib3"})
SCREENED = (
    ".py",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".jinja",
    ".md",
    ".yml",
    ".yaml",
    ".toml",
    ".cff",
    ".csv",
    ".json",
)

# Written in two parts, so that this file does not name what it looks for.
PACKAGE_INDEX = re.compile("|".join(["pypi" + r"\.org/simple", "index" + "-url", "files.python" + "hosted"]))
MACHINE_PATH = re.compile(
    r"(?<![\w.:/-])/(?:" + "|".join(["ho" + "me", "Us" + "ers", "ro" + "ot", "wo" + "rk"]) + r")/\w"
)
LOCK_FILES = re.compile(r"(?:.*\.lock|pylock.*\.toml|package-lock\.json|Pipfile|requirements.*\.txt)")


def loads(text: str) -> list[str]:
    """The places of a text that would make a browser ask another host."""
    return [match[0] for match in LOADS.finditer(text)]


def clients(text: str) -> Iterator[str]:
    """The network libraries that a Python file imports."""
    for node in ast.walk(ast.parse(text)):
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            if name.partition(".")[0] in CLIENTS or name == "urllib.request":
                yield name


@pytest.fixture(scope="module")
def tracked(root: Path) -> Sequence[Path]:
    """The files of the project, as git knows them; of an unpacked source archive, all of them."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (root / ".git").exists():
        names = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
        return [root / name for name in names if name and (root / name).is_file()]
    return [path for path in root.rglob("*") if path.is_file() and not {".venv", "site"} & set(path.parts)]


def test_no_page_or_picture_loads_anything_from_a_host(source: Path) -> None:
    """Reports, pages and pictures are complete in themselves: they open on a computer without a network."""
    found = {
        str(path.relative_to(source)): loads(path.read_text("utf-8"))
        for path in source.rglob("*")
        if path.suffix in SCREENED
    }
    assert {path: places for path, places in found.items() if places} == {}


def test_no_module_imports_a_network_client(source: Path) -> None:
    """The library never opens a connection of its own."""
    found = {str(path.relative_to(source)): list(clients(path.read_text("utf-8"))) for path in source.rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == {}


def test_no_file_names_a_package_index_or_a_path_of_one_machine(tracked: Sequence[Path], root: Path) -> None:
    """A clone works anywhere: nothing in it points at somebody's computer or registry."""
    found = [
        f"{path.relative_to(root)}: {match[0]}"
        for path in tracked
        if path.suffix in SCREENED or path.parent.name == ".ci"
        for pattern in (PACKAGE_INDEX, MACHINE_PATH)
        for match in pattern.finditer(path.read_bytes().decode("utf-8", errors="replace"))
    ]
    assert found == []


def test_there_is_no_lock_file(tracked: Sequence[Path]) -> None:
    """A library states ranges; what was installed where is nobody else's business."""
    assert [path.name for path in tracked if LOCK_FILES.fullmatch(path.name)] == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://host.example/x.js">',
        "<link rel='stylesheet' href='//host.example/x.css'>",
        "@import url(https://host.example/font.css);",
        "src: url('https://host.example/font.woff2')",
        '<image xlink:href="http://host.example/x.png"/>',
        "fetch('https://host.example/data')",
    ],
)
def test_a_planted_load_is_found(text: str) -> None:
    """The reader of pages sees scripts, style sheets, fonts, pictures and requests."""
    assert loads(text)


def test_links_for_people_are_no_loads() -> None:
    """A DOI that a reader may follow, a namespace and an inlined picture fetch nothing."""
    text = (
        '<a href="https://doi.org/10.1037/pst0000172">DOI</a><svg xmlns="http://www.w3.org/2000/svg">'
        '<use href="#mark"/></svg><img src="data:image/svg+xml,...">'
    )
    assert loads(text) == []


def test_a_planted_client_is_found() -> None:
    """The reader of imports sees network libraries at the top and inside functions."""
    assert list(clients("import json\ndef f():\n    import socket\n    from urllib.request import urlopen")) == [
        "socket",
        "urllib.request",
    ]
