"""Hidden cells: what is hidden cannot be computed from what is shown."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from therarel.panels.suppression import FEWEST, hidden_cells, hidden_groups, together_at_least

tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 8), min_size=width, max_size=width), min_size=1, max_size=3)
)


def other_tables(counts: list[list[int]], hidden: frozenset[tuple[int, int]]) -> list[dict[tuple[int, int], int]]:
    """All ways to fill the hidden cells that give the totals of rows and columns, found one by one."""
    cells = sorted(hidden)
    ranges = [range(sum(counts[row][at] for r, at in cells if r == row) + 1) for row, _ in cells]
    ways = []
    for values in product(*ranges):
        filled = dict(zip(cells, values, strict=True))
        rows = all(
            sum(filled[cell] for cell in cells if cell[0] == row) == sum(counts[row][at] for r, at in cells if r == row)
            for row in {row for row, _ in cells}
        )
        columns = all(
            sum(filled[cell] for cell in cells if cell[1] == at) == sum(counts[r][at] for r, c in cells if c == at)
            for at in {at for _, at in cells}
        )
        if rows and columns:
            ways.append(filled)
    return ways


@given(counts=st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=2))
def test_no_small_count_follows_from_totals(counts: list[list[int]]) -> None:
    """Wherever a small count is hidden, and people enough are there, another table has the same totals."""
    hidden = hidden_cells(counts)
    if hidden and len(hidden) < 6:
        ways = other_tables(counts, hidden)
        for cell in hidden:
            row, column = cell
            if 0 < counts[row][column] < FEWEST:
                assert len({filled[cell] for filled in ways}) > 1, (counts, cell)


@given(counts=st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_counts_that_are_put_together_are_of_five_people_or_more(counts: list[int]) -> None:
    """Every count is in one sum of neighbours, no sum is small unless it is all, and none is made without need."""
    parts = together_at_least(counts)
    assert [at for part in parts for at in part] == list(range(len(counts)))
    assert len(parts) == 1 or not any(0 < sum(counts[at] for at in part) < FEWEST for part in parts)
    assert len(parts) == len(counts) or any(0 < count < FEWEST for count in counts)


@given(counts=tables)
def test_every_small_count_is_hidden(counts: list[list[int]]) -> None:
    """Counts of one to four people are hidden, and where there is none nothing is."""
    hidden = hidden_cells(counts)
    small = {(r, c) for r, line in enumerate(counts) for c, number in enumerate(line) if 0 < number < FEWEST}
    assert small <= hidden
    assert bool(small) == bool(hidden)


@given(counts=tables, data=st.data())
def test_whole_rows_are_hidden_as_asked(counts: list[list[int]], data: st.DataObject) -> None:
    """A row that is hidden elsewhere is hidden here."""
    row = data.draw(st.integers(0, len(counts) - 1))
    assert {(row, column) for column in range(len(counts[0]))} <= hidden_cells(counts, whole_rows=[row])


def test_large_counts_are_shown() -> None:
    """Where every count is large or zero, all of them stay."""
    assert hidden_cells([[5, 0, 12], [9, 30, 0]]) == frozenset()


@given(sizes=st.lists(st.integers(0, 12), min_size=1, max_size=7), rest=st.integers(0, 7))
def test_a_handful_of_people_does_not_follow_from_what_is_shown(sizes: list[int], rest: int) -> None:
    """Groups of one to four are hidden; those hidden are several, and have five people or more and not one each."""
    hidden = hidden_groups(sizes, rest=rest)
    people = rest + sum(sizes[at] for at in hidden)
    small = {at for at, size in enumerate(sizes) if 0 < size < FEWEST}
    assert small <= hidden
    assert bool(hidden) == bool(small or 0 < rest < FEWEST)
    assert not hidden or len(hidden) == len(sizes) or (people >= FEWEST and 1 < len(hidden) + bool(rest) < people)


def test_people_in_five_groups_of_one_are_hidden_with_others() -> None:
    """Five groups that are hidden with five people in all would have one each."""
    assert hidden_groups([1, 1, 1, 1, 1, 9, 12]) == {0, 1, 2, 3, 4, 5}
