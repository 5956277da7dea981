"""Names of files, labels and cells of somebody else's steer no terminal, whatever the command says about them."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from therarel.characters import visible
from therarel.cli import main

CLEAR = "\x1b[2J\x1b]0;title\x07\x9b31m\u202eevil\u2066\r"
SETTINGS = ["--higher-is-better", "--scale", "1", "5"]


def invoked(*arguments: object) -> Result:
    """What the command says; nothing of it acts on a terminal unseen."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    for said in (result.stdout, result.stderr):
        assert visible(said, lines=True) == said
    return result


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def clinic(path: Path, label: str) -> Path:
    """A table in which one client is called so."""
    rows = [f'"{label}",{session},{score}' for session, score in enumerate([4, 4, 4, 4, 1, 4, 4, 4], 1)]
    path.write_text("\n".join(["client,session,wai", *rows, f'"{label}",1,9', f'x,"{label}",3']) + "\n", newline="")
    return path


def test_a_report_writes_them_out(here: Path) -> None:
    """File, label and problems are named on terminal, page and JSON without acting."""
    table = clinic(here / f"clinic{CLEAR}.csv", CLEAR)
    result = invoked("report", table.name, *SETTINGS)
    assert result.exit_code == 0, result.output
    assert "clinic\\x1b[2J" in result.stdout
    assert "\u202e" not in (here / "report.html").read_text("utf-8")
    assert "\x1b" not in (here / "report.html").read_text("utf-8")
    found = json.loads(invoked("report", table.name, *SETTINGS, "--json").stdout)
    assert found["panel"]["source"].startswith(f"clinic{CLEAR}.csv")


def test_scores_are_shown_without_them_and_written_with_them(here: Path) -> None:
    """The table on the screen is written out; JSON means what stood there."""
    label = CLEAR.replace("\r", "")  # which readers of CSV take for the end of a line
    answers = here / f"answers{CLEAR}.csv"
    items = ",".join(f"item{n}" for n in range(1, 8))
    answers.write_text(f'"client{label}",{items}\n"{label}",1,1,1,1,1,1,1\n', newline="")
    assert "\\x1b[2J" in invoked("score", answers.name, "--instrument", "gad-7").stdout
    (row,) = json.loads(invoked("score", answers.name, "--instrument", "gad-7", "--json").stdout)
    assert label in row.values()
    told = invoked("score", answers.name, "--instrument", "gad-7", "--out", f"scores{CLEAR}.csv")
    assert "scores\\x1b[2J" in told.stderr + told.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", f"{CLEAR}.csv"],
        ["report", "clinic.csv", f"--{CLEAR}"],
        ["report", "clinic.csv", "--score", CLEAR, *SETTINGS],
        ["report", "clinic.csv", *SETTINGS, "--out", f"no/{CLEAR}.html"],
        ["report", "clinic.csv", "--instrument", CLEAR],
        [CLEAR],
        ["concepts", "show", CLEAR],
        ["concepts", "path", "trust", CLEAR, "--json"],
        ["concepts", "draw", "trust", "--out", f"{CLEAR}.jpg"],
        ["concepts", CLEAR],
        ["machine", "check", f"{CLEAR}.yaml"],
        ["machine", "check", "clinic.csv"],
        ["instruments", CLEAR],
        ["simulate", "--seed", CLEAR],
        ["score", "clinic.csv", "--instrument", "gad-7", "--items", f"{CLEAR},b"],
    ],
)
def test_a_refusal_writes_them_out(here: Path, arguments: list[str]) -> None:
    """Whoever is told what cannot be used sees what it is called, and nothing else happens."""
    clinic(here / "clinic.csv", CLEAR)
    result = invoked(*arguments)
    assert result.exit_code in {2, 3}
    assert result.stderr


def test_everything_that_is_said_goes_through_one_place(source: Path) -> None:
    """No module of the command but one puts words on a terminal by itself, and that of the stream below it."""
    for path in (source / "cli").glob("*.py"):
        if path.name in {"saying.py", "output.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"click.echo", "click.secho", "print", "Text", "sys.stdout.write"}, path.name


@pytest.fixture
def source() -> Path:
    """The source of the package."""
    import therarel

    return Path(str(therarel.__file__)).parent
