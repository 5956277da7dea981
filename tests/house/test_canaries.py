"""Confidential text planted in any public value shows on no output path of the library.

A new output path joins by one entry of `OUTPUTS`: what it writes, for which values, and nothing more.
"""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel import records
from therarel.concepts import concept_graph
from therarel.domain import Occurrence
from therarel.domain.events import FACTS, JUDGEMENTS, EntryCorrected, EntryRetracted, Event
from therarel.errors import InvalidValueError, TherarelError
from therarel.machine import Course, Declined, overview
from therarel.testing import PUBLIC_CLASSES, leaks, strategy_for

MARKER = "canary-b0d2"


def log(value: object) -> None:
    """Log it as careless code would."""
    logging.getLogger("clinic").error("%s %r", value, value)


def fail(value: object) -> None:
    """Raise an error that holds it."""
    raise InvalidValueError("careless", value=repr(value), where=str(value))


def write_log(value: Any) -> str:
    """Write it as a line of a log, redacted."""
    out = io.StringIO()
    records.write_log([value], out, confidential="redact")
    return out.getvalue()


def in_a_local_variable(value: object) -> None:
    """Let it stand in a frame that a traceback shows."""
    kept = [value]
    raise RuntimeError(len(kept))


# Name: what is done with a value. Whatever it returns, prints, logs, warns or raises is looked through.
OUTPUTS: dict[str, Callable[[Any], object]] = {
    "repr": repr,
    "str": str,
    "format": lambda value: f"{value}",
    "a list of it": lambda value: [value],
    "logging": log,
    "an error": fail,
    "a traceback": in_a_local_variable,
    "attrs.asdict": attrs.asdict,
    "attrs.astuple": attrs.astuple,
    "json.dumps": lambda value: json.dumps(attrs.asdict(value), default=str),
    "records.dumps": records.dumps,
    "records.dumps, redacted": lambda value: records.dumps(value, confidential="redact"),
    "records.write_log": write_log,
}


# Name: what is done with the text of a record that holds the marker. Such text stands in local variables.
INPUTS: dict[str, Callable[[str], object]] = {
    "a damaged record": lambda text: records.loads(text.replace(":", ": [", 1)),
    "an unknown key": lambda text: records.loads(text[:-1] + ', "unknown": 1}'),
    "another kind": lambda text: records.loads(text, Occurrence),
    "a log": lambda text: list(records.read_log([text, text[:-1]])),
}


@pytest.mark.parametrize("output", OUTPUTS)
@given(data=st.data())
def test_no_output_path_shows_confidential_text(output: str, data: st.DataObject) -> None:
    """The planted marker is seen in no result, stream, log, warning, error or traceback."""
    value = data.draw(st.sampled_from(PUBLIC_CLASSES).flatmap(lambda cls: strategy_for(cls, marker=MARKER)))
    assert leaks(lambda: OUTPUTS[output](value), MARKER) == ()


@pytest.mark.parametrize("reading", INPUTS)
@given(data=st.data())
def test_no_refusal_of_a_record_shows_confidential_text(reading: str, data: st.DataObject) -> None:
    """Text that cannot be read is described by its place alone."""
    value = data.draw(st.sampled_from(PUBLIC_CLASSES).flatmap(lambda cls: strategy_for(cls, marker=MARKER)))
    text = records.dumps(value, confidential="include")
    assert leaks(lambda: INPUTS[reading](text), MARKER, local_values=False) == ()


# Name: what is shown of a course on which events with the marker were recorded.
COURSES: dict[str, Callable[[Course], object]] = {
    "repr": repr,
    "history": lambda course: [str(entry) for entry in course.history] + [repr(course.history)],
    "explanations": lambda course: [entry.decision.explain() for entry in course.history],
    "explanations as data": lambda course: [
        course.why_not(entry.event).to_data()
        for entry in course.history
        if not isinstance(entry.event, EntryRetracted | EntryCorrected)
    ],
    "remarks": lambda course: [str(remark) for entry in course.history for remark in entry.decision.remarks],
    "options": lambda course: f"{course.options()} {course.options()!r}",
    "hindsight": lambda course: f"{course.hindsight()}",
    "overview": lambda course: f"{overview(course)} {overview(course)!r} {overview(course).to_data()}",
    "picture": lambda course: course.draw().to_svg(),
    "relationship": lambda course: f"{course.relationship} {course.at(session=3)!r}",
    "concepts in play": lambda course: f"{concept_graph().around(course.relationship)}",
    "concepts behind": lambda course: [
        str(concept_graph().behind(entry.decision))
        for entry in course.history.declined
        if isinstance(entry.decision, Declined)
    ],
    "record, redacted": lambda course: records.dumps(course, confidential="redact"),
    "record": records.dumps,
}


@pytest.mark.parametrize("shown", COURSES)
@given(recorded=st.lists(st.sampled_from((*FACTS, *JUDGEMENTS)).flatmap(lambda cls: strategy_for(cls, marker=MARKER))))
def test_nothing_that_a_course_shows_holds_confidential_text(shown: str, recorded: list[Event]) -> None:
    """Whatever is recorded, explanations, histories, pictures and concepts speak without the client's words."""
    course = Course.begin("C-014", "T-03")
    for event in recorded:
        course.record(event)
    assert leaks(lambda: COURSES[shown](course), MARKER) == ()


def test_the_canary_is_alive() -> None:
    """Written with confidential text included, the marker is there: the test looks for something real."""
    seen = [
        cls
        for cls in PUBLIC_CLASSES
        if leaks(lambda cls=cls: records.dumps(sample(cls), confidential="include"), MARKER)  # type: ignore[misc]
    ]
    assert len(seen) > 30
    assert issubclass(TherarelError, Exception)


def sample(cls: type[Any]) -> Any:
    """One value of a class with the marker in every confidential field."""
    found: list[Any] = []

    @given(strategy_for(cls, marker=MARKER))
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return max(found, key=lambda value: len(records.dumps(value, confidential="include")))
