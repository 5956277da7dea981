"""The order of occurrence: the same as putting one entry after the other in its place."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from therarel.domain import events
from therarel.domain.occurrence import Occurrence
from therarel.machine.timeline import in_order_of_occurrence

FIRST = date(2026, 1, 1)
DAYS = st.none() | st.integers(0, 6).map(lambda days: FIRST + timedelta(days=days))
TIMES = st.tuples(st.none() | st.integers(0, 6), DAYS)


@attrs.frozen
class Numbered:
    """An event with its number."""

    number: int
    event: events.SessionHeld


def standing(times: list[tuple[int | None, date | None]]) -> list[Numbered]:
    """Entries that say these sessions and days."""
    return [Numbered(n, events.SessionHeld(session=s, on=d)) for n, (s, d) in enumerate(times, start=1)]


def one_after_the_other(entries: list[Numbered]) -> list[int]:
    """The order by the plainest way: each entry moves forward while it is known to have occurred before."""
    ordered: list[tuple[int, Occurrence]] = []
    latest = Occurrence()
    for entry in entries:
        occurred = entry.event.occurred
        if not occurred.is_stated:
            occurred = latest
        elif occurred.before(latest) is not True:
            latest = occurred
        place = len(ordered)
        while place and occurred.before(ordered[place - 1][1]) is True:
            place -= 1
        ordered.insert(place, (entry.number, occurred))
    return [number for number, _ in ordered]


@example(
    [*[(100, None)] * 70, (None, FIRST), (1, None)]
)  # what cannot be compared keeps its place in a long course, too
@given(st.lists(TIMES, max_size=40) | st.lists(TIMES, min_size=150, max_size=400))
def test_the_order_is_that_of_one_after_the_other(times: list[tuple[int | None, date | None]]) -> None:
    """With dates, sessions, both, neither, and any mixture of them, short and long."""
    entries = standing(times)
    assert [each.number for each in in_order_of_occurrence(entries)] == one_after_the_other(entries)
