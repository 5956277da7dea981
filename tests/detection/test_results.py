"""What a detection says is as a person has approved it: every sentence and every cell."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from tests.detection.results import FOLDER, RESULTS, whole
from tests.made_up import of_series

from therarel.detection import detect, rules


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_as_it_was_approved(name: str) -> None:
    """What readers see has changed only where somebody looked at it; `python -m tests.detection.results` keeps it."""
    approved = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    now = whole(RESULTS[name]()).splitlines()
    changed = [(at, was, is_) for at, (was, is_) in enumerate(zip_longest(approved, now), 1) if was != is_]
    assert changed[:5] == []


@pytest.mark.parametrize("number", [10, 11, 20, 21])
def test_so_many_candidates_are_printed(number: int) -> None:
    """Ten on a screen and twenty in a notebook; the others are counted, and none is counted where there is none."""
    scores = [4.0, 4.1, 4.0, 2.0, 4.0, 4.1]
    panel = of_series({f"D{at:02}": [*scores] for at in range(number)})
    found = detect(panel, primary=rules.Drop(k=2), expected="none").candidates
    assert len(found) == number
    assert str(found).count("\n  score drop") == min(number, 10)
    assert ("more" in str(found)) is (number > 10)
    assert number <= 10 or f"  ... and {number - 10} more" in str(found)
    html = found._repr_html_()
    assert html.count("<li>") == min(number, 20)
    assert ("more" in html) is (number > 20)
    assert number <= 20 or "<p>... and 1 more</p>" in html
