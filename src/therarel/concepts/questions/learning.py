"""In which order to learn, and what to show in one lecture."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import networkx as nx
from attrs import field, frozen

from therarel.concepts.core import GraphCore
from therarel.concepts.names import Concept
from therarel.concepts.questions.why import LinkExplanation, why
from therarel.concepts.terms import Basis, EdgeDirection
from therarel.concepts.values import Edge, Node
from therarel.counting import counted
from therarel.domain.stages import Stage
from therarel.errors import InvalidValueError
from therarel.representation import one_line

if TYPE_CHECKING:
    from therarel.drawing import Drawing

G = TypeVar("G", bound=GraphCore)

# Where a stage comes in teaching order; what belongs to no stage is taught from the beginning.
_RANKS: Final = {
    Stage.INITIAL_FORMATION.value: 0,
    Stage.WORKING_PHASE.value: 1,
    Stage.MATURATION.value: 2,
    Stage.ENDING.value: 3,
    Stage.RE_ENGAGEMENT.value: 4,
}


@frozen
class LearningStep:
    """One concept of a learning path.

    Args:
        node: The concept.
        stage: The stage that it belongs to; ``None`` if it belongs to none.
        needed_for: The later concepts of the path that directly require it.
    """

    node: Node
    stage: Node | None
    needed_for: tuple[Node, ...]


@frozen
class LearningPath:
    """What to learn before a concept, in teaching order, and the concept itself at the end.

    Args:
        target: What is to be learnt.
        steps: The concepts in order; each comes after all that it requires.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> path = concept_graph().learning_path("validation")
        >>> [step.node.label for step in path]
        ['Empathy', "Recognition of client's emotional states", 'Validation of experiences']
    """

    target: Node
    steps: tuple[LearningStep, ...]
    _graph: GraphCore = field(repr=False, eq=False)

    def __iter__(self) -> Iterator[LearningStep]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The concepts in order."""
        return tuple(step.node for step in self.steps)

    def __repr__(self) -> str:
        return f"<LearningPath to {self._graph.in_sentence(self.target)}: {counted(len(self.steps), 'step')}>"

    def __str__(self) -> str:
        lines = []
        for number, step in enumerate(self.steps, 1):
            needed = ", ".join(self._graph.in_sentence(node) + self._mark(node, step.node) for node in step.needed_for)
            lines.append(f"{number}. {step.node.label}{f' (for {needed})' if needed else ''}")
        if any("†" in line for line in lines):
            lines.append(f"† {Basis.INFERRED.meaning}")
        return "\n".join(lines)

    def _mark(self, node: Node, needs: Node) -> str:
        """A dagger where nothing but our reading says that the one requires the other."""
        said = [edge for edge in self._graph.prerequisites(node) if edge.object == needs.id]
        return "†" if all(edge.is_inferred for edge in said) else ""

    def draw(self) -> Drawing:
        """The path as a picture: what rests on what, from left to right."""
        from therarel.concepts.pictures.chains import path_picture

        return path_picture(self._graph, self.nodes)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()


@frozen
class Lecture(Generic[G]):
    """The part of the graph that one lecture shows.

    Args:
        topics: What the lecture is about.
        graph: The topics, what they require, what joins them, and the links between all of these.
        order: Its concepts in an order in which they can be taught: each topic after all that it requires, the bridge
            to the next between.
        bridges: Explanations from each topic to the next.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> lecture = concept_graph().lecture(["empathy", "trust"])
        >>> print(lecture.bridges[0].sentence)
        Empathy supports emotional safety, which supports trust.
    """

    topics: tuple[Node, ...]
    graph: G
    order: tuple[Node, ...]
    bridges: tuple[LinkExplanation, ...]

    __repr__ = one_line

    def __str__(self) -> str:
        """A hand-out: the concepts in order with their definitions, then what joins the topics."""
        lines = [f"Lecture: {', '.join(node.label for node in self.topics)}", ""]
        lines += [f"{number}. {node.label}. {node.definition}" for number, node in enumerate(self.order, 1)]
        if self.bridges:
            lines += ["", "How they hang together:", *(f"- {bridge.sentence}" for bridge in self.bridges)]
        if any(edge.is_inferred for edge in self.graph.edges()):
            lines += ["", f"Some of these links are {Basis.INFERRED.meaning}."]
        return "\n".join(lines)

    def draw(self) -> Drawing:
        """The lecture as a picture."""
        from therarel.concepts.pictures.chains import map_picture

        topics = ", ".join(node.label for node in self.topics)
        return map_picture(self.graph, title=f"Lecture: {topics}", order=self.order, heavy=self.topics)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()


