"""What a room refuses: every place of its source that raises, by what a caller does, with the whole message."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

from attrs import frozen

import therarel
from therarel.errors import InvalidValueError

PACKAGE = Path(therarel.__file__).parent
Place = tuple[str, int]
"""A file below the package, and the line at which what raises begins."""


@frozen
class Refusal:
    """Something that a room refuses.

    Args:
        call: What a caller does.
        message: All that is said: place, fact, value, bound, hint.
        kind: The class of the error.
    """

    call: Callable[[], object]
    message: str
    kind: type[Exception] = InvalidValueError


def refused(call: Callable[[], object]) -> Exception:
    """The error that a call ends with."""
    try:
        call()
    except Exception as error:
        return error
    msg = "nothing was refused"
    raise AssertionError(msg)


def places_that_raise(files: Iterable[str]) -> set[Place]:
    """Every place of some files at which an error is raised, one that is raised again left out."""
    return {(file, node.lineno) for file in files for node in _raising(file)}


def places_of(error: BaseException, files: Iterable[str]) -> set[Place]:
    """The places of some files at which an error was raised, and those that it came of."""
    found = set()
    last = None
    for file, line in _frames(error.__traceback__):
        if file in files:
            last = next(((file, node.lineno) for node in _raising(file) if node.lineno <= line <= _end(node)), None)
    if last is not None:
        found.add(last)
    return found if error.__context__ is None else found | places_of(error.__context__, files)


def files_of(*patterns: str) -> list[str]:
    """The files of a room, below the package."""
    return sorted(path.relative_to(PACKAGE).as_posix() for pattern in patterns for path in PACKAGE.glob(pattern))


def _raising(file: str) -> list[ast.Raise]:
    tree = ast.parse((PACKAGE / file).read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc is not None]


def _end(node: ast.Raise) -> int:
    return node.end_lineno or node.lineno


def _frames(trace: TracebackType | None) -> Iterator[tuple[str, int]]:
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(PACKAGE):
            yield path.relative_to(PACKAGE).as_posix(), trace.tb_lineno
        trace = trace.tb_next
