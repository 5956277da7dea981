"""Functions whose errors carry nothing of what they were given or read: see `discreet`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

__all__ = ["discreet"]

P = ParamSpec("P")
T = TypeVar("T")


def discreet(function: Callable[P, T]) -> Callable[P, T]:
    """A function whose errors say what they say and carry nothing along.

    An error brings the frames that it passed through, with every local variable in them, and the errors that it came
    from, which may quote a whole document; programs that report crashes record both. Whatever leaves such a function
    has empty frames, with their lines, and no error behind it but one that the caller was handling.

    Args:
        function: What reads or writes texts, or is given them. It is not a generator.

    Examples:
        >>> @discreet
        ... def read(text):
        ...     return int(text)
        >>> try:
        ...     read("she said it was over")
        ... except ValueError as error:
        ...     read.__wrapped__.__name__, error.__traceback__.tb_next.tb_next.tb_frame.f_locals
        ('read', {})
    """

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            failed = error
        del args, kwargs
        _forget(failed)
        failed.__traceback__ = failed.__traceback__ and failed.__traceback__.tb_next  # the line above says nothing
        try:
            raise failed  # out here nothing is being handled that would hang on it
        finally:
            del failed

    return called


def _forget(error: BaseException) -> None:
    """Empty the frames that an error passed through, and cut off what it came from."""
    entry = error.__traceback__
    while entry is not None:
        with suppress(RuntimeError):  # it goes on running, and forgets by itself
            entry.tb_frame.clear()
        entry = entry.tb_next
    error.__cause__ = error.__context__ = None
    error.__suppress_context__ = False
    for problem in getattr(error, "problems", ()):
        problem.__traceback__ = None
        _forget(problem)
