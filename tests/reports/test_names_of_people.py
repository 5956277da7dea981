"""A label that names a person stands on no page, in no picture and in no message, and in files of data alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from therarel.detection import Detection, detect, rules
from therarel.panels import Panel
from therarel.reports import client_report, report

PEOPLE = ("Jane Doe", "Müller, Hans-Peter", "1980-05-04", "jane.doe@example.org", "+49 170 1234567")
THERAPIST = "Dr Ruth Roe"
FALL = [4.0, 4.25, 4.0, 4.25, 1.0, 1.25, 4.25, 4.0]


@pytest.fixture(scope="module")
def found() -> Detection:
    """A fall in the scores of each of five people."""
    panel = Panel.from_arrays(
        [label for label in PEOPLE for _ in FALL],
        [*range(1, 9)] * len(PEOPLE),
        FALL * len(PEOPLE),
        therapist=[THERAPIST] * len(FALL) * len(PEOPLE),
        scale=(1, 5),
        higher_is_better=True,
    )
    return detect(panel, primary=rules.Drop(k=1), also=[rules.IndividualsChart()], expected="none")


def test_pages_and_pictures_call_people_by_number(found: Detection) -> None:
    """The page with its data, the pages of single clients, and every picture hold no name."""
    assert len(found.candidates) == len(PEOPLE)
    pages = [report(found, most_drawn=5).html, *(client_report(found, person).html for person in PEOPLE)]
    pictures = [
        found.draw(),
        found.draw_dyads(),
        found.panel.draw(),
        found.panel.draw_dyads(),
        *(candidate.draw() for candidate in found.candidates),
        *(found.control_chart(person) for person in PEOPLE),
    ]
    texts = [*pages, *(picture.to_svg() for picture in pictures), *(picture.description for picture in pictures)]
    for name in (*PEOPLE, THERAPIST, "Doe", "Roe"):
        assert not any(name in text for text in texts), name
    assert all("(label not shown)" in page for page in pages)


def test_words_call_people_by_number(found: Detection) -> None:
    """What is printed, shown in a notebook or listed as a problem holds no name."""
    words = [
        repr(found),
        found._repr_html_(),
        str(found.candidates),
        found.candidates._repr_html_(),
        repr(found.panel),
        str(found.panel.summary()),
        *(problem.message for problem in found.panel.problems),
        *(text for each in found.candidates for text in (repr(each), str(each), each.explain(), each.sentence)),
    ]
    for name in (*PEOPLE, THERAPIST):
        assert not any(name in text for text in words), name


def test_files_of_data_can_be_joined(found: Detection, tmp_path: Path) -> None:
    """The table of findings and the columns in Python have the labels of the data."""
    with report(found).save_candidates(tmp_path / "found.csv").open(newline="", encoding="utf-8") as file:
        assert [row["dyad"] for row in csv.DictReader(file)] == list(found.candidates.columns["dyad"])
    assert {candidate.dyad for candidate in found.candidates} == set(PEOPLE)
