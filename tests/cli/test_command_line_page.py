"""The page about the command line speaks of commands and options that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from therarel.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
LINES = [
    line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line.strip()
]


@pytest.mark.parametrize("line", LINES)
def test_every_command_of_the_page_can_be_typed(line: str) -> None:
    """Each option is one of the command, and its value is of the kind that the option takes."""
    program, name, *arguments = shlex.split(line)
    command = main.commands[name]
    if isinstance(command, click.Group):
        command = command.commands[arguments.pop(0)]
    assert program == "therarel"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {argument for argument in arguments if re.match(r"--[a-z]", argument)} <= known
    positional = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    assert (arguments[:1] == []) == (positional == [])


def test_every_command_stands_on_the_page() -> None:
    """A command that is new has its row."""
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(main.commands)
