"""A saved course, whichever way it was saved: as a document, or as a log of JSON Lines."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import IO

from therarel.discretion import discreet
from therarel.domain import Relationship
from therarel.errors import InvalidValueError, ReadingError
from therarel.files import opening_by_name
from therarel.machine import Course, Machine
from therarel.reading import SCHEMA_KEY
from therarel.records.courses import CourseRecord
from therarel.records.documents import loads
from therarel.records.logs import read_log

_LINES = ("therarel.entry/", "therarel.event/")


@discreet
def read_course(
    file: str | os.PathLike[str] | IO[bytes], *, start: Relationship | None = None, machine: Machine | None = None
) -> Course:
    """Read a course from a document or from a log; which of the two it is, the first line says.

    Args:
        file: A path, or an open file of bytes.
        start: The relationship before the first line of a log, which does not hold it; a document does.
        machine: The machine that decides from now on; ``None`` takes ours, as `CourseRecord.course` does.

    Raises:
        OpeningError: if the file cannot be read; where there is none, a `FileNotFoundError` too.
        ReadingError: with every problem, or if there is nothing in the file.
        InvalidValueError: if it holds something other than a course, a log comes without a start or a document with
            one, or the course was recorded under another table.

    Examples:
        >>> log = io.BytesIO(b'{"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}')
        >>> read_course(log, start=Relationship.between("C-014", "T-03"))
        <Course of C-014 with T-03: initial formation, intact, 1 entry>
    """
    if isinstance(file, str | os.PathLike):
        with opening_by_name(file):
            content, source = Path(file).read_bytes(), Path(file).name
    else:
        content, source = file.read(), None
    if not content.strip():
        raise ReadingError("there is nothing in the file", [], where=source)
    if not _is_log(content):
        if start is not None:
            raise InvalidValueError("a saved course says itself whose it is", where="start", hint="leave it out")
        return loads(content, CourseRecord, source=source).course(machine)
    if start is None:
        raise InvalidValueError(
            "a log does not say whose course it is", where="start", hint="start=Relationship.between(client, therapist)"
        )
    lines = read_log(file if isinstance(file, str | os.PathLike) else io.BytesIO(content))
    return Course.resume(start, list(lines), machine=machine)


def _is_log(content: bytes) -> bool:
    """Whether the first line is a whole document of its own, of a kind that logs are made of."""
    try:
        first = json.loads(content.lstrip().partition(b"\n")[0])
    except (ValueError, RecursionError):
        return False
    stamp = first.get(SCHEMA_KEY) if isinstance(first, dict) else None
    return isinstance(stamp, str) and stamp.startswith(_LINES)
