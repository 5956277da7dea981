"""What may leave a record, and for what: research, teaching and recordings need consent that was given."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.domain import ConsentDecision, ConsentGiver, ConsentScope, ExportPurpose, events
from therarel.errors import ConfidentialityError, InvalidValueError
from therarel.machine import Course, may_export

NEEDED = {
    ExportPurpose.RESEARCH: ConsentScope.RESEARCH,
    ExportPurpose.TEACHING: ConsentScope.TEACHING,
    ExportPurpose.RECORDING: ConsentScope.RECORDING,
}
SCOPES = [scope for scope in ConsentScope if scope is not ConsentScope.SHARING]
DECISIONS = [decision for decision in ConsentDecision if decision is not ConsentDecision.DEFERRED]
SAID = st.lists(st.tuples(st.sampled_from(SCOPES), st.sampled_from(DECISIONS)), max_size=8)


def after(said: list[tuple[ConsentScope, ConsentDecision]]) -> Course:
    """A course in which this was decided, in this order."""
    course = Course.begin("C-014", "T-03")
    for scope, decision in said:
        course.record(events.ConsentDecided(scope, decision, ConsentGiver.CLIENT))
    return course


@given(said=SAID, purpose=st.sampled_from(ExportPurpose))
def test_what_needs_consent_leaves_only_with_consent_given(
    said: list[tuple[ConsentScope, ConsentDecision]], purpose: ExportPurpose
) -> None:
    """The latest decision about the very thing counts, never asked counts as no, and nothing else is asked for."""
    course = after(said)
    latest = dict(said).get(NEEDED[purpose]) if purpose in NEEDED else ConsentDecision.GIVEN
    answer = may_export(course.relationship, purpose)
    assert bool(answer) is (latest is ConsentDecision.GIVEN)
    if answer:
        assert records.dumps(course, purpose=purpose) == records.dumps(course)
        return
    assert answer.failing is not None
    with pytest.raises(ConfidentialityError, match=r"consent|on record") as caught:
        records.dumps(course, purpose=purpose)
    assert answer.failing.sentence.rstrip(".") in str(caught.value)
    assert "no\n" in str(answer)


@given(said=SAID)
def test_the_record_is_saved_whatever_was_said(said: list[tuple[ConsentScope, ConsentDecision]]) -> None:
    """No decision keeps the record from being written, and read again as it was."""
    course = after(said)
    assert records.loads(records.dumps(course), Course) == course
    assert records.dumps(course, purpose=ExportPurpose.OWN_RECORD) == records.dumps(course)


def test_what_is_declined_says_by_whom() -> None:
    """A consent that was withdrawn is named with whose word that was."""
    course = after([(ConsentScope.RESEARCH, ConsentDecision.WITHDRAWN)])
    answer = may_export(course.relationship, ExportPurpose.RESEARCH)
    assert answer.failing is not None
    assert answer.failing.sentence == "It is on record: research: withdrawn by the client."


def test_a_refused_export_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Nothing is written where consent is missing."""
    path = tmp_path / "course.json"
    path.write_text("before", "utf-8")
    with pytest.raises(ConfidentialityError):
        records.dump(Course.begin("C-014", "T-03"), path, purpose=ExportPurpose.TEACHING)
    assert path.read_text("utf-8") == "before"


def test_a_purpose_is_named_for_a_course_alone() -> None:
    """A single value knows of no consent."""
    with pytest.raises(InvalidValueError, match="a purpose is named for a course"):
        records.dumps(events.SessionHeld(session=1), purpose=ExportPurpose.RESEARCH)
