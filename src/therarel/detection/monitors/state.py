"""What a monitor remembers between two sessions: a small frozen value that can be stored and read again."""

from __future__ import annotations

from attrs import field, frozen

__all__ = ["MonitorState", "OpenDrop", "Seen"]


@frozen
class Seen:
    """A scored session that a sudden change is still looked for around.

    Args:
        place: Where it stands on the axis on which neighbours are told: session number, or place in the series.
        session: Its session.
        score: Its score, oriented: higher is better.
    """

    place: float
    session: float
    score: float


@frozen
class OpenDrop:
    """A flagged drop of which it is not yet known whether it recovers; of a gain, whether it reverses.

    Args:
        flagged_at: The session that was flagged.
        level: The level to regain, oriented so that regaining it is a rise.
        seen: Number of scored sessions since.
    """

    flagged_at: float
    level: float
    seen: int = 0


@frozen
class MonitorState:
    """Everything a monitor knows of one course of therapy so far; its size does not grow with the sessions.

    Scores are oriented (higher is better). States are made by `Monitor.start` and `Monitor.update`.

    Args:
        settings: The monitor it belongs to, in words; another monitor refuses it.
        session: Last session that was seen; ``None`` at the start.
        position: Number of sessions seen, scored or not.
        earlier: Number of scored sessions seen.
        last: Score of the last scored session; ``None`` if there is none.
        last_session: Session of the last scored session; ``None`` if there is none.
        mean: Mean of the sessions that the limits rest on.
        squares: Sum of squared deviations of their scores from that mean.
        ranges: Sum of the moving ranges between them.
        pairs: Number of those moving ranges.
        best: Best score since the last gap; ``None`` if there is none.
        window: The last few scored sessions, where a sudden change is looked for.
        pending: How many of those, from the end, have no verdict yet.
        open: Drops of which it is not yet known whether they recover.

    Examples:
        >>> MonitorState("an example").earlier
        0
    """

    settings: str
    session: float | None = None
    position: int = 0
    earlier: int = 0
    last: float | None = None
    last_session: float | None = None
    mean: float = 0.0
    squares: float = 0.0
    ranges: float = 0.0
    pairs: float = 0.0
    best: float | None = None
    window: tuple[Seen, ...] = field(default=())
    pending: int = 0
    open: tuple[OpenDrop, ...] = field(default=())
