"""The command itself: its help, its version, and the subcommands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import click

from therarel.cli.concepts import concepts
from therarel.cli.course import course
from therarel.cli.detect import calibrate, detect
from therarel.cli.doctor import doctor
from therarel.cli.growth import growth
from therarel.cli.machine import machine
from therarel.cli.measures import instruments, score
from therarel.cli.output import checked, prepare
from therarel.cli.report import report
from therarel.cli.saying import wrapped
from therarel.cli.simulate import simulate

_SAID: Final = "Error: "  # what click puts before a message


class _Command(click.Group):
    """A group whose errors about options and files, which name them, go through the gate, too."""

    def main(self, *given: Any, **options: Any) -> Any:
        if sys.stdout is None:
            raise SystemExit("Error: standard output: it is closed")
        prepare()
        with checked():
            return super().main(*given, **options)

    def make_context(self, *given: Any, **options: Any) -> click.Context:
        with _seen():
            return super().make_context(*given, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _seen():
            return super().invoke(ctx)


@contextmanager
def _seen() -> Iterator[None]:
    try:
        with checked():  # before click takes a closed pipe for the end of all
            yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # which shows the help
    except click.ClickException as error:
        from therarel.characters import visible

        said = wrapped(visible(f"{_SAID}{error.format_message()}", lines=True)).removeprefix(_SAID)
        raise click.UsageError(said, getattr(error, "ctx", None)) from None


@click.group(cls=_Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="therarel", message="therarel %(version)s")
def main() -> None:
    """The therapeutic relationship as a thing you can compute with.

    Try `therarel report`: without a file it reports on a simulated clinic.
    """


for command in (report, detect, calibrate, growth, score, instruments, concepts, course, machine, simulate, doctor):
    main.add_command(command)
