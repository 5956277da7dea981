"""Tables of text: whatever the dialect, the cells are the cells."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therarel.errors import TherarelError
from therarel.tables import Limits, NoteKind, Table, open_file

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x1a", exclude_categories=["Cs"]), max_size=8)
BODY = st.lists(st.tuples(st.integers(0, 60), CELL, st.sampled_from(["4.25", "3", "", "NA"])), min_size=1, max_size=6)
HEADER = ("client", "note", "score")


def read(content: bytes, tmp_path: Path, **limits: int) -> Table:
    """The whole table of a file with this content."""
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with open_file(path, limits=Limits(**limits)) as opened:
        return opened.read(opened.names)


def cells(table: Table) -> list[list[str]]:
    """The cells, empty text for nothing."""
    return [["" if cell is None else str(cell) for cell in row] for row in table.frame.rows()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for files that are written anew with every example."""
    return tmp_path_factory.mktemp("tables")


@given(
    BODY,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
@settings(max_examples=120)
def test_cells_survive_every_dialect(
    folder: Path, body: list[tuple[int, str, str]], separator: str, end: str, encoding: str, quoting: int, packed: bool
) -> None:
    """Separator, quotes, line ends, encoding and packing change nothing in the cells."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]  # one of csv's constants
    rows = [[f"C-{number:02d}", note, score] for number, note, score in body]
    writer.writerows([HEADER, *rows])
    content = text.getvalue().encode(encoding)
    found = read(gzip.compress(content) if packed else content, folder)
    assert cells(found) == rows
    assert found.row.to_list() == list(range(1, len(rows) + 1))
    assert not found.broken


@given(BODY, st.integers(0, 6), st.sampled_from(['C-01,"open,3', "C-01,a,b,c,d,5", 'C-1,"a"b",4,7,8', 'x"y"z",,"']))
@settings(max_examples=60)
def test_a_broken_line_changes_no_other_line(
    folder: Path, body: list[tuple[int, str, str]], at: int, broken: str
) -> None:
    """What one line says does not depend on what is wrong with another."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    rows = [[f"C-{number:02d}", note, score] for number, note, score in body]
    lines = []
    for row in [HEADER, *rows]:
        text.seek(0)
        text.truncate()
        writer.writerow(row)
        lines.append(text.getvalue())
    at = min(at, len(rows))
    lines.insert(at + 1, broken + "\n")
    found = read("".join(lines).encode(), folder)
    assert found.height == len(rows) + 1
    others = [row for number, row in zip(found.row, cells(found), strict=True) if number != at + 1]
    assert others == rows


@given(st.binary(max_size=200), st.sampled_from([b"", b"client,session,score\n", b'{"client": 1}\n', b"PAR1", b"PK\x03\x04",
    b"\x1f\x8b\x08\x00", b"$FL2", b"<stata_dta>", b"\xff\xfe", b"[{", b"sep=;\n"]))  # fmt: skip
@example(b'[{"a":' * 300, b"")
@example(b'{"a": "\\ud800"}', b"")
@settings(max_examples=150)
def test_only_our_errors_come_out(folder: Path, content: bytes, begin: bytes) -> None:
    """Whatever a file holds, it is a table, or an error of ours."""
    try:
        table = read(begin + content, folder)
    except TherarelError:
        return
    assert table.height == len(table.row) + len(table.broken)


def test_lines_before_the_header_are_passed_over_and_said(tmp_path: Path) -> None:
    """Titles, comments and ``sep=`` are no data, and the header is where the names are."""
    table = read(b"sep=;\n# made by hand\nExport;;\n\nclient;session;score\nK-01;1;4\n", tmp_path)
    assert table.frame.columns == ["client", "session", "score"]
    assert cells(table) == [["K-01", "1", "4"]]
    assert [note.kind for note in table.notes] == [NoteKind.LINES_BEFORE_THE_HEADER]
    assert table.lines is not None
    assert table.lines() == 5


def test_a_key_that_stands_twice_makes_the_line_broken(tmp_path: Path) -> None:
    """Nobody can tell which of two values of one key holds; the other lines are read."""
    table = read(b'{"a": 1, "b": 2}\n{"a": 1, "a": 2}\n{"a": 7.0, "b": null}\n', tmp_path)
    assert table.broken == (2,)
    assert cells(table) == [["1", "2"], ["7.0", ""]]


def test_an_array_of_objects_is_a_table(tmp_path: Path) -> None:
    """JSON Lines and one array of the same objects are the same table."""
    records = [{"client": "K-01", "session": 1, "score": 4.25}, {"client": "K-01", "session": 2, "score": None}]
    lines = read("\n".join(map(json.dumps, records)).encode(), tmp_path)
    assert cells(read(json.dumps(records).encode(), tmp_path)) == cells(lines)


def test_a_whole_number_keeps_every_digit(tmp_path: Path) -> None:
    """Ids beyond 2^53 differ by one and stay different."""
    table = read(b'{"id": 9007199254740993}\n{"id": 9007199254740992}\n', tmp_path)
    assert table.frame["id"].n_unique() == 2


@pytest.mark.parametrize(
    ("limits", "what"), [({"rows": 2}, "more rows than the limit"), ({"bytes": 40}, "larger than the limit")]
)
def test_a_limit_stops_reading_and_says_how_to_allow_more(limits: dict[str, int], what: str, tmp_path: Path) -> None:
    """A small packed file that unfolds to a large one is refused too."""
    content = b"client,session,score\n" + b"K-01,1,4\n" * 20
    for each in (content, gzip.compress(content)):
        with pytest.raises(TherarelError, match=what) as fault:
            read(each, tmp_path, **limits)
        assert "Limits(" in str(fault.value)


def test_what_is_open_for_reading_bytes_is_read(tmp_path: Path) -> None:
    """A file object that cannot be read twice is written down once."""
    with open_file(io.BytesIO(b"client,session,score\nK-01,1,4\n")) as opened:
        assert cells(opened.read(["score"])) == [["4"]]


def test_names_are_sure_only_where_they_cannot_be_data(tmp_path: Path) -> None:
    """The first row of a table without a header is not taken for names that may be shown."""
    path = tmp_path / "table.csv"
    path.write_text("Anna M.,1,4.2,she said\nAnna M.,2,4.0,he said\n")
    with open_file(path) as opened:
        assert not opened.surely_named
    path.write_text("client,session,score\nK-01,1,4.2\n")
    with open_file(path) as opened:
        assert opened.surely_named
