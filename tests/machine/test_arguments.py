"""What is passed in the place of something else is told, with what to pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreed import begin

from therarel.domain import Relationship, StageTask, events
from therarel.errors import InvalidValueError
from therarel.machine import Course, Machine, Policy, Requirement, decide, options, replay, why_not
from therarel.machine.judgements import TO_BE_STATED

START = Relationship.between("C-1", "T-1")
COURSE = begin("C-1", "T-1")
ADVANCE = events.AdvanceRequested()

TAKE_A_RELATIONSHIP: dict[str, Callable[[Any], object]] = {
    "decide": lambda given: decide(given, ADVANCE),
    "why_not": lambda given: why_not(given, ADVANCE),
    "options": options,
    "replay": lambda given: replay(given, []),
    "Course": Course,
    "resume": lambda given: Course.resume(given, []),
}
TAKE_A_MACHINE: dict[str, Callable[..., object]] = {
    "decide": lambda **given: decide(START, ADVANCE, **given),
    "a fact": lambda **given: decide(START, events.SessionHeld(), **given),
    "why_not": lambda **given: why_not(START, ADVANCE, **given),
    "options": lambda **given: options(START, **given),
    "replay": lambda **given: replay(START, [], **given),
    "Course": lambda **given: Course(START, **given),
    "begin": lambda **given: begin("C-1", "T-1", **given),
    "resume": lambda **given: Course.resume(START, [], **given),
}
junk = st.one_of(
    st.integers(), st.text(), st.booleans(), st.lists(st.integers()), st.dictionaries(st.text(), st.integers())
)


@pytest.mark.parametrize("ask", TAKE_A_RELATIONSHIP.values(), ids=TAKE_A_RELATIONSHIP)
@given(given_here=junk | st.none())
def test_what_is_no_relationship_is_refused(ask: Callable[[Any], object], given_here: object) -> None:
    """Whatever stands in its place, the error says that a relationship is needed and how to get one."""
    with pytest.raises(InvalidValueError, match="a relationship is needed") as raised:
        ask(given_here)
    assert raised.value.hint == "Relationship.between(client, therapist) begins one"


@pytest.mark.parametrize("ask", TAKE_A_RELATIONSHIP.values(), ids=TAKE_A_RELATIONSHIP)
def test_a_course_in_the_place_of_its_relationship_is_told(ask: Callable[[Any], object]) -> None:
    """The likely slip has its own hint."""
    with pytest.raises(InvalidValueError) as raised:
        ask(COURSE)
    assert raised.value.hint == "pass course.relationship"


@pytest.mark.parametrize("ask", TAKE_A_MACHINE.values(), ids=TAKE_A_MACHINE)
@given(given_here=junk)
def test_what_is_no_machine_is_refused(ask: Callable[..., object], given_here: object) -> None:
    """At once, not when a guard first reads it; and the error says what to write."""
    with pytest.raises(InvalidValueError, match=r"Machine\.read\(path\)"):
        ask(machine=given_here)


def test_a_machine_needs_a_policy_that_is_one() -> None:
    """A machine made in Python is asked the same."""
    thresholds: Any = {"client_misses_for_lost_contact": 3}
    for make in (Machine.standard().with_policy, lambda policy: Machine(Machine.standard().table, policy=policy)):
        with pytest.raises(InvalidValueError, match=r"a policy is needed.*Policy\.read\(path\)"):
            make(thresholds)


@attrs.frozen(kw_only=True)
class Ours(Policy):
    """The policy of a service that adds to it."""

    service: str = "ours"


def test_a_policy_of_a_class_of_ones_own_is_one() -> None:
    """What behaves as a policy because it is one is taken."""
    own = Ours(strain_eased_before_working_phase=Requirement.REQUIRED)
    strained = decide(START, events.StrainNoticed()).relationship
    assert "strain_allows_advance" in dict(decide(strained, ADVANCE, machine=Machine.standard().with_policy(own)).unmet)  # type: ignore[union-attr]


def formed() -> Course:
    """A course in its working phase, where a waiver is open."""
    course = begin("C-1", "T-1")
    for task in list(StageTask)[:4]:
        course.record(events.StageTaskMet(task), must=True)
    course.record(ADVANCE, must=True)
    return course


def test_a_waiver_out_of_the_options_is_not_recorded_before_its_reason_is_stated() -> None:
    """What is asked about without a reason is refused with what to do, recorded or put in place; nothing is kept."""
    course = formed()
    (waiver,) = [each for each in course.options().open if isinstance(each, events.StageTaskWaived)]
    assert waiver.reason == TO_BE_STATED
    count = len(course.history)
    acts: list[Callable[[], object]] = [lambda: course.record(waiver), lambda: course.correct(1, waiver)]
    for act in acts:
        with pytest.raises(InvalidValueError, match=r"still to be stated.*attrs\.evolve"):
            act()
    assert len(course.history) == count
    assert course.may(waiver)
    assert course.record(attrs.evolve(waiver, reason="none was met"))
    assert course.relationship.tasks_waived[0].reason.reveal() == "none was met"


def test_all_other_judgements_that_are_open_can_be_recorded_as_they_are() -> None:
    """Only the reason of a waiver is a word that the options cannot know."""
    for judgement in formed().options().open:
        if not isinstance(judgement, events.StageTaskWaived):
            assert formed().record(judgement)
