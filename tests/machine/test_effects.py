"""Effects asked where the table of the library does not ask them: a table of one's own may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therarel.domain import Event, Rater, Relationship, RepairRoute, RuptureSeverity, events
from therarel.machine import Course, Policy
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


TEXTS = st.none() | st.sampled_from(["one", "two", "three"])


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_of_what_was_arranged_for_a_crisis_the_last_that_was_stated_stands(
    arranged: list[tuple[str | None, str | None]],
) -> None:
    """What to do and whom to call are each kept until they are stated anew; the time is that of the last arrangement."""
    course = Course.begin("C-014", "T-03")
    for session, (what, whom) in enumerate(arranged, start=1):
        course.record(events.CrisisArranged(what, whom, session=session))
    crisis = course.relationship.agreements.crisis
    assert crisis is not None
    stands = [None if each is None else each.reveal() for each in (crisis.arrangements, crisis.emergency_contact)]
    assert stands == [next((each for each in reversed(column) if each), None) for column in zip(*arranged, strict=True)]
    assert crisis.agreed.session == len(arranged)
