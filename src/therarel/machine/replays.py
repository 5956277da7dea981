"""The entries in force of a history, folded: how each entry is answered now, and the state that follows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from attrs import field, frozen

from therarel.domain import Event, Relationship, RuptureEpisode
from therarel.domain.events import EntryCorrected, EntryRetracted
from therarel.machine.deciding import answer, enact, withhold
from therarel.machine.decisions import Accepted, Decision, Declined
from therarel.machine.entries import Entry
from therarel.machine.explanations import event_label
from therarel.machine.machine import Machine
from therarel.representation import one_line
from therarel.texts import Phrase, standard_texts


@frozen
class ReplayedEntry:
    """What is in force in the place of an entry, and how it is answered now.

    What was accepted when it was recorded is accepted, and what was declined is declined, whatever would be decided
    today; but for a correction, after which an earlier judgement may no longer hold.

    Args:
        number: The number of the entry.
        event: The event as it was recorded or as it was corrected.
        accepted: Whether it was accepted when it was recorded; ``None`` where a correction put it there.
        decision: The answer now.
        name: The name given to what it reports; ``None`` if it reports nothing that is spoken of by name.
        machine: What decides and applies it.
    """

    number: int
    event: Event
    accepted: bool | None
    decision: Decision
    name: str | None
    machine: Machine = field(eq=False, repr=False)

    @property
    def applied(self) -> bool:
        """Whether it moves the state: what was declined when it was recorded never does."""
        return self.decision.accepted

    @property
    def set_aside(self) -> bool:
        """Whether it counted when it was recorded and no longer holds."""
        return self.accepted is not False and not self.decision.accepted

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        texts = self.decision.texts
        key = "history.recorded_declined" if self.accepted is False else "history.recorded_accepted"
        return texts(key, number=self.number, event=event_label(self.event, texts))


@frozen
class Replay:
    """A log replayed: the final state, and every decision.

    Args:
        start: The relationship before the first entry.
        relationship: The relationship after the last.
        entries: The entries in force, each with its answer.

    Examples:
        >>> from therarel.domain import events
        >>> from therarel.machine import replay
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

    @property
    def episodes(self) -> tuple[RuptureEpisode, ...]:
        """Every strain and rupture: those that closed, those carried along, and the open one."""
        closed = (each.closed_episode for each in self.decisions if isinstance(each, Accepted))
        now = self.relationship
        still_open = () if now.episode is None else (now.episode,)
        return (*(each for each in closed if each is not None), *now.unresolved_before, *still_open)

    def __repr__(self) -> str:
        return one_line(self)

    def __str__(self) -> str:
        declined = sum(entry.accepted is False for entry in self.entries)
        texts = self.entries[-1].decision.texts if self.entries else standard_texts()
        entries = Phrase("count.entries", count=len(self.entries))
        return texts("history.replay", entries=entries, declined=declined, relationship=self.relationship)


def fold(start: Relationship, entries: Iterable[Entry], decided_by: Callable[[Entry], Machine]) -> list[ReplayedEntry]:
    """The entries in force once all corrections are known, each applied where it holds; no guard is asked again.

    Of several corrections of an entry the last one counts.

    Args:
        start: The relationship before the first entry.
        entries: The entries in the order of recording.
        decided_by: The machine that decided an entry.
    """
    places: dict[int, tuple[Event, bool | None, Entry]] = {}
    aside: frozenset[int] = frozenset()
    for entry in entries:
        match entry.event:
            case EntryRetracted(of=number):
                places.pop(number, None)
                aside = frozenset(entry.set_aside)
            case EntryCorrected(of=number, by=instead):
                places[number] = instead, None, entry
                aside = frozenset(entry.set_aside)
            case event:
                places[entry.number] = event, entry.accepted, entry
    now = start
    done = []
    for number in sorted(places):
        event, accepted, entry = places[number]
        machine = decided_by(entry)
        decide = withhold if accepted is False or number in aside else enact
        decision: Decision = decide(now, event, machine, entry.name)
        now = decision.relationship
        done.append(ReplayedEntry(number, event, accepted, decision, entry.name, machine))
    return done


def applied(start: Relationship, entries: Iterable[ReplayedEntry]) -> Relationship:
    """The state that follows from some entries in force: what holds is applied, and no guard asked about it again."""
    now = start
    for entry in entries:
        if entry.applied:
            now = enact(now, entry.event, entry.machine, entry.name).relationship
    return now


def refold(
    done: Sequence[ReplayedEntry],
    number: int,
    replacement: ReplayedEntry | None,
    now: Relationship,
    set_aside: frozenset[int] | None = None,
) -> list[ReplayedEntry]:
    """The entries in force once something else takes the place of an entry, or nothing does.

    What is in force before the entry is kept, and so is everything from where the relationship is again as it was.
    Between them, a judgement that held is set aside if a guard declines it that did not before; one that had been set
    aside holds again if all its guards do.

    Args:
        done: The entries in force so far.
        number: The number of the entry.
        replacement: What takes its place; ``None`` if nothing does.
        now: The relationship where its place is, with the replacement applied.
        set_aside: The numbers of all entries that do not hold from then on, where that is known.
    """
    place = bisect_left(done, number, key=lambda entry: entry.number)
    kept, rest = done[:place], done[place:]
    rest = rest[1:] if rest and rest[0].number == number else rest
    anew = [] if replacement is None else [replacement]
    turned = frozenset[int]()
    if set_aside is not None:
        turned = set_aside ^ {entry.number for entry in rest if entry.set_aside}
    last = max(turned, default=0)
    for position, entry in enumerate(rest):
        if entry.number > last and entry.decision.before == now:
            return [*kept, *anew, *rest[position:]]
        entry = _again(entry, now, None if set_aside is None else entry.number not in set_aside)
        now = entry.decision.relationship
        anew.append(entry)
    return [*kept, *anew]


def _again(entry: ReplayedEntry, now: Relationship, holds: bool | None) -> ReplayedEntry:
    """An entry answered in another state."""
    arguments = now, entry.event, entry.machine, entry.name
    if entry.accepted is False or holds is False:
        decision: Decision = withhold(*arguments)
    elif holds:
        decision = enact(*arguments)
    else:
        decision = answer(*arguments)
        if isinstance(decision, Declined) and entry.applied and not _newly(decision, entry):
            decision = enact(*arguments)
    return ReplayedEntry(entry.number, entry.event, entry.accepted, decision, entry.name, entry.machine)


def _newly(declined: Declined, entry: ReplayedEntry) -> bool:
    """Whether a guard declines here that did not where the entry stood: what other guards say is not a consequence."""
    before = answer(entry.decision.before, entry.event, entry.machine, entry.name)
    known = {name for name, _ in before.unmet} if isinstance(before, Declined) else set()
    return any(name not in known for name, _ in declined.unmet)
