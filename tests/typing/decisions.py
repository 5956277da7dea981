"""What type checkers know of decisions; this file is checked by mypy and pyright and never run."""

from __future__ import annotations

from typing import assert_type

import therarel as tr
from therarel.machine import Accepted, Declined, FailedGuard, StateChange


def a_condition_tells_the_answers_apart(course: tr.Course) -> None:
    """In a condition a decision is what it is called: accepted or declined."""
    decision = course.may(tr.events.AdvanceRequested())
    if decision:
        assert_type(decision, Accepted)
    else:
        assert_type(decision, Declined)
    if not decision:
        assert_type(decision.failing, tuple[FailedGuard, ...])
        return
    assert_type(decision.changes, tuple[StateChange, ...])


def the_name_of_the_answer_tells_them_apart(course: tr.Course) -> None:
    """`accepted` compared with a truth value does the same; pyright asks for the comparison."""
    decision = course.record(tr.events.AdvanceRequested())
    if decision.accepted is True:
        assert_type(decision, Accepted)
    else:
        assert_type(decision, Declined)


def a_match_is_complete(decision: tr.machine.Decision) -> str:
    """A match over both classes needs no further case."""
    match decision:
        case Accepted():
            return "accepted"
        case Declined():
            return "declined"
