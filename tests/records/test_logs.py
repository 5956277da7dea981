"""Logs of events stream as JSON Lines: one line in memory, every bad line told, no good line lost."""

import io
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import events as domain_events
from therarel.domain.events import Correction, Event
from therarel.errors import ConfidentialityError, ReadingError
from therarel.machine import Course, Recorded
from therarel.records import TornLineWarning, read_log, write_log
from therarel.testing import corrections, events


def sessions(lines: Iterable[Recorded | Event | Correction]) -> list[int | None]:
    """The session of each line."""
    return [(line.event if isinstance(line, Recorded) else line).session for line in lines]


@given(st.lists(events() | corrections(), max_size=8))
def test_a_log_survives_the_round_trip(written: list[Event | Correction]) -> None:
    """What was written line by line is read line by line, in order."""
    out = io.StringIO()
    assert write_log(written, out, confidential="include") == len(written)
    assert list(read_log(io.StringIO(out.getvalue()))) == written


def test_good_lines_around_bad_ones_are_read_and_every_bad_one_is_told(tmp_path: Path) -> None:
    """A log with two bad lines gives its good events and two problems with line and path."""
    good = '{"schema": "therarel.event/3", "type": "SessionHeld", "session": %d}'
    lines = [
        good % 1,
        '{"schema": "therarel.event/3", "type": "SessionHeld", "session": -1}',
        good % 2,
        "{",
        "",
        good % 3,
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    log = read_log(path, on_problem="collect")
    assert sessions(log) == [1, 2, 3]
    assert len(log.problems) == 2
    assert "log.jsonl:2 $.session" in str(log.problems[0])
    assert "log.jsonl:4" in str(log.problems[1])
    strict = read_log(path)
    assert sessions(islice(strict, 3)) == [1, 2, 3]
    with pytest.raises(ReadingError, match="2 problems"):
        next(strict)


def test_a_log_is_read_lazily() -> None:
    """A log larger than memory is read one line at a time."""
    taken = []

    def endless() -> object:
        number = 0
        while True:
            number += 1
            taken.append(number)
            yield f'{{"schema": "therarel.event/3", "type": "SessionHeld", "session": {number}}}\n'

    log = read_log(endless())  # type: ignore[arg-type]
    assert sessions(islice(log, 3)) == [1, 2, 3]
    assert len(taken) <= 4


@pytest.mark.parametrize("append", [False, True])
def test_a_refusal_leaves_the_log_as_it_was(tmp_path: Path, append: bool) -> None:
    """If one event is refused, none is written, whether a log is replaced or continued."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1)], path)
    with pytest.raises(ConfidentialityError):
        write_log([domain_events.SessionHeld(session=2), domain_events.SessionHeld(note="sad")], path, append=append)
    assert sessions(read_log(str(path))) == [1]


def test_a_log_is_continued_after_a_torn_line(tmp_path: Path) -> None:
    """What a killed process left is moved aside with a warning, and no event is glued to it or lost."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1), domain_events.SessionHeld(session=2)], path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.warns(TornLineWarning, match=r"torn line of \d+ bytes, which is now in .*log\.jsonl\.torn"):
        assert write_log([domain_events.SessionHeld(session=3)], path, append=True) == 1
    assert sessions(read_log(path)) == [1, 3]
    assert (tmp_path / "log.jsonl.torn").read_text("utf-8").startswith('{"schema": "therarel.event/3", ')


def test_a_last_line_without_its_end_is_whole_if_it_can_be_read(tmp_path: Path) -> None:
    """An editor that saved no last line break has torn nothing."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1)], path)
    path.write_bytes(path.read_bytes().rstrip())
    write_log([domain_events.SessionHeld(session=2)], path, append=True)
    assert sessions(read_log(path)) == [1, 2]


@pytest.mark.parametrize("append", [False, True])
def test_a_log_can_be_written_to_the_file_it_is_read_from(tmp_path: Path, append: bool) -> None:
    """Lines are made before the file is touched: nothing is lost and nothing runs in a circle."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1), domain_events.SessionHeld(session=2)], path)
    assert write_log(read_log(path), path, append=append) == 2
    assert sessions(read_log(path)) == [1, 2] * (1 + append)


def test_the_log_of_a_course_is_what_has_to_be_written_down(tmp_path: Path) -> None:
    """Written, continued and read, the lines are the same, and the course taken up from them is the same course."""
    course = Course.begin("C-014", "T-03")
    for session in (1, 2):
        course.record(domain_events.SessionHeld(session=session), recorded_by="T-03")
    path = tmp_path / "course.jsonl"
    assert write_log(course.log, path) == 2
    course.record(domain_events.AdvanceRequested(session=2))
    course.retract(1)
    assert write_log(course.history[2:], path, append=True) == 2
    lines = list(read_log(path))
    assert lines == list(course.log)
    again = Course.resume(course.start, lines)
    assert again == course
    assert again.log == course.log
    stamps = [json.loads(line)["schema"] for line in path.read_text("utf-8").splitlines()]
    assert stamps == ["therarel.entry/2"] * 4


def test_a_log_may_hold_entries_and_mere_events() -> None:
    """Each line says what it is; what is wrong is told by its path in the line, and another kind is no line of a log."""
    out = io.StringIO()
    event = domain_events.SessionHeld(session=3)
    write_log([Recorded(event, True), event], out)
    text = out.getvalue()
    assert list(read_log(io.StringIO(text))) == [Recorded(event, True), event]
    broken = text.replace('"session": 3', '"session": -3') + '{"schema": "therarel.occurrence/1"}\n[]\n'
    log = read_log(io.StringIO(broken), on_problem="collect")
    assert list(log) == []
    assert [str(problem).split(":")[0] for problem in log.problems] == [
        "line 1 $.event.session", "line 2 $.session", "line 3 $.schema", "line 4 $",
    ]  # fmt: skip


def test_a_redacted_line_says_so() -> None:
    """Where a text was masked the line says that it is redacted, and where there was none it does not."""
    course = Course.begin("C-014", "T-03")
    course.record(domain_events.SessionHeld(session=1, note="came late"))
    course.record(domain_events.SessionHeld(session=2))
    out = io.StringIO()
    write_log([*course.log, course.history[0].event, domain_events.SessionHeld()], out, confidential="redact")
    assert [json.loads(line).get("redacted") for line in out.getvalue().splitlines()] == [True, False, True, None]
    lines = list(read_log(io.StringIO(out.getvalue())))
    assert [line.redacted for line in lines if isinstance(line, Recorded)] == [True, False]
    assert "late" not in out.getvalue()
