"""Which file is meant: never what is read, never another output, never of another kind than its name says."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Mapping
from itertools import chain, combinations
from pathlib import Path
from typing import Final, TypeAlias

from therarel.errors import InvalidValueError, shown
from therarel.files.disk import failing_by_name, is_stream

CSV: Final = (".csv", ".txt")
"""Endings of files with cells that are separated by commas."""

HTML: Final = (".html", ".htm")
"""Endings of pages."""

_Named: TypeAlias = Mapping[str, str | os.PathLike[str] | None]
"""Files by what the caller calls them; ``None`` where there is none."""


def refuse_same(outputs: _Named, inputs: _Named | None = None) -> None:
    """Refuse to write over what is read, and to write two outputs to one file.

    Files are the same if they are one on the disk, through whatever links, or will be: also names that differ in
    nothing but capitals, or in how an accent is spelt, are one file on some systems.

    Args:
        outputs: What will be written, by the name of the argument or option.
        inputs: What is read.

    Raises:
        InvalidValueError: if an output is an input or another output.

    Examples:
        >>> refuse_same({"--out": "scores.csv"}, {"SESSIONS": "./scores.csv"})
        Traceback (most recent call last):
            ...
        therarel.errors.InvalidValueError: --out: the same file as SESSIONS, which would be lost. Hint: name another file
    """  # noqa: E501  a message is one line
    read = [(name, Path(path)) for name, path in (inputs or {}).items() if path is not None]
    written = [(name, Path(path)) for name, path in outputs.items() if path is not None]
    pairs = chain(((one, other) for other in read for one in written), ((b, a) for a, b in combinations(written, 2)))
    for (name, path), (other, there) in pairs:
        with failing_by_name(path):
            same = _same(path, there)
        if same:
            raise InvalidValueError(
                f"the same file as {other}, which would be lost", where=name, hint="name another file"
            )


def _same(one: Path, other: Path) -> bool:
    if is_stream(one) or is_stream(other):
        return False  # what goes through a pipe replaces nothing
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return _folded(one) == _folded(other)


def _folded(path: Path) -> str:
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def refuse_other_kind(path: str | os.PathLike[str], kinds: tuple[str, ...], *, what: str, hint: str) -> None:
    """Refuse a file name that says something else is inside.

    Args:
        path: The file. Devices and pipes may be called anything.
        kinds: Endings that say what is inside, such as ``.svg``.
        what: What is written, such as "a drawing".
        hint: How to get the other kinds.

    Raises:
        InvalidValueError: if the name ends otherwise, or has no ending.

    Examples:
        >>> refuse_other_kind("trust.png", (".svg",), what="a drawing", hint="name it trust.svg")
        Traceback (most recent call last):
            ...
        therarel.errors.InvalidValueError: a drawing is not written as this kind of file, got '.png' (expected .svg). Hint: name it trust.svg
    """  # noqa: E501  a message is one line
    target = Path(path)
    if target.suffix.lower() in kinds:
        return
    with failing_by_name(target):
        if is_stream(target):
            return
    raise InvalidValueError(
        f"{what} is not written as this kind of file",
        value=shown(target.suffix) if target.suffix else "a name without an ending",
        bound=" or ".join(kinds),
        hint=hint,
    )


def refuse_other_than_page(path: str | os.PathLike[str]) -> None:
    """Refuse a file name that is not that of a page; a browser makes a PDF of one.

    Raises:
        InvalidValueError: if the name does not end in ``.html`` or ``.htm``.
    """
    hint = f"name it {HTML[0]}"
    if Path(path).suffix.lower() == ".pdf":
        hint += ", and print that from a browser: chromium --headless --print-to-pdf=page.pdf page.html"
    refuse_other_kind(path, HTML, what="the page", hint=hint)


def keep_what_is_there(
    path: str | os.PathLike[str], option: str, *, text: str | None = None, ours: Callable[[Path], bool] | None = None
) -> None:
    """Refuse to replace a file whose name nobody gave, unless it holds the same text or is recognised as ours.

    A file that is named is replaced; a name that a command has by default is nobody's decision.

    Args:
        path: The file that is written by default.
        option: How another one is named, such as ``--out``.
        text: What would be written, where it is known already.
        ours: Whether a file that is there is of this library's making and may be replaced.

    Raises:
        InvalidValueError: if there is another file.
        WritingError: if it cannot be looked at.
    """
    target = Path(path)
    with failing_by_name(target):
        if is_stream(target) or not os.path.lexists(target):
            return
        if target.is_file() and ((ours is not None and ours(target)) or _holds(target, text)):
            return
    raise InvalidValueError(
        f"there is a file {target} already, and it stays as it is",
        where=option,
        hint=f"name a file with {option}; a file that is named is replaced",
    )


def _holds(path: Path, text: str | None) -> bool:
    return text is not None and path.read_bytes() == text.encode(errors="replace")
