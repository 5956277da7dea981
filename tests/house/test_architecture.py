"""The rooms import one way, and every heavy dependency has its owners; both are read from the source."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "therarel"

# Rooms of one group do not import each other; a room imports only rooms of earlier groups.
ORDER: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "characters counting discretion representation",
        "errors",
        "citations confidential extras files vocabulary",
        "drawing",
        "reading",
        "texts",
        "tables",
        "domain",
        "machine",
        "concepts",
        "measures",
        "panels",
        "simulation",
        "growth",
        "noise",
        "detection",
        "trajectories",
        "records",
        "journal",
        "reports",
        "teaching",
        "testing cli",
        "__main__",
    )
)
RANK: Mapping[str, int] = {room: rank for rank, group in enumerate(ORDER) for room in group}

# The domain is plain values: how they are read from files and drawn is the business of others.
FORBIDDEN: Mapping[str, frozenset[str]] = {"domain": frozenset({"files", "reading", "tables", "drawing"})}

# These rooms need the standard library alone, so that they stay cheap everywhere.
STANDARD_LIBRARY_ONLY = frozenset(
    {
        "",
        "characters",
        "counting",
        "representation",
        "errors",
        "discretion",
        "confidential",
        "extras",
        "files",
        "drawing",
    }
)

OWNERS: Mapping[str, frozenset[str]] = {
    "attr": frozenset(RANK) - STANDARD_LIBRARY_ONLY,
    "attrs": frozenset(RANK) - STANDARD_LIBRARY_ONLY,
    "cattrs": frozenset({"reading"}),
    "yaml": frozenset({"reading"}),
    "networkx": frozenset({"concepts"}),
    "numpy": frozenset({"tables", "measures", "panels", "simulation", "growth", "noise", "detection", "reports"}),
    "narwhals": frozenset({"tables", "measures", "panels", "growth", "detection"}),
    "scipy": frozenset({"measures", "growth", "detection"}),
    "polars": frozenset({"tables", "measures", "panels"}),
    "fastexcel": frozenset({"tables"}),
    "pyreadstat": frozenset({"tables"}),
    "formulaic": frozenset({"growth"}),
    "pandas": frozenset({"growth"}),  # comes with formulaic, which builds design matrices from it
    "ruptures": frozenset({"detection"}),
    "duckdb": frozenset({"detection"}),
    "pyarrow": frozenset({"detection"}),
    "pyspark": frozenset({"detection"}),
    "sqlite3": frozenset({"journal"}),
    "psycopg": frozenset({"journal"}),
    "cryptography": frozenset({"journal"}),
    "matplotlib": frozenset({"drawing"}),
    "altair": frozenset({"drawing"}),
    "marimo": frozenset({"teaching"}),
    "hypothesis": frozenset({"testing"}),
    "click": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
}


class Import(NamedTuple):
    """One module that a file names in an import."""

    module: str
    line: int
    typing_only: bool
    eager: bool
    from_front_door: bool = False
    names: tuple[str, ...] = ()


def resolved(node: ast.ImportFrom, package: str) -> str:
    """The absolute module behind ``from .x import y``."""
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def imports_of(tree: ast.AST, package: str, typing_only: bool = False, eager: bool = True) -> Iterator[Import]:
    """Every import of a file: at its top, inside functions, for type checkers, and by ``import_module``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(name.name, node.lineno, typing_only, eager) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolved(node, package)
            if module == "therarel":  # the name is a room, or a name of the front door
                yield from (Import(f"therarel.{x.name}", node.lineno, typing_only, eager, True) for x in node.names)
            else:
                yield Import(module, node.lineno, typing_only, eager, names=tuple(x.name for x in node.names))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            negated = isinstance(node.test, ast.UnaryOp)
            for branch, for_types in ((node.body, not negated), (node.orelse, negated)):
                yield from imports_of(ast.Module(branch, []), package, typing_only or for_types, eager)
        else:
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield Import(argument.value, node.lineno, typing_only, eager)
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports_of(node, package, typing_only, eager and not inside)


def violations(files: Mapping[str, str]) -> list[str]:
    """What a set of files (path inside the package, text) does against the order and the owners."""
    return [
        f"{path}:{found.line}: {complaint}"
        for path, text in files.items()
        for found in imports_of(ast.parse(text), package_of(path))
        for complaint in complaints(room_of(path), found)
    ] + [f"{path}: unknown room '{room_of(path)}'" for path in files if room_of(path) not in {"", *RANK}]


