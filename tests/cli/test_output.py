"""What the command writes can be read whatever the encoding, and what cannot be written is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.commands import LEAVES

from therarel.cli import main

LABEL = "M\u00fcller\u2014\u597d"
ENCODINGS = ("ascii", "cp1252", "latin-1")


@pytest.fixture
def table(folder: Path) -> str:
    """Answers of somebody whose code is not ASCII."""
    items = ",".join(f"phq9_{n}" for n in range(1, 10))
    (folder / "unicode.csv").write_text(f"client,{items}\n{LABEL},{','.join('1' * 9)}\n", "utf-8")
    return "unicode.csv"


def run(
    *arguments: str, encoding: str = "utf-8", stdout: int | None = subprocess.PIPE, **more: str
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, in an old locale."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C", **more}
    command = [sys.executable, "-m", "therarel", *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, env=environment, check=False)


@pytest.mark.parametrize("charset", ENCODINGS)
@pytest.mark.parametrize("name", LEAVES)
def test_every_answer_can_be_written_in_every_encoding(folder: Path, name: str, charset: str) -> None:
    """No command fails for a character that the terminal does not know."""
    told = CliRunner(charset=charset).invoke(main, [*name.split(), *LEAVES[name]], catch_exceptions=False)
    assert told.exit_code == 0
    assert told.stdout_bytes.decode(charset)


@pytest.mark.parametrize(
    ("encoding", "shown", "exact"),
    [
        ("ascii", "Muller-\\u597d", "M\\xfcller\\u2014\\u597d"),
        ("cp1252", "M\u00fcller\u2014\\u597d", "M\u00fcller\u2014\\u597d"),
        ("latin-1", "M\u00fcller-\\u597d", "M\u00fcller\\u2014\\u597d"),
        ("utf-8", LABEL, LABEL),
    ],
)
def test_what_an_encoding_lacks_is_written_readably(table: str, encoding: str, shown: str, exact: str) -> None:
    """People read plain letters and signs, data keep every label apart, and JSON means the same everywhere."""
    asked = ("score", table, "--instrument", "phq-9")
    assert shown in run(*asked, encoding=encoding).stdout.decode(encoding)
    assert exact in run(*asked, "--out", "-", encoding=encoding).stdout.decode(encoding)
    (row,) = json.loads(run(*asked, "--json", encoding=encoding).stdout.decode(encoding))
    assert row["client"] == LABEL


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("instruments",),
        ("doctor", "--json"),
        ("--help",),
        ("concepts", "export"),
        ("score", "answers.csv", "--instrument", "phq-9"),
    ],
    ids=" ".join,
)
def test_a_disk_that_is_full_is_told(folder: Path, arguments: tuple[str, ...], unbuffered: str) -> None:
    """One line says that it is standard output; no file of ours is named, and no trace shown."""
    with Path("/dev/full").open("wb") as full:
        done = run(*arguments, stdout=full.fileno(), PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1].startswith("Error: standard output: ")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("instruments",), ("concepts", "export")], ids=" ".join)
def test_a_pipe_that_is_closed_is_told(arguments: tuple[str, ...]) -> None:
    """Whoever reads has gone: one line says so, with an exit code."""
    reading, writing = os.pipe()
    os.close(reading)
    done = run(*arguments, stdout=writing)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr.decode() == "Error: standard output: it was closed before everything was written\n"
