"""The scores of a course of therapy that a monitor follows, in the order of their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from therarel.detection.monitors.followed import Followed
from therarel.domain.events import Measured
from therarel.errors import InvalidValueError, UnknownNameError, hint_for, shown
from therarel.machine import Course, History, replay

__all__ = ["entries_in_force", "measurements"]


def entries_in_force(events: object) -> Iterable[object] | None:
    """The entries of a course or a history without retracted ones, or the events given; ``None`` for anything else.

    Args:
        events: A course, a history, or events.
    """
    if isinstance(events, Course):
        return events.replay().entries
    if isinstance(events, History):
        return replay(events.start, [entry.event for entry in events]).entries
    return events if isinstance(events, Iterable) else None


def measurements(monitor: Followed, events: Iterable[object], *, begun: bool) -> list[tuple[float, float | None]]:
    """Session, or day since the first one, and score of each measurement that is followed, in their order.

    Args:
        monitor: The monitor: what it follows, and on which scale.
        events: Events, or entries that hold them.
        begun: Whether scores of the course were followed before.

    Raises:
        UnknownNameError: if there are scores, but none of the monitor's instrument, and none was followed before.
        InvalidValueError: if they cannot be followed as one series.
    """
    found: dict[float, float | None] = {}
    kinds: set[tuple[object, ...]] = set()
    others: set[str] = set()
    for entry in events:
        event: Any = getattr(entry, "event", entry)
        if not isinstance(event, Measured):
            continue
        score = event.score
        others.add(score.instrument)
        wanted = ((monitor.instrument, score.instrument), (monitor.rater, score.rater), (monitor.timing, score.timing))
        if any(mine is not None and mine != its for mine, its in wanted):
            continue
        kinds.add(tuple(its for _, its in wanted))
        session = _when(event, dated=monitor.dated)
        if session in found:
            raise InvalidValueError(
                f"a {'day' if monitor.dated else 'session'} has two scores",
                where="Monitor.follow",
                value=shown(str(event.on) if monitor.dated else event.session),
                hint="retract one of the entries, or name instrument, rater and timing",
            )
        ends = monitor.ends
        if score.scale is not None and not ends[0] <= score.scale.minimum < score.scale.maximum <= ends[1]:
            raise InvalidValueError("the scores are on another scale", where="Monitor.follow", value=f"'{score.scale}'")
        found[session] = score.value
    if not begun and others and monitor.instrument is not None and monitor.instrument not in others:
        raise UnknownNameError(
            "no score of that instrument was recorded",
            where="Monitor.instrument",
            value=shown(monitor.instrument),
            hint=hint_for(monitor.instrument, sorted(others)),
        )
    if len(kinds) > 1:
        raise InvalidValueError(
            "scores of several instruments, raters or timings are not pooled",
            where="Monitor.follow",
            value=f"{len(kinds)} kinds",
            hint="name instrument, rater and timing of the ones to follow",
        )
    first = min(found, default=0) if monitor.dated else 0
    return sorted((session - first, score) for session, score in found.items())


def _when(event: Measured, *, dated: bool) -> float:
    """The session of a measurement; of a dated one its date, as a number of days."""
    if dated:
        if event.on is not None:
            return event.on.toordinal()
        what, hint = "a followed score of a dated monitor has a date", "record Measured with on=..."
    else:
        if event.session is not None:
            return event.session
        what, hint = "a followed score belongs to a session", "record Measured with session=..."
        if event.on is not None:
            hint += ", or follow the dates: Monitor(..., index='dated')"
    raise InvalidValueError(what, where="Monitor.follow", hint=hint)
