"""Closed vocabularies: one word per thing, and each says whether its words are concepts.

A vocabulary whose members are concepts uses the node id of the concept graph as the member's value, which is
also the JSON value and the CSV value. A vocabulary whose members are not concepts has values of its own and
names the node explicitly where one exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar, Self

from therarel.errors import UnknownNameError, hint_for, shown

__all__ = ["OrderedVocabulary", "Vocabulary"]


class Vocabulary(StrEnum):
    """A closed list of terms of the field.

    A subclass declares either ``concepts=True`` (with ``without`` naming the values that are not nodes) or
    ``links``, a mapping from values to node ids, which may be empty.

    Examples:
        >>> from therarel.domain import AllianceStatus, StageTask
        >>> StageTask.BUILDING_RAPPORT.value, StageTask.BUILDING_RAPPORT.concept
        ('building_rapport', 'building_rapport')
        >>> AllianceStatus.STRAINED.concept
        'alliance_strain'
    """

    # Set per subclass by __init_subclass__; annotations alone make no enum members.
    __concepts__: ClassVar[Mapping[str, str | None]]
    __are_concepts__: ClassVar[bool]

    def __init_subclass__(
        cls,
        *,
        concepts: bool = False,
        without: Iterable[str] = (),
        links: Mapping[str, str] | None = None,
    ) -> None:
        super().__init_subclass__()
        if concepts == (links is not None):
            raise TypeError(f"{cls.__name__} must declare either concepts=True or links")
        excluded = set(without)
        cls.__are_concepts__ = concepts
        cls.__concepts__ = {
            member.value: (None if member.value in excluded else member.value)
            if links is None
            else links.get(member.value)
            for member in cls
        }
        unknown = (set(links or ()) | excluded) - {member.value for member in cls}
        if unknown:
            raise TypeError(f"{cls.__name__} declares values it does not have: {sorted(unknown)}")

    @classmethod
    def are_concepts(cls) -> bool:
        """Whether the members are nodes of the concept graph (those without a node excepted)."""
        return cls.__are_concepts__

    @property
    def concept(self) -> str | None:
        """The id of the node of the concept graph that this term stands for, if there is one."""
        return self.__concepts__[self.value]

    @property
    def label(self) -> str:
        """The term as words, for people."""
        words = self.value.rpartition(".")[2].replace("_", " ")
        return f"re-{words[3:]}" if words.startswith("re ") else words

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise UnknownNameError(
            f"{cls.__name__} has no such term",
            value=shown(value),
            hint=hint_for(value, [member.value for member in cls]),
        )


class OrderedVocabulary(Vocabulary, links={}):
    """A closed list whose terms are compared by their order in the list, from the least to the most.

    Examples:
        >>> from therarel.domain import RuptureSeverity
        >>> max(RuptureSeverity.MINOR, RuptureSeverity.MAJOR).label, RuptureSeverity.MINOR < RuptureSeverity.MODERATE
        ('major', True)
    """

    def __lt__(self, other: str, /) -> bool:
        return self._place(self) < self._place(other)

    def __le__(self, other: str, /) -> bool:
        return self._place(self) <= self._place(other)

    def __gt__(self, other: str, /) -> bool:
        return self._place(self) > self._place(other)

    def __ge__(self, other: str, /) -> bool:
        return self._place(self) >= self._place(other)

    @classmethod
    def _place(cls, term: str) -> int:
        return [*cls].index(cls(term))
