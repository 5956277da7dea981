"""What a monitor remembers between two sessions: the scores of the course so far, as a plain value."""

from __future__ import annotations

from attrs import field, frozen

__all__ = ["MonitorState"]


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
