"""Single values as JSON documents."""

from __future__ import annotations

import os
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Final, TypeVar, overload

from therarel.discretion import discreet
from therarel.domain import ExportPurpose
from therarel.errors import (
    ConfidentialityError,
    InvalidValueError,
    MissingExtraError,
    ReadingError,
    TherarelError,
    as_whole,
    shown,
)
from therarel.files import opening_by_name, write_whole
from therarel.machine import Course, Entry, may_export
from therarel.reading import SCHEMA_KEY, ConfidentialHandling, described
from therarel.records.courses import CourseRecord, marked
from therarel.records.kinds import READER, Kind, kind_named, kind_of, kinds

if TYPE_CHECKING:
    from typing_extensions import TypeForm  # type checkers bring it; nothing of it is there at run time

T = TypeVar("T")
_MOST_NAMED: Final = 6


@discreet
def dumps(
    value: object,
    *,
    confidential: ConfidentialHandling | None = None,
    indent: int | None = None,
    purpose: ExportPurpose | None = None,
) -> str:
    """Write a value as a JSON document that names its kind and version.

    Args:
        value: Any public value of the domain; an entry, or a line of a log; or a course, which is written as its
            `CourseRecord`.
        confidential: ``"include"`` writes confidential text. ``"redact"`` writes ``"[redacted]"`` where a text stood,
            and says in the document that it did. Without a decision a value that holds confidential text is refused.
        indent: Spaces per level; ``None`` writes one line.
        purpose: What a course is passed on for; ``None`` is the own record, which is always written.

    Raises:
        ConfidentialityError: if the value holds confidential text and nobody decided; the path is named.
        ConfidentialityError: if the purpose needs a consent that was not given.
        InvalidValueError: if there is no kind of record for the value, or a purpose is named for anything but a course.

    Examples:
        >>> from therarel.domain import Occurrence
        >>> dumps(Occurrence(session=3))
        '{"schema": "therarel.occurrence/1", "session": 3}'
    """
    if purpose is not None:
        _require_consent(value, purpose)
    if isinstance(value, Course):
        value = CourseRecord.of(value)
    elif isinstance(value, Entry):
        value = value.line()
    if confidential == "redact":
        value = marked(value)
    kind = kind_of(value)
    if kind is None:
        raise InvalidValueError(
            "there is no kind of record for this",
            value=described(value),
            bound="a public value class of therarel.domain",
            hint="a series of entries or events is written with write_log",
        )
    indent = None if indent is None else as_whole(indent, where="indent")
    return READER.dumps(value, kind.holds, confidential=confidential, versions=kind.versions, indent=indent)


@discreet
def dump(
    value: object,
    path: str | os.PathLike[str],
    *,
    confidential: ConfidentialHandling | None = None,
    indent: int | None = 2,
    purpose: ExportPurpose | None = None,
) -> None:
    """Write a value to a file, whole or not at all; as `dumps` otherwise.

    A new file is for its owner alone (mode 0600); one that exists keeps its permissions.

    Args:
        value: Any public value of the domain.
        path: The file; one that exists is replaced, unless the value is refused.
        confidential: As for `dumps`.
        indent: As for `dumps`.
        purpose: As for `dumps`.

    Raises:
        WritingError: if the file cannot be written; what was there before is unchanged.
    """
    write_whole(path, dumps(value, confidential=confidential, indent=indent, purpose=purpose) + "\n")


def _require_consent(value: object, purpose: ExportPurpose) -> None:
    if not isinstance(value, Course):
        raise InvalidValueError(
            "a purpose is named for a course", where="purpose", value=described(value), bound="a Course"
        )
    failing = may_export(value.relationship, purpose, machine=value.machine).failing
    if failing is not None:
        raise ConfidentialityError(failing.sentence.rstrip("."), where="purpose", hint=failing.would_change)


@overload
def loads(text: str | bytes, expected: type[T], *, source: str | None = None) -> T: ...
@overload
def loads(text: str | bytes, expected: TypeForm[T], *, source: str | None = None) -> T: ...
@overload
def loads(text: str | bytes, expected: None = None, *, source: str | None = None) -> object: ...
@discreet
def loads(text: str | bytes, expected: object = None, *, source: str | None = None) -> object:
    """Read a value from a JSON document, whatever version it was written in.

    Args:
        text: The document.
        expected: The class that must come out, `Course` among them, or a union of classes such as ``Event``; ``None``
            takes what the document says it is.
        source: A name for the document in messages.

    Raises:
        ReadingError: with every problem of the document, each with its path and line.
        InvalidValueError: if the document holds something other than what was expected, or what is expected is
            not a class.

    Examples:
        >>> from therarel.domain import Occurrence
        >>> loads('{"schema": "therarel.occurrence/1", "session": 3}', Occurrence)
        Occurrence(session=3, on=None)
    """
    return _read(text, expected, source)


@overload
def load(path: str | os.PathLike[str], expected: type[T]) -> T: ...
@overload
def load(path: str | os.PathLike[str], expected: TypeForm[T]) -> T: ...
@overload
def load(path: str | os.PathLike[str], expected: None = None) -> object: ...
@discreet
def load(path: str | os.PathLike[str], expected: object = None) -> object:
    """Read a value from a file; as `loads` otherwise.

    Args:
        path: The file.
        expected: As for `loads`.

    Raises:
        OpeningError: if the file cannot be read; where there is none, a `FileNotFoundError` too.
        ReadingError: as for `loads`.
    """
    with opening_by_name(path):
        content = Path(path).read_bytes()
    return _read(content, expected, Path(path).name)


def _read(text: str | bytes, expected: object, source: str | None) -> object:
    if not isinstance(text, str | bytes | bytearray):
        raise InvalidValueError(
            "a document is text or bytes", where="loads", value=shown(text), hint="load(path) reads a file"
        )
    if not isinstance(expected, type | UnionType | None):
        raise InvalidValueError(
            "what must come out is named by a class",
            where="expected",
            value=shown(expected),
            bound="a class or a union of classes",
        )
    kind = _kind_in(text, expected, source)
    value = READER.loads(text, kind.holds, versions=kind.versions, source=source)
    if expected is Course and isinstance(value, CourseRecord):
        value = value.course()
    if expected is not None and not isinstance(value, expected):
        raise InvalidValueError(
            "the record holds another kind of value",
            where=source,
            value=type(value).__name__,
            bound=_named(expected),
        )
    return value


def _named(expected: type | UnionType) -> str:
    """The class, or the classes of a union, in words."""
    if not isinstance(expected, UnionType):
        return expected.__name__
    names = [each.__name__ for each in expected.__args__]
    return ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")


def _kind_in(text: str | bytes, expected: type | UnionType | None, source: str | None) -> Kind:
    """The kind that a document names; malformed text and a missing stamp are problems of the document."""
    if expected is Course:
        expected = CourseRecord
    if expected is not None:
        for kind in kinds().values():
            if kind.holds is expected:
                return kind
    document = READER.peek(text, source=source)
    try:
        return kind_named(document.get(SCHEMA_KEY) if isinstance(document, dict) else document)
    except MissingExtraError:
        raise  # nothing is wrong with the document
    except TherarelError as problem:
        raise ReadingError("the document could not be read, 1 problem", [problem], where=source) from None
