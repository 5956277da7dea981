"""What was accepted stays accepted: another table, another policy or another release changes no past."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreed import begin

from therarel.domain import (
    AllianceStatus,
    ConsentDecision,
    ConsentScope,
    RuptureSeverity,
    Stage,
    StageTask,
    Term,
    events,
    tasks_of,
)
from therarel.machine import Course, Machine, Policy, Recorded, Requirement, TransitionTable, replay
from therarel.machine.judgements import TO_BE_STATED
from therarel.machine.specimens import events_about

TABLE = Machine.standard().table
LENIENT, STRICT = (
    Policy(),
    Policy(strain_eased_before_working_phase=Requirement.REQUIRED, major_rupture_reopens_trust=False),
)
MAJOR = RuptureSeverity.MAJOR


def with_row(identifier: str, **changes: object) -> TransitionTable:
    """The table with one row changed."""
    rows = (attrs.evolve(row, **changes) if row.id == identifier else row for row in TABLE.transitions)  # type: ignore[arg-type]
    return attrs.evolve(TABLE, name="another school", transitions=tuple(rows))


LOOSE = Machine(with_row("S1", guards=()))
ELSEWHERE = Machine(with_row("S1", to="maturation"))
WITHOUT = Machine(attrs.evolve(TABLE, transitions=tuple(row for row in TABLE.transitions if row.id != "S1")))
OTHERS = [
    {"machine": LOOSE},
    {"machine": ELSEWHERE},
    {"machine": WITHOUT},
    {"machine": Machine.standard().with_policy(STRICT)},
    {"machine": LOOSE.with_policy(STRICT)},
]


def strained() -> Course:
    """A course that advanced over a strain, and then lost trust in a major rupture."""
    course = begin("C-1", "T-1")
    for task in tasks_of(Stage.INITIAL_FORMATION):
        course.record(events.StageTaskMet(task, session=1))
    for event in (
        events.AdvanceRequested(session=1),
        events.StrainNoticed(session=2),
        events.RuptureNoticed(MAJOR, session=3),
        events.AdvanceRequested(session=4),
    ):
        course.record(event)
    return course


@pytest.mark.parametrize("other", OTHERS)
def test_a_course_read_under_other_rules_is_the_same_course(other: dict[str, object]) -> None:
    """State, verdicts and every state on the way are those of then, also where an effect reads the policy."""
    course = strained()
    again = Course.resume(course.start, course.log, **other)  # type: ignore[arg-type]
    assert again.relationship == course.relationship
    assert again.relationship.stage is Stage.WORKING_PHASE
    assert StageTask.ESTABLISHING_TRUST not in again.relationship.tasks_met
    assert [entry.accepted for entry in again.history] == [entry.accepted for entry in course.history]
    for count in range(len(course.history)):
        assert again.at(recorded=count) == course.at(recorded=count)
    assert again.log == course.log
    done = replay(course.start, course.log, **other)  # type: ignore[arg-type]
    assert done.relationship == course.relationship


def test_what_was_recorded_under_a_table_of_ones_own_stays_too() -> None:
    """Under the table of the library the guards would decline it; it is read in the working phase all the same."""
    course = begin("C-1", "T-1", machine=LOOSE)
    assert course.record(events.AdvanceRequested(session=1))
    again = Course.resume(course.start, course.log)
    assert again.relationship.stage is Stage.WORKING_PHASE
    (found,) = again.decided_otherwise()
    assert (found.number, found.accepted, bool(found.decision), found.leads_elsewhere) == (1, True, False, False)
    assert str(found) == "entry 1, advance requested: accepted when recorded, would be declined today"
    assert found.explain().failing[0].guard == "formation_complete"
    assert again.relationship.stage is Stage.WORKING_PHASE
    assert course.decided_otherwise() == ()


def test_what_was_declined_stays_declined_and_is_told() -> None:
    """Today it would be accepted: it is listed, stays out of the state, and its answer says so."""
    course = begin("C-1", "T-1")
    assert not course.record(events.AdvanceRequested(session=1))
    again = Course.resume(course.start, course.log, machine=LOOSE)
    assert again.relationship == course.start
    (found,) = again.decided_otherwise()
    assert (found.accepted, bool(found.decision)) == (False, True)
    assert str(found).endswith("declined when recorded, would be accepted today")


def test_deciding_anew_is_a_call_of_its_own() -> None:
    """It gives another course, with the same entries, names and envelopes; this one is left as it is."""
    course = begin("C-1", "T-1", machine=LOOSE)
    course.record(events.AdvanceRequested(session=1), recorded_by="T-1")
    course.record(events.SessionHeld(session=2))
    course.retract(2)
    again = Course.resume(course.start, course.log)
    anew = again.decided_anew()
    assert anew.relationship.stage is Stage.INITIAL_FORMATION
    assert [entry.accepted for entry in anew.history] == [False, True, True]
    assert [(e.id, e.recorded_at, e.recorded_by) for e in anew.history] == [
        (e.id, e.recorded_at, e.recorded_by) for e in course.history
    ]
    assert anew.decided_otherwise() == ()
    assert {entry.provenance for entry in anew.history} == {Machine.standard().provenance}
    assert again.relationship.stage is Stage.WORKING_PHASE
    assert anew.decided_anew(machine=LOOSE).relationship.stage is Stage.WORKING_PHASE
    assert anew.decided_anew(machine=Machine.standard().with_policy(STRICT)).machine.policy == STRICT
    assert course.decided_anew().machine == LOOSE


def test_what_a_correction_sets_aside_is_decided_anew_too() -> None:
    """A task that fell with the consent it rested on is met where no consent is asked for."""
    course = Course.begin("C-1", "T-1")
    for event in (
        events.SessionHeld(session=1),
        events.ConsentDecided(ConsentScope.TREATMENT, ConsentDecision.GIVEN, session=1),
        events.TermsExplained(set(Term), session=1),
        events.StageTaskMet(StageTask.SETTING_EXPECTATIONS, session=1),
    ):
        course.record(event)
    course.retract(2)
    assert not course.relationship.tasks_met
    lenient = Machine.standard().with_policy(Policy(consent_to_treatment=Requirement.NOT_LOOKED_AT))
    assert course.decided_anew(machine=lenient).relationship.tasks_met == {StageTask.SETTING_EXPECTATIONS}
    assert not course.decided_anew().relationship.tasks_met


def test_the_entry_from_which_on_the_state_is_another_is_told() -> None:
    """Where an unknown table led elsewhere, the state that was kept in short tells from which entry on."""
    course = begin("C-1", "T-1", machine=ELSEWHERE)
    for task in tasks_of(Stage.INITIAL_FORMATION):
        course.record(events.StageTaskMet(task, session=1))
    course.record(events.AdvanceRequested(session=1))
    course.record(events.SessionHeld(session=2))
    assert course.relationship.stage is Stage.MATURATION
    again = Course.resume(course.start, course.log)
    assert again.relationship.stage is Stage.WORKING_PHASE
    (found,) = again.decided_otherwise()
    assert (found.number, found.leads_elsewhere) == (5, True)
    assert str(found) == "entry 5, advance requested: leads to another state than when it was recorded"
    for earlier in (ELSEWHERE, Machine(ELSEWHERE.table, policy=STRICT)):
        told = Course.resume(course.start, course.log, earlier=[earlier])
        assert told.relationship == course.relationship
        assert told.decided_otherwise() == ()


def test_a_policy_of_before_is_applied_where_it_is_at_hand() -> None:
    """What an unknown policy led to is told by the state; named as an earlier one, it is applied."""
    course = begin("C-1", "T-1", machine=Machine.standard().with_policy(STRICT))
    for event in (events.StageTaskMet(StageTask.BUILDING_RAPPORT), events.StageTaskMet(StageTask.ESTABLISHING_TRUST)):
        course.record(event)
    course.record(events.RuptureNoticed(MAJOR))
    unknown = Course.resume(course.start, course.log)
    assert StageTask.ESTABLISHING_TRUST not in unknown.relationship.tasks_met
    assert [each.number for each in unknown.decided_otherwise()] == [3]
    known = Course.resume(course.start, course.log, earlier=[Machine.standard().with_policy(STRICT)])
    assert known.relationship == course.relationship
    assert known.branch().relationship == course.relationship
    known.correct(1, events.StageTaskMet(StageTask.BUILDING_RAPPORT, session=1))
    assert StageTask.ESTABLISHING_TRUST in known.relationship.tasks_met


def test_a_correction_sets_aside_what_follows_from_it_and_nothing_else() -> None:
    """What another guard of today would decline anyway is no consequence of a correction."""
    course = strained()
    log = [attrs.evolve(line, provenance=None, state=None) for line in course.log]
    again = Course.resume(
        course.start, log, machine=Machine(with_row("S1", guards=("strain_allows_advance", "from_maturation")))
    )
    again.retract(6)
    assert again.relationship.stage is Stage.WORKING_PHASE
    assert again.history[-1].set_aside == ()
    course.retract(2)
    assert course.history[-1].set_aside == (5,)
    assert course.relationship.stage is Stage.INITIAL_FORMATION


def test_what_a_correction_set_aside_is_what_its_line_says() -> None:
    """Taken up under other rules, a course sets aside what was set aside then, and takes back what was taken back."""
    course = strained()
    course.retract(2)
    course.correct(2, events.StageTaskMet(StageTask.ESTABLISHING_TRUST, session=1))
    course.retract(3)
    assert [entry.set_aside for entry in course.history if entry.corrects] == [(5,), (), (5,)]
    for other in OTHERS:
        again = Course.resume(course.start, course.log, **other)  # type: ignore[arg-type]
        assert again.relationship == course.relationship
        assert again.log == course.log
        assert [again.at(recorded=count) for count in range(12)] == [course.at(recorded=count) for count in range(12)]
        assert [each.number for each in again.replay().set_aside] == [5]


def test_a_line_may_say_otherwise_than_what_would_be_set_aside_today() -> None:
    """What a line of a correction says is taken, where its list reaches further than the change and where it does not."""
    course = strained()
    course.retract(6)
    last = course.log[-1]
    start = course.start
    kept = Course.resume(start, [*course.log[:-1], attrs.evolve(last, set_aside=(7,))])
    assert [each.number for each in kept.replay().set_aside] == [7]
    assert kept.relationship.alliance_status is AllianceStatus.INTACT
    corrected = Recorded(events.EntryCorrected(5, events.AdvanceRequested()), True, set_aside=(5,))
    assert Course.resume(start, [*course.log[:-1], corrected]).relationship.stage is Stage.INITIAL_FORMATION


def test_what_has_no_answer_any_more_moves_nothing_and_says_so() -> None:
    """A row that an unknown later table lacks cannot be applied: accepted it stays, and the remark tells why."""
    course = strained()
    log = [attrs.evolve(line, provenance=None) for line in course.log]
    again = Course.resume(course.start, log, machine=WITHOUT)
    entry = again.history[4]
    assert entry.accepted
    assert entry.decision.accepted
    assert [remark.code for remark in entry.decision.remarks] == ["kept"]
    assert again.relationship.stage is Stage.INITIAL_FORMATION
    assert 5 in [each.number for each in again.decided_otherwise()]


@given(st.data())
def test_random_courses_are_the_same_under_other_rules(data: st.DataObject) -> None:
    """With corrections among them: saved as lines, read under any rules, branched and replayed, it is the same course."""
    course = begin("C-1", "T-1", machine=Machine.standard().with_policy(data.draw(st.sampled_from([LENIENT, STRICT]))))
    if data.draw(st.booleans()):
        for task in tasks_of(Stage.INITIAL_FORMATION):
            course.record(events.StageTaskMet(task, session=1))
    for _ in range(data.draw(st.integers(0, 12))):
        event = data.draw(st.sampled_from(tuple(events_about(course.relationship))))
        if isinstance(event, events.StageTaskWaived) and event.reason == TO_BE_STATED:
            event = attrs.evolve(event, reason="none was met")
        event = attrs.evolve(event, session=data.draw(st.none() | st.integers(0, 9)))
        facts = [entry.number for entry in course.history if entry.corrects is None]
        act = data.draw(st.sampled_from(["record", "record", "record", "retract", "correct"]))
        if act == "record" or not facts:
            course.record(event)
        elif act == "retract":
            course.retract(data.draw(st.sampled_from(facts)))
        else:
            course.correct(data.draw(st.sampled_from(facts)), event)
    other = data.draw(st.sampled_from(OTHERS))
    earlier = [Machine.standard().with_policy(each) for each in (LENIENT, STRICT)]
    again = Course.resume(course.start, course.log, earlier=earlier, machine=other["machine"])
    count = len(course.history)
    moment = data.draw(st.integers(0, 9))
    for same in (again, again.branch(), Course.resume(course.start, again.log, machine=course.machine)):
        assert same.relationship == course.relationship
        assert same.log == course.log
        assert [e.name for e in same.history] == [e.name for e in course.history]
        assert same.at(moment) == course.at(moment)
        recorded = data.draw(st.integers(0, count))
        assert same.at(recorded=recorded) == course.at(recorded=recorded)
        assert same.branch(recorded=recorded).replay() == course.branch(recorded=recorded).replay()
        assert same.replay().entries == course.replay().entries
        assert [e.decision.relationship for e in same.history] == [e.decision.relationship for e in course.history]
        assert not [each for each in same.decided_otherwise() if each.leads_elsewhere]
    assert course.decided_otherwise() == ()
    assert replay(course.start, again.history, machine=course.machine) == course.replay()
