"""The history of a course: what was recorded, in the order of recording, and never rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from attrs import field, frozen

from therarel.domain import Relationship
from therarel.domain.events import EntryCorrected, EntryRetracted
from therarel.errors import UnknownNameError, is_whole, shown
from therarel.machine.entries import Entry


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

    def entry(self, number: int) -> Entry:
        """The entry of that number.

        Raises:
            UnknownNameError: if there is none.
        """
        if not is_whole(number) or not 1 <= number <= len(self.entries):
            raise UnknownNameError(
                "the history has no such entry", value=shown(number), bound=f"a number from 1 to {len(self.entries)}"
            )
        return self.entries[int(number) - 1]

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
    """Refuse a correction of an entry that cannot be corrected.

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
