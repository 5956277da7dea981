"""Strains and ruptures of the alliance and their repair: what a person confirmed or coded.

A rupture has modes that may co-occur, a severity, somebody who moved, contributors on both sides and in the
setting, and views of it that differ. A detector never makes an episode: it offers a candidate with its
`Grounds`, a person confirms it, and the episode keeps the grounds.

Source: safran_muran2000, eubanks2019, safran_muran1996.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from attrs import Attribute, field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, as_set, as_tuple, members, optional
from therarel.domain.occurrence import Occurrence
from therarel.domain.ratings import Rater, a_person, rater_set
from therarel.domain.repair_views import RepairViews
from therarel.domain.threers import Marker, ResolutionStrategy2015
from therarel.errors import InvalidValueError
from therarel.texts import AND, Listed, Phrase, Texts, standard_texts
from therarel.vocabulary import OrderedVocabulary, Vocabulary


def rupture_mode_set(values: Iterable[RuptureMode]) -> frozenset[RuptureMode]:
    """Any collection of `RuptureMode`, as `checks.as_set` takes it."""
    return as_set(values)


def marker_set(values: Iterable[Marker]) -> frozenset[Marker]:
    """Any collection of `Marker`, as `checks.as_set` takes it."""
    return as_set(values)


def contributor_set(values: Iterable[Contributor]) -> frozenset[Contributor]:
    """Any collection of `Contributor`, as `checks.as_set` takes it."""
    return as_set(values)


def rupture_episode_tuple(values: Iterable[RuptureEpisode]) -> tuple[RuptureEpisode, ...]:
    """Any collection of `RuptureEpisode`, as `checks.as_tuple` takes it."""
    return as_tuple(values)


def _repair_act_tuple(values: Iterable[RepairAct]) -> tuple[RepairAct, ...]:
    return as_tuple(values)


class AllianceStatus(Vocabulary, links={"strained": "alliance_strain", "ruptured": "alliance_rupture"}):
    """How the alliance stands, apart from the stage."""

    INTACT = "intact"
    STRAINED = "strained"
    RUPTURED = "ruptured"
    REPAIRING = "repairing"


class EpisodeKind(Vocabulary, links={"strain": "alliance_strain", "rupture": "alliance_rupture"}):
    """A minor tension, or a deterioration of collaboration or bond."""

    STRAIN = "strain"
    RUPTURE = "rupture"


class RuptureMode(Vocabulary, links={"withdrawal": "withdrawal_rupture", "confrontation": "confrontation_rupture"}):
    """A movement away from the other or the work, or against them; both may occur in one episode."""

    WITHDRAWAL = "withdrawal"
    CONFRONTATION = "confrontation"


class RuptureSeverity(OrderedVocabulary, links={}):
    """How severe a rupture is, in the judgement of whoever reports it."""

    MINOR = "minor"
    MODERATE = "moderate"
    MAJOR = "major"


class MovedBy(Vocabulary, links={"client": "client", "therapist": "therapist"}):
    """Who moved away or against: either person can, and both may."""

    CLIENT = "client"
    THERAPIST = "therapist"
    BOTH = "both"


class Contributor(
    Vocabulary,
    links={
        "client": "client",
        "therapist": "therapist",
        "culture": "cultural_factors",
        "power": "power_imbalance",
    },
):
    """What contributed to a strain or rupture; several may."""

    CLIENT = "client"
    THERAPIST = "therapist"
    INTERACTION = "interaction"
    SETTING = "setting"
    CULTURE = "culture"
    POWER = "power"
    TECHNOLOGY = "technology"


class Perception(Vocabulary, links={}):
    """Whether somebody perceived the episode; not asked is not no."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class RepairRoute(Vocabulary, links={"immediate": "clarifying_rationale", "exploratory": "exploring_rupture"}):
    """Immediate repair (clarify, change task or goal, give a rationale) or exploration of the rupture itself."""

    IMMEDIATE = "immediate"
    EXPLORATORY = "exploratory"


class RepairStep(Vocabulary, concepts=True):
    """A step of exploratory repair. Steps form a graph with ways back, not a chain; any may repeat.

    Source: safran_muran1996.
    """

    STRAIN_RECOGNITION = "strain_recognition"
    EXPLORING_RUPTURE = "exploring_rupture"
    EXPLORING_AVOIDANCE = "exploring_avoidance"
    EMERGENCE_OF_NEED = "emergence_of_need"


RepairAct: TypeAlias = RepairStep | ResolutionStrategy2015
"""What was done to repair: a step of the process model or a coded strategy."""


