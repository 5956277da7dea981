"""Concepts in columns, joined by curves in the colours of families: the layout of every picture but the overview."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeAlias

from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.pictures.layers import Passage
from therarel.concepts.terms import Basis
from therarel.concepts.values import Edge, Node
from therarel.drawing import Colour, Element, Frame, group, key, rectangle, rule, text, text_width, wrap
from therarel.drawing.elements import element, numeral

_TITLE_LINE: Final = 18.0


@frozen
class _Family:
    """Kinds of link that wear one colour.

    Args:
        name: What they have in common.
        colour: Their colour.
        kinds: Their ids.
    """

    name: str
    colour: Colour
    kinds: frozenset[str]


def _family(name: str, colour: Colour, *kinds: str) -> _Family:
    return _Family(name, colour, frozenset(kinds))


FAMILIES: Final = (
    _family("supports, requires", Colour.BLUE, "supports", "requires", "expressed_through"),
    _family("threatens, shows", Colour.VERMILLION, "threatens", "manifests_as"),
    _family("mends", Colour.GREEN, "repairs"),
    _family("grows, is at work", Colour.ORANGE, "developed_by", "practised_in", "enacted_by"),
    _family("research", Colour.PURPLE, "predicts", "measured_by", "described_by"),
    _family("order, balance", Colour.SKY, "precedes", "balanced_with"),
    _family("part, kind", Colour.MUTED, "part_of", "kind_of"),
)
"""The families in the order of the key; a kind of link that a user added belongs to the last."""


def family_of(edge: Edge) -> _Family:
    """The family of a link.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> family_of(concept_graph().edges("repairs")[0]).name
        'mends'
    """
    return next((family for family in FAMILIES if edge.kind in family.kinds), FAMILIES[-1])


def family_key(edges: Iterable[Edge], x: float, y: float, width: float) -> tuple[Element, float]:
    """The key of the families that these links belong to, dashes where a link is our reading alone, and its height.

    Args:
        edges: The links.
        x: The left end.
        y: The middle of its first line.
        width: How wide a line may become.
    """
    edges = list(edges)
    met = {family_of(edge).name for edge in edges}
    entries = [(rule((0, 0), (16, 0), colour=each.colour, width=2), each.name) for each in FAMILIES if each.name in met]
    if any(edge.is_inferred for edge in edges):
        entries.append((rule((0, 0), (16, 0), width=2, dashes="4 3"), "our reading, not reviewed"))
    lines: list[list[tuple[Element, str]]] = [[]]
    reach = 0.0
    for entry in entries:
        wide = 21 + text_width(entry[1], size=11) + 18
        if reach + wide > width and lines[-1]:
            lines.append([])
            reach = 0.0
        lines[-1].append(entry)
        reach += wide
    marks = [key(x, y + place * _TITLE_LINE, line) for place, line in enumerate(lines) if line]
    return group(*marks), _TITLE_LINE * len(marks)


def readings_in_words(edges: Iterable[Edge]) -> str:
    """How many of these links are our reading, for those who do not see the dashes; empty where none is.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> readings_in_words(concept_graph().links("warmth"))
        ' 1 of these links is our reading, not reviewed by a clinician.'
    """
    count = sum(edge.is_inferred for edge in edges)
    return f" {count} of these links {'is' if count == 1 else 'are'} {Basis.INFERRED.meaning}." if count else ""


_SIZE: Final = 12.0
_LINE: Final = _SIZE * 1.25
_PAD: Final = 5.0
_BETWEEN: Final = 5.0
_HEADING: Final = 20.0
_PASSAGE: Final = 8.0


@frozen
class Heading:
    """A heading: words above the concepts of a column that belong to it.

    Args:
        words: The words.
        kind: Id of the kind of link that they speak of; empty where they speak of none.
    """

    words: str
    kind: str = ""


Row: TypeAlias = Node | Heading | Passage
"""What is in a column: a concept, words, or nothing but a link that passes."""


@frozen
class Column:
    """What is in a column, from top to bottom.

    Args:
        left: Its left edge, in pixels.
        width: Its width.
        rows: Concepts and headings.
    """

    left: float
    width: float
    rows: tuple[Row, ...]


@frozen
class Cell:
    """A row with its place.

    Args:
        row: The concept or heading.
        frame: Where it stands.
        words: Its words, broken into lines.
    """

    row: Row
    frame: Frame
    words: str


def _size(column: Column, row: Row) -> tuple[str, float]:
    if isinstance(row, Heading):
        return row.words, _HEADING
    if isinstance(row, Passage):
        return "", _PASSAGE
    words = wrap(row.label, column.width - 2 * _PAD - 4, size=_SIZE)
    return words, (words.count("\n") + 1) * _LINE + 2 * _PAD


def height_of(column: Column) -> float:
    """How high the rows of a column are together."""
    return sum(_size(column, row)[1] + _BETWEEN for row in column.rows)


def place_columns(columns: Sequence[Column], *, top: float, most_air: float = 0) -> tuple[float, list[list[Cell]]]:
    """Every row in its place, the columns centred beside each other; with it the height of the tallest.

    Args:
        columns: The columns.
        top: The upper edge of the tallest one.
        most_air: How many pixels may part two rows of a short column, so that it stretches along the tallest.
    """
    tallest = max((height_of(column) for column in columns), default=0.0)
    placed = []
    for column in columns:
        # words stay with the row beneath them
        gaps = sum(not isinstance(row, Heading) for row in column.rows) - 1
        air = min((tallest - height_of(column)) / gaps, most_air) if gaps > 0 else 0.0
        y = top + (tallest - height_of(column) - air * gaps) / 2
        cells = []
        for row in column.rows:
            words, height = _size(column, row)
            cells.append(Cell(row, Frame(column.left, y, column.width, height), words))
            y += height + _BETWEEN + (0 if isinstance(row, Heading) else air)
        placed.append(cells)
    return tallest, placed


def cell_mark(cell: Cell, *, heavy: bool = False, align: str = "start") -> Element:
    """A row as it is drawn.

    Args:
        cell: The row in its place.
        heavy: Whether it is what the picture is about.
        align: ``start`` or ``end``: where a heading is in its column.
    """
    frame = cell.frame
    if isinstance(cell.row, Passage):
        return group()
    if isinstance(cell.row, Heading):
        x, anchor = (frame.left + 2, "start") if align == "start" else (frame.right - 2, "end")
        return text(x, frame.bottom - 5, cell.words, size=11, colour=Colour.MUTED, anchor=anchor)  # type: ignore[arg-type]  # one of two anchors
    x, y = frame.centre
    colour = Colour.BLUE if heavy else Colour.GRID
    ground = rectangle(frame, fill=Colour.WASH, stroke=colour, width=2 if heavy else 1, radius=6)
    letters = text(x, y, cell.words, size=_SIZE, anchor="middle", middle=True, bold=heavy)
    return group(ground, letters, tooltip=f"{cell.row.label}: {cell.row.definition}")


def shifts(edges: Iterable[Edge]) -> dict[Edge, float]:
    """How far up or down each link is moved, so that links between the same two concepts lie beside each other."""
    pairs: dict[frozenset[str], list[Edge]] = {}
    for edge in edges:
        pairs.setdefault(frozenset((edge.subject, edge.object)), []).append(edge)
    return {edge: 7.0 * (place - (len(pair) - 1) / 2) for pair in pairs.values() for place, edge in enumerate(pair)}


def curve(
    graph: GraphCore, edge: Edge, start: Frame, end: Frame, through: Sequence[Frame] = (), *, shift: float = 0
) -> Element:
    """A link from frame to frame, from subject to object; its tip says which way it reads.

    Args:
        graph: The graph, for the words.
        edge: The link.
        start: Where its subject stands.
        end: Where its object stands, left or right of it.
        through: The frames of the columns between, where the link passes.
        shift: How far down its ends are moved.
    """
    facing = 1.0 if end.centre[0] >= start.centre[0] else -1.0
    here = (start.right if facing > 0 else start.left, start.centre[1] + shift)
    tip = (end.left if facing > 0 else end.right, end.centre[1] + shift)
    way = f"M{_pair(here)}"
    for frame in (*through, None):
        there = (tip[0] - facing * 6, tip[1])
        if frame is not None:
            there = (frame.left if facing > 0 else frame.right, frame.centre[1])
        middle = (here[0] + there[0]) / 2
        way += f"C{_pair((middle, here[1]))} {_pair((middle, there[1]))} {_pair(there)}"
        if frame is not None:
            here = (frame.right if facing > 0 else frame.left, frame.centre[1])
            way += f"L{_pair(here)}"
    colour = family_of(edge).colour
    drawn = {"fill": "none", "stroke": colour, "stroke-width": 1.4, "opacity": 0.85}
    stroke = element("path", {"d": way, **drawn, "stroke-dasharray": "4 3" if edge.is_inferred else None})
    corners = (tip, (tip[0] - facing * 6, tip[1] - 3.2), (tip[0] - facing * 6, tip[1] + 3.2))
    head = element("path", {"d": f"M{'L'.join(map(_pair, corners))}Z", "fill": colour})
    return group(stroke, head, tooltip=graph.sentence(edge))


def _pair(point: tuple[float, float]) -> str:
    return f"{numeral(point[0])},{numeral(point[1])}"


def by_neighbours(nodes: Iterable[Node], beside: Sequence[Node], edges: Collection[Edge]) -> tuple[Node, ...]:
    """The concepts in the order of what they are linked with in the column beside, so that few curves cross."""
    rank = {node.id: place for place, node in reversed(list(enumerate(beside)))}

    def middle(node: Node) -> float:
        places = [
            rank[edge.other(node.id)] for edge in edges if node.id in edge.triple[::2] and edge.other(node.id) in rank
        ]
        return sum(places) / len(places) if places else float(len(rank))

    return tuple(sorted(nodes, key=middle))
