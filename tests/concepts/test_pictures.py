"""Pictures: the same bytes every time, nothing outside the frame, nothing on top of each other, words for everyone."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therarel.concepts import ConceptGraph, Node, concept_graph
from therarel.concepts.pictures.columns import FAMILIES, Column, Heading, family_of, place_columns
from therarel.concepts.pictures.layers import Passage, flow_order, layered
from therarel.concepts.pictures.overview import groups_of
from therarel.drawing import Drawing, text_width
from therarel.errors import InvalidValueError

GRAPH = concept_graph()
NODES = st.sampled_from(GRAPH.nodes())


def boxes(picture: Drawing) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every box with round corners."""
    found = []
    for each in ElementTree.fromstring(picture.to_svg()).iter("{http://www.w3.org/2000/svg}rect"):
        if each.get("rx") == "6":
            x, y, width, height = (float(each.get(name, "0")) for name in ("x", "y", "width", "height"))
            found.append((x, y, x + width, y + height))
    return found


@given(NODES, st.sampled_from((1, 2)))
@settings(max_examples=40, deadline=None)
def test_a_focus_shows_every_neighbour_inside_the_frame_and_apart(node: Node, depth: int) -> None:
    """Boxes stand inside the picture, none covers another, and all direct neighbours are named."""
    picture = GRAPH.draw(node, depth=depth)
    placed = boxes(picture)
    for left, top, right, bottom in placed:
        assert left >= 0
        assert top >= 0
        assert right <= picture.frame.right
        assert bottom <= picture.frame.bottom
    for place, one in enumerate(placed):
        for other in placed[place + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart
    svg = picture.to_svg()
    for edge in GRAPH.links(node):
        assert f"<title>{_escaped(GRAPH.sentence(edge))}</title>" in svg
        assert GRAPH.sentence(edge) in picture.description
    assert svg == GRAPH.draw(node, depth=depth).to_svg()


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_overview_names_every_concept(graph: ConceptGraph, theme: str) -> None:
    """Each concept stands in one card, and the text alternative counts them all."""
    picture = graph.draw(theme=theme)  # type: ignore[arg-type]  # one of the three themes
    svg = picture.to_svg()
    words = {_escaped(node.definition) for node in graph if node.kind not in ("relationship", "grouping")}
    heads = {node.label for group in groups_of(graph) for node, _ in group.sections if node}
    missing = [
        node.label for node in graph if _escaped(node.definition) in words and _escaped(node.definition) not in svg
    ]
    assert set(missing) <= heads
    assert all(f">{_escaped(head)}</text>" in svg for head in heads)
    assert "124 concepts and 366 links" in picture.description
    assert svg == graph.draw(theme=theme).to_svg()  # type: ignore[arg-type]  # as above


def test_groups_hold_every_concept_once(graph: ConceptGraph) -> None:
    """Every concept but the whole and the headings themselves is in one group."""
    held = [node.id for group in groups_of(graph) for node in group.nodes]
    assert len(set(held)) == len(held)
    assert {node.id for node in graph} - set(held) == {
        node.id for node in graph if node.kind in ("relationship", "grouping")
    }
    group_of = {node.id: group.name for group in groups_of(graph) for node in group.nodes}
    assert group_of["missed_cultural_opportunity"] == "Challenges and considerations"


def test_a_notebook_shows_the_overview_and_the_answers(graph: ConceptGraph) -> None:
    """The graph, descriptions, paths and lectures show themselves as pictures without anything from outside."""
    shown = [
        graph._repr_html_(),
        graph.explain("empathy")._repr_svg_(),
        graph.learning_path("validation")._repr_svg_(),
        graph.lecture(["empathy", "trust"])._repr_svg_(),
    ]
    for svg in shown:
        assert svg.startswith("<svg ")
        assert not re.search(r"(?:href|src)=|url\(|<script", svg)


@pytest.mark.parametrize("depth", [0, 3, True, 1.0])
def test_a_focus_of_another_depth_is_refused(graph: ConceptGraph, depth: int) -> None:
    """More than two links away nothing is legible."""
    with pytest.raises(InvalidValueError, match="one or two links"):
        graph.draw("empathy", depth=depth)


@given(st.lists(NODES, min_size=1, max_size=14, unique=True))
@settings(deadline=None)
def test_layers_lead_from_left_to_right(nodes: list[Node]) -> None:
    """Every concept stands in one layer; links join different layers, with a passage in each layer between."""
    part = GRAPH.subgraph(nodes)
    order = flow_order(part, part.nodes())
    assert sorted(node.id for node in order) == sorted(node.id for node in nodes)
    layers = layered(order, part.edges())
    layer = {row.id: place for place, rows in enumerate(layers) for row in rows if isinstance(row, Node)}
    assert set(layer) == {node.id for node in nodes}
    passages = [row for rows in layers for row in rows if isinstance(row, Passage)]
    for edge in part.edges():
        between = abs(layer[edge.subject] - layer[edge.object]) - 1
        assert between >= 0
        assert between == sum(each.edge == edge for each in passages)


@given(st.lists(st.lists(NODES, max_size=8), min_size=1, max_size=4), st.floats(0, 60))
def test_columns_stand_beside_each_other_within_the_tallest(rows: list[list[Node]], air: float) -> None:
    """Rows keep their order from top to bottom, inside the height that is reported."""
    columns = [Column(place * 200.0, 150.0, (Heading("supports"), *each)) for place, each in enumerate(rows)]
    tallest, cells = place_columns(columns, top=10, most_air=air)
    for column in cells:
        for one, other in pairwise(column):
            assert one.frame.bottom <= other.frame.top + 1e-6
        assert all(10 - 1e-6 <= cell.frame.top <= cell.frame.bottom <= 10 + tallest + 1e-6 for cell in column)


def test_every_kind_of_link_has_a_family_and_no_family_shares_a_colour(graph: ConceptGraph) -> None:
    """The key can name every colour."""
    assert {kind.id for kind in graph.edge_kinds} == set().union(*(family.kinds for family in FAMILIES))
    assert len({family.colour for family in FAMILIES}) == len(FAMILIES)
    assert all(family_of(edge) in FAMILIES for edge in graph.edges())


def test_titles_that_are_too_long_are_broken(graph: ConceptGraph) -> None:
    """A lecture on many topics has its title in several lines, inside the picture."""
    topics = [node.id for node in graph.nodes("skill")][:6]
    assert graph.lecture(topics).draw().to_svg().count("<tspan") > 1


def _dashed(picture: Drawing) -> int:
    return picture.to_svg().count("stroke-dasharray")


@given(NODES, NODES)
@settings(max_examples=60, deadline=None)
def test_an_explanation_draws_readings_dashed_and_says_so(one: Node, other: Node) -> None:
    """Every step that is our reading is dashed, the key says what dashes are, and so do the words of the picture."""
    found = GRAPH.why(one, other)
    if not found:
        return
    picture = found.draw()
    readings = sum(step.edge.is_inferred for step in found.steps)
    assert _dashed(picture) == readings + bool(readings)
    assert ("our reading, not reviewed" in picture.to_svg()) == bool(readings)
    assert (f"{readings} of these links" in picture.description) == bool(readings)


@pytest.mark.parametrize("node", GRAPH.nodes(), ids=lambda node: node.id)
def test_words_above_a_focus_stay_within_the_frame(node: Node) -> None:
    """The line below the title is broken where the picture is narrow."""
    picture = GRAPH.draw(node, depth=2)
    words = re.search(r">Read from left.*?</text>", picture.to_svg(), re.DOTALL)
    assert words is not None
    lines = re.sub(r"<[^>]*>", "\n", words[0].removeprefix(">")).split("\n")
    assert max(text_width(line, size=11) for line in lines) <= picture.frame.right - 12


def test_no_name_of_the_overview_is_cut() -> None:
    """Every concept of the graph is named whole, on two lines where one is too short."""
    assert "…" not in GRAPH.draw().to_svg()
