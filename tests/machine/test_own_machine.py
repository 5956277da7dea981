"""Everything that a course does, it does under its own machine and its own policy; and what is refused is told fully."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import attrs
import pytest
from tests.agreed import begin, between

from therarel.confidential import Confidential
from therarel.domain import AllianceStatus, ClosingReason, RuptureSeverity, Stage, events, tasks_of
from therarel.errors import TherarelError
from therarel.machine import (
    Course,
    Declined,
    Machine,
    Policy,
    Recorded,
    Replay,
    Requirement,
    decide,
    options,
    replay,
    why_not,
)
from therarel.machine.guards import OFFERED_HERE

TABLE = Machine.standard().table
LOOSE = Machine(
    attrs.evolve(
        TABLE,
        transitions=tuple(
            attrs.evolve(row, guards=("strain_allows_advance",)) if row.id == "S1" else row for row in TABLE.transitions
        ),
    ),
    policy=Policy(strain_eased_before_working_phase=Requirement.REQUIRED),
)
LENIENT = Policy()
ADVANCE = events.AdvanceRequested()
START = between("C-1", "T-1")
STRAINED = decide(START, events.StrainNoticed()).relationship


def loose() -> Course:
    """A course under a machine that advances where no strain is, and a policy that lets a strain pass."""
    return begin("C-1", "T-1", machine=LOOSE.with_policy(LENIENT))


def test_functions_ask_the_machine_and_the_policy_they_are_given() -> None:
    """`decide`, `why_not`, `options` and `replay` take the policy of the machine unless another one is named."""
    assert decide(START, ADVANCE, machine=LOOSE)
    assert not decide(START, ADVANCE)
    assert not decide(STRAINED, ADVANCE, machine=LOOSE)
    assert decide(STRAINED, ADVANCE, machine=LOOSE.with_policy(LENIENT))
    assert why_not(STRAINED, ADVANCE, machine=LOOSE.with_policy(LENIENT)).accepted
    assert why_not(STRAINED, ADVANCE, machine=LOOSE).accepted is False
    assert ADVANCE in options(STRAINED, machine=LOOSE.with_policy(LENIENT)).open
    assert ADVANCE not in options(STRAINED, machine=LOOSE).open
    assert ADVANCE not in options(STRAINED, machine=Machine.standard().with_policy(LENIENT)).open


def test_a_declined_judgement_asks_its_own_machine_what_is_open() -> None:
    """What is open now is asked of the machine and under the policy that declined."""
    task = events.StageTaskMet(tasks_of(Stage.MATURATION)[0])
    declined = decide(STRAINED, task, machine=LOOSE.with_policy(LENIENT))
    assert not declined
    assert ADVANCE in declined.open_now
    assert ADVANCE not in decide(STRAINED, task, machine=LOOSE).open_now  # type: ignore[union-attr]  # as above


def test_a_judgement_that_is_not_offered_keeps_the_policy_it_was_asked_under() -> None:
    """A judgement that no row answers here tells what is open under the policy and the machine it was asked under."""
    closed = attrs.evolve(STRAINED, stage=Stage.CLOSED, closed_reason=ClosingReason.AGREED)
    for relationship, judgement in ((START, events.StrainEased()), (closed, ADVANCE)):
        declined = decide(relationship, judgement, machine=LOOSE.with_policy(LENIENT))
        assert isinstance(declined, Declined)
        assert [name for name, _ in declined.unmet] == [OFFERED_HERE]
        assert declined.machine == LOOSE.with_policy(LENIENT)


def test_a_judgement_that_a_table_lets_pass_without_effect_changes_nothing_and_says_so() -> None:
    """Where a table of one's own gives a judgement nothing to do, what is said is that it is kept."""
    rows = [row for row in TABLE.transitions if row.event != "StrainEased"]
    row = next(row for row in TABLE.transitions if row.event == "StrainEased")
    idle = Machine(attrs.evolve(TABLE, transitions=(*rows, attrs.evolve(row, guards=(), effect=None, to="same"))))
    decision = decide(STRAINED, events.StrainEased(), machine=idle)
    assert decision.relationship is STRAINED
    assert [remark.code for remark in decision.remarks] == ["logged"]


def test_a_table_may_move_the_alliance_in_every_stage() -> None:
    """Where no stages are named in which the alliance moves, it moves in all, closed courses included."""
    status = attrs.evolve(TABLE.regions.alliance_status, moves_in=())
    machine = Machine(attrs.evolve(TABLE, regions=attrs.evolve(TABLE.regions, alliance_status=status)))
    closed = attrs.evolve(START, stage=Stage.CLOSED, closed_reason=ClosingReason.AGREED)
    decision = decide(closed, events.StrainNoticed(), machine=machine)
    assert decision.transition is machine.transition("A1")
    assert decision.relationship.alliance_status is AllianceStatus.STRAINED
    assert decide(closed, events.StrainNoticed()).transition is None


