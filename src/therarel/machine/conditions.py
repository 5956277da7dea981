"""Conditions by which one row answers rather than another; they never decline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from therarel.domain import Breach, BreachKind, BreachSeverity, BreachStatus, ClosingReason, Relationship
from therarel.domain.events import BreachReassessed, BreachReported, ReEngaged, RuptureReassessed
from therarel.machine.changes import with_changes

__all__ = ["CONDITIONS", "Condition", "reassessed"]


Condition: TypeAlias = Callable[[Relationship, Any], bool]
"""Whether a row answers; a condition declares the class of the event that it reads."""


def client_living(relationship: Relationship, event: ReEngaged) -> bool:
    """The course did not close because the client died."""
    return relationship.closed_reason is not ClosingReason.CLIENT_DIED


def rupture_open(relationship: Relationship, event: RuptureReassessed) -> bool:
    """What is open is a rupture, a partly repaired one included."""
    return relationship.has_open_rupture


def crossing(relationship: Relationship, event: BreachReported) -> bool:
    """What is reported is a crossing."""
    return event.severity is BreachSeverity.CROSSING


def not_a_crossing(relationship: Relationship, event: BreachReported) -> bool:
    """What is reported is graver than a crossing."""
    return event.severity is not BreachSeverity.CROSSING


def becomes_open_violation(relationship: Relationship, event: BreachReassessed) -> bool:
    """The breach becomes an open violation: before, it was closed or a crossing."""
    breach = relationship.breach(event.of)
    return breach is not None and not breach.blocks and reassessed(breach, event).blocks


def reassessed(breach: Breach, event: BreachReassessed) -> Breach:
    """The breach as it is seen now; the very same one where nothing differs.

    What is not substantiated is closed. What was closed and is now seen differently is open again. A breach that is
    open again, or is seen as graver than before, needs new supervision, because the earlier supervision was about
    less; so does the client's wish, and whether the client was informed. The same holds for an independent look, also
    where a substantiated breach is now alleged. Exploitation is never a crossing.
    """
    severity = breach.severity if event.severity is None else event.severity
    if breach.kind is BreachKind.EXPLOITATION and severity is BreachSeverity.CROSSING:
        severity = BreachSeverity.VIOLATION
    status = breach.status if event.status is None else event.status
    if severity is breach.severity and status is breach.status:
        return breach
    is_open = status is not BreachStatus.NOT_SUBSTANTIATED
    anew = is_open and (not breach.is_open or severity > breach.severity)
    changes: dict[str, object] = {
        "severity": severity,
        "status": status,
        "is_open": is_open,
        "supervised_since": breach.supervised_since and not anew,
        "independent_since": breach.independent_since and not anew and breach.status is not BreachStatus.SUBSTANTIATED,
    }
    if anew:
        changes |= {"seen": event.occurred, "client_wishes_to_go_on": None, "client_informed": None}
    return with_changes(breach, changes)


CONDITIONS: Final[Mapping[str, Condition]] = MappingProxyType(
    {
        function.__name__: function
        for function in (client_living, rupture_open, crossing, not_a_crossing, becomes_open_violation)
    }
)
"""Every condition by the name that tables use."""
