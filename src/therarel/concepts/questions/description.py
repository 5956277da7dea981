"""What is a concept? Its definition, its place, its links, what research found, and what it is called elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import field, frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.findings import Finding
from therarel.concepts.names import Concept
from therarel.concepts.terms import Basis, EdgeDirection
from therarel.concepts.values import Edge, Node
from therarel.representation import one_line

if TYPE_CHECKING:
    from therarel.drawing import Drawing

_UPWARDS = ("part_of", "kind_of")


@frozen
class Description:
    """What a concept is.

    Args:
        node: The concept.
        ancestors: What it is a part or a kind of, from the nearest to the whole.
        links: Its links, those it is the subject of first.
        findings: Published figures for it.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> told = concept_graph().explain("empathy")
        >>> [node.id for node in told.ancestors]
        ['therapeutic_presence', 'core_components', 'therapeutic_relationship']
        >>> print(str(told).partition(chr(10))[0])
        Empathy (skill): Understanding another's experience from their point of view and conveying it.
    """

    node: Node
    ancestors: tuple[Node, ...]
    links: tuple[Edge, ...]
    findings: tuple[Finding, ...]
    _graph: GraphCore = field(repr=False, eq=False)

    @property
    def is_stated(self) -> bool:
        """Whether the concept is in the outline."""
        return bool(self.node.outline)

    @property
    def has_inferred(self) -> bool:
        """Whether a link of it is our reading of the outline and nothing else."""
        return any(edge.is_inferred for edge in self.links)

    __repr__ = one_line

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        node, graph = self.node, self._graph
        yield f"{node.label} ({node.kind.replace('_', ' ')}): {node.definition}"
        if node.aliases:
            yield f"Also: {', '.join(node.aliases)}."
        if self.ancestors:
            yield f"Place: {' < '.join([node.label, *(each.label for each in self.ancestors)])}."
        places = ", ".join(node.outline)
        yield f"In the outline: {places}." if places else f"Not in the outline; {node.origin.meaning}."
        if node.note:
            yield node.note
        told: dict[str, list[str]] = {}
        for edge in self.links:
            reverse = edge.object == node.id
            kind = graph.edge_kind(edge.kind)
            mark = "†" if edge.is_inferred else ""
            words = kind.inverse_says if reverse else kind.says
            told.setdefault(words, []).append(graph.in_sentence(edge.other(node.id)) + mark)
        for words, others in told.items():
            yield f"It {words}: {', '.join(others)}."
        if self.findings:
            yield "Research, associations only:"
            for finding in self.findings:
                outcome = graph.in_sentence(finding.outcome or "treatment_effectiveness")
                note = f"; {finding.note}" if finding.note else ""
                yield f"  with {outcome}: {finding}{note}"
        for mapping in node.mappings:
            how = f"{mapping.match}, {mapping.status.meaning}"
            yield f"{mapping.vocabulary}: {mapping.identifier} {mapping.label} ({how})"
        if self.has_inferred:
            yield f"† {Basis.INFERRED.meaning}"

    def draw(self) -> Drawing:
        """The concept and its direct links as a picture."""
        from therarel.concepts.pictures.focus import focus_picture

        return focus_picture(self._graph, self.node, depth=1)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()


def ancestors_of(graph: GraphCore, concept: Concept) -> tuple[Node, ...]:
    """What a concept is a part or a kind of, from the nearest to the whole."""
    here, place = graph.node(concept), list[Node]()
    while True:
        # a part comes before a kind: a concept has one whole, and may be a kind of several things
        above = [edge for kind in _UPWARDS for edge in graph.links(here, kind, EdgeDirection.OUT)]
        if not above:
            return tuple(place)
        here = graph.node(above[0].object)
        place.append(here)


def describe(graph: GraphCore, concept: Concept) -> Description:
    """What a concept is."""
    node = graph.node(concept)
    links = (*graph.links(node, direction=EdgeDirection.OUT), *graph.links(node, direction=EdgeDirection.IN))
    found = [finding for edge in links if edge.subject == node.id for finding in graph.findings_of(edge)]
    return Description(node, ancestors_of(graph, node), links, tuple(found), graph)
