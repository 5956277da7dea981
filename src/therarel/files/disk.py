"""To the disk and no further: opening, flushing, and what is said where that fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from therarel.errors import InvalidValueError, NoSuchFileError, OpeningError, WritingError

if sys.platform == "darwin":
    import fcntl

BINARY: Final[int] = getattr(os, "O_BINARY", 0)
"""The flag without which Windows would write other line ends."""

_STREAMS: Final = ("/dev/", "/proc/")


def is_stream(path: Path) -> bool:
    """Whether a name leads to a device or a pipe, which holds nothing that could be lost.

    Raises:
        OSError: if this cannot be found out, as with links in a circle.

    Examples:
        >>> is_stream(Path("/dev/null")), is_stream(Path("scores.csv"))
        (True, False)
    """
    # What /dev/stdout leads to may be a file, which whoever writes to it means to be written to, not replaced.
    if os.fspath(path).startswith(_STREAMS):
        return True
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return not path.is_file() and not path.is_dir()


@contextmanager
def failing_by_name(path: Path) -> Iterator[None]:
    """Errors of the operating system as one of ours, with the name that the caller gave.

    Raises:
        WritingError: in place of an `OSError`; a pipe that nobody reads any more is passed on as it is.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise WritingError(path, error) from None


@contextmanager
def opening_by_name(path: str | os.PathLike[str]) -> Iterator[None]:
    """Errors of the operating system where a file is opened or read as one of ours, with the name that was given.

    Raises:
        NoSuchFileError: if there is no such file; it is a `FileNotFoundError` too.
        OpeningError: in place of any other `OSError`.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise NoSuchFileError(path, error) from None
    except OSError as error:
        raise OpeningError(path, error) from None


def encoded(text: str, path: Path) -> bytes:
    """Text as UTF-8.

    Raises:
        InvalidValueError: if it holds half of a surrogate pair, which no file can hold.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    raise InvalidValueError(
        "half of a surrogate pair, which no file can hold", where=os.fspath(path), hint="write the character itself"
    )


def flushed(file: IO[bytes]) -> None:
    """Bring what was written to the disk itself."""
    file.flush()
    if sys.platform == "darwin":
        with suppress(OSError):  # not every file system knows it; fsync alone stops at the disk's own memory
            fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
            return
    os.fsync(file.fileno())


def folder_flushed(folder: Path) -> None:
    """Bring the names in a folder to the disk, where folders can be opened."""
    flag = getattr(os, "O_DIRECTORY", None)
    if flag is None:
        return
    # The file itself is in its place; whether its name is on the disk yet cannot be asked of every file system.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | flag)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
