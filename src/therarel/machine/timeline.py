"""The order in which things occurred, as far as it is stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from therarel.domain import Event
from therarel.domain.events import SessionHeld, SessionMissed
from therarel.domain.occurrence import Occurrence

_LONGEST_RUN: Final = 64


class _Occurring(Protocol):
    @property
    def event(self) -> Event: ...


E = TypeVar("E", bound=_Occurring)
S = TypeVar("S", SessionHeld, SessionMissed)


def up_to(entries: Sequence[E], moment: Occurrence) -> Iterator[E]:
    """What had occurred by then, in the order of recording.

    An entry that cannot be compared with the moment goes with the entry recorded before it.
    """
    later = False
    for entry, occurred in _placed(entries):
        is_later = moment.before(occurred)
        later = later if is_later is None else is_later
        if not later:
            yield entry


def in_order_of_occurrence(entries: Sequence[E]) -> tuple[E, ...]:
    """The entries in the order in which they occurred; what cannot be compared stays in the order of recording.

    Each entry goes behind the last one that it is not known to have occurred before.
    """
    timed = [_Timed(entry, occurred.on, occurred.session) for entry, occurred in _placed(entries)]
    stated = [each for each in timed if each.on is not None or each.session is not None]
    dated = sum(each.on is not None for each in stated)
    if dated == len(stated):  # everything can be compared: what says nothing comes before the first that does
        stated.sort(key=lambda each: each.on or date.min)
    elif dated == 0:
        stated.sort(key=lambda each: each.session or 0)
    else:
        stated = _inserted(stated)
    return tuple(each.entry for each in (*timed[: len(timed) - len(stated)], *stated))


def each_once(events: Iterable[S]) -> list[S]:
    """Events of one kind; a session that several of them say was recorded twice, and counts once."""
    kept, said = [], set[int | None]()
    for event in events:
        if event.session is None or event.session not in said:
            kept.append(event)
        said.add(event.session)
    return kept


class _Timed(NamedTuple):
    entry: Any  # what it is, only the caller knows
    on: date | None
    session: int | None

    def before(self, other: _Timed) -> bool:
        """Whether it is known to have occurred before the other; as `Occurrence.before`."""
        if self.on is not None and other.on is not None:
            return self.on < other.on
        return self.session is not None and other.session is not None and self.session < other.session


def _inserted(timed: Iterable[_Timed]) -> list[_Timed]:
    """Where some say a date and some a session: one after the other, each from the end."""
    runs = [_Run([])]
    for each in timed:
        place = len(runs) - 1
        while place and runs[place].is_later_than(each):
            place -= 1
        runs[place].insert(each)
        if len(runs[place].members) > _LONGEST_RUN:
            members = runs[place].members
            runs[place : place + 1] = [_Run(members[: _LONGEST_RUN // 2]), _Run(members[_LONGEST_RUN // 2 :])]
    return [each for run in runs for each in run.members]


class _Run:
    """Neighbours in the order so far, and the earliest that they say, so that most need not be looked at one by one."""

    __slots__ = ("date", "members", "only_dated", "session", "session_alone")

    def __init__(self, members: list[_Timed]) -> None:
        self.members: list[_Timed] = []
        self.date: date | None = None
        self.session: int | None = None
        self.session_alone: int | None = None  # the least of those that say no date
        self.only_dated = False  # whether one says a date and no session
        for each in members:
            self._add(len(self.members), each)

    def is_later_than(self, timed: _Timed) -> bool:
        """Whether what is given is known to have occurred before all of them."""
        if timed.on is None:
            return not self.only_dated and _less(timed.session, self.session)
        if self.session_alone is not None and not _less(timed.session, self.session_alone):
            return False
        return self.date is None or timed.on < self.date

    def insert(self, timed: _Timed) -> None:
        """Put it behind the last one that it is not known to have occurred before."""
        place = len(self.members)
        while place and timed.before(self.members[place - 1]):
            place -= 1
        self._add(place, timed)

    def _add(self, place: int, timed: _Timed) -> None:
        self.members.insert(place, timed)
        if timed.on is not None and (self.date is None or timed.on < self.date):
            self.date = timed.on
        if timed.session is None:
            self.only_dated = True
            return
        if self.session is None or timed.session < self.session:
            self.session = timed.session
        if timed.on is None and (self.session_alone is None or timed.session < self.session_alone):
            self.session_alone = timed.session


def _less(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other


def _placed(entries: Iterable[E]) -> Iterator[tuple[E, Occurrence]]:
    """Each entry with when it occurred; one that does not say occurred no earlier than all before it."""
    latest = Occurrence()
    for entry in entries:
        occurred = entry.event.occurred
        if not occurred.is_stated:
            occurred = latest
        elif occurred.before(latest) is not True:
            latest = occurred
        yield entry, occurred
