"""How the two see the relationship in the stories: ratings that are given, and the latest of somebody's."""

from __future__ import annotations

import therarel as tr
from therarel.machine import Decision

__all__ = ["rated", "seen"]


def rated(
    course: tr.Course, part: str, value: float, rater: tr.Rater = tr.Rater.CLIENT, *, session: int = 3
) -> Decision:
    """Record how somebody rates a part of the relationship, from 1 to 5."""
    scale = tr.domain.RatingScale(1, 5)
    quality = tr.domain.RelationshipQuality.of({part: tr.domain.Rating(value, scale, rater)})
    return course.record(tr.events.RelationshipRated(quality, session=session))


def seen(course: tr.Course, part: str, rater: tr.Rater = tr.Rater.CLIENT) -> float | None:
    """The latest rating of a part by somebody; ``None`` where there is none."""
    return next((view.value for view in course.view(part, rater=rater).now), None)
