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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from therarel.cli.output import STDOUT, lacks
from therarel.errors import MissingExtraError, ReadingError, TherarelError
from therarel.extras import needs

if TYPE_CHECKING:
    from rich.text import Text

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


_UNUSABLE: Final = 2
"""Exit code where the arguments cannot be used as they stand."""

NOTHING_READABLE: Final = 3
"""Exit code where the data are so bad that nothing could be read."""


def _as_pairs(found: re.Match[str]) -> str:
    """Columns and their sessions, as ``--wide`` takes them."""
    return "--wide " + found[1].replace("'", "").replace(": ", "=").replace(", ", ",") + (",..." if found[2] else "")


# What a hint says in the words of the library, and what a person at the command line types instead.
_OPTIONS: Final = (
    (re.compile(r"\bhigher_is_better=True or False"), "--higher-is-better or --lower-is-better"),
    (re.compile(r"\bscale=\((\S+), (\S+)\)"), r"--scale \1 \2"),
    (re.compile(r"\b(dyad|session|score|therapist|rater)=\.\.\. \(--\1\)"), r"--\1 COLUMN"),
    (re.compile(r"\brater_is='(\w+)'(?: and make a panel of each)?"), r"--rater-is \1"),
    (re.compile(r"\binstrument=\.\.\."), "--instrument ID"),
    (re.compile(r"\b(instrument|construct|index|timing)='(\w[\w.-]*)'"), r"--\1 \2"),
    (re.compile(r"\bdate_format='([^']+)'"), r"--date-format \1"),
    (re.compile(r"\brecorded_as='(\w+)'"), r"--recorded-as \1"),
    (re.compile(r"\bduplicates='first', 'last' or 'mean'"), "--duplicates first, last or mean"),
    (re.compile(r"\bfrom_wide\(\.\.\., sessions=\{(.*?)(, \.\.\.)?\}\) \(--wide\)"), _as_pairs),
    (re.compile(r"\bitems=\S+ \(--items\), as a prefix, a list or a mapping"), "--items, as a prefix or in order"),
    (re.compile(r"\bitems=\S+ \(--items\)"), "--items"),
    (re.compile(r"\bended_as=\{'([^']+)': '(\w+)'\}"), r"--ended-as '\1=\2'"),
    (re.compile(r"\bsessions=\{'s1': 1, 's2': 2\}"), "--wide s1=1,s2=2"),
    (re.compile(r"\bsessions=\{'([^']+)': (\d+)\}"), r"--sessions '\1=\2'"),
    (re.compile(r"\bgive random=\{[\"'](\w+)[\"']: [\"']([^\"']*)[\"']\}"), r"say --random '\1=\2'"),
    (re.compile(r"\bstate a (null )?model: NullModel\(\S+ \S+\)"), "leave SESSIONS out for the simulator's clinic"),
    (re.compile(r"\breliability=\.\.\."), "reliability=NUMBER"),  # a parameter of a rule
    (re.compile(r"\binstrument='\.\.\.'"), "instrument=ID"),
    (re.compile(r"\bwords=\.\.\."), "--words"),
    (re.compile(r"\bsheet=(?!\w)"), "--sheet NAME"),
    (re.compile(r"\blimits=Limits\(rows=\.\.\.\)"), "--max-rows NUMBER"),
    (re.compile(r"\bstart=Relationship\.between\(client, therapist\)"), "say --client CODE and --therapist CODE"),
    (re.compile(r"\brecord\.course\(machine=\.\.\.\)"), "--table FILE"),
    (re.compile(r"allow more with limits=Limits\(bytes=\.\.\.\)"), "read it from Python, which can allow more"),
)


def as_options(message: str) -> str:
    """A message of the library in the words of the command line.

    Examples:
        >>> as_options("Hint: choose one with rater_is='client' and make a panel of each")
        'Hint: choose one with --rater-is client'
    """
    for pattern, replacement in _OPTIONS:
        message = pattern.sub(replacement, message)
    return message


# Places that errors name in the words of the library, and what was typed there.
_PLACES: Final = {
    "also": "--rule",
    "calibrate.depths": "--depth",
    "covariates": "--group",
    "ended": "--ended",
    "group": "--group",
    "max_gap": "--max-gap",
    "start": "--client, --therapist",
}


@contextmanager
def failing_well(command: str) -> Iterator[None]:
    """Turn errors that a person can do something about into a message on stderr and an exit code.

    Args:
        command: What was asked for, for the message about a missing extra.
    """
    try:
        with needs(command):
            yield
    except ReadingError as error:
        _leave(error, NOTHING_READABLE)
    except TherarelError as error:
        _leave(error, _UNUSABLE)
    except UnicodeDecodeError as error:
        message = f"the file is not what its first bytes say, {error.encoding}. Hint: save the table as CSV in UTF-8"
        say(f"Error: {message}", err=True)
        raise SystemExit(NOTHING_READABLE) from None
    except OSError as error:
        what = error.strerror or "the file cannot be used"
        where = f"{error.filename}: " if error.filename else ""
        say(f"Error: {where}{what}", err=True)
        raise SystemExit(_UNUSABLE) from None


def _leave(error: TherarelError, code: int) -> None:
    if isinstance(error, MissingExtraError) and error.hint is not None:
        say(f"Error: {error.what}. Hint:", err=True)
        say(f"  {error.hint}", err=True, whole=True)  # which is copied
        raise SystemExit(code)
    message = error.render()
    if error.where in _PLACES:
        message = _PLACES[error.where] + message.removeprefix(error.where)
    say(f"Error: {as_options(message)}", err=True)
    raise SystemExit(code)
