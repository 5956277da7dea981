"""What a course raises where a caller asked it to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therarel.errors import TherarelError

if TYPE_CHECKING:
    from therarel.machine.decisions import Declined

__all__ = ["EventDeclined"]


class EventDeclined(TherarelError):  # noqa: N818 -- it is a decision, not a mistake
    """A judgement was declined that had to be accepted; the course has kept it as declined.

    Attributes:
        decision: The decision, with every reason.

    Examples:
        >>> from therarel.domain import events
        >>> from therarel.machine import Course
        >>> Course.begin("C-014", "T-03").record(events.AdvanceRequested(), must=True)
        Traceback (most recent call last):
            ...
        therarel.machine.errors.EventDeclined: AdvanceRequested was declined: formation_complete. Hint: see .decision.explain() for what would change it
    """  # noqa: E501 -- a message is one line

    decision: Declined

    def __init__(self, decision: Declined) -> None:
        self.decision = decision
        reasons = ", ".join(name for name, _ in decision.unmet)
        super().__init__(
            f"{type(decision.event).__name__} was declined: {reasons}",
            hint="see .decision.explain() for what would change it",
        )
