"""Files as people make them: dialects, encodings, broken rows, and the place of every problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from therarel.errors import InvalidValueError, ReadingError, UnknownNameError
from therarel.panels import Action, NothingReadableError, Panel, PanelProblem, ProblemKind


def read(folder: Path, content: bytes | str, name: str = "clinic.csv", **more: object) -> Panel:
    """The panel of a file with this content, on a scale from 1 to 5."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    how = {"dyad": "client", "session": "session", "score": "score", "scale": (1, 5), "higher_is_better": True}
    return Panel.read(path, **(how | more))  # type: ignore[arg-type]  # one mapping for all tests


def scores(panel: Panel) -> list[tuple[str, float, float | None]]:
    """Dyad, session and score of every row."""
    return panel.to_frame("polars").select("dyad", "session", "score").rows()


def only(panel: Panel, kind: ProblemKind) -> PanelProblem:
    """The one entry of a kind."""
    (problem,) = [problem for problem in panel.problems if problem.kind is kind]
    return problem


PLAIN = [("A", 1.0, 4.0), ("A", 2.0, 4.5)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("client,session,score\nA,1,4\nA,2,4.5\n", "','"),
        ("client;session;score\nA;1;4\nA;2;4,5\n", "';'"),
        ("client;session;score\nA;1;4\nA;2;4.5\n", "';'"),
        ("client\tsession\tscore\nA\t1\t4\nA\t2\t4.5\n", "tabs"),
        (b"\xef\xbb\xbfclient,session,score\r\nA,1,4\r\nA,2,4.5\r\n", "UTF-8"),
        ("client,session,score\nA,1,4\nA,2,4.5\n".encode("utf-16"), "UTF-16"),
        ("client,session,score\rA,1,4\rA,2,4.5\r", "','"),
        ('"client","session","score"\n"A","1","4"\n"A","2","4.5"', "','"),
        ("client,session,score,\nA,1,4,\nA,2,4.5,\n", "','"),
        (" client , session,score\n A ,1, 4\nA, 2,4.5 \n", "','"),
        ('"notes; many","x",client,session,score\na;b,,A,1,4\nc,,A,2,4.5\n', "','"),
        ('{"client": "A", "session": 1, "score": 4}\n\n{"client": "A", "score": 4.5, "session": "2"}\n', "JSON"),
    ],
)
def test_every_dialect_reads_the_same_and_is_named(tmp_path: Path, content: bytes | str, said: str) -> None:
    """Separators, line ends, quotes, byte order marks and JSON make no difference; the panel says what it read."""
    panel = read(tmp_path, content)
    assert scores(panel) == PLAIN
    assert said in panel.source


def test_a_decimal_comma_is_said_aloud(tmp_path: Path) -> None:
    """Reading 4,5 as four and a half is an entry of its own."""
    panel = read(tmp_path, "client;session;score\nA;1;4\nA;2;4,5\n")
    assert only(panel, ProblemKind.DECIMAL_COMMA).message == "column score: numbers are read with a decimal comma"


def test_two_decimal_marks_in_one_column_are_not_both_believed(tmp_path: Path) -> None:
    """Where a comma is the decimal mark, 1.234 may be a thousand: the cell is listed, not read."""
    panel = read(tmp_path, "client;session;score\nA;1;4,5\nA;2;1.234\n")
    assert only(panel, ProblemKind.UNREADABLE_SCORE).value == "'1.234'"


def test_a_decimal_comma_in_quotes_is_read_and_said_to_be(tmp_path: Path) -> None:
    """A quoted 4,5 among commas is a number where nothing else can be meant, and an entry says so."""
    panel = read(tmp_path, 'client,session,score\nA,1,"4,5"\nA,2,4\n')
    assert [score for _, _, score in scores(panel)] == [4.5, 4.0]
    assert only(panel, ProblemKind.DECIMAL_COMMA).count == 0


def test_a_comma_that_may_separate_thousands_is_no_number(tmp_path: Path) -> None:
    """A quoted 1,017 among commas is listed with its row and line."""
    problem = only(read(tmp_path, 'client,session,score\nA,1,"1,017"\nA,2,4\n'), ProblemKind.UNREADABLE_SCORE)
    assert (problem.row, problem.line, problem.column, problem.value) == (1, 2, "score", "'1,017'")


def test_a_file_that_is_not_utf8_is_read_as_latin_1_and_said_to_be(tmp_path: Path) -> None:
    """Labels with accents survive and the fallback is an entry."""
    panel = read(tmp_path, "client,session,score\nJosé,1,4\n".encode("latin-1"))
    assert panel.dyads == ["José"]
    assert only(panel, ProblemKind.OTHER_ENCODING).count == 0


def test_a_row_with_too_many_cells_is_left_out_and_listed(tmp_path: Path) -> None:
    """An unquoted comma would shift the cells behind it: the row is listed with its line, the rest is read."""
    panel = read(tmp_path, "client,note,session,score\nA,ok,1,4\nA,well, well,2,5\nA,fine,3,4.5\n")
    assert scores(panel) == [("A", 1.0, 4.0), ("A", 3.0, 4.5)]
    problem = only(panel, ProblemKind.UNREADABLE_ROW)
    assert (problem.row, problem.line, problem.action) == (2, 3, Action.LEFT_OUT)
    assert panel.to_frame("polars")["row"].to_list() == [1, 3]


