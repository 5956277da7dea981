"""The whole graph in one picture: how its groups hang together, and what is in each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.questions.description import ancestors_of
from therarel.concepts.values import Node
from therarel.drawing import Colour, Drawing, Element, Frame, group, rectangle, rule, shorten, text, text_width, wrap
from therarel.drawing.colours import Theme
from therarel.drawing.elements import element, numeral

_BESIDE: Final = {"role": "People", "measure": "Instruments", "theory": "Theories"}
_REST: Final = "Others"
_GATHERING: Final = frozenset({"component", "characteristic", "stage", "challenge"})


@frozen
class _Group:
    """Concepts that are together in the overview.

    Args:
        name: Their heading.
        sections: Concepts that gather others, each with what it gathers; the first may be ``None`` for the rest.
    """

    name: str
    sections: tuple[tuple[Node | None, tuple[Node, ...]], ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All concepts of the group."""
        return tuple(node for head, rows in self.sections for node in (*([head] if head else []), *rows))


def groups_of(graph: GraphCore) -> tuple[_Group, ...]:
    """Every concept but the whole, in one group each.

    A concept belongs to the heading that it is part of; one that is part of none, to the heading of what it is a sign
    of, or that most of its neighbours belong to.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> [group.name for group in groups_of(concept_graph())][:2]
        ['Core components', 'Key characteristics']
    """
    heads: dict[str, str] = {}
    for node in graph.nodes():
        place = ancestors_of(graph, node)
        if node.kind in _BESIDE:
            heads[node.id] = _BESIDE[node.kind]
        elif place and place[-1].kind == "relationship":
            heads[node.id] = node.label if len(place) == 1 else place[-2].label
    known = {kind.id for kind in graph.edge_kinds}
    for node in graph.nodes():
        if node.id not in heads and node.kind != "relationship":
            # a sign belongs to what it is a sign of
            edges = graph.links(node, "manifests_as") if "manifests_as" in known else ()
            met = Counter(heads.get(edge.other(node.id), _REST) for edge in edges or graph.links(node))
            for name in (*_BESIDE.values(), _REST):
                met.pop(name, None)
            heads[node.id] = met.most_common(1)[0][0] if met else _REST
    members: dict[str, list[Node]] = {}
    for node in graph.nodes():
        if node.id in heads:
            members.setdefault(heads[node.id], []).append(node)
    names = sorted(members, key=lambda name: name in _BESIDE.values())
    return tuple(_Group(name, _sections(graph, name, members[name])) for name in names)


def _sections(graph: GraphCore, name: str, nodes: list[Node]) -> tuple[tuple[Node | None, tuple[Node, ...]], ...]:
    ids = {node.id for node in nodes if node.label != name}
    rows: dict[str | None, list[Node]] = {None: []}
    for node in nodes:
        if node.label == name:
            continue
        above = [each.id for each in ancestors_of(graph, node) if each.id in ids]
        if above:
            rows.setdefault(above[-1], []).append(node)
        elif node.kind in _GATHERING:
            rows.setdefault(node.id, [])
        else:
            rows[None].append(node)
    found: list[tuple[Node | None, tuple[Node, ...]]] = []
    if rows[None]:
        found.append((None, tuple(rows[None])))
    found += [(graph.node(head), tuple(below)) for head, below in rows.items() if head is not None]
    return tuple(found)


_WIDTH: Final = 980.0
_MARGIN: Final = 20.0
_CARDS: Final = 3
_GAP: Final = 18.0
_ROW: Final = 16.0
_COLOURS: Final = (Colour.BLUE, Colour.GREEN, Colour.ORANGE, Colour.PURPLE, Colour.VERMILLION, Colour.SKY)
_FEW: Final = 4


def overview_picture(graph: GraphCore, *, theme: Theme = "auto") -> Drawing:
    """The groups of the graph with the number of links between them, and the concepts of each group below.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> overview_picture(concept_graph()).title
        'Concept graph of the therapeutic relationship'
    """
    groups = groups_of(graph)
    colours = {
        each.name: _COLOURS[place] if place < len(_COLOURS) else Colour.MUTED for place, each in enumerate(groups)
    }
    ring = Frame(_MARGIN, 76, _WIDTH - 2 * _MARGIN, 420)
    cards, bottom = _cards(groups, colours, ring.bottom + 28)
    between = _between(graph, groups)
    picture = Drawing(
        _WIDTH,
        bottom + _MARGIN,
        title=graph.title,
        description=_told(graph, groups, between),
        theme=theme,
    )
    picture.add(
        text(_MARGIN, 30, graph.title, size=18, bold=True),
        text(_MARGIN, 50, _counted(graph), size=12, colour=Colour.MUTED),
    )
    picture.add(*_ring(groups, between, colours, ring), *cards)
    return picture


def _counted(graph: GraphCore) -> str:
    inferred = sum(edge.is_inferred for edge in graph.edges())
    readings = f", {inferred} of them our reading of the outline" if inferred else ""
    return f"{len(graph)} concepts, {len(graph.edges())} links{readings}. A thicker curve stands for more links."


def _between(graph: GraphCore, groups: Sequence[_Group]) -> Counter[tuple[int, int]]:
    """How many links join each two groups, by their places."""
    place = {node.id: index for index, each in enumerate(groups) for node in each.nodes}
    place |= {node.id: index for index, each in enumerate(groups) for node in graph.nodes() if node.label == each.name}
    found: Counter[tuple[int, int]] = Counter()
    for edge in graph.edges():
        ends = place.get(edge.subject), place.get(edge.object)
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            found[min(ends[0], ends[1]), max(ends[0], ends[1])] += 1
    return found


