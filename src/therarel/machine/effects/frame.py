"""Effects of sessions, pauses and supervision."""

from __future__ import annotations

from datetime import date

from therarel.domain import Breach, Party, Relationship, events
from therarel.machine.changes import Changes, with_changes
from therarel.machine.effects.breaches import too_early
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
    """A session was held: those that the client missed in a row are counted from zero again.

    A pause ends, unless the session was a contact inside it, or was held no later than the pause was agreed.
    """
    changes: Changes = {} if relationship.session_held else {"session_held": True}
    if relationship.client_misses_in_a_row:
        changes["client_misses_in_a_row"] = 0
    since = relationship.paused_since
    if event.during_pause or (since is not None and since.before(event.occurred) is False):
        return changes
    return changes | no_pause(relationship)


def miss_counted(relationship: Relationship, event: events.SessionMissed, policy: Policy) -> Changes:
    """A session that the client missed counts, unless it was within a pause; one after its last day ends the pause."""
    if event.by is not Party.CLIENT:
        return {}
    counted: Changes = {"client_misses_in_a_row": relationship.client_misses_in_a_row + 1}
    since = relationship.paused_since
    if since is not None and event.occurred.before(since) is True:
        return counted
    if relationship.paused and not pause_is_over(relationship, event.on):
        return {}
    return counted | no_pause(relationship)


def pause_begins(relationship: Relationship, event: events.PauseAgreed, policy: Policy) -> Changes:
    """A pause is agreed, or agreed anew until another day."""
    changes: Changes = {} if relationship.paused else {"paused": True}
    if not relationship.paused and event.occurred.is_stated:
        changes["paused_since"] = event.occurred
    if event.until != relationship.paused_until:
        changes["paused_until"] = event.until
    return changes


def pause_ends(relationship: Relationship, event: events.PauseEnded, policy: Policy) -> Changes:
    """No pause is agreed any more."""
    return no_pause(relationship)


def no_pause(relationship: Relationship) -> Changes:
    """What changes where no pause is agreed any more."""
    changes: Changes = {"paused": False} if relationship.paused else {}
    if relationship.paused_until is not None:
        changes["paused_until"] = None
    if relationship.paused_since is not None:
        changes["paused_since"] = None
    return changes


def pause_is_over(relationship: Relationship, on: date | None) -> bool:
    """Whether a day lies after the last day of the pause."""
    return on is not None and relationship.paused_until is not None and on > relationship.paused_until


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
    if too_early(breach, event.occurred):
        return breach
    independent = breach.independent_since or event.independent
    return with_changes(breach, {"supervised_since": True, "independent_since": independent})
