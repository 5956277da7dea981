"""Everything that could be judged now, decided without acting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, overload

from attrs import frozen

from therarel.confidential import Confidential
from therarel.domain import Correction, Event, Judgement, Rater, Relationship, StageTask
from therarel.domain.events import (
    AdvanceRequested,
    BreachAddressed,
    ClosedAllStagesCompleted,
    EntryCorrected,
    RepairSucceeded,
    ReturnedToEarlierStage,
    SafetyConcernReviewed,
    StageTaskMet,
    StageTaskReopened,
    StageTaskWaived,
    StrainEased,
)
from therarel.errors import InvalidValueError
from therarel.machine.asking import require_relationship
from therarel.machine.deciding import decide
from therarel.machine.decisions import Decision
from therarel.machine.machine import Machine
from therarel.machine.policy import Policy

__all__ = ["TO_BE_STATED", "TO_STATE", "Options", "judgements_about", "options", "require_stated"]

TO_BE_STATED: Final = Confidential("to be stated")
"""What stands for the reason of a waiver that is merely asked about; a course does not record it."""


TO_STATE: Final = frozenset({StageTaskWaived, SafetyConcernReviewed, EntryCorrected})
"""Events in which something may still be to be stated before a course records them."""


@frozen
class Options(Sequence[Decision]):
    """The decision for every judgement, and for every value of its closed arguments.

    Args:
        decisions: One per judgement, in the order of the judgements.

    Examples:
        >>> now = options(Relationship.between("C-014", "T-03"))
        >>> [judgement.task.label for judgement in now.open]
        ['building rapport', 'setting expectations', 'creating safety']
        >>> len(now.of(AdvanceRequested))
        1
    """

    decisions: tuple[Decision, ...]

    @property
    def open(self) -> tuple[Judgement, ...]:
        """The judgements that would be accepted.

        The reason of a waiver is still to be stated: a course refuses to record it before it is, which
        ``attrs.evolve(judgement, reason="...")`` does.
        """
        return tuple(each.event for each in self.decisions if each)  # type: ignore[misc]  # only judgements stand here

    def of(self, kind: type[Judgement]) -> tuple[Decision, ...]:
        """The decisions for one class of judgement."""
        return tuple(each for each in self.decisions if type(each.event) is kind)

    @overload
    def __getitem__(self, index: int) -> Decision: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Decision, ...]: ...
    def __getitem__(self, index: int | slice) -> Decision | tuple[Decision, ...]:
        return self.decisions[index]

    def __len__(self) -> int:
        return len(self.decisions)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    def __repr__(self) -> str:
        return f"<Options: {len(self.open)} of {len(self.decisions)} judgements are open>"


def options(relationship: Relationship, *, policy: Policy | None = None, machine: Machine | None = None) -> Options:
    """The decision for every judgement, and for every value of its closed arguments, without acting.

    Tasks, raters and breaches on record are closed arguments. Words are not: a waiver is asked about with a reason
    that stands for one and that no course records, and a breach both with the client informed and with neither that
    nor a reason.

    Args:
        relationship: How the relationship stands.
        policy: Thresholds; those of the machine where ``None``.
        machine: The machine; the standard one where ``None``.

    Raises:
        InvalidValueError: if one of them is not what it has to be.

    Examples:
        >>> options(Relationship.between("C-014", "T-03"))
        <Options: 3 of 59 judgements are open>
    """
    require_relationship(relationship)
    asked = judgements_about(relationship)
    return Options(tuple(decide(relationship, each, policy=policy, machine=machine) for each in asked))


def judgements_about(relationship: Relationship) -> Iterator[Judgement]:
    """Every judgement that could be asked about, with every value of its closed arguments."""
    yield AdvanceRequested()
    yield from map(StageTaskMet, StageTask)
    yield from (StageTaskWaived(task, TO_BE_STATED) for task in StageTask)
    yield from map(StageTaskReopened, StageTask)
    yield StrainEased()
    for count in range(len(Rater) + 1):
        yield from (RepairSucceeded(frozenset(judges)) for judges in combinations(Rater, count))
    yield ReturnedToEarlierStage()
    for name in [breach.breach_id for breach in relationship.breaches] or ["breach-1"]:
        yield from (BreachAddressed(name, informed) for informed in (True, False))
    yield ClosedAllStagesCompleted()


def require_stated(event: Event | Correction) -> None:
    """Make sure that a waiver states its reason, and a review its concern, also where a correction puts it in place.

    Raises:
        InvalidValueError: if a waiver stands there as `options` asked about it, or a review names no concern.
    """
    judged = event.by if isinstance(event, EntryCorrected) else event
    if isinstance(judged, SafetyConcernReviewed) and judged.of is None:
        raise InvalidValueError(
            "a review is of one concern for safety, and names it",
            where="SafetyConcernReviewed.of",
            hint="record one review for each concern, by its code such as 'concern-1'",
        )
    if isinstance(judged, StageTaskWaived) and judged.reason == TO_BE_STATED:
        raise InvalidValueError(
            "the reason of this waiver is still to be stated",
            where="StageTaskWaived.reason",
            hint="options() asks about waivers without one; record attrs.evolve(judgement, reason='...')",
        )
