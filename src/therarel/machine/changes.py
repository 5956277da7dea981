"""New snapshots from old ones: what an effect says is different, and the relationship that follows.

Every step of every course passes here, so that what stays the same is copied and not checked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, TypedDict

import attrs

from therarel.confidential import Confidential
from therarel.domain import (
    AllianceStatus,
    Breach,
    BreachSeverity,
    BreachStatus,
    ClosingReason,
    Contributor,
    EpisodeKind,
    Grounds,
    Marker,
    MovedBy,
    Occurrence,
    PerceivedBy,
    Rater,
    Relationship,
    RepairAct,
    RepairRoute,
    RuptureEpisode,
    RuptureMode,
    RuptureSeverity,
    SafetyConcern,
    Stage,
    StageTask,
    WaivedTask,
)

__all__ = ["Changes", "EpisodeChanges", "altered", "drop_tasks", "regraded", "with_changes"]


class Changes(TypedDict, total=False):
    """What is different in a relationship afterwards; a field that is not named stays."""

    stage: Stage
    alliance_status: AllianceStatus
    tasks_met: frozenset[StageTask]
    tasks_waived: tuple[WaivedTask, ...]
    rupture_repaired: bool
    challenge_faced: bool
    episode: RuptureEpisode | None
    breaches: tuple[Breach, ...]
    supervision_last: Occurrence | None
    client_misses_in_a_row: int
    paused: bool
    closed_reason: ClosingReason | None
    ended_from: Stage | None
    safety_concerns: tuple[SafetyConcern, ...]
    unresolved_before: tuple[RuptureEpisode, ...]


class EpisodeChanges(TypedDict, total=False):
    """What is different in an episode afterwards; a field that is not named stays."""

    kind: EpisodeKind
    modes: frozenset[RuptureMode]
    severity: RuptureSeverity | None
    moved_by: MovedBy | None
    contributors: frozenset[Contributor]
    perceived_by: PerceivedBy
    markers: frozenset[Marker]
    acknowledged: bool
    partly_repaired: bool
    trust_lost: bool
    origin: AllianceStatus | None
    route: RepairRoute | None
    steps: tuple[RepairAct, ...]
    repaired: bool
    repaired_in_view_of: frozenset[Rater]
    understanding: Confidential | None
    grounds: Grounds | None


_FIELDS: Final[tuple[Any, ...]] = attrs.fields(Relationship)
_READ: Final = attrgetter(*(each.name for each in _FIELDS))
_WRITE: Final = tuple(getattr(Relationship, each.name).__set__ for each in _FIELDS)
_CHANGED: Final[Mapping[str, tuple[Any, Callable[[Relationship, object], None]]]] = MappingProxyType(
    {each.name: (each, write) for each, write in zip(_FIELDS, _WRITE, strict=True)}
)


def with_changes(relationship: Relationship, changes: Changes) -> Relationship:
    """The relationship that follows.

    What changes is converted and checked, and so is the whole; what stays was so when it was made.
    """
    after = object.__new__(Relationship)
    for write, value in zip(_WRITE, _READ(relationship), strict=True):
        write(after, value)
    for name, given in changes.items():
        field, write = _CHANGED[name]
        value = given if field.converter is None else field.converter(given)
        write(after, value)
        if field.validator is not None:
            field.validator(after, field, value)
    after.__attrs_post_init__()
    return after


def altered(episode: RuptureEpisode, changes: EpisodeChanges) -> RuptureEpisode:
    """The episode that follows; the very same one where nothing differs."""
    if all(getattr(episode, name) == value for name, value in changes.items()):
        return episode
    return RuptureEpisode(
        changes.get("kind", episode.kind),
        modes=changes.get("modes", episode.modes),
        severity=changes.get("severity", episode.severity),
        moved_by=changes.get("moved_by", episode.moved_by),
        contributors=changes.get("contributors", episode.contributors),
        perceived_by=changes.get("perceived_by", episode.perceived_by),
        markers=changes.get("markers", episode.markers),
        opened=episode.opened,
        acknowledged=changes.get("acknowledged", episode.acknowledged),
        partly_repaired=changes.get("partly_repaired", episode.partly_repaired),
        trust_lost=changes.get("trust_lost", episode.trust_lost),
        origin=changes.get("origin", episode.origin),
        route=changes.get("route", episode.route),
        steps=changes.get("steps", episode.steps),
        repaired=changes.get("repaired", episode.repaired),
        repaired_in_view_of=changes.get("repaired_in_view_of", episode.repaired_in_view_of),
        understanding=changes.get("understanding", episode.understanding),
        grounds=changes.get("grounds", episode.grounds),
    )


def regraded(
    breach: Breach,
    *,
    severity: BreachSeverity,
    status: BreachStatus,
    is_open: bool,
    seen: Occurrence | None = None,
    supervised_since: bool,
    independent_since: bool,
) -> Breach:
    """The breach as it is seen now."""
    return Breach(
        breach.breach_id,
        breach.kind,
        severity,
        status,
        is_open=is_open,
        occurred=breach.occurred,
        reported=breach.reported,
        seen=breach.seen if seen is None else seen,
        supervised_since=supervised_since,
        independent_since=independent_since,
    )


def drop_tasks(relationship: Relationship, changes: Changes, tasks: Iterable[StageTask]) -> None:
    """Reopen tasks: they are neither met nor waived afterwards.

    Where trust is reopened by anything but a rupture, its loss is no longer the cost of the rupture, so that a later
    repair does not give it back.
    """
    dropped = frozenset(tasks)
    met = changes.get("tasks_met", relationship.tasks_met)
    if not met.isdisjoint(dropped):
        changes["tasks_met"] = met - dropped
    waived = changes.get("tasks_waived", relationship.tasks_waived)
    if any(each.task in dropped for each in waived):
        changes["tasks_waived"] = tuple(each for each in waived if each.task not in dropped)
    episode = changes.get("episode", relationship.episode)
    if StageTask.ESTABLISHING_TRUST in dropped and episode is not None and episode.trust_lost:
        changes["episode"] = altered(episode, {"trust_lost": False})
