"""What the tests of the house look at: the package's modules and its public classes."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "therarel"


def module_names() -> list[str]:
    """The dotted names of all modules, read from the files."""
    names = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def source() -> Path:
    """The folder of the package."""
    return SOURCE


@pytest.fixture(scope="session")
def modules() -> Sequence[ModuleType]:
    """Every module of the package, imported."""
    return [import_module(name) for name in module_names()]


@pytest.fixture(scope="session")
def public_classes(modules: Sequence[ModuleType]) -> Sequence[type]:
    """Every class without a leading underscore, once, in the module that defines it."""
    return [
        cls
        for module in modules
        for name, cls in vars(module).items()
        if inspect.isclass(cls) and cls.__module__ == module.__name__ and not name.startswith("_")
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for ``module_name`` run once per module."""
    if "module_name" in metafunc.fixturenames:
        metafunc.parametrize("module_name", module_names())