@frozen
class PerceivedBy:
    """Who perceived the episode: views of a rupture differ.

    Args:
        client: Whether the client did.
        therapist: Whether the therapist did.
        observer: Whether an observer did.

    Examples:
        >>> PerceivedBy(client=Perception.YES).therapist.label
        'not asked'
    """

    client: Perception = field(default=Perception.NOT_ASKED, validator=checks.a(Perception))
    therapist: Perception = field(default=Perception.NOT_ASKED, validator=checks.a(Perception))
    observer: Perception = field(default=Perception.NOT_ASKED, validator=checks.a(Perception))

    def joined(self, other: PerceivedBy) -> PerceivedBy:
        """This view completed by another: a later answer replaces an earlier one, not asked replaces nothing."""
        later = [
            new if new is not Perception.NOT_ASKED else old
            for old, new in (
                (self.client, other.client),
                (self.therapist, other.therapist),
                (self.observer, other.observer),
            )
        ]
        return PerceivedBy(*later)


@frozen
class GroundValue:
    """One named setting or value behind a detector's candidate.

    Args:
        name: What it is, such as ``k`` or ``lower_limit``.
        value: A number, a code, ``True``/``False``, or ``None`` where it was not available.

    Examples:
        >>> GroundValue("k", 2.0).value
        2.0
    """

    name: str = field(validator=checks.name)
    value: float | int | str | bool | None = field(converter=checks.as_number)

    @value.validator
    def _plain(self, attribute: Attribute[object], value: object) -> None:
        if isinstance(value, str):
            if not 0 < len(value) <= 80:
                raise InvalidValueError(
                    "a ground is a short code", where="GroundValue.value", bound="1 to 80 characters"
                )
            checks.text(self, attribute, value)
        if isinstance(value, (int, float)) and not checks.finite(value):
            raise InvalidValueError(
                "a ground is a finite number", where="GroundValue.value", hint="use None for not available"
            )
        if value is not None and not isinstance(value, (str, bool, int, float)):
            raise InvalidValueError(
                "a ground is a plain value",
                where="GroundValue.value",
                bound="number, code, truth value or None",
            )


def _named(
    values: Mapping[str, float | int | str | bool | None] | Iterable[GroundValue],
) -> tuple[GroundValue, ...]:
    if isinstance(values, Mapping):
        return tuple(GroundValue(name, value) for name, value in values.items())
    return as_tuple(values)


@frozen
class Grounds:
    """What a strain or rupture rests on: why a detector offered it, or a view that a person takes for its sign.

    Args:
        rule: Name of the rule, or ``view``.
        settings: The rule's settings, or what the view is of; a mapping is accepted.
        values: What was seen at this place; a mapping is accepted.

    Examples:
        >>> Grounds("drop", settings={"k": 2}, values={"change": 1.1, "threshold": 0.8}).settings
        (GroundValue(name='k', value=2),)
    """

    rule: str = field(validator=checks.name)
    settings: tuple[GroundValue, ...] = field(default=(), converter=_named, validator=members(checks.a(GroundValue)))
    values: tuple[GroundValue, ...] = field(default=(), converter=_named, validator=members(checks.a(GroundValue)))


