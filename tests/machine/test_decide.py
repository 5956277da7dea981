"""The decision: pure, total, deterministic, and explained in words and as data."""

from __future__ import annotations

import json
from functools import cache

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import (
    Breach,
    BreachKind,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    Contributor,
    Correction,
    Event,
    Occurrence,
    Party,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    ResolutionStrategy2015,
    RuptureMode,
    RuptureSeverity,
    Score,
    StageTask,
    WaivedTask,
    events,
)
from therarel.errors import InvalidValueError
from therarel.machine import (
    Accepted,
    Course,
    Declined,
    Explanation,
    Machine,
    Policy,
    Requirement,
    StateChange,
    check,
    decide,
    options,
    why_not,
)
from therarel.machine.explanations import event_label
from therarel.machine.judgements import judgements_about
from therarel.machine.specimens import events_about, specimens
from therarel.texts import standard_texts, words_of


@cache
def all_specimens() -> tuple[Relationship, ...]:
    """Every specimen, made once."""
    return tuple(specimens())


@st.composite
def cases(draw: st.DrawFn) -> tuple[Relationship, Event, Policy]:
    """A relationship, an event that may happen in it, and a policy."""
    relationship = draw(st.sampled_from(all_specimens()))
    event = draw(st.sampled_from(tuple(events_about(relationship))))
    policy = draw(
        st.builds(
            Policy,
            strain_eased_before_working_phase=st.sampled_from(Requirement),
            major_rupture_reopens_trust=st.booleans(),
        )
    )
    return relationship, event, policy


@given(cases())
def test_every_event_has_an_answer_in_every_state(case: tuple[Relationship, Event, Policy]) -> None:
    """Facts are accepted, judgements accepted or declined with reasons; the same question gets the same answer."""
    relationship, event, policy = case
    decision = decide(relationship, event, machine=Machine.standard().with_policy(policy))
    assert decision == decide(relationship, event, machine=Machine.standard().with_policy(policy))
    assert decision.event is event
    assert decision.accepted is bool(decision)
    if isinstance(event, events.FACTS):
        assert isinstance(decision, Accepted)
    if isinstance(decision, Declined):
        assert decision.relationship is decision.before is relationship
        assert decision.unmet
    else:
        assert decision.before is relationship
        assert decision.moved == bool(decision.changes) == (decision.relationship is not relationship)
        if not decision.moved:
            assert decision.remarks


@given(cases())
def test_every_answer_can_be_said_in_words_and_as_data(case: tuple[Relationship, Event, Policy]) -> None:
    """The text has no gap, the data survives JSON, and every reason has a sentence and something to change it."""
    relationship, event, policy = case
    explanation = why_not(relationship, event, machine=Machine.standard().with_policy(policy))
    text = str(explanation)
    assert "{" not in text
    first = ("Accepted: ",) if explanation.accepted else ("Not now: ", "No: ")
    assert explanation.headline.startswith(first)
    assert explanation.headline in text.split("\n")
    data = explanation.to_data()
    assert json.loads(json.dumps(data)) == data
    assert data["event"] == type(event).__name__
    for failed in explanation.failing:
        assert failed.question in text
        assert failed.sentence in text
        assert failed.would_change in text


@given(cases())
def test_what_is_open_now_would_be_accepted(case: tuple[Relationship, Event, Policy]) -> None:
    """A declined judgement names the judgements that are open instead, and they are."""
    relationship, event, policy = case
    decision = decide(relationship, event, machine=Machine.standard().with_policy(policy))
    if isinstance(decision, Declined):
        assert all(
            decide(relationship, each, machine=Machine.standard().with_policy(policy)) for each in decision.open_now
        )
        assert event not in decision.open_now


@given(st.sampled_from(all_specimens()))
def test_options_decide_every_judgement(relationship: Relationship) -> None:
    """Every judgement and every value of its closed arguments stands among the options, decided as `decide` does."""
    found = options(relationship)
    assert [each.event for each in found] == list(judgements_about(relationship))
    assert {type(each.event) for each in found} == set(events.JUDGEMENTS)
    assert len(found.of(events.StageTaskMet)) == len(found.of(events.StageTaskWaived)) == len(StageTask)
    assert len(found.of(events.RepairSucceeded)) == 8
    assert set(map(type, found.open)) == {type(each.event) for each in found if each}
    assert all(bool(decide(relationship, each.event)) == bool(each) for each in found)  # type: ignore[arg-type]
    assert found[0] is next(iter(found))
    assert found[0:2] == found.decisions[:2]
    assert repr(found) == f"<Options: {len(found.open)} of {len(found)} judgements are open>"


