"""What is wrong with a value: the errors that cattrs collected, as problems with paths.

cattrs stops at a class whose fields cannot all be read. Here the rules of the others are tried too, so that a field of
the wrong kind does not hide what is wrong with its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
from attrs import NOTHING, Attribute
from cattrs.errors import ClassValidationError, IterableValidationError

from therarel.errors import ReadingError, TherarelError, hint_for
from therarel.reading.declared import TAG, is_private
from therarel.reading.problems import Problem, summary, unknown_key
from therarel.reading.refusals import kind_of, refusal, rule_refusal

if TYPE_CHECKING:
    from cattrs import Converter

_MOST_STRANGERS: Final = 100
"""Largest number of unknown keys of one object that are listed; the others are counted."""

# Type checkers read both as functions and do not know their parts.
_FACTORY: Final[Any] = attrs.Factory
_CONVERTER: Final[Any] = attrs.Converter


def problems_in(error: Exception, value: Any, *path: str | int, hide: bool = False) -> list[Problem]:
    """The problems of a value that an error describes, without anything attached to the error.

    Args:
        error: What reading the value raised.
        value: The value.
        *path: Keys and positions from the document to the value.
        hide: Whether the value may be confidential.

    Raises:
        RecursionError: if the value was nested too deep to be read.
    """
    if isinstance(error, RecursionError):
        raise error
    problems: list[Problem]
    if isinstance(error, IterableValidationError):
        noted, _ = error.group_exceptions()
        problems = [
            problem for inner, note in noted for problem in problems_in(inner, value[note.index], note.index, hide=hide)
        ]
    elif isinstance(error, Problem):
        problems = [error]
    elif isinstance(error, ReadingError):
        problems = [problem for problem in error.problems if isinstance(problem, Problem)]
    else:
        problems = [rule_refusal(error, value, hide=hide)]
    return [problem.but(path=(*path, *problem.path)) for problem in problems]


def explaining(kind: type[Any], converter: Converter, make: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The hook that reads an object of a class, or raises everything that is wrong with it.

    Args:
        kind: The class.
        converter: The explaining converter.
        make: What cattrs generated for the class.
    """

    def read(value: object, _: object) -> object:
        if type(value) is not dict:
            raise refusal(f"an object ({kind.__name__}) is needed", value)
        problems = list(_wrong_keys(kind, value))
        instance = None
        try:
            instance = make(value, kind)
        except ClassValidationError as error:
            problems += _refused_fields(error, kind, value, converter)
        if problems:
            raise summary(problems)
        return instance

    return read


def _fields(kind: type[Any]) -> list[Attribute[Any]]:
    return [field for field in attrs.fields(kind) if field.init]


def _wrong_keys(kind: type[Any], value: dict[Any, object]) -> Iterator[Problem]:
    keys = [str(field.alias) for field in _fields(kind)]
    strangers = 0
    for key in value:
        if key == TAG and TAG not in keys:
            if value[key] != kind.__name__:
                yield refusal("another class is named", value[key], choices=[kind.__name__]).but(path=(TAG,))
        elif key not in keys:
            strangers += 1
            if strangers > _MOST_STRANGERS:
                continue
            hint = hint_for(key, keys) if keys else "there are no keys here"
            name = unknown_key(key, keys) if isinstance(key, str) else kind_of(key)
            yield Problem("unknown key", path=(name,), hint=hint, at_key=True)
    if strangers > _MOST_STRANGERS:
        yield Problem(f"and {strangers - _MOST_STRANGERS:,} more unknown keys")


def _refused_fields(
    error: ClassValidationError, kind: type[Any], value: dict[str, Any], converter: Converter
) -> Iterator[Problem]:
    noted, others = error.group_exceptions()
    failed = {note.name: inner for inner, note in noted}
    for field in _fields(kind):
        key = str(field.alias)
        if field.name in failed and key not in value:
            yield Problem("required, but missing", path=(key,), at_key=True)
        elif field.name in failed:
            yield from problems_in(failed[field.name], value[key], key, hide=is_private(field.type))
    broken = list(_broken_rules(kind, value, failed, converter))
    yield from broken
    if not failed and not broken:
        yield _refused_as_a_whole(others[0], kind, value)


def _broken_rules(
    kind: type[Any], value: dict[str, Any], failed: dict[str, Exception], converter: Converter
) -> Iterator[Problem]:
    """What each field's own converter and validator refuse, so that all of it is reported at once."""
    draft = object.__new__(kind)
    converted = []
    for field in _fields(kind):
        key, declared = str(field.alias), cast("type[Any]", field.type)
        if field.name in failed:
            continue
        try:
            given = converter.structure(value[key], declared) if key in value else _default(field, draft)
            content = _converted(field, draft, given)
        except AttributeError:
            continue  # it looks at a field that could not be read
        except (TypeError, ValueError) as error:
            yield _rule_of(field, error, value)
            continue
        object.__setattr__(draft, field.name, content)
        converted.append(field)
    for field in converted:
        try:
            if field.validator is not None:
                field.validator(draft, field, getattr(draft, field.name))
        except AttributeError:
            continue  # as above
        except (TypeError, ValueError) as error:
            yield _rule_of(field, error, value)


def _rule_of(field: Attribute[Any], error: Exception, value: dict[str, Any]) -> Problem:
    key = str(field.alias)
    return rule_refusal(error, value.get(key), hide=is_private(field.type)).but(path=(key,))


def _default(field: Attribute[Any], draft: object) -> object:
    default: Any = field.default
    if isinstance(default, _FACTORY):
        return default.factory(draft) if default.takes_self else default.factory()
    assert default is not NOTHING  # a field that is required and missing has failed
    return default


def _converted(field: Attribute[Any], draft: object, value: object) -> object:
    converter: Any = field.converter
    if isinstance(converter, _CONVERTER):
        extra = [draft] * converter.takes_self + [field] * converter.takes_field
        converted: object = converter.converter(value, *extra)
        return converted
    return value if converter is None else converter(value)


def _refused_as_a_whole(error: Exception, kind: type[Any], value: dict[str, Any]) -> Problem:
    """What the class refused as a whole; where it names one of its fields, at that field."""
    where = error.where if isinstance(error, TherarelError) else None
    owner, _, name = (where or "").rpartition(".")
    for field in _fields(kind):
        if name == field.name and (not owner or owner in {ancestor.__name__ for ancestor in kind.__mro__}):
            return _rule_of(field, error, value)
    return rule_refusal(error, value, hide=any(is_private(field.type) for field in _fields(kind)), of="class")