@frozen
class RuptureEpisode:
    """A strain or rupture that a person confirmed or coded, open or closed.

    Args:
        kind: A strain or a rupture.
        modes: Withdrawal, confrontation, both, or none coded.
        severity: Severity of a rupture; ``None`` for a strain.
        moved_by: Who moved; ``None`` if not stated.
        contributors: What contributed; both people may.
        perceived_by: Who perceived it.
        markers: Observable markers that were coded.
        opened: When it was first noticed.
        acknowledged: Whether a cultural misstep was acknowledged with the client's view invited.
        partly_repaired: Whether a repair ended half-way; a rupture then stays open.
        trust_lost: Whether it reopened the task of establishing trust and that cost still stands.
        origin: Status from which a repair under way began; ``None`` while none is.
        route: Route of the repair under way or last taken; ``None`` if none was begun.
        steps: What was done in the repair under way or last taken, in order.
        repaired: Whether it was judged repaired.
        repaired_in_view_of: In whose view it is repaired; empty while it is not.
        understanding: What was understood through it, if anything was written down.
        grounds: What it rests on, where it began with a confirmed candidate or with somebody's view.
        repair_views: What each says of the repair under way or last taken.

    Raises:
        InvalidValueError: if a rupture has no severity, a strain has one, a repair began from where none can, or has
            no one who judged it.

    Source: safran_muran2000.

    Examples:
        >>> episode = RuptureEpisode(EpisodeKind.STRAIN, contributors={Contributor.CULTURE})
        >>> episode.needs_acknowledgement
        True
    """

    kind: EpisodeKind = field(validator=checks.a(EpisodeKind))
    modes: frozenset[RuptureMode] = field(
        default=frozenset(), converter=rupture_mode_set, validator=members(checks.a(RuptureMode)), kw_only=True
    )
    severity: RuptureSeverity | None = field(default=None, validator=optional(checks.a(RuptureSeverity)), kw_only=True)
    moved_by: MovedBy | None = field(default=None, validator=optional(checks.a(MovedBy)), kw_only=True)
    contributors: frozenset[Contributor] = field(
        default=frozenset(), converter=contributor_set, validator=members(checks.a(Contributor)), kw_only=True
    )
    perceived_by: PerceivedBy = field(default=PerceivedBy(), validator=checks.a(PerceivedBy), kw_only=True)
    markers: frozenset[Marker] = field(
        default=frozenset(), converter=marker_set, validator=members(checks.a(Marker.__args__)), kw_only=True
    )
    opened: Occurrence = field(default=Occurrence(), validator=checks.a(Occurrence), kw_only=True)
    acknowledged: bool = field(default=False, validator=checks.truth, kw_only=True)
    partly_repaired: bool = field(default=False, validator=checks.truth, kw_only=True)
    trust_lost: bool = field(default=False, validator=checks.truth, kw_only=True)
    origin: AllianceStatus | None = field(default=None, validator=optional(checks.a(AllianceStatus)), kw_only=True)
    route: RepairRoute | None = field(default=None, validator=optional(checks.a(RepairRoute)), kw_only=True)
    steps: tuple[RepairAct, ...] = field(
        default=(), converter=_repair_act_tuple, validator=members(checks.a(RepairAct.__args__)), kw_only=True
    )
    repaired: bool = field(default=False, validator=checks.truth, kw_only=True)
    repaired_in_view_of: frozenset[Rater] = field(
        default=frozenset(), converter=rater_set, validator=[members(checks.a(Rater)), members(a_person)], kw_only=True
    )
    understanding: Confidential | None = field(
        default=None, converter=as_private, validator=optional(checks.private), kw_only=True
    )
    grounds: Grounds | None = field(default=None, validator=optional(checks.a(Grounds)), kw_only=True)
    repair_views: RepairViews = field(default=RepairViews(), validator=checks.a(RepairViews), kw_only=True)

    def __attrs_post_init__(self) -> None:
        if (self.severity is not None) != (self.kind is EpisodeKind.RUPTURE):
            raise InvalidValueError(
                "a rupture has a severity and a strain has none",
                where="RuptureEpisode.severity",
                value="None" if self.severity is None else f"'{self.severity}'",
            )
        if self.origin is not None and self.origin not in _ORIGINS[self.kind]:
            raise InvalidValueError(
                "a repair begins from a strained or ruptured alliance, and from a ruptured one only for a rupture",
                where="RuptureEpisode.origin",
                value=f"'{self.origin}'",
                bound=" or ".join(sorted(_ORIGINS[self.kind])),
            )
        if self.repaired != bool(self.repaired_in_view_of):
            raise InvalidValueError(
                "an episode is repaired in somebody's view, and only then",
                where="RuptureEpisode.repaired_in_view_of",
                bound="at least one rater exactly when repaired",
            )

    @property
    def needs_acknowledgement(self) -> bool:
        """Whether culture or power contributed, so that repair needs an acknowledgement first."""
        return not self.contributors.isdisjoint(_NEED_ACKNOWLEDGEMENT)

    @property
    def in_words(self) -> str:
        """What it is: a strain, or a rupture with its severity; a partly repaired one says so.

        Examples:
            >>> RuptureEpisode(EpisodeKind.RUPTURE, severity=RuptureSeverity.MAJOR, partly_repaired=True).in_words
            'major rupture, partly repaired'
        """
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """What it is in words: a strain, or a rupture with its severity; a partly repaired one says so.

        Args:
            texts: The texts of a language.
        """
        what: object = self.kind
        if self.severity is not None:
            what = Phrase("episode.severity", severity=self.severity, kind=self.kind)
        return texts("episode.partly_repaired", about=what) if self.partly_repaired else texts.said(what)

    @property
    def repair_in_words(self) -> str:
        """Whether it is repaired and in whose view; without the client's view it says so.

        Examples:
            >>> RuptureEpisode(
            ...     EpisodeKind.STRAIN, repaired=True, repaired_in_view_of={Rater.THERAPIST}
            ... ).repair_in_words
            "repaired, therapist's view"
        """
        return standard_texts().said(self.repair_phrase)

    @property
    def repair_phrase(self) -> Phrase:
        """The same, to be said in the texts of any language."""
        if not self.repaired:
            return Phrase("episode.repaired_partly" if self.partly_repaired else "episode.not_repaired")
        whose = [Phrase("episode.whose", rater=rater) for rater in Rater if rater in self.repaired_in_view_of]
        return Phrase("episode.repaired", views=Listed(whose, AND))


_ORIGINS = {
    EpisodeKind.STRAIN: frozenset({AllianceStatus.STRAINED}),
    EpisodeKind.RUPTURE: frozenset({AllianceStatus.STRAINED, AllianceStatus.RUPTURED}),
}
_NEED_ACKNOWLEDGEMENT = frozenset({Contributor.CULTURE, Contributor.POWER})
