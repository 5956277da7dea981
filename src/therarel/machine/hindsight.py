"""Which decisions would read otherwise: had everything been known when it occurred, or by what decides today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from attrs import frozen

from therarel.domain import Correction, Event, Relationship
from therarel.machine.deciding import answer
from therarel.machine.decisions import Decision
from therarel.machine.entries import Entry
from therarel.machine.explanations import Explanation, event_label
from therarel.machine.machine import Machine
from therarel.machine.provenance import comparable, state_digest
from therarel.machine.replays import ReplayedEntry
from therarel.machine.timeline import in_order_of_occurrence
from therarel.representation import one_line
from therarel.texts import Phrase


@frozen
class Reconsidered:
    """An entry that would be decided otherwise. It stays as it is; this is there to be looked at.

    Args:
        number: The number of the entry.
        event: What was recorded.
        accepted: Whether it was accepted when it was recorded.
        decision: The answer that it would get: `in hindsight`, had everything been known in the order in which it
            occurred; `today`, in the state of then, by the table, the policy and the release of now.
        basis: Which of the two: ``in hindsight`` or ``today``.
        set_aside: In hindsight: whether it is out of force already, because it does not hold without what was
            corrected.
        leads_elsewhere: Today: whether the answer is the same and yet leads to another state than when it was recorded.
    """

    number: int
    event: Event | Correction
    accepted: bool
    decision: Decision
    basis: Literal["in hindsight", "today"]
    set_aside: bool = False
    leads_elsewhere: bool = False

    def explain(self) -> Explanation:
        """The answer that it would get, in plain language and as data."""
        return self.decision.explain()

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        texts = self.decision.texts
        entry = texts("hindsight.entry", number=self.number, event=event_label(self.event, texts))
        if self.leads_elsewhere:
            return texts("hindsight.leads_elsewhere", entry=entry)
        then, now = (
            Phrase("hindsight.accepted" if accepted else "hindsight.declined")
            for accepted in (self.accepted, self.decision.accepted)
        )
        key = "hindsight.today" if self.basis == "today" else "hindsight.in_hindsight"
        line = texts(key, entry=entry, then=then, now=now)
        return texts("hindsight.set_aside", line=line) if self.set_aside else line


def reconsider(start: Relationship, entries: Sequence[ReplayedEntry]) -> tuple[Reconsidered, ...]:
    """The judgements that read otherwise in hindsight, in the order of recording.

    Every entry that stands is decided again in the order in which it occurred, by the machine that decided it. What was
    declined when it was recorded is decided again too, but not applied.
    """
    now = start
    found = []
    for entry in in_order_of_occurrence(entries):
        decision = answer(now, entry.event, entry.machine, entry.name)
        if entry.accepted is not False:
            now = decision.relationship
        # what a correction put in place was meant to be accepted
        then = entry.accepted is not False
        if then is not decision.accepted or entry.set_aside:
            found.append(Reconsidered(entry.number, entry.event, then, decision, "in hindsight", entry.set_aside))
    return tuple(sorted(found, key=lambda each: each.number))


def decided_otherwise(
    history: Sequence[Entry], entries: Sequence[ReplayedEntry], machine: Machine
) -> tuple[Reconsidered, ...]:
    """The entries that would be decided otherwise in the state of then, and those that lead elsewhere.

    Args:
        history: The entries as they were recorded.
        entries: The entries in force.
        machine: What decides today.
    """
    found = []
    for entry in entries:
        if entry.accepted is None:  # a correction put it there
            before, accepted = entry.decision.before, entry.applied
        else:
            before, accepted = history[entry.number - 1].decision.before, entry.accepted
        today = answer(before, entry.event, machine, entry.name)
        if today.accepted is not accepted:
            found.append(Reconsidered(entry.number, entry.event, accepted, today, "today"))
    decided = {each.number for each in found}
    found += [each for each in _led_elsewhere(history) if each.number not in decided]
    return tuple(sorted(found, key=lambda each: each.number))


def _led_elsewhere(history: Sequence[Entry]) -> Iterator[Reconsidered]:
    """The entries from which on the state is another one than when they were recorded."""
    astray = False
    for entry in history:
        recorded = entry.envelope.state
        if recorded and comparable(recorded):
            led, astray = astray, state_digest(entry.decision.relationship) != recorded
            if astray and not led:
                yield Reconsidered(
                    entry.number, entry.event, entry.accepted, entry.decision, "today", leads_elsewhere=True
                )
