"""Drops that wait for their recovery, session by session."""

from __future__ import annotations

from therarel.detection.episodes import RecoveryStatus
from therarel.detection.monitors.state import OpenDrop
from therarel.detection.rules.base import Recovery

__all__ = ["Ended", "fed", "opened"]

Ended = tuple[OpenDrop, RecoveryStatus, float | None]
"""A drop, what became of it, and the session at which it recovered."""


def opened(session: float, score: float, reference: float, recovery: Recovery) -> OpenDrop:
    """A drop that was just flagged; score and reference are turned so that regaining is a rise."""
    return OpenDrop(session, score + recovery.share * (reference - score))


def fed(
    drops: tuple[OpenDrop, ...], session: float, score: float, near: bool, recovery: Recovery, tolerance: float
) -> tuple[tuple[OpenDrop, ...], list[Ended]]:
    """The drops that are still open after one more scored session, and what became of the others.

    Args:
        drops: The open drops.
        session: The session.
        score: Its score, turned so that regaining is a rise.
        near: Whether it follows the previous scored session without a gap.
        recovery: When a drop counts as recovered.
        tolerance: Score points within which two scores are equal.
    """
    if not near:
        return (), [(drop, RecoveryStatus.NOT_KNOWN, None) for drop in drops]
    still: list[OpenDrop] = []
    ended: list[Ended] = []
    for drop in drops:
        seen = drop.seen + 1
        back = score > drop.level + tolerance if recovery.strictly else score >= drop.level - tolerance
        if back:
            ended.append((drop, RecoveryStatus.RECOVERED, session))
        elif recovery.within is not None and seen >= recovery.within:
            ended.append((drop, RecoveryStatus.OPEN, None))
        else:
            still.append(OpenDrop(drop.flagged_at, drop.level, seen))
    return tuple(still), ended
