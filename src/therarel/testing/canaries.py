"""Finding out whether confidential text leaks: run something and look everywhere for a planted marker."""

from __future__ import annotations

import io
import logging
import traceback
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

from attrs import field, frozen

__all__ = ["Leak", "leaks"]


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


def leaks(action: Callable[[], object], marker: str, *, local_values: bool = True) -> tuple[Leak, ...]:
    """Run an action and say where the marker was seen.

    Looked at are the return value (its ``repr``, ``str`` and format, and text or bytes themselves), standard
    output and error, log records, warnings, and, if the action raises, the exception with its arguments and its
    traceback.

    Args:
        action: What to run; an exception it raises is caught.
        marker: The text to look for.
        local_values: Whether the traceback is looked at with the values of local variables, as debuggers and some
            error reporters show them. What is handed in as plain text stands in such a value; leave them out there.

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
                told = traceback.TracebackException.from_exception(error, capture_locals=local_values)
                # The frame of this function holds the action and the marker themselves.
                del told.stack[0]
                seen["traceback"] = "".join(told.format())
                seen["exception"] = f"{error} {error!r} {error.args!r} {vars(error)!r}"
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
