"""Corrections of the history: they append and never rewrite."""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, bounds, optional
from therarel.domain.events.happening import Happening
from therarel.domain.events.unions import FACTS, JUDGEMENTS, Event
from therarel.errors import InvalidValueError


@frozen
class EntryRetracted(Happening):
    """An entry was made in error: the state is what follows without it.

    Args:
        of: Number of the entry in recording order, from 1.
        reason: Why, in words.

    Examples:
        >>> EntryRetracted(3, "wrong course").of
        3
    """

    of: int = field(validator=checks.whole(1), metadata=bounds(1, checks.LARGEST), converter=checks.as_int)
    reason: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))


@frozen
class EntryCorrected(Happening):
    """An entry was made in error and another takes its place.

    Args:
        of: Number of the entry in recording order, from 1.
        by: The event as it should have been recorded.
        reason: Why, in words.

    Examples:
        >>> from therarel.domain.events import SessionHeld
        >>> EntryCorrected(3, SessionHeld(session=2)).by == SessionHeld(session=2)
        True
    """

    of: int = field(validator=checks.whole(1), metadata=bounds(1, checks.LARGEST), converter=checks.as_int)
    by: Event = field()
    reason: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))

    @by.validator
    def _an_event(self, attribute: object, value: object) -> None:
        if not isinstance(value, (*FACTS, *JUDGEMENTS)):
            raise InvalidValueError(
                "a correction puts an event in an entry's place",
                where="EntryCorrected.by",
                value=type(value).__name__,
                bound="a fact or a judgement",
            )


Correction: TypeAlias = EntryRetracted | EntryCorrected
"""A correction of the history; it appends and never rewrites."""

CORRECTIONS: Final[tuple[type[Correction], ...]] = Correction.__args__
"""Both classes of corrections."""
