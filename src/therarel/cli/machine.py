"""``therarel machine``: whether a table of your own is sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from therarel.cli.saying import NOTHING_READABLE, failing_well, say, say_json
from therarel.errors import ReadingError, TherarelError

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(short_help="Check a table of your own.")
def machine() -> None:
    """The machine: the table that says how a relationship moves."""


@machine.command()
@click.argument("table", type=_file)
@click.option("--texts", type=_file, help="A file with every sentence; those of the library if not given.")
@click.option("--policy", type=_file, help="A file with thresholds; the defaults if not given.")
@click.option("--json", "as_json", is_flag=True, help="Put what is wrong as JSON on stdout, and nothing else.")
def check(table: Path, texts: Path | None, policy: Path | None, as_json: bool) -> None:
    """Say everything that is wrong with TABLE, each with its line.

    Names, sentences and ways are looked at, and every row is tried on some thousands of relationships.

    \b
    Exit codes: 0 nothing is wrong
                3 something is
    """
    with failing_well("therarel machine check"):
        from therarel.machine import Machine, checking, trials

        try:
            made = Machine.read(table, texts=texts, policy=policy)
            checking.place_findings(table, texts, trials.check(made))
        except ReadingError as error:
            if not as_json:
                raise
            say_json(_answer(table, error.problems))
            raise SystemExit(NOTHING_READABLE) from None
        if as_json:
            say_json(_answer(table, ()))
        else:
            say(f"{table}: nothing is wrong. {made!r}")


def _answer(table: Path, problems: Sequence[TherarelError]) -> dict[str, object]:
    parts = ("where", "what", "value", "bound", "hint")
    told = [{part: getattr(problem, part) for part in parts} for problem in problems]
    return {"table": str(table), "sound": not problems, "problems": told}
