"""The list of problems: every row is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.panels import Panel, ProblemKind
from therarel.panels.problems import problem_words
from therarel.reports.problems import problem_section, ranges


def rows_of(told: tuple[str, ...]) -> list[int]:
    """The numbers that ranges stand for."""
    found: list[int] = []
    for part in told:
        first, _, last = part.partition("\N{EN DASH}")
        found.extend(range(int(first), int(last or first) + 1))
    return found


@given(st.sets(st.integers(1, 300)))
def test_ranges_stand_for_exactly_the_rows(rows: set[int]) -> None:
    """No row is lost and none is added when neighbours are gathered."""
    assert rows_of(ranges(sorted(rows))) == sorted(rows)


def test_every_kind_of_problem_has_a_heading_and_an_explanation() -> None:
    """A kind that is new to the panel cannot be forgotten here."""
    assert set(problem_words()) == set(ProblemKind)
    assert all(words.heading and words.meaning for words in problem_words().values())


def test_every_row_with_a_problem_is_reachable(tmp_path: Path, parsed: Callable[[str], Any]) -> None:
    """Values and rows of all problems stand on the page, whether or not the list is folded."""
    lines = ["client,session,score"]
    lines += [f"A,{session},{'' if session % 3 == 0 else 4}" for session in range(1, 151)]
    lines += ["B,Post-Rx,4", "B,1,9", "B,2,3.37", "B,3,many"]
    file = tmp_path / "clinic.csv"
    file.write_text("\n".join(lines))
    panel = Panel.read(file, scale=(1, 5), higher_is_better=True)
    text = parsed(problem_section(panel)).text
    assert ", ".join(str(row) for row in range(3, 151, 3)) in text
    for value, row in (("text of 7 characters", 151), ("9.0", 152), ("3.37", 153), ("text of 4 characters", 154)):
        assert value in text
        assert f"Row {row} (line {row + 1})" in text


def test_the_line_of_the_first_row_is_told_where_it_is_not_the_first(
    tmp_path: Path, parsed: Callable[[str], Any]
) -> None:
    """Below a header row 1 is in line 2, below two lines in line 3; without one, rows and lines are the same."""
    rows = "A,1,4\nA,2,\nA,3,3\n"
    for name, content, line in (
        ("a.csv", "client,session,score\n" + rows, 2),
        ("b.csv", "Exported\nclient,session,score\n" + rows, 3),
        ("c.jsonl", '{"client": "A", "session": 1, "score": 4}\n{"client": "A", "session": 2, "score": null}\n', None),
    ):
        file = tmp_path / name
        file.write_text(content)
        text = parsed(problem_section(Panel.read(file, scale=(1, 5), higher_is_better=True))).text
        assert ("is in line" in text) is (line is not None)
        assert line is None or f"the header not included; row 1 is in line {line} of the file." in text


def test_every_kind_is_folded_under_its_name() -> None:
    """The name, the number of rows and what was done are seen; the rows are, once somebody opens them."""
    scores = [4.0, None, 3.0, 9.0]
    panel = Panel.from_arrays(["A"] * 4, range(4), scores, scale=(1, 5), higher_is_better=True)
    section = problem_section(panel)
    assert "<details><summary><h3>Outside the scale: 1 row, score left out</h3></summary>" in section
    assert section.count("<details>") == section.count("<h3>") == 2


@pytest.mark.parametrize(("values", "counted"), [([9, 8, 7], False), ([9, 9, 8], True)])
def test_values_are_counted_where_one_occurs_more_than_once(values: list[float], counted: bool) -> None:
    """A column of ones would say nothing."""
    scores = [4.0, 5.0, 3.0, *values]
    panel = Panel.from_arrays(["A"] * len(scores), range(len(scores)), scores, scale=(1, 5), higher_is_better=True)
    told = problem_section(panel)
    assert ('<th scope="col" class="number">number</th>' in told) is counted
    assert ('<td class="number">2</td><td>Rows 4, 5</td>' in told) is counted


def test_clean_data_say_so(parsed: Callable[[str], Any]) -> None:
    """Where nothing was found the page says that nothing was."""
    panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 5], scale=(1, 5), higher_is_better=True)
    assert parsed(problem_section(panel)).text == "Nothing was found that needed a decision."
