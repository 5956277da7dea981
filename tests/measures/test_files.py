"""A CSV file is scored row by row, and says what is wrong with it all at once."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from therarel.domain import MissingReason, ScoreStatus
from therarel.errors import InvalidValueError, ReadingError, UnknownNameError
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
    assert scored.row == (1, 2, 3, 4)
    assert scored.frame["wai_sr"][0] == score("wai-sr", [4, 4, 5, 3, 4, 5, 4, 3, 4, 4, 5, 3]).value
    assert scored.problems == ("row 4: without a single answer (kept)",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separators_and_byte_order_marks(tmp_path: Path, delimiter: str) -> None:
    """Commas, semicolons and tabs are recognised, and a byte order mark is no part of the first name."""
    lines = [[f"item{n}" for n in range(1, 8)], ["1"] * 7]
    text = "\ufeff" + "\n".join(delimiter.join(line) for line in lines) + "\n\n"
    scored = score_file(written(tmp_path, text), "gad-7")
    assert scored.frame["gad_7"].to_list() == [7]


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
    (found,) = scored.records
    assert (found["arm_5"], found["arm_5_missing"]) == (35.0, "2 refused")
    fewer = score_file(written(tmp_path, text), "arm-5", items={1: "q5"}, rater="client")
    assert fewer.frame["arm_5_answered"].to_list() == [1]
    assert fewer.header[:4] == ("q1", "q2", "q3", "q4")
    printed = written(tmp_path, ",".join(f"item{n}" for n in range(1, 13)) + "\n" + ",".join(["1"] * 12))
    assert score_file(printed, "wai-sr", recorded_as="position").frame["wai_sr"][0] == 6 * 5 + 6


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


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can tell which of two columns of one name is meant."""
    with pytest.raises(InvalidValueError, match="occurs twice"):
        score_file(written(tmp_path, ",".join([f"item{n}" for n in range(1, 8)] + ["item1"]) + "\n"), "gad-7")


def test_rows_of_another_length_are_scored_or_named(tmp_path: Path) -> None:
    """What is missing at the end of a row was not answered; a row with a cell too many is left out and named."""
    header = ",".join(f"item{n}" for n in range(1, 8))
    scored = score_file(written(tmp_path, f"{header}\n1,1,1\n1,1,1,1,1,1,1,9\n\n1,1,1,1,1,1,1\n"), "gad-7")
    assert scored.frame["gad_7_status"].to_list() == ["incomplete", "complete"]
    assert scored.row == (1, 4)
    assert scored.problems == (
        "row 2: could not be split into cells and left out",
        "row 3: empty and left out",
    )
    assert scored.rows_read == 4


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """A file without a header holds no table."""
    with pytest.raises(ReadingError, match="no header"):
        score_file(written(tmp_path, ""), "gad-7")


def test_every_kind_of_table_gives_the_same_scores(tmp_path: Path) -> None:
    """Encoding, separator, numbers with a decimal comma and the kind of file change no score."""
    rows = [[2, 1, 0, 3, 1, 1, 2], [0, 0, None, 0, 1, 0, 0]]
    frame = pl.DataFrame(rows, schema=[f"Item_{n:02d}" for n in range(1, 8)], orient="row")
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_ndjson(tmp_path / "a.jsonl")
    frame.write_csv(tmp_path / "a.csv")
    text = frame.write_csv(separator=";").replace("2", "2,0")
    (tmp_path / "b.csv").write_text(text.replace("Item_02,0", "Item_02"), encoding="utf-16")
    for name in ("a.parquet", "a.jsonl", "a.csv", "b.csv"):
        assert score_file(tmp_path / name, "gad-7").frame["gad_7"].to_list() == [10.0, None], name


def test_missing_item_columns_are_named(tmp_path: Path) -> None:
    """A file without the columns of the items says which one it lacks and how to name them."""
    with pytest.raises(UnknownNameError, match="no column for 7 of 7 items of gad-7"):
        score_file(written(tmp_path, "a,b\n1,2\n"), "gad-7")


def test_a_file_without_rows_has_a_header(tmp_path: Path) -> None:
    """No rows give no scores."""
    scored = score_file(written(tmp_path, ",".join(f"item{n}" for n in range(1, 8))), instrument("gad-7"))
    assert (scored.row, scored.cells, scored.counts) == ((), (), {})
    assert scored.header == ("gad_7", "gad_7_answered", "gad_7_status", "gad_7_missing")


@pytest.mark.parametrize("cell", ["1", "1.0", " 1 ", "", "7", "-9", "NA", "often", "9" * 20])
def test_numbers_as_text_and_as_numbers_are_scored_alike(tmp_path: Path, cell: str) -> None:
    """A column of plain whole numbers is scored as numbers, any other as text; nothing but the time differs."""
    header = ",".join(f"item{n}" for n in range(1, 8))
    rows = [["1"] * 7, ["2", *["0"] * 6], [cell, *["3"] * 6]]
    text = "\n".join([header, *(",".join(row) for row in rows)]) + "\n"
    codes = {-9.0: MissingReason.REFUSED}
    found = score_file(written(tmp_path, text), "gad-7", missing_codes=codes)
    single = [score("gad-7", row, missing_codes=codes) for row in rows]
    assert found.frame["gad_7"].to_list() == [each.value for each in single]
    assert found.frame["gad_7_status"].to_list() == [each.status.value for each in single]


@pytest.mark.parametrize(
    "odd",
    [
        "3",
        " 3",
        "3 ",
        "+2",
        "02",
        "-0",
        "",
        "   ",
        "2.0",
        "1e0",
        "99",
        "-9",
        "300",
        "70000",
        "9" * 30,
        "NA",
        "often",
        "4,2",
        "\uff11",
    ],
)
@pytest.mark.parametrize("row", [0, 2999])
def test_an_answer_means_the_same_however_the_others_are_read(tmp_path: Path, odd: str, row: int) -> None:
    """A column of numbers with one odd cell, early or late, scores as in a file that is taken apart cell by cell."""
    answers = [[str((place * 7 + item) % 4) for item in range(9)] for place in range(3000)]
    answers[row][4] = odd
    lines = [";".join([f"C-{place}", *each]) for place, each in enumerate(answers)]
    header = ";".join(["client", *(f"phq9_{item}" for item in range(1, 10))])
    found = []
    for name, quote in (("plain", ""), ("quoted", '"')):
        file = tmp_path / f"{name}.csv"
        file.write_text("\n".join([header, *lines, f"{quote}C-last{quote};" + ";".join("1" * 9), ""]), encoding="utf-8")
        found.append(score_file(file, "phq-9", missing_codes={-9: MissingReason.REFUSED}))
    assert found[0].cells == found[1].cells
    assert found[0].problems == found[1].problems
    assert found[0].suspicions == found[1].suspicions
