"""What is due in a course or in a caseload: advice for a day, and never a condition of anything.

A therapist's own development is due on the therapist's page and never on a client's: it is asked about with a caseload.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import chain
from typing import Final, TypeAlias

from attrs import field, frozen

from therarel.domain import (
    Breach,
    ClosingReason,
    DevelopmentLog,
    DevelopmentPolicy,
    Dyad,
    EpisodeKind,
    Event,
    Occurrence,
    Rater,
    RepairView,
    RuptureEpisode,
    SafetyConcern,
    events,
    overdue,
)
from therarel.domain.checks import LARGEST, a, bounds, int_or_none, optional, truth, whole
from therarel.errors import InvalidValueError, shown
from therarel.machine.arguments import require_day
from therarel.machine.course import Course
from therarel.machine.machine import Machine
from therarel.machine.upkeep import sessions_since
from therarel.representation import one_line
from therarel.texts import Phrase, Texts, standard_texts
from therarel.vocabulary import Vocabulary


class DueKind(Vocabulary, links={}):
    """What is due, in the order in which it is said."""

    CONCERN_FIRST_LOOK = "concern_first_look"
    CONCERN_REVIEW = "concern_review"
    ANSWERS_TO_LOOK_AT = "answers_to_look_at"
    INDEPENDENT_REVIEW = "independent_review"
    BREACH_SUPERVISION = "breach_supervision"
    CLIENT_NOT_INFORMED = "client_not_informed"
    CONCERN_WITHOUT_DATE = "concern_without_date"
    PAUSE_ENDED = "pause_ended"
    CLIENT_VIEW_OF_REPAIR = "client_view_of_repair"
    GOALS = "goals"
    VIEWS = "views"
    MEASURES = "measures"
    DEVELOPMENT = "development"
    """The therapist's own, on the therapist's page alone."""


@frozen(kw_only=True)
class DuePolicy:
    """What is advised beside what safety asks for; asking is a burden, so that views and measures are off unless set.

    Args:
        goals_every: Sessions after which the goals are due to be looked at, at least 1; ``None`` never advises it.
            Illustrative.
        views_every: Sessions after which ratings of the relationship are due again, at least 1; ``None`` never advises
            them.
        measures_every: Sessions after which a measure is due again, at least 1; ``None`` never advises one.
        client_view_of_repair: Whether to advise asking for the client's view of a repaired rupture.
        development: The longest gaps of the therapist's own development; ``None`` does not look at it.

    Examples:
        >>> DuePolicy().measures_every is None
        True
    """

    goals_every: int | None = field(
        default=6, validator=optional(whole(1)), metadata=bounds(1, LARGEST), converter=int_or_none
    )
    views_every: int | None = field(
        default=None, validator=optional(whole(1)), metadata=bounds(1, LARGEST), converter=int_or_none
    )
    measures_every: int | None = field(
        default=None, validator=optional(whole(1)), metadata=bounds(1, LARGEST), converter=int_or_none
    )
    client_view_of_repair: bool = field(default=True, validator=truth)
    development: DevelopmentPolicy | None = field(default=None, validator=optional(a(DevelopmentPolicy)))


@frozen
class Due:
    """One thing that is due; ``str`` says it, without anything confidential.

    Args:
        kind: What.
        text: The sentence.
        dyad: In whose course; ``None`` for the therapist's own development.
        texts: The texts in whose words it is said.

    Examples:
        >>> print(Due(DueKind.PAUSE_ENDED, "The pause is over.", Dyad("C-014", "T-03")))
        C-014 with T-03: The pause is over.
    """

    kind: DueKind
    text: str
    dyad: Dyad | None = None
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return self.text if self.dyad is None else self.texts("due.of_course", dyad=self.dyad, text=self.text)


_Values: TypeAlias = Mapping[str, object]
_Found: TypeAlias = Iterator[tuple[DueKind, _Values]]
_ORDER: Final = {kind: place for place, kind in enumerate(DueKind)}


def due(
    courses: Course | Iterable[Course],
    *,
    on: date,
    policy: DuePolicy | None = None,
    development: DevelopmentLog | None = None,
) -> tuple[Due, ...]:
    """What is due on a day, safety first. It is advice: nothing is recorded, and nothing waits for it.

    Args:
        courses: One course, or the courses of a caseload.
        on: The day.
        policy: What is advised beside what safety asks for.
        development: The therapist's own log, for the page of the therapist: it goes with a caseload, never with one
            client's course. Supervision that the courses recorded counts.

    Raises:
        InvalidValueError: if an argument is not what it has to be, the log goes with a single course, or a course is of
            another therapist than the log.

    Examples:
        >>> course = Course.begin("C-014", "T-03")
        >>> _ = course.record(events.SafetyConcernRaised(session=2))
        >>> for each in due(course, on=date(2026, 5, 4)):
        ...     print(each)
        C-014 with T-03: Nobody has looked at this concern for safety yet: concern-1.
    """
    if on is None:
        raise InvalidValueError("a day is needed", where="on", value="None", bound="a datetime.date")
    require_day(on)
    chosen = DuePolicy() if policy is None else policy
    if not isinstance(chosen, DuePolicy):
        raise InvalidValueError(
            "a policy of what is due is needed", where="policy", value=shown(policy), bound="a DuePolicy"
        )
    single = isinstance(courses, Course)
    caseload = [courses] if isinstance(courses, Course) else list(courses)
    for each in caseload:
        if not isinstance(each, Course):
            raise InvalidValueError(
                "a course is needed", where="courses", value=shown(each), bound="a Course, or several"
            )
    found = [(kind, values, each) for each in caseload for kind, values in _of_course(each, on, chosen)]
    found.sort(key=lambda one: _ORDER[one[0]])
    said = [
        Due(kind, texts.filled(texts.due[kind], values), each.relationship.dyad, texts)
        for kind, values, each in found
        for texts in (each.machine.texts,)
    ]
    if development is not None:
        _require_own(development, caseload, single)
        said += _of_therapist(development, caseload, on, chosen)
    return tuple(said)


def _of_course(course: Course, on: date, policy: DuePolicy) -> _Found:
    now, replayed = course.relationship, course.replay()
    in_force = [entry.event for entry in replayed.entries if entry.applied]
    died = now.closed_reason is ClosingReason.CLIENT_DIED
    sessions = [
        event.session for event in in_force if isinstance(event, events.SessionHeld) and event.session is not None
    ]
    today = Occurrence(max(sessions, default=None), on)
    concerns = (each for each in now.safety_concerns if each.is_open and not (died and each.is_about_client_alone))
    yield from chain.from_iterable(_of_concern(each, today) for each in concerns)
    if died:
        return
    yield from ((DueKind.ANSWERS_TO_LOOK_AT, {"about": each}) for each in now.risk_notices)
    yield from chain.from_iterable(map(_of_breach, now.breaches))
    if not now.stage.is_open:
        return
    if now.paused_until is not None and now.paused_until < on:
        yield DueKind.PAUSE_ENDED, {"value": now.paused_until}
    if policy.client_view_of_repair:
        yield from (
            (DueKind.CLIENT_VIEW_OF_REPAIR, {"about": Phrase("episode.opened", about=each, when=each.opened)})
            for each in replayed.episodes
            if _client_was_not_asked(each)
        )
    for kind, every, what in (
        (DueKind.GOALS, policy.goals_every, (events.GoalSet, events.GoalReviewed)),
        (DueKind.VIEWS, policy.views_every, (events.RelationshipRated,)),
        (DueKind.MEASURES, policy.measures_every, (events.Measured,)),
    ):
        since = 0 if every is None else sessions_since(in_force, partial(_is_one, what))
        if every is not None and since >= every:
            yield kind, {"value": since}


def _client_was_not_asked(episode: RuptureEpisode) -> bool:
    """Whether a rupture is repaired, and the client neither judged it nor was asked."""
    if episode.kind is not EpisodeKind.RUPTURE or not episode.repaired:
        return False
    return Rater.CLIENT not in episode.repaired_in_view_of and episode.repair_views.client is RepairView.NOT_ASKED


def _of_concern(concern: SafetyConcern, today: Occurrence) -> _Found:
    review = concern.review_due
    if concern.reviewed is None:
        yield DueKind.CONCERN_FIRST_LOOK, {"about": concern}
    elif review is None:
        yield DueKind.CONCERN_WITHOUT_DATE, {"about": concern}
    elif today.before(review) is False:
        yield DueKind.CONCERN_REVIEW, {"about": (concern, review)}


def _of_breach(breach: Breach) -> _Found:
    if breach.client_not_informed:
        yield DueKind.CLIENT_NOT_INFORMED, {"about": breach}
    if not breach.is_open:
        return
    if (breach.bars_going_on or breach.stops_the_work) and not breach.independent_since:
        yield DueKind.INDEPENDENT_REVIEW, {"about": breach}
    elif not breach.supervised_since:
        yield DueKind.BREACH_SUPERVISION, {"about": breach}


def _is_one(kinds: tuple[type[Event], ...], event: Event) -> bool:
    return isinstance(event, kinds)


def _require_own(development: DevelopmentLog, caseload: Iterable[Course], single: bool) -> None:
    if not isinstance(development, DevelopmentLog):
        raise InvalidValueError(
            "a log of development is needed", where="development", value=shown(development), bound="a DevelopmentLog"
        )
    if single:
        raise InvalidValueError(
            "a therapist's own development is due on the therapist's page, not on a client's",
            where="development",
            hint="ask about the caseload: due([course, ...], development=...)",
        )
    if any(each.relationship.dyad.therapist != development.therapist for each in caseload):
        raise InvalidValueError(
            "a log of development goes with the courses of that therapist alone", where="development"
        )


def _of_therapist(log: DevelopmentLog, caseload: Iterable[Course], on: date, policy: DuePolicy) -> list[Due]:
    if policy.development is None:
        return []
    texts = next((each.machine.texts for each in caseload), Machine.standard().texts)
    held = chain.from_iterable(_supervision(each) for each in caseload)
    whole_log = DevelopmentLog(log.therapist, (*log.entries, *held))
    return [
        Due(
            DueKind.DEVELOPMENT,
            texts.filled(
                texts.due[DueKind.DEVELOPMENT],
                {"about": each.activity, "value": each.last or Phrase("due.not_on_record")},
            ),
            texts=texts,
        )
        for each in overdue(whole_log, on, policy.development)
    ]


def _supervision(course: Course) -> Iterator[events.SupervisionHeld]:
    for entry in course.replay().entries:
        if isinstance(entry.event, events.SupervisionHeld) and entry.event.on is not None:
            yield entry.event
