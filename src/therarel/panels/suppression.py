"""Which cells of a table of counts are hidden, so that nobody can be picked out of a small one."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Final

FEWEST: Final = 5
"""A count above 0 and below this is hidden."""

_Cell = tuple[int, int]


def hidden_cells(counts: Sequence[Sequence[int]], *, whole_rows: Collection[int] = ()) -> frozenset[_Cell]:
    """The cells to hide where the totals of rows and columns are shown.

    Small counts are hidden, and as many others as it takes: no hidden count follows from those that are shown and the
    totals, and the hidden counts of a row or a column are at least 5 people together.

    Args:
        counts: Counts of people, one row per group; all rows of one length.
        whole_rows: Rows that are hidden as a whole.

    Examples:
        >>> sorted(hidden_cells([[12, 30, 3], [9, 25, 8]]))
        [(0, 0), (0, 2), (1, 0), (1, 2)]
    """
    cells = [(row, column) for row, line in enumerate(counts) for column in range(len(line))]
    hidden = {(row, column) for row, column in cells if row in whole_rows or 0 < counts[row][column] < FEWEST}
    while True:
        exposed = [cell for cell in sorted(hidden) if _alone(cell, hidden) or _few(cell, hidden, counts)]
        further = min(
            (
                (counts[row][column] == 0, counts[row][column], (row, column))
                for row, column in cells
                if (row, column) not in hidden and any(row == given[0] or column == given[1] for given in exposed)
            ),
            default=None,
        )
        if further is None:
            return frozenset(hidden)
        hidden.add(further[2])


def hidden_groups(sizes: Sequence[int], *, rest: int = 0) -> frozenset[int]:
    """The groups to hide where the number of all people is shown.

    Groups of fewer than 5 are hidden, and the next smallest, until those hidden are two groups or more, 5 people or
    more, and more people than groups: of five people in five groups each would have one.

    Args:
        sizes: People in each group.
        rest: People in none of them, who are not shown either; they count as a group.

    Examples:
        >>> sorted(hidden_groups([9, 2, 7]))
        [1, 2]
    """
    order = sorted(range(len(sizes)), key=lambda at: sizes[at] or math.inf)  # nobody is not a handful: last
    hidden = sum(0 < size < FEWEST for size in sizes)
    while hidden < len(order):
        groups, people = hidden + bool(rest), rest + sum(sizes[at] for at in order[:hidden])
        if not people or (people >= FEWEST and (not hidden or 1 < groups < people)):
            break
        hidden += 1
    return frozenset(order[:hidden])


def together_at_least(counts: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The places of neighbouring counts, put together until none above 0 is below 5.

    Args:
        counts: Counts of people in an order, such as improved, unchanged, deteriorated.

    Examples:
        >>> together_at_least([69, 145, 7]), together_at_least([69, 145, 2])
        (((0,), (1,), (2,)), ((0,), (1, 2)))
    """
    parts: list[tuple[int, ...]] = [(at,) for at in range(len(counts))]

    def people(part: tuple[int, ...]) -> int:
        return sum(counts[at] for at in part)

    while len(parts) > 1 and any(0 < people(part) < FEWEST for part in parts):
        small = min((people(part), at) for at, part in enumerate(parts) if people(part))[1]
        beside = max((at for at in (small - 1, small + 1) if 0 <= at < len(parts)), key=lambda at: people(parts[at]))
        low = min(small, beside)
        parts[low : low + 2] = [parts[low] + parts[low + 1]]
    return tuple(parts)


def _alone(cell: _Cell, hidden: set[_Cell]) -> bool:
    """Whether a hidden count follows from the totals: there is no circle of hidden cells that it is on.

    Rows and columns are the points and hidden cells the lines between them. A line that is on a circle can grow while
    its neighbours shrink, and all totals stay as they are; the count of a line that is on none is fixed by them.
    """
    row, column = cell
    rest = hidden - {cell}
    reached, waiting = {("row", row)}, [("row", row)]
    while waiting:
        kind, number = waiting.pop()
        for other_row, other_column in rest:
            if kind == "row" and other_row == number:
                there = ("column", other_column)
            elif kind == "column" and other_column == number:
                there = ("row", other_row)
            else:
                continue
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    return ("column", column) not in reached


def _few(cell: _Cell, hidden: set[_Cell], counts: Sequence[Sequence[int]]) -> bool:
    """Whether the hidden counts of the cell's row, or of its column, are fewer than 5 people together."""
    row, column = cell
    in_row = sum(counts[r][c] for r, c in hidden if r == row)
    in_column = sum(counts[r][c] for r, c in hidden if c == column)
    return 0 < in_row < FEWEST or 0 < in_column < FEWEST
