"""Threads share a course: every recording is whole, and every question is about one moment."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest

from therarel.domain import BreachKind, BreachSeverity, events
from therarel.machine import Course, replay

THREADS, ROUNDS = 8, 60


@pytest.fixture(autouse=True)
def _often_interrupted() -> Iterator[None]:
    """Threads are changed as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_eight_threads_record_on_one_course_without_losing_an_entry() -> None:
    """Numbers have no gap, names are given once, and the state is that of the history."""
    course = Course.begin("C-1", "T-1")
    barrier, failed = Barrier(THREADS), []

    def work(which: int) -> None:
        try:
            barrier.wait()
            for round_ in range(ROUNDS):
                course.record(events.StrainNoticed(session=round_))
                course.record(events.BreachReported(BreachKind.CONTACT, BreachSeverity.CROSSING, session=round_))
                course.record(events.StrainEased(session=round_))
                assert course.may(events.SessionHeld())
                assert course.branch().relationship.stage is course.relationship.stage
                if round_ % 20 == which:
                    course.retract(next(each.number for each in course.history if each.corrects is None))
                    assert len(course.log) <= len(course.history)
                    assert course.replay().relationship.dyad == course.start.dyad
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=work, args=(which,)) for which in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    history = course.history
    assert [entry.number for entry in history] == list(range(1, len(history) + 1))
    assert len(history) >= 3 * THREADS * ROUNDS
    names = [entry.name for entry in history if entry.name]
    assert sorted(names) == sorted(f"breach-{number}" for number in range(1, THREADS * ROUNDS + 1))
    assert replay(course.start, history).relationship == course.relationship
    assert len({entry.id for entry in history}) == len(history)


def test_what_one_thread_asks_twice_it_is_told_in_one_answer() -> None:
    """A history, a log and a replay that were taken do not grow while others record."""
    course = Course.begin("C-1", "T-1")
    course.record(events.SessionHeld(session=1))
    history, log, replayed = course.history, course.log, course.replay()
    course.record(events.SessionHeld(session=2))
    assert (len(history), len(log), len(replayed.entries)) == (1, 1, 1)
