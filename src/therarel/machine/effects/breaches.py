"""Effects on breaches: reported, reassessed, addressed."""

from __future__ import annotations

from therarel.domain import Breach, EpisodeKind, Relationship, RuptureEpisode
from therarel.domain.events import BreachAddressed, BreachReassessed, BreachReported, ClientInformed, ClientWishStated
from therarel.domain.occurrence import Occurrence
from therarel.machine.changes import Changes, with_changes
from therarel.machine.conditions import reassessed
from therarel.machine.policy import Policy
from therarel.machine.report_names import breach_name

__all__ = [
    "breach_addressed",
    "breach_is_regraded",
    "breach_recorded",
    "breach_regraded_strains",
    "breach_strains",
    "client_is_informed",
    "wish_is_kept",
]


def breach_recorded(relationship: Relationship, event: BreachReported, policy: Policy) -> Changes:
    """The breach is on record and open."""
    breach = Breach(
        breach_name(relationship, event),
        event.kind,
        event.severity,
        event.status,
        occurred=event.happened,
        reported=event.occurred,
    )
    return {"breaches": (*relationship.breaches, breach)}


def breach_strains(relationship: Relationship, event: BreachReported, policy: Policy) -> Changes:
    """The breach is on record, and a strain is open if nothing was."""
    return _with_strain(relationship, breach_recorded(relationship, event, policy), event.occurred)


def breach_is_regraded(relationship: Relationship, event: BreachReassessed, policy: Policy) -> Changes:
    """The breach is as it is seen now."""
    before = relationship.breach(event.of)
    if before is None:
        return {}
    now = reassessed(before, event)
    return {} if now is before else {"breaches": _replaced(relationship, before, now)}


def breach_regraded_strains(relationship: Relationship, event: BreachReassessed, policy: Policy) -> Changes:
    """The breach is as it is seen now, and a strain is open if nothing was."""
    return _with_strain(relationship, breach_is_regraded(relationship, event, policy), event.occurred)


def _with_strain(relationship: Relationship, changes: Changes, opened: Occurrence) -> Changes:
    if relationship.episode is None:
        changes["episode"] = RuptureEpisode(EpisodeKind.STRAIN, opened=opened)
    return changes


def breach_addressed(relationship: Relationship, event: BreachAddressed, policy: Policy) -> Changes:
    """The breach is closed; whether the client was informed of it is kept with it."""
    before = relationship.breach(event.of)
    if before is None:
        return {}
    informed = event.client_informed or before.client_informed is True
    now = with_changes(before, {"is_open": False, "client_informed": informed})
    return {"breaches": _replaced(relationship, before, now)}


def client_is_informed(relationship: Relationship, event: ClientInformed, policy: Policy) -> Changes:
    """The client was informed of the breach."""
    before = relationship.breach(event.of)
    if before is None or before.client_informed is True:
        return {}
    return {"breaches": _replaced(relationship, before, with_changes(before, {"client_informed": True}))}


def wish_is_kept(relationship: Relationship, event: ClientWishStated, policy: Policy) -> Changes:
    """The wish of the client is kept with the breach, unless it is dated before the breach came up."""
    before = relationship.breach(event.of)
    if before is None or before.client_wishes_to_go_on is event.to_go_on or too_early(before, event.occurred):
        return {}
    now = with_changes(before, {"client_wishes_to_go_on": event.to_go_on})
    return {"breaches": _replaced(relationship, before, now)}


def too_early(breach: Breach, when: Occurrence) -> bool:
    """Whether something is dated before the breach happened, was reported, opened again or seen as graver."""
    return any(when.before(moment) is True for moment in (breach.occurred, breach.reported, breach.seen))


def _replaced(relationship: Relationship, before: Breach, now: Breach) -> tuple[Breach, ...]:
    return tuple(now if each is before else each for each in relationship.breaches)
