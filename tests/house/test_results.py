"""How results show themselves: on one line among others, in words where they are read, as a picture in a notebook."""

from __future__ import annotations

import csv
import inspect
import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest
from tests.agreed import FIRST_SESSION

import therarel as tr

ROOMS = {"events": tr.events, "rules": tr.rules}
EVENTS = frozenset({*get_args(tr.Event), *get_args(tr.domain.Correction)})
SHOWN_BY = ("_repr_html_", "_repr_svg_", "explain")

# Parts that others are made of, and texts; what a person asks for is not among them.
NO_RESULTS = {
    "Element", "Frame", "Roles", "Kind", "OpenTable", "Verdicts", "Leak", "Torn", "Confidential", "Markdown",
    "Paragraph", "JsonLines",
}  # fmt: skip


@cache
def panel() -> tr.Panel:
    """Scores of a simulated clinic."""
    return tr.simulate_clinic(30, seed=1).panel()


@cache
def detection() -> tr.detection.Detection:
    """What a rule finds in them."""
    return tr.detect(panel(), primary=tr.rules.Drop(k=2), also=[tr.rules.IndividualsChart()])


@cache
def course() -> tr.Course:
    """A course with a judgement that was declined and a concern for safety."""
    begun = tr.Course.begin(client="C-014", therapist="T-03")
    begun.record(tr.events.SessionHeld(session=1))
    begun.record(tr.events.SafetyConcernRaised({tr.domain.ConcernKind.SELF_HARM}, session=1))
    begun.record(tr.events.AdvanceRequested(session=1))
    begun.record(tr.events.RuptureNoticed(tr.domain.RuptureSeverity.MAJOR, session=1))
    return begun


@cache
def fit() -> tr.growth.GrowthFit:
    """A model of the scores of the panel."""
    return tr.fit_growth(panel(), "score ~ session", {"dyad": "1"}, method="ml")


@cache
def answers() -> tuple[Any, ...]:
    """What a monitor says of four sessions, the last of which falls."""
    monitor = tr.Monitor(tr.rules.EarlierDrop(), scale=(1, 5), higher_is_better=True)
    state = monitor.start()
    said: list[object] = []
    for session, score in enumerate([4.0, 4.25, 4.0, 1.5, 4.25], 1):
        state, new = monitor.update(state, session, score)
        said += new
    return tuple(said)


@cache
def scores_of_items() -> Any:
    """Answers of forty clients to a questionnaire, and the client of each."""
    chance = np.random.default_rng(1)
    level = chance.normal(1.5, 0.6, (40, 1))
    return np.clip(np.rint(level + chance.normal(0, 0.6, (40, 9))), 0, 3), [f"C-{n}" for n in range(40)]


def scored_file() -> object:
    """A file of answers, scored."""
    pl.DataFrame({f"item{n}": [1, 0, 2] for n in range(1, 8)}).write_csv("answers.csv")
    return tr.measures.score_file("answers.csv", "gad-7")


def folder() -> object:
    """What a rule says of a file of scores."""
    Path("scores").mkdir()
    pl.DataFrame({"client": ["A"] * 8, "week": range(1, 9), "wai": [4, 4, 4, 4, 4, 4, 4, 2]}).write_parquet(
        "scores/a.parquet"
    )
    return tr.detection.feeding.detect_folder(
        "scores", "verdicts", dyad="client", session="week", score="wai", scale=(1, 5), higher_is_better=True,
        primary=tr.rules.Drop(k=2),
    )  # fmt: skip


def concerned() -> tr.Course:
    """A course in which nobody has looked at a concern yet."""
    begun = tr.Course.begin(client="C-014", therapist="T-03")
    begun.record(tr.events.SafetyConcernRaised(session=1))
    return begun


def reconsidered() -> object:
    """A step that would be declined, had a rupture been known that was recorded late."""
    begun = tr.Course.begin(client="C-014", therapist="T-03")
    for event in FIRST_SESSION:
        begun.record(event)
    for session, task in enumerate(tr.domain.tasks_of(tr.Stage.INITIAL_FORMATION), start=1):
        begun.record(tr.events.StageTaskMet(task, session=session))
    begun.record(tr.events.AdvanceRequested(session=4))
    begun.record(tr.events.RuptureNoticed(tr.domain.RuptureSeverity.MAJOR, session=3))
    return begun.hindsight()[0]


def change() -> Any:
    """Change of two clients."""
    return tr.measures.reliable_change([30, 41], [45, 40], sd=7.5, reliability=0.8, higher_is_better=True)