def _stage_of(graph: GraphCore, node: Node) -> Node | None:
    """The stage that a concept is, belongs to or is at work in, re-engagement apart; the earliest of several."""
    if node.kind == "stage":
        return node
    stages = [graph.node(edge.object) for edge in graph.links(node, ("part_of", "practised_in"), EdgeDirection.OUT)]
    # what is at work when two take up again is not learnt last for that
    stages = [each for each in stages if each.kind == "stage" and each.id != Stage.RE_ENGAGEMENT]
    return min(stages, key=lambda each: _RANKS.get(each.id, len(_RANKS)), default=None)


def learning_path(graph: GraphCore, concept: Concept) -> LearningPath:
    """What to learn before a concept, in teaching order.

    A concept comes after all that it requires. Where that leaves a choice the earlier stage comes first, then the
    earlier place in the file, which follows the outline.
    """
    target = graph.node(concept)
    needs: dict[str, tuple[Edge, ...]] = {}
    front = [target.id]
    while front:
        here = front.pop()
        if here not in needs:
            needs[here] = graph.prerequisites(here)
            front += [edge.object for edge in needs[here]]
    order = _teaching_order(graph, needs)
    steps = []
    for node in order:
        later = [other for other in order if any(edge.object == node.id for edge in needs[other.id])]
        steps.append(LearningStep(node, _stage_of(graph, node), tuple(later)))
    return LearningPath(target, tuple(steps), graph)


def in_teaching_order(graph: GraphCore, concepts: Iterable[Concept]) -> tuple[Node, ...]:
    """Some concepts, each once, so that they can be taught: as `learning_path` orders them."""
    ids = dict.fromkeys(graph.node(concept).id for concept in concepts)
    return _teaching_order(graph, _needs_among(graph, ids))


def _needs_among(graph: GraphCore, ids: Collection[str]) -> dict[str, tuple[Edge, ...]]:
    """What each of some concepts requires of the others."""
    return {each: tuple(edge for edge in graph.prerequisites(each) if edge.object in ids) for each in ids}


def _teaching_order(graph: GraphCore, needs: dict[str, tuple[Edge, ...]]) -> tuple[Node, ...]:
    place = {node.id: position for position, node in enumerate(graph.nodes())}
    stages = {each: _stage_of(graph, graph.node(each)) for each in needs}
    rank = {
        each: (0 if stage is None else _RANKS.get(stage.id, len(_RANKS)), place[each]) for each, stage in stages.items()
    }
    return _sorted_by_needs(graph, needs, rank)


def _sorted_by_needs(
    graph: GraphCore, needs: Mapping[str, Collection[Edge]], rank: Mapping[str, tuple[int, ...]]
) -> tuple[Node, ...]:
    """The concepts so that each comes after all that it requires, and otherwise by their rank."""
    rests: nx.DiGraph[str] = nx.DiGraph()
    rests.add_nodes_from(needs)
    rests.add_edges_from((edge.object, identifier) for identifier, edges in needs.items() for edge in edges)
    ordered = nx.lexicographical_topological_sort(rests, key=rank.__getitem__)
    return tuple(graph.node(identifier) for identifier in ordered)


def lecture(graph: G, topics: Iterable[Concept]) -> Lecture[G]:
    """The part of the graph that a lecture on some topics shows.

    Args:
        graph: Where to cut it out.
        topics: What the lecture is about, in the order in which it should be taught.

    Raises:
        InvalidValueError: if there is no topic.
        UnknownNameError: if a topic is not a concept.
    """
    wanted = tuple(dict.fromkeys(graph.node(topic) for topic in topics))
    if not wanted:
        raise InvalidValueError("a lecture has at least one topic", where="topics")
    bridges = tuple(why(graph, one, other) for one, other in pairwise(wanted))
    told: list[Node] = []
    for place, topic in enumerate(wanted):
        told += learning_path(graph, topic).nodes
        if place < len(bridges):
            told += bridges[place].nodes[:-1]
    shown = tuple(dict.fromkeys(told))
    rank = {node.id: (place,) for place, node in enumerate(shown)}
    order = _sorted_by_needs(graph, _needs_among(graph, rank), rank)
    return Lecture(wanted, graph.subgraph(shown), order, bridges)
