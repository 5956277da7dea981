"""The files that commands are asked about, for tests that hold of all commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from therarel import records
from therarel.domain import ConcernKind, StageTask, events
from therarel.machine import Course
from therarel.simulation import simulate_clinic


@pytest.fixture(scope="session")
def _files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    panel = simulate_clinic(30, seed=3).panel()
    panel.to_frame("polars").select("dyad", "session", "score", "therapist").write_csv(folder / "clinic.csv")
    items = ",".join(f"phq9_{n}" for n in range(1, 10))
    (folder / "answers.csv").write_text(f"client,{items}\nA,{','.join('1' * 9)}\nB,1,2,9,1,1,1,1,1,2\n")
    course = Course.begin("C-014", "T-03")
    for event in (
        events.StageTaskMet(StageTask.BUILDING_RAPPORT, session=1),
        events.AdvanceRequested(session=2),
        events.SafetyConcernRaised({ConcernKind.SELF_HARM}, session=3),
    ):
        course.record(event)
    records.dump(course, folder / "course.json")
    return folder


@pytest.fixture
def folder(_files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the commands are asked about, as the one to work in."""
    monkeypatch.chdir(_files)
    return _files


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that is as wide as prose is at most, wherever the tests run."""
    monkeypatch.setenv("COLUMNS", "100")
