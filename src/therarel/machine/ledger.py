"""The ledger of a course: its entries, those in force, and how the relationship stands.

It is what `Course` and `replay` have in common. It has no lock and asks nobody for the time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import TypeAlias

from therarel.domain import Correction, Event, Relationship
from therarel.domain.events import EntryCorrected, EntryRetracted
from therarel.errors import InvalidValueError, shown
from therarel.machine.arguments import require_relationship
from therarel.machine.deciding import answer, enact, withhold
from therarel.machine.decisions import Accepted, Decision
from therarel.machine.entries import UNKNOWN, Entry, Envelope, Recordable, Recorded
from therarel.machine.history import correctable
from therarel.machine.machine import Machine, machine_or_standard
from therarel.machine.policy import Policy
from therarel.machine.provenance import Provenance
from therarel.machine.remarks import RETRACTED_ALREADY, RETRACTED_BEFORE, SET_ASIDE, Remark
from therarel.machine.replays import Replay, ReplayedEntry, fold, refold
from therarel.machine.report_names import NAMED, Names, name_on_record
from therarel.machine.safety_remarks import safety_remarks
from therarel.texts import Phrase

LedgerParts: TypeAlias = tuple[Relationship, Machine, tuple[Machine, ...], tuple[Entry, ...]]
"""What a ledger is made of."""


class Ledger:
    """The entries of one course.

    Args:
        start: The relationship before the first entry.
        machine: What decides what is recorded from now on.
        earlier: Machines by which entries may have been decided before.
    """

    __slots__ = ("_lines", "_machines", "_names", "earlier", "entries", "machine", "now", "start")

    def __init__(self, start: Relationship, machine: Machine, earlier: tuple[Machine, ...] = ()) -> None:
        self.start = self.now = start
        self.machine = machine
        self.earlier = earlier
        self.entries: list[Entry] = []
        # made when they are first asked for
        self._names: Names | None = None
        self._machines: dict[Provenance, Machine] | None = None
        self._lines: list[Recorded] | None = None

    @property
    def names(self) -> Names:
        """The names given so far."""
        if self._names is None:
            self._names = Names(self.start)
            for entry in self.entries:
                event = entry.event.by if isinstance(entry.event, EntryCorrected) else entry.event
                self._names.give(event, entry.corrects or entry.number, entry.name)
        return self._names

    # recording

    def record(self, event: Recordable, envelope: Envelope) -> Decision:
        """Decide what happens now, and append it with what is known of who recorded it and when."""
        if isinstance(event, (EntryRetracted, EntryCorrected)):
            return self._correct(event, envelope, self.machine)
        if type(event) in NAMED and envelope.name is None:
            envelope = envelope._replace(name=self.names.name_for(event, len(self.entries) + 1))
        decision = answer(self.now, event, self.machine, envelope.name)
        self._append(event, decision.accepted, decision, envelope)
        return decision

    def add(self, line: Entry | Recorded | Recordable, envelope: Callable[[], Envelope]) -> None:
        """Append what was recorded before: its verdict, its name and what it set aside are what they were.

        A mere event, or a line that does not say its verdict, is recorded now.

        Args:
            line: What was recorded.
            envelope: Makes that of what is recorded now.

        Raises:
            InvalidValueError: if the line does not follow on the entries so far.
            UnknownNameError: if it corrects an entry that there is not.
        """
        if isinstance(line, Entry):
            self._take_up(line.number, line.event, line.accepted, line.envelope)
        elif not isinstance(line, Recorded):
            self.record(line, envelope())
        elif line.accepted is None:
            self.record(line.event, envelope())
        else:
            self._take_up(line.number, line.event, line.accepted, line.envelope())

    def ask(self, event: Recordable) -> Decision:
        """What `record` would answer; nothing is appended."""
        if isinstance(event, (EntryRetracted, EntryCorrected)):
            return self._corrected(event, UNKNOWN, self.machine)[0]
        name = self.names.name_for(event, len(self.entries) + 1) if type(event) in NAMED else None
        return answer(self.now, event, self.machine, name)

    def _take_up(self, number: int | None, event: Recordable, accepted: bool, envelope: Envelope) -> None:
        comes_next = len(self.entries) + 1
        if number is not None and number != comes_next:
            raise InvalidValueError(
                "a line of the log is missing, or lines are out of order",
                where="Recorded.number",
                value=shown(number),
                bound=f"entry {comes_next}, which comes next",
            )
        machine = self._decided_by(envelope.provenance)
        if isinstance(event, (EntryRetracted, EntryCorrected)):
            self._correct(event, envelope, machine)
            return
        if envelope.name is None and type(event) in NAMED:
            envelope = envelope._replace(name=name_on_record(self.now, event))
        decide = enact if accepted else withhold
        self._append(event, accepted, decide(self.now, event, machine, envelope.name), envelope)

    def _append(self, event: Event, accepted: bool, decision: Decision, envelope: Envelope) -> None:
        number = len(self.entries) + 1
        self.entries.append(Entry(number, event, accepted, decision, envelope))
        if self._names is not None:
            self._names.give(event, number, envelope.name)
        self.now = decision.relationship

    # corrections

    def _correct(self, event: Correction, envelope: Envelope, machine: Machine) -> Accepted:
        decision, envelope = self._corrected(event, envelope, machine)
        number = len(self.entries) + 1
        mistaken = self.entries[event.of - 1]
        self.entries[event.of - 1] = mistaken.with_corrections((*mistaken.corrected_by, number))
        self.entries.append(Entry(number, event, True, decision, envelope))
        if isinstance(event, EntryCorrected):
            self.names.give(event.by, event.of, envelope.name)
        self.now = decision.relationship
        return decision

    def _corrected(self, event: Correction, envelope: Envelope, machine: Machine) -> tuple[Accepted, Envelope]:
        """The answer to a correction, and the envelope with what it names and sets aside."""
        correctable(self.entries, event.of)
        so_far = self.standing()
        known = None if envelope.set_aside is None else frozenset(envelope.set_aside)
        place = bisect_left(so_far, event.of, key=lambda entry: entry.number)
        now = so_far[place].decision.before if place < len(so_far) else self.now
        replacement = None
        if isinstance(event, EntryCorrected):
            name = envelope.name or self.names.name_for(event.by, event.of)
            envelope = envelope._replace(name=name)
            decide = answer if known is None else withhold if event.of in known else enact
            decision: Decision = decide(now, event.by, machine, name)
            now = decision.relationship
            replacement = ReplayedEntry(event.of, event.by, None, decision, name, machine)
        stands = refold(so_far, event.of, replacement, now, known)
        after = stands[-1].decision.relationship if stands else self.start
        aside = tuple(entry.number for entry in stands if entry.set_aside)
        before = {entry.number for entry in so_far if entry.set_aside}
        gone = place == len(so_far) or so_far[place].number != event.of
        remarks = self._remarks(event, gone, after, [number for number in aside if number not in before])
        return Accepted(event, self.now, after, None, remarks, self.machine.texts), envelope._replace(set_aside=aside)

    def _remarks(self, event: Correction, gone: bool, after: Relationship, dropped: list[int]) -> tuple[Remark, ...]:
        texts = self.machine.texts
        remarks = [*safety_remarks(after, texts, when=event.occurred)]
        if gone:
            name = RETRACTED_ALREADY if isinstance(event, EntryRetracted) else RETRACTED_BEFORE
            remarks.append(Remark.of(name, texts))
        if dropped:
            about = Phrase("count.named_entries", count=len(dropped), numbers=tuple(dropped))
            remarks.append(Remark.of(SET_ASIDE, texts, about=about))
        return tuple(remarks)

    # looking back

    def standing(self) -> list[ReplayedEntry]:
        """The entries in force, each with its answer."""
        return fold(self.start, self.entries, lambda entry: self._decided_by(entry.provenance))

    def replay(self) -> Replay:
        """The entries in force, as a value."""
        return Replay(self.start, self.now, tuple(self.standing()))

    def after(self, count: int) -> Relationship:
        """The relationship after the first ``count`` entries."""
        return self.entries[count - 1].decision.relationship if count else self.start

    def first(self, count: int) -> Ledger:
        """A separate ledger with the first ``count`` entries."""
        entries = tuple(_known_by(entry, count) for entry in self.entries[:count])
        return Ledger.of(self.start, self.machine, self.earlier, entries)

    def parts(self) -> LedgerParts:
        """What a ledger is made of; `of` makes it again."""
        return self.start, self.machine, self.earlier, tuple(self.entries)

    @classmethod
    def of(
        cls, start: Relationship, machine: Machine, earlier: tuple[Machine, ...], entries: tuple[Entry, ...]
    ) -> Ledger:
        """The ledger of entries that were in one before."""
        made = cls(start, machine, earlier)
        made.entries = list(entries)
        made.now = made.after(len(entries))
        return made

    def decided_anew(self, machine: Machine) -> Ledger:
        """A separate ledger in which every entry is decided again; who recorded it, when, and names are kept."""
        other = Ledger(self.start, machine, self.earlier)
        for entry in self.entries:
            kept = entry.envelope._replace(set_aside=None, provenance=machine.provenance, state="", corrected_by=())
            other.record(entry.event, kept)
        return other

    def lines(self) -> tuple[Recorded, ...]:
        """The entries as lines of a log."""
        if self._lines is None:
            self._lines = []
        self._lines += [entry.line() for entry in self.entries[len(self._lines) :]]
        return tuple(self._lines)

    # what decided

    def _decided_by(self, provenance: Provenance | None) -> Machine:
        """The machine that decided an entry if it is known, else the present one."""
        if provenance is None or provenance == self.machine.provenance:
            return self.machine
        if self._machines is None:
            self._machines = {}
        machine = self._machines.get(provenance)
        if machine is None:
            machine = self._machines[provenance] = self._at_hand(provenance)
        return machine

    def _at_hand(self, provenance: Provenance) -> Machine:
        """A machine with the table and the policy that decided an entry, each where a known machine has it."""
        known = (self.machine, Machine.standard(), *self.earlier)
        table = next((each for each in known if each.provenance.table == provenance.table), self.machine)
        policies = (each.policy for each in known if each.provenance.policy == provenance.policy)
        return table.with_policy(next(policies, self.machine.policy))

    def earlier_policies(self) -> tuple[Policy, ...]:
        """The policies other than the present one that decided entries, as far as they are known."""
        policies = dict.fromkeys(self._decided_by(entry.provenance).policy for entry in self.entries)
        return tuple(each for each in policies if each != self.machine.policy)


def _known_by(entry: Entry, count: int) -> Entry:
    """An entry without the corrections recorded after the first ``count`` entries."""
    if not entry.corrected_by or entry.corrected_by[-1] <= count:
        return entry
    return entry.with_corrections(tuple(each for each in entry.corrected_by if each <= count))


def replay(
    start: Relationship,
    log: Iterable[Entry | Recorded | Recordable],
    *,
    machine: Machine | None = None,
) -> Replay:
    """Fold a log from a relationship, with every decision kept.

    What was accepted when it was recorded is applied, and what was declined is not, whatever would be decided today:
    mere events, and lines that do not say, are decided as they come.

    Args:
        start: The relationship before the first line.
        log: Entries of a history, lines of a log, or mere events, in the order of recording. Corrections among
            them name the place of an entry in this order, from 1.
        machine: The machine; the standard one where ``None``.

    Raises:
        UnknownNameError: if a correction names an entry that there is not.
        InvalidValueError: if what is given is not what it has to be, or a line of the log is missing.
    """
    require_relationship(start)
    ledger = Ledger(start, machine_or_standard(machine))
    for line in log:
        ledger.add(line, Envelope)
    return ledger.replay()
