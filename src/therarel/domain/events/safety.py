"""Facts about concerns for somebody's safety."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_set, each, optional
from therarel.domain.events.happening import Happening, Reporter
from therarel.domain.safety import ConcernKind, ConcernOutcome

__all__ = ["SafetyConcernRaised", "SafetyConcernReviewed"]


def _concern_kind_set(values: Iterable[ConcernKind]) -> frozenset[ConcernKind]:
    return as_set(values)


@frozen
class SafetyConcernRaised(Happening):
    """A concern for somebody's safety was raised; it comes first in every answer until it is closed.

    Args:
        kinds: What it is about; empty if not stated.
        concern_id: A code for later events, of 1 to 64 letters, digits and ``. _ : -``; ``None`` lets the course count:
            ``concern-1``, ``concern-2``, ... It is shown everywhere, so it says nothing about a person.

    Raises:
        InvalidValueError: if its code could be a name or a sentence.

    Examples:
        >>> SafetyConcernRaised({ConcernKind.CHILD_AT_RISK}, session=4).concern_id is None
        True
    """

    kinds: frozenset[ConcernKind] = field(
        default=frozenset(), converter=_concern_kind_set, validator=each(checks.a(ConcernKind))
    )
    concern_id: str | None = field(default=None, validator=optional(checks.code), metadata=checks.CODED)


@frozen
class SafetyConcernReviewed(Happening):
    """Somebody looked at one concern for safety and said what became of it.

    It closes when it is closed, or when whoever it was handed over to has accepted it. One that is about harm by a
    professional is never closed by that professional: it takes somebody else, who is named.

    Args:
        of: The concern's code. ``None`` stands only in records from before concerns had codes, where a review was one
            of all that were open; a course does not record it.
        outcome: What became of it.
        by: Who looked at it; ``None`` if not stated.
        receiver_accepted: Whether whoever it was handed over to has accepted it.

    Examples:
        >>> SafetyConcernReviewed("concern-1", ConcernOutcome.GOES_ON, session=5).by is None
        True
    """

    of: str | None = field(validator=optional(checks.code), metadata=checks.CODED)
    outcome: ConcernOutcome = field(validator=checks.a(ConcernOutcome))
    by: Reporter | None = field(default=None, validator=optional(checks.a(Reporter)))
    receiver_accepted: bool = field(default=False, validator=checks.truth)
