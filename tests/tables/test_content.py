"""What the bytes of a text file are like as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from therarel.tables.encoding import Content, content_of


@pytest.mark.parametrize(
    ("written", "utf8", "simple"),
    [
        (b"client,score\nZo\xc3\xab,4\n", True, True),
        (b"client,score\r\nK-1,4\r\n", True, True),
        (b"client,score\r\nK-1,4\n", True, True),
        (b"client,score\nK-1,4\r\n", True, False),
        (b"client,score\rK-1,4\r", True, False),
        (b"client,score\r\nK-1,4\r", True, False),
        (b'client,score\n"K-1",4\n', True, False),
        (b"client,score\nK-1,\0\n", True, False),
        (b"client,score\nZo\xeb,4\n", False, True),
        (b"", True, False),
    ],
)
def test_quotes_line_ends_and_encoding_are_seen(tmp_path: Path, written: bytes, utf8: bool, simple: bool) -> None:
    """Quotes, zero bytes and line ends of old Macs make a file that is taken apart with care."""
    file = tmp_path / "answers.csv"
    file.write_bytes(written)
    assert content_of(file) == Content(utf8=utf8, simple=simple)


@pytest.mark.parametrize("before", [(1 << 18) - 1, 1 << 18, (1 << 18) + 1])
@pytest.mark.parametrize(
    ("end", "utf8", "simple"), [(b"\r\n", True, True), (b"\xc3\xab", True, True), (b"\xc3", False, True)]
)
def test_nothing_is_cut_where_one_piece_ends(tmp_path: Path, before: int, end: bytes, utf8: bool, simple: bool) -> None:
    """A long file is looked at in pieces, and a character or a line end between two of them is whole."""
    file = tmp_path / "answers.csv"
    file.write_bytes(b"a\r\n" + b"x" * (before - 4) + end + b"\r\n")
    assert content_of(file) == Content(utf8=utf8, simple=simple)
