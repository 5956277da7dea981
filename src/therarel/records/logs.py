"""Logs of events as JSON Lines: one event per line, each with its version, read and written one at a time."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from therarel.discretion import discreet
from therarel.domain.events import Correction, Event
from therarel.files import append_whole, write_whole
from therarel.reading import Decision, JsonLines, OnProblem
from therarel.records.kinds import READER, kinds

__all__ = ["TornLineWarning", "read_log", "write_log"]


class TornLineWarning(UserWarning):
    """A log ended in the beginning of a line, which was moved to a file beside it before more was written."""


def read_log(
    log: str | os.PathLike[str] | Iterable[str] | Iterable[bytes], *, on_problem: OnProblem = "raise"
) -> JsonLines[Event | Correction]:
    """The events of a log, one at a time; memory holds one line, whatever the size of the log.

    Args:
        log: A path, an open file or any lines. A plain string is a path, as for `load`.
        on_problem: ``"raise"`` reads on over bad lines and tells all of them at the end; ``"collect"`` leaves them
            in ``.problems`` for the caller, who must look.

    Raises:
        FileNotFoundError: if there is no such file.
        ReadingError: at the end, with every problem of every line, unless they are collected.

    Examples:
        >>> lines = ['{"schema": "therarel.event/2", "type": "SessionHeld", "session": 1}']
        >>> [event.session for event in read_log(lines)]
        [1]
    """
    kind = kinds()["event"]
    given = Path(log) if isinstance(log, str | os.PathLike) else log
    lines = READER.read_json_lines(given, kind.holds, on_problem=on_problem, versions=kind.versions)
    return cast("JsonLines[Event | Correction]", lines)


@discreet
def write_log(
    events: Iterable[Event | Correction],
    log: str | os.PathLike[str] | IO[str],
    *,
    confidential: Decision | None = None,
    append: bool = False,
) -> int:
    r"""Write events as JSON Lines, one at a time, and say how many.

    A file is written whole or not at all: if an event is refused, or the disk is full, it stays as it was. One that is
    continued is locked meanwhile, so that several processes may do so. If its last line was never written to its end
    (the power failed, a process was killed), that beginning is moved to a file beside, ``log.jsonl.torn``: nothing is
    glued to it, and nothing is lost. A new file is for its owner alone (mode 0600).

    Args:
        events: Facts, judgements and corrections in recording order.
        log: A path or an open text file; to an open file each line goes at once.
        confidential: ``"include"``, ``"redact"``, or ``None`` to refuse confidential text.
        append: Whether a file that exists is continued rather than replaced.

    Raises:
        ConfidentialityError: if an event holds confidential text and nobody decided; the path is named.
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
        '{"schema": "therarel.event/2", "type": "SessionHeld", "session": 1}\n'
    """
    lines = _Lines(events, confidential)
    if not isinstance(log, str | os.PathLike):
        for line in lines:
            log.write(line)
    elif not append:
        write_whole(log, lines)
    else:
        torn = append_whole(log, lines, is_whole=_is_whole)
        if torn is not None:
            message = f"{os.fspath(log)} ended in a torn line of {torn.size} bytes, which now stands in {torn.kept_in}"
            warnings.warn(message, TornLineWarning, stacklevel=2)
    return lines.count


class _Lines:
    """The lines of a log, made one at a time and counted."""

    __slots__ = ("_confidential", "_events", "count")

    def __init__(self, events: Iterable[Event | Correction], confidential: Decision | None) -> None:
        self._events, self._confidential, self.count = events, confidential, 0

    def __iter__(self) -> Iterator[str]:
        kind = kinds()["event"]
        for event in self._events:
            line = READER.dumps(event, kind.holds, confidential=self._confidential, versions=kind.versions)
            self.count += 1
            yield line + "\n"


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
