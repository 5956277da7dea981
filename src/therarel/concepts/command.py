"""What the command ``therarel concepts`` says: plain functions that return words for people and data for programs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from attrs import frozen

from therarel.concepts.exports import Format, export_files
from therarel.concepts.graph import ConceptGraph
from therarel.concepts.loading import concept_graph
from therarel.concepts.questions.why import By
from therarel.concepts.values import Edge, Node
from therarel.domain import Relationship, Stage, StageTask, WaivedTask
from therarel.domain.people import Dyad
from therarel.drawing.colours import Theme
from therarel.files import keep_what_is_there

__all__ = ["Answer", "draw", "export", "learn", "missing", "path", "show"]

_DEFAULT_OUT: Final = Path("concepts.svg")


@frozen
class Answer:
    """An answer of the command.

    Args:
        text: For people.
        data: For programs; JSON can hold it.
    """

    text: str
    data: dict[str, object]


def show(name: str, *, inferred: bool = True, graph: ConceptGraph | None = None) -> Answer:
    """What a concept is.

    Raises:
        UnknownNameError: if nothing is called so; names the nearest.

    Examples:
        >>> show("warmth").text.splitlines()[0]
        'Warmth (element): Friendly, caring regard for the client.'
    """
    told = _asked(graph, inferred).explain(name)
    node = told.node
    data: dict[str, object] = {
        **_node(node),
        "definition": node.definition,
        "origin": node.origin.value,
        "aliases": list(node.aliases),
        "outline": list(node.outline),
        "ancestors": [each.id for each in told.ancestors],
        "links": [_edge(edge) for edge in told.links],
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
            for each in told.findings
        ],
        "mappings": [
            {"vocabulary": each.vocabulary.value, "identifier": each.identifier, "match": each.match.value}
            for each in node.mappings
        ],
    }
    return Answer(str(told), data)


def path(
    start: str, end: str, *, by: By | str = By.STEPS, inferred: bool = True, graph: ConceptGraph | None = None
) -> Answer:
    """Why two concepts are linked.

    Raises:
        UnknownNameError: if nothing is called so; names the nearest.

    Examples:
        >>> path("warmth", "bond").data["sentence"]
        'Warmth supports bond.'
    """
    found = _asked(graph, inferred).why(start, end, by=by)
    data: dict[str, object] = {
        "sentence": found.sentence,
        "linked": bool(found),
        "inferred": found.has_inferred,
        "nodes": [node.id for node in found.nodes],
        "links": [{**_edge(step.edge), "forward": step.forward} for step in found],
    }
    return Answer(str(found), data)


def learn(name: str, *, inferred: bool = True, graph: ConceptGraph | None = None) -> Answer:
    """What to learn before a concept, in teaching order.

    Raises:
        UnknownNameError: if nothing is called so; names the nearest.

    Examples:
        >>> learn("active listening").text.splitlines()[-1]
        '2. Active listening'
    """
    found = _asked(graph, inferred).learning_path(name)
    steps = [{**_node(step.node), "needed_for": [node.id for node in step.needed_for]} for step in found]
    return Answer(str(found), {"target": found.target.id, "steps": steps})


def missing(
    stage: str = Stage.INITIAL_FORMATION.value,
    *,
    met: Iterable[str] = (),
    waived: Iterable[str] = (),
    rupture_repaired: bool = False,
    graph: ConceptGraph | None = None,
) -> Answer:
    """Which stage tasks are missing for the next stage.

    Args:
        stage: The stage that the relationship is in; an ending is taken to follow maturation.
        met: The tasks that are met.
        waived: The tasks that are waived.
        rupture_repaired: Whether a rupture was repaired in the course.
        graph: Another graph than ours.

    Raises:
        UnknownNameError: if there is no such stage or task; names the nearest.
        InvalidValueError: if the course is closed.

    Examples:
        >>> print(missing("initial_formation", met=["building_rapport", "creating_safety"]).text)
        Missing for working phase: establishing trust, setting expectations.
    """
    here = Stage(stage)
    relationship = Relationship(
        Dyad("C-0", "T-0"),
        stage=here,
        tasks_met=frozenset(map(StageTask, met)),
        tasks_waived=tuple(WaivedTask(StageTask(task), "as given") for task in waived),
        rupture_repaired=rupture_repaired,
        ended_from=Stage.MATURATION if here is Stage.ENDING else None,
    )
    found = (graph or concept_graph()).missing(relationship)
    tasks = [
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
    return Answer(str(found), {"stage": here.value, "toward": toward, "tasks": tasks})


def export(format: Format | str, out: str | Path | None = None, *, graph: ConceptGraph | None = None) -> Answer:  # noqa: A002  the word of the command line
    """The graph in a format, as the text of the answer or written to a file.

    Args:
        format: As `therarel.concepts.exports.export` takes it.
        out: The file; ``None`` gives the text itself. CSV makes four files beside each other.
        graph: Another graph than ours.

    Raises:
        UnknownNameError: if there is no such format; names the nearest.
        WritingError: if a file cannot be written.

    Examples:
        >>> export("mermaid").text.splitlines()[0]
        'flowchart LR'
    """
    chosen, graph = Format(format), graph or concept_graph()
    data: dict[str, object] = {"format": chosen.value, "concepts": len(graph), "links": len(graph.edges())}
    if out is None:
        return Answer(graph.export(chosen), data)
    written = [str(path) for path in export_files(graph, chosen, out)]
    return Answer("\n".join(f"Wrote {path}" for path in written), {**data, "written": written})


def draw(
    out: str | Path | None = None,
    focus: str | None = None,
    *,
    depth: int = 2,
    theme: Theme = "auto",
    graph: ConceptGraph | None = None,
) -> Answer:
    """A picture of the graph, or of a concept and what is around it, as an SVG file.

    Args:
        out: The file, whose name ends in ``.svg``; what was there is replaced. ``None`` writes ``concepts.svg``, and
            nothing that is there is replaced.
        focus: The concept in the middle; ``None`` draws the overview.
        depth: How many links away to show, 1 or 2.
        theme: ``auto``, ``light`` or ``dark``.
        graph: Another graph than ours.

    Raises:
        UnknownNameError: if nothing is called so; names the nearest.
        InvalidValueError: on another depth or theme, if the name does not end in ``.svg``, or if none is given and
            another file is there.
        WritingError: if the file cannot be written.
    """
    picture = (graph or concept_graph()).draw(focus, depth=depth, theme=theme)
    if out is None:
        keep_what_is_there(_DEFAULT_OUT, "--out", text=picture.to_svg())
    path = picture.save(out or _DEFAULT_OUT, private=False)  # there is nobody in it
    return Answer(f"Wrote {path}: {picture.title}", {"written": [str(path)], "title": picture.title})


def _asked(graph: ConceptGraph | None, inferred: bool) -> ConceptGraph:
    chosen = graph or concept_graph()
    return chosen if inferred else chosen.without_inferred()


def _node(node: Node) -> dict[str, object]:
    return {"id": node.id, "kind": node.kind, "label": node.label}


def _edge(edge: Edge) -> dict[str, object]:
    return {
        "subject": edge.subject,
        "kind": edge.kind,
        "object": edge.object,
        "basis": edge.basis.value,
        "outline": list(edge.outline),
        "refs": list(edge.refs),
    }