def test_a_name_far_from_every_row_is_told_all_rows() -> None:
    """Asked for a row of no similar name, the machine names each row that it has."""
    with pytest.raises(TherarelError) as raised:
        Machine.standard().transition("nothing of the kind")
    assert str(raised.value).endswith(f"Hint: known are {', '.join(row.id for row in TABLE.transitions)}")


def test_a_course_asks_its_own_machine_in_everything() -> None:
    """Asking, recording, looking back, branching and taking up again all use the course's machine and policy."""
    course = loose()
    course.record(events.StrainNoticed(session=1))
    assert ADVANCE in course.options().open
    assert course.may(ADVANCE)
    assert course.why_not(ADVANCE).accepted
    assert course.record(events.AdvanceRequested(session=2))
    course.record(events.SessionHeld(session=3))
    working = Stage.WORKING_PHASE
    assert course.at(2).stage is course.at(recorded=2).stage is course.branch(recorded=2).relationship.stage is working
    assert course.replay().relationship.stage is working
    assert course.hindsight() == ()
    assert course.retract(3).relationship.stage is working
    assert course.branch().may(events.EndingPlanned())
    other = course.branch()
    assert other.machine == LOOSE.with_policy(LENIENT)
    assert Course.resume(START, course.log, machine=LOOSE.with_policy(LENIENT)) == course
    assert Course.resume(START, course.log, machine=LOOSE) != course
    assert Course.resume(START, course.log, machine=Machine.standard().with_policy(LENIENT)) != course
    assert Course.resume(other.relationship, course.log, machine=LOOSE.with_policy(LENIENT)) != course


@pytest.mark.parametrize("known", [True, None])
@pytest.mark.parametrize("corrected", [True, False])
def test_a_replay_keeps_its_machine_through_corrections(known: bool | None, corrected: bool) -> None:
    """With verdicts known or not, with a correction between or not, the same machine and policy decide."""
    log = [Recorded(events.StrainNoticed(), known)]
    if corrected:
        log += [Recorded(events.SessionHeld(), known), Recorded(events.EntryRetracted(2))]
    log += [Recorded(ADVANCE, known), Recorded(events.EndingPlanned(), known), Recorded(events.EndingRescinded())]
    done = replay(START, log, machine=LOOSE.with_policy(LENIENT))
    assert done.relationship.stage is Stage.WORKING_PHASE
    assert done.start is START
    assert [entry.decision.accepted for entry in done.entries] == [True] * 4
    assert [entry.number for entry in done.entries] == ([1, 4, 5, 6] if corrected else [1, 2, 3, 4])
    assert [entry.event for entry in done.entries][1] is ADVANCE
    strict = replay(START, log, machine=LOOSE)
    assert strict.relationship.stage is (Stage.WORKING_PHASE if known else Stage.INITIAL_FORMATION)
    assert isinstance(strict, Replay)


def test_a_replay_of_nothing_is_the_beginning() -> None:
    """An empty log leads nowhere."""
    assert replay(START, []) == Replay(START, START, ())


def test_a_reason_goes_with_its_correction() -> None:
    """Why an entry was retracted or corrected is kept, confidentially."""
    course = loose()
    for _ in range(2):
        course.record(events.SessionHeld())
    course.retract(1, Confidential("twice"))
    course.correct(2, events.FollowUpHeld(), "no session")
    first, second = (entry.event for entry in course.history[2:])
    assert first == events.EntryRetracted(1, Confidential("twice"))
    assert second == events.EntryCorrected(2, events.FollowUpHeld(), Confidential("no session"))


def test_what_cannot_be_placed_goes_with_what_was_recorded_before_it() -> None:
    """Asked for a session, an entry with a date alone is as late as its predecessor; asked for a day, the reverse."""
    course = loose()
    course.record(events.SessionHeld(session=1))
    course.record(events.SessionHeld(session=5))
    course.record(events.StrainNoticed(on=date(2026, 3, 1)))
    assert course.at(4).alliance_status is AllianceStatus.INTACT
    assert course.at(5).alliance_status is AllianceStatus.STRAINED
    first = loose()
    first.record(events.StrainNoticed(on=date(2026, 3, 1)))
    assert first.at(4).alliance_status is AllianceStatus.STRAINED


def test_entries_of_one_time_stay_in_the_order_of_recording() -> None:
    """Hindsight moves an entry only where it is known to have occurred before another."""
    course = loose()
    for event in (
        events.StrainNoticed(session=5), events.StrainEased(session=5), events.RuptureNoticed(RuptureSeverity.MINOR, session=5),
        events.SupervisionHeld(session=1), events.SessionHeld(session=5), events.SupervisionHeld(session=0),
    ):  # fmt: skip
        course.record(event)
    assert course.hindsight() == ()


