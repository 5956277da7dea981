"""The list of problems: every row is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from therarel.panels import Panel, ProblemKind
from therarel.reports.listing import problem_section, ranges
from therarel.reports.phrases import HEADINGS, PROBLEMS


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
    assert set(HEADINGS) == set(PROBLEMS) == set(ProblemKind)


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


def test_clean_data_say_so(parsed: Callable[[str], Any]) -> None:
    """Where nothing was found the page says that nothing was."""
    panel = Panel.from_arrays(["A", "A"], [1, 2], [4, 5], scale=(1, 5), higher_is_better=True)
    assert parsed(problem_section(panel)).text == "Nothing was found that needed a decision."
