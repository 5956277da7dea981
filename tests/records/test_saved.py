"""A saved course is read whichever way it was saved, and what is asked for on reading counts."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.domain import ClosingReason, Occurrence, Relationship, RuptureSeverity, StageTask, events
from therarel.errors import InvalidValueError, OpeningError, ReadingError
from therarel.machine import Course, Machine, Policy
from therarel.records import CourseRecord

START = Relationship.between("C-014", "T-03")
THEN = datetime(2025, 3, 4, 10, tzinfo=UTC)
FIVE = Machine.standard().with_policy(Policy(client_misses_for_lost_contact=5))


def recorded(sessions: int = 2, machine: Machine | None = None) -> Course:
    """A course with some sessions and a judgement that was declined."""
    course = Course.begin("C-014", "T-03", machine=machine)
    for session in range(1, sessions + 1):
        course.record(events.SessionHeld(session=session), recorded_by="T-03")
    course.record(events.AdvanceRequested(session=sessions))
    return course


def as_document(course: Course) -> bytes:
    """The course as a document of one line."""
    return records.dumps(course).encode()


def as_indented(course: Course) -> bytes:
    """The course as a document of many lines, with empty ones before it."""
    return f"\n\n{records.dumps(course, indent=2)}\n".encode()


def as_log(course: Course) -> bytes:
    """The course as a log."""
    lines = io.StringIO()
    records.write_log(course.log, lines)
    return lines.getvalue().encode()


def as_events(course: Course) -> bytes:
    """The course as a log of mere events, after an empty line."""
    lines = io.StringIO()
    records.write_log([entry.event for entry in course.history], lines)
    return b"\n" + lines.getvalue().encode()


WAYS: list[tuple[Callable[[Course], bytes], Relationship | None]] = [
    (as_document, None),
    (as_indented, None),
    (as_log, START),
    (as_events, START),
]
ways = pytest.mark.parametrize(("saved", "start"), WAYS, ids=[way.__name__ for way, _ in WAYS])


@ways
@given(sessions=st.integers(0, 4))
def test_it_is_the_same_course_however_it_was_saved(
    saved: Callable[[Course], bytes], start: Relationship | None, sessions: int
) -> None:
    """From open files of bytes each way gives the course back, with what was declined."""
    course = recorded(sessions)
    again = records.read_course(io.BytesIO(saved(course)), start=start)
    assert again == course
    assert [entry.accepted for entry in again.history] == [True] * sessions + [False]


@ways
def test_a_file_gives_the_course_as_an_open_file_does(
    saved: Callable[[Course], bytes], start: Relationship | None, tmp_path: Path
) -> None:
    """A path may be text or a path."""
    path = tmp_path / "course"
    path.write_bytes(saved(recorded()))
    assert records.read_course(path, start=start) == records.read_course(str(path), start=start) == recorded()


@pytest.mark.parametrize(("saved", "start"), WAYS[2:], ids=["as_log", "as_events"])
def test_a_log_goes_on_under_the_machine_that_is_named(saved: Callable[[Course], bytes], start: Relationship) -> None:
    """Its policy decides from now on; ours does where none is named."""
    content = saved(recorded())
    assert records.read_course(io.BytesIO(content), start=start, machine=FIVE).machine.policy == FIVE.policy
    assert records.read_course(io.BytesIO(content), start=start).machine.policy == Policy()


def test_a_document_goes_on_under_its_own_thresholds_and_the_table_that_is_named() -> None:
    """The policy of a record is that of its course; the table is the one that is handed over."""
    other = Machine(attrs.evolve(Machine.standard().table, name="another school"))
    content = as_document(recorded(machine=FIVE))
    assert records.read_course(io.BytesIO(content)).machine.policy == FIVE.policy
    again = records.read_course(io.BytesIO(content), machine=other)
    assert (again.machine.table.name, again.machine.policy) == ("another school", FIVE.policy)


@pytest.mark.parametrize(
    ("content", "start", "said"),
    [
        (b"", None, "there is nothing in the file"),
        (b" \n\n", START, "there is nothing in the file"),
        (as_log(recorded()), None, "start: a log does not say whose course it is"),
        (as_document(recorded()), START, "start: a saved course says itself whose it is"),
        (records.dumps(Occurrence(session=1)).encode(), None, "another kind of document"),
        (b"[1, 2]", None, "an object is needed, got a list of 2"),
        (b"\n7\n", None, "an object is needed, got 7"),
        (b"[" * 5000, None, "nested more than 100 levels deep"),
        (b'{"schema": 3}\n{}', None, "the document ends here, but text follows"),
        (b"half a line", None, "line 1"),
    ],
)
def test_what_is_no_course_is_refused(content: bytes, start: Relationship | None, said: str) -> None:
    """The error says what there is, and what to do about it."""
    with pytest.raises((ReadingError, InvalidValueError), match=said):
        records.read_course(io.BytesIO(content), start=start)


def test_a_file_is_named_in_what_is_wrong_with_it(tmp_path: Path) -> None:
    """An empty file, one with a fault and one that there is not: each error has its name; an open file has none."""
    empty, broken = tmp_path / "empty.json", tmp_path / "broken.json"
    empty.write_text("")
    broken.write_text('{\n"schema": "therarel.course/5",\n"start": 3}')
    with pytest.raises(ReadingError, match=r"empty\.json: there is nothing"):
        records.read_course(empty)
    with pytest.raises(ReadingError, match=r"broken\.json:3"):
        records.read_course(broken)
    with pytest.raises(ReadingError, match=r"^there is nothing"):
        records.read_course(io.BytesIO(b""))
    with pytest.raises(OpeningError, match=r"none\.json"):
        records.read_course(tmp_path / "none.json")


def test_a_course_that_is_read_goes_on_with_the_clock_and_the_identifiers_that_are_named() -> None:
    """What is recorded afterwards has them; what was recorded keeps its own."""
    record = CourseRecord.of(recorded(1))
    again = record.course(clock=lambda: THEN, ids=lambda: "entry-of-mine")
    assert again.log == record.entries
    again.record(events.SessionHeld(session=2))
    assert (again.log[-1].id, again.log[-1].recorded_at) == ("entry-of-mine", THEN)
    assert {line.id for line in again.log[:-1]}.isdisjoint({"entry-of-mine", None})


def test_thresholds_of_before_are_known_again() -> None:
    """Entries that another policy decided keep its thresholds through the record, without being decided anew."""
    course = recorded(machine=FIVE)
    later = Course.resume(course.start, course.log, machine=Machine.standard(), earlier=[FIVE])
    later.record(events.Closed(ClosingReason.LOST_CONTACT, session=3))
    record = CourseRecord.of(later)
    assert record.earlier_policies == (FIVE.policy,)
    assert record.course().earlier_policies == (FIVE.policy,)
    other = Machine.standard().with_policy(Policy(client_misses_for_lost_contact=7))
    seven = Course.resume(START, recorded(machine=other).log)
    assert CourseRecord.of(seven).course(earlier=[other]).earlier_policies == (other.policy,)


@given(lacking=st.sets(st.sampled_from(["recorded_at", "provenance", "state"])), first=st.integers(0, 2))
def test_a_record_says_what_it_does_not_know(lacking: set[str], first: int) -> None:
    """For each thing that lines do not hold: how many lines lack it, and which is the first."""
    words = {
        "recorded_at": "who recorded it and when",
        "provenance": "what decided it",
        "state": "the state that it led to",
    }
    record = CourseRecord.of(recorded(2))
    without: dict[str, Any] = dict.fromkeys(lacking)
    lines = [line if place < first else attrs.evolve(line, **without) for place, line in enumerate(record.entries)]
    known = attrs.evolve(record, entries=tuple(lines))
    said = f"{3 - first} of 3 entries, the first is entry {first + 1}"
    assert known.not_known == tuple(f"{words[each]}: {said}" for each in words if each in lacking)


def test_a_record_of_corrections_says_what_they_do_not_know() -> None:
    """A correction that does not hold what it set aside counts, and no other line does."""
    course = recorded(1)
    course.retract(1)
    record = CourseRecord.of(course)
    assert record.not_known == ()
    lines = (*record.entries[:-1], attrs.evolve(record.entries[-1], set_aside=None))
    assert attrs.evolve(record, entries=lines).not_known == ("what it set aside: 1 of 3 entries, the first is entry 3",)


@pytest.mark.parametrize("name", ["start", "entries", "policy", "machine", "earlier_policies"])
@pytest.mark.parametrize("strange", [None, 3, [3], ("one", "two")])
def test_a_record_is_made_of_what_it_holds(name: str, strange: Any) -> None:
    """What is none of a record's parts is refused by name; lists are taken for what they hold."""
    record = CourseRecord.of(recorded())
    with pytest.raises(InvalidValueError, match=rf"^CourseRecord\.{name}: "):
        attrs.evolve(record, **{name: strange})
    listed: Any = list(record.entries)
    assert attrs.evolve(record, entries=listed) == record


def test_the_state_of_a_record_stands_for_that_of_its_last_line_alone() -> None:
    """Where lines hold no state, the record's shows whether reading led to the same one; a line's own comes first."""
    course = Course.begin("C-014", "T-03")
    course.record(events.StageTaskMet(StageTask.BUILDING_RAPPORT, session=1))
    course.record(events.RuptureNoticed(RuptureSeverity.MINOR, session=2))
    record = CourseRecord.of(course)
    bare = tuple(attrs.evolve(line, state=None) for line in record.entries)
    assert [line.state for line in attrs.evolve(record, entries=bare).course().log] == [None, record.state]
    elsewhere = attrs.evolve(record, entries=bare, state="2-0000000000000000")
    (otherwise,) = elsewhere.course().decided_otherwise()
    assert otherwise.leads_elsewhere
    assert attrs.evolve(record, state="2-0000000000000000").course().decided_otherwise() == ()
    assert attrs.evolve(record, entries=bare, state=None).course().decided_otherwise() == ()
