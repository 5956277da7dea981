"""``therarel concepts``: what a concept is, how two are linked, what to learn first, and the graph in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from therarel.cli.completing import concept_ids, stages, tasks
from therarel.cli.saying import failing_well, say, say_data, say_json

if TYPE_CHECKING:
    from therarel.concepts import ConceptGraph, Edge, Node

_FORMATS = ("skos", "jsonld", "graphml", "node-link", "cytoscape", "mermaid", "dot", "csv")
_DEFAULT_OUT: Final = Path("concepts.svg")
_stated = click.option("--stated", is_flag=True, help="Leave out links that are readings rather than statements.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Put the answer as JSON on stdout, and nothing else.")


def _say(found: object, data: dict[str, object], as_json: bool) -> None:
    if as_json:
        say_json(data)
    else:
        say(str(found))


def _graph(*, stated: bool) -> ConceptGraph:
    from therarel.concepts import concept_graph

    return concept_graph().without_inferred() if stated else concept_graph()


def _node(node: Node) -> dict[str, object]:
    return {"id": node.id, "kind": node.kind, "label": node.label}


def _edge(edge: Edge) -> dict[str, object]:
    return {
        "subject": edge.subject,
        "kind": edge.kind,
        "object": edge.object,
        "basis": edge.basis.value,
        "outline": edge.outline,
        "refs": edge.refs,
    }


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
        found = _graph(stated=stated).explain(concept)
        node = found.node
        data: dict[str, object] = {
            **_node(node),
            "definition": node.definition,
            "origin": node.origin.value,
            "aliases": node.aliases,
            "outline": node.outline,
            "ancestors": [each.id for each in found.ancestors],
            "links": [_edge(edge) for edge in found.links],
            "findings": [
                {
                    "element": each.element,
                    "outcome": each.outcome,
                    "figure": each.figure,
                    "conflicts": each.conflicts,
                    "citation": each.citation_key,
                    "status": each.status.value,
                    "causal": False,
                }
                for each in found.findings
            ],
            "mappings": [
                {"vocabulary": each.vocabulary.value, "identifier": each.identifier, "match": each.match.value}
                for each in node.mappings
            ],
        }
        _say(found, data, as_json)


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
        found = _graph(stated=stated).why(start, end, by=by)
        data: dict[str, object] = {
            "sentence": found.sentence,
            "linked": bool(found),
            "inferred": found.has_inferred,
            "nodes": [node.id for node in found.nodes],
            "links": [{**_edge(step.edge), "forward": step.forward} for step in found],
        }
        _say(found, data, as_json)


@concepts.command()
@click.argument("concept", shell_complete=concept_ids)
@_stated
@_as_json
def learn(concept: str, stated: bool, as_json: bool) -> None:
    """Say what to learn before CONCEPT, in teaching order."""
    with failing_well("therarel concepts"):
        found = _graph(stated=stated).learning_path(concept)
        steps = [{**_node(step.node), "needed_for": [node.id for node in step.needed_for]} for step in found]
        _say(found, {"target": found.target.id, "steps": steps}, as_json)


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
    """Say which stage tasks are missing for the stage after STAGE; an ending is taken to follow maturation."""
    with failing_well("therarel concepts"):
        from therarel.domain import Dyad, Relationship, Stage, StageTask, WaivedTask

        here = Stage(stage)
        relationship = Relationship(
            Dyad("C-0", "T-0"),
            stage=here,
            tasks_met=frozenset(map(StageTask, met)),
            tasks_waived=tuple(WaivedTask(StageTask(task), "as given") for task in waived),
            rupture_repaired=rupture_repaired,
            ended_from=Stage.MATURATION if here is Stage.ENDING else None,
        )
        found = _graph(stated=False).missing(relationship)
        missed = [
            {
                "task": each.task.value,
                "reopened": each.reopened,
                "waivable": each.waivable,
                "alternative": each.alternative,
                "reading": [node.id for node in each.reading],
            }
            for each in found.tasks
        ]
        toward = None if found.toward is None else found.toward.value
        _say(found, {"stage": here.value, "toward": toward, "tasks": missed}, as_json)


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
        from therarel.concepts import exports

        graph, chosen = _graph(stated=False), exports.Format(wanted)
        data: dict[str, object] = {"format": chosen.value, "concepts": len(graph), "links": len(graph.edges())}
        if out is not None:
            written = [str(path) for path in exports.export_files(graph, chosen, out)]
            if as_json:
                say_json({**data, "written": written})
            else:
                say("\n".join(f"Wrote {path}" for path in written), whole=True)
        elif as_json:
            say_json({**data, "content": graph.export(chosen)})
        else:
            say_data(graph.export(chosen) + "\n")


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
        from therarel.files import keep_what_is_there

        picture = _graph(stated=False).draw(concept, depth=depth, theme=theme)  # type: ignore[arg-type]  # a Choice
        if out is None:
            keep_what_is_there(_DEFAULT_OUT, "--out", text=picture.to_svg())
        path = picture.save(out or _DEFAULT_OUT, private=False)  # there is nobody in it
        _say(f"Wrote {path}: {picture.title}", {"written": [str(path)], "title": picture.title}, as_json)
