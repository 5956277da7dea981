"""The judgements that can be asked about, and what has to be stated before one is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from therarel.confidential import Confidential
from therarel.domain import Correction, Event, Judgement, Relationship, StageTask, events
from therarel.domain.ratings import PERSONS
from therarel.errors import InvalidValueError

TO_BE_STATED: Final = Confidential("to be stated")
"""What stands for the reason of a waiver that is merely asked about; a course does not record it."""

TO_STATE: Final = frozenset({events.StageTaskWaived, events.SafetyConcernReviewed, events.EntryCorrected})
"""Events in which something may still be to be stated before a course records them."""


def judgements_about(relationship: Relationship) -> Iterator[Judgement]:
    """Every judgement that could be asked about, with every value of its closed arguments."""
    yield events.AdvanceRequested()
    yield from map(events.StageTaskMet, StageTask)
    yield from (events.StageTaskWaived(task, TO_BE_STATED) for task in StageTask)
    yield from map(events.StageTaskReopened, StageTask)
    yield events.StrainEased()
    for count in range(len(PERSONS) + 1):
        yield from (events.RepairSucceeded(frozenset(judges)) for judges in combinations(PERSONS, count))
    yield events.ReturnedToEarlierStage()
    for name in [breach.breach_id for breach in relationship.breaches] or ["breach-1"]:
        yield from (events.BreachAddressed(name, informed) for informed in (True, False))
    yield events.ClosedAllStagesCompleted()


def require_stated(event: Event | Correction) -> None:
    """Make sure that a waiver states its reason, and a review its concern, also where a correction puts it in place.

    Raises:
        InvalidValueError: if a waiver is written as in the answer of `options`, or a review names no concern.
    """
    judged = event.by if isinstance(event, events.EntryCorrected) else event
    if isinstance(judged, events.SafetyConcernReviewed) and judged.of is None:
        raise InvalidValueError(
            "a review is of one concern for safety, and names it",
            where="SafetyConcernReviewed.of",
            hint="record one review for each concern, by its code such as 'concern-1'",
        )
    if isinstance(judged, events.StageTaskWaived) and judged.reason == TO_BE_STATED:
        raise InvalidValueError(
            "the reason of this waiver is still to be stated",
            where="StageTaskWaived.reason",
            hint="options() asks about waivers without one; record attrs.evolve(judgement, reason='...')",
        )
