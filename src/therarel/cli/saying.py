"""Everything that the command says goes out here, and nothing in it acts on the terminal unseen.

Names of files, labels and cells are somebody else's: a control character in one could clear the screen, hide a line or
turn the words after it. What programs read, JSON and CSV in a pipe, keeps its meaning.

Prose is at most 100 columns wide, and narrower where the terminal is. Rows of tables stay whole: their cells stand two
spaces or more apart, or between bars.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import click

from therarel.cli.output import STDOUT, lacks

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["prose_width", "said", "say", "say_data", "say_json", "wrapped"]

_WIDEST: Final = 100
_NARROWEST: Final = 30
_ROW: Final = re.compile(r"\s*(\||\S.*?\s{2,}\S)")
_ITEM: Final = re.compile(r"\s*([-*]|\d+\.) ")


def say(words: str, *, err: bool = False, hanging: bool = False, whole: bool = False) -> None:
    """Say something to a person, on stdout or stderr.

    Args:
        words: What to say, in lines.
        err: Whether it goes to stderr.
        hanging: Whether a line that goes on in the next is indented there, as in a list.
        whole: Whether lines stay whole: what is copied, such as the name of a file or a command.
    """
    from therarel.characters import visible

    seen = visible(words, lines=True)
    click.echo(seen if whole else wrapped(seen, hanging=hanging), file=sys.stderr if err else STDOUT)


def prose_width() -> int:
    """How many columns wide prose is."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size(fallback=(_WIDEST, 24)).columns))


def wrapped(words: str, *, hanging: bool = False) -> str:
    """Words in lines that are as wide as prose is; a line that begins with spaces keeps them in its next lines."""
    return "\n".join(_wrapped(line, prose_width(), hanging) for line in words.split("\n"))


def _wrapped(line: str, width: int, hanging: bool) -> str:
    if len(line) <= width or _ROW.match(line):
        return line
    item = _ITEM.match(line)
    indent = item.end() if item else len(line) - len(line.lstrip()) + 2 * hanging
    return textwrap.fill(line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def say_json(data: object, *, indent: int = 2) -> None:
    """Put data on stdout as one JSON document; not-a-number is nothing there."""
    from therarel.characters import in_json

    kept = _without_nan(data)
    document = json.dumps(kept, ensure_ascii=False, allow_nan=False, indent=indent)
    if lacks(document):
        document = json.dumps(kept, ensure_ascii=True, allow_nan=False, indent=indent)
    click.echo(in_json(document), file=STDOUT)


def say_data(text: str) -> None:
    """Put text for programs on stdout, as it is; on a terminal, where a person reads it, as one may see it.

    What the encoding lacks is written out by its number: two labels never become one.
    """
    from therarel.characters import visible

    encoding = sys.stdout.encoding or "utf-8"
    written = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(visible(written, lines=True) if sys.stdout.isatty() else written, file=STDOUT, nl=False)


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
