"""The names under which breaches and concerns go on record: their own, or the next free one."""

from __future__ import annotations

from collections.abc import Collection

from therarel.domain import Relationship
from therarel.domain.events import BreachReported, SafetyConcernRaised

__all__ = ["breach_name", "concern_name", "free_name"]


def breach_name(relationship: Relationship, event: BreachReported) -> str:
    """The name under which a breach goes on record: its own, or the next free one where that is taken."""
    return free_name(event.breach_id, {breach.breach_id for breach in relationship.breaches}, "breach")


def concern_name(relationship: Relationship, event: SafetyConcernRaised) -> str:
    """The name under which a concern goes on record: its own, or the next free one where that is taken."""
    return free_name(event.concern_id, {concern.concern_id for concern in relationship.safety_concerns}, "concern")


def free_name(stated: str | None, taken: Collection[str], what: str) -> str:
    """The name that is stated if it is free, or the next one that is: ``breach-1``, ``breach-2``, ..."""
    if stated is not None and stated not in taken:
        return stated
    number = len(taken) + 1
    while f"{what}-{number}" in taken:
        number += 1
    return f"{what}-{number}"
