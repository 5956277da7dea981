"""Explanations, learning paths and lectures: concepts in columns from what comes first to what rests on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from therarel.concepts.core import GraphCore
from therarel.concepts.pictures.columns import (
    Column,
    cell_mark,
    curve,
    family_key,
    family_of,
    place_columns,
    readings_in_words,
    shifts,
)
from therarel.concepts.pictures.layers import Passage, flow_order, layered
from therarel.concepts.values import Edge, Node
from therarel.drawing import Arrow, Box, Drawing, Frame, arrows, text, wrap
from therarel.drawing.colours import Colour

_WIDTH, _GAP, _MARGIN, _AIR = 128.0, 42.0, 12.0, 30.0
_BOX: Final = 132.0
_STEP: Final = 250.0


def explanation_picture(
    graph: GraphCore,
    nodes: Sequence[Node],
    steps: Sequence[tuple[Edge, bool]],
    sentence: str,
) -> Drawing:
    """An explanation as boxes in a row, with the verb on each arrow.

    Args:
        graph: The graph.
        nodes: The concepts from the first to the last.
        steps: The link between each two, and whether it is read from its subject to its object.
        sentence: The explanation in words.
    """
    boxes = [
        Box(wrap(node.label, _BOX - 20), _MARGIN + _BOX / 2 + place * _STEP, 44, width=_BOX, size=12)
        for place, node in enumerate(nodes)
    ]
    drawn = []
    for (edge, forward), node, one, other in zip(steps, nodes, boxes, boxes[1:], strict=False):
        verb = graph.edge_kind(edge.kind).verb(reverse=not forward, plural=node.plural)
        drawn.append(
            Arrow.between(
                one,
                other,
                label=wrap(verb, _STEP - _BOX - 30, size=11),
                bend=0,
                colour=family_of(edge).colour,
                dashed=edge.is_inferred,
            )
        )
    edges = [edge for edge, _ in steps]
    width = _MARGIN * 2 + _BOX + _STEP * (len(nodes) - 1)
    legend, height = family_key(edges, _MARGIN, 98, width - 2 * _MARGIN)
    picture = Drawing(
        width,
        92 + height,
        title=f"Why {nodes[0].label} and {graph.in_sentence(nodes[-1])} are linked",
        description=sentence + readings_in_words(edges),
    )
    ends = (boxes[0], boxes[-1])
    return picture.add(
        arrows(drawn, around=boxes, within=picture.frame),
        *(box.mark(colour=Colour.BLUE if box in ends else Colour.MUTED, filled=box in ends) for box in boxes),
        legend,
    )


def path_picture(graph: GraphCore, nodes: Sequence[Node]) -> Drawing:
    """A learning path from what has to come first, on the left, to the target on the right.

    A stage that is not learnt itself, but whose requirements are part of the path, comes between the two.
    """
    known = {node.id for node in nodes}
    edges: dict[tuple[str, str, str], Edge] = {}
    order: list[Node] = []
    for node in nodes:
        for edge in graph.prerequisites(node):
            if edge.object not in known:
                continue
            edges[edge.triple] = edge
            if edge.subject != node.id:
                stage = graph.node(edge.subject)
                if stage not in order and stage.id not in known:
                    order.append(stage)
                part = graph.edge(node, "part_of", stage)
                edges[part.triple] = part
        order.append(node)
    title = f"What to learn before {graph.in_sentence(nodes[-1])}"
    return _picture(graph, order, list(edges.values()), title=title, heavy=nodes[-1:])


def map_picture(graph: GraphCore, *, title: str, order: Sequence[Node] = (), heavy: Collection[Node] = ()) -> Drawing:
    """A small graph from what works on others, on the left, to what is worked on, with every link of it."""
    return _picture(graph, flow_order(graph, order or graph.nodes()), graph.edges(), title=title, heavy=heavy)


def _picture(
    graph: GraphCore,
    order: Sequence[Node],
    edges: Collection[Edge],
    *,
    title: str,
    heavy: Collection[Node],
) -> Drawing:
    layers = layered(order, edges)
    columns = [Column(_MARGIN + place * (_WIDTH + _GAP), _WIDTH, tuple(rows)) for place, rows in enumerate(layers)]
    width = max(_MARGIN * 2 + len(columns) * (_WIDTH + _GAP) - _GAP, 520)
    heading = wrap(title, width - 2 * _MARGIN, size=16, bold=True)
    top = 28 + 20 * (heading.count("\n") + 1)
    tallest, cells = place_columns(columns, top=top, most_air=_AIR)
    listed = ", ".join(graph.in_sentence(node) for node in order)
    told = " ".join(map(graph.sentence, edges)) + readings_in_words(edges)
    legend, height = family_key(edges, _MARGIN, top + tallest + 22, width - 2 * _MARGIN)
    picture = Drawing(
        width,
        top + tallest + 26 + height,
        title=title,
        description=f"From left to right: {listed}. {told}".strip(),
    )
    frames = {cell.row.id: cell.frame for column in cells for cell in column if isinstance(cell.row, Node)}
    passed: dict[Edge, list[Frame]] = {}
    for column in cells:
        for cell in column:
            if isinstance(cell.row, Passage):
                passed.setdefault(cell.row.edge, []).append(cell.frame)
    picture.add(text(_MARGIN, 26, heading, size=16, bold=True))
    moved = shifts(edges)
    for edge in edges:
        start, end, through = frames[edge.subject], frames[edge.object], passed.get(edge, [])
        forth = start.left <= end.left
        picture.add(curve(graph, edge, start, end, through if forth else through[::-1], shift=moved[edge]))
    picture.add(*(cell_mark(cell, heavy=cell.row in heavy) for column in cells for cell in column))
    return picture.add(legend)
