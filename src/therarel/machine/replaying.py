"""From a log back to a state: the fold of what stands, in the order of recording."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from attrs import field, frozen

from therarel.domain import Event, Relationship
from therarel.domain.events import EntryCorrected, EntryRetracted
from therarel.machine.asking import require_policy, require_relationship
from therarel.machine.deciding import decide
from therarel.machine.decisions import Decision
from therarel.machine.history import Entry, Recordable, Recorded, Standing, correctable, standing
from therarel.machine.machine import Machine, require_machine
from therarel.machine.policy import Policy

__all__ = ["Replay", "ReplayedEntry", "fold", "refold", "replay"]


@frozen
class ReplayedEntry:
    """What stands in the place of an entry, and the answer it gets in a replay.

    Args:
        number: The number of the entry.
        event: The event as it was recorded or as it was corrected.
        accepted: Whether it was accepted when it was recorded; ``None`` where a correction put it there.
        decision: The answer in the replay.
    """

    number: int
    event: Event
    accepted: bool | None
    decision: Decision

    @property
    def applied(self) -> bool:
        """Whether it moves the state: what was declined when it was recorded never does."""
        return self.accepted is not False and self.decision.accepted

    @property
    def set_aside(self) -> bool:
        """Whether it counted when it was recorded and no longer holds."""
        return self.accepted is not False and not self.decision.accepted


@frozen
class Replay:
    """A log replayed: the state, and every decision on the way.

    Args:
        start: The relationship before the first entry.
        relationship: The relationship after the last.
        entries: What stands, each with its answer.

    Examples:
        >>> from therarel.domain import events
        >>> done = replay(Relationship.between("C-014", "T-03"), [events.StrainNoticed(), events.StrainEased()])
        >>> done.relationship.alliance_status.label, [each.accepted for each in done.decisions]
        ('intact', [True, True])
    """

    start: Relationship = field(repr=False)
    relationship: Relationship = field(repr=False)
    entries: tuple[ReplayedEntry, ...]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision, in the order of recording."""
        return tuple(entry.decision for entry in self.entries)

    @property
    def set_aside(self) -> tuple[ReplayedEntry, ...]:
        """Judgements that counted when they were recorded and no longer hold."""
        return tuple(entry for entry in self.entries if entry.set_aside)


def replay(
    start: Relationship,
    log: Iterable[Entry | Recorded | Recordable],
    *,
    policy: Policy | None = None,
    machine: Machine | None = None,
) -> Replay:
    """Fold a log from a relationship, with every decision kept.

    What was declined when it was recorded is never applied, whatever would be decided today. A judgement that was
    accepted and no longer holds, because of a correction or another policy, is set aside.

    Args:
        start: The relationship before the first line.
        log: Entries of a history, lines of a log, or mere events, in the order of recording. Corrections among
            them name the place of an entry in this order, from 1.
        policy: Thresholds; those of the machine where ``None``.
        machine: The machine; the standard one where ``None``.

    Raises:
        UnknownNameError: if a correction names an entry that there is not.
        InvalidValueError: if what is given is not what it has to be.
    """
    require_relationship(start)
    if machine is not None:
        require_machine(machine)
    if policy is not None:
        require_policy(policy)
    machine = Machine.standard() if machine is None else machine
    policy = machine.policy if policy is None else policy
    known: list[Recorded] = []
    done: list[ReplayedEntry] | None = []
    now: Relationship | None = start
    for number, line in enumerate(log, start=1):
        recorded = _as_recorded(line)
        event, accepted = recorded.event, recorded.accepted
        if isinstance(event, (EntryRetracted, EntryCorrected)):
            correctable(known, event.of)
            done = now = None  # what follows is folded anew
        elif done is not None or accepted is None:
            if now is None:
                now = fold(start, standing(known), policy, machine).relationship
            decision = decide(now, event, policy=policy, machine=machine)
            if accepted is None:
                accepted = decision.accepted
                recorded = Recorded(event, accepted)
            if accepted:
                now = decision.relationship
            if done is not None:
                done.append(ReplayedEntry(number, event, accepted, decision))
        else:
            now = None
        known.append(recorded)
    if done is not None and now is not None:
        return Replay(start, now, tuple(done))
    return fold(start, standing(known), policy, machine)


def _as_recorded(line: Entry | Recorded | Recordable) -> Recorded:
    if isinstance(line, Recorded):
        return line
    if isinstance(line, Entry):
        return Recorded(line.event, line.accepted)
    return Recorded(line)


def fold(start: Relationship, entries: Iterable[Standing], policy: Policy, machine: Machine) -> Replay:
    """The state that follows from what stands, in the order given."""
    now = start
    done = []
    for entry in entries:
        decision = decide(now, entry.event, policy=policy, machine=machine)
        if entry.accepted is not False:
            now = decision.relationship
        done.append(ReplayedEntry(entry.number, entry.event, entry.accepted, decision))
    return Replay(start, now, tuple(done))


def refold(
    done: Replay, number: int, replacement: Standing | None, policy: Policy, machine: Machine
) -> tuple[Replay, tuple[ReplayedEntry, ...]]:
    """The replay once something else stands in the place of an entry, or nothing: the same as `fold` makes anew.

    What stands before the entry is kept, and so is everything from where the relationship is again as it was.

    Args:
        done: The replay so far.
        number: The number of the entry.
        replacement: What stands in its place; ``None`` if nothing does.
        policy: Thresholds.
        machine: The machine.

    Returns:
        The replay, and those of its entries that were decided anew.
    """
    place = bisect_left(done.entries, number, key=lambda entry: entry.number)
    kept, rest = done.entries[:place], done.entries[place:]
    now = rest[0].decision.before if rest else done.relationship
    rest = rest[1:] if rest and rest[0].number == number else rest
    anew = []
    if replacement is not None:
        (entry,) = fold(now, (replacement,), policy, machine).entries
        anew.append(entry)
        now = entry.decision.relationship
    for position, entry in enumerate(rest):
        if entry.decision.before == now:
            return Replay(done.start, done.relationship, (*kept, *anew, *rest[position:])), tuple(anew)
        decision = decide(now, entry.event, policy=policy, machine=machine)
        if entry.accepted is not False:
            now = decision.relationship
        anew.append(ReplayedEntry(entry.number, entry.event, entry.accepted, decision))
    return Replay(done.start, now, (*kept, *anew)), tuple(anew)
