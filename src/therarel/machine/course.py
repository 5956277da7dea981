"""A course of therapy under way: a relationship and its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self, final

from therarel.confidential import Confidential, confidential
from therarel.discretion import discreet
from therarel.domain import Client, Correction, Event, Relationship, RuptureEpisode, Therapist
from therarel.domain.events import EntryCorrected, EntryRetracted, SafetyConcernReviewed, StageTaskWaived
from therarel.domain.occurrence import Occurrence
from therarel.errors import InvalidValueError, is_whole
from therarel.machine.asking import require_policy, require_relationship
from therarel.machine.deciding import decide
from therarel.machine.decisions import Accepted, Decision
from therarel.machine.errors import EventDeclined
from therarel.machine.explanations import Explanation
from therarel.machine.hindsight import Reconsidered, reconsider
from therarel.machine.history import Entry, History, Recorded, Standing, correctable, standing
from therarel.machine.machine import Machine, require_machine
from therarel.machine.options import TO_BE_STATED, Options, options
from therarel.machine.policy import Policy
from therarel.machine.remarks import SET_ASIDE, Remark
from therarel.machine.replaying import Replay, ReplayedEntry, fold, refold
from therarel.machine.standing import standing_remarks
from therarel.machine.timeline import up_to

if TYPE_CHECKING:
    from therarel.drawing import Drawing, Theme

__all__ = ["Course"]


@final
class Course:
    """A course of therapy under way; the one thing of the domain that moves.

    Begin one with `begin`, take one up from a log with `resume`. A course changes by `record` alone, and its
    history only grows: an entry made in error is retracted or corrected by a further entry.

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

    __slots__ = ("_entries", "_machine", "_now", "_policy", "_standing", "_start")
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # it changes

    def __init__(self, start: Relationship, *, policy: Policy | None = None, machine: Machine | None = None) -> None:
        require_relationship(start)
        if machine is not None:
            require_machine(machine)
        if policy is not None:
            require_policy(policy)
        self._machine = Machine.standard() if machine is None else machine
        self._policy = self._machine.policy if policy is None else policy
        self._start = self._now = start
        self._entries: list[Entry] = []
        # what `fold` makes of the entries, kept from the first correction on; before it, it is the entries themselves
        self._standing: list[ReplayedEntry] | None = None

    @classmethod
    @discreet
    def begin(
        cls,
        client: Client | str,
        therapist: Therapist | str,
        *,
        predecessor: str | None = None,
        policy: Policy | None = None,
        machine: Machine | None = None,
    ) -> Self:
        """A new course, at the beginning of initial formation.

        Args:
            client: The client's pseudonym.
            therapist: The therapist's pseudonym.
            predecessor: Name of the course that came before, where the therapist is a new one.
            policy: Thresholds; those of the machine where ``None``.
            machine: The machine; the standard one where ``None``.

        Raises:
            OutOfScopeError: if there are several clients or several therapists.
            InvalidValueError: if the policy is no `Policy`, or the machine no `Machine`.
        """
        start = Relationship.between(client, therapist, predecessor=predecessor)
        return cls(start, policy=policy, machine=machine)

    @classmethod
    def resume(
        cls,
        start: Relationship,
        log: Iterable[Recorded | Event | Correction],
        *,
        policy: Policy | None = None,
        machine: Machine | None = None,
    ) -> Self:
        """A course taken up from its log.

        What the log says was declined stays out of the state, whatever would be decided today.

        Args:
            start: The relationship before the first line, as `start` gave it.
            log: The lines, as `log` gave them, or mere events, which are decided as they come.
            policy: Thresholds; those of the machine where ``None``.
            machine: The machine; the standard one where ``None``.

        Raises:
            UnknownNameError: if a correction names an entry that there is not.
            InvalidValueError: if what is given is not what it has to be.
        """
        course = cls(start, policy=policy, machine=machine)
        for line in log:
            if isinstance(line, Recorded):
                course._append(line.event, line.accepted)
            else:
                course._append(line, None)
        return course

    # how things stand

    @property
    def relationship(self) -> Relationship:
        """How the relationship stands now."""
        return self._now

    @property
    def start(self) -> Relationship:
        """How it stood before the first entry."""
        return self._start

    @property
    def policy(self) -> Policy:
        """The thresholds of this course."""
        return self._policy

    @property
    def machine(self) -> Machine:
        """The machine of this course."""
        return self._machine

    @property
    def history(self) -> History:
        """Every entry so far."""
        return History(self._start, tuple(self._entries))

    @property
    def log(self) -> tuple[Recorded, ...]:
        """The history as lines that can be written down and taken up again with `resume`."""
        return tuple(Recorded(entry.event, entry.accepted) for entry in self._entries)

    @property
    def episodes(self) -> tuple[RuptureEpisode, ...]:
        """Every strain and rupture of the course: those that closed, those carried along, and the open one."""
        closed = (
            each.decision.closed_episode
            for each in self.replay().entries
            if each.applied and isinstance(each.decision, Accepted)
        )
        now = self._now
        still_open = () if now.episode is None else (now.episode,)
        return (*(each for each in closed if each is not None), *now.unresolved_before, *still_open)

    # asking

    def may(self, event: Event) -> Decision:
        """The decision about an event, without recording it: true if it would be accepted."""
        return decide(self._now, event, policy=self._policy, machine=self._machine)

    def why_not(self, event: Event) -> Explanation:
        """Why an event would be declined, in plain language and as data."""
        return self.may(event).explain()

    def options(self) -> Options:
        """The decision for every judgement, without acting."""
        return options(self._now, policy=self._policy, machine=self._machine)

    # recording

    def record(self, event: Event | Correction, *, must: bool = False) -> Decision:
        """Record an event or a correction. The history keeps it whatever the decision.

        Args:
            event: What happened, what is judged, or what was recorded in error.
            must: Whether a declined judgement raises; it is kept as declined all the same.

        Raises:
            EventDeclined: if the judgement is declined and had to be accepted.
            UnknownNameError: if a correction names an entry that there is not; then nothing is recorded.
            InvalidValueError: if it is a waiver out of `options` whose reason is still to be stated, or a review of
                no named concern; as above.
        """
        _require_stated(event.by if isinstance(event, EntryCorrected) else event)
        decision = self._append(event, None)
        if must and not decision:
            raise EventDeclined(decision)
        return decision

    @discreet
    def retract(self, of: int, reason: str | Confidential | None = None) -> Decision:
        """Record that an entry was made in error; the state is what follows without it.

        Args:
            of: The number of the entry.
            reason: Why, in words.

        Raises:
            UnknownNameError: if there is no such entry, or it is a correction itself.
        """
        return self.record(EntryRetracted(of, confidential(reason)))

    @discreet
    def correct(self, of: int, by: Event, reason: str | Confidential | None = None) -> Decision:
        """Record that an entry was made in error and that another stands in its place.

        Args:
            of: The number of the entry.
            by: The event as it should have been recorded.
            reason: Why, in words.

        Raises:
            UnknownNameError: if there is no such entry, or it is a correction itself.
        """
        return self.record(EntryCorrected(of, by, confidential(reason)))

    def _append(self, event: Event | Correction, accepted: bool | None) -> Decision:
        if isinstance(event, (EntryRetracted, EntryCorrected)):
            decision: Decision = self._correction(event)
            self._entries.append(Entry(len(self._entries) + 1, event, True, decision))
            self._now = decision.relationship
            return decision
        decision = decide(self._now, event, policy=self._policy, machine=self._machine)
        if accepted is None:
            accepted = decision.accepted
        number = len(self._entries) + 1
        self._entries.append(Entry(number, event, accepted, decision))
        if self._standing is not None:
            self._standing.append(ReplayedEntry(number, event, accepted, decision))
        if accepted:
            self._now = decision.relationship
        return decision

    def _correction(self, event: Correction) -> Accepted:
        correctable(self._entries, event.of)
        replacement = Standing(event.of, event.by, None) if isinstance(event, EntryCorrected) else None
        so_far = self.replay()
        done, anew = refold(so_far, event.of, replacement, self._policy, self._machine)
        dropped = [entry.number for entry in anew if entry.set_aside]
        if dropped:
            before = {entry.number for entry in so_far.set_aside}
            dropped = [number for number in dropped if number not in before]
        self._standing = list(done.entries)
        sentences = self._machine.texts.remarks
        remarks = [*standing_remarks(done.relationship, sentences)]
        if dropped:
            remarks.append(Remark(SET_ASIDE, sentences[SET_ASIDE].format(about=", ".join(map(str, dropped)))))
        return Accepted(event, self._now, done.relationship, None, tuple(remarks))

    # looking back

    def replay(self) -> Replay:
        """The history replayed, with every correction known: what stands, and the answer it gets."""
        if self._standing is None:
            stands = tuple(_as_replayed(entry) for entry in self._entries)
        else:
            stands = tuple(self._standing)
        return Replay(self._start, self._now, stands)

    def at(self, session: int | None = None, *, on: date | None = None, recorded: int | None = None) -> Relationship:
        """How things stood at a session or on a day, by what is known now; or what was known then.

        Args:
            session: How things stood after this session, late entries and corrections included.
            on: How things stood at the end of this day.
            recorded: What was known once this many entries were recorded, without what came later.

        Raises:
            InvalidValueError: if it is not one of the three that is given.

        Examples:
            >>> from therarel.domain import RuptureSeverity, events
            >>> course = Course.begin("C-014", "T-03")
            >>> for event in (
            ...     events.SessionHeld(session=6),
            ...     events.RuptureNoticed(RuptureSeverity.MINOR, session=3),
            ... ):
            ...     decision = course.record(event)
            >>> course.at(4).alliance_status.label, course.at(recorded=1).alliance_status.label
            ('ruptured', 'intact')
        """
        if [session, on, recorded].count(None) != 2:
            raise InvalidValueError(
                "one moment is needed", where="Course.at", bound="a session, a day, or a number of entries"
            )
        if recorded is not None:
            return self.branch(recorded=recorded)._now
        moment = Occurrence(session, on)
        entries = up_to(self.history.standing, moment)
        return fold(self._start, entries, self._policy, self._machine).relationship

    def hindsight(self) -> tuple[Reconsidered, ...]:
        """The judgements that would read otherwise, had everything been known when it occurred.

        Judgements that a correction has set aside are among them. Nothing changes by looking.
        """
        return reconsider(self._start, self.history.standing, self._policy, self._machine)

    def branch(self, *, recorded: int | None = None) -> Course:
        """A course of its own to try things on: what if? This one is left as it is.

        Args:
            recorded: Branch from where the first so many entries were recorded; all of them where ``None``.

        Raises:
            InvalidValueError: if there are not that many entries.
        """
        count = len(self._entries) if recorded is None else recorded
        if not is_whole(count) or not 0 <= count <= len(self._entries):
            raise InvalidValueError(
                "there are not that many entries",
                where="recorded",
                value=str(count),
                bound=f"0 to {len(self._entries)}",
            )
        other = Course(self._start, policy=self._policy, machine=self._machine)
        other._entries = self._entries[:count]
        if count == len(self._entries):
            other._now, other._standing = self._now, None if self._standing is None else self._standing.copy()
        else:
            done = fold(self._start, standing(other._entries), self._policy, self._machine)
            other._now, other._standing = done.relationship, list(done.entries)
        return other

    def draw(self, *, theme: Theme = "auto") -> Drawing:
        """The machine as a picture with the way of this course in it.

        Args:
            theme: Colours: ``auto`` follows the reader's screen.
        """
        return self._machine.draw(self, theme=theme)

    def _repr_svg_(self) -> str:
        return self.draw().to_svg()

    def __copy__(self) -> Course:
        return self.branch()

    def __deepcopy__(self, memo: dict[int, Any]) -> Course:
        return self.branch()  # everything it holds is frozen

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Course):
            return NotImplemented
        mine = self._start, self._policy, self._machine, self.log
        return mine == (other._start, other._policy, other._machine, other.log)

    def __repr__(self) -> str:
        now, count = self._now, len(self._entries)
        counted = "1 entry" if count == 1 else f"{count} entries"
        return f"<Course of {now.dyad}: {now.stage.label}, {now.alliance_status.label}, {counted}>"


def _as_replayed(entry: Entry) -> ReplayedEntry:
    assert not isinstance(entry.event, (EntryRetracted, EntryCorrected))  # without a correction there is none to place
    return ReplayedEntry(entry.number, entry.event, entry.accepted, entry.decision)


def _require_stated(event: Event | Correction) -> None:
    if isinstance(event, SafetyConcernReviewed) and event.of is None:
        raise InvalidValueError(
            "a review is of one concern for safety, and names it",
            where="SafetyConcernReviewed.of",
            hint="record one review for each concern, by its code such as 'concern-1'",
        )
    if isinstance(event, StageTaskWaived) and event.reason == TO_BE_STATED:
        raise InvalidValueError(
            "the reason of this waiver is still to be stated",
            where="StageTaskWaived.reason",
            hint="options() asks about waivers without one; record attrs.evolve(judgement, reason='...')",
        )
