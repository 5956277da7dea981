"""Sums and orthogonal projections within consecutive stretches of rows, for all dyads at once.

Rows stand in the last axis, sorted so that each group is one stretch; ``starts`` has the first row of each group and,
at its end, the number of rows.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from therarel.growth.arrays import Floats, Ints

Numbers = TypeVar("Numbers", Floats, Ints)

__all__ = ["orthogonalise", "segment_sum", "spread_over"]

# A column of which less than this share is left after projection lies in the span of those before it.
_DEPENDENT = 1e-9


def segment_sum(values: Floats, starts: Ints) -> Floats:
    """Sums within groups.

    Args:
        values: Shape (..., rows).
        starts: Shape (groups + 1,); no group is empty.

    Examples:
        >>> segment_sum(np.array([1.0, 2.0, 3.0]), np.array([0, 2, 3]))
        array([3., 3.])
    """
    if len(starts) == 1:
        return np.zeros((*values.shape[:-1], 0))
    return np.add.reduceat(values, starts[:-1], axis=-1)


def spread_over(values: Numbers, sizes: Ints) -> Numbers:
    """Values of groups repeated for each of their rows, along the last axis."""
    return np.repeat(values, sizes, axis=-1)


def orthogonalise(rows: Floats, first: int, starts: Ints) -> tuple[Floats, Floats, Floats]:
    """Split columns, group by group, into what the first few columns span and what is left.

    Within each group the rows are ``Z = Q R`` and ``A = Q H + rest``, with orthonormal columns of ``Q`` that are
    zero where ``Z`` has less than full rank there.

    Args:
        rows: Shape (columns, rows): the columns of Z, then those of A.
        first: Number of columns of Z.
        starts: Groups.

    Returns:
        ``Q`` of shape (first, rows); ``[R H]`` of shape (first, columns, groups), zero below the diagonal; the rest
        of A, shape (columns - first, rows).

    Examples:
        >>> q, r, rest = orthogonalise(np.array([[1.0, 1.0], [3.0, 5.0]]), 1, np.array([0, 2]))
        >>> rest.round(6).tolist()
        [[-1.0, 1.0]]
    """
    left = np.array(rows, dtype=np.float64)
    sizes = np.diff(starts)
    whole = segment_sum(left[:first] ** 2, starts)
    upper = np.zeros((first, len(rows), len(sizes)))
    for step in range(first):
        column = left[step]
        for before in range(step):  # a second projection: once is not enough where columns are nearly dependent
            share = segment_sum(left[before] * column, starts)
            upper[before, step] += share
            column -= spread_over(share, sizes) * left[before]
        square = segment_sum(column**2, starts)
        kept = square > _DEPENDENT**2 * whole[step]
        length = np.sqrt(np.where(kept, square, 0.0))
        upper[step, step] = length
        column *= spread_over(np.where(kept, 1.0 / np.where(kept, length, 1.0), 0.0), sizes)
        for after in range(step + 1, len(rows)):
            share = segment_sum(column * left[after], starts)
            upper[step, after] = share
            left[after] -= spread_over(share, sizes) * column
    return left[:first], upper, left[first:]
