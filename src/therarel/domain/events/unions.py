"""The closed unions of events: facts, judgements, and both."""

from __future__ import annotations

from typing import Final, TypeAlias

from therarel.domain.events import agreements, closing, culture, frame, judgements, safety, strains, views

__all__ = ["FACTS", "JUDGEMENTS", "Event", "Fact", "Judgement"]

Fact: TypeAlias = (
    frame.SessionHeld
    | frame.SessionMissed
    | frame.PauseAgreed
    | frame.PauseEnded
    | frame.FollowUpHeld
    | views.Measured
    | views.RelationshipRated
    | frame.PerspectiveGiven
    | frame.ChallengeFaced
    | frame.SupervisionHeld
    | frame.ApproachAdapted
    | frame.CulturalMisstepAcknowledged
    | culture.ClientPerspectiveShared
    | culture.PowerDynamicNamed
    | frame.ConfidentialityLimitInvoked
    | agreements.ConsentDecided
    | agreements.TermsExplained
    | agreements.GoalSet
    | agreements.GoalReviewed
    | agreements.TherapeuticTaskSet
    | agreements.TherapeuticTaskReviewed
    | agreements.CrisisArranged
    | safety.SafetyConcernRaised
    | safety.SafetyConcernReviewed
    | safety.RiskAnswersReviewed
    | strains.StrainNoticed
    | strains.RuptureNoticed
    | strains.RuptureReassessed
    | strains.RepairBegan
    | strains.RepairStepTaken
    | strains.RepairViewGiven
    | strains.RepairPartial
    | strains.RepairStalled
    | closing.BreachReported
    | closing.BreachReassessed
    | closing.ClientInformed
    | closing.ClientWishStated
    | closing.EndingPlanned
    | closing.EndingRescinded
    | closing.Closed
    | closing.ReEngaged
)
"""Something that happened: always accepted, always logged."""

Judgement: TypeAlias = (
    judgements.AdvanceRequested
    | judgements.StageTaskMet
    | judgements.StageTaskWaived
    | judgements.StageTaskReopened
    | judgements.StrainEased
    | judgements.RepairSucceeded
    | judgements.ReturnedToEarlierStage
    | judgements.BreachAddressed
    | judgements.ClosedAllStagesCompleted
)
"""Something that a person judges to be so: may be declined, with every reason."""

Event: TypeAlias = Fact | Judgement
"""A fact or a judgement."""

FACTS: Final[tuple[type[Fact], ...]] = Fact.__args__
"""Every class of facts, in the order of the statechart."""
JUDGEMENTS: Final[tuple[type[Judgement], ...]] = Judgement.__args__
"""Every class of judgements, in the order of the statechart."""
