"""What is said when a course closes, when a breach was kept from the client, and when a pause is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from therarel.domain import ClosingReason, Judgement, Relationship, RuptureSeverity, events
from therarel.machine.policy import Policy
from therarel.texts import Listed

_Values = Mapping[str, object] | None


def stays_open(
    before: Relationship, event: events.Closed | events.ClosedAllStagesCompleted, after: Relationship, policy: Policy
) -> _Values:
    """The course closes over an open concern for safety, major rupture or breach; not where the client died."""
    if after.closed_reason is ClosingReason.CLIENT_DIED:
        return None
    left = list(_left_open(after))
    return {"about": Listed(left)} if left else None


def _left_open(relationship: Relationship) -> Iterator[object]:
    yield from (each for each in relationship.safety_concerns if each.is_open)
    episode = relationship.episode
    if episode is not None and episode.severity is RuptureSeverity.MAJOR:
        yield episode
    yield from (each for each in relationship.breaches if each.blocks)


def lost_contact_with_concern(
    before: Relationship, event: events.Closed, after: Relationship, policy: Policy
) -> _Values:
    """Contact is called lost while a concern for safety is open."""
    if event.reason is not ClosingReason.LOST_CONTACT:
        return None
    concerns = [each for each in after.safety_concerns if each.is_open]
    return {"about": Listed(concerns)} if concerns else None


def client_not_informed(before: Relationship, event: Judgement, after: Relationship, policy: Policy) -> _Values:
    """What passes or is repaired does so although the client was not informed of a breach."""
    kept = [each for each in after.breaches if each.client_not_informed]
    return {"about": Listed(kept)} if kept else None


def pause_ended(before: Relationship, event: events.SessionHeld, after: Relationship, policy: Policy) -> _Values:
    """A session ended a pause."""
    return {} if before.paused and not after.paused else None


def pause_was_over(before: Relationship, event: events.SessionMissed, after: Relationship, policy: Policy) -> _Values:
    """A session was missed after the last day of a pause."""
    if not before.paused or after.paused:
        return None
    return {"value": before.paused_until}


CLOSING_REMARKS: Final[Mapping[Any, tuple[str, ...]]] = MappingProxyType(
    {
        stays_open: ("about",),
        lost_contact_with_concern: ("about",),
        client_not_informed: ("about",),
        pause_ended: (),
        pause_was_over: ("value",),
    }
)
"""Each rule with the values that it gives to its sentence."""
