"""What may be said about a table of sessions, in one place for every subcommand that reads one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from therarel.cli.completing import columns, instrument_ids, numbered_columns
from therarel.cli.settings import CODES, NUMBERED, settings_option
from therarel.errors import InvalidValueError, ReadingError

if TYPE_CHECKING:
    from therarel.panels import Panel

STDIN: Final = "-"
"""What stands for standard input."""

_CONSTRUCTS: Final = ("alliance", "relationship", "presence", "outcome")
_RATERS: Final = ("client", "therapist", "observer", "model")

_OPTIONS: Final[tuple[Callable[[Callable[..., None]], Callable[..., None]], ...]] = (
    click.option("--dyad", metavar="COLUMN", shell_complete=columns, help="Column of the dyad's (client's) label."),
    click.option("--session", metavar="COLUMN", shell_complete=columns, help="Column of the session number or date."),
    click.option("--score", metavar="COLUMN", shell_complete=columns, help="Column of the score."),
    click.option("--therapist", metavar="COLUMN", shell_complete=columns, help="Column of the therapist's label."),
    click.option("--rater", metavar="COLUMN", shell_complete=columns, help="Column that says who rated."),
    click.option(
        "--rater-is", type=click.Choice(_RATERS), help="Who rated; in a table of several raters, whose rows are taken."
    ),
    click.option(
        "--instrument",
        metavar="ID",
        shell_complete=instrument_ids,
        help="Such as wai-sr or phq-9: gives construct, direction and range.",
    ),
    click.option("--construct", type=click.Choice(_CONSTRUCTS), help="What the scores are scores of."),
    click.option(
        "--higher-is-better/--lower-is-better",
        default=None,
        help="Direction of the scores. Needed without --instrument.",
    ),
    click.option("--scale", nargs=2, type=float, metavar="MIN MAX", help="Lowest and highest possible score."),
    click.option(
        "--timing", type=click.Choice(["pre_session", "post_session"]), help="Given before or after the session."
    ),
    click.option(
        "--index",
        type=click.Choice(["attended", "scheduled", "dated"]),
        help="What the session column counts.  [default: attended; dated with --date-format]",
    ),
    click.option("--max-gap", type=float, metavar="NUMBER", help="Sessions further apart are not compared."),
    click.option(
        "--missing-codes", type=CODES, metavar="CODE,CODE,...", help="Numbers and words for a missing value: -9,k.A."
    ),
    click.option(
        "--duplicates",
        type=click.Choice(["left_out", "first", "last", "mean", "refused"]),
        help="What becomes of rows of one session that contradict each other.  [default: left_out]",
    ),
    click.option(
        "--date-format", metavar="FORM", help="Form of the dates, such as %d.%m.%Y; excel for serial numbers."
    ),
    click.option("--sheet", metavar="NAME", help="Sheet of a workbook.  [default: the first]"),
    click.option(
        "--wide",
        type=NUMBERED,
        metavar="COLUMN=NUMBER,...",
        shell_complete=numbered_columns,
        help="One row per dyad: the columns of scores and their sessions, such as s1=1,s2=2.",
    ),
    click.option(
        "--sessions",
        "named_sessions",
        type=NUMBERED,
        metavar="NAME=NUMBER,...",
        help="Sessions that have names in the table, such as 'Week 3=3,Post-Rx=12'.",
    ),
    click.option(
        "--group",
        "groups",
        multiple=True,
        metavar="COLUMN",
        shell_complete=columns,
        help="A further column to keep, by which detect and report count, too; may be repeated.",
    ),
    click.option("--max-rows", type=click.IntRange(1), metavar="NUMBER", help="A table with more rows is refused."),
    settings_option,
)
_NAMES: Final = (
    "dyad", "session", "score", "therapist", "rater", "rater_is", "instrument", "construct", "higher_is_better",
    "scale", "timing", "index", "max_gap", "missing_codes", "duplicates", "date_format", "sheet", "wide",
    "named_sessions", "groups", "max_rows",
)  # fmt: skip
_OTHER_NAMES: Final = {"named_sessions": "sessions", "groups": "covariates"}


class Table:
    """What was said about a table.

    Args:
        said: The values of the options, ``None`` or empty where nothing was said.
    """

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = {name: value for name, value in said.items() if value is not None and value != ()}

    def __bool__(self) -> bool:
        return bool(self._said)

    @property
    def groups(self) -> tuple[str, ...]:
        """The further columns that are kept."""
        return tuple(self._said.get("groups", ()))

    def panel(self, path: Path, keep: str | None = None) -> Panel:
        """The panel that is in a file, or that comes through standard input.

        Args:
            path: The file.
            keep: A further column to keep beside the groups; ``None`` for none.

        Raises:
            InvalidValueError: if the direction of the scores is not known.
            ReadingError: if there is nothing in the file.
        """
        from therarel.panels import Panel
        from therarel.tables import Limits

        if path.is_file() and path.stat().st_size == 0:
            raise ReadingError("there is nothing in the file", [], where=path.name)
        if "instrument" not in self._said and "higher_is_better" not in self._said:
            raise InvalidValueError(
                "it is not known whether a higher score is better",
                hint="say --instrument ID (such as wai-sr or phq-9), --higher-is-better or --lower-is-better",
            )
        options = {_OTHER_NAMES.get(name, name): value for name, value in self._said.items()}
        rows = options.pop("max_rows", None)
        limits = Limits() if rows is None else Limits(rows=rows)
        if keep is not None and keep not in self.groups:
            options["covariates"] = (*self.groups, keep)
        source = sys.stdin.buffer if str(path) == STDIN else path
        return Panel.read(source, limits=limits, **options)


safe_option: Final = click.option(
    "--spreadsheet-safe",
    is_flag=True,
    help="In CSV files that are written, put an apostrophe before text that a spreadsheet would run as a formula.",
)
"""Whether cells that a spreadsheet would run are made safe."""


def table_argument(*, required: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The argument SESSIONS: a file, or - for standard input."""
    kind = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
    return click.argument("sessions", required=required, type=kind)


def table_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a table; they arrive together, as ``table``."""

    def called(**given: Any) -> None:
        said = {name: given.pop(name) for name in _NAMES}
        function(table=Table(said), **given)

    made: Callable[..., None] = wraps(function)(called)
    for option in reversed(_OPTIONS):
        made = option(made)
    return made
