"""cattrs, made strict: hooks that accept what a type declares and nothing that merely resembles it.

Two converters are made from the same hooks. The fast one stops at the first thing that it does not accept. The
explaining one, used only after the fast one has failed, goes on to the end and raises everything that is wrong; its
classes are those of `therarel.reading.explaining`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Final, TypeAlias, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.cols import list_structure_factory
from cattrs.gen import make_dict_structure_fn

from therarel.confidential import Confidential
from therarel.reading.declared import (
    LISTS,
    NEEDED,
    TAG,
    alternatives,
    is_class,
    is_enum,
    is_list,
    is_literal,
    is_mapping,
    is_private,
    is_row,
    is_union,
    json_types,
    union_members,
    union_of,
)
from therarel.reading.explaining import explaining, problems_in
from therarel.reading.problems import Problem, free_key, summary
from therarel.reading.refusals import refusal
from therarel.reading.scalars import (
    literal_hook,
    read_confidential,
    read_date,
    read_duration,
    read_flag,
    read_moment,
    read_null,
    read_number,
    read_term,
    read_text,
    read_whole,
)

_Hook: TypeAlias = Callable[[Any, Any], Any]

# cattrs looks a class up by its bases before it asks any predicate, and knows text and numbers itself.
_BY_CLASS: Final[Mapping[Any, _Hook]] = {
    int: read_whole,
    float: read_number,
    bool: read_flag,
    str: read_text,
    type(None): read_null,
    date: read_date,
    datetime: read_moment,
    timedelta: read_duration,
    Confidential: read_confidential,
    Enum: read_term,
    StrEnum: read_term,
}
_MOST_NAMED: Final = 12
_MOST_MADE: Final = 256


def structuring(*, detailed: bool, shared: Collection[type] = ()) -> Converter:
    """A converter that reads strictly.

    Args:
        detailed: Whether it raises everything that is wrong, which takes longer.
        shared: Classes whose equal values are made once, where it does not.

    Examples:
        >>> structuring(detailed=False).structure([1, 2], tuple[float, ...])
        (1.0, 2.0)
    """
    converter = Converter(detailed_validation=detailed)
    for kind, hook in _BY_CLASS.items():
        converter.register_structure_hook(kind, hook)
    converter.register_structure_hook_func(lambda kind: kind is None, read_null)
    converter.register_structure_hook_factory(is_literal, literal_hook)
    converter.register_structure_hook_factory(is_list, _list_hook)
    converter.register_structure_hook_factory(is_mapping, _mapping_hook)
    converter.register_structure_hook_factory(is_row, _row_hook)
    converter.register_structure_hook_factory(is_class, _class_hook)
    converter.register_structure_hook_factory(is_union, _union_hook)
    if not detailed:
        converter.register_structure_hook_factory(
            lambda kind: kind in shared, lambda kind, converter: _made_once(_class_hook(kind, converter))
        )
    return converter


def _class_hook(kind: type[Any], converter: Converter) -> _Hook:
    """An object with the fields of a class, no more and no less; it may name its class, if it is the right one."""
    make = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=False, _cattrs_use_alias=True)
    if converter.detailed_validation:
        return explaining(kind, converter, make)
    name, fields = kind.__name__, frozenset(field.alias for field in attrs.fields(kind) if field.init)
    # cattrs can forbid unknown keys itself, but would take the tag for one; to take it out is to copy every object.
    knows, may_name_itself = (fields | {TAG}).issuperset, TAG not in fields

    def read(value: Any, _: object) -> object:
        if type(value) is not dict or not knows(value) or (may_name_itself and value.get(TAG, name) != name):
            raise Problem("not the keys of this class")
        return make(value, kind)

    return read


def _made_once(read: _Hook) -> _Hook:
    """The same value for what is written the same: a document repeats a scale, or what decided, at every entry."""
    values: dict[object, object] = {}

    def read_once(value: Any, kind: object) -> object:
        if type(value) is not dict:
            return read(value, kind)
        key = (*value.items(), *map(type, value.values()))  # 1, 1.0 and true are equal, and only two are numbers
        try:
            return values[key]
        except TypeError:
            return read(value, kind)  # it holds a list or an object
        except KeyError:
            pass
        if len(values) == _MOST_MADE:
            values.clear()
        values[key] = result = read(value, kind)
        return result

    return read_once


def _list_hook(kind: Any, converter: Converter) -> _Hook:
    """Any number of values of one kind; in a set none occurs twice."""
    items, make = list_structure_factory(kind, converter), LISTS[get_origin(kind)]

    def read(value: object, _: object) -> object:
        _list_needed(value, kind)
        read = items(value, kind)
        collection = make(read)
        if len(collection) < len(read):
            twice = [position for position, item in enumerate(read) if item in read[:position]]
            hint = "name each value of a set once"
            raise summary([Problem("listed twice", path=(position,), hint=hint) for position in twice])
        return collection

    return read


def _row_hook(kind: Any, converter: Converter) -> _Hook:
    """A fixed number of values, each of its own kind."""
    parts = [(part, converter.get_structure_hook(part)) for part in get_args(kind)]

    def read(value: Any, _: object) -> object:
        _list_needed(value, kind)
        if len(value) != len(parts):
            bound = f"{len(parts)} values, not {len(value)}"
            raise refusal("the list has the wrong length", value, bound=bound)
        items, problems = [], []
        for position, ((part, hook), item) in enumerate(zip(parts, value, strict=True)):
            try:
                items.append(hook(item, part))
            except Exception as error:  # whatever a hook raises is a problem of the value
                problems += problems_in(error, item, position)
        if problems:
            raise summary(problems)
        return tuple(items)

    return read


def _list_needed(value: object, kind: object) -> None:
    if type(value) is not list:
        hint = "write it as a list, [...]" if type(value) is not dict else None
        raise refusal("a list is needed", value, hint=hint, hide=is_private(kind))


def _mapping_hook(kind: Any, converter: Converter) -> _Hook:
    """Values by name, or by the terms of a vocabulary."""
    key_kind, item_kind = get_args(kind)
    read_key, read_item = converter.get_structure_hook(key_kind), converter.get_structure_hook(item_kind)

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise refusal("an object is needed", value, hint="write it as {...}", hide=is_private(kind))
        mapping, problems = {}, []
        for name, item in value.items():
            key = content = None
            try:
                key = read_key(name, key_kind)
            except Exception as error:  # as above
                problems += [problem.but(at_key=True) for problem in problems_in(error, name, free_key(str(name)))]
            try:
                content = read_item(item, item_kind)
            except Exception as error:  # as above
                problems += problems_in(error, item, free_key(str(name)))
            mapping[key] = content
        if problems:
            raise summary(problems)
        return mapping

    return read


def _union_hook(kind: Any, converter: Converter) -> _Hook:
    """A value of several kinds: ``null`` or another, a term, a class that names itself, or what JSON distinguishes."""
    members = union_members(kind)
    rest = [member for member in members if member is not type(None)]
    if len(rest) < len(members):
        inner: Any = union_of(rest)
        hook = converter.get_structure_hook(inner)
        return lambda value, _: None if value is None else hook(value, inner)
    groups = alternatives(rest)
    if len(groups) > 1:
        return _choice_hook(kind, groups, converter)
    return read_term if is_enum(rest[0]) else _tagged_hook(rest, converter)


def _choice_hook(kind: Any, groups: list[Any], converter: Converter) -> _Hook:
    by_type: dict[type, tuple[_Hook, Any]] = {}
    for group in groups:
        for json_type in json_types(group):
            by_type.setdefault(json_type, (converter.get_structure_hook(group), group))
    needed = " or ".join(dict.fromkeys(NEEDED[json_type] for json_type in by_type))
    if int in by_type:
        by_type.setdefault(float, by_type[int])  # a whole number may be spelt with a fraction of zero

    def read(value: object, _: object) -> object:
        if type(value) not in by_type:
            raise refusal(f"{needed} is needed", value, hide=is_private(kind))
        hook, group = by_type[type(value)]
        return hook(value, group)

    return read


def _tagged_hook(classes: list[type[Any]], converter: Converter) -> _Hook:
    """An object whose ``type`` names its class, as events are written."""
    by_name = {cls.__name__: (converter.get_structure_hook(cls), cls) for cls in classes}

    def read(value: Any, _: object) -> object:
        try:
            hook, kind = by_name[value[TAG]]
        except (KeyError, TypeError):
            raise _unnamed(value, list(by_name)) from None
        return hook(value, kind)

    return read


def _unnamed(value: object, names: list[str]) -> Problem:
    if type(value) is not dict:
        return refusal("an object is needed", value)
    if TAG in value:
        return refusal("no such class here", value[TAG], choices=names).but(path=(TAG,))
    listed = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    return Problem("the name of the class is missing", path=(TAG,), bound=listed)
