"""``therarel concepts``: what a concept is, how two are linked, what to learn first, and the graph in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from therarel.cli.completing import concept_ids, stages, tasks
from therarel.cli.saying import failing_well, say, say_data, say_json

if TYPE_CHECKING:
    from therarel.concepts.command import Answer

__all__ = ["concepts"]

_FORMATS = ("skos", "jsonld", "graphml", "node-link", "cytoscape", "mermaid", "dot", "csv")
_stated = click.option("--stated", is_flag=True, help="Leave out links that are readings rather than statements.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Put the answer as JSON on stdout, and nothing else.")


def _say(told: Answer, as_json: bool) -> None:
    if as_json:
        say_json(told.data)
    else:
        say(told.text)


@click.group(short_help="Ask the concept graph, draw it, export it.")
def concepts() -> None:
    """Ask the concept graph: what things mean, and what rests on what.

    Concepts are named by id, label or alias, such as empathy, "working alliance" or genuineness.
    """


@concepts.command()
@click.argument("concept", shell_complete=concept_ids)
@_stated
@_as_json
def show(concept: str, stated: bool, as_json: bool) -> None:
    """Say what CONCEPT is: definition, place, links, evidence."""
    with failing_well("therarel concepts"):
        from therarel.concepts import command

        _say(command.show(concept, inferred=not stated), as_json)


@concepts.command()
@click.argument("start", shell_complete=concept_ids)
@click.argument("end", shell_complete=concept_ids)
@click.option(
    "--by",
    type=click.Choice(["steps", "basis", "evidence"]),
    default="steps",
    show_default=True,
    help="Shortest in steps, in what links rest on, or in evidence.",
)
@_stated
@_as_json
def path(start: str, end: str, by: str, stated: bool, as_json: bool) -> None:
    """Say why START and END are linked, by the shortest path that explains."""
    with failing_well("therarel concepts"):
        from therarel.concepts import command

        _say(command.path(start, end, by=by, inferred=not stated), as_json)


@concepts.command()
@click.argument("concept", shell_complete=concept_ids)
@_stated
@_as_json
def learn(concept: str, stated: bool, as_json: bool) -> None:
    """Say what to learn before CONCEPT, in teaching order."""
    with failing_well("therarel concepts"):
        from therarel.concepts import command

        _say(command.learn(concept, inferred=not stated), as_json)


@concepts.command()
@click.argument("stage", default="initial_formation", shell_complete=stages)
@click.option(
    "--met",
    multiple=True,
    metavar="TASK",
    shell_complete=tasks,
    help="A stage task that is met; may be given several times.",
)
@click.option("--waived", multiple=True, metavar="TASK", shell_complete=tasks, help="A stage task that is waived.")
@click.option("--rupture-repaired", is_flag=True, help="A rupture was repaired in the course.")
@_as_json
def missing(stage: str, met: tuple[str, ...], waived: tuple[str, ...], rupture_repaired: bool, as_json: bool) -> None:
    """Say which stage tasks are missing for the stage after STAGE."""
    with failing_well("therarel concepts"):
        from therarel.concepts import command

        _say(command.missing(stage, met=met, waived=waived, rupture_repaired=rupture_repaired), as_json)


@concepts.command()
@click.option(
    "--format",
    "wanted",
    type=click.Choice(_FORMATS),
    metavar="FORMAT",
    default="skos",
    show_default=True,
    help=f"One of {', '.join(_FORMATS)}.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file; stdout if not given.")
@_as_json
def export(wanted: str, out: Path | None, as_json: bool) -> None:
    """Write the graph in another format. CSV makes several files beside each other."""
    with failing_well("therarel concepts"):
        from therarel.concepts import command

        told = command.export(wanted, out)
        if as_json:
            say_json(told.data if out is not None else {**told.data, "content": told.text})
        elif out is None:
            say_data(told.text + "\n")
        else:
            say(told.text, whole=True)


@concepts.command()
@click.argument("concept", required=False, shell_complete=concept_ids)
@click.option("--depth", type=click.IntRange(1, 2), default=2, show_default=True, help="How many links away.")
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    show_default=True,
    help="Colours of the picture.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the picture goes; a file that is named is replaced.  [default: concepts.svg, if there is none yet]",
)
@_as_json
def draw(concept: str | None, depth: int, theme: str, out: Path | None, as_json: bool) -> None:
    """Draw CONCEPT and what is around it, or an overview of all, as an SVG file."""
    with failing_well("therarel concepts"):
        from therarel.concepts import command

        _say(command.draw(out, concept, depth=depth, theme=theme), as_json)  # type: ignore[arg-type]  # a Choice