def test_options_ask_about_every_breach_on_record() -> None:
    """Each breach is asked about with the client informed and without; where there is none, the next name stands."""
    none = Relationship.between("C-1", "T-1")
    assert [each.event for each in options(none).of(events.BreachAddressed)] == [
        events.BreachAddressed("breach-1", True), events.BreachAddressed("breach-1", False)
    ]  # fmt: skip
    two = Relationship(none.dyad, breaches=[Breach(name, BreachKind.OTHER, BreachSeverity.CROSSING) for name in "ab"])
    asked = [each.event for each in options(two).of(events.BreachAddressed)]
    assert [each.of for each in asked if isinstance(each, events.BreachAddressed)] == ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (events.EntryRetracted(1), "concerns the history"),
        (events.SessionHeld, "not its class"),
        ("advance", "this is not an event"),
        (None, "this is not an event"),
    ],
)
def test_what_is_no_event_is_refused(what: object, message: str) -> None:
    """Corrections, classes and anything else raise, with a hint."""
    with pytest.raises(InvalidValueError, match=message) as raised:
        decide(Relationship.between("C-1", "T-1"), what)  # type: ignore[arg-type]
    assert raised.value.hint


def test_an_explanation_reads_as_a_person_would_say_it() -> None:
    """The whole text of an answer, once declined and once accepted."""
    relationship = Relationship.between("C-1", "T-1")
    assert str(why_not(relationship, events.StageTaskMet(StageTask.ESTABLISHING_TRUST))) == (
        "Not now: stage task met, establishing trust.\n"
        "- Are the tasks that come first met?\n"
        "    To be met first: building rapport.\n"
        "    What would change it: Record each of these once you judge it met.\n"
        "Open now: stage task met, building rapport."
    )
    assert str(why_not(relationship, events.RepairBegan(RepairRoute.IMMEDIATE))) == (
        "Accepted: repair began, immediate.\nNote: No strain or rupture is open. This is kept with the record."
    )
    assert str(why_not(relationship, events.SessionMissed(Party.CLIENT))) == (
        "Accepted: session missed.\nChanged: sessions that the client missed in a row: 0 -> 1."
    )


def test_changes_are_said_in_words() -> None:
    """States say before and after, tasks say which, and what has no short words is named alone."""
    now = decide(Relationship.between("C-1", "T-1"), events.StageTaskMet(StageTask.BUILDING_RAPPORT)).relationship
    assert list(map(str, _changes(now, events.StageTaskReopened(StageTask.BUILDING_RAPPORT)))) == [
        "tasks met: no longer building rapport"
    ]
    assert list(map(str, _changes(now, events.StrainNoticed()))) == [
        "alliance: intact -> strained",
        "strain or rupture: none -> strain",
    ]
    assert list(map(str, _changes(now, events.EndingPlanned()))) == [
        "stage: initial formation -> ending", "ending planned from: none -> initial formation"
    ]  # fmt: skip
    assert list(map(str, _changes(now, events.SafetyConcernRaised()))) == ["safety concerns: now concern-1, open"]
    assert str(StateChange("supervision_last", None, Occurrence(3))) == "last supervision: none -> session 3"
    waived = attrs.evolve(now, tasks_waived=(WaivedTask(StageTask.ADDRESSING_RESISTANCE, "none was met"),))
    assert list(map(str, _changes(waived, events.StageTaskReopened(StageTask.ADDRESSING_RESISTANCE)))) == [
        "tasks waived: no longer addressing resistance"
    ]
    strained = decide(now, events.StrainNoticed()).relationship
    assert list(map(str, _changes(strained, events.PerspectiveGiven(Rater.CLIENT, perceived=True)))) == [
        "strain or rupture: strain, changed in detail"
    ]
    breached = decide(strained, events.BreachReported(BreachKind.CONTACT, BreachSeverity.VIOLATION, breach_id="call"))
    assert list(map(str, _changes(breached.relationship, events.SupervisionHeld(session=3)))) == [
        "breaches: now contact, violation, alleged, call, open, supervised since", "last supervision: none -> session 3"
    ]  # fmt: skip


def _changes(relationship: Relationship, event: Event) -> tuple[object, ...]:
    decision = decide(relationship, event)
    assert isinstance(decision, Accepted)
    return decision.changes


def test_a_declined_judgement_leads_to_concepts() -> None:
    """The concepts of an answer are those of its guards and of what they are about, each once."""
    decision = decide(Relationship.between("C-1", "T-1"), events.StageTaskMet(StageTask.ESTABLISHING_TRUST))
    assert isinstance(decision, Declined)
    assert decision.concepts == ("building_rapport",)
    advance = decide(Relationship.between("C-1", "T-1"), events.AdvanceRequested())
    assert isinstance(advance, Declined)
    assert advance.concepts == ("initial_formation", *(task.value for task in list(StageTask)[:4]))
    assert isinstance(advance.explain(), Explanation)


