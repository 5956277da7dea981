"""What a report says to a service, to a reviewer, and to people who do no statistics."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.made_up import expecting, of_series

from therarel.detection import detect, rules
from therarel.domain.ratings import Construct
from therarel.panels import Panel
from therarel.reports import Report, report
from therarel.reports.courses import Courses
from therarel.reports.data import candidate_table, problem_table
from therarel.reports.paired import paired_scores
from therarel.reports.reviewing import CODEBOOK, methods_paragraph

PHQ: dict[str, list[float | None]] = {
    **{f"better-{at}": [18, 15, 12, 10.0 - at] for at in range(3)},
    **{f"same-{at}": [12, 13, 11, 12.0] for at in range(7)},
    **{f"worse-{at}": [6, 9, 12, 14.0 + at] for at in range(6)},
    "once": [9],
    "never": [None, None],
}


def outcome(series: dict[str, list[float | None]] = PHQ, **covariates: list[str]) -> Report:
    """A report on made-up totals of the PHQ-9."""
    panel = of_series(series, instrument="phq-9", scale=(0, 27), higher_is_better=None, covariates=covariates)
    return report(detect(panel, primary=rules.Drop(k=2), expected="none"), groups=list(covariates))


def section_of(made: Report, place: str) -> str:
    """The text of one section."""
    found = re.search(rf'<section id="{place}">(.*?)</section>', made.html, re.DOTALL)
    assert found is not None, place
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_completeness_comes_first() -> None:
    """Whoever has one score, or none, is counted in the first sentence and in no figure after it."""
    said = section_of(outcome(), "for-a-service")
    assert said.startswith("For a service 16 of 18 dyads have a first and a last score (89%).")
    assert "improved 3 (19%), unchanged 7 (44%), deteriorated 6 (38%)" in said
    assert "6 points or more" in said


def test_an_alliance_does_not_improve() -> None:
    """Of a relationship it is said how it was rated; the words of outcomes stay with outcomes."""
    panel = of_series(
        {f"S-{at}": [150.0 + at, 160, 200.0 + at] for at in range(6)}, instrument="wai-36", scale=(36, 252)
    )
    said = section_of(report(detect(panel, primary=rules.Drop(k=2), expected="none")), "for-a-service")
    assert "rated better 6 (100%)" in said
    assert "improved" not in said


def test_where_no_reliability_is_known_nothing_is_judged() -> None:
    """The page says why single changes are not judged."""
    panel = of_series({"A": [3, 4, 4.5], "B": [2, 3, 1.0]})
    made = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    assert "is not said: which instrument gave the scores was not stated." in section_of(made, "for-a-service")
    assert paired_scores(Courses.of(made.detection), panel).directions == ()


def test_small_counts_of_a_group_are_hidden_with_what_gives_them_away() -> None:
    """Three people of one site improved: neither that nor what it follows from is shown."""
    sites = ["north" if name[-1] in "024" else "south" for name, scores in PHQ.items() for _ in scores]
    made = outcome(PHQ, site=sites)
    said = section_of(made, "for-a-service")
    assert "Counts of fewer than 5 are not shown" in said
    table = said.partition("Reliable change by site")[2]
    assert not re.search(r"\b[1-4]\b", table.partition("Counts of fewer")[0].replace("dyads with both scores", ""))


def test_the_paragraph_says_what_a_paper_needs() -> None:
    """Rule, counts, noise with its interval, power, seed and version, in one paragraph."""
    panel = of_series({f"S-{at}": [4, 4.1, 4, 2, 4, 4.1] for at in range(4)}, construct=Construct.ALLIANCE)
    found = detect(panel, primary=rules.Drop(k=1.5), also=[rules.IndividualsChart()], expected="none")
    said = methods_paragraph(found)
    assert "is not known:" in said
    said = methods_paragraph(expecting(detect(panel, primary=rules.Drop(k=1.5), also=[rules.IndividualsChart()])))
    for words in (
        "one primary rule",
        "expected from noise alone is",
        "power of",
        "seed",
        "therarel ",
        "individuals chart",
    ):
        assert words in said, words
    assert section_of(report(found), "for-a-reviewer").startswith("For a reviewer Session scores of 4 dyads")


def test_the_file_is_named_by_its_digest(tmp_path: Path) -> None:
    """A reader of the page can tell whether a file is the one that was read; its name is not on the line."""
    file = tmp_path / "scores.csv"
    file.write_text("client,session,score\n" + "".join(f"A,{at},4\n" for at in range(1, 6)))
    panel = Panel.read(file, scale=(1, 5), higher_is_better=True)
    made = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    assert hashlib.sha256(file.read_bytes()).hexdigest() in section_of(made, "for-a-reviewer")
    file.unlink()
    again = report(detect(panel, primary=rules.Drop(k=2), expected="none"))
    assert "not there any more" in section_of(again, "for-a-reviewer")


@pytest.mark.parametrize("rule", [rules.Drop(k=1), rules.IndividualsChart(), rules.SuddenGain(cutoff=1)])
def test_every_column_of_the_files_is_in_the_codebook(rule: rules.Rule) -> None:
    """What all rules share has a meaning of its own; the rest is what the rule measured."""
    panel = of_series({f"S-{at}": [2, 2.1, 2, 4, 4.1, 4, 2, 4.2] for at in range(4)})
    found = detect(panel, primary=rule, expected="none")
    courses = Courses.of(found)
    heads = [str(name) for name in next(iter(candidate_table(found, courses)))]
    shared = heads[: heads.index("also") + 1] if "also" in heads else heads
    problems = [str(name) for name in next(iter(problem_table(found)))]
    assert [name for name in [*shared, *problems] if name not in CODEBOOK] == []
    said = section_of(report(found), "for-a-reviewer")
    assert all(name in said for name in [*heads, *problems])


def test_the_contents_lead_to_every_section(parsed: Callable[[str], Any]) -> None:
    """Each heading is in the list of contents, and each link leads to a section that is there."""
    made = outcome()
    places = re.findall(r'<section id="([^"]+)">', made.html)
    links = re.findall(r'<a href="#([^"]+)">', made.html)
    assert links == places
    assert len(set(places)) == len(places) == made.html.count("<h2>")
    parsed(made.html)
