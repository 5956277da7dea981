"""Scores that were recorded on courses, as the columns of a panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from attrs import frozen

from therarel.domain.events import AllianceMeasured
from therarel.domain.ratings import RatingScale, Timing
from therarel.errors import InvalidValueError, OutOfScopeError, shown
from therarel.machine import Course
from therarel.measures.catalogue import instruments
from therarel.panels.risk import risk_columns
from therarel.panels.terms import SessionIndex

__all__ = ["Recording", "recorded_scores"]


@frozen
class Recording:
    """The recorded scores of courses, one element per score, and what they share.

    Args:
        dyad: Label of each score's dyad.
        session: Session number, or ISO date where none of the scores has a number.
        score: The score; ``None`` where the instrument gave none.
        therapist: The therapist's pseudonym.
        rater: Who rated.
        instrument: The instrument of all of them.
        scale: Range and direction that all of them state; ``None`` if they state none or differ.
        timing: Before or after the session, where all say the same.
        risk: A column of words for each item that asks about risk, in the order of the scores.
        index: Whether sessions are numbers or dates.
    """

    dyad: Sequence[str]
    session: Sequence[int | str]
    score: Sequence[float | None]
    therapist: Sequence[str]
    rater: Sequence[str]
    instrument: str
    scale: RatingScale | None
    timing: Timing | None
    index: SessionIndex
    risk: Mapping[str, Sequence[str | None]]


def recorded_scores(courses: Iterable[Course], instrument: str | None) -> Recording:
    """The scores of one instrument in the histories of courses; retracted entries do not count.

    Args:
        courses: The courses, one per dyad.
        instrument: The instrument; ``None`` takes the only one there is.

    Raises:
        InvalidValueError: if there is no score, several instruments and none chosen, or sessions without number
            and date.
        OutOfScopeError: if a course is given twice.
    """
    held = list(courses)
    for course in held:
        if not isinstance(course, Course):
            raise InvalidValueError("a course is needed", where="courses", value=shown(course))
    clients = Counter(course.start.dyad.client.pseudonym for course in held)
    several = {client for client, number in clients.items() if number > 1}
    labelled = [(_label(course, several), course) for course in held]
    if len({label for label, _ in labelled}) < len(held):
        raise OutOfScopeError(
            "two courses are of the same dyad", where="courses", hint="a course taken up again is one course"
        )
    found = [
        (label, course, entry.event)
        for label, course in labelled
        for entry in course.replay().entries
        if isinstance(entry.event, AllianceMeasured)
    ]
    chosen = _instrument([event.score.instrument for _, _, event in found], instrument)
    kept = [each for each in found if each[2].score.instrument == chosen]
    events = [event for _, _, event in kept]
    numbered = all(event.session is not None for event in events)
    if not numbered and not all(event.on is not None for event in events):
        raise InvalidValueError(
            "some scores have neither session number nor date in common",
            where="courses",
            hint="record AllianceMeasured with session=..., or all of them with on=...",
        )
    scales, timings = {event.score.scale for event in events}, {event.score.timing for event in events}
    return Recording(
        dyad=[label for label, _, _ in kept],
        session=[event.session if numbered else event.on.isoformat() for event in events],  # type: ignore[misc, union-attr]
        score=[event.score.value for event in events],
        therapist=[str(course.start.dyad.therapist.pseudonym) for _, course, _ in kept],
        rater=[event.score.rater.value for event in events],
        instrument=chosen,
        scale=scales.pop() if len(scales) == 1 else None,
        timing=timings.pop() if len(timings) == 1 else None,
        index=SessionIndex.ATTENDED if numbered else SessionIndex.DATED,
        risk=risk_columns(chosen, [event.score for event in events], _known_to_ask(chosen)),
    )


def _label(course: Course, several: Collection[str]) -> str:
    """The client's pseudonym, or both where the client is among those with several courses."""
    dyad = course.start.dyad
    return str(dyad if dyad.client.pseudonym in several else dyad.client.pseudonym)


def _known_to_ask(instrument: str) -> list[int]:
    """The items of an instrument of the library that ask about risk."""
    return [risky.item for form in instruments() if form.id == instrument for risky in form.risk_items]


def _instrument(recorded: Sequence[str], wanted: str | None) -> str:
    known = sorted(set(recorded))
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted is not None and wanted in known:
        return wanted
    raise InvalidValueError(
        "no score of that instrument was recorded" if wanted else "which instrument is meant is not known",
        where="instrument",
        value=shown(wanted),
        bound=", ".join(known) or "none: no score was recorded on these courses",
        hint=None if not known else f"instrument='{known[0]}'",
    )
