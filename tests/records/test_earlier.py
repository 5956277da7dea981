"""What records of earlier versions said, value by value, and what today's reading makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.domain import (
    Breach,
    BreachKind,
    BreachSeverity,
    ConcernOutcome,
    CulturalContext,
    DevelopmentLog,
    Occurrence,
    Relationship,
    StageTask,
    events,
)
from therarel.errors import ReadingError
from therarel.machine import Course, Machine, Policy, Recorded, Requirement
from therarel.records import CourseRecord

DYAD = {"client": {"pseudonym": "C-014"}, "therapist": {"pseudonym": "T-03"}}
KINDS = st.sampled_from(BreachKind)
SEVERITIES = st.sampled_from(BreachSeverity)
ROUTINE = {"type": "SessionHeld"}


def read(kind: str, version: int, /, **fields: object) -> Any:
    """The value of a document of a version."""
    return records.loads(json.dumps({"schema": f"therarel.{kind}/{version}", **fields}))


def course_of(version: int, happened: list[dict[str, Any]], start: object = None, **fields: object) -> CourseRecord:
    """The record of a course of a version, in which this happened."""
    entries = [{"event": event, "accepted": True} for event in happened]
    record = read(
        "course", version, start={"dyad": DYAD} if start is None else start, entries=entries,
        machine=Machine.standard().table.name, **{"policy": {}, **fields},
    )  # fmt: skip
    assert isinstance(record, CourseRecord)
    return record


def meant(kind: BreachKind, severity: BreachSeverity) -> BreachSeverity:
    """The severity as it is read: exploitation is never a crossing."""
    never = kind is BreachKind.EXPLOITATION and severity is BreachSeverity.CROSSING
    return BreachSeverity.VIOLATION if never else severity


@given(kind=KINDS, severity=SEVERITIES)
def test_exploitation_called_a_crossing_is_a_violation_and_nothing_else_is_regraded(
    kind: BreachKind, severity: BreachSeverity
) -> None:
    """Alone, in a relationship, in an event, in a correction and in a course it is read alike."""
    said = {"kind": kind.value, "severity": severity.value}
    breach = {"breach_id": "breach-1", **said, "is_open": False}
    reported = {"type": "BreachReported", **said}
    assert read("breach", 1, **breach).severity is meant(kind, severity)
    held = read("relationship", 1, dyad=DYAD, breaches=[breach, breach | {"breach_id": "breach-2"}])
    assert [each.severity for each in held.breaches] == [meant(kind, severity)] * 2
    assert read("event", 1, **reported).severity is meant(kind, severity)
    corrected = read("event", 1, type="EntryCorrected", of=1, by=reported)
    assert corrected.by.severity is meant(kind, severity)
    record = course_of(1, [reported, ROUTINE, {"type": "EntryCorrected", "of": 2, "by": reported}])
    assert [getattr(getattr(line.event, "by", line.event), "severity", None) for line in record.entries] == [
        meant(kind, severity), None, meant(kind, severity),
    ]  # fmt: skip
    start = course_of(1, [], {"dyad": DYAD, "breaches": [breach]}).start
    assert start.breaches == (Breach("breach-1", kind, meant(kind, severity), is_open=False),)


@pytest.mark.parametrize("was_open", [True, False, None])
def test_one_concern_without_a_name_stood_for_all(was_open: bool | None) -> None:
    """Where one was open there is a concern that goes by the first code, open; where none was there is none."""
    said = {} if was_open is None else {"safety_concern_open": was_open}
    for relationship in (read("relationship", 1, dyad=DYAD, **said), course_of(1, [], {"dyad": DYAD, **said}).start):
        found = [(each.concern_id, each.is_open) for each in relationship.safety_concerns]
        assert found == ([("concern-1", True)] if was_open else [])


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("met", [[], ["building_rapport"]])
def test_nothing_is_known_of_what_was_agreed_before_agreements(version: int, met: list[str]) -> None:
    """A relationship of before says so; that a session was held is taken from the tasks that are met."""
    found = read("relationship", version, dyad=DYAD, tasks_met=met)
    assert isinstance(found, Relationship)
    assert (found.agreements.kept_from_start, found.session_held) == (False, bool(met))
    assert read("relationship", 3, dyad=DYAD, tasks_met=met).agreements.kept_from_start is True
    of_course = course_of(version, [], {"dyad": DYAD, "tasks_met": met})
    assert (of_course.start.agreements.kept_from_start, of_course.start.session_held) == (False, bool(met))
    assert of_course.start.tasks_met == frozenset(map(StageTask, met))
    assert of_course.not_known == ("what was agreed: the course began before agreements could be recorded",)


@pytest.mark.parametrize(
    ("blocks", "now"), [(True, Requirement.REQUIRED), (False, Requirement.NOT_LOOKED_AT), (None, None)]
)
def test_a_threshold_that_has_another_name_now_keeps_its_meaning(blocks: bool | None, now: Requirement | None) -> None:
    """A strain that kept a pair from the working phase does so, in a policy alone and in those of a course."""
    said: dict[str, Any] = {"client_misses_for_lost_contact": 3}
    said |= {} if blocks is None else {"strain_blocks_formation_advance": blocks}
    wanted = Policy(
        client_misses_for_lost_contact=3, strain_eased_before_working_phase=now or Requirement.NOT_LOOKED_AT
    )
    assert read("policy", 1, **said) == wanted
    record = course_of(3, [], policy=said, earlier_policies=[said, {}])
    assert (record.policy, record.earlier_policies) == (wanted, (wanted, Policy()))


@pytest.mark.parametrize("damaged", [{"policy": 3}, {"earlier_policies": 3}, {"earlier_policies": [3]}, {"start": []}])
def test_damage_of_an_earlier_record_is_a_problem_and_no_fault(damaged: dict[str, object]) -> None:
    """What is not where it should be is named by the reader, whatever version the record is of."""
    whole = {"start": {"dyad": DYAD}, "entries": [], "policy": {}, "machine": "m"} | damaged
    for version in (1, 2, 3, 4, 5):
        with pytest.raises(ReadingError, match=rf"\$\.{next(iter(damaged))}"):
            read("course", version, **whole)


def test_a_review_of_before_closed_all_and_one_of_today_says_what_became_of_it() -> None:
    """A review without an outcome is read as one that closed every open concern; in a later version nothing is added."""
    closing = events.SafetyConcernReviewed(None, ConcernOutcome.CLOSED)
    assert read("event", 1, type="SafetyConcernReviewed") == closing
    assert read("event", 1, type="EntryCorrected", of=1, by={"type": "SafetyConcernReviewed"}).by == closing
    of_today = read("event", 2, type="SafetyConcernReviewed", of="concern-2", outcome="goes_on")
    assert of_today == events.SafetyConcernReviewed("concern-2", ConcernOutcome.GOES_ON)


MEASURED = {"type": "AllianceMeasured", "score": {"instrument": "wai-sr", "value": 40.0, "rater": "client"}}


@pytest.mark.parametrize("version", [1, 2])
def test_what_was_measured_then_is_measured_now_and_says_nothing_of_parts(version: int) -> None:
    """The event has another name, alone, in a correction, in a line and in a course; no part is made up."""
    alone = read("event", version, **MEASURED)
    assert isinstance(alone, events.Measured)
    assert (alone.score.value, alone.score.parts) == (40.0, ())
    assert read("event", version, type="EntryCorrected", of=1, by=MEASURED).by == alone
    line = read("entry", 1, event=MEASURED, accepted=True)
    assert isinstance(line, Recorded)
    assert line.event == alone
    assert [each.event for each in course_of(version, [MEASURED]).entries] == [alone]


@given(
    happened=st.lists(st.sampled_from(["SessionHeld", "PauseAgreed", "PauseEnded", "ReEngaged"]), max_size=8),
    paused=st.booleans(),
)
def test_a_session_of_before_left_a_pause_as_it_was(happened: list[str], paused: bool) -> None:
    """In a course a session is a contact inside a pause exactly where one was agreed; alone it is taken for one."""
    start = {"dyad": DYAD, "paused": paused}
    record = course_of(4, [{"type": each} for each in happened], start)
    for entry, kind in zip(record.entries, happened, strict=True):
        if kind == "SessionHeld":
            assert isinstance(entry.event, events.SessionHeld)
            assert entry.event.during_pause is paused
        paused = kind == "PauseAgreed" or (paused and kind == "SessionHeld")
    assert read("event", 2, type="SessionHeld", session=1).during_pause is True
    assert read("event", 2, type="SessionHeld", during_pause=False).during_pause is False
    assert read("entry", 1, event=ROUTINE, accepted=True).event.during_pause is True
    assert read("event", 3, type="SessionHeld").during_pause is False


@pytest.mark.parametrize("when", [None, {}, {"session": 8}, {"session": 8, "on": "2025-03-04"}])
def test_an_acknowledgement_of_before_keeps_when_it_was(when: dict[str, object] | None) -> None:
    """It said when in an object of its own, which may be missing; alone and in a context it is the event of today."""
    said: dict[str, object] = {"client_view_invited": True, **({} if when is None else {"occurred": when})}
    alone = read("cultural_acknowledgement", 1, **said)
    assert isinstance(alone, events.CulturalMisstepAcknowledged)
    assert (alone.client_view_invited, alone.session) == (True, (when or {}).get("session"))
    assert alone.occurred == Occurrence(alone.session, alone.on)
    context = read("cultural_context", 1, acknowledgements=[said, said])
    assert isinstance(context, CulturalContext)
    assert context.acknowledgements == (alone, alone)


def test_entries_of_a_log_of_before_keep_their_class() -> None:
    """Supervision that was an entry of its own is the event of today; what had its name before keeps it."""
    log = read(
        "development_log", 1, therapist={"pseudonym": "T-03"},
        entries=[{"type": "SupervisionEntry", "on": "2025-03-27"}, {"type": "SelfReflection", "on": "2025-03-28"}],
    )  # fmt: skip
    assert isinstance(log, DevelopmentLog)
    assert [type(each).__name__ for each in log.entries] == ["SupervisionHeld", "SelfReflection"]


@given(st.integers(1, 5))
def test_a_course_of_any_version_goes_on(version: int) -> None:
    """What a version wrote is a course, on which the next session can be recorded, and which is saved as of today."""
    course = course_of(version, [{"type": "StrainNoticed", "session": 1}]).course()
    assert course.relationship.alliance_status.value == "strained"
    assert course.record(events.SessionHeld(session=2))
    assert records.loads(records.dumps(course), Course) == course
