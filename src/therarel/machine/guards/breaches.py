"""Guards of breaches: which stand in the way, and when one is addressed."""

from __future__ import annotations

from collections.abc import Sequence

from therarel.domain import Breach, BreachSeverity, Event, Relationship
from therarel.domain.events import BreachAddressed
from therarel.machine.guards.base import Unmet
from therarel.machine.policy import Policy

__all__ = [
    "breach_is_open",
    "breach_supervised_since",
    "client_informed_or_reason",
    "no_open_breach",
    "no_serious_breach",
    "no_serious_exploitation",
    "not_a_serious_breach",
]


def no_open_breach(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """No breach is open, alleged or substantiated; a crossing does not count.

    A serious one that was substantiated, and has no way on, is named by `no_serious_breach`.
    """
    if not relationship.breaches:
        return None
    return _named([each for each in relationship.breaches if each.blocks and not each.bars_going_on])


def no_serious_breach(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """No serious breach stands as substantiated without a way on: an independent review and the client's wish."""
    if not relationship.breaches:
        return None
    return _named([each for each in relationship.breaches if each.bars_going_on])


def _named(found: Sequence[Breach]) -> Unmet | None:
    if not found:
        return None
    codes = tuple(each.breach_id for each in found)
    return Unmet(len(found), 0, codes, in_words=tuple(found))


def no_serious_exploitation(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """No serious exploitation stands as substantiated, and none that is alleged awaits an independent look.

    Where it fails, nothing else is said: what would otherwise be advised, such as working on trust, would be wrong.
    """
    if not relationship.breaches:
        return None
    found = [each for each in relationship.breaches if each.stops_the_work]
    if not found:
        return None
    proven = tuple(each.breach_id for each in found if each.is_serious)
    about = proven or tuple(each.breach_id for each in found)
    return Unmet(len(about), 0, about, "substantiated" if proven else "", alone=True)


def _open(relationship: Relationship, event: BreachAddressed) -> Breach | None:
    breach = relationship.breach(event.of)
    return breach if breach is not None and breach.is_open else None


def breach_is_open(relationship: Relationship, event: BreachAddressed, policy: Policy) -> Unmet | None:
    """The breach that is named is on record and open."""
    breach = relationship.breach(event.of)
    if breach is None:
        return Unmet(False, True, (event.of,), "unknown")
    return None if breach.is_open else Unmet(False, True, (event.of,), in_words=(breach,))


def breach_supervised_since(relationship: Relationship, event: BreachAddressed, policy: Policy) -> Unmet | None:
    """Supervision or independent consultation followed the report, or a later opening or raising, of the breach."""
    breach = _open(relationship, event)
    if breach is None or breach.supervised_since:
        return None
    return Unmet(False, True, (event.of,), in_words=(breach,))


def client_informed_or_reason(relationship: Relationship, event: BreachAddressed, policy: Policy) -> Unmet | None:
    """The client was informed, or the reason why not is given."""
    return None if event.client_informed or event.reason_not_informed is not None else Unmet(False, True)


def not_a_serious_breach(relationship: Relationship, event: BreachAddressed, policy: Policy) -> Unmet | None:
    """The two could settle the breach between them, or an independent review and the client's wish opened a way on."""
    breach = _open(relationship, event)
    if breach is None or not (breach.bars_going_on or breach.stops_the_work):
        return None
    case = "" if not breach.stops_the_work else "never" if breach.is_serious else "exploitation"
    return Unmet(BreachSeverity.SERIOUS, None, (event.of,), case, in_words=(breach,))
