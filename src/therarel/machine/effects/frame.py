"""Effects of sessions, pauses and supervision."""

from __future__ import annotations

from therarel.domain import Breach, Party, Relationship, events
from therarel.machine.changes import Changes, with_changes
from therarel.machine.policy import Policy

__all__ = [
    "attendance_resumed",
    "challenge_is_faced",
    "miss_counted",
    "pause_begins",
    "pause_ends",
    "supervision_is_held",
]


def attendance_resumed(relationship: Relationship, event: events.SessionHeld, policy: Policy) -> Changes:
    """The sessions that the client missed in a row are counted from zero again."""
    return {"client_misses_in_a_row": 0} if relationship.client_misses_in_a_row else {}


def miss_counted(relationship: Relationship, event: events.SessionMissed, policy: Policy) -> Changes:
    """A session that the client missed counts, unless a pause is agreed."""
    if event.by is not Party.CLIENT or relationship.paused:
        return {}
    return {"client_misses_in_a_row": relationship.client_misses_in_a_row + 1}


def pause_begins(relationship: Relationship, event: events.PauseAgreed, policy: Policy) -> Changes:
    """A pause is agreed."""
    return {} if relationship.paused else {"paused": True}


def pause_ends(relationship: Relationship, event: events.PauseEnded, policy: Policy) -> Changes:
    """No pause is agreed any more."""
    return {"paused": False} if relationship.paused else {}


def challenge_is_faced(relationship: Relationship, event: events.ChallengeFaced, policy: Policy) -> Changes:
    """A difficulty of the work was faced."""
    return {} if relationship.challenge_faced else {"challenge_faced": True}


def supervision_is_held(relationship: Relationship, event: events.SupervisionHeld, policy: Policy) -> Changes:
    """Every breach on record has been brought to supervision, unless that is dated before what it supervises."""
    held, last = event.occurred, relationship.supervision_last
    changes: Changes = {}
    if last is None or (last != held and held.before(last) is not True):
        changes["supervision_last"] = held
    breaches = tuple(_supervised(breach, event) for breach in relationship.breaches)
    if breaches != relationship.breaches:
        changes["breaches"] = breaches
    return changes


def _supervised(breach: Breach, event: events.SupervisionHeld) -> Breach:
    if too_early(breach, event):
        return breach
    independent = breach.independent_since or event.independent
    return with_changes(breach, {"supervised_since": True, "independent_since": independent})


def too_early(breach: Breach, event: events.SupervisionHeld) -> bool:
    """Whether supervision is dated before the breach happened, was reported, opened again or seen as graver."""
    return any(event.occurred.before(moment) is True for moment in (breach.occurred, breach.reported, breach.seen))