def test_taking_up_a_course_clears_its_ending() -> None:
    """A course that closed out of an ending begins anew without it."""
    now = START
    for event in (events.EndingPlanned(), events.Closed(ClosingReason.AGREED)):
        now = decide(now, event).relationship
    assert now.ended_from is Stage.INITIAL_FORMATION
    assert decide(now, events.ReEngaged()).relationship.ended_from is None


def _course() -> Course:
    course = loose()
    course.record(events.SessionHeld())
    course.retract(1)
    return course


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: decide(START, events.EntryRetracted(1)), "a correction concerns the history, not the relationship, got EntryRetracted (expected a fact or a judgement). Hint: record it on a Course"),  # type: ignore[arg-type]
    (lambda: decide(START, events.SessionHeld), "an event is an object, not its class, got SessionHeld. Hint: write SessionHeld(...)"),  # type: ignore[arg-type]
    (lambda: decide(START, Stage), "this is not an event, got an object of type EnumType (expected a fact or a judgement). Hint: known are SessionHeld, SessionMissed, PauseAgreed, PauseEnded, FollowUpHeld, Measured, RelationshipRated, PerspectiveGiven, ChallengeFaced, SupervisionHeld, ApproachAdapted, CulturalMisstepAcknowledged, ..."),  # type: ignore[arg-type]
    (lambda: Machine.standard().transition("S22"), "the table has no such transition, got 'S22'. Hint: did you mean 'S2'?"),
    (lambda: _course().history.entry(3), "the history has no such entry, got 3 (expected a number from 1 to 2)"),
    (lambda: _course().retract(3), "there is no such entry to correct, got 3 (expected a number from 1 to 2)"),
    (lambda: _course().retract(2), "a correction is not corrected itself, got 2 (expected the number of a fact or a judgement). Hint: correct entry 1 again; the last correction counts"),
    (lambda: loose().retract(1), "there is no such entry to correct, got 1 (expected an entry; nothing is recorded yet)"),
    (lambda: _course().at(), "Course.at: one moment is needed (expected a session, a day, or a number of entries)"),
    (lambda: _course().branch(recorded=3), "recorded: there are not that many entries, got 3 (expected 0 to 2)"),
    (lambda: loose().record(events.StrainEased(), must=True), "StrainEased was declined: offered_here. Hint: see .decision.explain() for what would change it"),
    (lambda: format(LOOSE, "dott"), "there is no such form, got 'dott'. Hint: did you mean 'dot'?"),
    (lambda: Policy(exploratory_steps_minor=3), "Policy: a graver rupture needs no fewer steps than a lesser one, got 3, 2, 4 (expected minor, moderate, major in rising order)"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "message"), REFUSED)
def test_what_is_refused_is_told_with_value_bound_and_hint(act: Callable[[], object], message: str) -> None:
    """Each message says what, the value, what would do, and what to do about it."""
    with pytest.raises(TherarelError) as raised:
        act()
    assert str(raised.value) == message


def test_a_machine_speaks_in_the_sentences_it_is_given() -> None:
    """Texts of one's own are those that explanations use."""
    texts = Machine.standard().texts
    first = attrs.evolve(texts.guards["formation_complete"], question="Are the foundations laid?")
    machine = Machine(TABLE, attrs.evolve(texts, guards={**texts.guards, "formation_complete": first}))
    assert why_not(START, ADVANCE, machine=machine).failing[0].question == "Are the foundations laid?"
    assert machine.policy == Policy()


def test_what_would_change_it_may_speak_of_what_stands() -> None:
    """Values can be filled into every sentence of a guard, the one on what would change it included."""
    texts = Machine.standard().texts
    own = attrs.evolve(
        texts.guards["formation_complete"], fails="{value}.", would_change="{value} of {threshold}: {about}."
    )
    machine = Machine(TABLE, attrs.evolve(texts, guards={**texts.guards, "formation_complete": own}))
    failed = why_not(START, ADVANCE, machine=machine).failing[0]
    assert (failed.sentence, failed.would_change) == (
        "0.",
        "0 of 4: building rapport, establishing trust, setting expectations, creating safety.",
    )


def test_a_table_that_names_what_there_is_not_makes_no_machine() -> None:
    """The error tells what is wrong, and where in the table."""
    rows = (attrs.evolve(TABLE.transitions[0], effect="nothing_known"), *TABLE.transitions[1:])
    with pytest.raises(TherarelError) as raised:
        Machine(attrs.evolve(TABLE, transitions=rows))
    assert str(raised.value).startswith(
        "Machine: the table is not sound\n  $.transitions[0].effect: there is no effect"
    )


