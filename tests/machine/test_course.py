"""A course: what is recorded stays, what is corrected counts, and looking back changes nothing."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from tests.agreed import begin, between

from therarel.confidential import Confidential
from therarel.domain import (
    AllianceStatus,
    BreachKind,
    BreachSeverity,
    ClosingReason,
    Correction,
    Event,
    Rater,
    Relationship,
    RepairRoute,
    ResolutionStrategy2015,
    RuptureSeverity,
    Score,
    Stage,
    StageTask,
    events,
    tasks_of,
)
from therarel.errors import InvalidValueError, OutOfScopeError, UnknownNameError
from therarel.machine import Accepted, Course, EventDeclined, Machine, Policy, Recorded, Requirement, replay
from therarel.machine.replays import refold
from therarel.reading import Reader

T = StageTask
CLARIFY = ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING
MAJOR, MINOR = RuptureSeverity.MAJOR, RuptureSeverity.MINOR


def formed(**arguments: Policy) -> Course:
    """A course in its working phase: entries 1 to 4 are tasks, entry 5 is the advance of session 4."""
    course = begin("C-1", "T-1", **arguments)  # type: ignore[arg-type]  # a policy or nothing
    for number, task in enumerate(tasks_of(Stage.INITIAL_FORMATION), start=1):
        assert course.record(events.StageTaskMet(task, session=number))
    assert course.record(events.AdvanceRequested(session=4))
    return course


def test_a_course_begins_in_initial_formation() -> None:
    """The beginning is the same for every pair, and a course that came before is kept by its name."""
    course = Course.begin("C-1", "T-1", predecessor="course-7")
    assert course.relationship == course.start == Relationship.between("C-1", "T-1", predecessor="course-7")
    assert len(course.history) == 0
    assert repr(course) == "<Course of C-1 with T-1: initial formation, intact, 0 entries>"
    assert repr(course.history) == "<History: 0 entries, 0 declined>"
    with pytest.raises(OutOfScopeError):
        Course.begin(["C-1", "C-2"], "T-1")  # type: ignore[arg-type]


def test_recording_returns_the_decision_and_keeps_it() -> None:
    """Accepted or declined, every recorded event becomes one entry with its decision."""
    course = begin("C-1", "T-1")
    declined = course.record(events.AdvanceRequested(session=1))
    accepted = course.record(events.StageTaskMet(T.BUILDING_RAPPORT, session=1))
    assert (bool(declined), bool(accepted)) == (False, True)
    assert [entry.number for entry in course.history] == [1, 2]
    assert [entry.accepted for entry in course.history] == [False, True]
    assert [entry.decision for entry in course.history] == [declined, accepted]
    assert (len(course.history.accepted), len(course.history.declined)) == (1, 1)
    assert course.relationship is accepted.relationship
    assert (
        str(course.history)
        == "1  session 1  advance requested  declined\n2  session 1  stage task met, building rapport"
    )
    assert course.history.entry(2) == course.history[1] == course.history[0:2][1]
    assert course.history[0].occurred.session == 1
    for number in (0, 3):
        with pytest.raises(UnknownNameError, match="1 to 2"):
            course.history.entry(number)


def test_asking_records_nothing() -> None:
    """`may`, `why_not` and `options` leave course and history as they are."""
    course = formed()
    before, length = course.relationship, len(course.history)
    assert not course.may(events.AdvanceRequested())
    assert course.may(events.StrainNoticed())
    assert "Not now" in str(course.why_not(events.AdvanceRequested()))
    assert course.options().open
    assert course.relationship is before
    assert len(course.history) == length


def test_a_judgement_that_must_hold_raises_and_is_kept_as_declined() -> None:
    """The exception carries the decision, names the guards, and the entry stands in the history."""
    course = begin("C-1", "T-1")
    with pytest.raises(EventDeclined, match="formation_complete") as raised:
        course.record(events.AdvanceRequested(), must=True)
    assert raised.value.decision is course.history[0].decision
    assert course.record(events.SessionHeld(), must=True)
    assert len(course.history) == 2


def test_a_retracted_entry_counts_no_more_and_stays_in_the_history() -> None:
    """The state is the fold without it; the entry, and the retraction, stand where they were recorded."""
    course = formed()
    course.record(events.StrainNoticed(session=5))
    decision = course.retract(6, "wrong course")
    assert isinstance(decision, Accepted)
    assert decision.relationship.alliance_status is AllianceStatus.INTACT
    assert course.relationship.alliance_status is AllianceStatus.INTACT
    assert [entry.number for entry in course.history] == list(range(1, 8))
    assert course.history[5].event == events.StrainNoticed(session=5)
    assert course.history[6].event == events.EntryRetracted(6, Confidential("wrong course"))
    assert [each.number for each in course.replay().entries] == [1, 2, 3, 4, 5]
    assert decision.remarks == ()
    assert str(course.history[6]) == "7  time not stated  entry 6 retracted"
    assert (course.history[5].corrected_by, course.history[6].corrects) == ((7,), 6)


def test_a_corrected_entry_is_replaced_in_its_place() -> None:
    """The corrected event stands where the mistaken one stood, so that later entries follow from it."""
    course = formed()
    course.record(events.RuptureNoticed(MAJOR, session=5))
    assert T.ESTABLISHING_TRUST not in course.relationship.tasks_met
    course.correct(6, events.StrainNoticed(session=5))
    assert course.relationship.alliance_status is AllianceStatus.STRAINED
    assert T.ESTABLISHING_TRUST in course.relationship.tasks_met
    assert course.replay().entries[5].event == events.StrainNoticed(session=5)
    assert course.replay().entries[5].accepted is None


def test_the_last_correction_of_an_entry_counts() -> None:
    """An entry retracted by mistake is put back by correcting it to what it was."""
    course = formed()
    strain = events.StrainNoticed(session=5)
    course.record(strain)
    course.retract(6)
    assert course.correct(6, strain).relationship.alliance_status is AllianceStatus.STRAINED
    course.correct(6, events.SessionHeld(session=5))
    assert course.relationship.alliance_status is AllianceStatus.INTACT


@pytest.mark.parametrize(
    ("number", "message"), [(0, "no such entry"), (9, "no such entry"), (6, "correct entry 1 again")]
)
def test_a_correction_needs_an_entry_to_correct(number: int, message: str) -> None:
    """A number that is none, or that is a correction itself, raises, and nothing is recorded."""
    course = formed()
    course.retract(1)
    if number == 0:
        with pytest.raises(InvalidValueError):
            course.retract(0)
        number = 8
    with pytest.raises(UnknownNameError, match=message):
        course.retract(number)
    assert len(course.history) == 6
    with pytest.raises(UnknownNameError, match="nothing is recorded yet"):
        Course.begin("C-1", "T-1").retract(1)


def test_judgements_that_no_longer_hold_are_set_aside_and_said_so() -> None:
    """Without the task the advance does not hold: it is set aside, the correction says so, hindsight lists it."""
    course = formed()
    decision = course.retract(2)
    assert course.relationship.stage is Stage.INITIAL_FORMATION
    assert [str(remark) for remark in decision.remarks] == [
        "Set aside, because it does not hold without what was corrected: entry 5."
    ]
    found = course.hindsight()
    assert [(each.number, each.accepted, bool(each.decision), each.set_aside) for each in found] == [
        (5, True, False, True)
    ]
    assert str(found[0]) == "entry 5, advance requested: accepted when recorded, declined in hindsight; set aside"
    assert found[0].explain().failing[0].guard == "formation_complete"
    assert [each.number for each in course.replay().set_aside] == [5]
    assert course.retract(3).remarks == ()  # nothing further is set aside


def test_an_open_concern_for_safety_stands_on_corrections_too() -> None:
    """The notice comes first on whatever is recorded."""
    course = formed()
    course.record(events.SafetyConcernRaised())
    assert [remark.code for remark in course.retract(2).remarks] == ["safety_concern", "set_aside"]


def test_what_was_declined_stays_declined_whatever_is_corrected() -> None:
    """A declined judgement is never applied later, though hindsight says that it would have held."""
    course = begin("C-1", "T-1")
    for task in tasks_of(Stage.INITIAL_FORMATION):
        course.record(events.StageTaskMet(task, session=1))
    course.record(events.RuptureNoticed(MINOR, session=2))
    assert not course.record(events.AdvanceRequested(session=3))
    course.retract(5)
    assert course.relationship.stage is Stage.INITIAL_FORMATION
    assert [(each.number, each.accepted, bool(each.decision), each.set_aside) for each in course.hindsight()] == [
        (6, False, True, False)
    ]


def test_hindsight_reads_entries_in_the_order_in_which_they_occurred() -> None:
    """A rupture noticed late puts an earlier advance in question, without undoing it."""
    course = formed()
    course.record(events.SessionHeld(session=8))
    course.record(events.RuptureNoticed(MAJOR, session=3))
    found = course.hindsight()
    assert [(each.number, each.set_aside) for each in found] == [(4, False), (5, False)]
    assert str(found[1]).endswith("declined in hindsight")
    assert course.relationship.stage is Stage.WORKING_PHASE
    assert formed().hindsight() == ()


def test_a_course_tells_how_things_stood_and_what_was_known() -> None:
    """`at(session)` knows late entries, `at(recorded=...)` does not."""
    course = formed()
    course.record(events.SessionHeld(session=8))
    course.record(events.RuptureNoticed(MINOR, session=6))
    assert course.at(5).alliance_status is AllianceStatus.INTACT
    assert course.at(6).alliance_status is AllianceStatus.RUPTURED
    assert course.at(recorded=6).alliance_status is AllianceStatus.INTACT
    assert course.at(recorded=7) == course.at(99) == course.relationship
    assert course.at(0) == course.at(recorded=0) == course.start
    assert course.at(3).tasks_met == set(list(T)[:3])
    for wrong in ({}, {"session": 1, "recorded": 1}):
        with pytest.raises(InvalidValueError, match="one moment"):
            course.at(**wrong)  # type: ignore[arg-type]


def test_a_course_with_dates_tells_how_things_stood_on_a_day() -> None:
    """Entries with dates are placed by them; one that says nothing goes with what was recorded before it."""
    course = begin("C-1", "T-1")
    course.record(events.StrainNoticed(on=date(2026, 3, 1)))
    course.record(events.StrainEased())
    course.record(events.RuptureNoticed(MINOR, on=date(2026, 4, 1)))
    course.record(events.RepairBegan(RepairRoute.IMMEDIATE))
    stood = [course.at(on=date(2026, month, 2)).alliance_status for month in (2, 3, 4)]
    assert stood == [AllianceStatus.INTACT, AllianceStatus.INTACT, AllianceStatus.REPAIRING]
    assert course.at(1).alliance_status is AllianceStatus.REPAIRING  # nothing says a session
    assert course.hindsight() == ()


def test_an_entry_without_a_time_is_no_earlier_than_what_came_before_it() -> None:
    """After a late entry, what says no time stands at the latest time so far and not at that of the late entry."""
    course = formed()
    course.record(events.SessionHeld(session=9))
    course.record(events.SupervisionHeld(session=2))
    course.record(events.StrainNoticed())
    assert course.at(8).alliance_status is AllianceStatus.INTACT
    assert course.at(9).alliance_status is AllianceStatus.STRAINED


def test_a_branch_is_a_course_of_its_own() -> None:
    """What is tried on a branch leaves the course as it is; copies share nothing that changes."""
    course = formed()
    for other in (course.branch(), copy.copy(course), copy.deepcopy(course)):
        assert other == course
        assert other is not course
        other.record(events.StrainNoticed())
        assert other != course
        assert course.relationship.alliance_status is AllianceStatus.INTACT
        assert len(course.history) == 5
    early = course.branch(recorded=4)
    assert early.relationship.stage is Stage.INITIAL_FORMATION
    assert early.record(events.AdvanceRequested(session=4))
    assert early == course
    for count in (-1, 6):
        with pytest.raises(InvalidValueError, match="0 to 5"):
            course.branch(recorded=count)
    assert course.__eq__(5) is NotImplemented
    with pytest.raises(TypeError):
        hash(course)


def test_a_branch_before_a_correction_does_not_know_it() -> None:
    """What was known then includes the corrections recorded by then, and no later ones."""
    course = formed()
    course.record(events.StrainNoticed(session=5))
    course.retract(6)
    course.record(events.SessionHeld(session=6))
    assert course.at(recorded=6).alliance_status is AllianceStatus.STRAINED
    assert course.at(recorded=7).alliance_status is AllianceStatus.INTACT


def lived() -> Course:
    """A course with everything in it: a declined judgement, a repair, a breach, a score and corrections."""
    course = formed()
    happened: list[Event | Correction] = [
        events.AdvanceRequested(session=4),
        events.Measured(Score("wai-sr", 4.25, Rater.CLIENT), session=5),
        events.RuptureNoticed(MINOR, session=5),
        events.RepairBegan(RepairRoute.IMMEDIATE, session=6),
        events.RepairStepTaken(CLARIFY, session=6),
        events.RepairSucceeded({Rater.CLIENT}, "what it was about", session=6),
        events.BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, session=7, note="a message at night"),
        events.StageTaskWaived(T.ADDRESSING_RESISTANCE, "none was met"),
        events.EntryRetracted(4, Confidential("recorded in the wrong course")),
        events.EntryCorrected(7, events.Measured(Score("wai-sr", 4.5, Rater.CLIENT), session=5)),
        events.SupervisionHeld(session=8),
    ]
    for event in happened:
        course.record(event)
    return course


def test_a_course_is_taken_up_again_from_its_log() -> None:
    """The log gives the same state, the same history and the same decisions."""
    course = lived()
    again = Course.resume(course.start, course.log)
    assert again == course
    assert again.relationship == course.relationship
    assert again.history == course.history
    bare = Course.resume(course.start, [entry.event for entry in course.history])
    assert bare.history == course.history


def test_a_replay_gives_the_state_of_the_course() -> None:
    """Entries, lines of a log and mere events fold to the same relationship, with every decision kept."""
    course = lived()
    for log in (course.history, course.log, [entry.event for entry in course.history]):
        done = replay(course.start, log)
        assert done.relationship == course.relationship
        assert done == course.replay()
        assert len(done.decisions) == len(course.replay().entries) == 13
        assert done.entries[0].applied
        assert not done.entries[0].set_aside
        assert str(done).startswith("13 entries, ")
        assert str(done).endswith(f"; then {course.relationship}")


def test_a_replay_of_a_mixed_log_decides_what_is_not_known() -> None:
    """Lines whose verdict is known keep it; those after them are decided on the state that follows."""
    log: list[Recorded | Event] = [Recorded(each.event, True) for each in formed().log[:4]]
    done = replay(formed().start, [*log, events.AdvanceRequested(), events.StrainNoticed()])
    assert done.relationship.stage is Stage.WORKING_PHASE
    assert done.relationship.alliance_status is AllianceStatus.STRAINED


def test_a_replay_keeps_what_was_accepted_and_what_was_declined() -> None:
    """Under another policy what was declined stays out and what was accepted stays in; what is asked for is told."""
    start = between("C-1", "T-1")
    advance = events.AdvanceRequested()
    tasks = [Recorded(events.StageTaskMet(task), True) for task in tasks_of(Stage.INITIAL_FORMATION)]
    out = replay(start, [*tasks, Recorded(advance, False)])
    assert out.relationship.stage is Stage.INITIAL_FORMATION
    assert out.set_aside == ()
    assert not out.entries[-1].applied
    strict = Policy(strain_eased_before_working_phase=Requirement.REQUIRED)
    log = [*tasks, Recorded(events.StrainNoticed(), True), Recorded(advance, True)]
    assert replay(start, log).relationship.stage is Stage.WORKING_PHASE
    kept = replay(start, log, machine=Machine.standard().with_policy(strict))
    assert kept.relationship.stage is Stage.WORKING_PHASE
    assert kept.set_aside == ()
    resumed = Course.resume(start, log, machine=Machine.standard().with_policy(strict))
    assert resumed.relationship.stage is Stage.WORKING_PHASE
    assert [(each.number, each.accepted, bool(each.decision)) for each in resumed.decided_otherwise()] == [
        (6, True, False)
    ]
    assert resumed.decided_anew().relationship.stage is Stage.INITIAL_FORMATION
    assert resumed.history[5].accepted
    kept_out = Course.resume(start, [*tasks, Recorded(advance, False)])
    assert kept_out.relationship.stage is Stage.INITIAL_FORMATION
    assert not kept_out.history[4].accepted


def test_a_replay_refuses_a_correction_of_nothing() -> None:
    """A log that corrects an entry that there is not cannot be folded."""
    with pytest.raises(UnknownNameError, match="no such entry"):
        replay(Relationship.between("C-1", "T-1"), [events.EntryRetracted(1)])


def test_the_course_decides_under_its_own_policy_and_machine() -> None:
    """Policy and machine that a course began with are those it asks ever after."""
    strict = Policy(strain_eased_before_working_phase=Requirement.REQUIRED)
    course = begin("C-1", "T-1", machine=Machine.standard().with_policy(strict))
    assert course.machine.policy is strict
    assert course.machine.table is Machine.standard().table
    for task in tasks_of(Stage.INITIAL_FORMATION):
        course.record(events.StageTaskMet(task))
    course.record(events.StrainNoticed())
    assert not course.may(events.AdvanceRequested())
    assert not course.branch().record(events.AdvanceRequested())
    own = Machine(Machine.standard().table, policy=strict)
    assert Course.begin("C-1", "T-1", machine=own).machine.policy is strict
    assert Course.begin("C-1", "T-1").machine is Machine.standard()


def test_all_episodes_of_a_course_are_told() -> None:
    """Repaired, eased, carried along and open: every strain and rupture is listed as it ended."""
    course = lived()
    course.record(events.RuptureNoticed(MAJOR, session=9))
    first, second = course.episodes
    assert first.repair_in_words == "repaired, client's view"
    assert first.understanding == Confidential("what it was about")
    assert first.origin is None
    assert second is course.relationship.episode
    eased = begin("C-1", "T-1")
    for event in (events.StrainNoticed(session=1), events.StrainEased(session=2), events.StrainNoticed(session=3)):
        eased.record(event)
    assert [each.repaired for each in eased.episodes] == [False, False]


def test_an_episode_carried_along_is_told_once() -> None:
    """What a closing left open is listed as unresolved and not as closed."""
    course = begin("C-1", "T-1")
    for event in (events.RuptureNoticed(MINOR), events.Closed(ClosingReason.EXTERNAL)):
        course.record(event)
    decision = course.record(events.ReEngaged())
    assert isinstance(decision, Accepted)
    assert decision.closed_episode is None
    assert [each.repair_in_words for each in course.episodes] == ["not repaired"]


def test_a_correction_may_close_an_episode() -> None:
    """A repair that a correction put in place is told like any other."""
    course = begin("C-1", "T-1")
    for event in (events.StrainNoticed(), events.RepairBegan(RepairRoute.IMMEDIATE), events.RepairStepTaken(CLARIFY)):
        course.record(event)
    course.record(events.SessionHeld())
    course.correct(4, events.RepairSucceeded({Rater.THERAPIST}))
    assert [each.repair_in_words for each in course.episodes] == ["repaired, therapist's view"]
    correction = course.history[4].decision
    assert isinstance(correction, Accepted)
    assert correction.closed_episode is not None
    assert correction.closed_episode.repaired


def test_what_a_correction_takes_away_was_never_there() -> None:
    """A retracted strain is not closed, nor is one that was corrected to something else; only a judgement closes."""
    course = begin("C-1", "T-1")
    for _ in range(2):
        course.record(events.StrainNoticed())
        decision = course.retract(len(course.history))
        assert isinstance(decision, Accepted)
        assert decision.before.episode is not None
        assert decision.closed_episode is None
    course.record(events.StrainNoticed())
    corrected = course.correct(5, events.SessionHeld())
    assert isinstance(corrected, Accepted)
    assert corrected.closed_episode is None
    course.record(events.StrainNoticed())
    course.record(events.SessionHeld())
    eased = course.correct(8, events.StrainEased())
    assert isinstance(eased, Accepted)
    assert eased.closed_episode is not None
    assert eased.closed_episode == eased.before.episode
    assert course.episodes == (eased.closed_episode,)


def test_a_correction_that_changes_nothing_leaves_every_other_answer() -> None:
    """From where the relationship is again as it was, the answers stay as they were."""
    course = begin("C-1", "T-1")
    for number in range(1, 30):
        course.record(events.SessionHeld(session=number))
        course.record(events.StrainNoticed(session=number))
        course.record(events.StrainEased(session=number))
    before = course.replay()
    course.retract(40)
    after = course.replay()
    assert [entry.number for entry in before.entries if entry not in after.entries] == [40]
    assert [entry for entry in before.entries if entry.number != 40] == list(after.entries)
    stands, now = after.entries, after.entries[39].decision.before
    assert refold(stands, 40, None, now) == list(stands)  # retracted already
    without = refold(stands, 41, None, stands[39].decision.before)
    assert [entry.number for entry in without if entry.set_aside] == [42]
    assert [one.number for one, other in zip(without, stands[:39] + stands[40:], strict=True) if one is not other] == [
        42
    ]


def test_state_and_history_survive_a_round_trip_through_json() -> None:
    """Written and read back, relationship and log are equal, confidential text included where it was decided so."""
    course = lived()
    reader = Reader(unions=[Event, Correction])
    state = reader.loads(reader.dumps(course.relationship, confidential="include"), Relationship)
    assert state == course.relationship
    log = reader.loads(reader.dumps(list(course.log), list[Recorded], confidential="include"), list[Recorded])
    assert Course.resume(course.start, log) == course


def test_nothing_confidential_shows_in_what_a_course_prints() -> None:
    """Neither course, history, decisions nor explanations show what is confidential."""
    course = lived()
    printed = [
        repr(course),
        str(course.history),
        repr(course.history.entries),
        repr(course.log),
        str(course.hindsight()),
    ]
    printed += [str(entry.decision.explain()) for entry in course.history]
    printed += [str(entry.decision.explain().to_data()) for entry in course.history]
    for secret in ("night", "what it was about", "wrong course", "none was met"):
        assert not [text for text in printed if secret in text]
