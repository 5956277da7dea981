"""What a course says of upkeep: how the approach was adapted, and when somebody last said how the two are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import field, frozen

from therarel.domain import Event, Occurrence, Rater, View, events
from therarel.domain.views import views_in
from therarel.machine.course import Course
from therarel.machine.timeline import each_once
from therarel.representation import one_line
from therarel.texts import Listed, Phrase, Texts, standard_texts


@frozen
class Upkeep:
    """How the approach was adapted in a course, and its check-ins; ``str`` gives it in words, nothing confidential.

    A check-in is a session or day at which somebody rated the relationship, by a statement or an instrument.

    Args:
        adaptations: The adaptations in force, in the order of recording.
        check_ins: When each rater rated the relationship, in the order of recording; raters who did not are left out.
        sessions_since: Number of sessions held since the last check-in, at least 0; ``None`` where there was none.
        texts: The texts in whose words it is said.

    Examples:
        >>> course = Course.begin("C-014", "T-03")
        >>> _ = course.record(events.ApproachAdapted("slower pace", agreed_with_client=True, session=3))
        >>> print(upkeep(course))
        The approach was adapted: session 3, agreed with the client.
        No rating of the relationship is on record.
    """

    adaptations: tuple[events.ApproachAdapted, ...]
    check_ins: Mapping[Rater, tuple[Occurrence, ...]]
    sessions_since: int | None
    texts: Texts = field(factory=standard_texts, eq=False, repr=False)

    def lines(self) -> Iterator[str]:
        """What there is to say, a sentence each."""
        say = self.texts
        adapted = Listed(self.adaptations)
        yield say("upkeep.adaptations", things=adapted) if self.adaptations else say("upkeep.no_adaptation")
        if self.sessions_since is None:
            yield say("upkeep.no_check_in")
            return
        by_rater = (
            Phrase("upkeep.check_ins", rater=rater, count=len(times), when=times[-1])
            for rater, times in self.check_ins.items()
        )
        yield say("upkeep.rated", things=Listed(by_rater))
        yield say("upkeep.sessions_since", count=self.sessions_since)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        return "\n".join(self.lines())


def upkeep(course: Course) -> Upkeep:
    """How the approach was adapted in a course, and when somebody last said how the relationship is seen.

    It says what is on record, and never that upkeep did anything: that it does is a claim.

    Args:
        course: The course; nothing is recorded on it, and corrections are known.
    """
    in_force = [entry.event for entry in course.replay().entries if entry.applied]
    times: dict[Rater, dict[Occurrence, None]] = {}
    for event in in_force:
        for view in _views(event):
            times.setdefault(view.rater, {})[view.occurred] = None
    return Upkeep(
        tuple(each for each in in_force if isinstance(each, events.ApproachAdapted)),
        {rater: tuple(times[rater]) for rater in Rater if rater in times},
        sessions_since(in_force, lambda event: bool(_views(event))) if times else None,
        course.machine.texts,
    )


def _views(event: Event) -> tuple[View, ...]:
    return tuple(views_in(event)) if isinstance(event, (events.Measured, events.RelationshipRated)) else ()


def sessions_since(in_force: Iterable[Event], is_it: Callable[[Event], bool]) -> int:
    """How many sessions were held since an event of some kind was last recorded, or since the beginning.

    A session that is recorded twice counts once.

    Args:
        in_force: The events in the order of recording.
        is_it: Whether an event is of that kind.
    """
    held: list[events.SessionHeld] = []
    for event in in_force:
        if is_it(event):
            held.clear()
        elif isinstance(event, events.SessionHeld):
            held.append(event)
    return len(each_once(held))
