"""How the two people of a simulated course see the relationship; all of it is made up.

Both state some parts of the relationship now and then, about as the score of the session is. Without upkeep what is
rated may drift down; that it does is a claim and not a finding, so that the drift is 0 unless it is stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

import therarel.domain as domain

_INTERVAL: Final = 4
"""Sessions from one rating to the next; the first is in the first session."""
_NOISE: Final = 0.5
"""Standard deviation of a rating around the score of the session, in points."""
_SCALE: Final = domain.RatingScale(1, 5, step=1)
_PARTS: Final = (
    domain.RelationshipPart.GOAL_AGREEMENT,
    domain.RelationshipPart.TRUST,
    domain.RelationshipPart.EMOTIONAL_SAFETY,
    domain.RelationshipPart.EMPATHY,
)


def drifted(value: float, scale: domain.RatingScale, drift: float, sessions: int) -> float:
    """The score after some sessions without upkeep, on a value that the scale can take.

    Args:
        value: The score.
        scale: Its scale.
        drift: Points by which it falls with each session without upkeep.
        sessions: Sessions since the last upkeep.

    Examples:
        >>> drifted(4.0, domain.RatingScale(1, 5, step=0.5), 0.25, 4), drifted(4.0, domain.RatingScale(1, 5), 0.0, 4)
        (3.0, 4.0)
    """
    if not drift * sessions:
        return value
    lower = max(scale.minimum, value - drift * sessions)
    if scale.step is None:
        return lower
    return min(scale.maximum, scale.minimum + round((lower - scale.minimum) / scale.step) * scale.step)


def part_of(value: float, scale: domain.RatingScale) -> domain.PartScore:
    """What the simulated score says of the alliance as a whole."""
    return domain.PartScore(
        "total", domain.RelationshipPart.ALLIANCE, domain.Closeness.EXACT, value, scale, complete=True
    )


def ratings_of(session: int, share: float, chance: np.random.Generator) -> Iterator[domain.events.RelationshipRated]:
    """The ratings that client and therapist state in a session; none in most sessions.

    Args:
        session: Number of the session, from 1.
        share: Place of the session's score on its scale, from 0 to 1.
        chance: Source of randomness.
    """
    if (session - 1) % _INTERVAL:
        return
    for rater in (domain.Rater.CLIENT, domain.Rater.THERAPIST):
        values = np.clip(np.rint(1 + 4 * share + chance.normal(0, _NOISE, len(_PARTS))), 1, 5).tolist()
        ratings = {part: domain.Rating(value, _SCALE, rater) for part, value in zip(_PARTS, values, strict=True)}
        yield domain.events.RelationshipRated(domain.RelationshipQuality.of(ratings), session=session)
