"""``therarel machine``: whether a table of one's own is sound."""

from __future__ import annotations

from pathlib import Path

import click

from therarel.cli.failing import failing_well
from therarel.cli.saying import say

__all__ = ["machine"]

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(short_help="Check a table of your own.")
def machine() -> None:
    """The machine: the table that says how a relationship moves."""


@machine.command()
@click.argument("table", type=_file)
@click.option("--texts", type=_file, help="A file with every sentence; those of the library if not given.")
@click.option("--policy", type=_file, help="A file with thresholds; the defaults if not given.")
def check(table: Path, texts: Path | None, policy: Path | None) -> None:
    r"""Say everything that is wrong with TABLE, each with its line.

    Names, sentences and ways are looked at, and every row is tried on some thousands of relationships.

    \b
    Exit codes: 0 nothing is wrong
                3 something is
    """
    with failing_well("therarel machine check"):
        from therarel.machine import Machine, checking

        made = Machine.read(table, texts=texts, policy=policy)
        checking.place_findings(table, texts, made.check())
        say(f"{table}: nothing is wrong. {made!r}")
