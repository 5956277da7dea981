"""Logs of events stream as JSON Lines: one line in memory, every bad line told, no good line lost."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import events as domain_events
from therarel.domain.events import Correction, Event
from therarel.errors import ConfidentialityError, ReadingError
from therarel.records import TornLineWarning, read_log, write_log
from therarel.testing import corrections, events


@given(st.lists(events() | corrections(), max_size=8))
def test_a_log_survives_the_round_trip(written: list[Event | Correction]) -> None:
    """What was written line by line is read line by line, in order."""
    out = io.StringIO()
    assert write_log(written, out, confidential="include") == len(written)
    assert list(read_log(io.StringIO(out.getvalue()))) == written


def test_good_lines_around_bad_ones_are_read_and_every_bad_one_is_told(tmp_path: Path) -> None:
    """A log with two bad lines gives its good events and two problems with line and path."""
    good = '{"schema": "therarel.event/2", "type": "SessionHeld", "session": %d}'
    lines = [
        good % 1,
        '{"schema": "therarel.event/2", "type": "SessionHeld", "session": -1}',
        good % 2,
        "{",
        "",
        good % 3,
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    log = read_log(path, on_problem="collect")
    assert [event.session for event in log] == [1, 2, 3]
    assert len(log.problems) == 2
    assert "log.jsonl:2 $.session" in str(log.problems[0])
    assert "log.jsonl:4" in str(log.problems[1])
    strict = read_log(path)
    assert [next(strict).session for _ in range(3)] == [1, 2, 3]
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
            yield f'{{"schema": "therarel.event/2", "type": "SessionHeld", "session": {number}}}\n'

    log = read_log(endless())  # type: ignore[arg-type]
    assert [next(log).session for _ in range(3)] == [1, 2, 3]
    assert len(taken) <= 4


@pytest.mark.parametrize("append", [False, True])
def test_a_refusal_leaves_the_log_as_it_was(tmp_path: Path, append: bool) -> None:
    """If one event is refused, none is written, whether a log is replaced or continued."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1)], path)
    with pytest.raises(ConfidentialityError):
        write_log([domain_events.SessionHeld(session=2), domain_events.SessionHeld(note="sad")], path, append=append)
    assert [event.session for event in read_log(str(path))] == [1]


def test_a_log_is_continued_after_a_torn_line(tmp_path: Path) -> None:
    """What a killed process left is moved aside with a warning, and no event is glued to it or lost."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1), domain_events.SessionHeld(session=2)], path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.warns(TornLineWarning, match=r"torn line of \d+ bytes, which now stands in .*log\.jsonl\.torn"):
        assert write_log([domain_events.SessionHeld(session=3)], path, append=True) == 1
    assert [event.session for event in read_log(path)] == [1, 3]
    assert (tmp_path / "log.jsonl.torn").read_text("utf-8").startswith('{"schema": "therarel.event/2", ')


def test_a_last_line_without_its_end_is_whole_if_it_can_be_read(tmp_path: Path) -> None:
    """An editor that saved no last line break has torn nothing."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1)], path)
    path.write_bytes(path.read_bytes().rstrip())
    write_log([domain_events.SessionHeld(session=2)], path, append=True)
    assert [event.session for event in read_log(path)] == [1, 2]


@pytest.mark.parametrize("append", [False, True])
def test_a_log_can_be_written_to_the_file_it_is_read_from(tmp_path: Path, append: bool) -> None:
    """Lines are made before the file is touched: nothing is lost and nothing runs in a circle."""
    path = tmp_path / "log.jsonl"
    write_log([domain_events.SessionHeld(session=1), domain_events.SessionHeld(session=2)], path)
    assert write_log(read_log(path), path, append=append) == 2
    assert [event.session for event in read_log(path)] == [1, 2] * (1 + append)
