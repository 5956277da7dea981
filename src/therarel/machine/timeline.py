"""The order in which things occurred, as far as it is stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from therarel.domain.occurrence import Occurrence
from therarel.machine.history import Standing

__all__ = ["in_order_of_occurrence", "up_to"]


def up_to(entries: Sequence[Standing], moment: Occurrence) -> Iterator[Standing]:
    """What had occurred by then, in the order of recording.

    An entry that cannot be compared with the moment goes with the entry recorded before it.
    """
    later = False
    for entry, occurred in _placed(entries):
        told = moment.before(occurred)
        later = later if told is None else told
        if not later:
            yield entry


def in_order_of_occurrence(entries: Sequence[Standing]) -> tuple[Standing, ...]:
    """The entries in the order in which they occurred; what cannot be compared stays in the order of recording."""
    ordered: list[tuple[Standing, Occurrence]] = []
    for entry, occurred in _placed(entries):
        place = len(ordered)
        while place and occurred.before(ordered[place - 1][1]) is True:
            place -= 1
        ordered.insert(place, (entry, occurred))
    return tuple(entry for entry, _ in ordered)


def _placed(entries: Iterable[Standing]) -> Iterator[tuple[Standing, Occurrence]]:
    """Each entry with when it occurred; one that does not say occurred no earlier than all before it."""
    latest = Occurrence()
    for entry in entries:
        occurred = entry.event.occurred
        if not occurred.is_stated:
            occurred = latest
        elif occurred.before(latest) is not True:
            latest = occurred
        yield entry, occurred
