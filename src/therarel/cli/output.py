"""Standard output: what stands for a character that its encoding lacks, and what is said where it cannot be written."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, NoReturn, cast

import click

UNWRITTEN: Final = 1
"""Exit code where standard output could not be written to its end."""

_SUBSTITUTES: Final = "therarel_substitutes"
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
        **dict.fromkeys("\u00a0\u2009\u202f", " "),
        "\u2026": "...",
        "\u00d7": "x",
        "\u00b1": "+/-",
        "\u2264": "<=",
        "\u2265": ">=",
        "\u2192": "->",
        "\u00df": "ss",
    }
)


def _substituted(error: UnicodeError) -> tuple[str, int]:
    """Plain signs and letters without their marks; what has neither is written out by its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", lacking.translate(_PLAIN)) if not unicodedata.combining(part)
    )
    return plain.encode("ascii", "backslashreplace").decode("ascii"), error.end


codecs.register_error(_SUBSTITUTES, _substituted)


def prepare() -> None:
    """Let both streams write something readable for a character that their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_SUBSTITUTES)


def lacks(text: str) -> bool:
    """Whether the encoding of standard output lacks a character of the text."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return True
    return False


class Unwritten(Exception):  # noqa: N818 -- it never leaves the command
    """Standard output could not be written; no error of a file, which others are."""

    def __init__(self, error: OSError) -> None:
        self.error = error
        super().__init__(error.strerror)


class _StandardOutput:
    """Standard output as it is now, whose errors are kept apart from those of files."""

    def write(self, text: str) -> int:
        """Write text."""
        try:
            return sys.stdout.write(text)
        except OSError as error:
            raise Unwritten(error) from None

    def flush(self) -> None:
        """Write what waits to be written."""
        try:
            sys.stdout.flush()
        except OSError as error:
            raise Unwritten(error) from None

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stdout, name)


STDOUT: Final = cast("IO[str]", _StandardOutput())
"""Where the command writes its answers."""


@contextmanager
def checked() -> Iterator[None]:
    """Say that standard output could not be written, where that is so, and leave; pass on every other error."""
    try:
        try:
            yield
        finally:
            STDOUT.flush()
    except Unwritten as unwritten:
        _leave(unwritten.error)
    except OSError as error:
        if error.filename is not None:
            raise
        _leave(error)  # of what click writes itself: help and version


def _leave(error: OSError) -> NoReturn:
    closed = isinstance(error, BrokenPipeError)
    what = "it was closed before everything was written" if closed else error.strerror or "it cannot be written"
    # What waits to be written is dropped: at the end Python would try once more.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    click.echo(f"Error: standard output: {what}", err=True)
    raise SystemExit(UNWRITTEN) from None
