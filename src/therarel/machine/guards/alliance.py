"""Guards of the alliance: how it stands, and when a strain has eased or an episode is repaired."""

from __future__ import annotations

from typing import Final

from therarel.domain import (
    AllianceStatus,
    Contributor,
    Event,
    Rater,
    Relationship,
    RepairRoute,
    RepairStep,
    RepairView,
    ResolutionStrategy2015,
    RuptureSeverity,
)
from therarel.domain.events import RepairSucceeded
from therarel.machine.guards.base import Unmet
from therarel.machine.policy import Policy, Requirement

__all__ = [
    "client_view_of_repair",
    "culture_acknowledged",
    "judged_by_someone",
    "no_open_rupture",
    "not_in_rupture",
    "status_intact",
    "steps_sufficient",
    "strain_allows_advance",
]

IMMEDIATE_ACTS: Final = (
    ResolutionStrategy2015.CLARIFY_MISUNDERSTANDING,
    ResolutionStrategy2015.CHANGE_TASKS_OR_GOALS,
    ResolutionStrategy2015.ILLUSTRATE_TASKS_OR_PROVIDE_RATIONALE,
)
_OWNED: Final = (Contributor.CULTURE, Contributor.POWER)


def not_in_rupture(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """The alliance is intact or strained, and no rupture is open, not even one partly repaired."""
    status = relationship.alliance_status
    if status is AllianceStatus.REPAIRING:
        return Unmet(status, AllianceStatus.STRAINED, case="repair" if relationship.has_open_rupture else "strain")
    if status is AllianceStatus.RUPTURED:
        return Unmet(status, AllianceStatus.STRAINED)
    return Unmet(status, AllianceStatus.INTACT, case="partly") if relationship.has_open_rupture else None


def status_intact(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """The alliance is intact."""
    if relationship.alliance_status is AllianceStatus.INTACT:
        return None
    return Unmet(relationship.alliance_status, AllianceStatus.INTACT)


def strain_allows_advance(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """A mere strain does not keep the pair from the working phase, unless the policy says so."""
    required = policy.strain_eased_before_working_phase is Requirement.REQUIRED
    if not required or relationship.alliance_status is not AllianceStatus.STRAINED:
        return None
    if relationship.has_open_rupture:  # named by not_in_rupture
        return None
    return Unmet(relationship.alliance_status, AllianceStatus.INTACT)


def no_open_rupture(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """What is open is a strain, not a rupture that was left partly repaired."""
    return Unmet(True, False) if relationship.has_open_rupture else None


def culture_acknowledged(relationship: Relationship, event: Event, policy: Policy) -> Unmet | None:
    """Where culture or power contributed, the misstep was acknowledged and the client's view invited."""
    episode = relationship.episode
    if episode is None or episode.acknowledged or not episode.needs_acknowledgement:
        return None
    return Unmet(False, True, tuple(each for each in _OWNED if each in episode.contributors))


def steps_sufficient(relationship: Relationship, event: RepairSucceeded, policy: Policy) -> Unmet | None:
    """What was done is enough for the severity and the route.

    The immediate route (clarify, change a task or goal, give a rationale) is enough for a strain, a minor and a
    moderate rupture once one of these is on record. The exploratory route needs as many different steps as the
    policy says, the recognition of the strain among them.
    """
    episode = relationship.episode
    if episode is None:
        return Unmet(False, True, case="nothing")
    if episode.route is RepairRoute.IMMEDIATE:
        if episode.severity is RuptureSeverity.MAJOR:
            return Unmet(RepairRoute.IMMEDIATE, RepairRoute.EXPLORATORY, case="major")
        if any(act in IMMEDIATE_ACTS for act in episode.steps):
            return None
        return Unmet(0, 1, IMMEDIATE_ACTS, "immediate")
    taken = {step for step in episode.steps if isinstance(step, RepairStep)}
    needed = policy.exploratory_steps(episode.severity)
    if len(taken) < needed:
        return Unmet(len(taken), needed, tuple(step for step in RepairStep if step not in taken))
    if RepairStep.STRAIN_RECOGNITION not in taken:
        return Unmet(False, True, (RepairStep.STRAIN_RECOGNITION,), "recognition")
    return None


def client_view_of_repair(relationship: Relationship, event: RepairSucceeded, policy: Policy) -> Unmet | None:
    """The client does not say that it is not repaired; where the policy asks for it, the client's view is on record.

    A client who did not want to say was asked, and a client who is among those who judge has said it.
    """
    episode = relationship.episode
    if episode is None:
        return None
    view = episode.repair_views.client
    if view is RepairView.NOT_REPAIRED:
        return Unmet(view, RepairView.REPAIRED, case="not_repaired")
    if view is RepairView.PARTLY_REPAIRED:
        return Unmet(view, RepairView.REPAIRED, case="partly")
    asked = view is not RepairView.NOT_ASKED or Rater.CLIENT in event.judged_by
    if asked or policy.client_view(episode) is not Requirement.REQUIRED:
        return None
    return Unmet(view, RepairView.REPAIRED)


def judged_by_someone(relationship: Relationship, event: RepairSucceeded, policy: Policy) -> Unmet | None:
    """Somebody is named in whose view the episode is repaired."""
    return None if event.judged_by else Unmet(0, 1)
