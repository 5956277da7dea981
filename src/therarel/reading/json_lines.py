"""JSON Lines: one document per line, read one at a time."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Literal, TypeAlias, TypeVar, cast

from therarel.discretion import discreet
from therarel.errors import InvalidValueError, shown
from therarel.files import opening_by_name
from therarel.reading.problems import Mark, Problem, summary
from therarel.reading.texts import Readable, Source, encodable

T_co = TypeVar("T_co", covariant=True)
OnProblem: TypeAlias = Literal["raise", "collect"]
"""Whether the problems of bad lines are raised at the end or left for the caller."""

_ReadLine: TypeAlias = Callable[[str, int], tuple[object, list[Problem]]]
"""Makes an object of a line and its number, counted from 1; where there are problems, the object means nothing."""


class JsonLines(Generic[T_co]):
    r"""An iterator over the objects in a file of JSON Lines; it holds a single line and the problems in memory.

    Attributes:
        problems: What was wrong so far, in the order of the file; complete once the iteration has ended.
        lines: Number of lines read so far, empty ones included.

    Examples:
        >>> from therarel.reading import read_json_lines
        >>> numbers = read_json_lines("1\n2.5\n3", int, on_problem="collect")
        >>> list(numbers)
        [1, 3]
        >>> print(numbers.problems[0])
        line 2 $: a whole number is needed, got 2.5
    """

    __slots__ = ("_objects", "lines", "problems")

    def __init__(
        self,
        stream: Source | Iterable[str] | Iterable[bytes],
        read_line: _ReadLine,
        *,
        on_problem: OnProblem,
        source: str | None,
    ) -> None:
        if on_problem not in ("raise", "collect"):
            raise InvalidValueError(
                "no such handling of problems",
                where="on_problem",
                value=shown(on_problem),
                bound="'raise' or 'collect'",
            )
        self.problems: list[Problem] = []
        self.lines = 0
        self._objects = self._read(stream, read_line, on_problem, source)

    def __iter__(self) -> Iterator[T_co]:
        return self

    @discreet
    def __next__(self) -> T_co:
        return next(self._objects)

    def _read(
        self,
        stream: Source | Iterable[str] | Iterable[bytes],
        read_line: _ReadLine,
        on_problem: OnProblem,
        source: str | None,
    ) -> Iterator[T_co]:
        for line in _decoded_lines(stream):
            self.lines += 1
            if self.lines == 1:
                line = line.removeprefix("\ufeff")  # the byte order mark of files from Windows
            if not line.strip():
                continue
            if not encodable(line):
                problem = Problem("a byte that is not UTF-8", hint="save the file as UTF-8")
                self.problems.append(problem.placed(source, Mark(self.lines, 1), whole_line=True))
                continue
            item, problems = read_line(line, self.lines)
            if problems:
                self.problems += problems
            else:
                yield cast("T_co", item)
        if self.problems and on_problem == "raise":
            raise summary(self.problems, source)


def _decoded_lines(stream: Source | Iterable[str] | Iterable[bytes]) -> Iterator[str]:
    """The lines as text; a byte that is not UTF-8 becomes a lone surrogate, so that the lines after it are read too."""
    for line in _lines(stream):
        yield line if isinstance(line, str) else line.decode(errors="surrogateescape")


def _lines(stream: Source | Iterable[str] | Iterable[bytes]) -> Iterator[str] | Iterator[bytes]:
    if isinstance(stream, str):
        yield from io.StringIO(stream, newline="\n")  # as in bytes, only \n ends a line
    elif isinstance(stream, bytes):
        yield from io.BytesIO(stream)
    elif isinstance(stream, os.PathLike):
        with opening_by_name(stream):
            file = open(stream, "rb")  # noqa: PTH123, SIM115  any path-like object, not only pathlib's
        with file:
            yield from file
    elif isinstance(stream, Readable):
        with opening_by_name(stream.name):
            content = stream.read_bytes()
        yield from io.BytesIO(content)
    else:
        yield from stream