def cutoff() -> Any:
    """A cut-off between two populations."""
    low, high = tr.measures.Population(30, 6), tr.measures.Population(45, 6)
    return tr.measures.clinical_cutoff("c", clinical=low, functional=high, higher_is_better=True)


# Class: one of it, as a user gets it.
RESULTS: Mapping[str, Callable[[], object]] = {
    "Bibliography": lambda: tr.citations.bibliography(),
    "Citation": lambda: tr.citation("ackerman_hilsenroth2003"),
    "ConceptGraph": tr.concept_graph,
    "Node": lambda: tr.concept_graph().nodes()[0],
    "Edge": lambda: tr.concept_graph().edges()[0],
    "Description": lambda: tr.concept_graph().explain("trust"),
    "LinkExplanation": lambda: tr.concept_graph().why("clinical_supervision", "trust"),
    "LearningPath": lambda: tr.concept_graph().learning_path("working_through_challenges"),
    "Lecture": lambda: tr.concept_graph().lecture(["trust", "empathy"]),
    "Fault": lambda: tr.concepts.Fault(
        level=next(iter(tr.concepts.FaultLevel)), what="not known", path=("nodes", 3)
    ),
    "Detection": detection,
    "Candidates": lambda: detection().candidates,
    "RuptureCandidate": lambda: detection().candidates[0],
    "Agreement": lambda: detection().agreement,
    "RuleCount": lambda: detection().counts[0],
    "PaperTable": lambda: detection().table(),
    "NullModel": lambda: tr.noise.fit_null(panel()),
    "Calibration": lambda: tr.calibrate(tr.rules.Drop(), lengths=(10,), clients=100, depths=(2.0,), seed=1),
    "UsualRules": lambda: tr.detection.usual_rules(panel()),
    "ChosenThreshold": lambda: tr.choose_threshold(tr.rules.Drop(), sessions=10, clients=200, seed=1),
    "FalseAlarms": lambda: tr.detection.false_alarms_of(tr.rules.Drop()),
    "CausalFalseAlarms": lambda: tr.detection.monitors.calibrate_causal(tr.rules.EarlierDrop(), clients=100, sessions=8),
    "FolderDetection": folder,
    "Monitor": lambda: answers()[0].monitor,
    "SessionAnswer": lambda: answers()[0],
    "RecoveryAnswer": lambda: next(each for each in answers() if "Recovery" in type(each).__name__),
    "Overdue": lambda: tr.domain.Overdue(tr.domain.DevelopmentActivity.CLINICAL_SUPERVISION, None, None),
    "Rating": lambda: tr.domain.Rating(4, tr.domain.RatingScale(1, 5), tr.Rater.CLIENT),
    "Score": lambda: tr.score("phq-9", [1] * 9),
    "RiskAnswer": lambda: (tr.score("phq-9", [1] * 9).risk or [None])[0],
    "Relationship": lambda: course().relationship,
    "Drawing": lambda: course().draw(),
    "Chart": lambda: panel().draw(),
    "GrowthFit": fit,
    "GrowthSummary": lambda: fit().summary(),
    "Diagnosis": lambda: fit().diagnose(),
    "Comparison": lambda: fit().compare(tr.fit_growth(panel(), "score ~ session", {"dyad": "1 + session"}, method="ml")),
    "Course": course,
    "Accepted": lambda: course().history[0].decision,
    "Declined": lambda: course().history.declined[0].decision,
    "Entry": lambda: course().history[0],
    "History": lambda: course().history,
    "Recorded": lambda: course().log[0],
    "Replay": lambda: course().replay(),
    "ReplayedEntry": lambda: course().replay().entries[0],
    "Explanation": lambda: course().history.declined[0].decision.explain(),
    "FailedGuard": lambda: course().history.declined[0].decision.explain().failing[0],
    "Reconsidered": reconsidered,
    "ExportAnswer": lambda: tr.machine.may_export(course().relationship, tr.domain.ExportPurpose.RESEARCH),
    "CulturalContext": tr.domain.CulturalContext,
    "Machine": tr.Machine.standard,
    "TableFault": lambda: tr.machine.TableFault(tr.machine.FindingKind.SINK, ("regions", "stage"), "no way leads out"),
    "Options": lambda: course().options(),
    "Views": lambda: course().view(),
    "ClientReport": lambda: tr.reports.client_report(detection(), detection().panel.dyads[0]),
    "Endings": lambda: tr.reports.Endings("status", (tr.reports.Ending.EARLIER,) * 5),
    "CourseReport": lambda: tr.reports.course_report(course()),
    "Observed": lambda: tr.measures.observed(course()),
    "Due": lambda: tr.machine.due(concerned(), on=date(2026, 5, 4))[0],
    "Overview": lambda: tr.machine.overview(course()),
    "Upkeep": lambda: tr.machine.upkeep(course()),
    "Instrument": lambda: tr.instrument("core-om"),
    "Instruments": tr.instruments,
    "Placement": lambda: tr.measures.place(tr.score("phq-9", [1] * 9)),
    "ReliableChange": change,
    "ClinicalCutoff": cutoff,
    "ClinicalSignificance": lambda: tr.measures.clinical_significance(change(), cutoff()),
    "NhsRecovery": lambda: tr.measures.nhs_recovery(phq_9=(15, 5), gad_7=(12, 4)),
    "Consistency": lambda: tr.measures.internal_consistency(scores_of_items()[0], dyads=scores_of_items()[1], resamples=20),
    "DyadicGap": lambda: tr.measures.dyadic_gap([4] * 12, [3] * 10),
    "DyadicAgreement": lambda: tr.measures.dyadic_agreement([3.0, 4.0, 2.5, 4.5], [3.5, 4.0, 3.0, 4.0]),
    "ScoredFile": scored_file,
    "Contradiction": lambda: tr.measures.contradictions("gad-7", [[1] * 7], [9])[0],
    "Suspicion": lambda: tr.measures.suspicions("phq-9", pl.DataFrame({f"item{n}": [4, 4, 2] for n in range(1, 10)}))[0],
    "Panel": panel,
    "PanelSummary": lambda: panel().summary(),
    "Report": lambda: tr.report(detection()),
    "SimulatedClinic": lambda: tr.simulate_clinic(5, seed=1),
    "SimulatedCourses": lambda: tr.simulate_courses(2, seed=1),
}  # fmt: skip


