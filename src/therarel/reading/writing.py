"""cattrs, set to write what the strict reader reads, one converter for each decision about confidential text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from operator import attrgetter
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from therarel.confidential import Confidential
from therarel.errors import ConfidentialityError
from therarel.reading.declared import (
    LISTS,
    TAG,
    alternatives,
    is_class,
    is_enum,
    is_list,
    is_literal,
    is_union,
    union_members,
    union_of,
)
from therarel.reading.problems import Path, render_path
from therarel.reading.scalars import duration_text, moment_text

Mode: TypeAlias = Literal["refuse", "include", "redact"]
"""What happens to confidential text; ``"refuse"`` where nobody decided."""

_Hook: TypeAlias = Callable[[Any], Any]

REDACTED: Final = "[redacted]"
"""What stands for confidential text that was redacted; it reads back as confidential text."""

_MISSING: Final = object()
_EMPTY: Final[tuple[object, ...]] = (None, (), frozenset(), {}, [])
_FACTORY: Final[Any] = attrs.Factory  # type checkers read it as a function
# As for reading, classes are looked up by their bases before any predicate is asked.
_BY_CLASS: Final[Mapping[Any, _Hook]] = {
    str: str.__str__,
    date: date.isoformat,
    datetime: moment_text,
    timedelta: duration_text,
    Enum: attrgetter("_value_"),
    StrEnum: attrgetter("_value_"),
}


class ConfidentialFound(Exception):  # noqa: N818  never leaves the room
    """Confidential text was met where nobody decided about it."""


def _refuse_confidential(_: Confidential) -> str:
    raise ConfidentialFound


_CONFIDENTIAL: Final[Mapping[Mode, _Hook]] = {
    "refuse": _refuse_confidential,
    "include": Confidential.reveal,
    "redact": lambda _: REDACTED,
}


def writing(mode: Mode) -> Converter:
    """A converter that writes JSON-ready data.

    Args:
        mode: What happens to confidential text.

    Examples:
        >>> writing("redact").unstructure(frozenset({3, 1}), frozenset[int])
        [1, 3]
    """
    converter = Converter(unstruct_collection_overrides={Sequence: list, AbstractSet: _in_order})
    for kind, hook in (*_BY_CLASS.items(), (Confidential, _CONFIDENTIAL[mode])):
        converter.register_unstructure_hook(kind, hook)
    converter.register_unstructure_hook_factory(is_class, lambda kind: _class_hook(kind, converter))
    converter.register_unstructure_hook_factory(is_union, lambda kind: _union_hook(kind, converter))
    return converter


def _class_hook(kind: type[Any], converter: Converter) -> _Hook:
    """The fields of an object; what is ``None`` or empty by default is left out."""
    settings: dict[str, Any] = {
        field.name: override(omit_if_default=_empty_default(field) is not _MISSING) for field in attrs.fields(kind)
    }
    return make_dict_unstructure_fn(kind, converter, _cattrs_use_alias=True, **settings)


def _empty_default(field: attrs.Attribute[Any]) -> object:
    """The default if it is ``None``, empty, or an object all of whose fields are so; else `_MISSING`."""
    default: Any = field.default
    if isinstance(default, _FACTORY):
        if default.takes_self:
            return _MISSING
        default = default.factory()
    if attrs.has(type(default)):
        inner = [field for field in attrs.fields(type(default)) if field.init]
        says_nothing = all(getattr(default, field.name) == _empty_default(field) for field in inner)
    else:
        says_nothing = any(default == empty for empty in _EMPTY)
    return default if says_nothing else _MISSING


def _in_order(items: Iterable[object]) -> list[object]:
    """The items of a set, the same in every run; what reads the same is written once."""
    by_text = {json.dumps(item, sort_keys=True): item for item in items}
    return [by_text[text] for text in sorted(by_text)]


def _hook(kind: Any, converter: Converter) -> _Hook:
    """The hook of a member; where classes hold each other, one that is looked up when it is needed."""
    try:
        return converter.get_unstructure_hook(kind)
    except RecursionError:
        return lambda value: converter.unstructure(value, kind)


def _union_hook(kind: Any, converter: Converter) -> _Hook:
    members = union_members(kind)
    rest = [member for member in members if member is not type(None)]
    if len(rest) < len(members):
        write = _hook(union_of(rest), converter)
        return lambda value: None if value is None else write(value)
    groups = alternatives(rest)
    if len(groups) > 1:
        hooks = [(_classes_of(group), _hook(group, converter)) for group in groups]
        return lambda value: next(write for classes, write in hooks if isinstance(value, classes))(value)
    if is_enum(rest[0]):
        return attrgetter("_value_")
    by_class = {cls: (cls.__name__, _hook(cls, converter)) for cls in rest}

    def write_tagged(value: object) -> object:
        name, write = by_class[type(value)]
        return {TAG: name, **write(value)}

    return write_tagged


def _classes_of(kind: Any) -> tuple[type, ...]:
    """The Python classes of the values of a type."""
    if is_union(kind):
        return union_members(kind)
    if is_literal(kind):
        return tuple(map(type, get_args(kind)))
    if is_list(kind):
        return (list, tuple) if LISTS[get_origin(kind)] is not frozenset else (frozenset,)
    return (float, int) if kind is float else (get_origin(kind) or kind,)


def _confidential_paths(value: object, path: Path = ()) -> Iterator[Path]:
    """The path of every confidential text in an object, in the order it would be written.

    Examples:
        >>> list(_confidential_paths({"note": Confidential("She cried.")}))
        [('note',)]
    """
    if isinstance(value, Confidential):
        yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _confidential_paths(inner, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            yield from _confidential_paths(inner, (*path, position))
    elif isinstance(value, (set, frozenset)):
        for inner in value:
            yield from _confidential_paths(inner, path)
    elif attrs.has(kind := type(value)):
        for attribute in attrs.fields(kind):
            if attribute.init:
                field_path = (*path, attribute.alias or attribute.name)
                yield from _confidential_paths(getattr(value, attribute.name), field_path)


def holds_confidential(value: object) -> bool:
    """Whether there is confidential text in an object."""
    return next(_confidential_paths(value), None) is not None


def refused_writing(value: object) -> ConfidentialityError:
    """The error that names the first place of confidential text, and how many more there are."""
    paths = list(_confidential_paths(value))
    more = f" (places: {len(paths)})" if len(paths) > 1 else ""
    return ConfidentialityError(
        f"confidential text would be written{more}",
        where=render_path(paths[0]) if paths else None,
        hint="decide with confidential='include' or confidential='redact'",
    )
