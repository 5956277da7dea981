"""Why are two concepts linked? The shortest chain of links that explains it, as a sentence."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.kinds import EdgeKind
from therarel.concepts.names import Concept
from therarel.concepts.terms import Basis, Influence
from therarel.concepts.values import Edge, Node
from therarel.vocabulary import Vocabulary

if TYPE_CHECKING:
    from therarel.drawing import Drawing

__all__ = ["By", "Explanation", "ExplanationStep", "why"]


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
class Explanation:
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
        """The concepts on the way, both ends included."""
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
            kind = self._graph.edge_kind(step.edge.kind)
            verb = kind.says if step.forward else kind.inverse_says
            parts.append(f"{verb} {self._graph.in_sentence(step.end)}")
        return f"{self.start.label} {', which '.join(parts)}."

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


def why(graph: GraphCore, start: Concept, end: Concept, by: By | str = By.STEPS) -> Explanation:
    """The best explanation of how one concept leads to another.

    A step against the influence of its link counts more than one along it, and so does a way through a hub or
    through a concept that merely gathers others.

    Args:
        graph: Where to look.
        start: The first concept.
        end: The second.
        by: What makes an explanation good.
    """
    first, last, by = graph.node(start), graph.node(end), By(by)
    # Counting the entries keeps ties in the order in which the links stand in the file.
    front: list[tuple[float, int, str]] = [(0.0, 0, first.id)]
    best: dict[str, float] = {first.id: 0.0}
    came: dict[str, ExplanationStep] = {}
    done: set[str] = set()
    count = 0
    while front:
        far, _, here = heapq.heappop(front)
        if here in done:
            continue
        done.add(here)
        if here == last.id:
            break
        for edge in graph.links(here):
            step = ExplanationStep(edge, edge.subject == here)
            there = step.end
            length = far + _length(graph, step, by) + (0.0 if there == last.id else _detour(graph, there))
            if there not in done and length < best.get(there, math.inf):
                best[there], came[there] = length, step
                count += 1
                heapq.heappush(front, (length, count, there))
    steps: list[ExplanationStep] = []
    if last.id in done and first != last:
        here = last.id
        while here != first.id:
            steps.append(came[here])
            here = came[here].start
    return Explanation(first, last, tuple(reversed(steps)), graph)


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
