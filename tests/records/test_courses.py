"""Courses go out with their history and come back as the same course."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.domain.events import Correction, Event, SessionHeld
from therarel.errors import ConfidentialityError, InvalidValueError, UnknownNameError
from therarel.machine import Course, Policy
from therarel.records import CourseRecord
from therarel.testing import corrections, events


@given(st.lists(events() | corrections(), max_size=10), st.booleans())
def test_state_and_history_survive_the_round_trip(recorded: list[Event | Correction], strict: bool) -> None:
    """A course read from its record has the same relationship, the same entries and the same verdicts."""
    course = Course.begin("C-014", "T-03", policy=Policy(strain_blocks_formation_advance=strict))
    for event in recorded:
        try:
            course.record(event)
        except UnknownNameError:
            continue  # a correction of an entry that there is not
    again = records.loads(records.dumps(course, confidential="include"), Course)
    assert again == course
    assert again.relationship == course.relationship
    assert [entry.accepted for entry in again.history] == [entry.accepted for entry in course.history]
    assert again.policy == course.policy


def test_a_course_of_another_table_is_refused() -> None:
    """A record names the table that decided, and another table does not take it over in silence."""
    document = json.loads(records.dumps(Course.begin("C-014", "T-03")))
    document["machine"] = "another school"
    with pytest.raises(InvalidValueError, match="another table"):
        records.loads(json.dumps(document), Course)


def test_the_confidential_texts_of_a_course_need_a_decision() -> None:
    """The path of the first confidential text is named; redacted, the course has the same state."""
    course = Course.begin("C-014", "T-03")
    course.record(SessionHeld(session=1, note="came late"))
    with pytest.raises(ConfidentialityError, match=r"entries\[0\]\.event\.note"):
        records.dumps(course)
    redacted = records.loads(records.dumps(course, confidential="redact"), CourseRecord).course()
    assert redacted.relationship == course.relationship
