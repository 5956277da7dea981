"""What a monitor remembers between two sessions: the scores of the course so far, as a plain value."""

from __future__ import annotations

import math
from datetime import date

from attrs import field, frozen

from therarel.errors import InvalidValueError, is_number, is_whole, shown
from therarel.panels import SessionIndex


@frozen
class MonitorState:
    """The sessions of one course of therapy that a monitor has seen; made by `Monitor.start` and `Monitor.update`.

    Args:
        settings: The monitor it belongs to, in words; another monitor refuses it.
        sessions: Sessions that were seen, rising.
        scores: Score of each of them, as it was given; ``None`` where there is none.
        forgotten: Number of sessions that were seen and whose scores are not kept: above 0 only in a state that was
            stored by an earlier version of the library. `Monitor.follow` looks them up in the course.

    Examples:
        >>> MonitorState("an example", (1.0, 2.0), (4.0, None)).earlier
        1
    """

    settings: str
    sessions: tuple[float, ...] = field(default=())
    scores: tuple[float | None, ...] = field(default=())
    forgotten: int = 0

    @property
    def session(self) -> float | None:
        """Last session that was seen; ``None`` at the start."""
        return self.sessions[-1] if self.sessions else None

    @property
    def earlier(self) -> int:
        """Number of scored sessions."""
        return sum(score is not None for score in self.scores)


def check_own(state: object, settings: str, where: str) -> None:
    """Refuse a state of another monitor, and what is not a state.

    Args:
        state: What was given.
        settings: The monitor, in words.
        where: What it was given to.

    Raises:
        InvalidValueError: if it is not the monitor's own.
    """
    if not isinstance(state, MonitorState):
        raise InvalidValueError("a state is needed", where=where, value=shown(state), hint="begin with monitor.start()")
    if state.settings != settings:
        raise InvalidValueError(
            "the state belongs to another monitor", where=where, hint="follow the course from its start"
        )


def as_session(value: object, index: SessionIndex) -> float:
    """A session as a number, of the kind that the index counts.

    Args:
        value: What was given.
        index: What sessions count.

    Raises:
        InvalidValueError: if it is not one.
    """
    session = math.nan
    if is_number(value):
        session = int(value) if is_whole(value) else float(value)
    numeric, attended = math.isfinite(session), index is SessionIndex.ATTENDED
    if numeric and (not attended or (session >= 0 and float(session).is_integer())):
        return session
    bound, hint = "a finite number", None
    if index is SessionIndex.DATED:
        bound = "the number of days since the first date of the course"
        hint = "(date - first).days" if isinstance(value, date) else None
    elif attended:
        bound = "a whole number from 0"
        hint = "any number may be a scheduled session: Monitor(..., index='scheduled')" if numeric else None
    raise InvalidValueError("not accepted", where="Monitor.update.session", value=shown(value), bound=bound, hint=hint)


def as_score(value: object) -> float:
    """A score as a number.

    Raises:
        InvalidValueError: if it is not one.
    """
    if is_number(value):
        return int(value) if is_whole(value) else float(value)
    raise InvalidValueError(
        "not accepted", where="Monitor.update.score", value=shown(value), bound="a number, or None if there is none"
    )
