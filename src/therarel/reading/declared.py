"""What a declared type means in JSON, and which types cannot be read strictly at all."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Final, Literal, TypeGuard, Union, get_args, get_origin

import attrs

from therarel.confidential import Confidential
from therarel.errors import InvalidValueError

TAG: Final = "type"
"""The key that names the class of an object where several classes may stand."""

LISTS: Final[Mapping[object, Callable[[list[Any]], Any]]] = {
    list: list,
    tuple: tuple,
    Sequence: tuple,
    frozenset: frozenset,
    AbstractSet: frozenset,
}
"""What is written as a list, and what is made of the list."""

_MAPPINGS: Final = (dict, Mapping, MutableMapping)
_NULL: Final = type(None)
_JSON: Final[Mapping[object, frozenset[type]]] = {
    int: frozenset({int}),
    float: frozenset({int, float}),
    bool: frozenset({bool}),
    None: frozenset({_NULL}),
    _NULL: frozenset({_NULL}),
    **dict.fromkeys((str, date, datetime, timedelta, Confidential), frozenset({str})),
}
_ANY: Final = frozenset({dict, list, str, int, float, bool})
NEEDED: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    _NULL: "null",
}
"""What each type of JSON data is called where it is needed."""


def bare(declared: object) -> object:
    """A type without aliases, new names and remarks: what is really meant."""
    while True:
        if get_origin(declared) is Annotated:
            declared = get_args(declared)[0]
        elif type(declared).__name__ == "TypeAliasType":
            declared = getattr(declared, "__value__")  # noqa: B009  a name that Python 3.11 does not have
        elif isinstance(declared, typing.NewType):
            declared = declared.__supertype__
        else:
            return declared


def union_members(declared: object) -> tuple[Any, ...]:
    """The members of a union and of the unions within it; a type that is not a union is its only member.

    Examples:
        >>> union_members(int | str | None)
        (<class 'int'>, <class 'str'>, <class 'NoneType'>)
    """
    kind = bare(declared)
    if not is_union(kind):
        return (kind,)
    return tuple(dict.fromkeys(member for argument in get_args(kind) for member in union_members(argument)))


def alternatives(members: Iterable[Any]) -> list[Any]:
    """The members of a union that JSON can distinguish: vocabularies as one, classes as one, and every other.

    The narrow ones come first, so that a whole number stays whole where both kinds of numbers are declared.
    """
    rest = list(members)
    together = [[member for member in rest if belongs(member)] for belongs in (is_enum, is_class)]
    others = [member for member in rest if not is_enum(member) and not is_class(member)]
    distinguished = [*map(union_of, filter(None, together)), *others]
    return sorted(distinguished, key=lambda member: len(json_types(member)))


def union_of(members: Iterable[Any]) -> Any:
    """The union of types; of one type, the type itself."""
    return reduce(or_, members)


def is_union(kind: object) -> bool:
    """Whether a type is a union."""
    return get_origin(kind) in (Union, types.UnionType)


def is_class(kind: object) -> TypeGuard[type[Any]]:
    """Whether a type is an attrs class."""
    return isinstance(kind, type) and attrs.has(kind)


def is_enum(kind: object) -> TypeGuard[type[Enum]]:
    """Whether a type is a closed vocabulary."""
    return isinstance(kind, type) and issubclass(kind, Enum)


def is_literal(kind: object) -> bool:
    """Whether a type is a list of its values."""
    return get_origin(kind) is Literal


def is_list(kind: object) -> bool:
    """Whether a type is any number of values of one kind."""
    return get_origin(kind) in LISTS and bool(get_args(kind)) and not is_row(kind)


def is_mapping(kind: object) -> bool:
    """Whether a type is values by name."""
    return get_origin(kind) in _MAPPINGS and bool(get_args(kind))


def is_row(kind: object) -> bool:
    """Whether a type is a fixed number of values, such as ``tuple[int, str]``."""
    return get_origin(kind) is tuple and bool(get_args(kind)) and Ellipsis not in get_args(kind)


def is_private(kind: object) -> bool:
    """Whether values of a type are confidential text, or hold it otherwise than in a class of their own."""
    return bare(kind) is Confidential or any(map(is_private, get_args(bare(kind))))


@cache
def terms(kind: object) -> Mapping[object, Enum]:
    """The terms of a vocabulary, or of a union of vocabularies, by their values.

    Raises:
        InvalidValueError: if a value is not text, or belongs to two vocabularies of the union.
    """
    by_value: dict[object, Enum] = {}
    for enumeration in union_members(kind):
        for term in enumeration:
            if type(term._value_) is not str:
                raise InvalidValueError(
                    "an enumeration is read by its values, which must be text", where=enumeration.__name__
                )
            if term._value_ in by_value:
                raise InvalidValueError(
                    f"'{term._value_}' is a term of two enumerations of one union",
                    where=" | ".join(enumeration.__name__ for enumeration in union_members(kind)),
                    hint="each value must belong to one enumeration alone",
                )
            by_value[term._value_] = term
    return by_value


def json_types(declared: object) -> frozenset[type]:
    """The types of JSON data that a type is read from; unions choose by them.

    Examples:
        >>> json_types(date) == json_types(str) == {str}
        True
    """
    kind = bare(declared)
    if kind in _JSON:
        return _JSON[kind]
    if is_union(kind):
        return frozenset().union(*map(json_types, union_members(kind)))
    if is_literal(kind):
        return frozenset(map(type, get_args(kind)))
    if is_list(kind) or is_row(kind):
        return frozenset({list})
    if is_mapping(kind) or is_class(kind):
        return frozenset({dict})
    return frozenset({str}) if isinstance(kind, type) and issubclass(kind, Enum | str) else _ANY


def check_declared(declared: object, where: str = "", seen: set[object] | None = None) -> None:
    """Refuse a type that cannot be read strictly, or holds one that cannot.

    Args:
        declared: The type.
        where: The field that declares it, for messages.
        seen: What was looked at already.

    Raises:
        InvalidValueError: if it cannot.
    """
    kind, seen = bare(declared), set() if seen is None else seen
    if kind in seen or kind in _JSON:
        return
    seen.add(kind)
    inner = [argument for argument in get_args(kind) if argument is not Ellipsis]
    if is_union(kind):
        for member in union_members(kind):
            check_declared(member, where, seen)
        _check_union([member for member in union_members(kind) if member is not _NULL])
    elif is_literal(kind):
        if not all(type(value) in {str, int, bool, _NULL} for value in inner):
            raise InvalidValueError(
                "a Literal is read by text, whole numbers, true, false or null", where=where or None
            )
    elif is_list(kind) or is_row(kind) or is_mapping(kind):
        for member in inner:
            check_declared(member, where, seen)
        if is_mapping(kind) and (json_types(inner[0]) != {str} or is_private(inner[0])):
            raise _unreadable(kind, where, "the keys of a JSON object are text")
    elif is_class(kind):
        _check_class(kind, seen)
    elif is_enum(kind):
        terms(kind)
    elif not (isinstance(kind, type) and issubclass(kind, str)):
        raise _unreadable(kind, where, "declare what the field holds")


def _check_class(kind: type[Any], seen: set[object]) -> None:
    unknown = None
    try:
        attrs.resolve_types(kind)
    except NameError as error:
        unknown = error.name
    if unknown:
        raise InvalidValueError(
            f"'{unknown}' in the annotations is not known at run time",
            where=kind.__name__,
            hint="import it outside of TYPE_CHECKING and define the class at the top of its module",
        )
    for attribute in attrs.fields(kind):
        if attribute.init:
            where = f"{kind.__name__}.{attribute.name}"
            if attribute.type is None:
                raise InvalidValueError("a field without a type cannot be read", where=where, hint="annotate it")
            check_declared(attribute.type, where, seen)


def _check_union(members: list[Any]) -> None:
    classes = {member.__name__: member for member in members if is_class(member)}
    for member in members:
        if is_class(member) and classes[member.__name__] is not member:
            raise InvalidValueError(
                f"two classes of one union are called {member.__name__}", hint="a tag must name one class"
            )
        if is_class(member) and len(classes) > 1 and any(field.alias == TAG for field in attrs.fields(member)):
            raise InvalidValueError(
                f"{member.__name__} has a field '{TAG}', which is the key that names the class",
                hint="call the field otherwise",
            )
    claimed: set[type] = set()
    for member in alternatives(members):
        if is_union(member) and is_enum(union_members(member)[0]):
            terms(member)
        types = json_types(member)
        clash = (claimed & types) - ({int} if float in types else set())
        if clash:
            both = f"both are {NEEDED[clash.pop()]}"
            raise InvalidValueError("two members of a union look the same in JSON", value=both)
        claimed |= types


def _unreadable(kind: object, where: str, hint: str) -> InvalidValueError:
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    return InvalidValueError(f"values of type {name} cannot be read strictly", where=where or None, hint=hint)
