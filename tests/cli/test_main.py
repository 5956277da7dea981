"""The command itself: light to load, with a version and help that explain."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version

import click
from click.testing import CliRunner
from tests.cli.commands import leaves

from therarel.cli import main
from therarel.cli.saying import as_options


def test_the_version_is_that_of_the_package() -> None:
    """``therarel --version`` says name and version."""
    assert CliRunner().invoke(main, ["--version"]).output == f"therarel {version('therarel')}\n"


def test_the_package_can_be_run_as_a_module() -> None:
    """``python -m therarel`` is the command, for whoever has no scripts folder on the path."""
    answer = subprocess.run([sys.executable, "-m", "therarel", "--version"], capture_output=True, text=True, check=True)
    assert answer.stdout == f"therarel {version('therarel')}\n"


def test_help_names_every_command_with_what_it_does() -> None:
    """The help of the whole lists each command with a sentence."""
    told = CliRunner().invoke(main, ["-h"]).output
    for name, command in main.commands.items():
        assert f"  {name}  " in told
        assert command.get_short_help_str()


def test_every_option_has_a_help_text() -> None:
    """Nobody has to guess what an option does."""
    for name, command in leaves():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, (name, option.name)


def test_examples_of_a_help_text_stand_each_on_a_line_of_its_own() -> None:
    """What can be copied begins its line, and no mark for the layout is left in the text."""
    for name, _ in leaves():
        shown = CliRunner().invoke(main, [*name.split(), "--help"], terminal_width=160).output
        assert "\\" not in shown, name
        assert not re.search(r"\S therarel ", shown.split("Options:")[0].partition("\n")[2]), name


def test_help_of_the_report_explains_its_exit_codes() -> None:
    """Whoever writes a script finds what the codes mean, each on its own line."""
    lines = [line.strip() for line in CliRunner().invoke(main, ["report", "--help"]).output.splitlines()]
    assert "Exit codes: 0 done" in lines
    assert "2 the arguments cannot be used as they stand" in lines
    assert "3 nothing could be read from the data" in lines


def test_loading_the_command_loads_no_room() -> None:
    """Help and version come at once: the command loads click, and of the package its errors and the names of extras alone."""
    program = "import json, sys, therarel.cli; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[1] for name in json.loads(answer.stdout) if name.startswith("therarel.")}
    assert loaded == {"cli", "characters", "errors", "extras"}
    assert not {"numpy", "polars", "rich", "attr"} & set(json.loads(answer.stdout))


def test_messages_speak_of_options() -> None:
    """What a hint says in the words of Python is said in the words of the command line."""
    assert (
        as_options("give scale=(lowest, highest) or instrument=...") == "give --scale lowest highest or --instrument ID"
    )
    assert as_options("state dyad=... (--dyad)") == "state --dyad COLUMN"
    assert as_options("say index='dated'") == "say --index dated"
    assert as_options("such as scale=(1, 5)") == "such as --scale 1 5"
    assert as_options("nothing of the kind") == "nothing of the kind"
