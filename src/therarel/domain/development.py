"""The therapist's continuing work, as a dated log, and what is overdue by a policy that you set.

What is overdue is advice. It never gates a step of a relationship.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from attrs import field, frozen

from therarel.confidential import Confidential
from therarel.domain import checks
from therarel.domain.checks import as_private, as_tuple, members, optional
from therarel.domain.events.frame import SupervisionHeld
from therarel.domain.people import Therapist, as_therapist
from therarel.errors import InvalidValueError
from therarel.representation import one_line
from therarel.vocabulary import Vocabulary


def _development_entry_tuple(values: Iterable[DevelopmentEntry]) -> tuple[DevelopmentEntry, ...]:
    return as_tuple(values)


class DevelopmentActivity(Vocabulary, concepts=True):
    """Continuing work of the therapist."""

    SELF_AWARENESS = "self_awareness"
    CLINICAL_SUPERVISION = "clinical_supervision"
    BOUNDARY_MAINTENANCE = "boundary_maintenance"
    CULTURAL_COMPETENCY_DEVELOPMENT = "cultural_competency_development"


@frozen
class _Entry:
    on: date = field(validator=checks.day)
    note: Confidential | None = field(
        default=None, converter=as_private, validator=optional(checks.private), kw_only=True
    )


@frozen
class SelfReflection(_Entry):
    """Work on knowing one's own feelings, limits and biases.

    Args:
        on: The day.
        note: What came of it.

    Examples:
        >>> SelfReflection(date(2026, 3, 2)).activity.label
        'self awareness'
    """

    @property
    def activity(self) -> DevelopmentActivity:
        """The kind of continuing work."""
        return DevelopmentActivity.SELF_AWARENESS


@frozen
class BoundaryReview(_Entry):
    """A review of the limits of the therapist's role.

    Args:
        on: The day.
        note: What came of it.

    Examples:
        >>> BoundaryReview(date(2026, 3, 2)).activity.label
        'boundary maintenance'
    """

    @property
    def activity(self) -> DevelopmentActivity:
        """The kind of continuing work."""
        return DevelopmentActivity.BOUNDARY_MAINTENANCE


@frozen
class CulturalLearning(_Entry):
    """Learning about culture, identity and bias.

    Args:
        on: The day.
        note: What came of it.

    Examples:
        >>> CulturalLearning(date(2026, 3, 2)).activity.label
        'cultural competency development'
    """

    @property
    def activity(self) -> DevelopmentActivity:
        """The kind of continuing work."""
        return DevelopmentActivity.CULTURAL_COMPETENCY_DEVELOPMENT


DevelopmentEntry = SelfReflection | SupervisionHeld | BoundaryReview | CulturalLearning
"""An entry of the log; supervision is the very event that a course records, with its day."""


@frozen
class DevelopmentLog:
    """One therapist's dated log of continuing work.

    Args:
        therapist: Whose log it is: the therapist, or the pseudonym.
        entries: The entries in any order; they are kept as given. Each has its day.

    Raises:
        InvalidValueError: if supervision is entered without its day.

    Examples:
        >>> log = DevelopmentLog(Therapist("T-03"), [SupervisionHeld(on=date(2026, 3, 2))])
        >>> log.last(DevelopmentActivity.CLINICAL_SUPERVISION)
        datetime.date(2026, 3, 2)
    """

    therapist: Therapist = field(converter=as_therapist)
    entries: tuple[DevelopmentEntry, ...] = field(
        default=(), converter=_development_entry_tuple, validator=members(checks.a(DevelopmentEntry.__args__))
    )

    def __attrs_post_init__(self) -> None:
        if any(entry.on is None for entry in self.entries):
            raise InvalidValueError(
                "an entry of a log of development has its day", where="DevelopmentLog.entries", hint="on=date(...)"
            )

    def last(self, activity: DevelopmentActivity) -> date | None:
        """The latest day on which the activity took place; ``None`` if it never did."""
        return max((on for on, done in self._days() if done is activity), default=None)

    def up_to(self, day: date) -> DevelopmentLog:
        """The log of what was done by a day, that day included."""
        return DevelopmentLog(self.therapist, [entry for entry in self.entries if entry.on is None or entry.on <= day])

    def _days(self) -> Iterator[tuple[date, DevelopmentActivity]]:
        for entry in self.entries:
            if entry.on is not None:
                yield entry.on, _activity(entry)


def _activity(entry: DevelopmentEntry) -> DevelopmentActivity:
    return DevelopmentActivity.CLINICAL_SUPERVISION if isinstance(entry, SupervisionHeld) else entry.activity


_GAP: Final = optional(checks.a(timedelta))


def _days(value: timedelta | int | None) -> timedelta | None:
    return timedelta(days=value) if isinstance(value, int) else value


@frozen
class DevelopmentPolicy:
    """The longest gap between two entries of each activity; the library has none of its own to suggest.

    Args:
        self_awareness: Longest gap, in days or as a ``timedelta``; ``None`` if not checked.
        clinical_supervision: The same.
        boundary_maintenance: The same.
        cultural_competency_development: The same.

    Raises:
        InvalidValueError: if a gap is not positive.

    Examples:
        >>> DevelopmentPolicy(clinical_supervision=14).clinical_supervision.days
        14
    """

    self_awareness: timedelta | None = field(default=None, converter=_days, validator=_GAP)
    clinical_supervision: timedelta | None = field(default=None, converter=_days, validator=_GAP)
    boundary_maintenance: timedelta | None = field(default=None, converter=_days, validator=_GAP)
    cultural_competency_development: timedelta | None = field(default=None, converter=_days, validator=_GAP)

    def __attrs_post_init__(self) -> None:
        for activity in DevelopmentActivity:
            gap = self.longest_gap(activity)
            if gap is not None and gap <= _NO_TIME:
                raise InvalidValueError(
                    "the longest gap is a positive number of days",
                    where=f"DevelopmentPolicy.{activity}",
                    bound="above 0 days, or None",
                )

    def longest_gap(self, activity: DevelopmentActivity) -> timedelta | None:
        """The longest gap allowed for an activity; ``None`` if it is not checked."""
        gap: timedelta | None = getattr(self, activity.value)
        return gap


_NO_TIME: Final = timedelta(0)


@frozen
class Overdue:
    """An activity that is overdue by a policy.

    Args:
        activity: Which one.
        last: When it last took place; ``None`` if never.
        since: The first day on which it was overdue; ``None`` if it never took place.

    Examples:
        >>> Overdue(DevelopmentActivity.SELF_AWARENESS, None, None).last is None
        True
    """

    activity: DevelopmentActivity = field(validator=checks.a(DevelopmentActivity))
    last: date | None = field(validator=optional(checks.day))
    since: date | None = field(validator=optional(checks.day))

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return f"{self.activity.label}"


def overdue(log: DevelopmentLog, today: date, policy: DevelopmentPolicy) -> tuple[Overdue, ...]:
    """What is overdue today by the policy: advice, never a condition of any step.

    Entries dated after ``today`` are planned, not done, and do not count.

    Args:
        log: The therapist's log.
        today: The day asked about.
        policy: The longest gaps.

    Examples:
        >>> log = DevelopmentLog(Therapist("T-03"), [SupervisionHeld(on=date(2026, 3, 2))])
        >>> policy = DevelopmentPolicy(clinical_supervision=14)
        >>> overdue(log, date(2026, 3, 16), policy)
        ()
        >>> overdue(log, date(2026, 3, 17), policy)[0].since
        datetime.date(2026, 3, 17)
    """
    done = log.up_to(today)
    found = []
    for activity in DevelopmentActivity:
        gap = policy.longest_gap(activity)
        last = done.last(activity)
        if gap is None:
            continue
        if last is None:
            found.append(Overdue(activity, None, None))
        elif today - last > gap:
            found.append(Overdue(activity, last, last + gap + timedelta(days=1)))
    return tuple(found)
