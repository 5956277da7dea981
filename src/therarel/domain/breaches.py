"""Breaches of boundaries, confidentiality or ethics; kept apart from ruptures.

A crossing is not a violation: it opens no strain by itself and blocks nothing.

Source: gutheil_gabbard1993.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_tuple, optional
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError
from therarel.texts import Texts, standard_texts
from therarel.vocabulary import OrderedVocabulary, Vocabulary


def breach_tuple(values: Iterable[Breach]) -> tuple[Breach, ...]:
    """Any collection of `Breach`, as `checks.as_tuple` takes it."""
    return as_tuple(values)


class BreachKind(Vocabulary, links={}):
    """What was breached."""

    CONFIDENTIALITY = "confidentiality"
    DUAL_ROLE = "dual_role"
    CONTACT = "contact"
    COMPETENCE = "competence"
    EXPLOITATION = "exploitation"
    OTHER = "other"


class BreachSeverity(OrderedVocabulary, links={"violation": "boundary_breach", "serious": "boundary_breach"}):
    """A crossing (benign departure from the frame), a violation, or a serious violation."""

    CROSSING = "crossing"
    VIOLATION = "violation"
    SERIOUS = "serious"


class BreachStatus(Vocabulary, links={}):
    """Whether a reported breach stands."""

    ALLEGED = "alleged"
    SUBSTANTIATED = "substantiated"
    NOT_SUBSTANTIATED = "not_substantiated"


def no_crossing(kind: BreachKind, severity: BreachSeverity, where: str) -> None:
    """Refuse to call exploitation a crossing.

    Raises:
        InvalidValueError: if it is.
    """
    if kind is BreachKind.EXPLOITATION and severity is BreachSeverity.CROSSING:
        raise InvalidValueError(
            "exploitation is never a crossing",
            where=where,
            value=f"'{severity}'",
            bound=f"'{BreachSeverity.VIOLATION}' or '{BreachSeverity.SERIOUS}'",
            hint="where nobody was exploited, it is of another kind",
        )


@frozen
class Breach:
    """A breach as it stands now.

    Args:
        breach_id: The code by which later events speak of it: 1 to 64 letters, digits and ``. _ : -``. It is shown
            everywhere, so it says nothing about a person.
        kind: What was breached.
        severity: How grave it is.
        status: Alleged, substantiated or not substantiated.
        is_open: Whether it still awaits being addressed.
        occurred: When it happened, as far as stated.
        reported: When it was reported.
        seen: When it was last opened again or seen as graver, as far as stated.
        supervised_since: Whether supervision or consultation followed the report; anew where the breach was opened
            again, or was seen as graver, since.
        independent_since: Whether somebody independent looked at it, in the same way; own supervision is not.
        client_wishes_to_go_on: The client's own wish to go on with this therapist; ``None`` where none is on record
            since the breach came up, was opened again or was seen as graver.
        client_informed: Whether the client was informed of it; ``None`` where that is not on record.

    Raises:
        InvalidValueError: if exploitation is called a crossing.

    Examples:
        >>> Breach("breach-1", BreachKind.CONTACT, BreachSeverity.CROSSING).blocks
        False
    """

    breach_id: str = field(validator=checks.code, metadata=checks.CODED)
    kind: BreachKind = field(validator=checks.a(BreachKind))
    severity: BreachSeverity = field(validator=checks.a(BreachSeverity))
    status: BreachStatus = field(default=BreachStatus.ALLEGED, validator=checks.a(BreachStatus))
    is_open: bool = field(default=True, validator=checks.truth, kw_only=True)
    occurred: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)
    reported: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)
    seen: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)
    supervised_since: bool = field(default=False, validator=checks.truth, kw_only=True)
    independent_since: bool = field(default=False, validator=checks.truth, kw_only=True)
    client_wishes_to_go_on: bool | None = field(default=None, validator=optional(checks.truth), kw_only=True)
    client_informed: bool | None = field(default=None, validator=optional(checks.truth), kw_only=True)

    def __attrs_post_init__(self) -> None:
        no_crossing(self.kind, self.severity, "Breach.severity")

    @property
    def blocks(self) -> bool:
        """Whether it is open and more than a crossing; while it is, nothing advances, eases or is repaired."""
        return self.is_open and self.severity is not BreachSeverity.CROSSING

    @property
    def is_serious(self) -> bool:
        """Whether it is a serious breach that was substantiated."""
        return self.severity is BreachSeverity.SERIOUS and self.status is BreachStatus.SUBSTANTIATED

    @property
    def bars_going_on(self) -> bool:
        """Whether it is serious and substantiated, and no way on is open.

        A way on is an independent review and the client's own wish to go on, both on record; exploitation has none.
        """
        if not self.is_serious or self.kind is BreachKind.EXPLOITATION:
            return self.is_serious
        return not (self.independent_since and self.client_wishes_to_go_on is True)

    @property
    def client_not_informed(self) -> bool:
        """Whether it stands, and the client was not informed of it: the reason for that stays open."""
        return self.client_informed is False and self.status is not BreachStatus.NOT_SUBSTANTIATED

    @property
    def stops_the_work(self) -> bool:
        """Whether it is serious exploitation, substantiated, or alleged and not yet looked at independently.

        While it is, no task, easing, repair or advance can be judged, and with substantiated exploitation never again.
        """
        if self.kind is not BreachKind.EXPLOITATION or self.severity is not BreachSeverity.SERIOUS:
            return False
        alleged = self.status is BreachStatus.ALLEGED
        return self.is_serious or (alleged and not self.independent_since)

    @property
    def in_words(self) -> str:
        """What it is, and its code."""
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """What it is in words, and its code.

        Args:
            texts: The texts of a language.
        """
        return texts.said((self.kind, self.severity, self.status, self.breach_id))
