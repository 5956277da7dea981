"""A CSV file is scored row by row, and says what is wrong with it all at once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from therarel.domain import MissingReason, ScoreStatus
from therarel.errors import ReadingError, UnknownNameError
from therarel.measures import Prorate, Sign, instrument, score, score_file

HEADER = "client,session," + ",".join(f"item{n}" for n in range(1, 13)) + ",note"
ROWS = [
    "C-1,1,4,4,5,3,4,5,4,3,4,4,5,3,fine",
    "C-1,2,4,4,5,3,4,5,4,3,4,4,5,,",
    "C-2,1,Always,fairly often,5,3,4,5,4,3,4,4,5,9,",
    'C-2,2,,,,,,,,,,,,,"a, b"',
]


def written(folder: Path, text: str, name: str = "answers.csv") -> Path:
    """A file with a text in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_scored_and_other_columns_kept(tmp_path: Path) -> None:
    """Each row has its score, status and reasons beside the columns that are no items."""
    scored = score_file(written(tmp_path, "\n".join([HEADER, *ROWS]) + "\n"), "wai-sr")
    assert scored.header == (
        "client", "session", "note", "wai_sr", "wai_sr_task", "wai_sr_goal", "wai_sr_bond",
        "wai_sr_answered", "wai_sr_status", "wai_sr_missing",
    )  # fmt: skip
    assert scored.cells == (
        ("C-1", "1", "fine", "48", "15", "16", "17", "12", "complete", ""),
        ("C-1", "2", "", "", "", "16", "17", "11", "incomplete", "12 not_answered"),
        ("C-2", "1", "", "", "", "", "", "11", "invalid", "12 out_of_range"),
        ("C-2", "2", "a, b", "", "", "", "", "0", "incomplete",
         ", ".join(f"{n} not_answered" for n in range(1, 13))),
    )  # fmt: skip
    assert scored.counts == {ScoreStatus.COMPLETE: 1, ScoreStatus.INCOMPLETE: 2, ScoreStatus.INVALID: 1}
    assert [row.row for row in scored.rows] == [1, 2, 3, 4]
    assert scored.rows[0].score == score("wai-sr", [4, 4, 5, 3, 4, 5, 4, 3, 4, 4, 5, 3])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separators_and_byte_order_marks(tmp_path: Path, delimiter: str) -> None:
    """Commas, semicolons and tabs are recognised, and a byte order mark is no part of the first name."""
    lines = [[f"item{n}" for n in range(1, 8)], ["1"] * 7]
    text = "\ufeff" + "\n".join(delimiter.join(line) for line in lines) + "\n\n"
    scored = score_file(written(tmp_path, text), "gad-7")
    assert [row.score.value for row in scored.rows] == [7]


def test_scores_can_be_written_and_read_back(tmp_path: Path) -> None:
    """What is written is what was shown."""
    scored = score_file(written(tmp_path, "\n".join([HEADER, *ROWS])), "wai-sr", missing=Prorate(0.75))
    out = tmp_path / "scores.csv"
    scored.write(out)
    with out.open(encoding="utf-8", newline="") as file:
        read = [tuple(row) for row in csv.reader(file)]
    assert read == [scored.header, *scored.cells]
    assert read[2][3:5] == ("49.0909090909", "16")


def test_options_reach_the_score(tmp_path: Path) -> None:
    """Columns, rater, timing, metric, words, codes and positions mean what they mean for one response."""
    text = "q1;q2;q3;q4;q5\nimmer;-9;1;7;7\n"
    scored = score_file(
        written(tmp_path, text),
        "arm-5",
        items="q",
        rater="therapist",
        timing="pre_session",
        metric="sum",
        words={"immer": 7},
        missing_codes={-9: MissingReason.REFUSED},
        missing=Prorate(0.8),
    )
    found = scored.rows[0].score
    assert (found.value, found.rater, found.timing) == (35.0, "therapist", "pre_session")
    assert scored.rows[0].reasons == "2 refused"
    fewer = score_file(written(tmp_path, text), "arm-5", items={1: "q5"}, rater="client")
    assert fewer.rows[0].score.answered == 1
    assert fewer.header[:4] == ("q1", "q2", "q3", "q4")
    printed = written(tmp_path, ",".join(f"item{n}" for n in range(1, 13)) + "\n" + ",".join(["1"] * 12))
    assert score_file(printed, "wai-sr", recorded_as="position").rows[0].score.value == 6 * 5 + 6


def test_signs_of_confusion_are_told(tmp_path: Path) -> None:
    """A file of answers numbered from 0 is scored as invalid and says what it looks like."""
    rows = ["".join(f"{(n * k) % 5}," for n in range(1, 13)).rstrip(",") for k in range(1, 8)]
    text = "\n".join([",".join(f"item{n}" for n in range(1, 13)), *rows])
    scored = score_file(written(tmp_path, text), "wai-sr")
    assert [found.sign for found in scored.suspicions] == [Sign.ZERO_BASED]
    words = "\n".join([",".join(f"item{n}" for n in range(1, 13)), ",".join(["always"] * 12)])
    assert score_file(written(tmp_path, words), "wai-sr").suspicions == ()


def test_codes_are_no_signs(tmp_path: Path) -> None:
    """Declared codes and cells that are no numbers are not looked at."""
    text = ",".join(f"item{n}" for n in range(1, 8)) + "\n" + "4,nan,0,1,2,3,x\n"
    codes = {4.0: MissingReason.NOT_APPLICABLE}
    assert score_file(written(tmp_path, text), "gad-7", missing_codes=codes).suspicions == ()


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """Repeated names and rows of the wrong length are named together, each with its row."""
    with pytest.raises(ReadingError) as caught:
        score_file(written(tmp_path, "item1,item1,item2\n1,2\n1,2,3\n1,2,3,4\n"), "gad-7")
    told = str(caught.value)
    assert "answers.csv" in told
    assert "twice, got 'item1'" in told
    assert "row 1: another number of cells than the header, got 2 cells (expected 3)" in told
    assert "row 3" in told
    assert "row 2" not in told
    assert len(caught.value.problems) == 3


def test_empty_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """A file without a header, or not in UTF-8, is refused."""
    with pytest.raises(ReadingError, match="there is no header"):
        score_file(written(tmp_path, ""), "gad-7")
    latin = tmp_path / "latin.csv"
    latin.write_bytes("item1,n\u00e4chste\n1,2\n".encode("latin-1"))
    with pytest.raises(ReadingError, match="not UTF-8"):
        score_file(latin, "gad-7")


def test_missing_item_columns_are_named(tmp_path: Path) -> None:
    """A file without the columns of the items says which one it lacks and how to name them."""
    with pytest.raises(UnknownNameError, match="no column for 7 of 7 items of gad-7"):
        score_file(written(tmp_path, "a,b\n1,2\n"), "gad-7")


def test_a_file_without_rows_has_a_header(tmp_path: Path) -> None:
    """No rows give no scores."""
    scored = score_file(written(tmp_path, ",".join(f"item{n}" for n in range(1, 8))), instrument("gad-7"))
    assert (scored.rows, scored.cells, scored.counts) == ((), (), {})
    assert scored.header == ("gad_7", "gad_7_answered", "gad_7_status", "gad_7_missing")
