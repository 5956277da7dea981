"""``therarel score``: what is shown, what is written, and what is never written over."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from therarel.cli import main
from therarel.errors import InvalidValueError
from therarel.measures import instrument, score_file

PHQ = [f"item{n}" for n in range(1, 10)]
LOOK = "This is a prompt for a person to look, not an assessment of risk and not a monitor of it."


def answers(folder: Path, header: list[str], *rows: list[object], name: str = "answers.csv") -> Path:
    """A file with answers."""
    path = folder / name
    lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def phq(folder: Path) -> Path:
    """Two responses to the PHQ-9: one endorses the risk item, one leaves it out."""
    return answers(folder, ["client", *PHQ], ["C-1", *[0] * 8, 3], ["C-2", *[1] * 8, ""])


def invoked(path: Path, *options: str) -> Result:
    """What the command does with a file."""
    return CliRunner().invoke(main, ["score", str(path), *options])


def test_the_answers_are_never_written_over(tmp_path: Path) -> None:
    """Scores do not replace the file that they were made of, however it is spelled, and nothing is left behind."""
    path = phq(tmp_path)
    before = path.read_bytes()
    (tmp_path / "link.csv").symlink_to(path)
    os.link(path, tmp_path / "hard.csv")
    (tmp_path / "sub").mkdir()
    for out in (path, tmp_path / "sub" / ".." / path.name, tmp_path / "link.csv", tmp_path / "hard.csv"):
        told = invoked(path, "--instrument", "phq-9", "--out", str(out))
        assert told.exit_code == 2
        assert "--out: the same file as RESPONSES, which would be lost" in told.stderr
        with pytest.raises(InvalidValueError, match="another file"):
            score_file(path, "phq-9").write(out)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["answers.csv", "hard.csv", "link.csv", "sub"]


def test_scores_are_written_as_csv_and_nothing_else(tmp_path: Path) -> None:
    """A name that says another kind of file is refused before anything is scored."""
    for name in ("scores.xlsx", "scores"):
        told = invoked(phq(tmp_path), "--instrument", "phq-9", "--out", str(tmp_path / name))
        assert told.exit_code == 2
        assert "(expected .csv or .txt). Hint: name it .csv" in " ".join(told.stderr.split())
        with pytest.raises(InvalidValueError, match="name it"):
            score_file(phq(tmp_path), "phq-9").write(tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == ["answers.csv"]


def test_scores_replace_older_scores_in_whole(tmp_path: Path) -> None:
    """A file that exists is replaced, a link to it stays a link, and no part of a file stays behind."""
    older = tmp_path / "scores.csv"
    older.write_text("older and much longer\n" * 99, encoding="utf-8")
    link = tmp_path / "link.csv"
    link.symlink_to(older)
    told = invoked(phq(tmp_path), "--instrument", "phq-9", "--out", str(link))
    assert told.exit_code == 0
    assert older.read_text(encoding="utf-8") == score_file(phq(tmp_path), "phq-9").csv
    assert link.is_symlink()
    assert not list(tmp_path.glob("*.part"))


def test_scores_can_go_to_a_device(tmp_path: Path) -> None:
    """What is no file is written to and not replaced."""
    score_file(phq(tmp_path), "phq-9").write(os.devnull)
    assert not Path(os.devnull).is_file()
    assert Path(os.devnull).exists()


def test_a_folder_that_is_missing_leaves_nothing(tmp_path: Path) -> None:
    """Where nothing can be written the command says so."""
    told = invoked(phq(tmp_path), "--instrument", "phq-9", "--out", str(tmp_path / "none" / "scores.csv"))
    assert told.exit_code == 2
    assert [each.name for each in tmp_path.iterdir()] == ["answers.csv"]


def test_a_dash_is_stdout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--out -`` puts the scores as CSV on stdout and makes no file of that name."""
    monkeypatch.chdir(tmp_path)
    told = invoked(phq(tmp_path), "--instrument", "phq-9", "--out", "-")
    assert told.exit_code == 0
    assert told.stdout == score_file(phq(tmp_path), "phq-9").csv
    assert not (tmp_path / "-").exists()


