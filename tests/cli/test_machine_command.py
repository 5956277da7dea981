"""``therarel machine check``: everything that is wrong with a table of one's own, with file and line."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

import therarel.machine
import therarel.texts
from therarel.cli import main

TEXTS = Path(therarel.texts.__file__).with_name("texts.yaml")
FOLDER = Path(therarel.machine.__file__).parent


def checked(table: Path, *more: str) -> tuple[int, str]:
    """Exit code and everything said."""
    answer = CliRunner().invoke(main, ["machine", "check", str(table), *more])
    return answer.exit_code, answer.output


def edited(folder: Path, old: str, new: str) -> Path:
    """The shipped table with one place changed."""
    text = (FOLDER / "statechart.yaml").read_text("utf-8")
    assert old in text
    path = folder / "own.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_the_table_of_the_library_is_sound() -> None:
    """Nothing is wrong, and the size of the table is told."""
    code, said = checked(FOLDER / "statechart.yaml", "--texts", str(TEXTS))
    assert code == 0
    assert "nothing is wrong" in said
    assert "transitions" in said


def test_what_only_a_trial_shows_is_told_with_its_line(tmp_path: Path) -> None:
    """A row that closes without a reason is read without a word, and found by the trial."""
    path = edited(tmp_path, "    effect: closes\n", "")
    therarel.machine.Machine.read(path)
    code, said = checked(path)
    assert code == 3
    assert "own.yaml:" in said
    assert "contradicts itself" in said


def test_what_reading_finds_is_told_too(tmp_path: Path) -> None:
    """A misspelt name is told with its line and a near miss; a policy in a file is taken into account."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("client_misses_for_lost_contact: 3\n", "utf-8")
    code, said = checked(edited(tmp_path, "event: EndingPlanned", "event: EndngPlanned"), "--policy", str(policy))
    assert code == 3
    assert "did you mean 'EndingPlanned'" in said
