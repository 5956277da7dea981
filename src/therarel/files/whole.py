"""One file, written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from therarel.files.disk import BINARY, encoded, failing_by_name, flushed, folder_flushed, is_stream


def write_whole(path: str | os.PathLike[str], content: str | bytes | Iterable[str], *, private: bool = True) -> Path:
    r"""Write a file, text in UTF-8; at no moment is there half of it.

    The text goes to a hidden file beside (``.name.xxxxxxxx.part``), to the disk, and from there to its place in one
    step. If anything fails, also while the content is being made, what was there before is unchanged. A link stays a
    link, and what it leads to is replaced. Permissions of a file that is replaced are kept. A process that is killed
    may leave the hidden file behind. On Windows the names of a folder cannot be flushed, and permissions are the
    folder's.

    Args:
        path: The file; one that exists is replaced. Devices and pipes are written to directly.
        content: The text, or the pieces of it, which are asked for one at a time; or bytes.
        private: Whether a new file is for its owner alone (mode 0600); otherwise the process's own rule holds.

    Returns:
        The path, as it was given.

    Raises:
        WritingError: if the file cannot be written; it is an `OSError` too.
        InvalidValueError: if the text holds half of a surrogate pair.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_whole(Path(folder) / "note.txt", ["one\n", "two\n"]).read_text("utf-8")
        'one\ntwo\n'
    """
    target = Path(path)
    real, part = Path(os.path.realpath(target)), None
    with failing_by_name(target):
        if is_stream(target):
            file: IO[bytes] = target.open("wb")
        else:
            part, file = _part(real, private=private)
    try:
        for piece in (content,) if isinstance(content, str | bytes) else content:
            data = piece if isinstance(piece, bytes) else encoded(piece, target)
            with failing_by_name(target):
                file.write(data)
        with failing_by_name(target):
            if part is None:
                file.flush()
            else:
                flushed(file)
                file.close()
                part.replace(real)
                folder_flushed(real.parent)
    finally:
        with suppress(OSError):  # a full disk was reported above
            file.close()
        if part is not None:
            part.unlink(missing_ok=True)
    return target


def _part(real: Path, *, private: bool) -> tuple[Path, IO[bytes]]:
    """The hidden file beside, with the permissions that the file itself has or will have."""
    try:
        old = real.stat()
    except FileNotFoundError:
        old = None
    if old is not None and stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if old is not None and not os.access(real, os.W_OK):  # a new one could take its place, and must not
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    part = real.with_name(f".{real.name[:40]}.{os.urandom(4).hex()}.part")
    mode = 0o600 if private or old is not None else 0o666
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
    if old is not None:
        with suppress(OSError):  # a file system without owners or permissions
            _take_over(descriptor, old)
    return part, os.fdopen(descriptor, "wb")


def _take_over(descriptor: int, old: os.stat_result) -> None:
    """Owner, group and permissions of the file that is replaced, as far as they may be given."""
    if sys.platform == "win32":
        return  # they are the folder's
    mode = old.st_mode & 0o777
    new = os.fstat(descriptor)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        try:
            os.fchown(descriptor, old.st_uid, old.st_gid)
        except OSError:
            mode &= 0o707  # what one group was allowed is not for another
    os.fchmod(descriptor, mode)
