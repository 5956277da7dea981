"""What is wrong with a document, where, and on which line.

A place in a document is a path of keys and positions (`Path`); in messages it reads ``$.events[3].rating.value``.
Where the document is text, the path is later found again in the text, and the problem learns its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import frozen

from therarel.counting import counted
from therarel.errors import InvalidValueError, ReadingError, nearest, shown

Path: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the top of a document down to a value."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_FREE_KEY: Final = re.compile(r"[a-z_][a-z0-9_-]{0,39}", re.ASCII)
_MASKED: Final = re.compile(r"\[text of [0-9]+ characters\]", re.ASCII)


class Words(str):
    """A key of a document that may be somebody's words or name; it leads to its place and is then `masked`."""

    __slots__ = ()


def unknown_key(key: str, choices: Iterable[str]) -> str:
    """A key that is not known, as a part of a path; shown where it is nearly one that is, or has no letters."""
    return key if nearest(key, choices, closely=True) or not any(map(str.isalpha, key)) else Words(key)


def free_key(key: str) -> str:
    """The key of a mapping whose keys are free, as a part of a path; a word with capitals may be a name."""
    return key if _FREE_KEY.fullmatch(key) else Words(key)


_MOST_PROBLEMS: Final = 300
"""Largest number of problems of one document that are listed; the others are counted."""


@frozen
class Mark:
    """A place in a text; lines and columns count from 1.

    Examples:
        >>> Mark(line=3, column=5).line
        3
    """

    line: int
    column: int


Marks: TypeAlias = Mapping[tuple[Path, bool], Mark]
"""Where each path is in a text: ``(path, True)`` its key, ``(path, False)`` its value."""


def render_path(path: Path) -> str:
    """A path as messages show it; keys that may be somebody's words are described, not shown.

    Examples:
        >>> render_path(("events", 3, "rating", "she was late"))
        '$.events[3].rating[text of 12 characters]'
    """
    parts = ["$"]
    for segment in path:
        if isinstance(segment, int):
            parts.append(f"[{segment}]")
        elif isinstance(segment, Words):
            parts.append(_mask(segment))
        elif _MASKED.fullmatch(segment):
            parts.append(segment)
        elif _PLAIN_KEY.fullmatch(segment):
            parts.append(f".{segment}")
        else:
            parts.append(f"[{shown(segment)}]")
    return "".join(parts)


class Problem(InvalidValueError):  # noqa: N818  a part of a ReadingError, raised by itself only within the room
    """One thing that is wrong with a document.

    Attributes:
        path: Keys and positions from the top of the document.
        line: Line of the text, from 1; ``None`` where there is no text.
        column: Column in the line, from 1; ``None`` where there is no text or the line is the record.
        source: The name of the file; ``None`` where it has none.
        at_key: Whether the key itself is meant rather than its value.

    Examples:
        >>> problem = Problem("a whole number is needed", path=("session",), value="3.7")
        >>> print(problem.placed("log.jsonl", Mark(7, 12)))
        log.jsonl:7:12 $.session: a whole number is needed, got 3.7
    """

    path: Path
    line: int | None
    column: int | None
    source: str | None
    at_key: bool

    def __init__(
        self,
        what: str,
        *,
        path: Path = (),
        value: str | None = None,
        bound: str | None = None,
        hint: str | None = None,
        at_key: bool = False,
        source: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.path, self.at_key = path, at_key
        self.source, self.line, self.column = source, line, column
        super().__init__(what, where=self._where(), value=value, bound=bound, hint=hint)

    def _where(self) -> str:
        path = render_path(self.path)
        if self.line is None:
            return path if self.source is None else f"{self.source} {path}"
        if self.source is None:
            column = "" if self.column is None else f", column {self.column}"
            return f"line {self.line}{column} {path}"
        column = "" if self.column is None else f":{self.column}"
        return f"{self.source}:{self.line}{column} {path}"

    def _parts(self) -> dict[str, Any]:
        names = ("path", "value", "bound", "hint", "at_key", "source", "line", "column")
        return {name: getattr(self, name) for name in names}

    @property
    def mark(self) -> Mark | None:
        """Where it is in the text; ``None`` where there is no text."""
        return None if self.line is None else Mark(self.line, self.column or 1)

    def placed(self, source: str | None, mark: Mark | None, *, whole_line: bool = False) -> Problem:
        """The same problem with its file, line and column.

        Args:
            source: The name of the file.
            mark: Where it is in the text.
            whole_line: Whether a line is a record of its own, so that the column says nothing.
        """
        return self.but(
            source=source,
            line=None if mark is None else mark.line,
            column=None if mark is None or whole_line else mark.column,
        )

    def but(self, **changes: Any) -> Problem:
        """The same problem with other parts; a new one, without what was caught with this one.

        Examples:
            >>> print(Problem("listed twice", path=(2,)).but(path=("modes", 2)))
            $.modes[2]: listed twice
        """
        return Problem(self.what, **{**self._parts(), **changes})


def masked(problems: Iterable[Problem]) -> list[Problem]:
    """The problems as they leave the room, without the words of keys that nobody knows."""
    return [problem.but(path=tuple(map(_shown_segment, problem.path))) for problem in problems]


def _shown_segment(segment: str | int) -> str | int:
    return _mask(segment) if isinstance(segment, Words) else segment


def _mask(words: str) -> str:
    return f"[text of {len(words)} characters]"


def wanted_paths(problems: Iterable[Problem]) -> frozenset[Path]:
    """Every path that a problem names, and every path above it: a missing key has no place, its object has."""
    return frozenset(problem.path[:length] for problem in problems for length in range(len(problem.path) + 1))


def find_places(problems: Sequence[Problem], marks: Marks, source: str | None) -> list[Problem]:
    """The problems with their lines, in the order of the text."""
    return in_order(placed_by(marks, problem, source) for problem in problems)


def placed_by(marks: Marks, problem: Problem, source: str | None) -> Problem:
    """The problem with its line: that of its path, or of the nearest path above it that is in the text."""
    if problem.line is not None:
        return problem.placed(source, problem.mark)
    mark = marks.get((problem.path, problem.at_key))
    for length in range(len(problem.path), -1, -1):
        mark = mark or marks.get((problem.path[:length], False))
    return problem.placed(source, mark or Mark(1, 1))  # an empty text has no places


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems in the order of the text."""
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def summary(problems: Sequence[Problem], source: str | None = None) -> ReadingError:
    """The error with all problems of a document, in the order of its text."""
    count = counted(len(problems), "problem")
    first = in_order(problems)[:_MOST_PROBLEMS]
    more = len(problems) - len(first)
    listed = [*first, Problem(f"and {more:,} more problem{'' if more == 1 else 's'}")] if more else first
    return ReadingError(f"the document could not be read, {count}", listed, where=source)
