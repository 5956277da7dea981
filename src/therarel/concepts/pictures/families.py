"""What the colours of links mean: seven families of links, named in every picture that uses them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from therarel.concepts.values import Edge
from therarel.drawing import Colour, Element, group, key, rule, text_width

__all__ = ["FAMILIES", "Family", "family_key", "family_of"]


_LINE: Final = 18.0


@frozen
class Family:
    """Kinds of link that wear one colour.

    Args:
        name: What they have in common.
        colour: Their colour.
        kinds: Their ids.
    """

    name: str
    colour: Colour
    kinds: frozenset[str]


def _family(name: str, colour: Colour, *kinds: str) -> Family:
    return Family(name, colour, frozenset(kinds))


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


def family_of(edge: Edge) -> Family:
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
    marks = [key(x, y + place * _LINE, line) for place, line in enumerate(lines) if line]
    return group(*marks), _LINE * len(marks)
