"""What type checkers know of what comes out of a document; checked by mypy and pyright and never run."""

from __future__ import annotations

from typing import assert_type

import therarel as tr


def a_class_that_is_expected_comes_out(text: str) -> None:
    """What is named is what is given back, a union of events included."""
    assert_type(tr.records.loads(text, tr.Relationship), tr.Relationship)
    assert_type(tr.records.loads(text, tr.Course), tr.Course)
    assert_type(tr.records.loads(text, tr.Event), tr.Event)
    assert_type(tr.records.loads(text, tr.Event | tr.domain.Correction), tr.Event | tr.domain.Correction)
    assert_type(tr.records.load(text, tr.Event), tr.Event)


def what_is_not_named_is_any_object(text: str) -> None:
    """Without a class nothing is known of the value."""
    assert_type(tr.records.loads(text), object)


def what_is_read_can_be_recorded(text: str, course: tr.Course) -> None:
    """An event out of a document goes onto a course as it is."""
    course.record(tr.records.loads(text, tr.Event))
