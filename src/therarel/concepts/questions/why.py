"""Why are two concepts linked? The shortest chain of links that explains it, as a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import networkx as nx
from attrs import field, frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.names import Concept
from therarel.concepts.terms import Basis, Influence
from therarel.concepts.values import Edge, EdgeKind, Node
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary

if TYPE_CHECKING:
    from therarel.drawing import Drawing


class By(Vocabulary, links={}):
    """What makes one explanation better than another: fewer steps, a surer basis, or more evidence."""

    STEPS = "steps"
    BASIS = "basis"
    EVIDENCE = "evidence"


# How much further a step of this basis leads than one that the outline states.
_UNSURE: Final = {
    Basis.STATED: 0.0,
    Basis.OUTLINE: 0.0,
    Basis.LITERATURE: 0.0,
    Basis.INFERRED_WITH_LITERATURE: 0.5,
    Basis.INFERRED: 1.0,
}
# A way through these joins almost anything to anything and explains nothing.
_CROSSROADS: Final = {
    "relationship": 2.0,
    "grouping": 2.0,
    "role": 2.0,
    "measure": 2.0,
    "theory": 2.0,
    "stage": 1.0,
    "outcome": 0.8,
}
_HUB: Final = 0.12
_AGAINST: Final = 0.8
_NEITHER: Final = 0.1


@frozen
class ExplanationStep:
    """One link of an explanation, and whether it is read from subject to object.

    Args:
        edge: The link.
        forward: Whether the explanation goes from its subject to its object.
    """

    edge: Edge
    forward: bool

    @property
    def start(self) -> str:
        """Id of the concept that the step leaves."""
        return self.edge.subject if self.forward else self.edge.object

    @property
    def end(self) -> str:
        """Id of the concept that the step reaches."""
        return self.edge.object if self.forward else self.edge.subject


@frozen
class LinkExplanation:
    """Why two concepts are linked; false where nothing links them.

    Args:
        start: The first concept.
        end: The second.
        steps: The links from the first to the second; empty where there is no way or the two are one.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> found = concept_graph().why("clinical_supervision", "trust")
        >>> print(found.sentence)
        Clinical supervision develops professional ethics, which supports trust.
        >>> found.has_inferred
        True
    """

    start: Node
    end: Node
    steps: tuple[ExplanationStep, ...]
    _graph: GraphCore = field(repr=False, eq=False)

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __iter__(self) -> Iterator[ExplanationStep]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The concepts of the explanation in order, both ends included."""
        return (self.start, *(self._graph.node(step.end) for step in self.steps))

    @property
    def has_inferred(self) -> bool:
        """Whether a step is our reading of the outline and nothing else."""
        return any(step.edge.is_inferred for step in self.steps)

    @property
    def sentence(self) -> str:
        """The explanation in one sentence."""
        if not self.steps:
            same = self.start == self.end
            other = self._graph.in_sentence(self.end)
            return (
                f"{self.start.label} is what was asked about."
                if same
                else f"Nothing links {self.start.label} and {other}."
            )
        parts = []
        for step in self.steps:
            plural = self._graph.node(step.start).plural
            verb = self._graph.edge_kind(step.edge.kind).verb(reverse=not step.forward, plural=plural)
            parts.append(f"{verb} {self._graph.in_sentence(step.end)}")
        return f"{self.start.label} {', which '.join(parts)}."

    __repr__ = one_line

    def __str__(self) -> str:
        """The sentence, then what each step rests on."""
        lines = [self.sentence]
        for step in self.steps:
            told = self._graph.sentence(step.edge, reverse=not step.forward)
            lines.append(f"  {told} ({self._graph.evidence(step.edge)})")
            if step.edge.note:
                lines.append(f"    {step.edge.note}")
        return "\n".join(lines)

    def draw(self) -> Drawing:
        """The explanation as a picture, from left to right."""
        from therarel.concepts.pictures.chains import explanation_picture

        steps = [(step.edge, step.forward) for step in self.steps]
        return explanation_picture(self._graph, self.nodes, steps, self.sentence)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()


def why(graph: GraphCore, start: Concept, end: Concept, by: By | str = By.STEPS) -> LinkExplanation:
    """The best explanation of how one concept leads to another.

    A step against the influence of its link counts more than one along it, and so does a way through a hub or
    through a concept that merely gathers others.

    Args:
        graph: Where to look.
        start: The first concept.
        end: The second.
        by: What makes an explanation good.
    """
    first, last = graph.node(start), graph.node(end)
    steps = _steps(graph, By(by))
    try:
        path = nx.dijkstra_path(steps, first.id, last.id, weight="length")
    except nx.NetworkXNoPath:
        path = []
    return LinkExplanation(first, last, tuple(steps.edges[pair]["step"] for pair in pairwise(path)), graph)


@lru_cache(maxsize=8)
def _steps(graph: GraphCore, by: By) -> nx.DiGraph[str]:
    """The best step from each concept to each neighbour, and how far it leads."""
    steps: nx.DiGraph[str] = nx.DiGraph()
    for node in graph.nodes():
        steps.add_node(node.id)
        for edge in graph.links(node):
            step = ExplanationStep(edge, edge.subject == node.id)
            # every way ends in one and the same concept, so that its own detour decides nothing
            length = _length(graph, step, by) + _detour(graph, step.end)
            if not steps.has_edge(node.id, step.end) or length < steps.edges[node.id, step.end]["length"]:
                steps.add_edge(node.id, step.end, length=length, step=step)
    return steps


def _length(graph: GraphCore, step: ExplanationStep, by: By) -> float:
    edge = step.edge
    unsure = _UNSURE[edge.basis]
    if by is By.STEPS:
        length = 1.0 + 0.1 * unsure
    elif by is By.BASIS:
        length = 1.0 + 2.0 * unsure
    else:
        length = 0.5 + 2.5 / (1 + graph.evidence(edge).weight)
    return length + _friction(graph.edge_kind(edge.kind), step.forward)


def _friction(kind: EdgeKind, forward: bool) -> float:
    if kind.influence is Influence.NONE:
        return _NEITHER
    return 0.0 if (kind.influence is Influence.FORWARD) == forward else _AGAINST


def _detour(graph: GraphCore, concept: str) -> float:
    hub = _HUB * math.log2(1 + len(graph.links(concept)))
    return hub + _CROSSROADS.get(graph.node(concept).kind, 0.0)
