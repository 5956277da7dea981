"""Effects of strains, ruptures and their repair."""

from __future__ import annotations

from typing import Final

from therarel.domain import (
    AllianceStatus,
    Contributor,
    EpisodeKind,
    MovedBy,
    Perception,
    Relationship,
    RepairViews,
    RuptureEpisode,
    RuptureSeverity,
    StageTask,
    events,
)
from therarel.domain.ruptures import PerceivedBy
from therarel.machine.changes import Changes, EpisodeChanges, altered
from therarel.machine.policy import Policy

__all__ = [
    "episode_repaired",
    "misstep_is_acknowledged",
    "perspective_joins",
    "repair_begins",
    "repair_ends_halfway",
    "repair_stalls",
    "repair_view_joins",
    "rupture_is_carried",
    "rupture_opens_or_deepens",
    "rupture_seen_anew",
    "step_is_logged",
    "strain_ends",
    "strain_is_carried",
    "strain_joins",
    "strain_opens",
]

_OWNED: Final = frozenset({Contributor.CULTURE, Contributor.POWER})
_TRUST: Final = StageTask.ESTABLISHING_TRUST


def strain_opens(relationship: Relationship, event: events.StrainNoticed, policy: Policy) -> Changes:
    """A strain opens."""
    return {"episode": _strain(event)}


def strain_is_carried(relationship: Relationship, event: events.StrainNoticed, policy: Policy) -> Changes:
    """A strain that is noticed after the closing is carried as unresolved."""
    return {"unresolved_before": (*relationship.unresolved_before, _strain(event))}


def _strain(event: events.StrainNoticed) -> RuptureEpisode:
    return RuptureEpisode(
        EpisodeKind.STRAIN,
        moved_by=event.moved_by,
        contributors=event.contributors,
        perceived_by=event.perceived_by,
        markers=event.markers,
        opened=event.occurred,
        grounds=event.grounds,
    )


def strain_joins(relationship: Relationship, event: events.StrainNoticed, policy: Policy) -> Changes:
    """What was noticed joins the open episode."""
    episode = relationship.episode
    return {} if episode is None else _changed(episode, _joined(episode, event))


def _joined(episode: RuptureEpisode, event: events.StrainNoticed | events.RuptureNoticed) -> EpisodeChanges:
    contributors = episode.contributors | event.contributors
    return {
        "markers": episode.markers | event.markers,
        "moved_by": _moved_by(episode.moved_by, event.moved_by),
        "contributors": contributors,
        "perceived_by": episode.perceived_by.joined(event.perceived_by),
        "acknowledged": episode.acknowledged and not _newly_owed(episode, contributors),
        "grounds": episode.grounds or event.grounds,
    }


def _moved_by(one: MovedBy | None, other: MovedBy | None) -> MovedBy | None:
    if one is None or other is None:
        return one or other
    return one if one is other else MovedBy.BOTH


def _newly_owed(episode: RuptureEpisode, contributors: frozenset[Contributor]) -> bool:
    # What was acknowledged before cannot have spoken of what is only named now.
    return bool((contributors - episode.contributors) & _OWNED)


def strain_ends(relationship: Relationship, event: events.StrainEased, policy: Policy) -> Changes:
    """The strain closes."""
    return {"episode": None}


def rupture_opens_or_deepens(relationship: Relationship, event: events.RuptureNoticed, policy: Policy) -> Changes:
    """A rupture opens, or the open episode deepens into one; a major one may cost the task of trust."""
    episode = relationship.episode
    if episode is None:
        rupture = _rupture(event)
    else:
        deepened: EpisodeChanges = {
            **_joined(episode, event),
            "kind": EpisodeKind.RUPTURE,
            "severity": _graver(episode.severity, event.severity),
            "modes": episode.modes | event.modes,
            "partly_repaired": False,
            "origin": None,
        }
        rupture = altered(episode, deepened)
    return _with_cost_of_trust(relationship, rupture, policy, event.severity is RuptureSeverity.MAJOR)


def rupture_is_carried(relationship: Relationship, event: events.RuptureNoticed, policy: Policy) -> Changes:
    """A rupture that is noticed after the closing is carried as unresolved."""
    return {"unresolved_before": (*relationship.unresolved_before, _rupture(event))}


def _rupture(event: events.RuptureNoticed) -> RuptureEpisode:
    return RuptureEpisode(
        EpisodeKind.RUPTURE,
        modes=event.modes,
        severity=event.severity,
        moved_by=event.moved_by,
        contributors=event.contributors,
        perceived_by=event.perceived_by,
        markers=event.markers,
        opened=event.occurred,
        grounds=event.grounds,
    )


