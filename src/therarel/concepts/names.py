"""What leads to a concept: its names, terms of vocabularies, classes of the domain and their objects."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, TypeAlias

import attrs

from therarel.concepts.values import Node, folded
from therarel.errors import UnknownNameError, nearest, shown
from therarel.vocabulary import Vocabulary

if TYPE_CHECKING:
    from attrs import AttrsInstance

Concept: TypeAlias = "str | Node | type[object] | AttrsInstance"
"""What leads to a concept: its id, label, alias or slug, a term of a vocabulary, a class of the domain, one of its
objects, or the `Node` itself."""


class Names:
    """The names of a graph's concepts; case, hyphens and underscores make no difference.

    Args:
        nodes: The concepts.
    """

    __slots__ = ("_by_class", "_by_name", "_ids")

    def __init__(self, nodes: Collection[Node]) -> None:
        self._ids = {node.id for node in nodes}
        self._by_name = {folded(name): node.id for node in nodes for name in node.names}
        self._by_class = {name: node.id for node in nodes for name in node.classes}

    def find(self, concept: object) -> str | None:
        """The id that something leads to; ``None`` if it leads to none."""
        if isinstance(concept, Node):
            return concept.id
        if isinstance(concept, Vocabulary):
            return concept.concept
        if isinstance(concept, str):
            return concept if concept in self._ids else self._by_name.get(folded(concept))
        if isinstance(concept, type):
            return self._by_class.get(concept.__name__) if concept.__module__.startswith("therarel.domain") else None
        if attrs.has(type(concept)):
            # an episode says itself whether it is a strain or a rupture
            kind = getattr(concept, "kind", None)
            named = kind.concept if isinstance(kind, Vocabulary) else None
            return named or self.find(type(concept))
        return None

    def unknown(self, concept: object) -> UnknownNameError:
        """The error for something that leads to no concept, with the nearest name."""
        if isinstance(concept, Vocabulary):
            return UnknownNameError(
                f"no concept stands for this term of {type(concept).__name__}", value=shown(str(concept.value))
            )
        if not isinstance(concept, str):
            known = ", ".join(sorted(self._by_class))
            name = concept.__name__ if isinstance(concept, type) else type(concept).__name__
            return UnknownNameError(
                "no concept stands for this class", value=name, hint=f"those that have one: {known}"
            )
        near = nearest(folded(concept), self._by_name)
        hint = "look among the labels: [node.label for node in graph]"
        return UnknownNameError(
            "no such concept",
            value=shown(concept),
            hint=hint if near is None else f"did you mean '{self._by_name[near]}'?",
        )
