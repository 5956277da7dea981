"""The stages of a therapeutic relationship and what has to be done in each.

This is the one place where the order of the stages, the order of the tasks and their prerequisites stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from therarel.vocabulary import Vocabulary


class Stage(Vocabulary, concepts=True, without={"closed"}):
    """A stage of development of the relationship.

    Three stages of growth, an ending, the closed relationship, and the taking up again after closure.
    """

    INITIAL_FORMATION = "initial_formation"
    WORKING_PHASE = "working_phase"
    MATURATION = "maturation"
    ENDING = "ending"
    CLOSED = "closed"
    RE_ENGAGEMENT = "re_engagement"

    @property
    def rank(self) -> int | None:
        """Place among the stages of growth, 0 to 2; ``None`` for the others."""
        return _RANK.get(self)

    @property
    def is_open(self) -> bool:
        """Whether the two are in therapy: every stage but closed."""
        return self is not Stage.CLOSED


GROWTH_STAGES: Final = (Stage.INITIAL_FORMATION, Stage.WORKING_PHASE, Stage.MATURATION)
"""The stages through which a relationship grows, in order."""

_RANK: Final = MappingProxyType({stage: rank for rank, stage in enumerate(GROWTH_STAGES)})


class StageTask(Vocabulary, concepts=True):
    """What has to be done in a stage; members are in the order of the stages and within each in task order.

    Twelve tasks belong to the stages of growth, three to the ending.
    """

    BUILDING_RAPPORT = "building_rapport"
    ESTABLISHING_TRUST = "establishing_trust"
    SETTING_EXPECTATIONS = "setting_expectations"
    CREATING_SAFETY = "creating_safety"
    DEEPENING_CONNECTION = "deepening_connection"
    ADDRESSING_RESISTANCE = "addressing_resistance"
    """Hesitation or pull-back between the two, which can be good judgement; it belongs to nobody alone."""
    PROCESSING_DIFFICULT_EMOTIONS = "processing_difficult_emotions"
    WORKING_THROUGH_CHALLENGES = "working_through_challenges"
    INCREASED_DEPTH = "increased_depth"
    CLIENT_AUTONOMY = "client_autonomy"
    COLLABORATIVE_GROWTH = "collaborative_growth"
    INTEGRATION_OF_INSIGHTS = "integration_of_insights"
    REVIEWING_PROGRESS = "reviewing_progress"
    PROCESSING_ENDING = "processing_ending"
    PLANNING_MAINTENANCE = "planning_maintenance"

    @property
    def stage(self) -> Stage:
        """The stage that the task belongs to."""
        return _STAGE_OF[self]

    @property
    def prerequisites(self) -> frozenset[StageTask]:
        """Tasks that have to be met, or waived, before this one."""
        return _PREREQUISITES.get(self, frozenset())

    @property
    def is_waivable(self) -> bool:
        """Whether the task may be waived with a reason."""
        return self is StageTask.ADDRESSING_RESISTANCE


def _grouped() -> Mapping[Stage, tuple[StageTask, ...]]:
    tasks = tuple(StageTask)
    return MappingProxyType(
        {
            Stage.INITIAL_FORMATION: tasks[0:4],
            Stage.WORKING_PHASE: tasks[4:8],
            Stage.MATURATION: tasks[8:12],
            Stage.ENDING: tasks[12:15],
            Stage.CLOSED: (),
            Stage.RE_ENGAGEMENT: (),
        }
    )


_TASKS_OF: Final = _grouped()
_STAGE_OF: Final = MappingProxyType({task: stage for stage, tasks in _TASKS_OF.items() for task in tasks})
_PREREQUISITES: Final = MappingProxyType(
    {
        StageTask.ESTABLISHING_TRUST: frozenset({StageTask.BUILDING_RAPPORT}),
        StageTask.PROCESSING_DIFFICULT_EMOTIONS: frozenset({StageTask.ESTABLISHING_TRUST, StageTask.CREATING_SAFETY}),
        StageTask.INCREASED_DEPTH: frozenset({StageTask.DEEPENING_CONNECTION}),
        StageTask.PLANNING_MAINTENANCE: frozenset({StageTask.REVIEWING_PROGRESS}),
    }
)


def tasks_of(stage: Stage) -> tuple[StageTask, ...]:
    """The tasks of a stage in task order; empty for ``closed`` and ``re_engagement``.

    Examples:
        >>> [task.label for task in tasks_of(Stage.ENDING)]
        ['reviewing progress', 'processing ending', 'planning maintenance']
    """
    return _TASKS_OF[stage]
