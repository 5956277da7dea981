"""A log is continued without gluing, losing or mixing lines."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.files import append_whole, write_whole

WRITER = """
import sys
from therarel.files import append_whole
path, name = sys.argv[1:]
sys.stdin.readline()
for number in range(40):
    append_whole(path, (f'["{name}", {number}, {part}, "{"x" * 3000}"]\\n' for part in range(5)), is_whole=bool)
"""


def is_json(line: bytes) -> bool:
    """Whether a line is whole."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


lines = st.lists(st.recursive(st.integers() | st.text(), st.lists).map(lambda value: f"{json.dumps([value])}\n"))


@given(old=lines, new=lines, cut=st.integers(0, 300))
def test_nothing_is_glued_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str], cut: int
) -> None:
    """Wherever a log was torn, its whole lines stand, the new ones follow, and the rest is beside."""
    log = tmp_path_factory.mktemp("log") / "log.jsonl"
    whole = "".join(old).encode()
    left = whole[: max(0, len(whole) - cut)]
    log.write_bytes(left)
    torn = append_whole(log, new, is_whole=is_json)
    kept, _, tail = left.rpartition(b"\n")
    if not tail or is_json(tail):
        assert torn is None
        assert log.read_bytes() == left + (b"\n" if tail else b"") + "".join(new).encode()
    else:
        assert torn is not None
        assert torn.size == len(tail)
        assert torn.kept_in.read_bytes() == tail + b"\n"
        assert log.read_bytes() == (kept + b"\n" if kept else b"") + "".join(new).encode()


def test_every_torn_line_is_kept(tmp_path: Path) -> None:
    """A second torn line goes to the same file, below the first; one longer than any block is found whole."""
    log = tmp_path / "log.jsonl"
    for torn in (b"[1, ", b'["' + b"x" * 200_000):
        with log.open("ab") as file:
            file.write(torn)
        found = append_whole(log, ["[2]\n"], is_whole=is_json)
        assert found is not None
        assert found.size == len(torn)
    assert log.read_bytes() == b"[2]\n[2]\n"
    assert (tmp_path / "log.jsonl.torn").read_bytes() == b'[1, \n["' + b"x" * 200_000 + b"\n"


def test_processes_do_not_write_between_each_others_lines(tmp_path: Path) -> None:
    """Three processes that append at once leave every line whole, and the lines of one call together."""
    log = tmp_path / "log.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, log, name], stdin=subprocess.PIPE, text=True) for name in "abc"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    read = [json.loads(line)[:3] for line in log.read_text().splitlines()]
    assert len(read) == 3 * 40 * 5
    for start in range(0, len(read), 5):
        name, number, _ = read[start]
        assert read[start : start + 5] == [[name, number, part] for part in range(5)]


def test_threads_and_a_replaced_log_do_not_lose_lines(tmp_path: Path) -> None:
    """Who waits for the lock while the log is replaced goes on in the new one."""
    log = tmp_path / "log.jsonl"

    def append(number: int) -> None:
        append_whole(log, [f"[{number}]\n"], is_whole=is_json)

    def copy(_: int) -> None:
        # what was appended between reading and replacing is the caller's own loss; here nothing is read
        write_whole(tmp_path / "other.jsonl", "[0]\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append(number) if number % 5 else copy(number), range(200)))
    assert sorted(json.loads(line)[0] for line in log.read_text().splitlines()) == [n for n in range(200) if n % 5]
