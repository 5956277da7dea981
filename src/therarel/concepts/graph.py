"""The concept graph that people ask: `GraphCore` with a method for each question."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Self

from therarel.concepts.core import GraphCore
from therarel.concepts.difference import Difference, difference
from therarel.concepts.names import Concept
from therarel.concepts.questions.description import Description, describe
from therarel.concepts.questions.gaps import Central, Centrality, central, conflicting, unevidenced, unmeasured
from therarel.concepts.questions.influences import Mending, developing, mending, working_on
from therarel.concepts.questions.learning import LearningPath, Lecture, learning_path, lecture
from therarel.concepts.questions.relationships import Background, InPlay, MissingTasks, behind, in_play, missing
from therarel.concepts.questions.why import By, LinkExplanation, why
from therarel.concepts.terms import EdgeDirection
from therarel.concepts.values import Edge, Node
from therarel.domain.relationship import Relationship
from therarel.errors import InvalidValueError, is_whole, shown

if TYPE_CHECKING:
    from therarel.concepts.exports import Format
    from therarel.drawing import Drawing
    from therarel.drawing.colours import Theme
    from therarel.machine import Declined


class ConceptGraph(GraphCore):
    """Concepts of the therapeutic relationship, the links between them, and the questions that can be asked of both.

    It wraps a `networkx.MultiDiGraph` and never changes; `to_networkx` hands out a copy. Wherever a concept is asked
    for, an id, a label, an alias, a term of a vocabulary, a class of the domain or a `Node` will do. What
    rests on our reading of the outline alone is left out by asking the graph that `without_inferred` gives.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> graph = concept_graph()
        >>> graph
        <ConceptGraph 'Concept graph of the therapeutic relationship' 1: 124 concepts, 366 links>
        >>> "empathic understanding" in graph
        True
    """

    __slots__ = ()

    def explain(self, concept: Concept) -> Description:
        """What a concept is: definition, place, links, evidence, and its counterparts in other vocabularies.

        Raises:
            UnknownNameError: if it leads to no concept; names the nearest.
        """
        return describe(self, concept)

    def why(self, start: Concept, end: Concept, *, by: By | str = By.STEPS) -> LinkExplanation:
        """Why two concepts are linked: the shortest explanation, avoiding hubs, as a sentence and as links.

        Args:
            start: Where the explanation begins.
            end: Where it ends.
            by: ``steps``, ``basis`` (the surest) or ``evidence`` (the most publications and figures).

        Raises:
            UnknownNameError: if one leads to no concept.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> print(concept_graph().without_inferred().why("warmth", "emotional safety").sentence)
            Warmth supports bond, which is supported by empathy, which supports emotional safety.
        """
        return why(self, start, end, by)

    def neighbourhood(
        self,
        concept: Concept,
        depth: int = 1,
        kind: str | Collection[str] | None = None,
        direction: EdgeDirection | str = EdgeDirection.BOTH,
    ) -> Self:
        """The graph of a concept and everything up to ``depth`` links away.

        Args:
            concept: The middle.
            depth: How many links away, 0 or more.
            kind: Kind or kinds of link to follow; ``None`` is all.
            direction: ``out`` from subject to object, ``in`` the other way, or ``both``.

        Raises:
            InvalidValueError: if the depth is not a whole number of at least 0.
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
        return self.subgraph(self.reachable(concept, kind, direction, depth=depth))

    def supports(self, concept: Concept, *, parts: bool = False) -> tuple[Edge, ...]:
        """The links that say what supports a concept, the best evidenced first and our own readings last.

        Args:
            concept: What is supported.
            parts: Whether what supports its parts counts.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [edge.subject for edge in concept_graph().supports("bond")][:3]
            ['empathy', 'cultural_sensitivity', 'warmth']
        """
        return working_on(self, concept, "supports", parts=parts)

    def threatens(self, concept: Concept, *, parts: bool = False) -> tuple[Edge, ...]:
        """The links that say what threatens a concept; as `supports` otherwise.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [edge.subject for edge in concept_graph().threatens("trust")]
            ['cultural_rupture', 'boundary_breach']
        """
        return working_on(self, concept, "threatens", parts=parts)

    def repairs(self, concept: Concept) -> tuple[Mending, ...]:
        """The ways to mend a rupture: its own first, then those for what it is a kind of.

        Args:
            concept: The rupture, or an episode of the domain.
        """
        return mending(self, concept)

    def develops(self, concept: Concept) -> tuple[Edge, ...]:
        """The links to the continuing work that makes a capability grow.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> graph = concept_graph()
            >>> [graph.sentence(edge) for edge in graph.develops("strain_recognition")]
            ['Recognition of alliance strains is developed by clinical supervision.']
        """
        return developing(self, concept)

    def learning_path(self, concept: Concept) -> LearningPath:
        """What to learn before a concept, in teaching order, the concept itself last.

        Most requirements are our reading of the outline; without them a path is short.
        """
        return learning_path(self, concept)

    def lecture(self, topics: Iterable[Concept]) -> Lecture[Self]:
        """The part of the graph that a lecture on some topics shows: topics, requirements and what joins them.

        Raises:
            InvalidValueError: if there is no topic.
            UnknownNameError: if a topic is not a concept.
        """
        return lecture(self, topics)

    def missing(self, relationship: Relationship) -> MissingTasks:
        """The stage tasks that a relationship misses for its next stage, each with what to read about first.

        The requirements of the stages are our reading of the outline, and it is these that guards read: without
        them nothing is missing for a stage of growth.
        """
        return missing(self, relationship)

    def around(self, relationship: Relationship) -> InPlay:
        """The concepts that a relationship as it stands brings into play, and ways to mend its open episode."""
        return in_play(self, relationship)

    def behind(self, declined: Declined) -> Background:
        """The concepts behind a declined judgement, what to read about first, and ways to mend where that helps."""
        return behind(self, declined)

    def unmeasured(self) -> tuple[Node, ...]:
        """The concepts that could be measured and for which the graph knows no instrument.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> "trust" in {node.id for node in concept_graph().unmeasured()}
            True
        """
        return unmeasured(self)

    def unevidenced(self) -> tuple[Node, ...]:
        """The concepts without a link that rests on a publication.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> "empathy" in {node.id for node in concept_graph().unevidenced()}
            False
        """
        return unevidenced(self)

    def conflicting(self) -> tuple[Edge, ...]:
        """The links about which published findings disagree: ``evidence(edge).conflicting`` has those that do.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> [str(edge) for edge in concept_graph().conflicting()]
            ['cultural_competence predicts treatment_effectiveness (literature)']
        """
        return conflicting(self)

    def central(self, by: Centrality | str = Centrality.BETWEENNESS, *, most: int = 10) -> tuple[Central, ...]:
        """The most central concepts, headings and the whole left out.

        Args:
            by: ``betweenness`` or ``degree``.
            most: How many.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> concept_graph().central("degree", most=1)[0].node.id
            'working_alliance'
        """
        return central(self, by, most=most)

    def diff(self, later: GraphCore) -> Difference:
        """What another graph, taken as the later one, has, has not, and says otherwise."""
        return difference(self, later)

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
