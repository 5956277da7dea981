"""``therarel simulate`` and ``therarel concepts draw``: what they write, and what they never write over."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from therarel.cli import main

CLINIC = ["simulate", "--dyads", "5", "--seed"]


def invoked(*arguments: str) -> Result:
    """The command, run in the folder at hand."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_scores_and_truth_are_written(here: Path) -> None:
    """Both files have a head and rows, and are no secret: there is nobody in them."""
    before = os.umask(0o022)
    told = invoked(*CLINIC, "7", "--truth", "truth.csv")
    os.umask(before)
    assert told.exit_code == 0, told.output
    assert "sessions: simulated.csv" in told.stdout
    assert (here / "simulated.csv").read_text("utf-8").startswith("dyad,session,score,therapist\nS-0001,")
    assert (here / "truth.csv").read_text("utf-8").startswith("dyad,onset,nadir,last,depth,repaired,modes\n")
    assert stat.S_IMODE((here / "truth.csv").stat().st_mode) == 0o644


@pytest.mark.parametrize("truth", ["clinic.csv", "./clinic.csv", "link.csv", "Clinic.csv"])
def test_scores_and_truth_are_two_files(here: Path, truth: str) -> None:
    """One name for both, however it is spelt, is refused before anything is written."""
    (here / "link.csv").symlink_to("clinic.csv")
    told = invoked(*CLINIC, "7", "--out", "clinic.csv", "--truth", truth)
    assert told.exit_code == 2
    assert "--truth: the same file as --out" in told.stderr
    assert [each.name for each in here.iterdir()] == ["link.csv"]


@pytest.mark.parametrize("name", ["clinic.parquet", "clinic.xlsx", "clinic"])
def test_a_clinic_is_written_as_csv_and_nothing_else(here: Path, name: str) -> None:
    """A name that says another kind of file is refused."""
    for option in ("--out", "--truth"):
        told = invoked(*CLINIC, "7", option, name)
        assert told.exit_code == 2
        assert "Hint: name it .csv" in told.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        ([*CLINIC, "7"], [*CLINIC, "8"], "simulated.csv"),
        (["concepts", "draw", "trust"], ["concepts", "draw", "empathy"], "concepts.svg"),
    ],
)
def test_a_name_that_nobody_gave_replaces_nothing(here: Path, first: list[str], second: list[str], path: str) -> None:
    """The same command may run again; another content is refused with the way out, and a file that is named goes."""
    assert invoked(*first).exit_code == 0
    before = (here / path).read_bytes()
    assert invoked(*first).exit_code == 0
    told = invoked(*second)
    assert told.exit_code == 2
    assert f"there is a file {path} already, and it stays as it is. Hint: name a file with --out" in " ".join(
        told.stderr.split()
    )
    assert (here / path).read_bytes() == before
    assert invoked(*second, "--out", path).exit_code == 0
    assert (here / path).read_bytes() != before
    assert [each.name for each in here.iterdir()] == [path]


@pytest.mark.parametrize("name", ["trust.jpg", "trust"])
def test_a_picture_is_written_as_what_its_name_says_and_nothing_else(here: Path, name: str) -> None:
    """A name that says something else, or nothing, is refused with the kinds that can be written."""
    told = invoked("concepts", "draw", "trust", "--out", name)
    assert told.exit_code == 2
    assert "a drawing is not written as this kind of file" in told.stderr
    assert "save it as .svg, .png or .pdf" in told.stderr
    assert list(here.iterdir()) == []
