"""New snapshots from old ones: what an effect says is different, and the relationship that follows.

Every step of every course passes here, so that what stays the same is copied and not checked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias, TypedDict, TypeVar

import attrs

from therarel.confidential import Confidential
from therarel.domain import (
    Agreements,
    AllianceStatus,
    Breach,
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
    RepairViews,
    RiskNotice,
    RuptureEpisode,
    RuptureMode,
    RuptureSeverity,
    SafetyConcern,
    Stage,
    StageTask,
    View,
    WaivedTask,
)
from therarel.machine.policy import Policy


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
    paused_until: date | None
    paused_since: Occurrence | None
    closed_reason: ClosingReason | None
    ended_from: Stage | None
    safety_concerns: tuple[SafetyConcern, ...]
    unresolved_before: tuple[RuptureEpisode, ...]
    risk_notices: tuple[RiskNotice, ...]
    session_held: bool
    agreements: Agreements
    views: tuple[View, ...]


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
    repair_views: RepairViews


Effect: TypeAlias = Callable[[Relationship, Any, Policy], Changes]
"""What else an event changes; empty where it changes nothing. An effect declares the class of the event it reads."""

T = TypeVar("T", Relationship, RuptureEpisode, Breach)


class _Slots(NamedTuple):
    """How a value of a class is copied, and how one field of it is changed."""

    read: Callable[[object], tuple[object, ...]]
    write: tuple[Callable[[object, object], None], ...]
    fields: Mapping[str, tuple[Any, Callable[[object, object], None]]]
    validate: Callable[[object], None] | None


def _slots_of(kind: type[Any]) -> _Slots:
    fields = attrs.fields(kind)
    write = tuple(getattr(kind, each.name).__set__ for each in fields)
    by_name = {each.name: (each, setter) for each, setter in zip(fields, write, strict=True)}
    return _Slots(attrgetter(*by_name), write, by_name, getattr(kind, "__attrs_post_init__", None))


_SLOTS: Final = {kind: _slots_of(kind) for kind in (Relationship, RuptureEpisode, Breach)}


def with_changes(value: T, changes: Mapping[str, object]) -> T:
    """The value that follows; the very same one where nothing is said to change.

    What changes is converted and checked, and so is the whole; what stays was so when it was made.

    Args:
        value: A relationship, an episode or a breach.
        changes: The new value of each field that changes.
    """
    if not changes:
        return value
    slots = _SLOTS[type(value)]
    after = object.__new__(type(value))
    for write, kept in zip(slots.write, slots.read(value), strict=True):
        write(after, kept)
    for name, new in changes.items():
        field, write = slots.fields[name]
        converted = new if field.converter is None else field.converter(new)
        write(after, converted)
        if field.validator is not None:
            field.validator(after, field, converted)
    if slots.validate is not None:
        slots.validate(after)
    return after


def altered(episode: RuptureEpisode, changes: EpisodeChanges) -> RuptureEpisode:
    """The episode that follows; the very same one where nothing differs."""
    same = all(getattr(episode, name) == value for name, value in changes.items())
    return episode if same else with_changes(episode, changes)


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
