"""The JSON Schema of each kind accepts what reading accepts and refuses typical faults."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from therarel import records
from therarel.domain import Occurrence, events
from therarel.errors import TherarelError
from therarel.machine import Course
from therarel.testing import PUBLIC_CLASSES, strategy_for

KINDS = sorted(records.kinds())


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_of_a_kind_is_a_valid_schema(kind: str) -> None:
    """Every exported schema is a schema of draft 2020-12."""
    Draft202012Validator.check_schema(records.json_schema(kind))


@pytest.mark.parametrize("cls", PUBLIC_CLASSES, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_what_is_written_validates_and_damage_does_not(cls: type[Any], data: st.DataObject) -> None:
    """A written document validates; without its stamp, with an unknown key or a wrong tag it does not."""
    value = data.draw(strategy_for(cls))
    kind = records.kind_of(value)
    assert kind is not None
    validator = Draft202012Validator(records.json_schema(kind.name))
    document = json.loads(records.dumps(value, confidential="include"))
    validator.validate(document)
    assert not validator.is_valid({**document, "schema": "therarel.other/1"})
    assert not validator.is_valid({**document, "unknown_key": 1})
    assert not validator.is_valid({key: each for key, each in document.items() if key != "schema"})
    if "type" in document:
        assert not validator.is_valid({**document, "type": "Nothing"})


@pytest.mark.parametrize("key", ["breach_id", "of"])
@given(code=st.text("aB9._:- ", min_size=1, max_size=70) | st.text(min_size=1))
def test_the_code_of_a_breach_has_the_same_form_in_schema_and_reading(key: str, code: str) -> None:
    """Words about what happened are refused where a breach is named, by the schema as by reading."""
    kinds: dict[str, dict[str, Any]] = {
        "breach_id": {"type": "BreachReported", "kind": "contact", "severity": "crossing"},
        "of": {"type": "BreachAddressed", "client_informed": True},
    }
    document = {"schema": "therarel.event/3", **kinds[key], key: code}
    validator = Draft202012Validator(records.json_schema("event"))
    try:
        records.loads(json.dumps(document))
    except TherarelError:
        assert not validator.is_valid(document) or code.endswith("\n")
    else:
        assert validator.is_valid(document)


def respelt(document: Any, data: st.DataObject) -> Any:
    """The same document as another program writes it: keys in another order, numbers with or without a fraction."""
    if isinstance(document, dict):
        return {key: respelt(document[key], data) for key in data.draw(st.permutations(list(document)))}
    if isinstance(document, list):
        return [respelt(each, data) for each in document]
    if type(document) in {int, float} and data.draw(st.booleans()):
        if type(document) is int:
            return float(document) if abs(document) <= 2**53 else document
        return int(document) if document.is_integer() else document
    return document


@pytest.mark.parametrize("cls", PUBLIC_CLASSES, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_numbers_may_be_spelt_as_other_programs_spell_them(cls: type[Any], data: st.DataObject) -> None:
    """A document with 1.0 for 1 and 1 for 1.0 fits the schema and reads as the value it was written from."""
    value = data.draw(strategy_for(cls))
    kind = records.kind_of(value)
    assert kind is not None
    document = respelt(json.loads(records.dumps(value, confidential="include")), data)
    Draft202012Validator(records.json_schema(kind.name)).validate(document)
    assert records.loads(json.dumps(document)) == value


@given(number=st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_schema_and_reader_agree_on_every_number(number: float) -> None:
    """Whatever number stands where a session is counted, both take it or both refuse it."""
    document = {"schema": "therarel.occurrence/1", "session": number}
    fits = Draft202012Validator(records.json_schema("occurrence")).is_valid(document)
    try:
        read = records.loads(json.dumps(document), Occurrence)
    except TherarelError:
        assert not fits
    else:
        assert fits
        assert type(read.session) is int
        assert math.isclose(read.session, number, rel_tol=0, abs_tol=0)


@pytest.mark.parametrize("cls", PUBLIC_CLASSES, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_a_record_of_an_earlier_version_fits_where_it_has_the_form_of_the_current_one(
    cls: type[Any], data: st.DataObject
) -> None:
    """Whatever version a document of this form names, schema and reader both take it; a later one neither."""
    value = data.draw(strategy_for(cls))
    kind = records.kind_of(value)
    assert kind is not None
    validator = Draft202012Validator(records.json_schema(kind.name))
    document = json.loads(records.dumps(value, confidential="include"))
    for version in range(1, kind.versions.current + 2):
        earlier = {**document, "schema": f"therarel.{kind.name}/{version}"}
        try:
            records.loads(json.dumps(earlier))
        except TherarelError:
            assert version > kind.versions.current
            assert not validator.is_valid(earlier)
        else:
            assert validator.is_valid(earlier)


def test_a_course_of_an_earlier_version_fits_where_it_has_the_form_of_the_current_one() -> None:
    """A course that names an earlier version is the same to schema and reader, but for what was not kept then."""
    course = Course.begin("C-014", "T-03")
    for event in (events.SessionHeld(session=1), events.SafetyConcernRaised(session=2), events.AdvanceRequested()):
        course.record(event)
    kind = records.kinds()["course"]
    document = json.loads(records.dumps(course))
    for version in range(1, kind.versions.current + 1):
        earlier = {**document, "schema": f"therarel.course/{version}"}
        Draft202012Validator(records.json_schema("course")).validate(earlier)
        read = records.loads(json.dumps(earlier), Course)
        assert isinstance(read, Course)
        assert [entry.event for entry in read.history] == [entry.event for entry in course.history]
        # before version 4 a course kept no agreements, and says so
        assert (read == course) == (version >= 4), version
