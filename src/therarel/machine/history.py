"""The history of a course: what was recorded, in the order of recording, and never rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from attrs import field, frozen

from therarel.domain import Event, Relationship
from therarel.domain.events import EntryCorrected, EntryRetracted
from therarel.errors import UnknownNameError, is_whole, shown
from therarel.machine.entries import Entry

__all__ = ["History", "Standing", "correctable", "standing"]


@frozen
class Standing:
    """What stands in the place of an entry once all corrections are known.

    Args:
        number: The number of the entry.
        event: The event as it was recorded or as it was corrected.
        accepted: Whether it was accepted when it was recorded; ``None`` where a correction put it there.
        holds: Whether it moves the state; false if it was declined, or is set aside by a correction.
        name: The name given to what it reports; ``None`` if it reports nothing that is spoken of by name.
    """

    number: int
    event: Event
    accepted: bool | None
    holds: bool = True
    name: str | None = None


@frozen
class History(Sequence[Entry]):
    """Every entry of a course, in the order of recording; a view that does not grow with the course.

    Args:
        start: The relationship before the first entry.
        entries: The entries.

    Examples:
        >>> from therarel.domain import events
        >>> from therarel.machine import Course
        >>> course = Course.begin("C-014", "T-03")
        >>> _ = course.record(events.AdvanceRequested())
        >>> len(course.history), len(course.history.declined)
        (1, 1)
    """

    start: Relationship = field(repr=False)
    entries: tuple[Entry, ...]

    @property
    def accepted(self) -> tuple[Entry, ...]:
        """The entries that were accepted when they were recorded."""
        return tuple(entry for entry in self.entries if entry.accepted)

    @property
    def declined(self) -> tuple[Entry, ...]:
        """The entries that were declined when they were recorded."""
        return tuple(entry for entry in self.entries if not entry.accepted)

    @property
    def standing(self) -> tuple[Standing, ...]:
        """What stands once all corrections are known, in the order of recording."""
        return standing(self.entries)

    def entry(self, number: int) -> Entry:
        """The entry of that number.

        Raises:
            UnknownNameError: if there is none.
        """
        if not is_whole(number) or not 1 <= number <= len(self.entries):
            raise UnknownNameError(
                "the history has no such entry", value=shown(number), bound=f"a number from 1 to {len(self.entries)}"
            )
        return self.entries[number - 1]

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, index: int | slice) -> Entry | tuple[Entry, ...]:
        return self.entries[index]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __repr__(self) -> str:
        return f"<History: {len(self.entries)} entries, {len(self.declined)} declined>"

    def __str__(self) -> str:
        return "\n".join(map(str, self.entries))


def correctable(entries: Sequence[Entry], number: int) -> None:
    """Make sure that a correction speaks of an entry that can be corrected.

    Raises:
        UnknownNameError: if there is no such entry, or it is a correction itself.
    """
    if not 1 <= number <= len(entries):
        raise UnknownNameError(
            "there is no such entry to correct",
            value=shown(number),
            bound=f"a number from 1 to {len(entries)}" if entries else "an entry; nothing is recorded yet",
        )
    event = entries[number - 1].event
    if isinstance(event, (EntryRetracted, EntryCorrected)):
        raise UnknownNameError(
            "a correction is not corrected itself",
            value=shown(number),
            bound="the number of a fact or a judgement",
            hint=f"correct entry {event.of} again; the last correction counts",
        )


def standing(entries: Iterable[Entry]) -> tuple[Standing, ...]:
    """What stands once all corrections are known; the last correction of an entry counts."""
    placed: dict[int, tuple[Event, bool | None, str | None]] = {}
    aside: frozenset[int] = frozenset()
    order: list[int] = []
    for entry in entries:
        event = entry.event
        if isinstance(event, EntryRetracted):
            placed.pop(event.of, None)
        elif isinstance(event, EntryCorrected):
            placed[event.of] = event.by, None, entry.name
        else:
            order.append(entry.number)
            placed[entry.number] = event, entry.accepted, entry.name
        if isinstance(event, (EntryRetracted, EntryCorrected)):
            aside = frozenset(entry.set_aside)
    found = ((number, *placed[number]) for number in order if number in placed)
    return tuple(
        Standing(number, event, accepted, accepted is not False and number not in aside, name)
        for number, event, accepted, name in found
    )
