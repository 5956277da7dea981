"""What holds for every value class of a room."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import attrs

_HOLDERS = ("NDArray", "Floats", "Whole", "Truths", "DataFrame", "Series")
"""What annotations call arrays and tables, and what holds them."""


def classes_of(room: ModuleType) -> Iterator[type]:
    """Every attrs class that a room defines, in its modules and those below."""
    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        module = importlib.import_module(found.name)
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ == module.__name__ and attrs.has(cls):
                yield cls


def holds_arrays(cls: type) -> bool:
    """Whether a field of a class is an array or a table."""
    return any(word in str(each.type) for each in attrs.fields(cls) for word in _HOLDERS)


def compared_by_fields(cls: type) -> bool:
    """Whether attrs compares the fields of two values, which arrays and tables do not allow."""
    code = getattr(cls.__eq__, "__code__", None)
    return code is not None and str(code.co_filename).startswith("<attrs generated")
