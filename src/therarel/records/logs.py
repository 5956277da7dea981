"""Logs of events as JSON Lines: one event per line, each with its version, read and written one at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from therarel.domain.events import Correction, Event
from therarel.reading import Decision, JsonLines, OnProblem
from therarel.records.kinds import READER, kinds

__all__ = ["read_log", "write_log"]


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
        >>> lines = ['{"schema": "therarel.event/1", "type": "SessionHeld", "session": 1}']
        >>> [event.session for event in read_log(lines)]
        [1]
    """
    kind = kinds()["event"]
    given = Path(log) if isinstance(log, str | os.PathLike) else log
    lines = READER.read_json_lines(given, kind.holds, on_problem=on_problem, versions=kind.versions)
    return cast("JsonLines[Event | Correction]", lines)


def write_log(
    events: Iterable[Event | Correction],
    log: str | os.PathLike[str] | IO[str],
    *,
    confidential: Decision | None = None,
    append: bool = False,
) -> int:
    r"""Write events as JSON Lines, one at a time, and say how many.

    A line is written only when its event was accepted for writing, so that a refusal leaves whole lines behind.

    Args:
        events: Facts, judgements and corrections in recording order.
        log: A path or an open text file.
        confidential: ``"include"``, ``"redact"``, or ``None`` to refuse confidential text.
        append: Whether a file that exists is continued rather than replaced.

    Raises:
        ConfidentialityError: if an event holds confidential text and nobody decided; the path is named.

    Examples:
        >>> import io
        >>> from therarel.domain import events
        >>> out = io.StringIO()
        >>> write_log([events.SessionHeld(session=1)], out)
        1
        >>> out.getvalue()
        '{"schema": "therarel.event/1", "type": "SessionHeld", "session": 1}\n'
    """
    if isinstance(log, str | os.PathLike):
        with Path(log).open("a" if append else "w", encoding="utf-8", newline="\n") as file:
            return _write(events, file, confidential)
    return _write(events, log, confidential)


def _write(events: Iterable[Event | Correction], file: IO[str], confidential: Decision | None) -> int:
    written = 0
    for line in _lines(events, confidential):
        file.write(line)
        written += 1
    return written


def _lines(events: Iterable[Event | Correction], confidential: Decision | None) -> Iterator[str]:
    kind = kinds()["event"]
    for event in events:
        yield READER.dumps(event, kind.holds, confidential=confidential, versions=kind.versions) + "\n"
