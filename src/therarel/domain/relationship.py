"""The relationship as it stands: the snapshot that guards and current views read.

Logs live in the history of a course; here stands only what decides what may come next.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import field, frozen

from therarel.confidential import Confidential, Pseudonym
from therarel.discretion import discreet
from therarel.domain import checks
from therarel.domain.agreements import Agreements
from therarel.domain.breaches import Breach
from therarel.domain.checks import as_private, as_set, as_tuple, bounds, members, optional
from therarel.domain.events import ClosingReason
from therarel.domain.handover import Handover
from therarel.domain.occurrence import Occurrence
from therarel.domain.people import Client, Dyad, Therapist
from therarel.domain.risk import RiskNotice
from therarel.domain.ruptures import AllianceStatus, EpisodeKind, RuptureEpisode
from therarel.domain.safety import SafetyConcern
from therarel.domain.stages import Stage, StageTask
from therarel.domain.views import View
from therarel.errors import InvalidValueError
from therarel.representation import one_line
from therarel.texts import Texts, standard_texts


# A relationship is made at every step of a course, out of the parts of the one before.
def _stage_task_set(values: Iterable[StageTask]) -> frozenset[StageTask]:
    return values if type(values) is frozenset else as_set(values)


def _waived_task_tuple(values: Iterable[WaivedTask]) -> tuple[WaivedTask, ...]:
    return values if type(values) is tuple else as_tuple(values)


def _breach_tuple(values: Iterable[Breach]) -> tuple[Breach, ...]:
    return values if type(values) is tuple else as_tuple(values)


def _safety_concern_tuple(values: Iterable[SafetyConcern]) -> tuple[SafetyConcern, ...]:
    return values if type(values) is tuple else as_tuple(values)


def _risk_notice_tuple(values: Iterable[RiskNotice]) -> tuple[RiskNotice, ...]:
    return values if type(values) is tuple else as_tuple(values)


def _view_tuple(values: Iterable[View]) -> tuple[View, ...]:
    return values if type(values) is tuple else as_tuple(values)


def _rupture_episode_tuple(values: Iterable[RuptureEpisode]) -> tuple[RuptureEpisode, ...]:
    return values if type(values) is tuple else as_tuple(values)


@frozen
class WaivedTask:
    """A task that was judged not to apply, and why.

    Args:
        task: Which one.
        reason: Why, in words.

    Examples:
        >>> WaivedTask(StageTask.ADDRESSING_RESISTANCE, "none was met").reason
        Confidential(...)
    """

    task: StageTask = field(validator=checks.a(StageTask))
    reason: Confidential = field(converter=as_private, validator=checks.private)


@frozen
class Relationship:
    """One client and one therapist, and how their relationship stands now.

    A snapshot never changes; a decision returns a new one.

    Args:
        dyad: The two people.
        stage: Stage of development.
        alliance_status: How the alliance stands.
        tasks_met: Stage tasks that are met.
        tasks_waived: Tasks that were waived, with their reasons.
        rupture_repaired: Whether a rupture (not a mere strain) was repaired in this course.
        challenge_faced: Whether a difficulty of the work was faced.
        episode: The open strain or rupture; ``None`` exactly when the alliance is intact, while the course is open.
        breaches: Breaches on record, open and closed.
        supervision_last: When supervision or consultation was last held; ``None`` if it was not.
        client_misses_in_a_row: Sessions the client has missed since the last one held.
        paused: Whether a pause is agreed.
        closed_reason: Why the course closed; ``None`` exactly while it is open.
        ended_from: Stage from which the ending was planned; ``None`` outside ending and closed.
        safety_concerns: Concerns for safety on record, open and closed. They gate nothing, and open ones come first in
            every answer.
        unresolved_before: Episodes that an earlier course, or an earlier closing, left open.
        predecessor: Pseudonym of the course that came before with another therapist; ``None`` if there is none.
        handover: What was handed over when this course began; it is known here and moves nothing.
        paused_until: The last day of the pause; ``None`` where it is open, or none is agreed.
        risk_notices: Answers to items that ask about risk at which nobody has looked yet. They gate nothing.
        session_held: Whether a session was held in this course.
        agreements: What is agreed as things stand.
        views: The latest rating of each part by each rater and source, with its session. They gate nothing and are
            never a status by themselves.
        paused_since: When the pause was agreed; ``None`` where that is not stated, or none is agreed.

    Raises:
        InvalidValueError: if the parts contradict each other.

    Examples:
        >>> relationship = Relationship.between("C-014", "T-03")
        >>> relationship.stage.label, relationship.alliance_status.label
        ('initial formation', 'intact')
    """

    dyad: Dyad = field(validator=checks.a(Dyad))
    stage: Stage = field(default=Stage.INITIAL_FORMATION, validator=checks.a(Stage))
    alliance_status: AllianceStatus = field(default=AllianceStatus.INTACT, validator=checks.a(AllianceStatus))
    tasks_met: frozenset[StageTask] = field(
        default=frozenset(), converter=_stage_task_set, validator=members(checks.a(StageTask))
    )
    tasks_waived: tuple[WaivedTask, ...] = field(
        default=(), converter=_waived_task_tuple, validator=members(checks.a(WaivedTask))
    )
    rupture_repaired: bool = field(default=False, validator=checks.truth)
    challenge_faced: bool = field(default=False, validator=checks.truth)
    episode: RuptureEpisode | None = field(default=None, validator=optional(checks.a(RuptureEpisode)))
    breaches: tuple[Breach, ...] = field(default=(), converter=_breach_tuple, validator=members(checks.a(Breach)))
    supervision_last: Occurrence | None = field(default=None, validator=optional(checks.a(Occurrence)))
    client_misses_in_a_row: int = field(
        default=0, validator=checks.whole(), metadata=bounds(0, checks.LARGEST), converter=checks.as_int
    )
    paused: bool = field(default=False, validator=checks.truth)
    closed_reason: ClosingReason | None = field(default=None, validator=optional(checks.a(ClosingReason)))
    ended_from: Stage | None = field(default=None, validator=optional(checks.a(Stage)))
    safety_concerns: tuple[SafetyConcern, ...] = field(
        default=(), converter=_safety_concern_tuple, validator=members(checks.a(SafetyConcern))
    )
    unresolved_before: tuple[RuptureEpisode, ...] = field(
        default=(), converter=_rupture_episode_tuple, validator=members(checks.a(RuptureEpisode))
    )
    predecessor: Pseudonym | None = field(
        default=None, converter=checks.as_pseudonym, validator=optional(checks.pseudonym)
    )
    handover: Handover | None = field(default=None, validator=optional(checks.a(Handover)))
    paused_until: date | None = field(default=None, validator=optional(checks.day))
    risk_notices: tuple[RiskNotice, ...] = field(
        default=(), converter=_risk_notice_tuple, validator=members(checks.a(RiskNotice))
    )
    session_held: bool = field(default=False, validator=checks.truth)
    agreements: Agreements = field(default=Agreements(), validator=checks.a(Agreements))
    views: tuple[View, ...] = field(default=(), converter=_view_tuple, validator=members(checks.a(View)))
    paused_since: Occurrence | None = field(default=None, validator=optional(checks.a(Occurrence)))

    def __attrs_post_init__(self) -> None:
        closed = self.stage is Stage.CLOSED
        if closed == (self.closed_reason is None):
            _contradicts("closed_reason", "a course has a closing reason exactly when it is closed")
        if not closed and (self.alliance_status is AllianceStatus.INTACT) == (self.episode is not None):
            _contradicts("episode", "while a course is open, an episode is open exactly when it is not intact")
        if self.episode is not None:
            if self.episode.repaired:
                _contradicts("episode", "the open episode is not repaired")
            if self.alliance_status is AllianceStatus.REPAIRING and self.episode.origin is None:
                _contradicts("episode", "a repair under way knows the status it began from")
            if self.alliance_status is AllianceStatus.RUPTURED and self.episode.kind is not EpisodeKind.RUPTURE:
                _contradicts("episode", "a ruptured alliance has an open rupture")
        if self.stage is Stage.ENDING and self.ended_from is None:
            _contradicts("ended_from", "an ending knows the stage it was planned from")
        if self.ended_from in _NO_BEGINNING:
            _contradicts("ended_from", "an ending is planned from an open stage other than ending")

    @classmethod
    @discreet
    def between(
        cls, client: Client | str, therapist: Therapist | str, *, predecessor: str | None = None
    ) -> Relationship:
        """A new relationship, at the beginning of initial formation.

        Args:
            client: The client or the client's pseudonym.
            therapist: The therapist or the therapist's pseudonym.
            predecessor: Pseudonym of the course that came before, where the therapist is a new one.
        """
        return cls(Dyad(client, therapist), predecessor=predecessor)

    @property
    def waived(self) -> frozenset[StageTask]:
        """The tasks that are waived."""
        return frozenset(waived.task for waived in self.tasks_waived)

    @property
    def has_open_rupture(self) -> bool:
        """Whether a rupture is open, partly repaired ones included."""
        return self.episode is not None and self.episode.kind is EpisodeKind.RUPTURE

    @property
    def has_open_breach(self) -> bool:
        """Whether a breach that is more than a crossing is open."""
        return any(breach.blocks for breach in self.breaches)

    @property
    def has_open_safety_concern(self) -> bool:
        """Whether a concern for safety is open."""
        return any(concern.is_open for concern in self.safety_concerns)

    def safety_concern(self, concern_id: str) -> SafetyConcern | None:
        """The concern for safety of that name, or ``None``."""
        return next((concern for concern in self.safety_concerns if concern.concern_id == concern_id), None)

    def breach(self, breach_id: str) -> Breach | None:
        """The breach of that name, or ``None``."""
        return next((breach for breach in self.breaches if breach.breach_id == breach_id), None)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return self.worded(standard_texts())

    def worded(self, texts: Texts) -> str:
        """The two, the stage and the state of the alliance, in words.

        Args:
            texts: The texts of a language.
        """
        return texts("history.relationship", dyad=self.dyad, stage=self.stage, alliance=self.alliance_status)


_NO_BEGINNING = frozenset({Stage.ENDING, Stage.CLOSED})


def _contradicts(name: str, what: str) -> None:
    raise InvalidValueError(what, where=f"Relationship.{name}")
