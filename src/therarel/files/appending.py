"""A log continued: after a look at its last line, all new lines or none, and never between those of another process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

from therarel.files.disk import BINARY, encoded, failing_by_name, flushed, folder_flushed, is_stream

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_BLOCK: Final = 1 << 16
_IN_MEMORY: Final = 1 << 20
_FAR: Final = 1 << 62  # where Windows locks a byte that no file has


class Torn(NamedTuple):
    """The beginning of a line that was never written to its end, and the file that it was moved to."""

    size: int
    """How many bytes there were."""
    kept_in: Path
    """Where they are now."""


def append_whole(
    path: str | os.PathLike[str],
    lines: Iterable[str],
    *,
    is_whole: Callable[[bytes], bool],
    private: bool = True,
) -> Torn | None:
    r"""Add lines to the end of a file: all of them, or none if anything fails.

    The lines are made first. Then the file is locked, so that another process that appends in this way waits. If its
    last line has no end, it is given one where it is whole; else its bytes are moved to a file beside (``name.torn``),
    so that nothing is glued to them and nothing is lost. Only a process that is killed while it adds can leave some of
    its lines behind, the last of them torn. On Windows the lock is that of the C library.

    Args:
        path: The file; one that is not there is made. Devices and pipes are written to directly.
        lines: The lines, each with its line break.
        is_whole: Whether the bytes of a last line without an end are all of it.
        private: As for `write_whole`.

    Returns:
        What was torn; ``None`` where nothing was.

    Raises:
        WritingError: if the file cannot be written; it is an `OSError` too.
        InvalidValueError: if a line holds half of a surrogate pair.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     log = Path(folder) / "log.txt"
        ...     _ = log.write_bytes(b"[1]\n[2, ")
        ...     torn = append_whole(log, ["[3]\n"], is_whole=lambda line: line.endswith(b"]"))
        ...     torn.size, log.read_bytes(), torn.kept_in.read_bytes()
        (4, b'[1]\n[3]\n', b'[2, \n')
    """
    from tempfile import SpooledTemporaryFile  # who writes whole files alone does not load it

    target = Path(path)
    with SpooledTemporaryFile(_IN_MEMORY) as made:
        for line in lines:
            data = encoded(line, target)
            with failing_by_name(target):
                made.write(data)
        made.seek(0)
        with failing_by_name(target):
            if is_stream(target):
                with target.open("ab", buffering=0) as stream:
                    _copy(made, stream)
                return None
            with _locked(target, private=private) as file:
                torn, glue = _last_line(file, target, is_whole)
                _add(made, file, glue)
                folder_flushed(target.parent)
            return torn


def _last_line(file: IO[bytes], target: Path, is_whole: Callable[[bytes], bool]) -> tuple[Torn | None, bytes]:
    """What was torn off the end of a file, and what its last line still needs."""
    end = file.seek(0, os.SEEK_END)
    line, start = b"", end
    while start and b"\n" not in line:
        start = file.seek(max(0, start - _BLOCK))
        line = file.read(min(_BLOCK, end - start - len(line))) + line
    line = line.rpartition(b"\n")[2]
    if not line.strip() or is_whole(line):
        return None, b"\n" if line else b""
    aside = target.with_name(f"{target.name}.torn")
    with _locked(aside, private=True) as kept:
        kept.seek(0, os.SEEK_END)
        _write(kept, line + b"\n")
        flushed(kept)
    folder_flushed(aside.parent)
    os.ftruncate(file.fileno(), end - len(line))  # only now, that it is safe elsewhere
    return Torn(len(line), aside), b""


def _add(made: IO[bytes], file: IO[bytes], glue: bytes) -> None:
    """Add all that was made; take back what was added where that fails."""
    end = file.seek(0, os.SEEK_END)
    try:
        _write(file, glue)
        _copy(made, file)
        flushed(file)
    except BaseException:
        os.ftruncate(file.fileno(), end)
        raise


def _copy(made: IO[bytes], file: IO[bytes]) -> None:
    while block := made.read(_BLOCK):
        _write(file, block)


def _write(file: IO[bytes], data: bytes) -> None:
    """Write all of it; a file without a buffer may take less at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


@contextmanager
def _locked(path: Path, *, private: bool) -> Iterator[IO[bytes]]:
    """The file, for this process and thread alone, and the one that is there now."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | BINARY, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            _lock(file)
            try:
                if _stands(path, file):
                    yield file
                    return
            finally:
                _unlock(file)


def _stands(path: Path, file: IO[bytes]) -> bool:
    """Whether the file was not replaced while this process waited for it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        file.seek(_FAR)
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            except OSError:  # it gives up after ten seconds, and is asked again
                continue
            return
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)


def _unlock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
