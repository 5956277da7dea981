"""Logs as JSON Lines: one entry or one mere event per line, each with its version, read and written one at a time."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final, cast

from therarel.discretion import discreet
from therarel.domain.events import Correction, Event
from therarel.files import append_whole, write_whole
from therarel.machine import Entry, Recorded
from therarel.reading import SCHEMA_KEY, ConfidentialHandling, JsonLines, OnProblem, Upcasting
from therarel.records.courses import marked
from therarel.records.kinds import READER, kinds


class TornLineWarning(UserWarning):
    """A log ended in the beginning of a line, which was moved to a file beside it before more was written."""


def read_log(
    log: str | os.PathLike[str] | Iterable[str] | Iterable[bytes], *, on_problem: OnProblem = "raise"
) -> JsonLines[Recorded | Event | Correction]:
    """The lines of a log, one at a time; memory holds one line, whatever the size of the log.

    A line comes out as what was written: an entry of a course with its envelope, or a mere event. Both are taken up by
    `Course.resume`.

    Args:
        log: A path, an open file or any lines. A plain string is a path, as for `load`.
        on_problem: ``"raise"`` reads on over bad lines and reports all of them at the end; ``"collect"`` leaves them
            in ``.problems`` for the caller, who must look.

    Raises:
        OpeningError: if the file cannot be read; where there is none, a `FileNotFoundError` too.
        ReadingError: at the end, with every problem of every line, unless they are collected.

    Examples:
        >>> lines = ['{"schema": "therarel.event/3", "type": "SessionHeld", "session": 1}']
        >>> [event.session for event in read_log(lines)]
        [1]
    """
    given = Path(log) if isinstance(log, str | os.PathLike) else log
    lines = READER.read_json_lines(given, Recorded | Event | Correction, on_problem=on_problem, versions=_LINES)
    return cast("JsonLines[Recorded | Event | Correction]", lines)


class _LineVersions(Upcasting):
    """The versions of a line: it says itself whether it is an entry or a mere event."""

    def upcast(self, document: object) -> object:
        stamp = document.get(SCHEMA_KEY) if isinstance(document, dict) else None
        event = kinds()["event"].versions
        if isinstance(stamp, str) and stamp.startswith(f"therarel.{event.kind}/"):
            return event.upcast(document)
        data = kinds()["entry"].versions.upcast(document)
        return {"type": Recorded.__name__, **data} if isinstance(data, dict) else data


_LINES: Final = _LineVersions("entry", 1)


@discreet
def write_log(
    lines: Iterable[Recorded | Entry | Event | Correction],
    log: str | os.PathLike[str] | IO[str],
    *,
    confidential: ConfidentialHandling | None = None,
    append: bool = False,
) -> int:
    r"""Write a log as JSON Lines, one at a time, and say how many.

    ``write_log(course.log, path)`` keeps a course: `read_log` gives its lines back, and `Course.resume` the course.

    A file is written whole or not at all: if a line is refused, or the disk is full, it stays as it was. One that is
    continued is locked meanwhile, so that several processes may do so. If its last line was never written to its end
    (the power failed, a process was killed), that beginning is moved to a file beside, ``log.jsonl.torn``: nothing is
    glued to it, and nothing is lost. A new file is for its owner alone (mode 0600).

    Args:
        lines: Entries of a course (its `log`, or its history), or mere facts, judgements and corrections, in the order
            of recording.
        log: A path or an open text file; to an open file each line goes at once.
        confidential: ``"include"``; ``"redact"``, which masks texts and says so in each line; or ``None`` to refuse
            confidential text.
        append: Whether a file that exists is continued rather than replaced.

    Raises:
        ConfidentialityError: if a line holds confidential text and nobody decided; the path is named.
        WritingError: if the file cannot be written.

    Warns:
        TornLineWarning: if the log ended in a torn line.

    Examples:
        >>> import io
        >>> from therarel.domain import events
        >>> out = io.StringIO()
        >>> write_log([events.SessionHeld(session=1)], out)
        1
        >>> out.getvalue()
        '{"schema": "therarel.event/3", "type": "SessionHeld", "during_pause": false, "session": 1}\n'
    """
    written = _Lines(lines, confidential)
    if not isinstance(log, str | os.PathLike):
        for line in written:
            log.write(line)
    elif not append:
        write_whole(log, written)
    else:
        torn = append_whole(log, written, is_whole=_is_whole)
        if torn is not None:
            message = f"{os.fspath(log)} ended in a torn line of {torn.size} bytes, which is now in {torn.kept_in}"
            warnings.warn(message, TornLineWarning, stacklevel=2)
    return written.count


class _Lines:
    """The lines of a log, made one at a time and counted."""

    __slots__ = ("_confidential", "_given", "count")

    def __init__(
        self, given: Iterable[Recorded | Entry | Event | Correction], confidential: ConfidentialHandling | None
    ) -> None:
        self._given, self._confidential, self.count = given, confidential, 0

    def __iter__(self) -> Iterator[str]:
        for given in self._given:
            value: object = given.line() if isinstance(given, Entry) else given
            kind = kinds()["entry" if isinstance(value, Recorded) else "event"]
            if self._confidential == "redact":
                value = marked(value)
            line = READER.dumps(value, kind.holds, confidential=self._confidential, versions=kind.versions)
            self.count += 1
            yield line + "\n"


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
