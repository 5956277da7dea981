"""The front door: lazy names that type checkers, editors and people see alike, all of them documented."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import therarel
from therarel.errors import MissingExtraError
from therarel.extras import EXTRAS, install_line

FRONT_DOOR = Path(therarel.__file__).read_text("utf-8")


def names_for_type_checkers() -> dict[str, str]:
    """Name and home of everything the front door imports for type checkers."""
    block = next(node for node in ast.parse(FRONT_DOOR).body if isinstance(node, ast.If))
    homes = {}
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            module = ".".join(["therarel", *([node.module] if node.module else [])])
            for name in node.names:
                assert name.asname is not None, f"'{name.name}' needs 'as', or strict checkers will not see it"
                path = f"{module}.{name.name}"
                homes[name.asname] = path if name.asname in therarel._MODULES else module
    return homes


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


def test_the_tables_of_the_front_door_agree() -> None:
    """``__all__``, the lazy tables and the imports for type checkers name the same things in the same homes."""
    lazy = {**therarel._NAMES, **therarel._MODULES}
    assert names_for_type_checkers() == lazy
    assert sorted(lazy) == sorted(therarel.__all__)  # ruff keeps the order of __all__
    assert not therarel._NAMES.keys() & therarel._MODULES.keys()


def test_dir_lists_every_public_name() -> None:
    """Completion in an editor or a notebook offers all public names, loaded or not."""
    assert set(therarel.__all__) | {"__version__", "__doc__"} <= set(dir(therarel))
    assert not [name for name in dir(therarel) if name.startswith("_") and not name.startswith("__")]


@pytest.mark.parametrize("name", therarel.__all__)
def test_a_public_name_leads_to_what_its_home_defines(name: str) -> None:
    """Each lazy name loads, and is the very object of the module that exports it."""
    value = getattr(therarel, name)
    if name in therarel._MODULES:
        assert isinstance(value, ModuleType)
        assert value.__name__ == therarel._MODULES[name]
    else:
        home = import_module(therarel._NAMES[name])
        assert value is getattr(home, name)
        assert name in home.__all__


def test_a_misspelt_name_is_refused_with_the_nearest_one() -> None:
    """A wrong name is an AttributeError that helps, for people at run time and for type checkers before it."""
    with pytest.raises(AttributeError, match="did you mean 'Confidential'"):
        therarel.Confidental  # type: ignore[attr-defined]  # noqa: B018 -- mypy must see the mistake too
    assert not hasattr(therarel, "__wrapped__")


def test_the_version_is_that_of_the_installed_package() -> None:
    """``therarel.__version__`` reads the metadata, on demand."""
    from importlib.metadata import version

    assert therarel.__version__ == version("therarel")


def test_a_name_that_needs_a_missing_package_names_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the base dependencies alone, a name of an extra says how to get it."""
    (tmp_path / "a_room_that_needs_polars.py").write_text("import polars\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "polars", None)  # the import system reads this as: not installed
    monkeypatch.setitem(therarel._NAMES, "Thing", "a_room_that_needs_polars")
    name = "Thing"
    with pytest.raises(MissingExtraError, match=re.escape(install_line("research"))) as caught:
        getattr(therarel, name)
    assert caught.value.extra == "research"


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
    if not public(module_name):
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
