"""Text documents: where they come from, their lines, and what a close look at one finds."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final, Protocol, TypeAlias, runtime_checkable

from attrs import frozen

from therarel.discretion import discreet
from therarel.files import opening_by_name
from therarel.reading.problems import Mark, Problem, summary

DEEPEST: Final = 100
"""Levels of nesting that a faulty document is still explained at."""

_FILE_NAME: Final = re.compile(r'(?:(?!: )[^\n{}\[\]"])+\.(?:ya?ml|jsonl?)')


@runtime_checkable
class Readable(Protocol):
    """A file: a `pathlib.Path`, or a resource of a package."""

    @property
    def name(self) -> str:
        """The name of the file."""

    def read_bytes(self) -> bytes:
        """Its content."""


Source: TypeAlias = str | bytes | Readable
"""A document: its text (or the UTF-8 bytes of it), or the file that holds it."""


class Refused(Exception):  # noqa: N818  never leaves the room: it only says that a closer look is needed
    """A text holds something that is not accepted."""


class Lines:
    """Where lines begin in a text."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def mark(self, offset: int) -> Mark:
        """Line and column of a character."""
        line = bisect_right(self._starts, offset) - 1
        return Mark(line + 1, offset - self._starts[line] + 1)


@frozen
class Examined:
    """What a close look at a text found.

    Args:
        data: The data; ``None`` where the text is not readable.
        problems: What is wrong with the text itself, with lines.
        readable: Whether there is data at all.
    """

    data: object
    problems: tuple[Problem, ...] = ()
    readable: bool = True


def encodable(text: str) -> bool:
    """Whether a text is free of lone surrogates, which no file could hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def too_deep(mark: Mark) -> Problem:
    """What is said where a list or an object begins beyond the deepest level."""
    return Problem(f"nested more than {DEEPEST} levels deep", line=mark.line, column=mark.column)


@discreet
def text_of(source: Source, name: str | None = None) -> tuple[str, str | None]:
    """The text of a document and the name it has in messages.

    Args:
        source: Text, UTF-8 bytes, or a file.
        name: The name to use; the file's own where it is ``None``.

    Raises:
        ReadingError: if the bytes are not UTF-8, or the text is the name of a file.
        OpeningError: if the file cannot be read; it is an `OSError` too.
    """
    if isinstance(source, str):
        if _FILE_NAME.fullmatch(source):
            hint = "text is read as it stands; for a file give pathlib.Path(...) of its name"
            raise summary([Problem("this is the name of a file and not what it holds", hint=hint)], name)
        text = source
    else:
        if not isinstance(source, bytes):
            name = name or (os.fspath(source) if isinstance(source, os.PathLike) else source.name)
            with opening_by_name(name):
                source = source.read_bytes()
        text = source.decode("utf-8", errors="surrogateescape")
    text = text.removeprefix("\ufeff")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        mark = Lines(text).mark(error.start)
    else:
        return text, name
    problem = Problem("a byte that is not UTF-8", hint="save the file as UTF-8")
    raise summary([problem.placed(name, mark)], name)
