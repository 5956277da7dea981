"""Concerns for safety in a simulated course, and what becomes of them; all of it is made up.

How often a concern comes up, what it is about and how long it stays open say nothing about real courses: they are here
so that what is built on courses can be tried with concerns in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np

from therarel.domain import (
    ConcernKind,
    ConcernOutcome,
    InvolvedParty,
    Occurrence,
    PersonAtRisk,
    Reporter,
    SafetyPlan,
    events,
)

Happened: TypeAlias = events.SafetyConcernRaised | events.SafetyConcernReviewed
"""That a concern was raised, or that somebody looked at it."""

_KINDS: Final = (
    ConcernKind.SUICIDAL_THOUGHTS_OR_ACTS,
    ConcernKind.SELF_HARM,
    ConcernKind.SELF_NEGLECT,
    ConcernKind.ABUSE_OR_VIOLENCE,
    ConcernKind.SUBSTANCES_OR_OVERDOSE,
    ConcernKind.PHYSICAL_HEALTH,
)
_CLOSING_PROBABILITY: Final = 0.5
"""Probability that a concern is closed when it is looked at, from the second time on."""
_MOST_SESSIONS_TO_A_REVIEW: Final = 3
_CODE: Final = "concern-1"


def concerns_of(
    sessions: int, share: float, therapist: str, chance: np.random.Generator
) -> Mapping[int, tuple[Happened, ...]]:
    """What happens about a concern for safety, by session; empty in a course without one.

    It is raised in some session, looked at in the next, and looked at again on the session that was set each time,
    until it is closed after consulting the supervisor, or the course is over.

    Args:
        sessions: Number of sessions.
        share: Probability, 0 to 1, that there is a concern.
        therapist: Pseudonym of the therapist, who is responsible.
        chance: Source of randomness.

    Examples:
        >>> chance = np.random.default_rng(4)
        >>> concerns_of(12, 0.0, "T-001", chance)
        {}
        >>> sorted(concerns_of(12, 1.0, "T-001", np.random.default_rng(4)))
        [11, 12]
    """
    if chance.random() >= share:
        return {}
    session = 1 + int(chance.integers(sessions))
    raised = events.SafetyConcernRaised(
        {_KINDS[int(chance.integers(len(_KINDS)))]},
        at_risk={PersonAtRisk.CLIENT},
        responsible=therapist,
        plan=SafetyPlan("simulated: what was agreed", made_with_client=True),
        review_due=Occurrence(session + 1),
        session=session,
        reported_by=Reporter.CLIENT,
    )
    happened: dict[int, tuple[Happened, ...]] = {session: (raised,)}
    first, session = True, session + 1
    while session <= sessions:
        closed = not first and bool(chance.random() < _CLOSING_PROBABILITY)
        due = session + 1 + int(chance.integers(_MOST_SESSIONS_TO_A_REVIEW))
        happened[session] = (
            events.SafetyConcernReviewed(
                _CODE,
                ConcernOutcome.CLOSED if closed else ConcernOutcome.GOES_ON,
                Reporter.THERAPIST,
                consulted={InvolvedParty.SUPERVISOR},
                review_due=None if closed else Occurrence(due),
                session=session,
            ),
        )
        if closed:
            break
        first, session = False, due
    return happened