def package_of(path: str) -> str:
    """The package that relative imports of a file start from."""
    return ".".join(["therarel", *Path(path).parent.parts])


def room_of(path: str) -> str:
    """The room a file belongs to; the package's own ``__init__`` belongs to none."""
    parts = Path(path).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def complaints(room: str, found: Import) -> Iterator[str]:
    """What is wrong with one import in a room."""
    top, _, rest = found.module.partition(".")
    if top == "therarel":
        target = rest.partition(".")[0]
        if found.from_front_door and found.eager and not found.typing_only and room != "":
            yield f"'{rest}' is asked of the front door while a room loads; say 'import {found.module}'"
        elif room == "":
            if found.eager and not found.typing_only:
                yield f"the front door imports '{found.module}' eagerly"
        elif target == room or target == "__version__":
            return
        elif target not in RANK:
            yield f"'{found.module}' is not a room; import from the room that defines it"
        elif RANK[target] >= RANK.get(room, -1):
            yield f"'{room}' imports '{target}', which does not stand before it"
        elif target in FORBIDDEN.get(room, ()):
            yield f"'{room}' does not import '{target}'"
    elif top in OWNERS:
        if room not in OWNERS[top] and not found.typing_only:
            yield f"'{room}' imports '{top}', which belongs to {sorted(OWNERS[top])}"
    elif top not in sys.stdlib_module_names:
        if not found.typing_only:
            yield f"'{room}' imports '{top}', which has no owner"
    elif room == "" and found.eager and top != "_thread":  # part of the interpreter: nothing is loaded
        yield f"the front door imports '{top}' eagerly"


def all_files() -> dict[str, str]:
    """Path inside the package and text of every module."""
    return {str(path.relative_to(SOURCE)): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}


