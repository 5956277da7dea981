"""The front door: lazy names that type checkers, editors and people see alike, all of them documented."""

from __future__ import annotations

import ast
import pkgutil
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import therarel
from therarel.extras import EXTRAS

FRONT_DOOR = [
    (node.module, name.name, name.asname)
    for node in ast.parse(Path(therarel.__file__).with_suffix(".pyi").read_text("utf-8")).body
    if isinstance(node, ast.ImportFrom)
    for name in node.names
]
NAMES = {name: f"therarel.{module}" if module else f"therarel.{name}" for module, name, _ in FRONT_DOOR}
"""Each name of the front door, and the module that it is from, as type checkers read them."""


def defined_names(tree: ast.Module) -> dict[str, ast.stmt]:
    """Each name that a module defines itself, with the statement that does."""
    names: dict[str, ast.stmt] = {}
    for node in tree.body:
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                names[node.name] = node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names[name] = node
            case _:
                pass
    return names


def undocumented(text: str) -> list[str]:
    """The public names that the module defines without a docstring.

    Public is what ``__all__`` lists, or, in a module without it, every class and function without a leading
    underscore. A constant or type alias has its docstring on the line after it.
    """
    tree = ast.parse(text)
    names = defined_names(tree)
    exported = names.get("__all__")
    if isinstance(exported, ast.Assign):
        listed = list(ast.literal_eval(exported.value))
    else:
        listed = [
            name
            for name, node in names.items()
            if not name.startswith("_") and not isinstance(node, ast.Assign | ast.AnnAssign)
        ]
    lacking = []
    for name in listed:
        node = names.get(name)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            documented = bool(ast.get_docstring(node))
        elif node is not None:
            following = tree.body[tree.body.index(node) + 1 :][:1]
            documented = any(
                isinstance(each, ast.Expr)
                and isinstance(each.value, ast.Constant)
                and isinstance(each.value.value, str)
                for each in following
            )
        else:
            continue  # imported from the module that documents it
        if not documented:
            lacking.append(name)
    return lacking


def public(module_name: str) -> bool:
    """Whether no part of a dotted name begins with an underscore."""
    return not any(part.startswith("_") for part in module_name.split("."))


def test_the_front_door_is_one_list_that_type_checkers_and_python_read_alike() -> None:
    """Each line of the stub names one thing "as" itself, which strict checkers ask for; Python offers the same names."""
    assert all(alias == name for _, name, alias in FRONT_DOOR)
    assert len(NAMES) == len(FRONT_DOOR)
    assert getattr(therarel, "__all__") == sorted(NAMES)  # noqa: B009 -- type checkers read the stub instead
    namespace: dict[str, object] = {}
    exec("from therarel import *", namespace)
    assert namespace.keys() - {"__builtins__"} == NAMES.keys()


def test_the_front_door_stays_small() -> None:
    """What most people use most: everything else is a name of its room."""
    assert len(NAMES) <= 50


def test_dir_lists_every_public_name() -> None:
    """Completion in an editor or a notebook offers all public names, loaded or not."""
    assert NAMES.keys() | {"__version__", "__doc__"} <= set(dir(therarel))
    assert not [name for name in dir(therarel) if name.startswith("_") and not name.startswith("__")]


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_leads_to_what_its_home_defines(name: str) -> None:
    """Each lazy name loads, and is the very object of the module that exports it."""
    value = getattr(therarel, name)
    home = import_module(NAMES[name])
    if (None, name, name) in FRONT_DOOR:
        assert value is home
    else:
        assert value is getattr(home, name)
        assert name in home.__all__


def test_a_misspelt_name_is_refused_with_the_nearest_one() -> None:
    """A wrong name is an AttributeError that helps, for people at run time and for type checkers before it."""
    with pytest.raises(AttributeError, match="did you mean 'Confidential'"):
        therarel.Confidental  # type: ignore[attr-defined]  # noqa: B018 -- mypy must see the mistake too
    assert not hasattr(therarel, "__wrapped__")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Breach", "it is therarel.domain.Breach now"),
        ("IndividualsChart", "it is therarel.rules.IndividualsChart now"),
        ("Outcome", "it is therarel.domain.Outcome now"),
        ("detect_folder", "it is therarel.detection.feeding.detect_folder now"),
        ("reliable_chagne", "did you mean therarel.measures.reliable_change?"),
        ("xyzzy", "known are citations, "),
    ],
)
def test_a_name_that_only_a_room_has_is_refused_with_its_place(name: str, hint: str) -> None:
    """Who knows a name but not its room, or knows it from an earlier version, is told where it is."""
    with pytest.raises(AttributeError, match=re.escape(f"has no attribute '{name}'. Hint: {hint}")):
        getattr(therarel, name)


def test_the_version_is_that_of_the_installed_package() -> None:
    """``therarel.__version__`` reads the metadata, on demand."""
    from importlib.metadata import version

    assert therarel.__version__ == version("therarel")


def test_every_optional_package_is_known_with_its_extra(root: Path) -> None:
    """The table of extras says what the project's metadata says; base dependencies are in none."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    packages = {
        extra: {re.split(r"[^\w-]", line)[0] for line in lines if not line.startswith("therarel[")}
        for extra, lines in project["optional-dependencies"].items()
        if extra not in {"dev", "tests", "benchmarks"}
    }
    assert set(EXTRAS) == set().union(*packages.values())
    assert all(package in packages[extra] for package, extra in EXTRAS.items())


def test_every_public_name_is_documented(module_name: str, source: Path) -> None:
    """A room says what it exports, and each public name of a public module has a docstring."""
    if not public(module_name) or module_name == "therarel":  # the front door has a list, which its own tests hold
        return
    path = source.parent.joinpath(*module_name.split("."))
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")
    assert not path.is_dir() or "__all__" in defined_names(ast.parse(text))
    assert undocumented(text) == []


def test_a_name_without_a_docstring_is_found() -> None:
    """The reader of docstrings sees bare classes, functions and constants."""
    text = (
        '__all__ = ["A", "b", "C", "D", "E"]\nclass A: pass\ndef b(): ...\nC = 1\nD = 2\n"""Said."""\nfrom x import E\n'
    )
    assert undocumented(text) == ["A", "b", "C"]
    assert undocumented("class A: pass\ndef _b(): ...\nC = 1\n") == ["A"]


# Public name: the two things that it may mean all the same.
TWO_MEANINGS = {"events": "the events of the domain, and the strategy that draws them"}
INNER_ROOMS = ("detection.feeding", "detection.monitors", "detection.rules", "domain.events")


def test_a_public_name_means_one_thing() -> None:
    """No two rooms give different things the same name, so that a name can be spoken of without its room."""
    meant: dict[str, dict[int, str]] = {}
    rooms = [each.name for each in pkgutil.iter_modules(therarel.__path__) if public(each.name)]
    for room in (*rooms, *INNER_ROOMS):
        module = import_module(f"therarel.{room}")
        for name in getattr(module, "__all__", ()):
            meant.setdefault(name, {})[id(getattr(module, name))] = room
    double = {name: sorted(where.values()) for name, where in meant.items() if len(where) > 1}
    assert sorted(double) == sorted(TWO_MEANINGS), double
