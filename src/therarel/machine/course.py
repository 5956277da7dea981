"""A course of therapy under way: a relationship and its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Self, final

from therarel.confidential import Confidential, confidential
from therarel.discretion import discreet
from therarel.domain import Client, Correction, Event, Handover, Relationship, RuptureEpisode, Therapist
from therarel.domain.events import EntryCorrected, EntryRetracted
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError
from therarel.machine.arguments import require_count, require_relationship
from therarel.machine.decisions import Decision, EventDeclined
from therarel.machine.entries import Clock, Entry, Ids, Recorded, new_envelope
from therarel.machine.explanations import Explanation
from therarel.machine.handovers import begun, handover
from therarel.machine.hindsight import Reconsidered, decided_otherwise, reconsider
from therarel.machine.history import History
from therarel.machine.judgements import TO_STATE, require_stated
from therarel.machine.ledger import Ledger, LedgerParts
from therarel.machine.machine import Machine, machine_or_standard
from therarel.machine.options import Options, options
from therarel.machine.policy import Policy
from therarel.machine.replays import Replay, applied
from therarel.machine.timeline import up_to
from therarel.machine.views import view
from therarel.representation import one_line
from therarel.texts import Phrase

if TYPE_CHECKING:
    from therarel.drawing import Drawing, Theme


@final
class Course:
    """A course of therapy under way; the one thing of the domain that moves.

    Begin one with `begin`, take one up from a log with `resume`. A course changes by `record` alone, and its history
    only grows: what was recorded in error is retracted or corrected by a further entry. Threads may share a course:
    each recording is whole before the next begins, and each question is about one moment.

    Examples:
        >>> from therarel.domain import StageTask, events
        >>> course = Course.begin(client="C-014", therapist="T-03")
        >>> decision = course.record(events.StageTaskMet(StageTask.BUILDING_RAPPORT, session=1))
        >>> answer = course.may(events.AdvanceRequested())
        >>> if not answer:
        ...     print(answer.explain().failing[0].sentence)
        Not met: establishing trust, setting expectations, creating safety. 1 of 4 are met.
        >>> course
        <Course of C-014 with T-03: initial formation, intact, 1 entry>
    """

    __slots__ = ("_clock", "_ids", "_ledger", "_lock")
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # it changes

    def __init__(
        self,
        start: Relationship,
        *,
        machine: Machine | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        require_relationship(start)
        self._ledger = Ledger(start, machine_or_standard(machine))
        self._clock, self._ids = clock, ids
        self._lock = RLock()

    @classmethod
    @discreet
    def begin(
        cls,
        client: Client | str,
        therapist: Therapist | str,
        *,
        predecessor: str | None = None,
        after: Handover | None = None,
        machine: Machine | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> Self:
        """A new course, at the beginning of initial formation.

        Args:
            client: The client's pseudonym.
            therapist: The therapist's pseudonym.
            predecessor: Name of the course that came before, where the therapist is a new one.
            after: What was handed over from that course: its open concerns are open here.
            machine: The machine; the standard one where ``None``.
            clock: Gives the moment of a recording, with its time zone; the time of the computer where ``None``.
            ids: Gives the identifier of an entry, a code; a UUID of version 7 where ``None``.

        Raises:
            OutOfScopeError: if there are several clients or several therapists.
            InvalidValueError: if the machine is not a `Machine`, or the handover is of another client.
        """
        return cls(begun(client, therapist, predecessor, after), machine=machine, clock=clock, ids=ids)

    @classmethod
    def resume(
        cls,
        start: Relationship,
        log: Iterable[Recorded | Entry | Event | Correction],
        *,
        machine: Machine | None = None,
        earlier: Iterable[Machine] = (),
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> Self:
        """A course continued from its log.

        What was accepted when it was recorded is applied without asking a guard again, and what was declined stays out
        of the state, whatever would be decided today; `decided_otherwise` lists what would be. Mere events, and lines
        that do not say whether they were accepted, are recorded now and decided as they come.

        Args:
            start: The relationship before the first line, as `start` gave it.
            log: The lines, as `log` gave them, or mere events.
            machine: The machine from now on; the standard one where ``None``.
            earlier: Machines by which lines may have been decided. What decided a line, table and policy, is applied
                where one of them has it, or the machine of now, or the standard one; otherwise what decides now.
            clock: As for `begin`.
            ids: As for `begin`.

        Raises:
            UnknownNameError: if a correction names an entry that there is not.
            InvalidValueError: if what is given is not what it has to be, or a line of the log is missing.
        """
        course = cls(start, machine=machine, clock=clock, ids=ids)
        course._ledger = ledger = Ledger(start, course._ledger.machine, tuple(earlier))
        for line in log:
            ledger.add(line, lambda: new_envelope(clock, ids, None, ledger.machine.provenance))
        return course

    # how things stand

    @property
    def relationship(self) -> Relationship:
        """How the relationship stands now."""
        return self._ledger.now

    @property
    def start(self) -> Relationship:
        """How it was before the first entry."""
        return self._ledger.start

    @property
    def machine(self) -> Machine:
        """The machine that decides in this course; its policy has the thresholds."""
        return self._ledger.machine

    @property
    def earlier_policies(self) -> tuple[Policy, ...]:
        """Other thresholds by which entries of this course were decided, as far as they are at hand."""
        with self._lock:
            return self._ledger.earlier_policies()

    @property
    def history(self) -> History:
        """Every entry so far."""
        with self._lock:
            return History(self._ledger.start, tuple(self._ledger.entries))

    @property
    def log(self) -> tuple[Recorded, ...]:
        """The history as lines that can be written down, read and taken up again with `resume`."""
        with self._lock:
            return self._ledger.lines()

    @property
    def episodes(self) -> tuple[RuptureEpisode, ...]:
        """Every strain and rupture of the course: those that closed, those carried along, and the open one."""
        return self.replay().episodes

    view = view

    # asking

    def may(self, event: Event | Correction) -> Decision:
        """The decision about an event or a correction, without recording it: true if it would be accepted.

        With several threads, look at what `record` returns: what was asked here may have changed.

        Raises:
            UnknownNameError: if a correction names an entry that there is not.
        """
        with self._lock:
            return self._ledger.ask(event)

    def why_not(self, event: Event | Correction) -> Explanation:
        """Why an event would be declined, in plain language and as data."""
        return self.may(event).explain()

    def options(self) -> Options:
        """The decision for every judgement, without acting."""
        return options(self.relationship, machine=self.machine)

    # recording

    def record(self, event: Event | Correction, *, must: bool = False, recorded_by: str | None = None) -> Decision:
        """Record an event or a correction. The history keeps it whatever the decision.

        Args:
            event: What happened, what is judged, or what was recorded in error.
            must: Whether a declined judgement raises; it is kept as declined all the same.
            recorded_by: Pseudonym of whoever records it.

        Raises:
            EventDeclined: if the judgement is declined and had to be accepted.
            UnknownNameError: if a correction names an entry that there is not; then nothing is recorded.
            InvalidValueError: if it is a waiver out of `options` without its reason, or a review of no named concern.
        """
        if type(event) in TO_STATE:
            require_stated(event)
        ledger = self._ledger
        with self._lock:
            decision = ledger.record(
                event, new_envelope(self._clock, self._ids, recorded_by, ledger.machine.provenance)
            )
        if must and not decision:
            raise EventDeclined(decision)
        return decision

    @discreet
    def retract(self, of: int, reason: str | Confidential | None = None, *, recorded_by: str | None = None) -> Decision:
        """Record that an entry was made in error; the state is what follows without it.

        Args:
            of: The number of the entry.
            reason: Why, in words.
            recorded_by: As for `record`.

        Raises:
            UnknownNameError: if there is no such entry, or it is a correction itself.
        """
        return self.record(EntryRetracted(of, confidential(reason)), recorded_by=recorded_by)

    @discreet
    def correct(
        self, of: int, by: Event, reason: str | Confidential | None = None, *, recorded_by: str | None = None
    ) -> Decision:
        """Record that an entry was made in error and that another takes its place.

        What was reported under a name keeps it.

        Args:
            of: The number of the entry.
            by: The event as it should have been recorded.
            reason: Why, in words.
            recorded_by: As for `record`.

        Raises:
            UnknownNameError: if there is no such entry, or it is a correction itself.
        """
        return self.record(EntryCorrected(of, by, confidential(reason)), recorded_by=recorded_by)

    # looking back

    def replay(self) -> Replay:
        """The history replayed, with every correction known: the entries in force, each with its answer."""
        with self._lock:
            return self._ledger.replay()

    def at(self, session: int | None = None, *, on: date | None = None, recorded: int | None = None) -> Relationship:
        """How the relationship was at a session or on a day, by what is known now; or what was known then.

        Args:
            session: How it was after this session, late entries and corrections included.
            on: How it was at the end of this day.
            recorded: What was known once this many entries were recorded, without what came later.

        Raises:
            InvalidValueError: if it is not one of the three that is given.
        """
        if [session, on, recorded].count(None) != 2:
            raise InvalidValueError(
                "one moment is needed", where="Course.at", bound="a session, a day, or a number of entries"
            )
        if recorded is not None:
            with self._lock:
                return self._ledger.after(require_count(recorded, len(self._ledger.entries)))
        replayed = self.replay()
        return applied(replayed.start, up_to(replayed.entries, Occurrence(session, on)))

    def hindsight(self) -> tuple[Reconsidered, ...]:
        """The judgements that would read otherwise, had everything been known when it occurred.

        Judgements that a correction has set aside are among them. Nothing changes by looking.
        """
        replayed = self.replay()
        return reconsider(replayed.start, replayed.entries)

    def decided_otherwise(self) -> tuple[Reconsidered, ...]:
        """The entries that would be decided otherwise today, and those that lead to another state than they did.

        That happens where the table, the policy or the release is another one than then. They stay as they are.
        """
        with self._lock:
            return decided_otherwise(tuple(self._ledger.entries), self._ledger.standing(), self._ledger.machine)

    def decided_anew(self, *, machine: Machine | None = None) -> Course:
        """A separate course in which every entry is decided again, as if it were recorded today.

        Names, and who recorded an entry and when, are kept. This course does not change.

        Args:
            machine: The machine; that of this course where ``None``.
        """
        decides = self.machine if machine is None else machine_or_standard(machine)
        with self._lock:
            return self._with(self._ledger.decided_anew(decides))

    def branch(self, *, recorded: int | None = None) -> Course:
        """A separate course to try things on: what if? This one does not change.

        Args:
            recorded: Number of entries to branch after; all of them where ``None``.

        Raises:
            InvalidValueError: if there are not that many entries.
        """
        with self._lock:
            count = len(self._ledger.entries)
            return self._with(self._ledger.first(count if recorded is None else require_count(recorded, count)))

    def _with(self, ledger: Ledger) -> Course:
        other = object.__new__(Course)
        other._ledger, other._clock, other._ids = ledger, self._clock, self._ids
        other._lock = RLock()
        return other

    handover = handover

    def draw(self, *, theme: Theme = "auto") -> Drawing:
        """The machine as a picture with the way of this course in it.

        Args:
            theme: Colours: ``auto`` follows the reader's screen.
        """
        from therarel.machine.diagrams import picture
        from therarel.machine.diagrams.walks import walk

        return picture(self.machine.table, self.machine.texts, walk(self.replay(), self.machine.table), theme=theme)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()

    def __copy__(self) -> Course:
        return self.branch()

    def __deepcopy__(self, memo: dict[int, Any]) -> Course:
        return self.branch()  # everything it holds is frozen

    def __reduce__(self) -> tuple[object, ...]:
        with self._lock:
            return _unpickled, (self._ledger.parts(), self._clock, self._ids)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Course):
            return NotImplemented
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        """What makes a course the same: what was recorded and decided, whoever recorded it and when."""
        with self._lock:
            entries = [(each.event, each.accepted, each.name, each.set_aside) for each in self._ledger.entries]
            return self._ledger.start, self._ledger.machine, entries

    def __repr__(self) -> str:
        return one_line(self, "")

    def __str__(self) -> str:
        with self._lock:
            now, entries = self._ledger.now, Phrase("count.entries", count=len(self._ledger.entries))
        return self.machine.texts(
            "history.course", dyad=now.dyad, stage=now.stage, alliance=now.alliance_status, entries=entries
        )


def _unpickled(parts: LedgerParts, clock: Clock | None, ids: Ids | None) -> Course:
    course = Course(parts[0], clock=clock, ids=ids)
    course._ledger = Ledger.of(*parts)
    return course
