"""The command itself: its help, its version, and the subcommands."""

from __future__ import annotations

import click

from therarel.cli.concepts import concepts
from therarel.cli.machine import machine
from therarel.cli.measures import instruments, score
from therarel.cli.report import report
from therarel.cli.simulate import simulate

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="therarel", message="therarel %(version)s")
def main() -> None:
    """The therapeutic relationship as a thing you can compute with.

    Try `therarel report`: without a file it reports on a simulated clinic.
    """


for command in (report, score, instruments, concepts, machine, simulate):
    main.add_command(command)
