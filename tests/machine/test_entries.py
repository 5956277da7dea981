"""The envelope of an entry: who recorded it, when, what decided it, and what corrected it."""

from __future__ import annotations

import copy
import itertools
import pickle
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import attrs
import pytest

from therarel.confidential import Pseudonym
from therarel.domain import events
from therarel.errors import InvalidValueError
from therarel.machine import Course, Machine, Policy, Recorded, uuid7
from therarel.machine.identifiers import uuid7_at

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def ticking() -> datetime:
    """A clock that stands still, in a time zone of its own."""
    return NOON.astimezone(timezone(timedelta(hours=5)))


def test_an_entry_says_who_recorded_it_and_when() -> None:
    """Clock, identifiers and the pseudonym of whoever records are kept; moments are in UTC."""
    numbers = itertools.count(1)
    course = Course.begin("C-1", "T-1", clock=ticking, ids=lambda: f"entry-{next(numbers)}")
    course.record(events.SessionHeld(session=1), recorded_by="T-1")
    course.correct(1, events.SessionHeld(session=2), recorded_by="S-01")
    course.retract(1)
    assert [entry.id for entry in course.history] == ["entry-1", "entry-2", "entry-3"]
    assert [entry.recorded_by for entry in course.history] == [Pseudonym("T-1"), Pseudonym("S-01"), None]
    assert {entry.recorded_at for entry in course.history} == {NOON}
    assert course.history[0].recorded_at is not None
    assert course.history[0].recorded_at.tzinfo is UTC
    assert [entry.corrects for entry in course.history] == [None, 1, 1]
    assert [entry.corrected_by for entry in course.history] == [(2, 3), (), ()]
    assert [entry.redacted for entry in course.history] == [False] * 3


def test_a_course_continued_from_its_log_asks_for_an_identifier_where_one_is_needed() -> None:
    """Lines that say what was decided keep their identifiers; only what is recorded now takes a new one."""
    numbers = itertools.count(1)
    first = Course.begin("C-1", "T-1", ids=lambda: f"entry-{next(numbers)}")
    first.record(events.SessionHeld(session=1))
    start = first.start
    course = Course.resume(start, [*first.log, events.SessionHeld(session=2)], ids=lambda: f"entry-{next(numbers)}")
    assert [entry.id for entry in course.history] == ["entry-1", "entry-2"]


def test_without_a_clock_the_computer_gives_the_time_and_identifiers_sort_by_it() -> None:
    """Identifiers are UUIDs of version 7, unique, in the order of recording; moments lie between before and after."""
    before = datetime.now(UTC) - timedelta(microseconds=1)
    course = Course.begin("C-1", "T-1")
    for session in range(50):
        course.record(events.SessionHeld(session=session))
    made = [uuid.UUID(entry.id) for entry in course.history]
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}
    assert len(set(made)) == 50
    assert made == sorted(made)
    moments = [entry.recorded_at for entry in course.history if entry.recorded_at is not None]
    assert before <= moments[0] <= moments[-1] <= datetime.now(UTC)
    assert moments == sorted(moments)
    for each, moment in zip(made, moments, strict=True):
        assert each.int >> 80 == int(moment.timestamp() * 1000)


def test_an_identifier_is_laid_out_as_the_standard_says() -> None:
    """The moment of the example of RFC 9562, its version and its variant stand where they belong."""
    made = uuid.UUID(uuid7_at(0x017F22E279B0 * 10**6 + 798_583, 0x18C4DC0C0C07398F))
    assert str(made) == "017f22e2-79b0-7cc6-98c4-dc0c0c07398f"
    assert uuid.UUID(uuid7()).version == 7
    assert uuid.UUID(uuid7_at(999_999, 0)).hex[12:16] == "7fff"


FORKED = """
import multiprocessing
from therarel.machine.identifiers import new_bits

def bits(_):
    return new_bits()

if __name__ == "__main__":
    new_bits()
    way = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with multiprocessing.get_context(way).Pool(2) as pool:
        made = pool.map(bits, range(64), chunksize=1)
    assert len(set(made)) == 64, made
"""


def test_a_process_that_was_forked_counts_from_a_number_of_its_own(tmp_path: Path) -> None:
    """Two workers that were forked from one process give no identifier twice."""
    program = tmp_path / "forked.py"
    program.write_text(FORKED, "utf-8")
    subprocess.run([sys.executable, str(program)], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clock": lambda: datetime(2026, 3, 4)}, "a moment with its time zone"),
        ({"clock": lambda: None}, "a moment with its time zone"),
        ({"ids": lambda: "two words"}, "an identifier is a code"),
        ({"ids": lambda: 7}, "an identifier is a code"),
    ],
)
def test_what_a_clock_or_an_identifier_cannot_be_is_refused(arguments: dict[str, object], message: str) -> None:
    """The refusal says what would do, and nothing is recorded."""
    course = Course.begin("C-1", "T-1", **arguments)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=message):
        course.record(events.SessionHeld())
    with pytest.raises(InvalidValueError, match=r"^recorded_by: a pseudonym"):
        Course.begin("C-1", "T-1").record(events.SessionHeld(), recorded_by="Jane Doe")
    assert len(course.history) == 0