def test_json_has_numbers_and_null(tmp_path: Path) -> None:
    """Scores are numbers and missing ones null; columns that were kept stay as they stood."""
    told = invoked(phq(tmp_path), "--instrument", "phq-9", "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout) == [
        {
            "client": "C-1", "phq_9": 3, "phq_9_answered": 9, "phq_9_status": "complete", "phq_9_missing": "",
            "phq_9_risk_9": "endorsed",
        },
        {
            "client": "C-2", "phq_9": None, "phq_9_answered": 8, "phq_9_status": "incomplete",
            "phq_9_missing": "9 not_answered", "phq_9_risk_9": "not_answered_or_not_asked",
        },
    ]  # fmt: skip


@pytest.mark.parametrize("options", [[], ["--json"], ["--out", "-"], ["--out", "scores.csv"]])
def test_signs_of_confusion_are_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """Whatever is put out, the notes go to stderr as sentences; what looks like an item is no identifier."""
    monkeypatch.chdir(tmp_path)
    told = invoked(phq(tmp_path), "--instrument", "gad-7", *options)
    assert told.exit_code == 0
    assert "Note: Columns 'item8', 'item9' are numbered like items, and gad-7 has 7 items." in told.stderr
    assert "Suspicion" not in told.output
    scored = score_file(phq(tmp_path), "gad-7")
    assert scored.header == ("client", "gad_7", "gad_7_answered", "gad_7_status", "gad_7_missing")


@pytest.mark.parametrize("options", [[], ["--json"], ["--out", "-"]])
def test_the_risk_item_asks_for_a_look(tmp_path: Path, options: list[str]) -> None:
    """How often the risk item was endorsed or not answered is told beside the scores, as a prompt."""
    told = invoked(phq(tmp_path), "--instrument", "phq-9", *options)
    said = "Risk item 9, of 2 responses: 1 endorsed, 1 not answered or not asked."
    assert f"Note: {said} {LOOK}" in " ".join(told.stderr.split())
    assert LOOK not in told.stdout


def test_what_is_piped_is_not_cut(tmp_path: Path) -> None:
    """A table that no terminal shows has every name and every reason on one line."""
    name = "a_column_" + "x" * 90
    path = answers(tmp_path, [name, *(f"item{n}" for n in range(1, 13))], ["C-1", *[""] * 12], ["C-2", *[4] * 12])
    told = invoked(path, "--instrument", "wai-sr")
    lines = [line.split() for line in told.stdout.splitlines()]
    assert len(lines) == 3
    assert lines[0] == list(score_file(path, "wai-sr").header)
    assert ", ".join(f"{n} not_answered" for n in range(1, 13)) in told.stdout.splitlines()[1]


def test_what_cannot_be_scored_is_told_as_that(tmp_path: Path) -> None:
    """An instrument without a verified key speaks of its key, whether or not the columns fit."""
    n_items = instrument("calpas-p").n_items
    why = "The item key of calpas-p is not verified, so its items are not scored; totals can be recorded."
    short = answers(tmp_path, [f"item{n}" for n in range(1, 13)], [4] * 12)
    told = invoked(short, "--instrument", "calpas-p")
    assert (told.exit_code, " ".join(told.stderr.split())) == (2, f"Error: {why}")
    whole = answers(tmp_path, [f"item{n}" for n in range(1, n_items + 1)], [4] * n_items)
    told = invoked(whole, "--instrument", "calpas-p", "--rater", "client", "--out", "-")
    assert told.exit_code == 0
    assert f"Note: {why}" in " ".join(told.stderr.split())
    rows = list(csv.DictReader(io.StringIO(told.stdout)))
    assert rows[0]["calpas_p_status"] == "not_scorable"


def test_words_codes_and_a_prefix_are_said_by_option(tmp_path: Path) -> None:
    """What Python can say of answers, the command line can."""
    file = answers(tmp_path, [f"frage{n}" for n in range(1, 8)], ["nie", "-9", 1, 1, 1, 1, "immer"])
    told = invoked(
        file, "--instrument", "gad-7", "--items", "frage", "--words", "nie=0,immer=3",
        "--missing-codes", "-9=refused", "--out", "-",
    )  # fmt: skip
    assert told.exit_code == 0
    (row,) = csv.DictReader(io.StringIO(told.stdout))
    assert (row["gad_7_answered"], row["gad_7_missing"]) == ("6", "2 refused")
    told = invoked(file, "--instrument", "gad-7", "--items", "frage", "--words", "nie")
    assert (told.exit_code, "--words" in told.stderr) == (2, True)