def test_a_quote_that_never_closes_swallows_nothing(tmp_path: Path) -> None:
    """The rows after a stray quote are still read."""
    panel = read(tmp_path, 'client,note,session,score\nA,"oh,1,4\nA,fine,2,4.5\nA,fine,3,5\n')
    assert [session for _, session, _ in scores(panel)] == [1.0, 2.0, 3.0]


def test_lines_are_counted_across_cells_that_hold_line_ends(tmp_path: Path) -> None:
    """A problem names the line at which its row begins, also behind notes of several lines."""
    panel = read(tmp_path, 'client,note,session,score\nA,"two\nlines",1,4\nA,,2,x\n')
    problem = only(panel, ProblemKind.UNREADABLE_SCORE)
    assert (problem.row, problem.line) == (2, 4)


def test_blank_lines_are_rows_without_anything(tmp_path: Path) -> None:
    """They are counted and listed as empty, so that rows and lines stay in step."""
    panel = read(tmp_path, "\nclient,session,score\nA,1,4\n\nA,2,x\n,,\n")
    assert only(panel, ProblemKind.EMPTY_ROW).rows == (2, 4)
    assert only(panel, ProblemKind.UNREADABLE_SCORE).line == 5
    assert panel.rows_read == 4


def test_a_broken_line_of_json_is_listed_with_its_line(tmp_path: Path) -> None:
    """The other records are read; what Python writes for a missing number is a missing score."""
    lines = ['{"client": 1, "session": 1, "score": 4}', "{oh", "", '{"client": 1, "session": 2, "score": NaN}', "[1]"]
    panel = read(tmp_path, "\n".join(lines), name="clinic.jsonl")
    assert scores(panel) == [("1", 1.0, 4.0), ("1", 2.0, None)]
    listed = panel.problem_rows("polars").filter(kind="unreadable_row")
    assert listed.select("row", "line").rows() == [(2, 2), (4, 5)]


@pytest.mark.parametrize("content", ["", "  \n", "client,session,score\n", "client,session,score\n,,\n", "\n\n"])
def test_a_file_without_rows_is_an_error_of_its_own(tmp_path: Path, content: str) -> None:
    """Nothing to read is told apart from a wrong argument."""
    with pytest.raises(NothingReadableError):
        read(tmp_path, content)


def test_a_file_of_which_nothing_can_be_read_says_what_stands_there_instead(tmp_path: Path) -> None:
    """The error lists the problems; where sessions look like dates it says so."""
    with pytest.raises(NothingReadableError, match="say index='dated'") as fault:
        read(tmp_path, "client,session,score\nA,2024-01-05,4\nA,2024-01-12,5\n")
    assert "'2024-01-05' is not a session" in str(fault.value)
    with pytest.raises(NothingReadableError, match="text of 4 characters is not a number"):
        read(tmp_path, "client,session,score\nA,1,high\n")


def test_a_misspelt_column_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """The hint names the column that was probably meant."""
    with pytest.raises(UnknownNameError, match="did you mean 'session'"):
        read(tmp_path, "client,session,score\nA,1,4\n", session="sesion")


def test_a_file_without_a_header_gives_no_cell_away(tmp_path: Path) -> None:
    """The first row of data is not printed as if it were names of columns."""
    with pytest.raises(UnknownNameError) as fault:
        read(tmp_path, "A,1,4,she said that it was all my fault\n")
    assert "fault" not in str(fault.value)


def test_two_columns_of_one_name_are_not_chosen_between(tmp_path: Path) -> None:
    """A needed name that stands twice in the header is refused."""
    with pytest.raises(InvalidValueError, match="two columns have the same name"):
        read(tmp_path, "client,session,score,score\nA,1,4,5\n")


def test_a_spreadsheet_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """The hint says to save it as CSV."""
    with pytest.raises(InvalidValueError, match="save the sheet as CSV"):
        read(tmp_path, b"PK\x03\x04 and so on", name="clinic.xlsx")


def test_a_file_that_is_not_there_is_the_error_python_gives(tmp_path: Path) -> None:
    """Callers catch OSError, as for any file."""
    with pytest.raises(FileNotFoundError):
        Panel.read(tmp_path / "nowhere.csv", higher_is_better=True)


def test_a_name_that_first_occurs_late_in_json_is_found(tmp_path: Path) -> None:
    """Records need not all have the same keys."""
    lines = [f'{{"client": "A", "session": {session}}}' for session in range(300)]
    lines.append('{"client": "A", "session": 300, "score": 4}')
    assert read(tmp_path, "\n".join(lines)).n_scored == 1


def test_columns_that_are_not_named_are_guessed_and_said(tmp_path: Path) -> None:
    """The panel tells which columns were guessed, and the summary prints it."""
    panel = read(tmp_path, "Client ID,week,WAI-SR\nA,1,4\nA,2,5\n", dyad=None, session=None, score=None)
    assert panel.guessed == ("dyad", "session", "score")
    assert "score = WAI-SR (guessed)" in str(panel.summary())


def test_a_file_that_is_not_what_its_first_bytes_say_is_refused(tmp_path: Path) -> None:
    """Bytes that begin like UTF-16 and are none are nothing readable, not a crash."""
    path = tmp_path / "broken.csv"
    path.write_bytes(b"\xff\xfea,b\n1")
    with pytest.raises(ReadingError, match="UTF-8"):
        Panel.read(path, dyad="a", session="b", score="c", higher_is_better=True)