def test_a_corrected_entry_keeps_its_number() -> None:
    """What stands in the place of an entry goes by its number, first and last entries included."""
    course = loose()
    for _ in range(2):
        course.record(events.SessionHeld())
    course.correct(1, events.FollowUpHeld())
    assert [each.number for each in course.replay().entries] == [1, 2]
    assert course.history.entry(1).number == 1
    assert repr(course).endswith("3 entries>")


def test_a_judgement_put_in_place_that_does_not_hold_is_set_aside() -> None:
    """A correction may name a judgement that does not hold in its place: it is set aside, and hindsight lists it."""
    course = loose()
    course.record(events.SafetyConcernRaised())
    course.record(events.SessionHeld())
    decision = course.correct(2, events.StrainEased())
    assert list(map(str, decision.remarks)) == [
        "A concern for safety is open (concern-1). Look at it before anything else; this program does not judge risk.",
        "Set aside, because it does not hold without what was corrected: entry 2.",
    ]
    assert [(each.number, each.accepted, each.set_aside) for each in course.hindsight()] == [(2, True, True)]


def test_entries_of_a_history_keep_their_verdict_in_a_replay() -> None:
    """An entry recorded as declined is not applied, although the machine of the replay would accept it."""
    course = begin("C-1", "T-1")
    course.record(ADVANCE)
    done = replay(START, course.history, machine=LOOSE.with_policy(LENIENT))
    assert done.relationship is START
    assert not done.entries[0].applied
    unknown = replay(START, [Recorded(ADVANCE, False)], machine=LOOSE.with_policy(LENIENT)).entries[0].decision
    assert not unknown
    assert str(unknown.explain()).startswith(
        "Not now: advance requested.\nNote: It was declined when it was recorded, and that stays;"
    )
    assert replay(START, [ADVANCE], machine=LOOSE).relationship.stage is Stage.WORKING_PHASE


def test_an_entry_retracted_twice_is_gone_all_the_same() -> None:
    """A second retraction of an entry changes nothing, is no error, and says so; what replaces the entry says so too."""
    course = loose()
    course.record(events.StrainNoticed())
    assert course.retract(1).remarks == ()
    again = course.retract(1)
    assert list(map(str, again.remarks)) == ["That entry was retracted already. This is kept with the record."]
    assert course.relationship == START
    assert not course.replay().entries
    assert str(course.history).split("\n") == [
        "1  time not stated  strain noticed  see entry 3",
        "2  time not stated  entry 1 retracted",
        "3  time not stated  entry 1 retracted",
    ]
    instead = course.correct(1, events.FollowUpHeld())
    assert list(map(str, instead.remarks)) == ["That entry had been retracted; what is put in its place counts again."]
    (stands,) = course.replay().entries
    assert stands.event == events.FollowUpHeld()
    assert course.correct(1, events.SessionHeld()).remarks == ()
    assert str(course.history[4]) == "5  time not stated  entry 1 corrected: session held"


def test_a_log_may_mix_known_and_open_verdicts_after_a_correction() -> None:
    """After a correction, a line with its verdict and one without are folded from what stands."""
    known = Recorded(events.StrainNoticed(), True)
    done = replay(START, [Recorded(events.SessionHeld(), True), events.EntryRetracted(1), known, events.StrainEased()])
    assert done.relationship.alliance_status is AllianceStatus.INTACT
    assert [(entry.number, entry.accepted) for entry in done.entries] == [(3, True), (4, True)]


def test_a_verdict_left_open_after_a_correction_is_given_by_the_machine_named() -> None:
    """What stands before the open verdict is folded by the same machine and policy."""
    done = replay(
        START,
        [events.StrainNoticed(), ADVANCE, events.SessionHeld(), events.EntryRetracted(3), ADVANCE],
        machine=LOOSE.with_policy(LENIENT),
    )
    assert [entry.accepted for entry in done.entries] == [True, True, False]


def test_machines_and_courses_tell_their_size() -> None:
    """The short forms count what is held: one entry in the singular, and the guard that every row has besides its own."""
    course = loose()
    course.record(events.SessionHeld())
    assert repr(course).endswith(", 1 entry>")
    guards = {guard for row in TABLE.transitions for guard in row.guards}
    assert repr(Machine.standard()).endswith(f"{len(TABLE.transitions)} transitions, {len(guards) + 1} guards>")


def test_what_is_nearly_an_event_is_told_the_nearest_one() -> None:
    """The hint goes by the name of the class of what was given."""
    misspelt = type("SesionHeld", (), {})()
    with pytest.raises(TherarelError, match="did you mean 'SessionHeld'"):
        decide(START, misspelt)
