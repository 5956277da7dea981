"""Courses go out with their history and come back as the same course, under whatever decides then."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreed import begin

from therarel import records
from therarel.confidential import Confidential
from therarel.domain import (
    BreachKind,
    BreachSeverity,
    Relationship,
    RuptureSeverity,
    Stage,
    StageTask,
    events,
    tasks_of,
)
from therarel.domain.events import BreachAddressed, BreachReported, EntryCorrected, SessionHeld
from therarel.errors import ConfidentialityError, InvalidValueError, ReadingError, UnknownNameError
from therarel.machine import Course, Machine, Policy, Recorded, Requirement, replay, state_digest
from therarel.records import CourseRecord
from therarel.testing import corrections, strategy_for
from therarel.testing import events as any_events

MASK = Confidential("[redacted]")
TABLE = Machine.standard().table
OTHER = Machine(
    attrs.evolve(
        TABLE,
        name="another school",
        transitions=tuple(attrs.evolve(row, guards=()) if row.id == "S1" else row for row in TABLE.transitions),
    )
)


def masked(value: Any) -> Any:
    """A value with every confidential text replaced, taken apart and put together by hand."""
    if isinstance(value, Confidential):
        return MASK
    if isinstance(value, tuple):
        return tuple(map(masked, value))
    if isinstance(value, frozenset):
        return frozenset(map(masked, value))
    if not attrs.has(type(value)):
        return value
    return attrs.evolve(
        value, **{field.name: masked(getattr(value, field.name)) for field in attrs.fields(type(value))}
    )


# Judgements and facts of every class that bear on each other, corrections of entries that are likely there among them.
NEAR = st.one_of(
    st.sampled_from(tasks_of(Stage.INITIAL_FORMATION)).map(lambda task: events.StageTaskMet(task, session=1)),
    st.builds(events.AdvanceRequested, session=st.none() | st.integers(1, 4), note=st.none() | st.just("ready")),
    st.builds(BreachReported, st.just(BreachKind.CONTACT), st.sampled_from(BreachSeverity), session=st.integers(1, 4)),
    st.builds(events.SupervisionHeld, focus=st.none() | st.just("the message"), session=st.integers(2, 5)),
    st.builds(
        BreachAddressed, st.sampled_from(["breach-1", "breach-2"]), st.just(False), st.none() | st.just("absent")
    ),
    st.builds(events.SafetyConcernRaised, session=st.integers(1, 4)),
)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """A course on which anything was recorded, retracted and corrected."""
    course = begin(
        "C-014",
        "T-03",
        machine=Machine.standard().with_policy(
            Policy(strain_eased_before_working_phase=draw(st.sampled_from(Requirement)))
        ),
    )
    for event in draw(st.lists(any_events() | corrections() | NEAR | NEAR, max_size=12)):
        by = draw(st.none() | st.just("T-03"))
        try:
            course.record(event, recorded_by=by)
        except (UnknownNameError, InvalidValueError):
            continue  # a correction of an entry that there is not, or a review that names no concern
        numbers = [entry.number for entry in course.history if entry.corrects is None]
        act = draw(st.sampled_from(["go on", "go on", "retract", "correct"]))
        if act == "retract":
            course.retract(draw(st.sampled_from(numbers)), draw(st.none() | st.just("wrong course")))
        elif act == "correct":
            course.correct(draw(st.sampled_from(numbers)), draw(NEAR))
    return course


def alike(one: Course, other: Course) -> None:
    """One course is the other: its lines, its state, its names, at every moment."""
    assert one == other
    assert one.log == other.log
    assert one.relationship == other.relationship
    assert one.machine.policy == other.machine.policy
    assert [entry.decision.relationship for entry in one.history] == [e.decision.relationship for e in other.history]
    assert [entry.name for entry in one.history] == [entry.name for entry in other.history]
    assert [entry.corrected_by for entry in one.history] == [entry.corrected_by for entry in other.history]
    assert one.replay() == other.replay()
    assert one.at(2) == other.at(2)
    assert one.hindsight() == other.hindsight()


@given(courses())
def test_saved_and_read_it_is_the_same_course(course: Course) -> None:
    """State, history, verdicts, names and envelopes survive the round trip, and so do branches and replays of it."""
    again = records.loads(records.dumps(course, confidential="include"), Course)
    alike(again, course)
    alike(again.branch(), course)
    assert replay(again.start, again.history, machine=again.machine) == course.replay()
    assert again.decided_otherwise() == ()
    for count in range(len(course.history) + 1):
        assert again.branch(recorded=count).relationship == course.at(recorded=count)
    document = json.loads(records.dumps(course, confidential="include"))
    under_another = records.loads(json.dumps(document), CourseRecord).course(OTHER)
    assert under_another.relationship == course.relationship
    assert under_another.log == course.log


@given(courses())
def test_redacted_it_is_the_same_course_with_its_texts_masked(course: Course) -> None:
    """The state of the redacted round trip is the state with texts masked, and every digest is as it was."""
    redacted = records.loads(records.dumps(course, confidential="redact"), Course)
    assert redacted.relationship == masked(course.relationship)
    assert [entry.event for entry in redacted.history] == [masked(entry.event) for entry in course.history]
    assert [entry.accepted for entry in redacted.history] == [entry.accepted for entry in course.history]
    assert [entry.name for entry in redacted.history] == [entry.name for entry in course.history]
    assert [line.state for line in redacted.log] == [line.state for line in course.log]
    assert [line.id for line in redacted.log] == [line.id for line in course.log]
    assert state_digest(redacted.relationship) == state_digest(course.relationship)
    assert [e.decision.accepted for e in redacted.replay().entries] == [
        e.decision.accepted for e in course.replay().entries
    ]
    assert redacted.decided_otherwise() == ()
    hidden = [entry.event != masked(entry.event) for entry in course.history]
    assert [entry.redacted for entry in redacted.history] == hidden
    record = records.loads(records.dumps(course, confidential="redact"), CourseRecord)
    assert record.redacted is any(hidden)
    once_more = records.loads(records.dumps(redacted, confidential="redact"), Course)
    alike(once_more, redacted)


@given(courses(), courses())
def test_what_is_read_goes_on_as_the_course_does(course: Course, other: Course) -> None:
    """Whatever is recorded or corrected afterwards is decided and named as on the course itself."""
    again = records.loads(records.dumps(course, confidential="include"), Course)
    for entry in other.history:
        for each in (course, again):
            try:
                each.record(entry.event)
            except UnknownNameError:
                continue
    assert again == course
    assert again.relationship == course.relationship
    assert again.replay() == course.replay()


def test_a_text_that_a_guard_asks_for_is_still_there_once_it_is_redacted() -> None:
    """A breach that was addressed with a reason is addressed in the redacted course, and the document says what it is."""
    course = begin("C-014", "T-03")
    course.record(BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, session=1))
    course.record(events.SupervisionHeld(session=2))
    assert course.record(BreachAddressed("breach-1", False, "the client asked not to be told", session=3))
    text = records.dumps(course, confidential="redact")
    assert "asked" not in text
    assert json.loads(text)["redacted"] is True
    redacted = records.loads(text, Course)
    assert redacted.relationship == course.relationship
    assert not redacted.relationship.has_open_breach
    redacted.retract(2)
    course.retract(2)
    assert redacted.relationship == course.relationship


@pytest.mark.parametrize("cls", [SessionHeld, EntryCorrected, Relationship])
@given(data=st.data())
def test_a_document_says_whether_it_is_redacted(cls: type[Any], data: st.DataObject) -> None:
    """Only where a text was masked; and a document that says so in another way than with true is refused."""
    value = data.draw(strategy_for(cls))
    written = json.loads(records.dumps(value, confidential="redact"))
    assert written.get("redacted", False) is (value != masked(value))
    assert records.loads(json.dumps(written)) == masked(value)
    with pytest.raises(ReadingError, match=r"\$\.redacted"):
        records.loads(json.dumps({**written, "redacted": "yes"}))


def test_a_course_of_another_table_needs_that_table_or_a_choice() -> None:
    """Without a word another table does not go on where one stopped; handed over, it decides what comes."""
    course = begin("C-014", "T-03", machine=OTHER)
    assert course.record(events.AdvanceRequested(session=1))
    text = records.dumps(course)
    with pytest.raises(InvalidValueError, match="another table"):
        records.loads(text, Course)
    record = records.loads(text, CourseRecord)
    alike(record.course(OTHER), course)
    here = record.course(Machine.standard())
    assert here.relationship == course.relationship
    assert [str(each) for each in here.decided_otherwise()] == [
        "entry 1, advance requested: accepted when recorded, would be declined today"
    ]
    assert here.machine is Machine.standard()


def test_every_policy_that_decided_an_entry_is_kept() -> None:
    """What an effect read from a policy of before is applied again, also once another policy decides."""
    keeps = Policy(major_rupture_reopens_trust=False)
    course = begin("C-014", "T-03", machine=Machine.standard().with_policy(keeps))
    for task in tasks_of(Stage.INITIAL_FORMATION):
        course.record(events.StageTaskMet(task))
    course.record(events.RuptureNoticed(RuptureSeverity.MAJOR))
    assert StageTask.ESTABLISHING_TRUST in course.relationship.tasks_met
    moved = Course.resume(course.start, course.log, earlier=[Machine.standard().with_policy(keeps)])
    moved.record(SessionHeld(session=9))
    assert CourseRecord.of(moved).earlier_policies == (keeps,)
    again = records.loads(records.dumps(moved), Course)
    alike(again, moved)
    assert StageTask.ESTABLISHING_TRUST in again.relationship.tasks_met
    assert again.machine.policy == Policy()


def test_an_older_record_is_told_where_it_leads_elsewhere() -> None:
    """Lines of before say no state; the record that was written since tells whether they still lead where they led."""
    course = Course.resume(begin("C-014", "T-03").start, [Recorded(events.StrainNoticed(), True)])
    record = CourseRecord.of(course)
    assert record.entries[0].state is None
    assert record.course().decided_otherwise() == ()
    elsewhere = attrs.evolve(record, state="2-0000000000000000").course()
    assert [each.leads_elsewhere for each in elsewhere.decided_otherwise()] == [True]
    unknown = attrs.evolve(record, state="0-0000000000000000").course()
    assert unknown.decided_otherwise() == ()


def test_the_confidential_texts_of_a_course_need_a_decision() -> None:
    """The path of the first confidential text is named; redacted, the course has the same state."""
    course = begin("C-014", "T-03")
    course.record(SessionHeld(session=1, note="came late"))
    with pytest.raises(ConfidentialityError, match=r"entries\[0\]\.event\.note"):
        records.dumps(course)


def test_an_entry_is_a_record_of_its_own() -> None:
    """An entry of a history and its line in the log are written as one kind, and read as the line."""
    course = begin("C-014", "T-03")
    course.record(SessionHeld(session=1), recorded_by="T-03")
    text = records.dumps(course.history[0])
    assert text == records.dumps(course.log[0])
    assert records.loads(text, Recorded) == course.log[0]
    assert json.loads(text)["schema"] == "therarel.entry/2"
    assert records.json_schema("entry")["properties"]["recorded_at"]  # type: ignore[index]
