"""Which decisions would read otherwise, had everything been known when it occurred."""

from __future__ import annotations

from attrs import frozen

from therarel.domain import Event, Relationship
from therarel.machine.decisions import Decision
from therarel.machine.explanations import Explanation, event_label
from therarel.machine.history import Standing
from therarel.machine.machine import Machine
from therarel.machine.policy import Policy
from therarel.machine.replaying import fold
from therarel.machine.timeline import in_order_of_occurrence

__all__ = ["Reconsidered", "reconsider"]


@frozen
class Reconsidered:
    """A judgement that reads otherwise in hindsight. It changes nothing; it is there to be looked at.

    Args:
        number: The number of the entry.
        event: The judgement.
        accepted: Whether it was accepted when it was recorded.
        decision: The answer, had everything been known in the order in which it occurred.
        set_aside: Whether it is out of force already, because it does not hold without what was corrected.
    """

    number: int
    event: Event
    accepted: bool
    decision: Decision
    set_aside: bool

    def explain(self) -> Explanation:
        """The answer in hindsight, in plain language and as data."""
        return self.decision.explain()

    def __str__(self) -> str:
        words = {True: "accepted", False: "declined"}
        told = f"entry {self.number}, {event_label(self.event)}: {words[self.accepted]} when recorded"
        told += f", {words[self.decision.accepted]} in hindsight"
        return f"{told}; set aside" if self.set_aside else told


def reconsider(
    start: Relationship, entries: tuple[Standing, ...], policy: Policy, machine: Machine
) -> tuple[Reconsidered, ...]:
    """The judgements that read otherwise in hindsight, in the order of recording.

    Everything that stands is decided anew in the order in which it occurred. What was declined when it was recorded
    is decided too, but never applied.
    """
    recorded = {entry.number: entry for entry in fold(start, entries, policy, machine).entries}
    found = []
    for entry in fold(start, in_order_of_occurrence(entries), policy, machine).entries:
        now = recorded[entry.number]
        # what a correction put in place was meant to be accepted
        then = True if entry.accepted is None else entry.accepted
        if then is not entry.decision.accepted or now.set_aside:
            found.append(Reconsidered(entry.number, entry.event, then, entry.decision, now.set_aside))
    return tuple(sorted(found, key=lambda each: each.number))
