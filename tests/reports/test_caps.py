"""How much of a very large panel stands on a page: exactly so many rows, marks and values, and the rest is counted."""

from __future__ import annotations

import re

import pytest

from therarel.detection import Detection, detect, rules
from therarel.panels import Panel
from therarel.reports import Report, report

SCORES = (4.0, 4.1, 4.0, 2.0, 4.0, 4.1)


def dropping(dyads: int) -> Detection:
    """So many dyads with one drop each."""
    panel = Panel.from_arrays(
        [f"D{at:04}" for at in range(dyads) for _ in SCORES],
        [*range(1, 7)] * dyads,
        [*SCORES] * dyads,
        scale=(1, 5),
        higher_is_better=True,
    )
    return detect(panel, primary=rules.Drop(k=2), expected="none")


def problems(values: list[float]) -> Report:
    """A panel of one dyad with these scores outside its scale."""
    panel = Panel.from_arrays(
        ["A"] * (len(values) + 3), range(len(values) + 3), [4, 4, 3, *values], scale=(1, 5), higher_is_better=True
    )
    return report(detect(panel, primary=rules.Drop(k=2), expected="none"))


@pytest.mark.parametrize("dyads", [400, 401, 500, 501])
def test_so_many_findings_are_listed_and_marked(dyads: int) -> None:
    """Five hundred stand in the table and four hundred in the picture, spread evenly; what is left out is told."""
    page = report(dropping(dyads), most_drawn=3).html
    listed = re.search(r"<table class=\"wide\"><caption>Score drops.*?</table>", page, re.DOTALL)
    assert listed is not None
    assert listed[0].count("<tr>") == 1 + min(dyads, 500)
    assert ("The first 500 of 501 are listed" in page) is (dyads > 500)
    assert ("are listed; the whole table" in page) is (dyads > 500)
    assert (f"400 of {dyads} flagged sessions have a mark" in page) is (dyads > 400)
    assert ("flagged sessions have a mark" in page) is (dyads > 400)
    assert f"{dyads - 3} further dyads with findings are not drawn" in page
    assert "300 of" in page


def test_so_many_values_of_a_kind_are_listed() -> None:
    """Five hundred different values stand in the table of a kind."""
    for number in (500, 501):
        page = problems([100.0 + at for at in range(number)]).html
        assert len(re.findall(r'<tr><th scope="row">[1-6]\d\d\.0<', page)) == 500
        assert ("1 further values are not listed here" in page) is (number == 501)


def test_so_many_places_of_a_value_are_named() -> None:
    """Four thousand ranges of rows are named."""
    for number in (4000, 4001):
        panel = Panel.from_arrays(
            ["A"] * (2 * number), range(2 * number), [None, 4.0] * number, scale=(1, 5), higher_is_better=True
        )
        page = report(detect(panel, primary=rules.Drop(k=2), expected="none")).html
        assert ("and 1 more" in page) is (number == 4001)
        assert ("7999, 8001" in page) is False
        assert "7997, 7999" in page