@pytest.mark.parametrize("field", [each for each in attrs.fields(Recorded) if each.name not in ("event", "accepted")])
@pytest.mark.parametrize("strange", [object(), [object()], -1.5, "two words\nand a line", datetime(2025, 3, 4, 10)])
def test_a_line_is_made_of_what_it_holds(field: attrs.Attribute[object], strange: object) -> None:
    """What is no identifier, no moment with its time zone, no code and no number of entries is refused by its field."""
    with pytest.raises(InvalidValueError, match=rf"^Recorded\.{field.name}: "):
        Recorded(events.SessionHeld(session=1), True, **{field.alias: strange})  # type: ignore[arg-type]


def test_a_line_keeps_what_an_entry_knows() -> None:
    """Every line has number, identifier, moment, what decided and the state; taken up, it is the same line."""
    course = Course.begin("C-1", "T-1")
    for session in (1, 2, 3):
        course.record(events.StrainNoticed(session=session), recorded_by="T-1")
    course.record(events.AdvanceRequested(session=3))
    course.retract(2)
    lines = course.log
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]
    assert [line.corrects for line in lines] == [None, None, None, None, 2]
    assert all(line.id and line.recorded_at and line.provenance and line.state for line in lines)
    assert lines[3].state == lines[2].state
    assert lines[4].set_aside == ()
    again = Course.resume(course.start, lines)
    assert again.log == lines
    assert again == course
    assert [entry.corrected_by for entry in again.history] == [(), (5,), (), (), ()]
    for other in (course.branch(), copy.copy(course), pickle.loads(pickle.dumps(course))):
        assert other.log == lines
    assert course.branch(recorded=4).history[1].corrected_by == ()


def test_two_courses_are_the_same_whoever_recorded_them_and_when() -> None:
    """Courses and entries are compared by what was recorded and decided; lines by everything."""
    one, two = Course.begin("C-1", "T-1"), Course.begin("C-1", "T-1")
    for course in (one, two):
        course.record(events.SessionHeld(session=1), recorded_by=None if course is one else "T-1")
    assert one == two
    assert one.history == two.history
    assert one.log != two.log


def test_a_log_with_a_missing_line_is_refused() -> None:
    """Corrections speak of numbers: a log that lost a line would correct another entry."""
    course = Course.begin("C-1", "T-1")
    for session in range(4):
        course.record(events.SessionHeld(session=session))
    with pytest.raises(InvalidValueError, match=r"a line of the log is missing.*got 3 \(expected entry 2, which"):
        Course.resume(course.start, (course.log[0], *course.log[2:]))


def test_lines_that_say_no_verdict_are_recorded_now() -> None:
    """A mere event, and a line without a verdict, get what they lack from the course that takes them up."""
    course = Course.resume(
        Course.begin("C-1", "T-1").start,
        [events.SessionHeld(session=1), Recorded(events.AdvanceRequested())],
        clock=ticking,
    )
    assert [entry.accepted for entry in course.history] == [True, False]
    assert {entry.recorded_at for entry in course.history} == {NOON}
    assert [line.number for line in course.log] == [1, 2]


def test_lines_of_an_older_log_know_what_they_say_and_no_more() -> None:
    """What was not kept then is not made up: no identifier, no moment, nothing that decided, no state."""
    course = Course.resume(Course.begin("C-1", "T-1").start, [Recorded(events.SessionHeld(session=1), True)])
    (line,) = course.log
    assert (line.id, line.recorded_at, line.recorded_by, line.provenance, line.state) == (None,) * 5
    assert (line.number, line.accepted) == (1, True)


def test_what_decides_is_told_by_what_it_does() -> None:
    """Sentences, reasons, remarks, sources and the name of a table are no part of it; guards, policy and release are."""
    machine = Machine.standard()
    table, first = machine.table, machine.table.transitions[0]

    def with_first(**changes: object) -> Machine:
        changed = attrs.evolve(first, **changes)  # type: ignore[arg-type]
        return Machine(attrs.evolve(table, transitions=(changed, *table.transitions[1:])))

    texts = attrs.evolve(machine.texts, remarks={**machine.texts.remarks, "logged": "Noted."})
    same = [
        with_first(reason="Mended.", basis=(), remarks=()),
        Machine(attrs.evolve(table, name="ours"), texts),
    ]
    assert {each.provenance for each in same} == {machine.provenance}
    others = [
        with_first(guards=first.guards[1:]),
        with_first(to="maturation"),
        Machine(table, policy=Policy(client_misses_for_lost_contact=4)),
    ]
    assert len({each.provenance for each in (machine, *others)}) == 4
    course = Course.begin("C-1", "T-1", machine=Machine.standard().with_policy(Policy()))
    course.record(events.SessionHeld())
    assert course.history[0].provenance == machine.provenance
