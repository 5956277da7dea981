"""The union of events is closed and every event can say when, who and what."""

from typing import get_args

import attrs
from hypothesis import given

from therarel.domain import events
from therarel.domain.events import CORRECTIONS, FACTS, JUDGEMENTS, Event, Happening
from therarel.testing import events as any_event

# The names of the statechart; a name added there is added here.
FACT_NAMES = [
    "SessionHeld",
    "SessionMissed",
    "PauseAgreed",
    "PauseEnded",
    "FollowUpHeld",
    "Measured",
    "RelationshipRated",
    "PerspectiveGiven",
    "ChallengeFaced",
    "SupervisionHeld",
    "ApproachAdapted",
    "CulturalMisstepAcknowledged",
    "ClientPerspectiveShared",
    "PowerDynamicNamed",
    "ConfidentialityLimitInvoked",
    "ConsentDecided",
    "TermsExplained",
    "GoalSet",
    "GoalReviewed",
    "TherapeuticTaskSet",
    "TherapeuticTaskReviewed",
    "CrisisArranged",
    "SafetyConcernRaised",
    "SafetyConcernReviewed",
    "RiskAnswersReviewed",
    "StrainNoticed",
    "RuptureNoticed",
    "RuptureReassessed",
    "RepairBegan",
    "RepairStepTaken",
    "RepairViewGiven",
    "RepairPartial",
    "RepairStalled",
    "BreachReported",
    "BreachReassessed",
    "ClientInformed",
    "ClientWishStated",
    "EndingPlanned",
    "EndingRescinded",
    "Closed",
    "ReEngaged",
]
JUDGEMENT_NAMES = [
    "AdvanceRequested",
    "StageTaskMet",
    "StageTaskWaived",
    "StageTaskReopened",
    "StrainEased",
    "RepairSucceeded",
    "ReturnedToEarlierStage",
    "BreachAddressed",
    "ClosedAllStagesCompleted",
]


def test_the_unions_hold_the_facts_and_judgements_of_the_statechart() -> None:
    """Every fact, judgement and correction stands under its name and in order."""
    assert [cls.__name__ for cls in FACTS] == FACT_NAMES
    assert [cls.__name__ for cls in JUDGEMENTS] == JUDGEMENT_NAMES
    assert [cls.__name__ for cls in CORRECTIONS] == ["EntryRetracted", "EntryCorrected"]
    assert set(get_args(Event)) == set(FACTS) | set(JUDGEMENTS)


def test_the_unions_are_closed() -> None:
    """Every subclass of the common base stands in exactly one union."""
    assert set(Happening.__subclasses__()) == set(FACTS) | set(JUDGEMENTS) | set(CORRECTIONS)
    assert not set(FACTS) & set(JUDGEMENTS)
    assert all(hasattr(events, cls.__name__) for cls in Happening.__subclasses__())


@given(any_event())
def test_every_event_says_when_who_and_may_carry_confidential_text(event: Event) -> None:
    """Session, date, reporter and note are fields of every event, given by name."""
    fields = attrs.fields_dict(type(event))
    assert all(
        fields[name].kw_only and fields[name].default is None for name in ("session", "on", "reported_by", "note")
    )
    assert event.occurred.session == event.session
    assert event.occurred.on == event.on
