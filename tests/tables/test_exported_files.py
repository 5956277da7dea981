"""Files as people export them: each reads as the plain one, or every difference is listed, or the way out is named.

The expectations were written by hand from looking at the files.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from therarel.errors import TherarelError
from therarel.measures import score_file
from therarel.panels import Panel

FILES = Path(__file__).parent / "files"

# The small panel: three clients with eight sessions each (files up to 61), or two (from 71 on).
SAME: Mapping[str, Mapping[str, Any]] = {
    "01-plain.csv": {},
    "03-semicolon.csv": {},
    "05-crlf-bom-semi-decimalcomma.csv": {"listed": {"decimal_comma": 0}},
    "07-mixed-eol.csv": {},
    "09-title-lines.csv": {"listed": {"lines_before_the_header": 0}},
    "11-blank-lines.csv": {"listed": {"empty_row": 4}},
    "13-spaces-header.csv": {},
    "15-quoted-all.csv": {},
    "17-excel-serial-dates.csv": {"options": {"index": "dated", "date_format": "excel"}},
    "19-german-dates.csv": {"options": {"date_format": "%d.%m.%Y"}},
    "21-latin1.csv": {"listed": {"other_encoding": 0, "personal_label": 48}},
    "27-wide.csv": {"options": {"wide": {f"phq9_s{n}": n for n in range(1, 9)}}},
    "31-truncated-quote.csv": {},
    "35-leading-zero-ids.csv": {},
    "37-nbsp.csv": {},
    "39-plain.jsonl": {},
    "43-category.parquet": {},
    "45-decimal.parquet": {},
    "47-dates.xlsx": {"options": {"index": "dated"}},
    "51-plain.dta": {},
    "55-utf16-nobom.csv": {},
    "57-plain.csv.gz": {},
}

# What differs from the plain panel, and what is said about it: dyads, scores, their sum, problems by kind.
DIFFERENT: Mapping[str, tuple[int, int, float, Mapping[str, int]]] = {
    "23-missing-words.csv": (3, 16, 244, {"missing_score": 5, "unreadable_score": 1, "out_of_range": 2}),
    "41-mixed.jsonl": (4, 18, 265, {"missing_score": 7, "one_row_dyad": 1}),
    "71-bom-quoted.csv": (2, 16, 202, {}),
    "73-header-newline.csv": (2, 16, 202, {"out_of_range": 1}),
    "75-long-ids.jsonl": (2, 16, 190, {}),
    "77-float-ids.jsonl": (1, 8, 93, {}),
    "79-two-tables.csv": (2, 16, 202, {"empty_row": 1, "unreadable_session": 1, "duplicate": 16}),
    "81-escaped-backslash.csv": (2, 16, 202, {}),
    "83-comma-decimal-in-commafile.csv": (2, 16, 210, {"decimal_comma": 0, "off_step": 16}),
    "89-unsorted-rev.csv": (2, 16, 202, {}),
    "91-group.csv": (2, 16, 202, {}),
    "93-ragged-less.csv": (2, 14, 179, {"missing_score": 2}),
}

REFUSED: Mapping[str, str] = {
    "17-excel-serial-dates.csv": "date_format='excel'",
    "19-german-dates.csv": "date_format='%d.%m.%Y'",
    "25-redcap-labels-events.csv": "column Repeat Instance: no session",
    "27-wide.csv": "the table looks wide",
    "29-thousands.csv": "lies outside the scale, 0 to 27",
    "33-header-only.csv": "there are no rows",
    "47-dates.xlsx": "say index='dated'",
    "49-plain.xls": "save it as .xlsx or CSV",
    "53-plain.feather": "polars.read_ipc",
    "59-space-aligned.txt": "aligned by spaces",
    "61-plain.rds": "write.csv",
    "85-percent.csv": "'11%' is not a number",
    "87-us-dates.csv": "their form",
    "95-nul.csv": "there are no rows",
}

# Scores (None where there is none), and what is said.
SCORED: Mapping[str, tuple[list[float | None], int]] = {
    "answers-01-plain.csv": ([8, 14, None], 0),
    "answers-03-semi.csv": ([8, 14, None], 0),
    "answers-05-latin1.csv": ([8, 14, None], 1),
    "answers-07-crlf-blank.csv": ([8, 14, None], 1),
    "answers-09-footer.csv": ([8, 14, None, None, None], 1),
    "answers-11-title.csv": ([8, 14, None], 1),
    "answers-13-floats.csv": ([8], 0),
    "answers-15-redcap.csv": ([8, None], 1),
    "answers-17-labels.csv": ([None], 2),
    "answers-19-upper.csv": ([8, 14, None], 0),
    "answers-21-zeropad.csv": ([8, 14, None], 0),
    "answers-23-short-row.csv": ([8, 14, None], 0),
    "answers-25-arabic.csv": ([8], 0),
    "answers-27-multi.csv": ([None], 1),
    "answers-29-pipe.csv": ([8, 14, None], 0),
    "answers-31-onebased.csv": ([None] * 40, 1),
    "answers-33-index.csv": ([8, 14, None], 0),
    "answers-35-formula.csv": ([8], 0),
}


def listed(panel: Panel) -> dict[str, int]:
    """How many rows are listed under each kind of problem."""
    counts: dict[str, int] = {}
    for problem in panel.problems:
        counts[problem.kind.value] = counts.get(problem.kind.value, 0) + problem.count
    return counts


def test_every_file_has_its_expectation() -> None:
    """No file is forgotten."""
    known = {*SAME, *DIFFERENT, *REFUSED, *SCORED, "README.md"}
    assert {path.name for path in FILES.iterdir()} == known


@pytest.mark.parametrize("name", SAME)
def test_a_file_reads_as_the_plain_one(name: str) -> None:
    """The scores of the plain file come out, in their order, and what was done to get there is listed."""
    expected = SAME[name]
    panel = Panel.read(FILES / name, instrument="phq-9", **expected.get("options", {}))
    plain = Panel.read(FILES / "01-plain.csv", instrument="phq-9")
    assert (panel.n_dyads, panel.n_scored) == (3, 24)
    found, wanted = (
        sorted(rows["score"].to_list() for _, rows in each.to_frame("polars").group_by("dyad"))
        for each in (panel, plain)
    )
    assert found == wanted
    assert listed(panel) == expected.get("listed", {})


@pytest.mark.parametrize("name", DIFFERENT)
def test_every_difference_is_listed(name: str) -> None:
    """Rows that are no sessions with a score are counted under what is wrong with them."""
    dyads, scored, total, problems = DIFFERENT[name]
    panel = Panel.read(FILES / name, instrument="phq-9")
    assert (panel.n_dyads, panel.n_scored, panel.to_frame("polars")["score"].sum()) == (dyads, scored, total)
    assert listed(panel) == problems
    gone = sum(p.count for p in panel.problems if p.action.value in ("left_out", "merged"))
    assert panel.rows_read == panel.n_sessions + gone


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_names_the_way_out(name: str) -> None:
    """What cannot be read as it stands is refused with what to do, and no client's label is in the message."""
    with pytest.raises(TherarelError) as fault:
        Panel.read(FILES / name, instrument="phq-9")
    assert REFUSED[name] in str(fault.value)
    assert "K-0" not in str(fault.value)


@pytest.mark.parametrize("name", SCORED)
def test_a_file_of_answers_is_scored(name: str) -> None:
    """Each row has its score or the reason for none; what was passed over or is odd is said."""
    scores, said = SCORED[name]
    scored = score_file(FILES / name, "phq-9")
    assert scored.frame["phq_9"].to_list() == scores
    assert len(scored.problems) + len(scored.suspicions) == said
    assert not any("Zo" in sentence for sentence in scored.problems)


def test_a_statistics_file_whose_names_are_lost_is_damaged() -> None:
    """A name that the reader cannot give back is a sentence of ours, not an error of its."""
    content = (FILES / "51-plain.dta").read_bytes()
    at = content.index(b"client\0")
    for damage in (b"\xff\xfe\xfd\xfc\xfb\xfa", b"\0" * 6, b"\x80lient"):
        with contextlib.suppress(TherarelError):
            Panel.read(io.BytesIO(content[:at] + damage + content[at + 6 :]), instrument="phq-9")
