"""``therarel course``: how a course that was saved stands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from therarel.cli.saying import failing_well, say, say_json
from therarel.cli.tables import STDIN
from therarel.errors import InvalidValueError

if TYPE_CHECKING:
    from therarel.domain import Relationship
    from therarel.machine import Course, Overview
    from therarel.texts import Texts

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_table = click.option(
    "--table", type=_file, help="The machine's table under which the course goes on; ours if not given."
)
_texts = click.option(
    "--texts", type=_file, help="A file with every text, such as of another language; the library's if not given."
)


@click.group(short_help="Say how a saved course stands, what is due in it, and what is handed over.")
def course() -> None:
    """A course of therapy that was saved: how it stands, what is due, and what the next therapist has to know."""


@course.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--options", "with_options", is_flag=True, help="Say what may not be recorded now, and why, too.")
@click.option(
    "--history", "with_history", is_flag=True, help="List every entry, and what reads otherwise in hindsight."
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day by which a review may be overdue, such as 2026-05-04; today if not given.",
)
@click.option("--client", metavar="CODE", help="Of a log, which does not say whose it is: the client's pseudonym.")
@click.option("--therapist", metavar="CODE", help="The therapist's pseudonym, in the same way.")
@_table
@_texts
@click.option("--json", "as_json", is_flag=True, help="Put all of it as JSON on stdout, and nothing else.")
def show(
    file: Path,
    with_options: bool,
    with_history: bool,
    on: datetime | None,
    client: str | None,
    therapist: str | None,
    table: Path | None,
    texts: Path | None,
    as_json: bool,
) -> None:
    """Say how the course in FILE stands, a saved course or its log (JSON Lines), or - for standard input.

    Concerns for safety that are open come first. Confidential text is never shown, whatever the file holds.

    \b
    therarel course show C-014.json --history
    therarel course show C-014.jsonl --client C-014 --therapist T-03
    """
    with failing_well("therarel course show"):
        from therarel.machine import overview

        source = sys.stdin.buffer if str(file) == STDIN else file
        [read] = _courses([source], texts, table=table, start=_start(client, therapist))
        found = overview(read, on=date.today() if on is None else on.date())
        if as_json:
            say_json(found.to_data())
            return
        say(str(found))
        for lines in (_declined(found) if with_options else (), _history(found) if with_history else ()):
            for line in lines:
                say(line)


@course.command()
@click.argument("files", nargs=-1, required=True, type=_file)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day, such as 2026-05-04; today if not given.")
@_table
@_texts
@click.option("--json", "as_json", is_flag=True, help="Put all of it as JSON on stdout, and nothing else.")
def due(files: tuple[Path, ...], on: datetime | None, table: Path | None, texts: Path | None, as_json: bool) -> None:
    """Say what is due in the saved courses in FILES, safety first.

    It is advice: nothing waits for it. Confidential text is never shown.

    \b
    therarel course due C-014.json C-015.json --on 2026-05-04
    """
    with failing_well("therarel course due"):
        from therarel.machine import due as due_in

        courses = list(_courses(files, texts, table=table))
        found = due_in(courses, on=date.today() if on is None else on.date())
        if as_json:
            say_json([{"kind": each.kind.value, "dyad": str(each.dyad), "text": each.text} for each in found])
            return
        for each in found:
            say(str(each))
        if not found:
            say(courses[0].machine.texts("due.nothing"))


@course.command()
@click.argument("file", type=_file)
@_table
@_texts
@click.option("--json", "as_json", is_flag=True, help="Put it (words masked) as JSON on stdout, and nothing else.")
def handover(file: Path, table: Path | None, texts: Path | None, as_json: bool) -> None:
    """Say what the next therapist has to know of the saved course in FILE, open concerns for safety first.

    Confidential text is never shown. In Python, course.handover() says who is responsible and what the client wishes.

    \b
    therarel course handover C-014.json
    """
    with failing_well("therarel course handover"):
        from therarel.records import dumps

        [read] = _courses([file], texts, table=table)
        found = read.handover()
        if as_json:
            say_json(json.loads(dumps(found, confidential="redact")))
            return
        say(found.worded(read.machine.texts))


def _courses(
    sources: Iterable[Path | BinaryIO],
    texts: Path | None,
    *,
    table: Path | None = None,
    start: Relationship | None = None,
) -> Iterator[Course]:
    """Courses that were saved, said in the texts of a file; a language alone changes neither table nor policy."""
    from therarel.machine import Machine
    from therarel.records import read_course

    machine = None if table is None else Machine.read(table, texts=texts)
    spoken = None if texts is None or table is not None else Machine.standard().with_texts(texts).texts
    for source in sources:
        read = read_course(source, start=start, machine=machine)
        yield read if spoken is None else _said_in(read, spoken)


def _said_in(read: Course, texts: Texts) -> Course:
    from therarel.machine import Course

    machine = read.machine.with_texts(texts)
    earlier = map(machine.with_policy, read.earlier_policies)
    return Course.resume(read.start, read.log, machine=machine, earlier=earlier)


def _start(client: str | None, therapist: str | None) -> Relationship | None:
    from therarel.domain import Relationship

    if client is None and therapist is None:
        return None
    if client is None or therapist is None:
        raise InvalidValueError("a course is of two people", where="--client, --therapist", hint="say both, or neither")
    return Relationship.between(client, therapist)


def _declined(found: Overview) -> Iterator[str]:
    yield found.texts("overview.not_now")
    for label, sentences in found.not_now:
        yield found.texts("history.option", event=label)
        yield from (f"    {sentence}" for sentence in sentences)


def _history(found: Overview) -> Iterator[str]:
    yield found.texts("overview.history")
    yield from (f"  {line}" for line in str(found.history).splitlines())
    if found.hindsight:
        yield found.texts("overview.in_hindsight")
        yield from (f"  {entry}" for entry in found.hindsight)
