"""Versions: a chain of pure steps without gaps, and clear words where there is no way."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from therarel.errors import InvalidValueError, ReadingError
from therarel.reading import Reader, Upcasting


@frozen
class Course:
    """A document, as it is today."""

    client: str
    sessions: int = 0


VERSIONS = Upcasting("course", current=3)
READER = Reader()


@VERSIONS.step(1)
def _(document: dict[str, Any]) -> dict[str, Any]:
    document["client"] = document.pop("case")
    return document


@VERSIONS.step(2)
def _(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "sessions": len(document["sessions"])}


def refused(document: object) -> str:
    """What a document is refused for."""
    with pytest.raises(ReadingError) as caught:
        READER.structure(document, Course, versions=VERSIONS)
    return caught.value.problems[0].render()


@given(st.text(max_size=5), st.lists(st.integers(), max_size=3))
def test_every_version_leads_to_the_current_one(client: str, sessions: list[int]) -> None:
    """A document reads the same from every version it was ever written in, and is itself left alone."""
    course = Course(client, len(sessions))
    for document in (
        {"schema": "therarel.course/1", "case": client, "sessions": sessions},
        {"schema": "therarel.course/2", "client": client, "sessions": sessions},
        {"schema": "therarel.course/3", "client": client, "sessions": len(sessions)},
    ):
        before = copy.deepcopy(document)
        assert READER.structure(document, Course, versions=VERSIONS) == course
        assert document == before


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers())
def test_what_is_written_carries_the_current_version(client: str, sessions: int) -> None:
    """Writing stamps the document, the stamp fits the schema, and reading takes it off again."""
    course = Course(client, sessions)
    data = READER.unstructure(course, versions=VERSIONS)
    assert isinstance(data, dict)
    assert next(iter(data.items())) == ("schema", "therarel.course/3")
    validator = Draft202012Validator(READER.schema(Course, versions=VERSIONS))
    validator.validate(data)
    assert not validator.is_valid({**data, "schema": "therarel.course/2"})
    text = READER.dumps(course, versions=VERSIONS)
    assert READER.loads(text, Course, versions=VERSIONS) == course
    (line,) = READER.read_json_lines(text, Course, versions=VERSIONS)
    assert line == course


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"client": "C-1"}, "$.schema: required, but missing (expected 'therarel.course/3')"),
        ({"schema": 3, "client": "C-1"}, "$.schema: another kind of document, got 3"),
        ({"schema": "therarel.vignette/1"}, "$.schema: another kind of document, got 'therarel.vignette/1'"),
        ({"schema": "therarel.course/4"}, "$.schema: the document is newer than this library"),
        ({"schema": "therarel.course/0"}, "$.schema: another kind of document"),
        ({"schema": "therarel.course/1"}, "$: the document could not be brought from version 1 to 2"),
        ({"schema": "therarel.course/3"}, "$.client: required, but missing"),
        ([], "$: an object is needed, got a list of 0"),
    ],
)
def test_what_cannot_be_read_is_said(document: object, expected: str) -> None:
    """No version, another kind, a newer version and an incomplete old one are told apart."""
    assert refused(document).startswith(expected)


def test_gaps_doubles_and_steps_beyond_are_refused() -> None:
    """A chain is checked: every step once, none missing, none beyond the current version."""
    chain = Upcasting("course", current=4)
    chain.step(2)(lambda document: document)
    with pytest.raises(InvalidValueError, match="gaps: 1 to 2, 3 to 4"):
        chain.check()
    with pytest.raises(InvalidValueError, match="there already"):
        chain.step(2)
    for beyond in (0, 4, True):
        with pytest.raises(InvalidValueError, match="no such step"):
            chain.step(beyond)
    VERSIONS.check()
    Upcasting("course", current=1).check()


@pytest.mark.parametrize(("kind", "current"), [("Course", 1), ("", 1), ("course", 0), ("course", True)])
def test_a_kind_is_a_word_and_versions_count_from_one(kind: str, current: int) -> None:
    """What could not stand in a stamp is refused when the chain is made."""
    with pytest.raises(InvalidValueError):
        Upcasting(kind, current)


def test_every_member_of_a_union_carries_the_version() -> None:
    """The schema of a union of classes asks each of them for its tag and for the stamp of the document."""

    @frozen
    class Held:
        session: int

    union, versions = Course | Held, Upcasting("entry", current=1)
    reader = Reader(unions=[union])
    validator = Draft202012Validator(reader.schema(union, versions=versions))
    for value in (Course("C-1"), Held(3)):
        data: Any = reader.unstructure(value, versions=versions)
        validator.validate(data)
        assert reader.structure(data, union, versions=versions) == value
        for key in ("schema", "type"):
            assert not validator.is_valid({name: each for name, each in data.items() if name != key})
    with pytest.raises(InvalidValueError):
        reader.schema(union | None, versions=versions)


def test_only_an_object_of_a_class_carries_a_version() -> None:
    """A list or a number has no place for a stamp."""
    with pytest.raises(InvalidValueError):
        READER.unstructure([1], list[int], versions=VERSIONS)
    with pytest.raises(InvalidValueError):
        READER.schema(list[int], versions=VERSIONS)
