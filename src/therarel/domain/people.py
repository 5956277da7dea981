"""The two people of the relationship, and the third who oversees the work: pseudonyms and roles, nothing else.

No name, birth date or demographic field exists here, so none can feed a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from attrs import Attribute, field, frozen

from therarel.confidential import Pseudonym
from therarel.domain import checks
from therarel.domain.checks import as_set
from therarel.errors import InvalidValueError, OutOfScopeError
from therarel.texts import Texts, standard_texts
from therarel.vocabulary import Vocabulary


def party_set(values: Iterable[Party]) -> frozenset[Party]:
    """Any collection of `Party`, as `checks.as_set` takes it."""
    return as_set(values)


class Role(Vocabulary, concepts=True):
    """A person in or near the dyad."""

    THERAPIST = "therapist"
    CLIENT = "client"
    SUPERVISOR = "supervisor"


class Party(Vocabulary, links={"client": "client", "therapist": "therapist"}):
    """One of the two people of the dyad, as the one who did or missed something."""

    CLIENT = "client"
    THERAPIST = "therapist"


class Reporter(Vocabulary, links={"client": "client", "therapist": "therapist", "supervisor": "supervisor"}):
    """Who says that something happened, or looked at it."""

    CLIENT = "client"
    THERAPIST = "therapist"
    OBSERVER = "observer"
    SUPERVISOR = "supervisor"
    THIRD_PARTY = "third_party"


def _pseudonym(code: str) -> Pseudonym:
    return cast("Pseudonym", checks.as_pseudonym(code))


def _of_one(instance: object, attribute: Attribute[Any], value: Any) -> None:
    if isinstance(value, (list, tuple, set, frozenset)):
        raise OutOfScopeError(
            "a relationship has one client and one therapist",
            where=f"{type(instance).__name__}.{attribute.name}",
            value=f"{len(value)} people",
            hint="couples, families, groups and co-therapy are out of scope; keep one course per dyad",
        )
    checks.pseudonym(instance, attribute, value)


@frozen
class Client:
    """The person seeking help, known by a pseudonym alone.

    Args:
        pseudonym: A code such as ``C-014``.

    Raises:
        InvalidValueError: if the code could be a name or a sentence.
        OutOfScopeError: if several people are given.

    Examples:
        >>> Client("C-014").pseudonym
        Pseudonym('C-014')
    """

    pseudonym: Pseudonym = field(converter=_pseudonym, validator=_of_one)


@frozen
class Therapist:
    """The mental health professional of the dyad; therapists are people too and go by a pseudonym.

    Args:
        pseudonym: A code such as ``T-03``.

    Raises:
        InvalidValueError: if the code could be a name or a sentence.
        OutOfScopeError: if several people are given.

    Examples:
        >>> Therapist("T-03").pseudonym
        Pseudonym('T-03')
    """

    pseudonym: Pseudonym = field(converter=_pseudonym, validator=_of_one)


def as_client(person: Client | str) -> Client:
    """The client, whom a pseudonym may stand for."""
    return person if isinstance(person, Client) else Client(person)


def as_therapist(person: Therapist | str) -> Therapist:
    """The therapist, whom a pseudonym may stand for."""
    return person if isinstance(person, Therapist) else Therapist(person)


@frozen
class Dyad:
    """One client and one therapist: the two people whose relationship is modelled.

    Args:
        client: The client, or the client's pseudonym.
        therapist: The therapist, or the therapist's pseudonym.

    Raises:
        OutOfScopeError: if there are several people on one side.
        InvalidValueError: if both sides are the same person.

    Examples:
        >>> str(Dyad("C-014", "T-03"))
        'C-014 with T-03'
    """

    client: Client = field(converter=as_client)
    therapist: Therapist = field(converter=as_therapist)

    def __attrs_post_init__(self) -> None:
        if self.client.pseudonym == self.therapist.pseudonym:
            raise InvalidValueError(
                "client and therapist are two people", where="Dyad", hint="give them different pseudonyms"
            )

    @property
    def parties(self) -> Sequence[Pseudonym]:
        """Both pseudonyms, the client's first."""
        return (self.client.pseudonym, self.therapist.pseudonym)

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The two by their pseudonyms.

        Args:
            texts: The texts of a language.
        """
        return texts("dyad.pair", client=self.client.pseudonym, therapist=self.therapist.pseudonym)
