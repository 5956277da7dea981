"""Sums and orthogonal projections within groups of consecutive rows, for all dyads at once.

Rows are the last axis, sorted so that each group is one stretch; ``starts`` has the first row of each group and,
at its end, the number of rows.
"""

from __future__ import annotations

import numpy as np

from therarel.tables.arrays import Floats, Ints

# A column that keeps less than this share after projection lies in the span of those before it.
_DEPENDENT = 1e-9


def group_sums(values: Floats, starts: Ints) -> Floats:
    """Sums within groups.

    Args:
        values: Shape (..., rows).
        starts: Shape (groups + 1,); no group is empty.

    Examples:
        >>> group_sums(np.array([1.0, 2.0, 3.0]), np.array([0, 2, 3]))
        array([3., 3.])
    """
    if len(starts) == 1:
        return np.zeros((*values.shape[:-1], 0))
    return np.add.reduceat(values, starts[:-1], axis=-1)


def orthogonalise(rows: Floats, first: int, starts: Ints) -> tuple[Floats, Floats, Floats]:
    """Split columns, group by group, into what the first few columns span and what is left (Gram and Schmidt).

    Within each group the rows are ``Z = Q R`` and ``A = Q H + E``, with orthonormal columns of Q that are zero where
    Z has less than full rank there.

    Args:
        rows: Shape (columns, rows), or (columns, k, rows) where each position has k rows: the columns of Z, then
            those of A.
        first: Number of columns of Z.
        starts: Groups.

    Returns:
        Q of shape (first, rows), or (first, k, rows); ``[R H]`` of shape (first, columns, groups), zero below the
        diagonal; E, of the shape of A.

    Examples:
        >>> q, r, rest = orthogonalise(np.array([[1.0, 1.0], [3.0, 5.0]]), 1, np.array([0, 2]))
        >>> rest.round(6).tolist()
        [[-1.0, 1.0]]
    """
    left = np.array(rows, dtype=np.float64)
    sizes = np.diff(starts)

    def sums(values: Floats) -> Floats:
        return np.asarray(np.sum(group_sums(values, starts).reshape(-1, len(sizes)), axis=0))

    rh = np.zeros((first, len(rows), len(sizes)))
    whole = [sums(column**2) for column in left[:first]]
    for k in range(first):
        column = left[k]
        for j in range(k):  # a second projection: once is not enough where columns are nearly dependent
            share = sums(left[j] * column)  # q_j' z_k
            rh[j, k] += share
            column -= np.repeat(share, sizes) * left[j]
        square = sums(column**2)
        independent = square > _DEPENDENT**2 * whole[k]
        length = np.sqrt(np.where(independent, square, 0.0))
        rh[k, k] = length  # R_kk = |z_k - its projection|
        column *= np.repeat(np.where(independent, 1.0 / np.where(independent, length, 1.0), 0.0), sizes)  # q_k
        for j in range(k + 1, len(rows)):
            rh[k, j] = sums(column * left[j])  # R_kj, H_kj = q_k' a_j
            left[j] -= np.repeat(rh[k, j], sizes) * column
    return left[:first], rh, left[first:]
