"""Reports are as a person has approved them: every word, every mark of every picture, every figure of the data."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest

import pytest
from tests.made_up import readable
from tests.reports.pages import FOLDER, OF_ONE, PAGES, whole

from therarel.reports import ClientReport, CourseReport, Report


@pytest.mark.parametrize("name", PAGES)
def test_a_report_is_as_it_was_approved(name: str) -> None:
    """What readers see has changed only where somebody looked at it; `python -m tests.reports.pages` keeps it."""
    approved = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    now = whole(PAGES[name]()).splitlines()
    changed = [(at, was, is_) for at, (was, is_) in enumerate(zip_longest(approved, now), 1) if was != is_]
    assert changed[:5] == []


@pytest.mark.parametrize("name", OF_ONE)
def test_a_page_of_one_client_or_course_is_as_it_was_approved(name: str) -> None:
    """The pages for supervision, and the one to look at with the client, change only where somebody looked, too."""
    approved = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    now = readable(OF_ONE[name]().html).splitlines()
    changed = [(at, was, is_) for at, (was, is_) in enumerate(zip_longest(approved, now), 1) if was != is_]
    assert changed[:5] == []


@pytest.mark.parametrize("made", [*PAGES.values(), *OF_ONE.values()], ids=[*PAGES, *OF_ONE])
def test_every_place_in_a_page_has_a_plain_name_of_its_own(
    made: Callable[[], Report | ClientReport | CourseReport],
) -> None:
    """Letters, digits and hyphens, each name once, and every link within the page leads to one of them."""
    html = made().html
    names = re.findall(r' id="([^"]*)"', html)
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", name)] == []
    assert len(set(names)) == len(names)
    assert {*re.findall(r'href="#([^"]*)"', html)} <= {*names}


@pytest.mark.parametrize("made", PAGES.values(), ids=PAGES)
def test_approved_pages_show_what_can_be_told_of_a_drop(made: Callable[[], Report]) -> None:
    """The pages stay worth looking at: what was found in each is what its description says."""
    found = made().detection.candidates
    statuses = {str(each.recovery) for each in found}
    assert {
        "alliance": statuses == {"recovered", "open", "not_known"},
        "outcome": len(found) > 1,
        "long": len(found) > 0,
        "silent": len(found) == 0,
        "simulated": len(found) > 2,
        "scanned": len(found) > 1,
    }[made.__name__]
