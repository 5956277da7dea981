"""Gives the reference pages the signatures that attrs writes.

An attrs class has no ``__init__`` in its source, so that a reader of the source sees neither its parameters nor their
types and defaults. The class itself knows them.
"""

from __future__ import annotations

from enum import Enum
from importlib import import_module
from typing import Any

import attrs
from griffe import Class, Expr, Extension, Function, Module, Parameter, ParameterKind, Parameters


class AttrsSignatures(Extension):
    """Adds the ``__init__`` of every attrs class of the package."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Go through the package once it is read."""
        for module in modules_of(pkg):
            for cls in module.classes.values():
                if not cls.is_alias:
                    add_signature(module, cls)


def modules_of(package: Module) -> list[Module]:
    """A package and everything in it."""
    inner = [each for each in package.modules.values() if not each.is_alias]
    return [package, *(found for each in inner for found in modules_of(each))]


def add_signature(module: Module, documented: Class) -> None:
    """Write the ``__init__`` of one class, if it is an attrs class without one of its own."""
    if "__init__" in documented.members:
        return
    cls = getattr(import_module(module.path), documented.name, None)
    if not isinstance(cls, type) or not attrs.has(cls):
        return
    given = [each for each in attrs.fields(cls) if each.init]
    parameters = [
        Parameter(
            each.alias,
            annotation=annotation(documented, each),
            kind=ParameterKind.keyword_only if each.kw_only else ParameterKind.positional_or_keyword,
            default=default(each.default),
        )
        for each in sorted(given, key=lambda each: bool(each.kw_only))
    ]
    own = Parameter("self", kind=ParameterKind.positional_or_keyword)
    init = Function("__init__", parameters=Parameters(own, *parameters), returns="None", parent=documented)
    documented.set_member("__init__", init)


def annotation(documented: Class, field: attrs.Attribute[Any]) -> str | Expr | None:
    """The type of a field as the source writes it, so that its names become links."""
    for cls in (documented, *documented.mro()):
        if field.name in cls.attributes:
            return cls.attributes[field.name].annotation
    return None if field.type is None else str(field.type)


def default(value: object) -> str | None:
    """The default of a field as a caller would write it; ``None`` where a value is required."""
    if value is attrs.NOTHING:
        return None
    factory = getattr(value, "factory", None)
    if factory is not None:
        return f"{factory.__name__}()"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return repr(value)
