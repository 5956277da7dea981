"""JSON Schema (2020-12) of what is read; it is never stricter than reading."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias, get_args, get_origin

import attrs
from attrs import NOTHING

from therarel.confidential import Confidential
from therarel.errors import InvalidValueError, shown
from therarel.reading.declared import (
    LISTS,
    TAG,
    alternatives,
    bare,
    is_class,
    is_enum,
    is_list,
    is_literal,
    is_mapping,
    is_row,
    is_union,
    terms,
    union_members,
)
from therarel.reading.scalars import DATE, DURATION, MOMENT
from therarel.reading.versions import REDACTED_KEY, SCHEMA_KEY, Upcasting

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema as data."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_BOUNDS: Final = ("minimum", "maximum", "pattern")
_SCALARS: Final[Mapping[object, Schema]] = {
    None: {"type": "null"},
    type(None): {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    date: {"type": "string", "format": "date", "pattern": f"^{DATE}$"},
    datetime: {"type": "string", "format": "date-time", "pattern": f"^{MOMENT}$"},
    timedelta: {"type": "string", "pattern": f"^{DURATION}$"},
    Confidential: {"type": "string", "pattern": r"\S"},
}


def json_schema(declared: object, versions: Upcasting | None = None) -> Schema:
    """The schema of a type with the definitions it needs.

    Args:
        declared: What is read.
        versions: The versions of the document, if it carries one; then a class, or a union of classes.

    Raises:
        InvalidValueError: if a version is asked for what carries none.
    """
    shared = _Definitions()
    described: Schema
    members = union_members(declared)
    if versions is None:
        described = shared.of(declared)
    elif not all(map(is_class, members)):
        raise InvalidValueError("only a class carries a version", value=shown(declared))
    elif len(members) == 1:
        described = _stamped(shared.described(members[0], tagged=False), versions)
    else:
        described = {"oneOf": [_stamped(shared.described(member, tagged=True), versions) for member in members]}
    schema = {"$schema": _DIALECT, **described}
    if shared.definitions:
        schema["$defs"] = dict(sorted(shared.definitions.items()))
    return schema


def _stamped(described: Schema, versions: Upcasting) -> Schema:
    redacted = {} if versions.marks_itself else {REDACTED_KEY: {"const": True}}
    return {
        **described,
        "properties": {SCHEMA_KEY: {"const": versions.stamp}, **redacted, **described["properties"]},
        "required": [SCHEMA_KEY, *described["required"]],
    }


class _Definitions:
    """The named classes of one schema; where two have one name they are numbered."""

    __slots__ = ("_names", "definitions")

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._names: dict[tuple[type, bool], str] = {}

    def of(self, declared: object) -> Schema:
        """The schema of a type."""
        kind: Any = bare(declared)
        if kind in _SCALARS:
            return _SCALARS[kind]
        inner = get_args(kind)
        if is_union(kind):
            return self._union(kind)
        if is_literal(kind):
            return {"enum": list(inner)}
        if is_row(kind):
            items = [self.of(item) for item in inner]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        if is_list(kind):
            unique = {"uniqueItems": True} if LISTS[get_origin(kind)] is frozenset else {}
            return {"type": "array", "items": self.of(inner[0]), **unique}
        if is_mapping(kind):
            named = {} if bare(inner[0]) is str else {"propertyNames": self.of(inner[0])}
            return {"type": "object", "additionalProperties": self.of(inner[1]), **named}
        if is_class(kind):
            return self._reference(kind, tagged=False)
        if is_enum(kind):
            return {"enum": list(terms(kind))}
        return {"type": "string"} if issubclass(kind, str) else {"description": f"a {kind.__name__}"}

    def _union(self, kind: Any) -> Schema:
        members = union_members(kind)
        rest = [member for member in members if member is not type(None)]
        groups = alternatives(rest)
        if len(groups) > 1:
            described: Schema = {"anyOf": [self.of(group) for group in groups]}
        elif is_enum(rest[0]):
            described = {"enum": list(terms(groups[0]))}
        elif len(rest) > 1:
            described = {"oneOf": [self._reference(member, tagged=True) for member in rest]}
        else:
            described = self.of(rest[0])
        return described if len(rest) == len(members) else _or_null(described)

    def _reference(self, kind: type[Any], *, tagged: bool) -> Schema:
        name = self._names.get((kind, tagged))
        if name is None:
            name, number = kind.__name__, 1
            while name in self.definitions:
                number += 1
                name = f"{kind.__name__}.{number}"
            self._names[kind, tagged] = name
            self.definitions[name] = {}  # taken, for classes that hold themselves
            self.definitions[name] = self.described(kind, tagged=tagged)
        return {"$ref": f"#/$defs/{name}"}

    def described(self, kind: type[Any], *, tagged: bool) -> Schema:
        """The definition of a class itself."""
        fields = [field for field in attrs.fields(kind) if field.init]
        properties: Schema = {TAG: {"const": kind.__name__}}  # a field of that name stands instead
        properties |= {str(field.alias): _bounded(self.of(field.type), field.metadata) for field in fields}
        summary = (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
        required = [str(field.alias) for field in fields if field.default is NOTHING]
        return {
            "type": "object",
            **({"description": summary} if summary else {}),
            "properties": properties,
            "required": [TAG, *required] if tagged else required,
            "additionalProperties": False,
        }


def _or_null(described: Schema) -> Schema:
    if isinstance(described.get("type"), str):
        return {**described, "type": [described["type"], "null"]}
    if list(described) == ["enum"]:
        return {"enum": [*described["enum"], None]}
    return {"anyOf": [described, {"type": "null"}]}


def _bounded(schema: Schema, metadata: Mapping[Any, Any]) -> Schema:
    """The schema of a field with the bounds and the unit that its metadata holds."""
    bounds = {name: metadata[name] for name in _BOUNDS if metadata.get(name) is not None}
    if bounds and isinstance(schema.get("items"), dict):
        schema = {**schema, "items": {**schema["items"], **bounds}}
    else:
        schema = {**schema, **bounds}
    return {**schema, "description": f"in {metadata['unit']}"} if metadata.get("unit") else schema
