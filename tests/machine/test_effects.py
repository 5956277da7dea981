"""Effects asked where the table of the library does not ask them: a table of one's own may."""

from __future__ import annotations

import pytest

from therarel.domain import Event, Rater, Relationship, RepairRoute, RuptureSeverity, events
from therarel.machine import Policy
from therarel.machine.effects import EFFECTS

START = Relationship.between("C-1", "T-1")


@pytest.mark.parametrize(
    ("effect", "event"),
    [
        ("strain_joins", events.StrainNoticed()),
        ("rupture_seen_anew", events.RuptureReassessed(RuptureSeverity.MAJOR)),
        ("repair_begins", events.RepairBegan(RepairRoute.IMMEDIATE)),
        ("repair_ends_halfway", events.RepairPartial()),
        ("repair_stalls", events.RepairStalled()),
        ("perspective_joins", events.PerspectiveGiven(Rater.CLIENT, True)),
        ("misstep_is_acknowledged", events.CulturalMisstepAcknowledged(True)),
        ("breach_is_regraded", events.BreachReassessed("breach-1")),
        ("breach_addressed", events.BreachAddressed("breach-1", True)),
    ],
)
def test_what_is_said_of_an_episode_or_a_breach_changes_nothing_where_there_is_none(effect: str, event: Event) -> None:
    """Where nothing is open, or no such breach is on record, the effect has nothing to change."""
    assert EFFECTS[effect](START, event, Policy()) == {}
