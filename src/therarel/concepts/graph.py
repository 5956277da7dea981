"""The concept graph that people ask: `GraphCore` with a method for each question."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Self

from therarel.concepts.core import GraphCore
from therarel.concepts.difference import Difference, difference
from therarel.concepts.names import Concept
from therarel.concepts.questions.course import Background, InPlay, Missing, behind, in_play, missing
from therarel.concepts.questions.gaps import Central, Centrality, central, unevidenced, unmeasured
from therarel.concepts.questions.lessons import LearningPath, Lecture, learning_path, lecture
from therarel.concepts.questions.tending import Mending, developing, mending, working_on
from therarel.concepts.questions.what import Description, describe
from therarel.concepts.questions.why import By, Explanation, why
from therarel.concepts.terms import Direction
from therarel.concepts.values import Edge, Node
from therarel.discretion import discreet
from therarel.domain.relationship import Relationship
from therarel.errors import InvalidValueError, is_whole, shown

if TYPE_CHECKING:
    from therarel.concepts.exports import Format
    from therarel.drawing import Drawing
    from therarel.drawing.colours import Theme
    from therarel.machine import Declined
    from therarel.reading import Source

__all__ = ["ConceptGraph"]


class ConceptGraph(GraphCore):
    """Concepts of the therapeutic relationship, the links between them, and the questions that can be asked of both.

    It wraps a `networkx.MultiDiGraph` and never changes; `to_networkx` hands out a copy. Wherever a concept is asked
    for, an id, a label, an alias, a term of a vocabulary, a class of the domain or a `Node` will do. Every question
    takes ``inferred=False``, which leaves out the links that are our reading of the outline and nothing else.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> graph = concept_graph()
        >>> graph
        <ConceptGraph 'Concept graph of the therapeutic relationship' 1: 118 concepts, 355 links>
        >>> "empathic understanding" in graph
        True
    """

    __slots__ = ()

    def explain(self, concept: Concept, *, inferred: bool = True) -> Description:
        """What a concept is: definition, place, links, evidence, and its counterparts in other vocabularies.

        Raises:
            UnknownNameError: if it leads to no concept; names the nearest.
        """
        return describe(self._viewed(inferred), concept)

    def why(self, start: Concept, end: Concept, *, by: By | str = By.STEPS, inferred: bool = True) -> Explanation:
        """Why two concepts are linked: the shortest explanation, avoiding hubs, as a sentence and as links.

        Args:
            start: Where the explanation begins.
            end: Where it ends.
            by: ``steps``, ``basis`` (the surest) or ``evidence`` (the most publications and figures).
            inferred: Whether our own readings may be steps of it.

        Raises:
            UnknownNameError: if one leads to no concept.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> print(concept_graph().why("warmth", "emotional safety", inferred=False).sentence)
            Warmth supports bond, which is supported by empathy, which supports emotional safety.
        """
        return why(self._viewed(inferred), start, end, by)

    def neighbourhood(
        self,
        concept: Concept,
        depth: int = 1,
        kind: str | Collection[str] | None = None,
        direction: Direction | str = Direction.BOTH,
        *,
        inferred: bool = True,
    ) -> Self:
        """The graph of a concept and everything at most so many links away.

        Args:
            concept: The middle.
            depth: How many links away, 0 or more.
            kind: Links of which kinds to follow; ``None`` is all.
            direction: ``out`` from subject to object, ``in`` the other way, or ``both``.
            inferred: Whether to follow links that are our reading alone.

        Raises:
            InvalidValueError: if the depth is no whole number of at least 0.
            UnknownNameError: if the concept, a kind or the direction is unknown.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [node.id for node in concept_graph().neighbourhood("warmth", kind="supports")]
            ['bond', 'warmth']
        """
        if not is_whole(depth) or depth < 0:
            raise InvalidValueError(
                "a depth counts links", where="depth", value=shown(depth), bound="a whole number of at least 0"
            )
        view = self._viewed(inferred)
        front = {view.node(concept).id}
        reached = set(front)
        for _ in range(depth):
            front = {edge.other(here) for here in front for edge in view.links(here, kind, direction)} - reached
            reached |= front
        return view.subgraph(reached)

    def supports(self, concept: Concept, *, parts: bool = False, inferred: bool = True) -> tuple[Edge, ...]:
        """The links that say what supports a concept, the best evidenced first and our own readings last.

        Args:
            concept: What is supported.
            parts: Whether what supports its parts counts.
            inferred: Whether our own readings count.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [edge.subject for edge in concept_graph().supports("bond")][:3]
            ['empathy', 'cultural_sensitivity', 'warmth']
        """
        return working_on(self._viewed(inferred), concept, "supports", parts=parts)

    def threatens(self, concept: Concept, *, parts: bool = False, inferred: bool = True) -> tuple[Edge, ...]:
        """The links that say what threatens a concept; as `supports` otherwise.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [edge.subject for edge in concept_graph().threatens("trust")]
            ['cultural_rupture', 'boundary_breach']
        """
        return working_on(self._viewed(inferred), concept, "threatens", parts=parts)

    def repairs(self, concept: Concept, *, inferred: bool = True) -> tuple[Mending, ...]:
        """The ways to mend a rupture: its own first, then those for what it is a kind of.

        Args:
            concept: The rupture, or an episode of the domain.
            inferred: Whether our own readings count.
        """
        return mending(self._viewed(inferred), concept)

    def develops(self, concept: Concept, *, inferred: bool = True) -> tuple[Edge, ...]:
        """The links to the continuing work that makes a capability grow.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> graph = concept_graph()
            >>> [graph.sentence(edge) for edge in graph.develops("strain_recognition")]
            ['Recognition of alliance strains is developed by clinical supervision.']
        """
        return developing(self._viewed(inferred), concept)

    def learning_path(self, concept: Concept, *, inferred: bool = True) -> LearningPath:
        """What to learn before a concept, in teaching order, the concept itself last.

        Most requirements are our reading of the outline; without them a path is short.
        """
        return learning_path(self._viewed(inferred), concept)

    def lecture(self, topics: Iterable[Concept], *, inferred: bool = True) -> Lecture[Self]:
        """The part of the graph that a lecture on some topics shows: topics, requirements and what joins them.

        Raises:
            InvalidValueError: if there is no topic.
            UnknownNameError: if a topic is no concept.
        """
        return lecture(self._viewed(inferred), topics)

    def missing(self, relationship: Relationship, *, inferred: bool = True) -> Missing:
        """The stage tasks that a relationship misses for its next stage, each with what to read about first.

        The requirements of the stages are our reading of the outline, and it is these that guards read: without
        them nothing is missing for a stage of growth.
        """
        return missing(self._viewed(inferred), relationship)

    def around(self, relationship: Relationship, *, inferred: bool = True) -> InPlay:
        """The concepts that a relationship as it stands brings into play, and ways to mend its open episode."""
        return in_play(self._viewed(inferred), relationship)

    def behind(self, declined: Declined, *, inferred: bool = True) -> Background:
        """The concepts behind a declined judgement, what to read about first, and ways to mend where that helps."""
        return behind(self._viewed(inferred), declined)

    def unmeasured(self) -> tuple[Node, ...]:
        """The concepts that could be measured and for which the graph knows no instrument.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> "trust" in {node.id for node in concept_graph().unmeasured()}
            True
        """
        return unmeasured(self)

    def unevidenced(self) -> tuple[Node, ...]:
        """The concepts of which no link rests on a publication.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> "empathy" in {node.id for node in concept_graph().unevidenced()}
            False
        """
        return unevidenced(self)

    def central(
        self, by: Centrality | str = Centrality.BETWEENNESS, *, most: int = 10, inferred: bool = True
    ) -> tuple[Central, ...]:
        """The most central concepts, headings and the whole left out.

        Args:
            by: ``betweenness`` or ``degree``.
            most: How many.
            inferred: Whether our own readings count.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> concept_graph().central("degree", most=1)[0].node.id
            'working_alliance'
        """
        return central(self._viewed(inferred), by, most=most)

    def diff(self, later: GraphCore) -> Difference:
        """What another graph, taken as the later one, has, has not, and says otherwise."""
        return difference(self, later)

    @discreet
    def extended(self, source: Source, *, name: str | None = None) -> ConceptGraph:
        """The graph with the concepts and links of a file laid over it; see `extend_concepts`.

        Raises:
            ReadingError: if anything is wrong with the file, alone or over this graph.
        """
        from therarel.concepts.loading import extend_concepts

        return extend_concepts(self, source, name=name)

    def export(self, format: Format | str) -> str:  # noqa: A002  the word of the command line
        """The graph in a format that other programs read; see `therarel.concepts.exports`.

        Raises:
            UnknownNameError: if there is no such format.
        """
        from therarel.concepts.exports import export

        return export(self, format)

    def draw(self, focus: Concept | None = None, *, depth: int = 2, theme: Theme = "auto") -> Drawing:
        """The graph as a picture: an overview by group or, with a focus, a concept and what is around it.

        Args:
            focus: The concept in the middle; ``None`` is the overview.
            depth: How many links away to show, 1 or 2.
            theme: ``auto``, ``light`` or ``dark``.
        """
        from therarel.concepts.pictures.focus import focus_picture
        from therarel.concepts.pictures.overview import overview_picture

        if focus is None:
            return overview_picture(self, theme=theme)
        return focus_picture(self, focus, depth=depth, theme=theme)

    def _repr_html_(self) -> str:
        return self.draw().to_svg()
