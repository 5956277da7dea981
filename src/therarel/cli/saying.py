"""Everything that the command says goes out here, and nothing in it acts on the terminal unseen.

Names of files, labels and cells are somebody else's: a control character in one could clear the screen, hide a line or
turn the words after it. What programs read, JSON and CSV in a pipe, keeps its meaning.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["said", "say", "say_data", "say_json"]


def say(words: str, *, err: bool = False) -> None:
    """Say something to a person, on stdout or stderr."""
    from therarel.characters import visible

    click.echo(visible(words, lines=True), err=err)


def say_json(data: object, *, indent: int = 2) -> None:
    """Put data on stdout as one JSON document; not-a-number is nothing there."""
    from therarel.characters import in_json

    click.echo(in_json(json.dumps(_without_nan(data), ensure_ascii=False, allow_nan=False, indent=indent)))


def say_data(text: str) -> None:
    """Put text for programs on stdout, as it is; on a terminal, where a person reads it, as one may see it."""
    from therarel.characters import visible

    click.echo(visible(text, lines=True) if sys.stdout.isatty() else text, nl=False)


def said(words: object, style: str = "") -> Text:
    """Words for a table or a line of rich."""
    from rich.text import Text

    from therarel.characters import visible

    return Text(visible(str(words), lines=True), style=style)


def _without_nan(content: object) -> object:
    """The same with nothing in place of not-a-number, which JSON does not know."""
    if isinstance(content, Mapping):
        return {name: _without_nan(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    return None if isinstance(content, float) and content != content else content
