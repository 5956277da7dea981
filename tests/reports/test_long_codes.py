"""Long codes of dyads: shortened where people read, whole where programs join."""

from __future__ import annotations

import csv
from hashlib import sha256
from pathlib import Path

import pytest

from therarel.detection import detect, rules
from therarel.panels import Panel
from therarel.panels.naming import name_of_label
from therarel.reports import report

CODES = [sha256(name.encode()).hexdigest() for name in ("first", "second")]
SENTENCE = "she said that it was all over between the two of us"


def test_findings_can_be_joined_back_to_hashed_codes(tmp_path: Path) -> None:
    """A code of 64 characters stands whole in the CSV and in the JSON; what reads like a text does not."""
    scores = [4.0, 4.25, 4.0, 4.25, 1.0, 4.0, 4.25, 4.0]
    labels = [*CODES, SENTENCE]
    panel = Panel.from_arrays(
        [label for label in labels for _ in scores],
        list(range(1, 9)) * 3,
        scores * 3,
        scale=(1, 5),
        higher_is_better=True,
    )
    made = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    with made.save_candidates(tmp_path / "found.csv").open(newline="") as file:
        found = {row["dyad"] for row in csv.DictReader(file)}
    assert set(CODES) < found
    assert len(found) == 3
    assert SENTENCE not in str(made.as_dict()) + "".join(found)
    assert all(code in str(made.as_dict()) for code in CODES)


@pytest.mark.parametrize(
    ("label", "shown"),
    [("x" * 40, True), ("x" * 41, False), ("a b c d", True), ("a b c d e", False), ("ab " * 13 + "c", False)],
)
def test_a_label_is_a_code_up_to_forty_characters_and_four_words(label: str, shown: bool) -> None:
    """What is longer reads like a text, and is told by its place and length."""
    told = name_of_label(label, 6)
    assert told == (label if shown else f"no. 7 (label of {len(label)} characters)")
