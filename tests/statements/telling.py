"""How the stories of the statements are told: which statement, the home that carries it, and courses to begin from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tests.agreed import FIRST_SESSION
from tests.pages.statement_homes import page

import therarel as tr
from therarel.machine import Decision

__all__ = [
    "HOMES",
    "UNSAID",
    "Told",
    "begun",
    "formed",
    "mature",
    "met",
    "page",
    "said_openly",
    "story",
    "why",
    "working",
]

Told: TypeAlias = Callable[[], None]

HOMES: dict[Told, tuple[str, str]] = {}
"""Statement and home of every story."""

UNSAID: set[str] = set()
"""Statements of which the page says nothing; the proof of the homes fills it."""


def story(statement: str, home: str) -> Callable[[Told], Told]:
    """Says of a test which statement of the outline it tells, and which home carries it.

    Args:
        statement: Id of the statement.
        home: What the story fails without: a dotted name, ``concept:`` or ``finding:`` with an id, or ``page:``.
    """

    def told(test: Told) -> Told:
        HOMES[test] = (statement, home)
        return test

    return told


def begun(machine: tr.Machine | None = None) -> tr.Course:
    """A course after its first session, with what that session agrees on: consent, terms, a goal and a task."""
    course = tr.Course.begin(client="C-014", therapist="T-03", machine=machine)
    for fact in FIRST_SESSION:
        course.record(fact)
    return course


def met(course: tr.Course, *tasks: tr.StageTask, session: int = 1) -> Decision:
    """Record that tasks are met, in this order; the last decision."""
    return [course.record(tr.events.StageTaskMet(task, session=session)) for task in tasks][-1]


def formed(machine: tr.Machine | None = None) -> tr.Course:
    """A course whose initial formation is done: all its tasks are met and nothing else is."""
    course = begun(machine)
    met(course, *tr.domain.tasks_of(tr.Stage.INITIAL_FORMATION))
    return course


def working(machine: tr.Machine | None = None) -> tr.Course:
    """A course in its working phase."""
    course = formed(machine)
    course.record(tr.events.AdvanceRequested(session=4), must=True)
    return course


def mature() -> tr.Course:
    """A course in maturation."""
    course = working()
    course.record(tr.events.ChallengeFaced(session=6))
    met(course, *tr.domain.tasks_of(tr.Stage.WORKING_PHASE), session=7)
    course.record(tr.events.AdvanceRequested(session=8), must=True)
    return course


def why(decision: Decision) -> str:
    """What a decision says of the conditions that do not hold; nothing where it was accepted."""
    return "" if decision else " ".join(failed.sentence for failed in decision.failing)


def said_openly(statement: str) -> str:
    """What the page says of a statement that does nothing."""
    found = [line for line in page().splitlines() if line.startswith(f"**{statement}.**")]
    return "" if statement in UNSAID else " ".join(found)
