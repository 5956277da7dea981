"""The closed unions of events: facts, judgements, and both."""

from __future__ import annotations

from typing import Final, TypeAlias

from therarel.domain.events.closing import (
    BreachReassessed,
    BreachReported,
    Closed,
    EndingPlanned,
    EndingRescinded,
    ReEngaged,
)
from therarel.domain.events.frame import (
    AllianceMeasured,
    ApproachAdapted,
    ChallengeFaced,
    ConfidentialityLimitInvoked,
    CulturalMisstepAcknowledged,
    FollowUpHeld,
    PauseAgreed,
    PauseEnded,
    PerspectiveGiven,
    SessionHeld,
    SessionMissed,
    SupervisionHeld,
)
from therarel.domain.events.judgements import (
    AdvanceRequested,
    BreachAddressed,
    ClosedAllStagesCompleted,
    RepairSucceeded,
    ReturnedToEarlierStage,
    StageTaskMet,
    StageTaskReopened,
    StageTaskWaived,
    StrainEased,
)
from therarel.domain.events.safety import SafetyConcernRaised, SafetyConcernReviewed
from therarel.domain.events.strains import (
    RepairBegan,
    RepairPartial,
    RepairStalled,
    RepairStepTaken,
    RuptureNoticed,
    RuptureReassessed,
    StrainNoticed,
)

__all__ = ["FACTS", "JUDGEMENTS", "Event", "Fact", "Judgement"]

Fact: TypeAlias = (
    SessionHeld
    | SessionMissed
    | PauseAgreed
    | PauseEnded
    | FollowUpHeld
    | AllianceMeasured
    | PerspectiveGiven
    | ChallengeFaced
    | SupervisionHeld
    | ApproachAdapted
    | CulturalMisstepAcknowledged
    | ConfidentialityLimitInvoked
    | SafetyConcernRaised
    | SafetyConcernReviewed
    | StrainNoticed
    | RuptureNoticed
    | RuptureReassessed
    | RepairBegan
    | RepairStepTaken
    | RepairPartial
    | RepairStalled
    | BreachReported
    | BreachReassessed
    | EndingPlanned
    | EndingRescinded
    | Closed
    | ReEngaged
)
"""Something that happened: always accepted, always logged."""

Judgement: TypeAlias = (
    AdvanceRequested
    | StageTaskMet
    | StageTaskWaived
    | StageTaskReopened
    | StrainEased
    | RepairSucceeded
    | ReturnedToEarlierStage
    | BreachAddressed
    | ClosedAllStagesCompleted
)
"""Something that a person judges to be so: may be declined, with every reason."""

Event: TypeAlias = Fact | Judgement
"""A fact or a judgement."""

FACTS: Final[tuple[type[Fact], ...]] = Fact.__args__
"""Every class of facts, in the order of the statechart."""
JUDGEMENTS: Final[tuple[type[Judgement], ...]] = Judgement.__args__
"""Every class of judgements, in the order of the statechart."""
