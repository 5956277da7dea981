"""Writes the corpus file of a kind that has none yet; files that exist are never touched.

Run once when a kind or a version is new: ``python tests/records/make_corpus.py``.
"""

from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from therarel import records
from therarel.domain import Contributor, StageTask, events
from therarel.domain.events import CORRECTIONS, FACTS, JUDGEMENTS
from therarel.machine import Course, Policy
from therarel.records import CourseRecord
from therarel.records.kinds import kinds
from therarel.testing import strategy_for

CORPUS = Path(__file__).parent / "corpus"


def richest(strategy: st.SearchStrategy[object], tries: int = 40) -> object:
    """Of many examples the one whose document is longest, so that every field is likely to be filled."""
    found: list[object] = []

    @seed(20261123)
    @settings(max_examples=tries, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: object) -> None:
        found.append(value)

    collect()
    return max(found, key=lambda value: len(records.dumps(value, confidential="include")))


def course() -> Course:
    """A short course with a declined judgement and a correction."""
    course = Course.begin("C-014", "T-03")
    for event in (
        events.SessionHeld(session=1),
        events.StageTaskMet(StageTask.BUILDING_RAPPORT, session=1),
        events.AdvanceRequested(session=1, note="too early"),
        events.StrainNoticed(contributors={Contributor.SETTING}, session=2),
        events.EntryRetracted(4, "wrong course"),
    ):
        course.record(event)
    return course


COURSES = {"course": CourseRecord.of(course()), "policy": Policy(strain_blocks_formation_advance=True)}


def main() -> None:
    """Write what is missing."""
    for name, kind in kinds().items():
        folder = CORPUS / name
        stem = f"v{kind.versions.current}"
        if list(folder.glob(f"{stem}[.-]*")):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        if name == "event":
            samples = [richest(strategy_for(cls)) for cls in (*FACTS, *JUDGEMENTS, *CORRECTIONS)]
            records.write_log(samples, folder / f"{stem}.jsonl", confidential="include")  # type: ignore[arg-type]
        elif name in COURSES:
            records.dump(COURSES[name], folder / f"{stem}.json", confidential="include")
        else:
            assert isinstance(kind.holds, type)
            records.dump(richest(strategy_for(kind.holds)), folder / f"{stem}.json", confidential="include")


if __name__ == "__main__":
    main()
