"""What happens in a course of therapy: facts, judgements and corrections.

A *fact* is always accepted and logged; it may move nothing, and then says so. A *judgement* may be declined. A
*correction* appends to the history and never rewrites it. Every event can say when it occurred, who says so,
and carry `Confidential` text. The JSON tag of an event is the name of its class.
"""

from __future__ import annotations

from therarel.domain.events.agreements import (
    ConsentDecided,
    CrisisArranged,
    GoalReviewed,
    GoalSet,
    TermsExplained,
    TherapeuticTaskReviewed,
    TherapeuticTaskSet,
)
from therarel.domain.events.closing import (
    BreachReassessed,
    BreachReported,
    ClientInformed,
    ClientWishStated,
    Closed,
    ClosingReason,
    EndingPlanned,
    EndingRescinded,
    ReEngaged,
)
from therarel.domain.events.corrections import CORRECTIONS, Correction, EntryCorrected, EntryRetracted
from therarel.domain.events.culture import ClientPerspectiveShared, PowerDynamicNamed
from therarel.domain.events.frame import (
    ApproachAdapted,
    ChallengeFaced,
    ConfidentialityLimitInvoked,
    CulturalMisstepAcknowledged,
    FollowUpHeld,
    Modality,
    OtherPresent,
    PauseAgreed,
    PauseEnded,
    PerspectiveGiven,
    SessionHeld,
    SessionMissed,
    SupervisionHeld,
)
from therarel.domain.events.happening import Happening
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
from therarel.domain.events.safety import RiskAnswersReviewed, SafetyConcernRaised, SafetyConcernReviewed
from therarel.domain.events.strains import (
    RepairBegan,
    RepairPartial,
    RepairStalled,
    RepairStepTaken,
    RepairViewGiven,
    RuptureNoticed,
    RuptureReassessed,
    StrainNoticed,
)
from therarel.domain.events.unions import FACTS, JUDGEMENTS, Event, Fact, Judgement
from therarel.domain.events.views import Measured, RelationshipRated
from therarel.domain.people import Reporter

__all__ = [
    "CORRECTIONS",
    "FACTS",
    "JUDGEMENTS",
    "AdvanceRequested",
    "ApproachAdapted",
    "BreachAddressed",
    "BreachReassessed",
    "BreachReported",
    "ChallengeFaced",
    "ClientInformed",
    "ClientPerspectiveShared",
    "ClientWishStated",
    "Closed",
    "ClosedAllStagesCompleted",
    "ClosingReason",
    "ConfidentialityLimitInvoked",
    "ConsentDecided",
    "Correction",
    "CrisisArranged",
    "CulturalMisstepAcknowledged",
    "EndingPlanned",
    "EndingRescinded",
    "EntryCorrected",
    "EntryRetracted",
    "Event",
    "Fact",
    "FollowUpHeld",
    "GoalReviewed",
    "GoalSet",
    "Happening",
    "Judgement",
    "Measured",
    "Modality",
    "OtherPresent",
    "PauseAgreed",
    "PauseEnded",
    "PerspectiveGiven",
    "PowerDynamicNamed",
    "ReEngaged",
    "RelationshipRated",
    "RepairBegan",
    "RepairPartial",
    "RepairStalled",
    "RepairStepTaken",
    "RepairSucceeded",
    "RepairViewGiven",
    "Reporter",
    "ReturnedToEarlierStage",
    "RiskAnswersReviewed",
    "RuptureNoticed",
    "RuptureReassessed",
    "SafetyConcernRaised",
    "SafetyConcernReviewed",
    "SessionHeld",
    "SessionMissed",
    "StageTaskMet",
    "StageTaskReopened",
    "StageTaskWaived",
    "StrainEased",
    "StrainNoticed",
    "SupervisionHeld",
    "TermsExplained",
    "TherapeuticTaskReviewed",
    "TherapeuticTaskSet",
]