def test_names_and_values_read_as_words() -> None:
    """Classes, states, tuples and truth values become words."""
    assert [words_of(name) for name in ("ReEngaged", "BreachReassessed", "re_engagement")] == [
        "re-engaged", "breach reassessed", "re-engagement"
    ]  # fmt: skip
    assert [standard_texts().said(value) for value in ((), False, 3, "x", None)] == ["none", "no", "3", "x", "none"]
    told: dict[str, Event | Correction] = {
        "entry 1 retracted": events.EntryRetracted(1),
        "entry 2 corrected: strain eased": events.EntryCorrected(2, events.StrainEased()),
        "measured, phq-9": events.Measured(Score("phq-9", 4.0, Rater.CLIENT)),
        "breach addressed, gift": events.BreachAddressed("gift", client_informed=True),
        "closed with all stages completed": events.ClosedAllStagesCompleted(),
    }
    assert {event_label(event, standard_texts()): event for event in told.values()} == told


def test_repr_of_a_decision_is_short() -> None:
    """A decision shows its event and what is not met on one line, and its explanation as text."""
    relationship = Relationship.between("C-1", "T-1")
    declined = decide(relationship, events.AdvanceRequested())
    assert repr(decide(relationship, events.StrainNoticed())) == "<Accepted: strain noticed>"
    assert repr(declined) == "<Declined: advance requested; not met: formation_complete>"
    assert str(declined) == str(declined.explain())


def test_a_machine_of_ones_own_is_asked() -> None:
    """Policy and machine are those that the call names."""
    machine = Machine(Machine.standard().table, policy=Policy(strain_eased_before_working_phase=Requirement.REQUIRED))
    relationship = Relationship.between("C-1", "T-1")
    now = decide(relationship, events.StrainNoticed(), machine=machine)
    assert now
    assert check(machine.table, policy=machine.policy) == ()


def test_what_is_open_is_found_once_for_all_options() -> None:
    """Every declined option answers with one and the same list of what is open, which a single decision finds too."""
    relationship = Relationship.between("C-1", "T-1")
    asked = options(relationship)
    declined = [each for each in asked if isinstance(each, Declined)]
    assert len({id(each.open_now) for each in declined}) == 1
    for each in declined:
        assert each.open_now == asked.open
        assert each.explain() == decide(relationship, each.event).explain()


def test_a_declined_repair_says_in_whose_view_it_would_be_accepted() -> None:
    """Where the client's view is missing, what is open names the client; elsewhere repairs are listed once."""
    course = Course.begin("C-014", "T-03")
    course.record(events.RuptureNoticed(RuptureSeverity.MINOR, contributors={Contributor.CULTURE}, session=3))
    course.record(events.CulturalMisstepAcknowledged(client_view_invited=True, session=3))
    course.record(events.RepairBegan(RepairRoute.IMMEDIATE, session=3))
    course.record(events.RepairStepTaken(ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING, session=3))
    declined = course.why_not(events.RepairSucceeded({Rater.THERAPIST}))
    assert declined.headline == "Not now: repair succeeded, judged by therapist."
    assert [each for each in declined.open_now if "repair" in each] == ["repair succeeded, judged by client"]
    assert course.why_not(events.RepairSucceeded()).headline == "Not now: repair succeeded."
    advance = course.why_not(events.AdvanceRequested())
    assert [each for each in advance.open_now if "repair" in each] == ["repair succeeded"]
    assert "- repair succeeded, judged by client and therapist" in str(course.options()).splitlines()


def test_what_nothing_changes_any_more_is_answered_with_no() -> None:
    """A breach that is never settled and a course whose client died say no; what waits for something says not now."""
    course = Course.begin("C-014", "T-03")
    exploited = events.BreachReported(
        BreachKind.EXPLOITATION, BreachSeverity.SERIOUS, BreachStatus.SUBSTANTIATED, session=2
    )
    course.record(exploited)
    assert course.why_not(events.BreachAddressed("breach-1", True)).headline == "No: breach addressed, breach-1."
    assert course.why_not(events.BreachAddressed("breach-2", True)).headline == "Not now: breach addressed, breach-2."
    for reason, answer in ((ClosingReason.CLIENT_DIED, "No"), (ClosingReason.AGREED, "Not now")):
        closed = Course.begin("C-014", "T-03")
        closed.record(events.Closed(reason, session=2))
        assert closed.why_not(events.StrainEased()).headline == f"{answer}: strain eased."


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (events.RuptureNoticed(RuptureSeverity.MODERATE), "rupture noticed, moderate"),
        (
            events.RuptureNoticed(RuptureSeverity.MAJOR, {RuptureMode.WITHDRAWAL, RuptureMode.CONFRONTATION}),
            "rupture noticed, major, confrontation, withdrawal",
        ),
        (events.RepairBegan(RepairRoute.EXPLORATORY), "repair began, exploratory"),
        (events.RepairStepTaken(RepairStep.EXPLORING_RUPTURE), "repair step taken, exploring rupture"),
        (events.PerspectiveGiven(Rater.CLIENT, perceived=True), "perspective given by the client"),
        (events.Closed(ClosingReason.TRANSFERRED), "closed, transferred"),
    ],
)
def test_an_event_of_a_rupture_or_an_ending_says_which(event: Event, said: str) -> None:
    """A history tells one step of a repair from another, and one closing from another."""
    assert event_label(event, standard_texts()) == said
