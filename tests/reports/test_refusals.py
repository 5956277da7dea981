"""Everything that a report refuses, with the whole of what it says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.refusals import Refusal, files_of, places_of, places_that_raise, refused

from therarel.detection import Detection, detect, rules
from therarel.growth import fit_growth
from therarel.machine import Course
from therarel.panels import Panel
from therarel.reports import client_report, course_report, report, shared_report
from therarel.simulation import simulate_clinic

FILES = files_of("reports/*.py")
WORD: Any = "Baseline"
HALF: Any = 2.5


def found(**covariates: str) -> Detection:
    """What is found in a panel of one dyad."""
    panel = Panel.from_arrays(
        ["A"] * 6,
        range(6),
        [4, 4, 4, 4, 2, 4],
        scale=(1, 5),
        higher_is_better=True,
        covariates={name: [value] * 6 for name, value in covariates.items()},
    )
    return detect(panel, primary=rules.Drop(k=2), expected="none")


REFUSED: list[Refusal] = [
    Refusal(
        lambda: client_report(WORD, "A"),
        "client_report: a detection is needed, got 'Baseline'. Hint: client_report(detect(panel, primary=...), dyad)",
    ),
    Refusal(
        lambda: client_report(found(), "A", expected=WORD),
        "client_report.expected: an expected trajectory is needed, got 'Baseline'. Hint: fit_growth(...).expected_trajectory(times, observed=...)",
    ),
    Refusal(lambda: course_report(WORD), "course_report: a course is needed, got 'Baseline'"),
    Refusal(lambda: shared_report(WORD), "shared_report: a course is needed, got 'Baseline'"),
    Refusal(
        lambda: course_report(Course.begin(client="C-014", therapist="T-03"), when=WORD),
        "course_report.when: a day is needed, got text (expected a date, or text such as '2026-05-04')",
    ),
    Refusal(
        lambda: report(WORD), "report: a detection is needed, got 'Baseline'. Hint: report(detect(panel, primary=...))"
    ),
    Refusal(
        lambda: report(found(), most_drawn=-1),
        "report.most_drawn: not accepted, got -1 (expected a whole number of at least 0)",
    ),
    Refusal(
        lambda: report(found(), most_drawn=HALF),
        "report.most_drawn: not accepted, got 2.5 (expected a whole number of at least 0)",
    ),
    Refusal(
        lambda: report(found(), simulated=simulate_clinic(4, seed=7)),
        "report: the panel is not that of the simulated clinic, got 1 dyad and 6 sessions (expected 4 dyads and 69 sessions, with the scores of seed 7). Hint: compare the very clinic whose scores they are: detect(clinic.panel(), ...)",
    ),
    Refusal(
        lambda: report(found(), ended_as={"completed": "as_planned"}),
        "report.ended_as: what values mean goes with the column that has them. Hint: name it: ended='status'",
    ),
    Refusal(
        lambda: report(found(status="completed"), ended="status"),
        "ended: it is not known what each value of this column means, got 'completed' (expected as_planned, earlier, not_known). Hint: say it, for example with ended_as={'completed': 'as_planned'}",
    ),
    Refusal(
        lambda: report(found(), growth=WORD),
        "report.growth: a growth model is needed, got 'Baseline'. Hint: fit_growth(panel, ...)",
    ),
    Refusal(
        lambda: report(
            found(), growth=fit_growth(simulate_clinic(9, seed=2).panel(), "score ~ session", {"dyad": "1"})
        ),
        "report.growth: this growth model was not fitted to the scores of this page. Hint: fit_growth(panel, ...) with the panel in which was looked",
    ),
    Refusal(
        lambda: report(found()).save("page.pdf"),
        "the page is not written as this kind of file, got '.pdf' (expected .html or .htm). Hint: name it .html, and print that from a browser: chromium --headless --print-to-pdf=page.pdf page.html",
    ),
    Refusal(
        lambda: client_report(found(), "A").save("page.txt"),
        "the page is not written as this kind of file, got '.txt' (expected .html or .htm). Hint: name it .html",
    ),
    Refusal(
        lambda: report(found()).save_candidates("found.xlsx"),
        "the table of findings is not written as this kind of file, got '.xlsx' (expected .csv or .txt). Hint: name it .csv",
    ),
    Refusal(
        lambda: report(found()).save_problems("problems"),
        "the table of problems is not written as this kind of file, got a name without an ending (expected .csv or .txt). Hint: name it .csv",
    ),
]


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda refusal: refusal.message[:60])
def test_what_is_refused_is_told_whole(refusal: Refusal) -> None:
    """Place, fact, value, bound and hint of every refusal."""
    error = refused(refusal.call)
    assert (type(error), str(error)) == (refusal.kind, refusal.message)


def test_every_refusal_of_the_room_is_among_them() -> None:
    """No line of the room raises an error that is not tried here."""
    tried = [places_of(refused(refusal.call), FILES) for refusal in REFUSED]
    assert set().union(*tried) == places_that_raise(FILES)