def _graver(one: RuptureSeverity | None, other: RuptureSeverity) -> RuptureSeverity:
    return other if one is None or other > one else one


def rupture_seen_anew(relationship: Relationship, event: events.RuptureReassessed, policy: Policy) -> Changes:
    """Severity, modes and the rest are as they are seen now; lowering gives nothing back before the repair."""
    episode = relationship.episode
    if episode is None:
        return {}
    seen: EpisodeChanges = {}
    if event.severity is not None:
        seen["severity"] = event.severity
    if event.modes is not None:
        seen["modes"] = event.modes
    if event.moved_by is not None:
        seen["moved_by"] = event.moved_by
    if event.contributors is not None:
        seen["contributors"] = event.contributors
        seen["acknowledged"] = episode.acknowledged and not _newly_owed(episode, event.contributors)
    raised = event.severity is RuptureSeverity.MAJOR and episode.severity is not RuptureSeverity.MAJOR
    return _with_cost_of_trust(relationship, altered(episode, seen), policy, raised)


def _with_cost_of_trust(relationship: Relationship, episode: RuptureEpisode, policy: Policy, major: bool) -> Changes:
    changes: Changes = {}
    if major and policy.major_rupture_reopens_trust and _TRUST in relationship.tasks_met:
        episode = altered(episode, {"trust_lost": True})
        changes["tasks_met"] = relationship.tasks_met - {_TRUST}
    if episode is not relationship.episode:
        changes["episode"] = episode
    return changes


def repair_begins(relationship: Relationship, event: events.RepairBegan, policy: Policy) -> Changes:
    """The repair keeps where it began and its route; it has no steps yet."""
    episode = relationship.episode
    if episode is None:
        return {}
    return _changed(
        episode,
        {
            "origin": relationship.alliance_status,
            "route": event.route,
            "steps": (),
            "repair_views": RepairViews(),
        },
    )


def step_is_logged(relationship: Relationship, event: events.RepairStepTaken, policy: Policy) -> Changes:
    """The step belongs to the repair under way, if there is one."""
    episode = relationship.episode
    under_way = relationship.alliance_status is AllianceStatus.REPAIRING and relationship.stage.is_open
    if episode is None or not under_way:
        return {}
    return _changed(episode, {"steps": (*episode.steps, event.step)})


def repair_ends_halfway(relationship: Relationship, event: events.RepairPartial, policy: Policy) -> Changes:
    """A rupture stays open as partly repaired; a strain stays a strain."""
    episode = relationship.episode
    if episode is None:
        return {}
    return _changed(episode, {"origin": None, "partly_repaired": episode.kind is EpisodeKind.RUPTURE})


def repair_stalls(relationship: Relationship, event: events.RepairStalled, policy: Policy) -> Changes:
    """No repair is under way any more."""
    episode = relationship.episode
    return {} if episode is None else _changed(episode, {"origin": None})


def episode_repaired(relationship: Relationship, event: events.RepairSucceeded, policy: Policy) -> Changes:
    """The episode closes; a repaired rupture counts, and the trust that it cost is given back."""
    changes: Changes = {"episode": None}
    if relationship.has_open_rupture:
        changes["rupture_repaired"] = True
    if relationship.episode is not None and relationship.episode.trust_lost:
        changes["tasks_met"] = relationship.tasks_met | {_TRUST}
    return changes


def perspective_joins(relationship: Relationship, event: events.PerspectiveGiven, policy: Policy) -> Changes:
    """The view of the open episode is completed."""
    episode = relationship.episode
    if episode is None:
        return {}
    said = Perception.YES if event.perceived else Perception.NO
    view = PerceivedBy(**{event.by.value: said})
    return _changed(episode, {"perceived_by": episode.perceived_by.joined(view)})


def repair_view_joins(relationship: Relationship, event: events.RepairViewGiven, policy: Policy) -> Changes:
    """The views of the repair are completed."""
    episode = relationship.episode
    if episode is None:
        return {}
    view = RepairViews(**{event.by.value: event.view})
    return _changed(episode, {"repair_views": episode.repair_views.joined(view)})


def misstep_is_acknowledged(
    relationship: Relationship, event: events.CulturalMisstepAcknowledged, policy: Policy
) -> Changes:
    """The open episode is acknowledged, where the client's view was invited."""
    episode = relationship.episode
    if episode is None or not event.client_view_invited:
        return {}
    return _changed(episode, {"acknowledged": True})


def _changed(episode: RuptureEpisode, changes: EpisodeChanges) -> Changes:
    after = altered(episode, changes)
    return {} if after is episode else {"episode": after}
