"""Pages as a person has approved them: each in a readable form, one element on a line, beside this file.

    python -m tests.reports.pages

writes them anew. Look at the difference before you keep it: every line of it is something that readers will see.
The counts that noise alone would give are made up here, so that no page depends on a simulation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import attrs
from tests.made_up import expecting, of_series, readable, rounded, without_version

from therarel.detection import detect, rules, usual_rules
from therarel.domain.ratings import Construct
from therarel.machine import Course
from therarel.noise import NullModel
from therarel.panels import Panel
from therarel.reports import (
    ClientReport,
    CourseReport,
    Report,
    client_report,
    course_report,
    report,
    shared_report,
)
from therarel.reports.data import candidate_table, problem_table
from therarel.simulation import simulate_clinic, simulate_courses

FOLDER = Path(__file__).with_name("approved")


def whole(made: Report) -> str:
    """All that a report says: the page, what stands where it is printed, and the data, one entry on a line."""
    data = json.loads(without_version(json.dumps(made.as_dict())))
    del data["therarel"]
    lines = [repr(made), *made.headline]
    for name, value in data.items():
        entries = value if isinstance(value, list) else [value]
        lines += [f"{name}: {json.dumps(entry)}" for entry in entries]
    for table in (candidate_table(made.detection, made.courses.shared_key), problem_table(made.detection)):
        lines += ["; ".join(str(cell) for cell in row) for row in table]
    return readable(made.html) + rounded("\n".join(lines) + "\n")


def alliance() -> Report:
    """Twelve dyads: drops that recover, stay open and are not known, gaps, missing scores, a dyad without any score."""
    steady = [4.0, 4.1, 4.0, 3.9, 4.0, 4.1, 4.0, 3.9, 4.0]
    series: dict[str, list[float | None]] = {
        **{f"S-{at}": [score - 0.1 * at for score in steady] for at in range(5)},
        "recovers": [4.0, 4.1, 4.0, 2.0, 1.8, 4.0, 4.1, 4.0, 4.2],
        "twice": [4.0, 4.1, 2.5, 4.0, 4.1, 4.0, 2.0, 4.0, 4.1],
        "stays low": [4.0, 4.1, 4.0, 2.0, 2.1, 2.0, 2.1, 2.0, 2.2],
        "ends low": [4.0, None, 4.1, 4.0, 4.1, None, 4.0, 4.1, 2.0],
        "short": [4.0, 3.0],
        "Klinik-Nord-Ambulanz-2024-0000000117-b": [3.0, 3.1, 3.0, 1.2, 3.0, 3.1, 3.0, 2.9, 3.0],
        "unscored": [None, None, None],
    }
    arms = {"short": None} | {f"S-{at}": "individual" for at in range(5)}
    arm = [arms.get(dyad, "group") for dyad, scores in series.items() for _ in scores]
    end = ["completed" if name.startswith("S-") else "earlier" for name, scores in series.items() for _ in scores]
    panel = of_series(
        series,
        construct=Construct.ALLIANCE,
        timing="post_session",
        rater_is="client",
        covariates={"arm": arm, "end": end},
    )
    found = detect(panel, primary=rules.Drop(k=1.5), also=[rules.IndividualsChart(), rules.Drop(k=3, minimal_drop=1)])
    return report(
        expecting(found), when=date(2031, 2, 3), groups=["arm"], ended="end", ended_as={"completed": "as_planned"}
    )


def outcome() -> Report:
    """Gains on a symptom scale, dated, with a largest gap, of therapists, beside a table that needed decisions."""
    start = [
        date(2024, 1, 8),
        date(2024, 1, 15),
        date(2024, 1, 22),
        date(2024, 2, 26),
        date(2024, 3, 4),
        date(2024, 3, 11),
    ]
    totals = {"P1": [20, 21, 20, 9, 8, 9], "P2": [15, 15, 16, 5, 14, 15], "P3": [12, 12, 12, 12, 12, 12]}
    rows = [(dyad, day, total, "T1") for dyad, each in totals.items() for day, total in zip(start, each, strict=True)]
    rows += [
        ("P4", start[0], 31, "T2"),
        ("P4", start[1], 9, "T2"),
        ("P4", start[1], 10, "T1"),
        ("P5", start[2], 7, "T2"),
    ]
    dyad, day, total, therapist = (list(column) for column in zip(*rows, strict=True))
    panel = Panel.from_arrays(
        dyad, day, total, therapist=therapist, instrument="phq-9", index="dated", max_gap=40, duplicates="first"
    )
    gain = rules.SuddenGain(cutoff=7, criterion3=None)
    found = detect(panel, primary=gain, also=[rules.ReliableDrop(reliability=0.85)])
    return report(expecting(found, power=0.5, fitted=False), title="Gains", most_drawn=1)


def long() -> Report:
    """One series of 150 sessions, of scores that nobody knows the meaning of, and another of a single session."""
    scores: list[float | None] = [3.0 + (at % 3) / 4 + at / 150 for at in range(150)]
    scores[90] = 1.25
    panel = of_series({"long": scores, "one": [2.0]}, scale=None, first=0)
    chart = rules.IndividualsChart(rules={1, 2}, detrended=True, autocorrelation=True)
    found = detect(panel, primary=chart, also=[rules.BelowOwnMean(), rules.SuddenLoss(cutoff=1)], expected="none")
    return report(found)


def silent() -> Report:
    """Nothing found, nothing known of the noise, and a rule that could not have fired anywhere."""
    panel = of_series({"A": [4, 4, 4], "B": [3, 3.5]}, construct=Construct.OUTCOME, higher_is_better=False)
    return report(detect(panel, primary=rules.IndividualsChart(), also=[rules.Drop(k=2)]))


def simulated() -> Report:
    """A simulated clinic, whose truth is known."""
    clinic = simulate_clinic(12, seed=5, sessions=10)
    found = detect(clinic.panel(), primary=rules.Drop(k=1, scale="person_sd"))
    return report(expecting(found, power=0.7), simulated=clinic, most_drawn=2)


def scanned() -> Report:
    """A simulated clinic looked at by the scan, whose noise is stated, beside a drop."""
    clinic = simulate_clinic(14, seed=7, sessions=10)
    usual = usual_rules(clinic.panel())
    found = detect(clinic.panel(), primary=rules.Scan(null=NullModel()), also=[usual.primary])
    found = expecting(attrs.evolve(found, why=usual.why), power=0.7)
    return report(found, simulated=clinic, most_drawn=3)


def supervised() -> ClientReport:
    """A client with two drops and two sessions without a score, whose therapist changed, beside 22 others."""
    others: dict[str, list[float | None]] = {
        f"other-{at}": [3 + 0.05 * at, 3.1 + 0.04 * at, 3.2 + 0.05 * at, 3.3, 3.4 + 0.03 * at] for at in range(22)
    }
    drop: list[float | None] = [4.0, 4.1, None, 4.0, 2.0, 2.1, 4.0, 4.1, None, 4.0, 2.5, 2.4]
    series = {"C-014": drop, **others}
    therapist = [
        "T-1" if dyad != "C-014" or at < 6 else "T-2" for dyad, each in series.items() for at in range(len(each))
    ]
    panel = of_series(series, construct=Construct.ALLIANCE, rater_is="client", therapist=therapist)
    found = detect(panel, primary=rules.Drop(k=2), also=[rules.IndividualsChart()])
    return client_report(expecting(found), "C-014", when=date(2031, 2, 3))


def supervised_gain() -> ClientReport:
    """A dated series of a symptom scale with a gain and a session that was given twice."""
    return client_report(outcome().detection, "P2")


def supervised_few() -> ClientReport:
    """A client of whom little can be said: two scores, no other to compare with, and a label that reads like a name."""
    panel = of_series({"Maria Beispiel": [4, 3.5], "B": [3, 3]}, construct=Construct.ALLIANCE)
    return client_report(detect(panel, primary=rules.IndividualsChart(), expected="none"), "Maria Beispiel")


def supervised_in_a_clinic() -> ClientReport:
    """A simulated client, whose truth is known."""
    clinic = simulate_clinic(12, seed=5, sessions=10)
    found = expecting(detect(clinic.panel(), primary=rules.Drop(k=1, scale="person_sd")), power=0.7)
    return client_report(found, str(found.candidates[0].dyad), simulated=clinic)


def course_in_full() -> CourseReport:
    """A course of thirty sessions with everything that the simulator draws."""
    return course_report(simulate_courses(3, seed=11, sessions=30)[1], when=date(2031, 2, 3))


def course_begun() -> CourseReport:
    """A course in which nothing has happened yet."""
    return course_report(Course.begin("C-014", "T-03"))


def together() -> CourseReport:
    """The page of that course to look at together with the client."""
    return shared_report(simulate_courses(3, seed=11, sessions=30)[1])


OF_ONE: Mapping[str, Callable[[], ClientReport | CourseReport]] = {
    made.__name__: made
    for made in (
        supervised,
        supervised_gain,
        supervised_few,
        supervised_in_a_clinic,
        course_in_full,
        course_begun,
        together,
    )
}
PAGES: Mapping[str, Callable[[], Report]] = {
    made.__name__: made for made in (alliance, outcome, long, silent, simulated, scanned)
}


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, made in PAGES.items():
        (FOLDER / f"{name}.txt").write_text(whole(made()), "utf-8")
    for name, one in OF_ONE.items():
        (FOLDER / f"{name}.txt").write_text(readable(one().html), "utf-8")


if __name__ == "__main__":
    main()
