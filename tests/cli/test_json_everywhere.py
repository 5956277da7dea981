"""Whatever a command answers, it answers to programs, too."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.cli.commands import LEAVES, leaves

from therarel.cli import main

EVERY = dict(leaves())


def test_no_command_is_left_out() -> None:
    """A command that is new is held to what holds of all."""
    assert set(EVERY) == set(LEAVES)


@pytest.mark.parametrize("name", EVERY)
def test_json_is_one_document_and_nothing_else(folder: Path, name: str) -> None:
    """Standard output holds one JSON document, without a word before or after it."""
    told = CliRunner().invoke(main, [*name.split(), *LEAVES[name], "--json"], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)


@pytest.mark.parametrize("name", EVERY)
def test_json_is_explained_in_one_way(name: str) -> None:
    """Each option says what it puts on stdout, and that nothing else comes with it."""
    (option,) = (each for each in EVERY[name].params if each.name == "as_json")
    assert isinstance(option, click.Option)
    assert str(option.help).endswith("as JSON on stdout, and nothing else.")


def test_a_simulated_clinic_says_what_was_written(folder: Path) -> None:
    """Each file stands with what it holds and its number of rows; the seed makes the same again."""
    told = CliRunner().invoke(main, ["simulate", *LEAVES["simulate"], "--json"], catch_exceptions=False)
    made = json.loads(told.stdout)
    assert (made["simulated"], made["seed"], made["dyads"]) == (True, 7, 20)
    assert [each["holds"] for each in made["written"]] == ["scores", "truth"]
    for each in made["written"]:
        assert len((folder / each["file"]).read_text("utf-8").splitlines()) == each["rows"] + 1


def test_a_table_that_is_wrong_says_so_as_data(folder: Path) -> None:
    """Every problem has its place and its hint, and the exit code is that of the words."""
    text = Path(LEAVES["machine check"][0]).read_text("utf-8")
    (folder / "own.yaml").write_text(text.replace("event: EndingPlanned", "event: EndngPlanned", 1), "utf-8")
    told = CliRunner().invoke(main, ["machine", "check", "own.yaml", "--json"], catch_exceptions=False)
    found = json.loads(told.stdout)
    assert told.exit_code == 3
    assert found["sound"] is False
    assert "EndingPlanned" in found["problems"][0]["hint"]
    assert told.stderr == ""


def test_an_instrument_is_told_as_data(folder: Path) -> None:
    """The page of one instrument has its JSON; what nobody published is nothing there."""
    told = CliRunner().invoke(main, ["instruments", "wai-sr", "--json"], catch_exceptions=False)
    assert (json.loads(told.stdout)["id"], json.loads(told.stdout)["cutoffs"]) == ("wai-sr", [])
