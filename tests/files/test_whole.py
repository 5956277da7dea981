"""A file is written whole or not at all, keeps its links and permissions, and is for its owner alone when new."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.errors import InvalidValueError, TherarelError, WritingError
from therarel.files import append_whole, csv_lines, write_whole


def mode(path: Path) -> int:
    """The permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@given(pieces=st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_what_was_given_is_what_stands_there(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    """Any pieces of text come out as UTF-8, with the line ends that they have."""
    path = tmp_path_factory.mktemp("whole") / "file.txt"
    assert write_whole(path, iter(pieces)) == path
    assert path.read_bytes().decode() == "".join(pieces)
    assert [each.name for each in path.parent.iterdir()] == ["file.txt"]


def test_a_failure_while_the_content_is_made_changes_nothing(tmp_path: Path) -> None:
    """Whatever is raised on the way, also by the keyboard, leaves the old file and nothing beside it."""
    path = tmp_path / "file.txt"
    path.write_text("old")

    def failing(error: BaseException) -> Iterator[str]:
        yield "new" * 100_000
        raise error

    for error in (KeyError("x"), KeyboardInterrupt(), OSError("of somebody else")):
        for write in (write_whole, lambda path, lines: append_whole(path, lines, is_whole=bool)):
            with pytest.raises(type(error)) as caught:
                write(path, failing(error))
            assert caught.value is error
            assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_half_a_character_is_refused_by_file_and_changes_nothing(tmp_path: Path) -> None:
    """Half of a surrogate pair can be in no file; the error is ours and does not show the text."""
    path = tmp_path / "file.txt"
    path.write_text("old")
    for write in (write_whole, lambda path, lines: append_whole(path, lines, is_whole=bool)):
        with pytest.raises(InvalidValueError, match="half of a surrogate pair") as caught:
            write(path, ["secret \ud800"])
        assert "secret" not in str(caught.value)
        assert caught.value.__context__ is None
        assert path.read_text() == "old"


def test_a_new_file_is_for_its_owner_alone_unless_nobody_is_in_it(tmp_path: Path) -> None:
    """A private file has mode 0600 whatever the process's rule; another follows the rule."""
    before = os.umask(0o022)
    try:
        assert mode(write_whole(tmp_path / "private", "x")) == 0o600
        assert mode(write_whole(tmp_path / "public", "x", private=False)) == 0o644
        append_whole(tmp_path / "log", ["x\n"], is_whole=bool)
        assert mode(tmp_path / "log") == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o644, 0o664])
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path, permissions: int) -> None:
    """Who was allowed to read the old file may read the new one, and nobody else."""
    path = tmp_path / "file.txt"
    path.write_text("old")
    path.chmod(permissions)
    for private in (True, False):
        write_whole(path, "new", private=private)
        assert mode(path) == permissions


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What the link leads to is replaced, also where it leads to nothing yet."""
    path, link = tmp_path / "folder" / "file.txt", tmp_path / "link.txt"
    path.parent.mkdir()
    link.symlink_to(path)
    for text in ("one", "two"):
        write_whole(link, text)
        assert link.is_symlink()
        assert path.read_text() == text
    append_whole(link, ["three\n"], is_whole=bool)
    assert path.read_text() == "two\nthree\n"


@pytest.mark.parametrize("write", [write_whole, lambda path, text: append_whole(path, [text], is_whole=bool)])
def test_what_cannot_be_written_is_named_as_the_caller_named_it(tmp_path: Path, write: object) -> None:
    """A missing folder, a folder in its place, a circle of links: an error of ours that is an OSError too."""
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    for path in (tmp_path / "none" / "file.txt", tmp_path, circle, tmp_path / ("x" * 300)):
        with pytest.raises(WritingError) as caught:
            write(path, "x")  # type: ignore[operator]
        assert isinstance(caught.value, OSError)
        assert isinstance(caught.value, TherarelError)
        assert caught.value.filename == caught.value.where == str(path)
        assert caught.value.errno
        assert str(caught.value).startswith(f"{path}: the file could not be written: ")
        assert caught.value.__suppress_context__
    assert list(tmp_path.iterdir()) == [circle]


# A file may grow to so many bytes and no further, as where the disk is full.
FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
from therarel.errors import WritingError
from therarel.files import append_whole, write_whole
path = sys.argv[1]
for write in (lambda lines: write_whole(path, lines), lambda lines: append_whole(path, lines, is_whole=bool)):
    try:
        write("x" * 99 + "\\n" for _ in range(5_000))
    except WritingError as error:
        assert error.errno == 27, error.errno
        print(error)
"""


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    """Half of a file is never left, and half of the lines of a log neither."""
    path = tmp_path / "file.txt"
    path.write_text("old\n")
    answer = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=True)
    assert answer.stdout.count("the file could not be written") == 2
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_written_to_and_not_replaced() -> None:
    """What a device says is passed on by name; it is a device afterwards."""
    write_whole("/dev/null", "x")
    append_whole("/dev/null", ["x\n"], is_whole=bool)
    for write in (write_whole, lambda path, lines: append_whole(path, lines, is_whole=bool)):
        with pytest.raises(WritingError, match="/dev/full: the file could not be written: No space left"):
            write("/dev/full", ["x"])
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    """Another program reads what is written, and the pipe stays."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for write in (write_whole, lambda path, lines: append_whole(path, lines, is_whole=bool)):
        reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True)
        write(pipe, ["one\n", "two\n"])
        assert reader.communicate()[0] == "one\ntwo\n"
    assert pipe.is_fifo()


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.none() | st.integers(), min_size=1)))
def test_rows_are_lines(rows: list[list[str | int | None]]) -> None:
    """Each row is one piece that ends with a line break, and reads back as its cells."""
    import csv
    import io

    lines = list(csv_lines(rows))
    assert len(lines) == len(rows)
    assert all(line.endswith("\n") for line in lines)
    read = list(csv.reader(io.StringIO("".join(lines), newline="")))
    assert [row or [""] for row in read] == [["" if cell is None else str(cell) for cell in row] for row in rows]
