"""From errors to messages and exit codes: 0 done, 2 unusable arguments, 3 nothing readable in the data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from therarel.cli.saying import say
from therarel.errors import MissingExtraError, ReadingError, TherarelError
from therarel.extras import needs

__all__ = ["NOTHING_READABLE", "UNUSABLE", "as_options", "failing_well"]

UNUSABLE: Final = 2
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
        _leave(error, UNUSABLE)
    except UnicodeDecodeError as error:
        message = f"the file is not what its first bytes say, {error.encoding}. Hint: save the table as CSV in UTF-8"
        say(f"Error: {message}", err=True)
        raise SystemExit(NOTHING_READABLE) from None
    except OSError as error:
        what = error.strerror or "the file cannot be used"
        where = f"{error.filename}: " if error.filename else ""
        say(f"Error: {where}{what}", err=True)
        raise SystemExit(UNUSABLE) from None


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
