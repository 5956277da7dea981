"""Concepts, the links between them and the kinds of both, as the knowledge file has them."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from therarel.citations import Status
from therarel.concepts.terms import Basis, Influence, Match, Origin, Scheme
from therarel.representation import one_line


@frozen(kw_only=True)
class Counterpart:
    """A term of another vocabulary that a concept is mapped to.

    Args:
        vocabulary: MeSH, the Behaviour Change Intervention Ontology (BCIO), or Wikidata.
        identifier: Their identifier, as they write it.
        label: Their label.
        match: How the two match.
        status: How surely identifier and label are known.
        note: What is to be said about it; ``None`` if nothing is.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> concept_graph().node("confidentiality").mappings[0].address
        'http://id.nlm.nih.gov/mesh/D003219'
    """

    vocabulary: Scheme
    identifier: str
    label: str
    match: Match
    status: Status
    note: str | None = None

    @property
    def address(self) -> str:
        """The identifier as a web address."""
        if self.vocabulary is Scheme.MESH:
            return f"http://id.nlm.nih.gov/mesh/{self.identifier}"
        if self.vocabulary is Scheme.WIKIDATA:
            return f"http://www.wikidata.org/entity/{self.identifier}"
        return f"http://humanbehaviourchange.org/ontology/{self.identifier.replace(':', '_')}"


@frozen(kw_only=True)
class Node:
    """A concept of the therapeutic relationship.

    Args:
        id: Its name in the data, in lower snake case; the value of the vocabularies of the domain.
        kind: The id of its kind.
        label: What people call it; no two concepts share one.
        definition: What it is, in our own words.
        origin: Where it comes from.
        aliases: Other names that lead to it.
        slug: The name of its topic where the outline links one; ``None`` where it does not.
        outline: Its places in the outline, as section/subsection/position.
        classes: Names in ``therarel.domain`` that speak of it.
        mappings: Terms of other vocabularies.
        note: What else is to be said; ``None`` if nothing is.
        plural: Whether the label is in the plural, for the verb of a sentence.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> concept_graph().node("genuineness").id
        'authenticity'
    """

    id: str
    kind: str
    label: str
    definition: str
    origin: Origin
    aliases: tuple[str, ...] = ()
    slug: str | None = None
    outline: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    mappings: tuple[Counterpart, ...] = ()
    note: str | None = None
    plural: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that leads to the concept: id, label, slug and aliases."""
        return (self.id, self.label, *([self.slug] if self.slug else []), *self.aliases)

    def __repr__(self) -> str:
        return one_line(self, f"Node {self.id}")

    def __str__(self) -> str:
        return f"{self.label} ({self.kind.replace('_', ' ')}): {self.definition}"


@frozen(kw_only=True)
class Edge:
    """A link between two concepts, read "subject kind object", and what it rests on.

    Args:
        subject: Id of the concept that the link speaks of.
        kind: Id of the kind of link.
        object: Id of the concept that the link leads to.
        basis: What it rests on.
        outline: Places in the outline that it rests on.
        refs: Keys of the bibliography that it rests on.
        waivable: Whether this requirement may be waived with a reason.
        alternative: What else satisfies this requirement, in words; ``None`` if nothing does.
        note: What else is to be said; ``None`` if nothing is.

    Examples:
        >>> from therarel.concepts import concept_graph
        >>> concept_graph().edge("empathy", "supports", "bond").refs
        ('ackerman_hilsenroth2003', 'rogers1957')
    """

    subject: str
    kind: str
    object: str
    basis: Basis
    outline: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    waivable: bool = False
    alternative: str | None = None
    note: str | None = None

    @property
    def triple(self) -> tuple[str, str, str]:
        """Subject, kind and object: what no two edges share."""
        return (self.subject, self.kind, self.object)

    @property
    def is_inferred(self) -> bool:
        """Whether the edge is our reading of the outline and nothing else."""
        return self.basis is Basis.INFERRED

    def other(self, end: str) -> str:
        """The id at the other end."""
        return self.object if end == self.subject else self.subject

    __repr__ = one_line

    def __str__(self) -> str:
        return f"{self.subject} {self.kind.replace('_', ' ')} {self.object} ({self.basis.label})"


def node_attributes(node: Node) -> dict[str, object]:
    """The attributes of a concept, beside its id."""
    told: dict[str, object] = {
        "label": node.label, "kind": node.kind, "definition": node.definition, "origin": node.origin.value,
        "aliases": list(node.aliases), "outline": list(node.outline), "slug": node.slug, "note": node.note,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None and value != []}


def edge_attributes(edge: Edge) -> dict[str, object]:
    """The attributes of a link, beside its ends."""
    told: dict[str, object] = {
        "kind": edge.kind, "basis": edge.basis.value, "outline": list(edge.outline), "refs": list(edge.refs),
        "waivable": edge.waivable or None, "alternative": edge.alternative, "note": edge.note,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None and value != []}


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

    def verb(self, *, reverse: bool = False, plural: bool = False) -> str:
        """The verb of a sentence.

        Args:
            reverse: Whether the sentence goes from object to subject.
            plural: Whether what comes before it is in the plural.

        Examples:
            >>> from therarel.concepts import concept_graph
            >>> concept_graph().edge_kind("repairs").verb(plural=True)
            'mend'
        """
        words = self.inverse_says if reverse else self.says
        if not plural:
            return words
        verb, _, rest = words.partition(" ")
        regular = verb.removesuffix("es" if verb.endswith(("sses", "shes", "ches", "xes")) else "s")
        return " ".join([_IRREGULAR.get(verb, regular), *rest.replace("itself", "themselves").split()])


_IRREGULAR: Final = {"is": "are", "was": "were", "has": "have"}


def folded(name: str) -> str:
    """A name as look-ups compare it: case, hyphens and underscores make no difference.

    Examples:
        >>> folded("Active-Listening") == folded("active_listening")
        True
    """
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())