def _ring(
    groups: Sequence[_Group], between: Counter[tuple[int, int]], colours: dict[str, Colour], frame: Frame
) -> list[Element]:
    middle = frame.centre
    across, down = frame.width / 2 - 90, frame.height / 2 - 26
    spots = []
    for place in range(len(groups)):
        angle = -math.pi / 2 + 2 * math.pi * place / len(groups)
        spots.append((middle[0] + across * math.cos(angle), middle[1] + down * math.sin(angle)))
    strokes, numbers = [], []
    for (one, other), count in sorted(between.items(), key=lambda item: item[1]):
        start, end = spots[one], spots[other]
        # curves bend a little towards the middle, so that neighbours on the ring are joined inside it
        bend = tuple((a + b) / 2 * 0.72 + c * 0.28 for a, b, c in zip(start, end, middle, strict=True))
        path = "M{},{}Q{},{} {},{}".format(*map(numeral, (*start, *bend, *end)))
        colour = colours[groups[one].name]
        tooltip = f"{groups[one].name} and {groups[other].name}: {count} {'link' if count == 1 else 'links'}"
        stroke = {"d": path, "fill": "none", "stroke": colour, "stroke-width": 0.8 + count * 0.32, "opacity": 0.5}
        strokes.append(group(element("path", stroke), tooltip=tooltip))
        if count >= _FEW:
            x, y = ((a + 2 * b + c) / 4 for a, b, c in zip(start, bend, end, strict=True))
            numbers.append((x, y, str(count)))
    marks = list(strokes)
    taken: list[Frame] = []
    for x, y, words in reversed(numbers):
        wide = text_width(words, size=11) + 6
        plate = Frame(x - wide / 2, y - 8, wide, 16)
        if any(plate.overlaps(other) for other in taken):
            continue
        taken.append(plate)
        marks.append(rectangle(plate, fill=Colour.PAPER, radius=4, opacity=0.9))
        marks.append(text(x, y, words, size=11, anchor="middle", middle=True))
    for each, (x, y) in zip(groups, spots, strict=True):
        name = wrap(each.name, 120, size=13, bold=True)
        words = f"{name}\n{len(each.nodes)}"
        wide = text_width(words, size=13, bold=True) + 22
        high = (words.count("\n") + 1) * 16.25 + 12
        plate = Frame(x - wide / 2, y - high / 2, wide, high)
        marks.append(rectangle(plate, fill=Colour.PAPER, stroke=colours[each.name], width=2, radius=8))
        marks.append(text(x, y - 8, name, size=13, anchor="middle", middle=True, bold=True))
        marks.append(text(x, plate.bottom - 10, str(len(each.nodes)), size=12, anchor="middle", colour=Colour.MUTED))
    return marks


def _cards(groups: Sequence[_Group], colours: dict[str, Colour], top: float) -> tuple[list[Element], float]:
    """One card per group, each under the shortest column so far; with them the lower edge of the lowest."""
    wide = (_WIDTH - 2 * _MARGIN - (_CARDS - 1) * _GAP) / _CARDS
    reach = [top] * _CARDS
    marks = []
    for each in groups:
        column = reach.index(min(reach))
        left = _MARGIN + column * (wide + _GAP)
        mark, height = _card(each, colours[each.name], Frame(left, reach[column], wide, 0))
        marks.append(mark)
        reach[column] += height + _GAP
    return marks, max(reach) - _GAP


def _card(each: _Group, colour: Colour, at: Frame) -> tuple[Element, float]:
    y = at.top + 44
    words: list[Element] = []
    for head, rows in each.sections:
        if head is not None:
            y += 4
            words.append(text(at.left + 14, y, shorten(head.label, at.width - 28, bold=True), bold=True))
            y += _ROW
        indent = 14 if head is None else 26
        for node in rows:
            lines = wrap(node.label, at.width - indent - 12).split("\n")
            shown = [shorten(line, at.width - indent - 12) for line in lines]
            label = [text(at.left + indent, y + place * _ROW, line) for place, line in enumerate(shown)]
            words.append(group(*label, tooltip=node.definition))
            y += _ROW * len(lines)
    height = y - at.top
    frame = Frame(at.left, at.top, at.width, height)
    return (
        group(
            rectangle(frame, fill=Colour.WASH, radius=8),
            rule((at.left + 8, at.top + 3), (at.left + at.width - 8, at.top + 3), colour=colour, width=4),
            text(
                at.left + 14,
                at.top + 22,
                each.name,
                size=13,
                bold=True,
                colour=colour if colour is not Colour.MUTED else Colour.INK,
            ),
            *words,
        ),
        height,
    )


def _told(graph: GraphCore, groups: Sequence[_Group], between: Counter[tuple[int, int]]) -> str:
    held = "; ".join(f"{each.name} with {len(each.nodes)}" for each in groups)
    most = ", ".join(
        f"{groups[one].name} and {groups[other].name} by {count}" for (one, other), count in between.most_common(5)
    )
    joined = f" Most links join {most}." if most else ""
    return f"{len(graph)} concepts and {len(graph.edges())} links in {len(groups)} groups: {held}.{joined}"
