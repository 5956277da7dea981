"""Finding out whether confidential text leaks: run something and look everywhere for a planted marker."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from types import FrameType, TracebackType
from typing import Final

from attrs import field, frozen

_DEEPEST: Final = 4


@frozen
class Leak:
    """A place where a marker was seen that should have stayed confidential.

    Args:
        place: Where it was seen, such as ``return value`` or ``traceback``.

    Examples:
        >>> Leak("log").place
        'log'
    """

    place: str = field()


def leaks(
    action: Callable[[], object], marker: str, *, local_values: bool = True, within: str | None = None
) -> tuple[Leak, ...]:
    """Run an action and say where the marker was seen.

    Looked at are the return value (its ``repr``, ``str`` and format, and text or bytes themselves), standard output and
    error, log records, warnings, and, if the action raises, the exception with its arguments, its attributes and its
    traceback, and every exception that it came from or carries, also those that a printed traceback leaves out.

    Args:
        action: What to run; an exception it raises is caught.
        marker: The text to look for.
        local_values: Whether the traceback is looked at with the values of local variables, and what is in them, as
            debuggers and error reporters show them. What is handed in as plain text is in such a value; leave them
            out there, or say ``within``.
        within: A package such as ``therarel``: local values are looked at from its first frame on, so that the caller's
            own are left out.

    Examples:
        >>> leaks(lambda: "the canary sings", "canary")
        (Leak(place='return value'),)
        >>> leaks(lambda: 1 / 0, "can" + "ary")
        ()
    """
    out, err, log = io.StringIO(), io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    seen: dict[str, str] = {}
    try:
        with warnings.catch_warnings(record=True) as caught, redirect_stdout(out), redirect_stderr(err):
            warnings.simplefilter("always")
            try:
                value = action()
            except Exception as error:
                # The frame of this function holds the action and the marker themselves.
                error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
                chain = list(_chain(error))
                seen["exception"] = "\n".join(_said(each) for each in chain)
                if local_values:
                    frames = [frame for each in chain for frame in _frames(each.__traceback__, within)]
                    seen["traceback"] = "\n".join(_inside(frame.f_locals) for frame in frames)
            else:
                if isinstance(value, bytes):
                    value = value.decode("utf-8", "replace")
                seen["return value"] = f"{value!r} {value} {value:{''}}"
        seen["warning"] = " ".join(str(warning.message) for warning in caught)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    seen |= {"standard output": out.getvalue(), "standard error": err.getvalue(), "log": log.getvalue()}
    return tuple(Leak(place) for place, text in seen.items() if marker in text)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and every other one that hangs on it."""
    waiting, known = [error], {id(error)}
    while waiting:
        each = waiting.pop()
        yield each
        held = [*getattr(each, "problems", ()), *getattr(each, "exceptions", ()), *each.args]
        for other in (each.__cause__, each.__context__, *held):
            if isinstance(other, BaseException) and id(other) not in known:
                known.add(id(other))
                waiting.append(other)


def _said(error: BaseException) -> str:
    """What an error says: words, arguments, and attributes, those that Python keeps apart among them."""
    kept = [getattr(error, name, None) for name in ("doc", "object", "filename", "text", "obj", "name", "path")]
    return f"{error} {error!r} {_inside([error.args, vars(error), kept])}"


def _frames(traceback: TracebackType | None, within: str | None) -> Iterator[FrameType]:
    """The frames of a traceback, from the first one in a package on."""
    inside = within is None
    while traceback is not None:
        frame = traceback.tb_frame
        module = f"{frame.f_globals.get('__name__')}."
        ours = within is not None and (module.startswith(f"{within}.") or within in frame.f_code.co_filename)
        inside = inside or ours
        if inside:
            yield frame
        traceback = traceback.tb_next


def _inside(value: object, depth: int = 0) -> str:
    """A value as a careful reporter of crashes shows it: whole texts, and what is in containers and objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "replace")
    told = ""
    with suppress(Exception):  # whatever an object does when it is shown
        told = repr(value)
    if depth == _DEEPEST:
        return told
    if isinstance(value, dict):
        parts: list[object] = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    else:
        parts = [vars(value)] if hasattr(value, "__dict__") and not isinstance(value, type) else []
    return " ".join([told, *(_inside(part, depth + 1) for part in parts)])
