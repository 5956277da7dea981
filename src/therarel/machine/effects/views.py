"""Effects of ratings and measures: how the parts of the relationship are seen now."""

from __future__ import annotations

from therarel.domain import Relationship
from therarel.domain.events import Measured, RelationshipRated
from therarel.domain.views import latest_views, views_in
from therarel.machine.changes import Changes
from therarel.machine.effects.safety import answers_await_a_look
from therarel.machine.policy import Policy

__all__ = ["measure_is_taken", "views_renewed"]


def measure_is_taken(relationship: Relationship, event: Measured, policy: Policy) -> Changes:
    """The parts that the score speaks to are seen as it says, and answers about risk wait for a person to look."""
    changes = answers_await_a_look(relationship, event, policy)
    changes.update(views_renewed(relationship, event, policy))
    return changes


def views_renewed(relationship: Relationship, event: Measured | RelationshipRated, policy: Policy) -> Changes:
    """The views of the parts that were rated are those of this event, unless later ones are on record."""
    after = latest_views(relationship.views, views_in(event))
    return {} if after is relationship.views else {"views": after}
