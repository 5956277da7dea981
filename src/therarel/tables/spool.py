"""Whatever holds a table as a file on disk that can be read twice: paths, pipes, standard input, packed files."""

from __future__ import annotations

import gzip
import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from attrs import frozen

from therarel.errors import InvalidValueError, ReadingError
from therarel.files import opening_by_name
from therarel.tables.kinds import HEAD, FileKind, kind_of
from therarel.tables.limits import Limits

TableFile = str | Path | BinaryIO
"""A path, or a file opened for reading bytes, such as ``sys.stdin.buffer``."""

_PIECE: Final = 1 << 20
_CONTENTS: Final = 1 << 16


@frozen
class OnDisk:
    """A file that can be read as often as one likes.

    Args:
        path: Where it is; a temporary copy where it came through a pipe or was packed.
        name: What messages call it.
        kind: What kind of file it is.
        packed: Whether it was packed by gzip.
    """

    path: Path
    name: str
    kind: FileKind
    packed: bool = False


@contextmanager
def on_disk(source: TableFile, limits: Limits) -> Iterator[OnDisk]:
    """The file on disk; what comes through a pipe, or is packed, is written down once and removed at the end.

    Raises:
        OpeningError: if it cannot be opened; where there is none, a `FileNotFoundError` too.
        InvalidValueError: if it is of a kind that is not read, or larger than the limit.
        ReadingError: if a packed file is damaged.
    """
    with ExitStack() as kept:
        if isinstance(source, str | Path):
            path = Path(source)
            name = path.name
            with opening_by_name(source), path.open("rb") as file:
                if not stat.S_ISREG(path.stat().st_mode):
                    path = _copied(file, _own_folder(kept) / "spooled", limits, name)
        else:
            name = "the table"
            path = _copied(source, _own_folder(kept) / "spooled", limits, name)
        limits.check_bytes(path.stat().st_size, name)
        head, contents = _ends(path)
        kind = kind_of(head, name, contents=contents)
        if kind is not FileKind.GZIP:
            yield OnDisk(path, name, kind)
            return
        unpacked = _unpacked(path, _own_folder(kept) / "unpacked", limits, name)
        head, contents = _ends(unpacked)
        kind = kind_of(head, name, contents=contents)
        if kind is FileKind.GZIP:
            raise InvalidValueError("the file is packed twice", where=name, hint="unpack it once")
        yield OnDisk(unpacked, name, kind, packed=True)


def _own_folder(kept: ExitStack) -> Path:
    """A folder that nobody else can look into, as mkdtemp makes it; most files need none."""
    return Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="therarel-")))


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first bytes, and the last ones, where an archive has its table of contents."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head.startswith(b"PK"):
            return head, b""
        size = file.seek(0, 2)
        file.seek(max(0, size - _CONTENTS))
        return head, file.read()


def _copied(file: BinaryIO | gzip.GzipFile, target: Path, limits: Limits, name: str) -> Path:
    if not isinstance(file.read(0), bytes):
        raise InvalidValueError(
            "the file is open for reading text", where=name, hint="open it for reading bytes: open(path, 'rb')"
        )
    with target.open("wb") as copy:
        written = 0
        while piece := file.read(_PIECE):
            written += copy.write(piece)
            limits.check_bytes(written, name)
    return target


def _unpacked(path: Path, target: Path, limits: Limits, name: str) -> Path:
    try:
        with gzip.open(path) as packed:
            return _copied(packed, target, limits, name)
    except (OSError, EOFError, zlib.error):
        pass
    raise ReadingError("the file is packed by gzip and damaged", [], where=name)
