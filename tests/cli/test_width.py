"""Prose is at most 100 columns wide and fits a narrow terminal; tables are as wide as they are, and whole."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.cli.commands import LEAVES, leaves

from therarel.cli import main
from therarel.cli.saying import wrapped

WIDTHS = {60: 60, 200: 100}
ROW = re.compile(r"\s*(\||\S.*?\s{2,}\S)")
COPIED = re.compile(
    r"(page|findings|problems|scores): |Wrote |Simulated, |The truth, |  to install: |  therarel |  pip "
)
REFUSED = (
    ["score", "answers.csv", "--instrument", "phq9"],
    ["report", "clinic.csv", "--no-such-option"],
    ["report", "clinic.csv", "--timing", "whenever"],
    ["report", "clinic.csv"],
    ["report", "clinic.csv", "--instrument", "wai-sr", "--out", "report.pdf"],
    ["detect", "no.csv"],
    ["detect", "clinic.csv", "--instrument", "wai-sr", "--score", "wai"],
    ["detect", "answers.csv", "--instrument", "phq-9"],
    ["concepts", "show", "truzt"],
    ["no-such-command"],
)


@cache
def told(columns: int, *arguments: str) -> str:
    """Everything that the command puts on a terminal of that width."""
    return CliRunner().invoke(main, arguments, env={"COLUMNS": str(columns)}, catch_exceptions=False).output


def too_wide(text: str, most: int) -> list[str]:
    """Lines of prose that are wider: no rows of a table, nothing that is copied, no long word alone."""
    return [
        line
        for line in text.splitlines()
        if len(line) > most and not ROW.match(line) and not COPIED.match(line) and len(line.split()) > 1
    ]


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", LEAVES)
def test_prose_of_every_answer_fits(folder: Path, name: str, columns: int) -> None:
    """What a command answers fits the terminal, and 100 columns on any."""
    text = told(columns, *name.split(), *LEAVES[name])
    assert text
    assert too_wide(text, WIDTHS[columns]) == []


@pytest.mark.parametrize("name", LEAVES)
def test_no_number_is_broken(folder: Path, name: str) -> None:
    """The same numbers stand in a narrow answer as in a wide one."""
    narrow, wide = (
        Counter(re.findall(r"[\d.,]*\d", told(columns, *name.split(), *LEAVES[name]))) for columns in WIDTHS
    )
    assert narrow == wide


@pytest.mark.parametrize("columns", WIDTHS)
def test_help_fits(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help of every command fits; an example stays on its line, which is at most 100 wide."""
    monkeypatch.setenv("COLUMNS", str(columns))
    whole = click.Context(main, info_name="therarel", **main.context_settings)
    groups = [(name, command) for name, command in main.commands.items() if isinstance(command, click.Group)]
    for name, command in [("", main), *groups, *leaves()]:
        text = command.get_help(click.Context(command, info_name=name, parent=whole))
        assert too_wide(text, WIDTHS[columns]) == []
        assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_refusals_fit(folder: Path, arguments: list[str], columns: int) -> None:
    """An error, and what is said of an option, fits as well."""
    text = told(columns, *arguments)
    assert "Error: " in text
    assert too_wide(text, WIDTHS[columns]) == []


def test_lists_go_on_where_their_words_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next line of an item stands below its first word, that of an indented line below that one; words stay whole."""
    monkeypatch.setenv("COLUMNS", "40")
    assert (
        wrapped("- one two three four five six seven eight nine") == "- one two three four five six seven\n  eight nine"
    )
    assert wrapped("    " + "word " * 9).splitlines()[1].startswith("    word")
    assert wrapped("found " * 8, hanging=True).splitlines()[1].startswith("  found")
    assert wrapped("x" * 90) == "x" * 90
    assert wrapped("a   1.25" + " 2" * 40) == "a   1.25" + " 2" * 40
