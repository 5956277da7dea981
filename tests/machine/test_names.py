"""Names are given once, when a report is recorded, and mean the same ever after."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import Breach, BreachKind, BreachSeverity, BreachStatus, ConcernOutcome, Relationship, events
from therarel.machine import Course, Machine, Policy, Recorded, Requirement, replay

KIND, SEVERITY, STATUS = BreachKind, BreachSeverity, BreachStatus
CONTACT = events.BreachReported(KIND.CONTACT, SEVERITY.CROSSING, session=1)
EXPLOITATION = events.BreachReported(KIND.EXPLOITATION, SEVERITY.SERIOUS, STATUS.SUBSTANTIATED, session=2)


def kinds(relationship: Relationship) -> dict[str, BreachKind]:
    """What is on record under each name."""
    return {breach.breach_id: breach.kind for breach in relationship.breaches}


def concerns(relationship: Relationship) -> set[str]:
    """The names of the concerns for safety on record."""
    return {concern.concern_id for concern in relationship.safety_concerns}


def test_a_retraction_renames_nothing() -> None:
    """What was said of one breach is not said of another once a report before it is retracted."""
    course = Course.begin("C-1", "T-1")
    course.record(CONTACT)
    course.record(EXPLOITATION)
    course.record(events.BreachReassessed("breach-1", status=STATUS.NOT_SUBSTANTIATED, session=3))
    course.retract(1, "another client")
    (breach,) = course.relationship.breaches
    assert (breach.breach_id, breach.kind, breach.is_serious) == ("breach-2", KIND.EXPLOITATION, True)
    assert [entry.name for entry in course.history] == ["breach-1", "breach-2", None, None]
    assert [line.name for line in course.log] == ["breach-1", "breach-2", None, None]


def test_a_name_is_not_given_again() -> None:
    """A name whose report was retracted stays with it, on the course and on what is taken up from its log."""
    course = Course.begin("C-1", "T-1")
    course.record(CONTACT)
    course.retract(1)
    course.record(EXPLOITATION)
    assert kinds(course.relationship) == {"breach-2": KIND.EXPLOITATION}
    again = Course.resume(course.start, course.log)
    again.record(CONTACT)
    assert kinds(again.relationship) == {"breach-2": KIND.EXPLOITATION, "breach-3": KIND.CONTACT}
    assert again.branch(recorded=1).record(EXPLOITATION).relationship.breach("breach-2") is not None


def test_a_corrected_report_keeps_its_name() -> None:
    """What was reported is corrected in kind and code, and goes by the name that it was given; the answer says so."""
    course = Course.begin("C-1", "T-1")
    course.record(CONTACT)
    course.record(events.SessionHeld(session=2))
    course.correct(1, attrs.evolve(EXPLOITATION, breach_id="late-message"))
    assert kinds(course.relationship) == {"breach-1": KIND.EXPLOITATION}
    course.correct(2, CONTACT)
    assert kinds(course.relationship) == {"breach-1": KIND.EXPLOITATION, "breach-2": KIND.CONTACT}
    course.correct(2, events.SessionHeld(session=2))
    course.correct(2, EXPLOITATION)
    assert kinds(course.relationship) == {"breach-1": KIND.EXPLOITATION, "breach-2": KIND.EXPLOITATION}
    assert [entry.name for entry in course.history] == ["breach-1", None, "breach-1", "breach-2", None, "breach-2"]
    assert [each.name for each in course.replay().entries] == ["breach-1", "breach-2"]
    said = [str(remark) for remark in course.replay().entries[0].decision.remarks]
    assert "It is on record as breach-1 and not as 'late-message': a name is given once in a course." in said


def test_a_code_that_is_taken_is_not_given_twice() -> None:
    """The second report under a code gets a name of its own, keeps what was stated, and says so, also when read again."""
    course = Course.begin("C-1", "T-1")
    stated = attrs.evolve(CONTACT, breach_id="late")
    course.record(stated)
    course.retract(1)
    second = course.record(attrs.evolve(EXPLOITATION, breach_id="late"))
    assert kinds(course.relationship) == {"breach-2": KIND.EXPLOITATION}
    assert "breach_name_taken" in [remark.code for remark in second.remarks]
    again = Course.resume(course.start, course.log)
    assert again.history == course.history


def test_what_is_on_record_from_the_beginning_has_its_name() -> None:
    """A course that begins with breaches on record counts on from them, and what is asked is what is recorded."""
    start = attrs.evolve(
        Relationship.between("C-1", "T-1"),
        breaches=(Breach("breach-2", KIND.OTHER, SEVERITY.CROSSING),),
    )
    course = Course(start)
    assert course.may(CONTACT).relationship == course.record(CONTACT).relationship
    assert kinds(course.relationship) == {"breach-2": KIND.OTHER, "breach-3": KIND.CONTACT}


def test_concerns_for_safety_are_named_in_the_same_way() -> None:
    """A retracted concern takes no review with it, and breaches and concerns are counted apart."""
    course = Course.begin("C-1", "T-1")
    course.record(CONTACT)
    for session in (2, 3):
        course.record(events.SafetyConcernRaised(session=session))
    course.record(events.SafetyConcernReviewed("concern-1", ConcernOutcome.CLOSED, session=4))
    course.retract(2)
    (concern,) = course.relationship.safety_concerns
    assert (concern.concern_id, concern.is_open) == ("concern-2", True)
    course.correct(1, events.SafetyConcernRaised(session=1))
    assert concerns(course.relationship) == {"concern-2", "concern-3"}
    assert concerns(Course.resume(course.start, course.log).relationship) == {"concern-2", "concern-3"}


def test_an_older_log_keeps_the_names_that_were_counted() -> None:
    """Lines that do not say the name are named as they were then: by what was on record."""
    log = [
        Recorded(CONTACT, True),
        Recorded(events.EntryRetracted(1), True),
        Recorded(EXPLOITATION, True),
        Recorded(events.BreachReassessed("breach-1", SEVERITY.VIOLATION), True),
    ]
    course = Course.resume(Relationship.between("C-1", "T-1"), log)
    (breach,) = course.relationship.breaches
    assert (breach.breach_id, breach.severity) == ("breach-1", SEVERITY.VIOLATION)
    assert [line.name for line in course.log] == ["breach-1", None, "breach-1", None]
    assert course.record(CONTACT).relationship.breach("breach-2") is not None


REPORTS = st.builds(
    events.SafetyConcernRaised,
    concern_id=st.none() | st.sampled_from(["concern-2", "breach-1", "late"]),
    session=st.none() | st.integers(0, 6),
) | st.builds(
    events.BreachReported,
    st.sampled_from([KIND.CONTACT, KIND.DUAL_ROLE, KIND.OTHER]),
    st.sampled_from(SEVERITY),
    st.sampled_from([STATUS.ALLEGED, STATUS.SUBSTANTIATED]),
    breach_id=st.none() | st.sampled_from(["breach-2", "late", "x"]),
    session=st.none() | st.integers(0, 6),
)
OTHERS = st.one_of(
    st.builds(events.SessionHeld, session=st.none() | st.integers(0, 6)),
    st.builds(events.SupervisionHeld, session=st.none() | st.integers(0, 6)),
    st.builds(
        events.BreachReassessed,
        st.sampled_from(["breach-1", "breach-2", "breach-3", "late"]),
        st.none() | st.sampled_from(SEVERITY),
        st.none() | st.sampled_from(STATUS),
    ),
    st.builds(events.BreachAddressed, st.sampled_from(["breach-1", "breach-2", "late"]), st.just(True)),
)
STEPS = st.tuples(st.sampled_from(["record", "record", "retract", "correct"]), st.integers(1, 12), REPORTS | OTHERS)


@given(st.lists(STEPS, max_size=14))
def test_a_name_means_one_report_through_everything(steps: list[tuple[str, int, events.Event]]) -> None:
    """Whatever is retracted, corrected, asked, branched, replayed or decided anew, no two entries share a name."""
    course = Course.begin("C-1", "T-1")
    for act, number, event in steps:
        entries = course.history
        if act == "record" or number > len(entries) or entries.entry(number).corrects is not None:
            course.record(event)
        elif act == "retract":
            course.retract(number)
        else:
            course.correct(number, event)
    reported: dict[tuple[type, str], set[int]] = {}
    for entry in course.history:
        if entry.name is not None:
            event_now = entry.event.by if isinstance(entry.event, events.EntryCorrected) else entry.event
            reported.setdefault((type(event_now), entry.name), set()).add(entry.corrects or entry.number)
    assert all(len(numbers) == 1 for numbers in reported.values())
    standing = [(each.name, each.event) for each in course.replay().entries if each.name is not None]
    expected = {name: event.kind for name, event in standing if isinstance(event, events.BreachReported)}
    raised = {name for name, event in standing if isinstance(event, events.SafetyConcernRaised)}
    count = len(course.history)
    strict = Machine(Machine.standard().table, policy=Policy(strain_eased_before_working_phase=Requirement.REQUIRED))
    for relationship in (
        course.relationship,
        course.at(99),
        course.at(recorded=count),
        course.branch().relationship,
        course.replay().relationship,
        replay(course.start, course.history).relationship,
        Course.resume(course.start, course.log).relationship,
        Course.resume(course.start, course.log, machine=strict).relationship,
        course.decided_anew().relationship,
    ):
        assert kinds(relationship) == expected
        assert concerns(relationship) == raised
    for moment in range(7):
        assert kinds(course.at(moment)).items() <= expected.items()
    for recorded in range(count):
        for name, kind in kinds(course.at(recorded=recorded)).items():
            assert (events.BreachReported, name) in reported
            assert kinds(course.branch(recorded=recorded).relationship)[name] is kind
