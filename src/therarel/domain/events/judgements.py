"""Judgements: what a person holds to be so, and what may be declined."""

from __future__ import annotations

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, members, optional
from therarel.domain.events.happening import Happening
from therarel.domain.ratings import Rater, a_person, rater_set
from therarel.domain.stages import StageTask


@frozen
class AdvanceRequested(Happening):
    """The relationship is judged ready for its next stage."""


@frozen
class StageTaskMet(Happening):
    """A task of a stage is judged met.

    Args:
        task: Which one.

    Examples:
        >>> StageTaskMet(StageTask.BUILDING_RAPPORT, session=1).task.label
        'building rapport'
    """

    task: StageTask = field(validator=checks.a(StageTask))


@frozen
class StageTaskWaived(Happening):
    """A task is judged not to apply to this pair.

    Args:
        task: Which one.
        reason: Why, in words.

    Examples:
        >>> StageTaskWaived(StageTask.ADDRESSING_RESISTANCE, "none was met").reason
        Confidential(...)
    """

    task: StageTask = field(validator=checks.a(StageTask))
    reason: Confidential = field(converter=as_private, validator=checks.private)


@frozen
class StageTaskReopened(Happening):
    """A task that was met or waived is judged open again.

    Args:
        task: Which one.

    Examples:
        >>> StageTaskReopened(StageTask.ESTABLISHING_TRUST).task.label
        'establishing trust'
    """

    task: StageTask = field(validator=checks.a(StageTask))


@frozen
class StrainEased(Happening):
    """The open strain is judged to have eased."""


@frozen
class RepairSucceeded(Happening):
    """The open episode is judged repaired.

    Args:
        judged_by: In whose view; without the client's view the episode says so. A model judges nothing.
        understanding: What was understood through it, in words.

    Raises:
        InvalidValueError: if a model is among those who judge.

    Examples:
        >>> sorted(RepairSucceeded({Rater.CLIENT, Rater.THERAPIST}).judged_by)
        [<Rater.CLIENT: 'client'>, <Rater.THERAPIST: 'therapist'>]
    """

    judged_by: frozenset[Rater] = field(
        default=frozenset(), converter=rater_set, validator=[members(checks.a(Rater)), members(a_person)]
    )
    understanding: Confidential | None = field(default=None, converter=as_private, validator=optional(checks.private))


@frozen
class ReturnedToEarlierStage(Happening):
    """The relationship is judged to be back in an earlier stage."""


@frozen
class BreachAddressed(Happening):
    """An open breach is judged addressed.

    Args:
        of: The breach's code.
        client_informed: Whether the client was informed.
        reason_not_informed: Why not, in words.

    Examples:
        >>> BreachAddressed("breach-1", client_informed=True).reason_not_informed is None
        True
    """

    of: str = field(validator=checks.code, metadata=checks.CODED)
    client_informed: bool = field(validator=checks.truth)
    reason_not_informed: Confidential | None = field(
        default=None, converter=as_private, validator=optional(checks.private)
    )


@frozen
class ClosedAllStagesCompleted(Happening):
    """The course is judged closed with all its stages completed."""
