"""What a saved report carries along: its style, files that a spreadsheet may open, values made by name."""

from __future__ import annotations

import re
from inspect import Parameter, signature
from pathlib import Path

import pytest
from tests.values import classes_of, compared_by_fields, holds_arrays

import therarel.reports
from therarel.detection import detect, rules
from therarel.panels import Panel
from therarel.reports import Report, TruthCount, report
from therarel.reports.subject import Subject


def test_the_style_of_a_page_is_inside_it(simulated: Report) -> None:
    """Colours of light and dark screens, and what is printed, stand in the page itself."""
    styles = " ".join(re.findall(r"<style>(.*?)</style>", simulated.html, re.DOTALL))
    assert "prefers-color-scheme" in styles
    assert "@media print" in styles
    for colour in set(re.findall(r"var\((--[\w-]+)\)", simulated.html)):
        assert f"{colour}:" in styles


@pytest.mark.parametrize("safe", [False, True])
def test_files_of_a_report_can_be_opened_in_a_spreadsheet(safe: bool, tmp_path: Path) -> None:
    """Text that a spreadsheet would run gets an apostrophe in the findings and in the problems, if that is asked for."""
    labels = ["=1+1"] * 6 + ["@B"]
    panel = Panel.from_arrays(labels, [*range(6), 1], [4, 4, 4, 4, 1, 9, 4], scale=(1, 5), higher_is_better=True)
    made = report(detect(panel, primary=rules.Drop(k=1), expected="none"))
    for save in (made.save_candidates, made.save_problems):
        text = save(tmp_path / "saved.csv", spreadsheet_safe=safe).read_text()
        assert ("'=1+1" in text) is safe
        assert "=1+1" in text


@pytest.mark.parametrize("cls", [Report, TruthCount, Subject])
def test_values_of_a_report_are_made_by_name(cls: type) -> None:
    """Nobody has to count the fields of a value."""
    assert {each.kind for each in signature(cls).parameters.values()} == {Parameter.KEYWORD_ONLY}


def test_values_that_hold_arrays_are_not_compared_field_by_field() -> None:
    """Arrays and tables have no single answer to whether they are equal."""
    holding = [cls for cls in classes_of(therarel.reports) if holds_arrays(cls)]
    assert holding
    assert [cls.__name__ for cls in holding if compared_by_fields(cls)] == []
