"""The grammar of the graph: which kinds of concept there are, and which links may join which of them."""

from __future__ import annotations

from attrs import frozen

from therarel.concepts.terms import Influence

__all__ = ["EdgeKind", "NodeKind"]


@frozen(kw_only=True)
class NodeKind:
    """A kind of concept, such as a skill or a stage.

    Args:
        id: Its name in the data.
        meaning: What concepts of this kind are, in a sentence.
        named: Whether their labels are proper names, which keep their capital letter inside a sentence.

    Examples:
        >>> NodeKind(id="skill", meaning="A capability that one person shows.").named
        False
    """

    id: str
    meaning: str
    named: bool = False


@frozen(kw_only=True)
class EdgeKind:
    """A kind of link, with what may be at its ends and how it behaves.

    Args:
        id: Its name in the data.
        inverse: The name of the same link read from object to subject.
        says: The verb of a sentence from subject to object.
        inverse_says: The verb of a sentence from object to subject.
        meaning: What the link says, in a sentence.
        subjects: Kinds of node that may be the subject.
        objects: Kinds of node that may be the object.
        influence: Which end works on which.
        acyclic: Whether no chain of such links may lead back to where it began.
        transitive: Whether two such links in a row make a third.
        functional: Whether a subject has at most one object.
        same_kind: Whether both ends are of one kind.
        symmetric: Whether the link reads the same from both ends.
        statistical: Whether it says an association, for which effects are published.
        skos: The SKOS property that it is besides, such as ``broader``; ``None`` if there is none.
        equivalent: The address of a relation of a public ontology with the same meaning; ``None`` if there is none.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> concept_graph().edge_kind("supports").inverse_says
        'is supported by'
    """

    id: str
    inverse: str
    says: str
    inverse_says: str
    meaning: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    influence: Influence
    acyclic: bool = False
    transitive: bool = False
    functional: bool = False
    same_kind: bool = False
    symmetric: bool = False
    statistical: bool = False
    skos: str | None = None
    equivalent: str | None = None

    @property
    def traits(self) -> tuple[str, ...]:
        """What holds of the link in words, such as ``acyclic``."""
        names = ("acyclic", "transitive", "functional", "same_kind", "symmetric", "statistical")
        return tuple(name.replace("_", " ") for name in names if getattr(self, name))