def module_of(path: str) -> str:
    """The dotted name of a file."""
    parts = ("therarel", *Path(path).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle_in(files: Mapping[str, str], *, types: bool) -> list[str]:
    """Modules that import each other in a circle while they load, or (``types``) name each other at all."""
    modules = {module_of(path) for path in files} - {"therarel"}
    edges: dict[str, set[str]] = defaultdict(set)
    for path, text in files.items():
        here = module_of(path)
        if here not in modules:
            continue
        for found in imports_of(ast.parse(text), package_of(path)):
            if types or (found.eager and not found.typing_only):
                named = {f"{found.module}.{name}" for name in found.names}
                edges[here] |= (named & modules) or ({found.module} & modules)
                edges[here] -= {here} if path.endswith("__init__.py") else set()
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as circle:
        return list(circle.args[1])
    return []


def half_entered(files: Mapping[str, str]) -> list[str]:
    """Rooms of which a module is imported by another room that does not import the whole room first."""
    rooms = {Path(path).parts[0] for path in files if path.count("/")}
    wanted: dict[str, set[str]] = defaultdict(set)
    whole: dict[str, list[str]] = defaultdict(list)
    for path, text in files.items():
        for found in imports_of(ast.parse(text), package_of(path)):
            parts = found.module.split(".")
            if parts[0] != "therarel" or found.typing_only or len(parts) < 2 or parts[1] not in rooms:
                continue
            if parts[1] != room_of(path) and len(parts) > 2 and room_of(path) in rooms:
                wanted[room_of(path)].add(parts[1])
            if path.endswith("/__init__.py") and path.count("/") == 1:
                whole[room_of(path)].append(parts[1] if len(parts) == 2 and not found.names else "")
    first = {room: set(names[: names.index("")] if "" in names else names) for room, names in whole.items()}
    return [
        f"{room}/__init__.py imports a module of '{each}' before 'import therarel.{each}'"
        for room, others in sorted(wanted.items())
        for each in sorted(others - first.get(room, set()))
    ]


def test_the_source_keeps_the_order_of_the_rooms_and_the_owners_of_dependencies() -> None:
    """No file imports a later room, or a dependency that its room does not own."""
    files = all_files()
    assert "errors.py" in files
    assert violations(files) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Modules load in an order that has an end, so that no thread is handed a half-made one."""
    files = all_files()
    assert circle_in(files, types=False) == []
    assert circle_in(files, types=True) == []


def test_no_file_is_too_long_to_be_read_at_a_sitting() -> None:
    """A file has 400 lines at most, without exception."""
    lines = {path.name: len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert {name: number for name, number in lines.items() if number > 400} == {}


def test_other_rooms_are_entered_whole() -> None:
    """A room loads another one as a whole before it names a module inside it.

    The import system locks ``therarel.domain.ratings`` before ``therarel.domain``, and the other way round where the
    room loads itself: of two threads that do both, one would get a half-made module.
    """
    assert half_entered(all_files()) == []


def test_a_planted_circle_and_a_half_entered_room_are_found() -> None:
    """The reader of imports sees circles, those of types on request, and modules named before their room."""
    circle = {"domain/a.py": "from therarel.domain.b import x", "domain/b.py": "import therarel.domain.a"}
    assert circle_in(circle, types=False)
    assert circle_in({"domain/__init__.py": "from therarel.domain import a", "domain/a.py": ""}, types=True) == []
    types = {"domain/a.py": "from . import b", "domain/b.py": "if TYPE_CHECKING:\n    from .a import x"}
    assert circle_in(types, types=False) == []
    assert circle_in(types, types=True)
    domain = {"domain/__init__.py": "from therarel.domain.a import x", "domain/a.py": "x = 1"}
    use = {"machine/b.py": "from therarel.domain.a import x"}
    late = {"machine/__init__.py": "from therarel.machine.b import x\nimport therarel.domain"}
    early = {"machine/__init__.py": "import therarel.domain\nfrom therarel.machine.b import x"}
    assert half_entered({**domain, **use, **late}) == [
        "machine/__init__.py imports a module of 'domain' before 'import therarel.domain'"
    ]
    assert half_entered({**domain, **use, **early}) == []


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("errors.py", "import attrs", "'attrs', which belongs to"),
        ("errors.py", "import therarel.citations", "does not stand before it"),
        ("confidential.py", "from therarel.citations import citation", "does not stand before it"),
        ("domain/ratings.py", "import numpy as np", "'numpy', which belongs to"),
        ("domain/ratings.py", "def f():\n    import numpy", "'numpy', which belongs to"),
        ("domain/ratings.py", "from therarel.reading import read", "'domain' does not import 'reading'"),
        ("domain/ratings.py", "from ..drawing import Figure", "'domain' does not import 'drawing'"),
        ("domain/ratings.py", "def f():\n    from .. import machine", "does not stand before it"),
        ("measures/a.py", "from therarel import domain", "asked of the front door"),
        ("domain/ratings.py", "def f():\n    from therarel import Course", "not a room"),
        ("machine/table.py", "import yaml", "'yaml', which belongs to ['reading']"),
        ("machine/table.py", "from importlib import import_module\nimport_module('scipy.stats')", "'scipy'"),
        (
            "measures/a.py",
            "if TYPE_CHECKING:\n    from therarel.panels import Panel",
            "does not stand before",
        ),
        ("measures/a.py", "try:\n    import seaborn\nexcept ImportError:\n    pass", "no owner"),
        ("cli.py", "from therarel.testing import strategies", "does not stand before it"),
        ("kitchen/__init__.py", "", "unknown room 'kitchen'"),
        ("kitchen.py", "", "unknown room 'kitchen'"),
        ("__init__.py", "import typing", "eagerly"),
        ("__init__.py", "from therarel.errors import TherarelError", "eagerly"),
    ],
)
def test_a_planted_violation_is_found(path: str, text: str, complaint: str) -> None:
    """The reader of imports sees every way in which the order can be broken."""
    found = violations({path: text})
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("citations.py", "import csv\nfrom attrs import frozen\nfrom therarel.errors import shown"),
        ("domain/events.py", "from therarel.domain.ratings import Rating\nfrom . import people"),
        ("measures/score.py", "import numpy\nfrom therarel.concepts import concept_graph"),
        ("reports/html.py", "if TYPE_CHECKING:\n    import pandas\n    import polars"),
        ("cli.py", "import click\ndef f():\n    from therarel import __version__, errors"),
        ("__init__.py", "if TYPE_CHECKING:\n    from .errors import TherarelError"),
        ("__init__.py", "def f():\n    from therarel.errors import TherarelError"),
    ],
)
def test_what_the_order_allows_is_not_reported(path: str, text: str) -> None:
    """Imports to the left, own dependencies and types of any dependency pass."""
    assert violations({path: text}) == []
