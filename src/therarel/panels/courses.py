"""Scores that were recorded on courses, as the columns of a panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, cast

from attrs import frozen

from therarel.domain.events import Measured
from therarel.domain.occurrence import Occurrence
from therarel.domain.parts import RelationshipPart
from therarel.domain.ratings import Construct, Rater, RatingScale, Score, Timing
from therarel.domain.views import View
from therarel.errors import InvalidValueError, OutOfScopeError, shown
from therarel.machine import Course
from therarel.measures.catalogue import instruments
from therarel.measures.instrument import Instrument
from therarel.panels.options import PanelOptions
from therarel.panels.risk import risk_columns
from therarel.panels.terms import SessionIndex

_CONSTRUCTS: Final = {
    "alliance": Construct.ALLIANCE,
    "presence": Construct.PRESENCE,
    "characteristics": Construct.RELATIONSHIP,
}
STATED: Final = "stated"
"""In the place of an instrument: ratings that were stated without one."""


@frozen
class Recording:
    """The recorded scores of courses, one element per score, and what they share.

    Args:
        dyad: Label of each score's dyad.
        session: Session number, or ISO date where none of the scores has a number.
        score: The score; ``None`` where the instrument gave none.
        therapist: The therapist's pseudonym.
        rater: Who rated.
        instrument: The instrument of all of them; ``None`` for ratings of a part of the relationship.
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
    instrument: str | None
    scale: RatingScale | None
    timing: Timing | None
    index: SessionIndex
    risk: Mapping[str, Sequence[str | None]]


def recorded(
    courses: Iterable[Course], part: RelationshipPart | str | None, rater: Rater | str | None, options: PanelOptions
) -> tuple[Recording, PanelOptions]:
    """What was recorded on courses, and what a panel of it needs to know.

    Args:
        courses: The courses, one per dyad.
        part: The part of the relationship whose ratings are taken; ``None`` for the scores themselves.
        rater: Whose; ``None`` where only one person rated.
        options: What was stated about the panel.

    Raises:
        InvalidValueError: as for `recorded_scores` and `recorded_views`.
    """
    asked = options.get("instrument")
    own = asked if isinstance(asked, Instrument) else None
    name = own.id if own is not None else cast("str | None", asked)
    if rater is not None:
        options = {**options, "rater_is": rater}
    if part is not None:
        which = RelationshipPart(part)
        found = recorded_views(courses, which, None if rater is None else Rater(rater), name)
        stated: PanelOptions = {
            "construct": _CONSTRUCTS[which.value.partition(".")[0]],
            "scale": found.scale,
            **options,
        }
        return found, {**stated, "timing": found.timing, "index": found.index, "instrument": None}
    found = recorded_scores(courses, name)
    known = own is not None or any(found.instrument == each.id for each in instruments())
    stated = {"scale": found.scale, **options, "timing": found.timing, "index": found.index}
    stated["instrument"] = own or (found.instrument if known else None)
    if known and "scale" not in options:
        stated["scale"] = None
    return found, stated


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
    rows = [
        (label, course, entry.event.occurred, entry.event.score)
        for label, course in _labelled(courses)
        for entry in course.replay().entries
        if isinstance(entry.event, Measured)
    ]
    chosen = _instrument([score.instrument for *_, score in rows], instrument)
    kept = [row for row in rows if row[-1].instrument == chosen]
    risk = risk_columns(chosen, [score for *_, score in kept], _known_to_ask(chosen))
    return _recording(kept, "Measured", chosen, risk)


def recorded_views(
    courses: Iterable[Course], part: RelationshipPart, rater: Rater | None, instrument: str | None
) -> Recording:
    """The ratings of one part of the relationship in the histories of courses, all of one source.

    Args:
        courses: The courses, one per dyad.
        part: The part.
        rater: Whose ratings; ``None`` for everybody's.
        instrument: The instrument they were measured by, or ``stated``; ``None`` takes the only source there is.

    Raises:
        InvalidValueError: if there is no rating, several sources and none chosen, or sessions without number and date.
        OutOfScopeError: if a course is given twice.
    """
    found = [
        (label, course, view) for label, course in _labelled(courses) for view in course.view(part, rater=rater).ratings
    ]
    sources = {(view.instrument or STATED, view.of, view.scale): view.source_in_words for _, _, view in found}
    chosen = [source for source in sources if instrument in (None, source[0])]
    if len(chosen) != 1:
        kinds = sorted(f"{each[0]} ({words}, {each[2] or 'range not verified'})" for each, words in sources.items())
        raise InvalidValueError(
            "ratings of several sources are not one series" if chosen else "there is no such rating of this part",
            where="instrument",
            value=shown(instrument),
            bound="; ".join(kinds) or f"none: nobody rated {part.label} on these courses",
            hint="say which with instrument='...'" if len({name for name, _, _ in sources}) > 1 else None,
        )
    kept = [
        (label, course, view.occurred, view)
        for label, course, view in found
        if (view.instrument or STATED, view.of, view.scale) == chosen[0]
    ]
    return _recording(kept, "RelationshipRated and Measured", None, {})


def _recording(
    rows: Sequence[tuple[str, Course, Occurrence, Score | View]],
    events: str,
    instrument: str | None,
    risk: Mapping[str, Sequence[str | None]],
) -> Recording:
    """The columns of scores or ratings, each with the label of its dyad, its course and when it was given."""
    index, sessions = _sessions([occurred for _, _, occurred, _ in rows], events)
    scales, timings = {rated.scale for *_, rated in rows}, {rated.timing for *_, rated in rows}
    return Recording(
        dyad=[label for label, *_ in rows],
        session=sessions,
        score=[rated.value for *_, rated in rows],
        therapist=[str(course.start.dyad.therapist.pseudonym) for _, course, _, _ in rows],
        rater=[rated.rater.value for *_, rated in rows],
        instrument=instrument,
        scale=scales.pop() if len(scales) == 1 else None,
        timing=timings.pop() if len(timings) == 1 else None,
        index=index,
        risk=risk,
    )


def _labelled(courses: Iterable[Course]) -> list[tuple[str, Course]]:
    """The courses, each with the label of its dyad."""
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
    return labelled


def _sessions(occurred: Sequence[Occurrence], events: str) -> tuple[SessionIndex, list[int | str]]:
    """The session numbers of scores, or their dates where numbers are lacking."""
    numbers = [each.session for each in occurred if each.session is not None]
    if len(numbers) == len(occurred):
        return SessionIndex.ATTENDED, [*numbers]
    days = [each.on.isoformat() for each in occurred if each.on is not None]
    if len(days) == len(occurred):
        return SessionIndex.DATED, [*days]
    raise InvalidValueError(
        "some scores have neither session number nor date in common",
        where="courses",
        hint=f"record {events} with session=..., or all of them with on=...",
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