def result(name: str) -> Any:
    """The one of a class."""
    return RESULTS[name]()


def public_names(source: Path) -> dict[str, object]:
    """Every public name and what it is."""
    names: dict[str, object] = {}
    with (source / "names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            room: Any = tr
            for part in row["room"].split("."):
                room = getattr(room, part)
            names[row["name"]] = getattr(room, row["name"])
    return names


def test_every_public_result_is_tried(source: Path) -> None:
    """A class that shows itself, or that a public function gives, is in the table above."""
    names = public_names(source)
    classes = {
        name: value
        for name, value in names.items()
        if isinstance(value, type) and not issubclass(value, Enum | BaseException) and value not in EVENTS
    }
    given = " ".join(
        str(inspect.signature(value).return_annotation) for value in names.values() if inspect.isfunction(value)
    )
    results = {
        name
        for name, value in classes.items()
        if any(hasattr(value, way) for way in SHOWN_BY) or re.search(rf"\b{name}\b", given)
    }
    assert not (lacking := results - NO_RESULTS - RESULTS.keys()), lacking
    assert sorted(NO_RESULTS - names.keys()) == []


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_stands_on_one_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a list, a log or a debugger a result takes one line of fewer than 200 characters that names what it is."""
    monkeypatch.chdir(tmp_path)
    value = result(name)
    assert type(value).__name__ == name
    shown = repr(value)
    assert "\n" not in shown
    assert len(shown) < 200, shown


@pytest.mark.parametrize("name", RESULTS)
def test_the_words_of_a_result_survive_markdown(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pasted into notes, the words of a result stay what they are: nothing reads as emphasis, a tag, code or a heading."""
    monkeypatch.chdir(tmp_path)
    words = str(result(name))
    assert not words.startswith("<"), words
    assert re.findall(r"\*|`|<[A-Za-z/!]|(?<!\w)_\w|^#", words, re.MULTILINE) == [], words


@pytest.mark.parametrize("name", RESULTS)
def test_what_a_notebook_shows_fits_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures shrink with the column, and pages hold no width that they insist on."""
    monkeypatch.chdir(tmp_path)
    value = result(name)
    for way in ("_repr_html_", "_repr_svg_"):
        if hasattr(value, way):
            shown = getattr(value, way)()
            for picture in re.findall(r"<svg.*?</svg>", shown, re.DOTALL):
                assert "max-width:100%" in picture
            assert not re.search(r"<(?:table|div|iframe)[^>]* width=\"\d", shown)
