"""Facts about strains, ruptures and what was done to repair them."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from therarel.domain import checks
from therarel.domain.checks import as_set, members, optional
from therarel.domain.events.happening import Happening
from therarel.domain.ratings import Rater, a_person
from therarel.domain.repair_views import HowExpressed, RepairView
from therarel.domain.ruptures import (
    Contributor,
    Grounds,
    MovedBy,
    PerceivedBy,
    RepairAct,
    RepairRoute,
    RuptureMode,
    RuptureSeverity,
    contributor_set,
    marker_set,
    rupture_mode_set,
)
from therarel.domain.threers import Marker


def _rupture_mode_set_or_none(values: Iterable[RuptureMode] | None) -> frozenset[RuptureMode] | None:
    return None if values is None else as_set(values)


def _contributor_set_or_none(values: Iterable[Contributor] | None) -> frozenset[Contributor] | None:
    return None if values is None else as_set(values)


@frozen
class StrainNoticed(Happening):
    """A strain of the alliance was noticed.

    Args:
        markers: Observable markers.
        moved_by: Who moved; ``None`` if not stated.
        contributors: What contributed.
        perceived_by: Who perceived it.
        grounds: What it rests on, where that was written down, such as `View.grounds`.

    Examples:
        >>> StrainNoticed(contributors={Contributor.SETTING}, session=5).moved_by is None
        True
    """

    markers: frozenset[Marker] = field(
        default=frozenset(), converter=marker_set, validator=members(checks.a(Marker.__args__))
    )
    moved_by: MovedBy | None = field(default=None, validator=optional(checks.a(MovedBy)))
    contributors: frozenset[Contributor] = field(
        default=frozenset(), converter=contributor_set, validator=members(checks.a(Contributor))
    )
    perceived_by: PerceivedBy = field(default=PerceivedBy(), validator=checks.a(PerceivedBy))
    grounds: Grounds | None = field(default=None, validator=optional(checks.a(Grounds)))


@frozen
class RuptureNoticed(Happening):
    """A person noticed, coded or confirmed a rupture.

    Args:
        severity: How severe it is.
        modes: Withdrawal, confrontation, both, or none coded.
        moved_by: Who moved; ``None`` if not stated.
        contributors: What contributed.
        perceived_by: Who perceived it.
        markers: Observable markers.
        grounds: A detector's grounds, where a candidate was confirmed.

    Examples:
        >>> RuptureNoticed(RuptureSeverity.MODERATE, {RuptureMode.WITHDRAWAL}, session=7).severity.label
        'moderate'
    """

    severity: RuptureSeverity = field(validator=checks.a(RuptureSeverity))
    modes: frozenset[RuptureMode] = field(
        default=frozenset(), converter=rupture_mode_set, validator=members(checks.a(RuptureMode))
    )
    moved_by: MovedBy | None = field(default=None, validator=optional(checks.a(MovedBy)))
    contributors: frozenset[Contributor] = field(
        default=frozenset(), converter=contributor_set, validator=members(checks.a(Contributor))
    )
    perceived_by: PerceivedBy = field(default=PerceivedBy(), validator=checks.a(PerceivedBy))
    markers: frozenset[Marker] = field(
        default=frozenset(), converter=marker_set, validator=members(checks.a(Marker.__args__))
    )
    grounds: Grounds | None = field(default=None, validator=optional(checks.a(Grounds)))


@frozen
class RuptureReassessed(Happening):
    """The open rupture is seen differently; what is ``None`` stays as it was.

    Args:
        severity: The severity as it is seen now.
        modes: The modes as they are seen now.
        moved_by: Who moved, as it is seen now.
        contributors: What contributed, as it is seen now.

    Examples:
        >>> RuptureReassessed(RuptureSeverity.MINOR).modes is None
        True
    """

    severity: RuptureSeverity | None = field(default=None, validator=optional(checks.a(RuptureSeverity)))
    modes: frozenset[RuptureMode] | None = field(
        default=None,
        converter=_rupture_mode_set_or_none,
        validator=optional(members(checks.a(RuptureMode))),
    )
    moved_by: MovedBy | None = field(default=None, validator=optional(checks.a(MovedBy)))
    contributors: frozenset[Contributor] | None = field(
        default=None,
        converter=_contributor_set_or_none,
        validator=optional(members(checks.a(Contributor))),
    )


@frozen
class RepairBegan(Happening):
    """The two began to repair the open episode.

    Args:
        route: Immediate or exploratory.

    Examples:
        >>> RepairBegan(RepairRoute.EXPLORATORY, session=8).route.label
        'exploratory'
    """

    route: RepairRoute = field(validator=checks.a(RepairRoute))


@frozen
class RepairStepTaken(Happening):
    """A step of repair was taken or a resolution strategy was used; steps may repeat in any order.

    Args:
        step: The step or the strategy.

    Examples:
        >>> from therarel.domain import RepairStep
        >>> RepairStepTaken(RepairStep.STRAIN_RECOGNITION).step.label
        'strain recognition'
    """

    step: RepairAct = field(validator=checks.a(RepairAct.__args__))


@frozen
class RepairViewGiven(Happening):
    """Somebody said, or showed, whether the open episode is repaired.

    Who judges the repair, `RepairSucceeded` says. While the client's latest view is that it is not repaired, or partly,
    it is not judged to have succeeded.

    Args:
        by: Whose view.
        view: What it is; that nobody asked, or that somebody did not want to say, is on record, too.
        how: How it came; ``None`` if not stated.

    Examples:
        >>> RepairViewGiven(Rater.CLIENT, RepairView.PARTLY_REPAIRED, HowExpressed.SAID, session=9).view.label
        'partly repaired'
    """

    by: Rater = field(validator=[checks.a(Rater), a_person])
    view: RepairView = field(validator=checks.a(RepairView))
    how: HowExpressed | None = field(default=None, validator=optional(checks.a(HowExpressed)))


@frozen
class RepairPartial(Happening):
    """The repair ended half-way: a rupture stays open as partly repaired."""


@frozen
class RepairStalled(Happening):
    """The repair came to a halt: things stand as before it began."""
