"""Values that say themselves whether confidential text was masked: entries, and the courses that hold them."""

from __future__ import annotations

import attrs

from therarel.machine import Recorded
from therarel.reading import holds_confidential
from therarel.records.courses import CourseRecord


def marked(value: object) -> object:
    """The value as it is written redacted: each entry with confidential text says that it is masked, and its record."""
    if isinstance(value, Recorded):
        return _marked(value)
    if isinstance(value, CourseRecord):
        entries = tuple(map(_marked, value.entries))
        redacted = value.redacted or holds_confidential(value.start) or any(line.redacted for line in entries)
        return attrs.evolve(value, entries=entries, redacted=redacted)
    return value


def _marked(line: Recorded) -> Recorded:
    return attrs.evolve(line, redacted=True) if holds_confidential(line.event) else line
