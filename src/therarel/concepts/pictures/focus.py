"""A concept in the middle, what leads to it on the left, what it leads to on the right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from therarel.concepts.core import GraphCore
from therarel.concepts.names import Concept
from therarel.concepts.pictures.columns import (
    Cell,
    Column,
    Heading,
    by_neighbours,
    cell_mark,
    curve,
    family_key,
    place_columns,
    readings_in_words,
    shifts,
)
from therarel.concepts.terms import EdgeDirection
from therarel.concepts.values import Edge, Node
from therarel.drawing import Colour, Drawing, Element, Frame, text, wrap
from therarel.drawing.colours import Theme
from therarel.errors import InvalidValueError, is_whole, shown

# Through these almost everything is linked with everything: they are beside the middle and are not followed.
_BESIDE_ONLY: Final = frozenset({"relationship", "grouping", "role", "measure", "theory", "stage"})
_NOT_FOLLOWED: Final = _BESIDE_ONLY | {"outcome"}
_WIDTHS: Final = (140.0, 150.0, 124.0, 150.0, 140.0)
_GAP, _MARGIN = 56.0, 12.0
_ARROW: Final = "\N{RIGHTWARDS ARROW}"
_TOP: Final = 64.0
_AIR: Final = 48.0
_LEAST: Final = 620.0


def focus_picture(graph: GraphCore, concept: Concept, *, depth: int = 2, theme: Theme = "auto") -> Drawing:
    """A concept and what is at most two links away; read every row from left to right.

    Args:
        graph: The graph.
        concept: The concept in the middle.
        depth: 1 or 2 links.
        theme: ``auto``, ``light`` or ``dark``.

    Raises:
        InvalidValueError: on another depth.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> focus_picture(concept_graph(), "warmth", depth=1).title
        'Warmth and what is around it'
    """
    if not is_whole(depth) or depth not in (1, 2):
        raise InvalidValueError("a focus shows one or two links", where="depth", value=shown(depth), bound="1 or 2")
    focus = graph.node(concept)
    edges = [graph.links(focus, direction=way) for way in (EdgeDirection.IN, EdgeDirection.OUT)]
    near = {focus.id, *(edge.other(focus.id) for side in edges for edge in side)}
    inner = [_inner(graph, focus, side, leads_in=side is edges[0]) for side in edges]
    further = _further(graph, inner, near) if depth == 2 else [[], []]
    outer = [
        by_neighbours(_met(graph, beyond, near), _nodes(rows), beyond)
        for rows, beyond in zip(inner, further, strict=True)
    ]
    columns, left = [], _MARGIN
    for width, rows in zip(_WIDTHS, (outer[0], inner[0], (focus,), inner[1], outer[1]), strict=True):
        columns.append(Column(left, width, tuple(rows)))
        left += width + _GAP if rows else 0.0
    width = max(left - _GAP + _MARGIN, _LEAST)
    hint = "Read from left to right; tips point from subject to object."
    if depth == 2:
        hint += " Headings, people, stages, instruments and theories stand only beside the middle."
    hint = wrap(hint, width - 2 * _MARGIN, size=11)
    top = _TOP + 14 * hint.count("\n")
    tallest, cells = place_columns(columns, top=top, most_air=_AIR)
    drawn = [*edges[0], *edges[1], *further[0], *further[1]]
    legend, height = family_key(drawn, _MARGIN, top + tallest + 22, width - 2 * _MARGIN)
    picture = Drawing(
        width,
        top + tallest + 26 + height,
        title=f"{focus.label} and what is around it",
        description=_told(graph, focus, edges, sum(map(len, outer))),
        theme=theme,
    )
    picture.add(text(_MARGIN, 26, picture.title, size=16, bold=True))
    picture.add(text(_MARGIN, 46, hint, size=11, colour=Colour.MUTED))
    middle = cells[2][0].frame
    for side, (beside, beyond) in enumerate(((cells[1], cells[0]), (cells[3], cells[4]))):
        picture.add(*_near_curves(graph, focus, middle, beside, edges[side], leads_in=side == 0))
        picture.add(*_far_curves(graph, beside, beyond, further[side]))
    for place, column in enumerate(cells):
        align = "end" if place < 2 else "start"
        picture.add(*(cell_mark(cell, heavy=place == 2, align=align) for cell in column))
    return picture.add(legend)


def _near_curves(
    graph: GraphCore, focus: Node, middle: Frame, beside: Sequence[Cell], edges: Collection[Edge], *, leads_in: bool
) -> list[Element]:
    """The links between the middle and one side."""
    marks = []
    for heading, cell in _under_headings(beside):
        assert isinstance(cell.row, Node)
        edge = next(each for each in edges if each.other(focus.id) == cell.row.id and each.kind == heading.kind)
        ends = (cell.frame, middle) if leads_in else (middle, cell.frame)
        marks.append(curve(graph, edge, *ends))
    return marks


def _far_curves(
    graph: GraphCore, beside: Sequence[Cell], beyond: Sequence[Cell], edges: Collection[Edge]
) -> list[Element]:
    """The links between one side and what is beyond it."""
    # where a concept occurs twice beside the middle, its first place holds its links
    frames = {cell.row.id: cell.frame for cell in (*reversed(beside), *beyond) if isinstance(cell.row, Node)}
    moved = shifts(edges)
    return [curve(graph, edge, frames[edge.subject], frames[edge.object], shift=moved[edge]) for edge in edges]


def _inner(graph: GraphCore, focus: Node, edges: Collection[Edge], *, leads_in: bool) -> tuple[Node | Heading, ...]:
    """The direct neighbours on one side, under the verb that joins them."""
    rows: list[Node | Heading] = []
    for kind in graph.edge_kinds:
        nodes = [graph.node(edge.other(focus.id)) for edge in edges if edge.kind == kind.id]
        if nodes:
            words = (kind.says, _ARROW) if leads_in else (_ARROW, kind.says)
            rows += [Heading(" ".join(words), kind.id), *nodes]
    return tuple(rows)


def _nodes(rows: Sequence[Node | Heading]) -> list[Node]:
    return list(dict.fromkeys(row for row in rows if isinstance(row, Node)))


def _further(graph: GraphCore, inner: Sequence[Sequence[Node | Heading]], near: set[str]) -> list[list[Edge]]:
    """The links from the direct neighbours outwards, each concept on the side that it has more links with."""
    sides: list[dict[str, list[Edge]]] = [{}, {}]
    for side, rows in zip(sides, inner, strict=True):
        for node in _nodes(rows):
            for edge in () if node.kind in _NOT_FOLLOWED else graph.links(node):
                other = graph.node(edge.other(node.id))
                if other.id not in near and other.kind not in _BESIDE_ONLY:
                    side.setdefault(other.id, []).append(edge)
    left, right = sides
    for identifier in [each for each in left if each in right]:
        del (right if len(left[identifier]) >= len(right[identifier]) else left)[identifier]
    order = {node.id: place for place, node in enumerate(graph.nodes())}
    return [[edge for each in sorted(side, key=order.__getitem__) for edge in side[each]] for side in sides]


def _met(graph: GraphCore, edges: Collection[Edge], near: set[str]) -> list[Node]:
    """The outer concepts that these links lead to."""
    ends = dict.fromkeys(end for edge in edges for end in (edge.subject, edge.object) if end not in near)
    return [graph.node(end) for end in ends]


def _under_headings(cells: Sequence[Cell]) -> list[tuple[Heading, Cell]]:
    """The concepts of a column with the heading above each."""
    found: list[tuple[Heading, Cell]] = []
    heading = Heading("")
    for cell in cells:
        if isinstance(cell.row, Heading):
            heading = cell.row
        else:
            found.append((heading, cell))
    return found


def _told(graph: GraphCore, focus: Node, edges: Sequence[Collection[Edge]], further: int) -> str:
    into, out = edges
    sentences = " ".join(graph.sentence(edge) for edge in (*out, *into))
    more = f" {further} further concepts stand two links away." if further else ""
    return f"{focus.definition} {sentences}{readings_in_words((*into, *out))}{more}"
